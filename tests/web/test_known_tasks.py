"""Operations on tasks that this node knows, and that another may have moved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from procession.engine import Engine
from procession.errors import Fault
from procession.web.http import Reply

from .desks import Desk, Outcome, is_asked_together

pytestmark = pytest.mark.postgresql
Texts = Iterator[list[Sequence[str]]]


@pytest.fixture(autouse=True)
def _only_where_it_matters(desk: Desk) -> None:
    if not is_asked_together(desk.engine):
        pytest.skip("what is asked of a file is asked at once")


@pytest.fixture
def other(database_url: str, desk: Desk) -> Iterator[Desk]:
    with Engine.open(database_url) as engine:
        other = Desk(engine)
        yield other
        other.close()


def begun(desk: Desk, process: str = "one-task") -> str:
    """The long id of a task that the desk's node knows."""
    started = desk.engine.processes.start(desk.engine.admin, process)
    (task,) = desk.engine.tasks.of_instance(desk.ann, started.id).items
    return f"{task.id}-{task.uuid}"


def number(task: str) -> int:
    return int(task.split("-")[0])


def reads(seen: list[Sequence[str]]) -> list[str]:
    """What was asked about tasks."""
    return [text for trip in seen for text in trip if text.startswith("select") and "task" in text]


def test_it_is_not_asked_for_again(desk: Desk, texts: Texts) -> None:
    begun(desk)
    task = begun(desk)
    seen = next(texts)

    seen.clear()
    outcomes = [*desk.at_once(desk.claim(task)), *desk.at_once(desk.complete(task))]

    assert all(isinstance(outcome, Reply) for outcome in outcomes), outcomes
    assert reads(seen) == []
    assert desk.status(task) == "Completed"


def test_who_is_told_no_is_told_what_is_so_now(desk: Desk, other: Desk) -> None:
    task = begun(desk)
    bob = desk.engine.room.actor("bob")
    desk.engine.tasks.claim(bob, number(task))
    other.engine.tasks.unclaim(bob, number(task))

    (claimed,) = desk.at_once(desk.claim(task))  # here it is still bob's

    assert isinstance(claimed, Reply), claimed


def test_what_another_node_has_done_is_not_done_again(desk: Desk, other: Desk) -> None:
    task = begun(desk)
    other.engine.tasks.finish(other.ann, number(task), {})
    events = desk.engine.tasks.events(desk.engine.admin, number(task))

    (alone,) = fresh(desk, task)
    (known,) = desk.at_once(desk.complete(task))

    assert isinstance(known, Fault)
    assert str(known) == str(alone)
    assert desk.engine.tasks.events(desk.engine.admin, number(task)) == events


def fresh(desk: Desk, task: str) -> list[Outcome]:
    """What somebody is told by a node that knows nothing."""
    with Engine.open(desk.engine.room.store.url) as engine:
        third = Desk(engine)
        outcomes = third.at_once(third.complete(task))
        third.close()
    return outcomes


def test_who_relies_on_what_is_outdated_calls_no_handler(desk: Desk, other: Desk) -> None:
    called: list[str] = []
    desk.engine.handler("Book")(lambda item: called.append("here"))
    other.engine.handler("Book")(lambda item: called.append("there"))
    task = begun(desk, "booked")
    other.engine.tasks.finish(other.ann, number(task), {})

    (outcome,) = desk.at_once(desk.complete(task))

    assert isinstance(outcome, Fault)
    assert called == ["there"]


def test_who_has_lost_a_candidate_elsewhere_is_refused_here(desk: Desk, other: Desk) -> None:
    task = begun(desk)
    bob = other.engine.room.actor("bob")
    other.engine.tasks.claim(bob, number(task))

    (outcome,) = desk.at_once(desk.claim(task))

    assert isinstance(outcome, Fault)
    assert "bob" in str(outcome)


def test_where_others_move_them_all_the_time_they_are_asked_for_again(
    desk: Desk, other: Desk, texts: Texts
) -> None:
    seen = next(texts)
    asked = []
    for _ in range(24):
        task = begun(desk)
        other.engine.tasks.claim(other.ann, number(task))
        seen.clear()
        (outcome,) = desk.at_once(desk.complete(task))
        assert isinstance(outcome, Reply), outcome
        asked.append(any("from task" in text for text in reads(seen[:1])))

    assert not asked[0]  # it was known
    assert all(asked[-12:])


def test_one_that_is_over_is_known_no_more(desk: Desk) -> None:
    known = desk.engine.room.executive.loaded
    tasks = [begun(desk) for _ in range(3)]
    assert all(known.knows_task(number(task)) for task in tasks)

    desk.at_once(*map(desk.complete, tasks))

    assert not any(known.knows_task(number(task)) for task in tasks)
