"""The schema is created once, and only a database that fits is served."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from procession.errors import Invalid, StoreUnavailable
from procession.store.migrations import migrate, scripts
from procession.store.opening import open_store
from procession.store.schema import NEEDED, REVISIONS, VERSION_TABLE
from procession.store.tables import metadata


@contextmanager
def looking_at(url: str) -> Iterator[Connection]:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
        connection.commit()
    engine.dispose()


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    """A database without tables."""
    if database_kind == "memory":
        pytest.skip("a database in memory cannot be opened twice")
    if database_kind == "postgresql":
        url: str = request.getfixturevalue("empty_postgresql")
        return url
    return f"sqlite:///{tmp_path}/empty.db"


def described(url: str) -> Any:
    """Everything the database tells about its tables."""
    with looking_at(url) as connection:
        look = inspect(connection)
        found: dict[str, Any] = {}
        for table in sorted(look.get_table_names()):
            found[table] = {
                "columns": [
                    (column["name"], repr(column["type"]), column["nullable"])
                    for column in look.get_columns(table)
                ],
                "key": look.get_pk_constraint(table)["constrained_columns"],
                "indexes": sorted(
                    (
                        str(index["name"]),
                        tuple(index["column_names"]),
                        bool(index["unique"]),
                        sorted(
                            (name, str(option))
                            for name, option in index.get("dialect_options", {}).items()
                        ),
                    )
                    for index in look.get_indexes(table)
                ),
                "unique": [
                    (unique["name"], unique["column_names"])
                    for unique in look.get_unique_constraints(table)
                ],
                "foreign": [
                    (key["constrained_columns"], key["referred_table"], key["options"])
                    for key in look.get_foreign_keys(table)
                ],
            }
        if connection.dialect.supports_sequences:
            found["sequences"] = sorted(look.get_sequence_names())
        else:
            keyless = text("select name from sqlite_master where sql like '%without rowid%'")
            found["clustered"] = sorted(row[0] for row in connection.execute(keyless))
        return found


def test_migrations_make_the_same_schema_as_the_tables(
    empty_url: str, database_kind: str, database_url: str
) -> None:
    assert migrate(empty_url) == list(REVISIONS)

    made, wanted = described(empty_url), described(database_url)
    for table in wanted:
        assert made.get(table) == wanted[table], f"say the same in migrations/ of {table}"
    assert made.keys() == wanted.keys()


def test_alembic_finds_nothing_to_add(database_url: str, database_kind: str) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory cannot be opened twice")
    with looking_at(database_url) as connection:
        # Alembic cannot compare a falling index on SQLite; the test above compares it.
        options = {
            "version_table": VERSION_TABLE,
            "include_object": lambda _, name, *rest: name != "ix_task_urgency",
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_list_of_revisions_is_that_of_the_files() -> None:
    files = [script.revision for script in scripts().walk_revisions()]

    assert tuple(reversed(files)) == REVISIONS
    assert NEEDED in REVISIONS


def test_an_empty_database_gets_the_schema_on_opening(empty_url: str) -> None:
    open_store(empty_url).close()

    with looking_at(empty_url) as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, VERSION_TABLE}
    assert migrate(empty_url) == []
    open_store(empty_url, create=False).close()


def test_an_empty_database_is_refused_when_nothing_may_be_created(empty_url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"empty|no database"):
        open_store(empty_url, create=False)


def test_two_programs_may_start_on_an_empty_database_at_once(empty_url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            open_store(empty_url).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []


@pytest.mark.parametrize(
    ("version", "advice"), [("0000", "newer"), ("9999", "newer"), ("0001-odd", "newer")]
)
def test_a_newer_schema_is_refused(
    database_url: str, database_kind: str, version: str, advice: str
) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory cannot be opened twice")
    with looking_at(database_url) as connection:
        connection.execute(text(f"update {VERSION_TABLE} set version_num = '{version}'"))

    with pytest.raises(StoreUnavailable, match=advice):
        open_store(database_url)
    with pytest.raises(StoreUnavailable, match=advice):
        migrate(database_url)


def test_an_older_schema_is_refused_with_the_command_that_helps(
    database_url: str, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory cannot be opened twice")
    monkeypatch.setattr("procession.store.schema.REVISIONS", ("0001", "0002"))
    monkeypatch.setattr("procession.store.schema.NEEDED", "0002")

    with pytest.raises(StoreUnavailable, match="procession migrate"):
        open_store(database_url)


def test_a_database_from_before_the_first_release_is_refused(
    database_url: str, database_kind: str
) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory cannot be opened twice")
    with looking_at(database_url) as connection:
        connection.execute(text("drop index ix_task_person_name"))
        connection.execute(text("alter table task_person drop column who"))

    with pytest.raises(StoreUnavailable, match="before the first release"):
        open_store(database_url)


def test_a_database_that_is_refused_leaves_nothing_open(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with looking_at(empty_url) as connection:
        connection.execute(text("create table theirs (id integer)"))
    gc.collect()
    caplog.clear()

    with pytest.raises(StoreUnavailable):
        open_store(empty_url)
    gc.collect()

    assert not caplog.records  # SQLAlchemy tells of connections that it finds lying about


def test_somebody_elses_database_is_refused(empty_url: str) -> None:
    with looking_at(empty_url) as connection:
        connection.execute(text("create table theirs (id integer)"))

    with pytest.raises(StoreUnavailable, match="not one of ours"):
        open_store(empty_url)
    with looking_at(empty_url) as connection:
        assert inspect(connection).get_table_names() == ["theirs"]


# --- opening ------------------------------------------------------------------------------------


def test_one_process_serves_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/served.db"
    serving = open_store(url, exclusive=True)

    with pytest.raises(StoreUnavailable, match="another process serves"):
        open_store(url, exclusive=True)
    open_store(url).close()
    serving.close()
    open_store(url, exclusive=True).close()


def test_a_database_in_memory_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = open_store("sqlite://"), open_store("sqlite:///:memory:", exclusive=True)
    assert first.next_ids("public", 1) == second.next_ids("public", 1)

    first.close()
    second.close()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://somebody@somewhere/db", "oracle://x", "sqlite"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Invalid, match="sqlite://"):
        open_store(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is not a database, and long enough to be read as a header of one" * 9)

    with pytest.raises(StoreUnavailable):
        open_store(f"sqlite:///{path}")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"sqlite:///{tmp_path}/none/x.db")


def test_a_server_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"postgresql://test@/none?host={tmp_path}")
