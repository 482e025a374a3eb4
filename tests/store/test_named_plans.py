"""How PostgreSQL reads what is asked for by number or name: by an index, however few rows it saw.

Such a read is planned once for a connection, often while the tables are empty. A plan that goes
through a table then costs more with every task there is, until statistics come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from procession.store import postgresql_reading
from procession.store.hot import HOT
from procession.store.opening import open_store

pytestmark = pytest.mark.postgresql

FEW = {"roles_named": "there are few roles"}


@pytest.fixture(scope="module")
def connection(postgresql_databases: Any) -> Iterator[psycopg.Connection[Any]]:
    with postgresql_databases.empty() as address:
        open_store(address, create=True).close()
        plain = make_url(address).set(drivername="postgresql").render_as_string(False)
        with psycopg.connect(plain, autocommit=True, prepare_threshold=None) as connection:
            for setting in postgresql_reading.READER:
                connection.execute(setting)
            yield connection


@pytest.mark.parametrize("name", sorted(HOT.keys() - FEW.keys()))
def test_a_named_read_goes_by_an_index_when_the_tables_are_empty(
    connection: psycopg.Connection[Any], name: str
) -> None:
    read = postgresql_reading.SPELLING.named[name]

    for sql in filter(None, (read.sql, read.each)):
        for part in parts(plan(connection, sql)):
            assert part["Node Type"] != "Seq Scan", part
            assert not part["Node Type"].startswith("Index") or "Index Cond" in part, part


def plan(connection: psycopg.Connection[Any], sql: str) -> dict[str, Any]:
    connection.execute("deallocate all")
    connection.execute(f"prepare asked as {sql}")
    told = connection.execute(
        "select parameter_types::text[] from pg_prepared_statements where name = 'asked'"
    ).fetchone()
    assert told is not None
    some = {True: "'{1}'", False: "'1'"}
    values = ", ".join(f"{some[kind.endswith('[]')]}::{kind}" for kind in told[0])
    given = f"({values})" if values else ""
    row = connection.execute(f"explain (format json) execute asked{given}").fetchone()
    assert row is not None
    found = row[0] if not isinstance(row[0], str) else json.loads(row[0])
    whole: dict[str, Any] = found[0]["Plan"]
    return whole


def parts(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield whole
    for part in whole.get("Plans", ()):
        yield from parts(part)
