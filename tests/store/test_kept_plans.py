"""How PostgreSQL reads a table by number that has grown since it was planned while empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from procession.store import postgresql_reading
from procession.store.composed import Composed
from procession.store.lines import Session

pytestmark = pytest.mark.postgresql

ASKED = "select word from many where id = $1"


@pytest.fixture
def session(postgresql_databases: Any) -> Iterator[Session]:
    with postgresql_databases.empty() as address:
        plain = make_url(address).set(drivername="postgresql").render_as_string(False)

        def connect() -> psycopg.Connection[Any]:
            return psycopg.connect(plain, autocommit=True)

        session = Session(connect(), Composed("postgresql+psycopg", connect))
        session.say(b"create table many (id bigint primary key, kind bigint, word text)")
        session.say(b"create index ix_many_kind on many (kind, id)")
        for setting in postgresql_reading.READER:
            session.say(setting.encode())
        session.say(b"set default_transaction_read_only = off")
        yield session
        session.close()


def test_a_plan_made_for_an_empty_table_is_given_up_as_the_table_grows(session: Session) -> None:
    session.say(b"alter table many set (autovacuum_enabled = off)")
    session.say(b"analyze many")
    session.run(ASKED, (1,))
    session.say(b"insert into many select n, n % 3, 'word' || n from generate_series(1, 9000) n")

    assert index_used(session) == "ix_many_kind"  # all 9,000, one by one

    for _ in range(20):
        assert session.run(ASKED, (8999,)) == [("word8999",)]
    assert index_used(session) == "many_pkey"


def index_used(session: Session) -> str:
    row = session.raw.execute("explain (format json) execute p1(1)").fetchone()
    assert row is not None
    found = row[0] if not isinstance(row[0], str) else json.loads(row[0])
    name: str = found[0]["Plan"]["Index Name"]
    return name
