"""Trips to PostgreSQL: many statements, one way there and back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from procession.store import trips
from procession.store.arrays import Context, Numbers
from procession.store.trips import Trips

pytestmark = pytest.mark.postgresql


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgresql_url, autocommit=True) as raw:
        yield raw


@pytest.fixture
def way(connection: psycopg.Connection) -> Trips:
    return Trips(connection, Context(connection))


def test_each_statement_answers_its_own_rows_in_order(way: Trips) -> None:
    asked = [
        ("select $1 + 1", (41,)),
        ("select * from unnest($1::bigint[])", (Numbers([3, 4]),)),
        ("select 1 where false", ()),
        ("create temporary table t (a bigint)", ()),
        ("select $1::text, $2::bytea, $3::boolean, $4::text", ("é", b"\0\1", True, None)),
    ]
    found = [[(42,)], [(3,), (4,)], [], [], [("é", b"\0\1", True, None)]]

    assert way.ask(asked) == found
    assert way.ask([asked[0], asked[4]]) == [found[0], found[4]]


def test_what_fails_undoes_the_whole_trip_and_the_connection_goes_on(way: Trips) -> None:
    way.ask([("create temporary table t (a bigint primary key)", ())])
    insert = ("insert into t values ($1)", (1,))

    with pytest.raises(psycopg.errors.UniqueViolation):
        way.ask([insert, insert, ("insert into t values (2)", ())])

    assert way.ask([("select count(*) from t", ()), insert, ("select a from t", ())]) == [
        [(0,)],
        [],
        [(1,)],
    ]


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_a_value_the_database_cannot_hold_is_refused_before_anything_is_sent(
    way: Trips, value: str
) -> None:
    with pytest.raises((psycopg.DataError, UnicodeEncodeError)):
        way.ask([("select 1", ()), ("select $1::text", (value,))])

    assert way.ask([("select 1", ())]) == [[(1,)]]


def test_a_transaction_is_left_without_waiting(way: Trips, connection: psycopg.Connection) -> None:
    way.ask([("begin", ()), ("create temporary table t (a bigint)", ())])
    way.leave(b"rollback")

    assert way.ask([("select to_regclass('t') is null", ())]) == [[(True,)]]
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_lost_connection_is_noticed(way: Trips, connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        way.ask([("select pg_terminate_backend(pg_backend_pid())", ()), ("select 1", ())])

    assert connection.closed


def test_only_so_many_statements_stay_prepared(way: Trips, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trips, "MOST_NAMES", 5)
    for round_ in range(2):
        for number in range(12):
            assert way.ask([(f"select {number}, $1", (round_,))]) == [[(number, round_)]]

    (((prepared,),),) = way.ask([("select count(*) from pg_prepared_statements", ())])
    assert prepared <= 6


def test_megabytes_go_both_ways(way: Trips) -> None:
    text = "x" * 5_000_000
    asked = [("select $1::text", (text,))] * 4

    assert way.ask(asked) == [[(text,)]] * 4
