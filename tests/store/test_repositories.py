"""Lists of deployments, instances, waits and journals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from procession.core.records import ElementActivated, ElementCompleted, Record
from procession.store.codec import encode_records
from procession.store.repositories import deployments, instances, journal, waits
from procession.store.rows import JournalRow
from procession.store.store import Store, UnitOfWork
from procession.store.tables import process_instance

from . import rows

Change = Callable[[UnitOfWork], None]


def write(store: Store, *changes: Change) -> None:
    unit = store.unit_of_work()
    for change in changes:
        change(unit)
    assert store.commit([unit]) == [None]


def deployed(revision: int, id: str, *processes: str, status: str = "DEPLOYED") -> Change:
    def change(uow: UnitOfWork) -> None:
        unit = deployments.Unit(
            revision, id, status, "SINGLETON", True, 5, "ann", None, b"", "digest"
        )
        deployments.add_unit(uow, unit, {"a.bpmn": b"<a/>", "b.txt": b"b"})
        for process in processes:
            definition = deployments.Definition(
                revision, process, id, process.title(), "1.0", "p", f"u-{process}", "a.bpmn", b""
            )
            deployments.add_definition(uow, definition)
            deployments.add_start(uow, revision, process, "start", id, 4, "go")

    return change


def test_units_are_listed_by_id_in_pages(store: Store) -> None:
    write(
        store,
        deployed(1, "c"),
        deployed(2, "a"),
        deployed(3, "b"),
        deployed(4, "x", status="UNDEPLOYED"),
    )

    with store.read() as reader:
        everything, total = deployments.units(reader, 0, None)
        page, of = deployments.units(reader, 1, 1)
        beyond, _ = deployments.units(reader, 9, 5)

    assert [unit.id for unit in everything] == ["a", "b", "c"]
    assert total == of == 3
    assert [unit.id for unit in page] == ["b"]
    assert beyond == []


def test_the_unit_of_an_id_is_its_latest_revision(store: Store) -> None:
    write(store, deployed(1, "g:a:1", "hiring", status="UNDEPLOYED"), deployed(2, "g:a:1"))

    with store.read() as reader:
        unit = deployments.unit(reader, "g:a:1")
        assert deployments.unit(reader, "g:a:2") is None

    assert unit is not None
    assert (unit.revision, unit.is_active, unit.deployed_by) == (2, True, "ann")


def test_a_unit_keeps_its_files(store: Store) -> None:
    write(store, deployed(1, "d"))

    with store.read() as reader:
        assert dict(deployments.resources(reader, 1)) == {"a.bpmn": b"<a/>", "b.txt": b"b"}
        assert reader.hot("resource", (1, "b.txt")) == [(b"b",)]


def test_an_undeployed_unit_starts_nothing(store: Store) -> None:
    start = rows.job(7, kind="start_timer", revision=1)
    running = rows.job(8, kind="timer", revision=1, instance_id=3, wait_id=1)
    write(store, deployed(1, "d", "hiring"), lambda u: u.insert(start), lambda u: u.insert(running))

    with store.read() as reader:
        assert len(reader.hot("start_subscriptions", (4, "go"))) == 1
        assert [row[3] for row in reader.hot("start_subscriptions_in", (4, "go", "d"))] == ["d"]
    write(
        store,
        lambda uow: deployments.set_status(uow, 1, "UNDEPLOYED"),
        lambda uow: deployments.remove_starts(uow, 1),
    )

    with store.read() as reader:
        assert reader.hot("start_subscriptions", (4, "go")) == []
        assert [row[0] for row in reader.hot("jobs", ((7, 8),))] == [8]
        assert deployments.units(reader, 0, None) == ([], 0)


def test_definitions_are_found_by_every_name(store: Store) -> None:
    write(store, deployed(1, "g:a:1", "hiring", "firing"), deployed(2, "g:a:2", "hiring"))

    with store.read() as reader:
        found, total = deployments.definitions(reader, None, 0, None)
        assert [(d.deployment_id, d.process_id) for d in found] == [
            ("g:a:1", "firing"),
            ("g:a:1", "hiring"),
            ("g:a:2", "hiring"),
        ]
        assert total == 3
        assert deployments.definitions(reader, "g:a:2", 0, 1)[1] == 1
        assert [row[0] for row in reader.hot("definitions_by_process", ("hiring",))] == [2, 1]
        assert [row[0] for row in reader.hot("definitions_in", ("hiring", "g:a:1"))] == [1]
        assert [row[0] for row in reader.hot("definitions_by_name", ("Hiring",))] == [2, 1]
        assert [row[9] for row in reader.hot("definition", (1, "firing"))] == ["DEPLOYED"]


def test_a_deactivated_unit_is_not_found_for_starts(store: Store) -> None:
    write(store, deployed(1, "d", "hiring"))
    write(store, lambda uow: deployments.set_active(uow, 1, False))

    with store.read() as reader:
        assert reader.hot("definitions_by_name", ("Hiring",)) == []


def test_running_instances_are_listed_oldest_first(store: Store) -> None:
    write(
        store,
        *[
            lambda uow, row=row: uow.insert(row)  # type: ignore[misc]
            for row in (
                rows.instance(3),
                rows.instance(1),
                rows.instance(2, deployment_id="e", revision=9),
                rows.log(1, root_id=1),
                rows.log(2, root_id=1),
            )
        ],
    )

    with store.read() as reader:
        found, total = instances.running(reader, None)
        assert ([row.id for row in found], total) == ([1, 2, 3], 3)
        found, total = instances.running(reader, "d", offset=1, limit=1)
        assert ([row.id for row in found], total) == ([3], 2)
        found, total = instances.running(reader, "d", process_instance.c.id > 1)
        assert ([row.id for row in found], total) == ([3], 1)
        assert instances.count(reader) == 3
        assert instances.count(reader, "e") == 1
        assert deployments.count_running(reader, 9) == 1
        assert instances.of_root(reader, 1) == [1, 2]
        assert instances.instance(reader, 9) is None
        known = instances.last_known(reader, 2)
        assert known is not None
        assert known.root_id == 1
        assert set(instances.last_known_all(reader, [1, 2, 3])) == {1, 2}


def test_visited_nodes_are_those_that_were_left(store: Store) -> None:
    left = [rows.node(1, name, type=1) for name in ("a", "b", "a")]
    write(
        store,
        *[lambda uow, row=row: uow.insert(row) for row in (*left, rows.node(1, "c"))],  # type: ignore[misc]
    )

    with store.read() as reader:
        assert instances.visited_nodes(reader, 1) == {"a", "b"}


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"key": "7"}, [1, 3]),
        ({"deployment_id": "e"}, [2, 3]),
        ({"key": "7", "deployment_id": "e"}, [3]),
        ({"key": "8"}, []),
    ],
)
def test_who_waits_for_a_message(store: Store, narrow: dict[str, str], expected: list[int]) -> None:
    for row in (
        rows.wait(1, 1, kind=3, name="paid", key="7"),
        rows.wait(2, 1, kind=3, name="paid", deployment_id="e"),
        rows.wait(3, 1, kind=3, name="paid", key="7", deployment_id="e", public_id=50),
        rows.wait(4, 1, kind=4, name="paid", key="7"),
    ):
        write(store, lambda uow, row=row: uow.insert(row))  # type: ignore[misc]

    with store.read() as reader:
        assert [w.instance_id for w in waits.waiting_for(reader, 3, "paid", **narrow)] == expected  # type: ignore[arg-type]
        assert [w.instance_id for w in waits.of_kind(reader, 4)] == [4]
        assert waits.of_kind(reader, 4, "e") == []
        assert len(waits.of_instances(reader, [1, 4])) == 2
        found = waits.by_public_id(reader, 50)
    assert found is not None
    assert found.instance_id == 3


def test_a_journal_tells_the_records_in_order(store: Store) -> None:
    first: list[Record] = [ElementActivated(1, "a", 0), ElementActivated(2, "b", 1)]
    second: list[Record] = [ElementCompleted(2, "b")]
    write(
        store,
        lambda uow: uow.insert(JournalRow(7, 1, 7, 10, encode_records(first))),
        lambda uow: uow.insert(JournalRow(7, 3, 7, 20, encode_records(second))),
        lambda uow: uow.insert(JournalRow(8, 1, 8, 20, encode_records(second))),
    )

    with store.read() as reader:
        assert journal.records(reader, 7) == first + second
        told = [(entry.seq, entry.at) for entry in journal.entries(reader, 7)]
    assert told == [(1, 10), (2, 10), (3, 20)]

    write(store, lambda uow: journal.trim(uow, 7))
    with store.read() as reader:
        assert journal.records(reader, 7) == []
        assert len(journal.records(reader, 8)) == 1
