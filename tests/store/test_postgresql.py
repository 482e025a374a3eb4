"""What only a server has: other nodes that talk, and connections that break."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, update

from procession.engine import Engine
from procession.errors import Fault, Invalid, Occupied, StoreUnavailable
from procession.settings import Settings
from procession.store import nearness
from procession.store.opening import open_store
from procession.store.rows import ProcessInstanceRow
from procession.store.store import Store
from procession.store.tables import process_instance
from procession.store.trips import Trips

from . import rows

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@pytest.fixture
def other(database_url: str, store: Store) -> Iterator[Store]:
    """Another node on the same database."""
    opened = open_store(database_url)
    yield opened
    opened.close()


def cut(database_url: str, but: int = 0) -> None:
    """The server hangs up on everybody, and has done so when this returns."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> all(%s)",
            ([connection.info.backend_pid, but],),
        )


def save(store: Store, id: int) -> list[BaseException | None]:
    unit = store.unit_of_work()
    unit.insert(rows.instance(id))
    return store.commit([unit])


def test_nodes_hear_each_other_but_not_themselves(store: Store, other: Store) -> None:
    heard: queue.Queue[tuple[str, str]] = queue.Queue()
    store.listen(lambda channel, payload: heard.put((channel, payload)))

    store.notify("definitions", "mine")
    other.notify("definitions", "g:a:1")
    other.notify("jobs", "")

    assert heard.get(timeout=10) == ("definitions", "g:a:1")
    assert heard.get(timeout=10) == ("jobs", "")
    assert heard.empty()


def test_closing_ends_the_listening_thread(store: Store) -> None:
    store.listen(lambda channel, payload: None)
    assert any(thread.name == "store-listen" for thread in threading.enumerate())

    store.close()

    assert not any(thread.name == "store-listen" for thread in threading.enumerate())


def test_listening_comes_back_after_the_server_hung_up(
    store: Store, other: Store, database_url: str
) -> None:
    heard: queue.Queue[str] = queue.Queue()
    store.listen(lambda channel, payload: heard.put(payload))
    cut(database_url)

    for number in range(50):
        other.notify("jobs", str(number))
        try:
            heard.get(timeout=0.2)
            return
        except queue.Empty:
            continue
    raise AssertionError("nothing heard any more")


def test_every_kind_of_work_goes_on_after_the_server_hung_up(
    store: Store, database_url: str
) -> None:
    assert save(store, 1) == [None]
    store.next_ids("job", 1)
    store.lease_jobs("w", 0, 1, 1)
    with store.read() as reader:
        reader.hot("instances", ([1],))

    cut(database_url)

    assert save(store, 2) == [None]
    assert store.next_ids("job", 100)
    assert store.lease_jobs("w", 0, 1, 1) == []
    with store.read() as reader:
        assert len(reader.hot("instances", ([1, 2],))) == 2


def test_a_reader_that_is_cut_off_says_so(store: Store, database_url: str) -> None:
    with store.read() as reader:
        reader.hot("instances", ([1],))
        cut(database_url)
        with pytest.raises(StoreUnavailable):
            reader.hot("instances", ([1],))

    with store.read() as reader:
        assert reader.hot("instances", ([1],)) == []


def test_composed_statements_go_on_after_the_server_hung_up(
    store: Store, database_url: str
) -> None:
    def compose(status: int) -> list[BaseException | None]:
        unit = store.unit_of_work()
        unit.execute(update(process_instance).values(status=status))
        return store.commit([unit])

    def found() -> list[int]:
        with store.read() as reader:
            return [row.status for row in reader.execute(select(process_instance.c.status))]

    save(store, 1)
    assert compose(2) == [None]
    assert found() == [2]

    cut(database_url)

    assert compose(3) == [None]
    assert found() == [3]


def test_the_first_composed_read_sees_what_its_reader_saw_before(store: Store) -> None:
    save(store, 1)
    with store.read() as reader:
        assert len(reader.hot("instances", ([1],))) == 1
        save(store, 2)

        assert len(reader.execute(select(process_instance.c.id))) == 1
        assert len(reader.hot("instances", ([1, 2],))) == 1


def test_a_composed_read_is_refused_as_long_as_nobody_can_connect(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.read() as reader:
        reader.hot("instances", ([1],))
        monkeypatch.setattr(psycopg, "connect", _no_more_connections)
        with pytest.raises(StoreUnavailable):
            reader.execute(select(process_instance.c.id))

        monkeypatch.undo()
        assert reader.execute(select(process_instance.c.id)) == []


def _no_more_connections(*given: object, **named: object) -> None:
    raise psycopg.OperationalError("too many clients already")


def test_opening_a_database_that_is_ready_loads_no_dialect_of_sqlalchemy(
    store: Store, database_url: str
) -> None:
    program = (
        "import sys; from procession.store.opening import open_store;"
        f" opened = open_store({database_url!r}); opened.next_ids('job', 1); opened.close();"
        " print([name for name in sys.modules if name.startswith('sqlalchemy.dialects.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout == "[]\n", done.stderr


def test_no_connection_is_left_where_an_engine_cannot_be_built(
    store: Store, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        counted = "select count(*) from pg_stat_activity where datname = current_database()"
        before = connection.execute(counted).fetchone()
        with pytest.raises(Invalid) as kept:  # with the frames that hold the store
            Engine.open(database_url, settings=Settings(inline_handlers=("Nothing",)))
        assert "Nothing" in str(kept.value)
        until = time.monotonic() + 10
        while (now := connection.execute(counted).fetchone()) != before:
            assert time.monotonic() < until, now


def test_of_two_nodes_that_change_an_instance_one_wins(store: Store, other: Store) -> None:
    save(store, 1)
    answers: list[BaseException | None] = []
    start = threading.Barrier(2)

    def change(node: Store) -> None:
        start.wait()
        for version in range(1, 30):
            unit = node.unit_of_work()
            unit.save_instance(rows.instance(1, version + 1), version)
            answers.extend(node.commit([unit]))

    threads = [threading.Thread(target=change, args=(node,)) for node in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as reader:
        assert reader.hot("instance_version", (1,)) == [(answers.count(None) + 1,)]
    assert all(answer is None or isinstance(answer, Fault) for answer in answers)


def test_two_nodes_draw_different_numbers_in_order(store: Store, other: Store) -> None:
    drawn: dict[int, list[int]] = {0: [], 1: []}

    def draw(place: int, node: Store) -> None:
        for count in (1, 5, 1, 40, 1, 1, 3) * 8:
            drawn[place].extend(node.next_ids("public", count))

    threads = [
        threading.Thread(target=draw, args=(place, node))
        for place, node in enumerate((store, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(numbers == sorted(numbers) for numbers in drawn.values())
    assert not set(drawn[0]) & set(drawn[1])


def written(store: Store, id: int) -> None:
    """Sent as an event loop does it."""
    unit = store.unit_of_work()
    unit.insert(rows.instance(id))
    sent = store.set_out([unit])
    sent.finish()
    assert sent.outcomes == [None]


def test_numbers_that_run_low_come_with_a_batch(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips: list[list[str]] = []
    set_out = Trips.set_out

    def told(self: Trips, asked: Sequence[Any]) -> Any:
        trips.append([one[0] for one in asked])
        return set_out(self, asked)

    assert save(store, 1000) == [None]
    monkeypatch.setattr(Trips, "set_out", told)
    written(store, 1)
    assert not any("nextval" in text for trip in trips for text in trip)  # nobody draws any
    drawn = [number for _ in range(200) for number in store.next_ids("public", 1)]
    far = list(other.next_ids("public", 3))
    trips.clear()
    for id in range(2, 80):
        written(store, id)
        drawn += store.next_ids("public", 2)
        far += other.next_ids("public", 1)

    own = [trip for trip in trips if len(trip) == 1 and "nextval" in trip[0]]
    assert any(len(trip) == 2 and "nextval" in trip[1] for trip in trips)
    assert len(own) < 20  # the other node's
    assert drawn == sorted(drawn)
    assert not set(drawn) & set(far)


def test_a_batch_that_is_refused_brings_no_numbers(store: Store) -> None:
    assert save(store, 1000) == [None]
    drawn = [number for _ in range(200) for number in store.next_ids("public", 1)]
    unit = store.unit_of_work()
    unit.save_instance(rows.instance(1, 2), 1)  # there is none

    sent = store.set_out([unit])
    sent.finish()

    assert sent.outcomes is None
    drawn += [number for _ in range(200) for number in store.next_ids("public", 1)]
    assert drawn == sorted(set(drawn))


def test_what_is_set_out_alone_has_one_snapshot_and_ends_with_it(
    store: Store, database_url: str
) -> None:
    assert save(store, 1) == [None]
    with store.read() as opened:
        assert opened.hot("instance_version", (1,)) == [(1,)]
    reader = store.take_reader()
    with psycopg.connect(database_url) as lock:
        lock.execute("lock table task in access exclusive mode")
        asked = [("instance_version", (1,)), ("tasks", ((1,),)), ("instances", ((1,),))]
        under_way = reader.set_out(*asked, alone=True)
        assert under_way is not None
        assert not under_way.advance()  # it waits for the lock, behind the first answer
        deadline = time.monotonic() + 10
        while not waits_for_a_lock(database_url):
            assert time.monotonic() < deadline
        unit = store.unit_of_work()
        unit.save_instance(rows.instance(1, 2), 1)
        assert store.commit([unit]) == [None]
    while not under_way.advance():
        pass

    with store.read(taken=reader) as reading:
        assert reading.hot("instance_version", (1,)) == [(1,)]
        assert [row[:1] for row in reading.hot("instances", ((1,),))] == [(1,)]
        assert ProcessInstanceRow(*reading.hot("instances", ((1,),))[0]).version == 1
        assert not reader.asked_more
        assert reading.hot("setting", ("nothing",)) == []  # of no time in particular
        assert not reader.asked_more
        for ask in (
            lambda: reading.hot("instance_version", (2,)),
            lambda: reading.ask("select id from task where id = ?", (1,)),
            lambda: reading.execute(select(process_instance.c.id)),
        ):
            with pytest.raises(Occupied):
                ask()
        assert reader.asked_more
    with store.read() as again:
        assert again.hot("instance_version", (1,)) == [(2,)]
        assert again.hot("instance_status", (1, 1)) == [(1,)]


def waits_for_a_lock(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        (count,) = connection.execute("select count(*) from pg_locks where not granted").fetchone()
        return bool(count)


def test_who_hurries_does_not_wait_for_a_lock(store: Store, database_url: str) -> None:
    assert save(store, 1) == [None]
    with store.read() as reader:
        reader.hot("instances", ((1,),))
    with psycopg.connect(database_url) as other:
        other.execute("lock table process_instance in access exclusive mode")
        begun = time.monotonic()
        with pytest.raises(Occupied), store.read(wait=False) as reader:
            reader.hot("instances", ((1,),))
        assert time.monotonic() - begun < 1

    with store.read() as reader:
        assert len(reader.hot("instances", ((1,),))) == 1


def test_a_batch_that_was_sent_and_whose_connection_breaks_is_refused(
    store: Store, database_url: str
) -> None:
    assert save(store, 1) == [None]
    unit = store.unit_of_work()
    unit.insert(rows.instance(2))
    other = psycopg.connect(database_url)
    other.execute("lock table process_instance in access exclusive mode")
    sent = store.set_out([unit])
    assert not sent.advance()
    with pytest.raises(Occupied):
        store.set_out([unit])
    cut(database_url, but=other.info.backend_pid)  # else who waits for its lock may have it first
    sent.finish()
    other.close()
    assert sent.outcomes is not None
    assert [type(outcome) for outcome in sent.outcomes] == [StoreUnavailable]
    assert save(store, 3) == [None]


def test_a_server_that_becomes_slow_is_left_to_threads_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(nearness, "monotonic", lambda: now)
    near = nearness.Nearness()
    assert not near.is_near
    near.measured(nearness.CLOSE / 2)
    assert near.is_near

    for _ in range(100):
        near.took(0.001)
    assert near.is_near
    for _ in range(100):
        near.took(0.01)
    assert not near.is_near

    pauses = []
    for _ in range(9):
        begun = now
        while not near.is_near:
            now += 0.5
        pauses.append(now - begun)
        near.was_slow()
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 61


def test_a_batch_whose_connection_breaks_while_it_is_sent_is_not_sent_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows how much of it the server has done."""
    assert save(store, 1) == [None]
    unit = store.unit_of_work()
    unit.insert(rows.instance(2))

    def breaks(*given: object) -> None:
        raise psycopg.OperationalError("the connection was lost")

    with monkeypatch.context() as patch:
        patch.setattr(Trips, "set_out", breaks)
        sent = store.set_out([unit])

    assert sent.advance()
    assert sent.outcomes is not None
    assert [type(outcome) for outcome in sent.outcomes] == [StoreUnavailable]
    assert save(store, 3) == [None]
