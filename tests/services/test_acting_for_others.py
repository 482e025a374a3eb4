"""What somebody does for another person is that person's doing, and audit shows both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.services.processes import ProcessRef
from procession.store.repositories.tasks import events_of
from procession.values import Map

from .task_house import DEPLOYMENT, House, house


@pytest.fixture
def home() -> Iterator[House]:
    with house() as found:
        yield found


def robot_for(home: House, name: str):
    return home.engine.access.acting_for(home.actor("robot"), name)


def events(home: House, task_id: int) -> list[tuple[str, str, str | None]]:
    with home.engine.room.store.read() as reader:
        rows = events_of(reader, task_id)
        return [(row.type, row.actor, row.on_behalf_of) for row in rows]


def test_a_process_started_for_somebody_is_theirs(home: House) -> None:
    started = home.engine.processes.start(robot_for(home, "ann"), ProcessRef(DEPLOYMENT, "offer"))
    task = home.task_of(started.id)

    assert started.started_by == "ann"
    assert home.engine.history.instance(home.actor("ann"), started.id).identity == "ann"
    assert task.caused_by == "ann"
    assert events(home, task.id) == [("ADDED", "robot", "ann")]


def test_a_called_process_is_theirs_too(home: House) -> None:
    caller = home.engine.processes.start(robot_for(home, "ann"), ProcessRef(DEPLOYMENT, "caller"))
    task = home.task_of(caller.id)

    assert task.process_instance_id != caller.id
    called = home.engine.history.instance(home.admin, task.process_instance_id or 0)
    assert (called.identity, task.caused_by) == ("ann", "ann")


def test_the_task_after_one_completed_for_somebody_was_caused_by_them(home: House) -> None:
    first = home.offer("review", by="mary")
    acting = robot_for(home, "ann")
    home.tasks.start(acting, first.id)
    home.tasks.complete(acting, first.id, Map(verdict="fine"))

    second = home.task_of(first.process_instance_id or 0)

    assert (first.caused_by, second.caused_by) == ("mary", "ann")
    assert events(home, first.id)[-1] == ("COMPLETED", "robot", "ann")
    assert events(home, second.id)[0] == ("ADDED", "robot", "ann")


def test_within_one_turn_the_person_acted_for_counts_too(home: House) -> None:
    first = home.offer("review", by="mary")
    acting = robot_for(home, "ann")

    home.engine.executive.run(lambda: home.tasks.finish(acting, first.id), actor="robot")

    assert home.task_of(first.process_instance_id or 0).caused_by == "ann"


def test_what_one_does_oneself_names_nobody_else(home: House) -> None:
    task = home.offer("offer", by="mary")
    home.tasks.claim(home.actor("bob"), task.id)

    assert task.caused_by == "mary"
    assert events(home, task.id) == [("ADDED", "mary", None), ("CLAIMED", "bob", None)]
