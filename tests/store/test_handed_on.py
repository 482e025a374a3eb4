"""A PostgreSQL database that a test is done with is as new for the next one."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from postgresql_databases import Databases
from procession.store.opening import open_store
from procession.store.tables import metadata

from . import rows

pytestmark = pytest.mark.postgresql


@pytest.fixture
def databases(postgresql_url: str) -> Iterator[Databases]:
    """Nobody else's, so that the first is new and the second is the first."""
    own = Databases(postgresql_url)
    yield own
    own.close()


def asked(address: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(question).fetchall()


def identity(address: str) -> list[tuple[object, ...]]:
    """What stays when a database gets another name."""
    return asked(address, "select oid from pg_database where datname = current_database()")


def test_rows_numbers_and_whoever_was_connected_are_gone(databases: Databases) -> None:
    with databases.one() as earlier:
        same = identity(earlier)
        left_open = open_store(earlier)
        first = left_open.next_ids("job", 1)
        unit = left_open.unit_of_work()
        unit.insert(rows.instance(1))
        assert left_open.commit([unit]) == [None]

    with databases.one() as later:
        assert identity(later) == same
        for table in metadata.tables:
            assert asked(later, f'select count(*) from "{table}"') == [(0,)], table
        again = open_store(later)
        assert again.next_ids("job", 1) == first
        again.close()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(earlier)
    left_open.close()


@pytest.mark.parametrize(
    "change",
    [
        "drop table schema_version",
        "update schema_version set version_num = '9999'",
        "create table more (id int)",
        "create index more on job (kind, due_at)",
        "alter table job alter kind drop not null",
        "analyze job",
    ],
)
def test_a_database_that_was_changed_is_handed_on_to_nobody(
    postgresql_databases: Databases, change: str
) -> None:
    with postgresql_databases.one() as earlier:
        changed = identity(earlier)
        with psycopg.connect(earlier, autocommit=True) as connection:
            connection.execute(change)

    with postgresql_databases.one() as later:
        assert identity(later) != changed
        assert asked(later, "select version_num from schema_version") == [("0001",)]
