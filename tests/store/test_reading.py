"""Readers see one moment of the database, and never wait for the writer."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text

from procession.errors import Fault, StoreFault
from procession.store.hot import HOT, MARK, load_instances, load_tasks
from procession.store.rows import ProcessInstanceRow, TaskContentRow, TaskPersonRow
from procession.store.store import Store
from procession.store.tables import node_log, process_instance

from . import rows


def add(store: Store, *given: Any) -> None:
    unit = store.unit_of_work()
    for row in given:
        unit.insert(row)
    assert store.commit([unit]) == [None]


def elsewhere(work: Callable[[], Any]) -> Any:
    """The result of ``work`` on a thread of its own."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it waits for something"
    return found[0]


def count(store: Store) -> int:
    with store.read() as reader:
        return int(reader.execute(select(func.count()).select_from(process_instance))[0][0])


def test_a_reader_sees_one_moment(store: Store) -> None:
    add(store, rows.instance(1))

    with store.read() as reader:
        assert len(reader.hot("instances", ([1, 2],))) == 1
        elsewhere(lambda: add(store, rows.instance(2)))
        assert len(reader.hot("instances", ([1, 2],))) == 1
        assert len(reader.execute(select(process_instance))) == 1
        assert elsewhere(lambda: count(store)) == 2

    assert count(store) == 2


def test_readers_inside_each_other_share_the_moment(store: Store) -> None:
    add(store, rows.instance(1))

    with store.read() as outer:
        assert count(store) == 1
        elsewhere(lambda: add(store, rows.instance(2)))
        with store.read() as inner:
            assert inner is outer
        assert count(store) == 1

    assert count(store) == 2


def test_a_turn_may_be_committed_while_its_own_thread_reads(store: Store) -> None:
    with store.read() as reader:
        assert reader.hot("instances", ([1],)) == []
        add(store, rows.instance(1))
        assert reader.hot("instances", ([1],)) == []


def test_due_jobs_are_seen_also_while_reading(store: Store) -> None:
    with store.read() as reader:
        assert reader.hot("jobs", ([1],)) == []
        add(store, rows.job(1, 5))
        assert store.next_due(0) == 5
        assert len(store.lease_jobs("w", 10, 20, 1)) == 1
        assert reader.hot("jobs", ([1],)) == []


def test_many_readers_and_a_writer_go_on_together(store: Store) -> None:
    """Each commit writes two rows, so no reader may ever see an odd number of them."""
    stop = threading.Event()
    wrong: list[int] = []
    reads = [0] * 3

    def look(place: int) -> None:
        while not stop.is_set():
            with store.read() as reader:
                seen = len(reader.execute(select(node_log.c.id)))
                again = reader.execute(select(func.count()).select_from(node_log))[0][0]
            if seen % 2 or seen != again:
                wrong.append(seen)
            reads[place] += 1

    threads = [threading.Thread(target=look, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for number in range(40):
        add(store, rows.node(number), rows.node(number))
    stop.set()
    for thread in threads:
        thread.join()

    assert not wrong
    assert all(reads)


def test_a_read_that_fails_leaves_the_reader_usable_next_time(store: Store) -> None:
    with pytest.raises(StoreFault), store.read() as reader:
        reader.execute(text("select nonsense"))

    assert count(store) == 0


def test_rows_are_named(store: Store) -> None:
    add(store, rows.instance(1, process_id="hiring"))

    with store.read() as reader:
        (row,) = reader.execute(select(process_instance.c.process_id, process_instance.c.id))

    assert (row.process_id, row.id) == ("hiring", 1)


@pytest.mark.parametrize("name", sorted(HOT))
def test_every_hot_read_can_be_asked(store: Store, name: str) -> None:
    """With numbers and texts in the places where they fit."""
    fitting = {"?": (1, "x"), "in ??": ([1, 2],), "in $$": (["x", "y"],)}
    choices = [fitting[mark] for mark in MARK.findall(HOT[name])]
    found: Any = None

    for parameters in itertools.product(*choices):
        with contextlib.suppress(Fault), store.read() as reader:
            found = reader.hot(name, parameters)
            break

    assert found is not None


def test_hot_reads_find_what_they_are_for(store: Store) -> None:
    add(
        store,
        rows.instance(1, correlation_key="k"),
        rows.instance(2, caller_id=1),
        rows.wait(1, 5, kind=3, name="paid", key="7", public_id=40),
        rows.wait(2, 3, kind=3, name="paid", deployment_id="e"),
        rows.task(9, instance_id=1, work_item_id=40),
        TaskPersonRow(9, "potential_owner", "GROUP", "hr"),
        TaskContentRow(11, 9, "input", b"x"),
        rows.log(1),
    )

    with store.read() as reader:

        def ids(name: str, *parameters: Any) -> list[Any]:
            return [row[0] for row in reader.hot(name, parameters)]

        assert sorted(ids("instances", (3, 2, 1))) == [1, 2]
        assert ids("instances", ()) == []
        assert sorted(ids("instances", range(3))) == [1, 2]
        assert ids("instance_by_correlation_key", "k") == [1]
        assert ids("instances_by_caller", 1) == [2]
        assert ids("waits_by_name", 3, "paid") == [1, 2]
        assert ids("waits_by_name_in", 3, "paid", "e") == [2]
        assert ids("waits_by_key", 3, "paid", "7") == [1]
        assert ids("waits_by_key_in", 3, "paid", "d", "7") == [1]
        assert ids("wait_by_public_id", 40) == [1]
        assert ids("tasks_of_instances", (1,)) == [9]
        assert ids("tasks_by_work_items", (40,)) == [9]
        assert ids("people", (9,)) == [9]
        assert ids("content", 11) == [11]
        assert len(ids("process_logs", (1, 2))) == 1
        assert load_instances(reader, [2]) == [rows.instance(2, caller_id=1)]
        assert load_tasks(reader, [9]) == [rows.task(9, instance_id=1, work_item_id=40)]
        assert isinstance(load_instances(reader, [1])[0], ProcessInstanceRow)
