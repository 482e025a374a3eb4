"""Bringing an older database to the present schema: ``procession migrate``.

Alembic runs the files of ``versions`` in order; nothing needs to lie on disk beside the package. A
migration that must not stop the old version has two files: ``NNNN_name_pre.py`` (revision
``NNNN-pre``), whose changes the old version does not notice, and ``NNNN_name_post.py`` (revision
``NNNN``), for when it is gone. Every revision is also listed in ``schema.REVISIONS``, and what the
files make together is what ``tables.py`` says (tested).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from procession.errors import StoreUnavailable
from procession.store.schema import NEEDED, REVISIONS, VERSION_TABLE, stored_version
from procession.store.tables import metadata

Half = Literal["pre", "all"]
_LOCK = 0x70726F64


def scripts() -> ScriptDirectory:
    """The migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def migrate(url: str, half: Half = "all") -> list[str]:
    """Run what is missing, in one transaction; the revisions that were run.

    ``pre`` stops where both the old and this version can work. An empty database gets the schema.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            _alone(connection)
            done = upgrade(connection, NEEDED if half == "pre" else REVISIONS[-1])
            connection.commit()
            return done
    except DBAPIError as error:
        raise StoreUnavailable(f"the database could not be migrated: {error.orig}") from error
    finally:
        engine.dispose()


def _alone(connection: Connection) -> None:
    """Nobody else migrates meanwhile."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
    else:
        connection.exec_driver_sql("begin immediate")


def upgrade(connection: Connection, target: str) -> list[str]:
    """Run the migrations up to ``target`` on a connection."""
    version = stored_version(connection)
    if version is not None and version not in REVISIONS:
        raise StoreUnavailable(
            f"the database has schema version {version}, made by a newer program; update this one"
        )
    before = -1 if version is None else REVISIONS.index(version)
    directory = scripts()

    def missing(found: Any, _: Any) -> Any:
        return directory._upgrade_revs(target, found)

    context = EnvironmentContext(Config(), directory, fn=missing)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
    return list(REVISIONS[before + 1 : REVISIONS.index(target) + 1])
