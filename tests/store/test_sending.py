"""A batch that an event loop sends is written once, whoever waits for the answer in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from procession.errors import StoreUnavailable
from procession.store.nearness import A_MOMENT
from procession.store.postgresql import PostgresqlStore
from procession.store.sending import Drawing, Sending
from procession.store.store import Store, UnitOfWork
from procession.store.tables import process_instance
from procession.store.trips import Trips

from . import rows

pytestmark = pytest.mark.postgresql

LARGE = b"x" * 8_000_000
"""More than a socket takes at once."""


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


def turn(store: Store, id: int, **given: Any) -> UnitOfWork:
    unit = store.unit_of_work()
    unit.insert(rows.instance(id, **given))
    return unit


def begun(store: Store) -> Store:
    """The writing connection stands."""
    assert store.commit([turn(store, 1000)]) == [None]
    return store


def ids(store: Store) -> list[int]:
    with store.read() as reader:
        found = reader.execute(select(process_instance.c.id).order_by(process_instance.c.id))
        return [row[0] for row in found]


def test_what_a_socket_does_not_take_at_once_is_written_by_who_may_wait(store: Store) -> None:
    sent = begun(store).set_out([turn(store, 1, state=LARGE), turn(store, 2)])
    assert not sent.advance()
    assert not sent.is_waiting

    waiting = threading.Thread(target=sent.finish)
    waiting.start()
    waiting.join()

    assert sent.outcomes == [None, None]
    assert ids(store) == [1, 2, 1000]
    assert store.commit([turn(store, 3)]) == [None]


@pytest.mark.parametrize("state", [b"state", LARGE], ids=["sent", "being sent"])
def test_who_may_wait_waits_for_longer_than_an_event_loop(
    store: Store, database_url: str, state: bytes
) -> None:
    begun(store)
    with psycopg.connect(database_url) as other:
        other.execute("lock table process_instance in access exclusive mode")
        sent = store.set_out([turn(store, 1, state=state)])
        assert not sent.advance()
        waiting = threading.Thread(target=sent.finish)
        waiting.start()
        time.sleep(3 * A_MOMENT)
        assert waiting.is_alive()
    waiting.join()

    assert sent.outcomes == [None]
    assert ids(store) == [1, 1000]


def test_what_may_be_durable_is_not_written_again(
    store: PostgresqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong behind the commit: nobody is told to try again."""
    begun(store)

    def goes_wrong(*given: object) -> None:
        raise LookupError("of our own")

    drawing = Drawing([("select 1", ())], goes_wrong)
    with monkeypatch.context() as patch:
        patch.setattr("procession.store.postgresql.Drawing", lambda *given: drawing)
        sent = store.set_out([turn(store, 1), turn(store, 2)])
    sent.finish()

    assert sent.outcomes is not None
    assert [type(outcome) for outcome in sent.outcomes] == [StoreUnavailable] * 2
    assert ids(store) == [1, 2, 1000]


@pytest.mark.parametrize("way", ["set_out", "commit"])
def test_what_goes_wrong_while_it_waits_is_not_written_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """An answer that is not taken is not known: the units are not tried one by one either."""
    begun(store)
    asked: list[Sequence[Any]] = []
    wait, set_out = Trips.wait, Trips.set_out

    def told(self: Trips, given: Sequence[Any]) -> Any:
        asked.append(given)
        return set_out(self, given)

    def goes_wrong(self: Trips, answers: Any) -> Any:
        def taken() -> Any:
            yield from answers
            raise LookupError("of our own")

        return wait(self, taken())

    batch = [turn(store, 1), turn(store, 2)]
    with monkeypatch.context() as patch:
        patch.setattr(Trips, "wait", goes_wrong)
        patch.setattr(Trips, "set_out", told)
        outcomes = store.commit(batch) if way == "commit" else finished(store, batch)

    assert outcomes is not None
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
    assert len(asked) == 1
    assert ids(store) == [1, 2, 1000]


def finished(store: Store, batch: Sequence[UnitOfWork]) -> Sequence[BaseException | None] | None:
    sent = store.set_out(batch)
    sent.finish()
    return sent.outcomes


def test_what_the_server_refuses_is_left_to_who_finds_out_whose_fault_it_is(store: Store) -> None:
    begun(store)
    wrong = store.unit_of_work()
    wrong.save_instance(rows.instance(5, 2), 1)  # there is none

    sent = store.set_out([turn(store, 1), wrong])
    assert isinstance(sent, Sending)
    sent.finish()

    assert sent.outcomes is None
    assert ids(store) == [1000]
