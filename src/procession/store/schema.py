"""Is the schema there, and is it ours? Creating it in an empty database.

Starting must be quick, so this asks for the version by itself and leaves Alembic (``migrations``)
to ``procession migrate``. That both make the same schema is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from procession.errors import StoreUnavailable
from procession.store import node_pages
from procession.store.columns import BY_BYTES, CLUSTERED
from procession.store.tables import metadata

REVISIONS: Final = ("0001",)
"""Every migration in order; the last is the present schema."""
NEEDED: Final = "0001"
"""The oldest schema this program works with (the ``pre`` half of a migration may suffice)."""

YOUNGEST: Final = ("task_person", "who")
"""The column that came last, with its table. Until the first release the first migration is changed
in place, so a database of an earlier day has the same version and other tables."""

VERSION_TABLE: Final = "schema_version"
schema_version = Table(
    VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True)
)


def stored_version(connection: Connection) -> str | None:
    """The migration that the database is at; ``None`` if it has no table of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(schema_version.c.version_num)).scalar()


def is_present(ask: Callable[[str], Sequence[Any]]) -> bool:
    """Whether the schema is the present one; ``ask`` fails if what it is to read is not there.

    For the start of nearly every server. What else a database may be is looked into slowly.
    """
    table, column = YOUNGEST
    found = ask(f"select version_num from {VERSION_TABLE}")  # noqa: S608
    ask(f"select {column} from {table} limit 0")  # noqa: S608
    return list(found) == [(REVISIONS[-1],)]


def create_schema(connection: Connection) -> None:
    """Every table, in an empty database, marked with the present version."""
    _tell(connection.dialect.name)
    metadata.create_all(connection, checkfirst=False)
    connection.execute(text(node_pages.view(connection.dialect.name)))
    schema_version.create(connection, checkfirst=False)
    connection.execute(insert(schema_version).values(version_num=REVISIONS[-1]))


def _tell(dialect: str) -> None:
    """Say to a database what tables and indexes say of themselves, and which are for patterns."""
    for table in metadata.tables.values():
        if dialect == "sqlite" and table.name in CLUSTERED:
            table.dialect_options[dialect]["with_rowid"] = False
        for index in table.indexes:
            where = index.info.get(f"{dialect}_where", index.info.get("where"))
            if where is not None:
                index.dialect_options[dialect]["where"] = where
            column = BY_BYTES.get(str(index.name))
            if dialect == "postgresql" and column is not None:
                index.dialect_options[dialect]["ops"] = {column: "text_pattern_ops"}


def verify_schema(connection: Connection) -> None:
    """Refuse a database that is empty, older, newer or somebody else's, saying what to do."""
    version = stored_version(connection)
    if version is None:
        raise StoreUnavailable(
            "the database is empty or not one of ours; `procession serve` creates the schema in an"
            " empty database"
        )
    if version not in REVISIONS:
        raise StoreUnavailable(
            f"the database has schema version {version}, made by a newer program;"
            f" this one knows versions up to {REVISIONS[-1]}: update the program"
        )
    if REVISIONS.index(version) < REVISIONS.index(NEEDED):
        raise StoreUnavailable(
            f"the database has schema version {version}, this program needs {NEEDED};"
            " back it up and run `procession migrate`"
        )
    if not _has_column(connection, *YOUNGEST):
        raise StoreUnavailable(
            f"the database was made before the first release, when schema version {version} had"
            " other tables; name a new one, and deploy to it"
        )


def _has_column(connection: Connection, table: str, column: str) -> bool:
    found = inspect(connection)
    return found.has_table(table) and any(one["name"] == column for one in found.get_columns(table))


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all."""
    return not inspect(connection).get_table_names()


def prepare_schema(connection: Connection, *, create: bool) -> None:
    """Verify the schema; with ``create``, make it first if the database is empty."""
    try:
        if create and is_empty(connection):
            create_schema(connection)
        else:
            verify_schema(connection)
    except DBAPIError as error:
        raise StoreUnavailable(f"the database cannot be prepared: {error.orig}") from error


def migrate(url: str) -> str:
    """Bring a database to the present schema; the version it is at then."""
    from procession.store.migrations import migrate as run_missing

    run_missing(url)
    return REVISIONS[-1]
