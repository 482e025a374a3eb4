"""Requests that arrive together: what they ask, and what they may not know too early."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest

from procession.engine import Engine
from procession.errors import Fault
from procession.runtime.claims import Freed
from procession.runtime.work_items import WorkItem
from procession.services.tasks.foreseeing import FEW
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.web.http import Reply
from procession.web.together import MOST

from .desks import Desk, Outcome, answered, is_asked_together


def ids(reply: Outcome) -> list[str]:
    assert isinstance(reply, Reply)
    return [task.id for task in reply.view]


def test_all_are_answered_however_many(desk: Desk) -> None:
    made = [desk.start() for _ in range(MOST + 5)]

    lists = desk.at_once(*(desk.tasks(begun) for begun, _ in made))
    done = desk.at_once(*(desk.complete(task) for _, task in made))

    assert [ids(reply) for reply in lists] == [[task] for _, task in made]
    assert answered(done) == {"Reply": len(made)}
    assert {desk.status(task) for _, task in made} == {"Completed"}


def test_who_arrives_while_more_are_served_than_at_once_is_answered(desk: Desk) -> None:
    """He was forgotten once, and a benchmark waited for ever."""
    made = [desk.start() for _ in range(MOST + 5)]

    lists = desk.one_behind(*(desk.tasks(begun) for begun, _ in made))

    assert [ids(reply) for reply in lists] == [[task] for _, task in made]


@pytest.mark.postgresql
def test_nobody_waits_for_long_for_the_questions_of_others(desk: Desk, database_url: str) -> None:
    if not is_asked_together(desk.engine):
        pytest.skip("what is asked of a file needs no trip")
    made = [desk.start() for _ in range(2)]
    for _ in range(20):  # learn that these ask nothing else
        desk.at_once(*(desk.tasks(begun) for begun, _ in made))
    with (
        psycopg.connect(database_url) as locking,
        psycopg.connect(database_url, autocommit=True) as looking,
    ):

        def both_have_asked() -> bool:
            blocked = (
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
            until = time.monotonic() + 2  # or those before were given up
            while (count := looking.execute(blocked).fetchone()) != (2,):
                if time.monotonic() > until:
                    break
                time.sleep(0.02)
            locking.rollback()
            return count == (2,)

        async def one_after_the_other() -> list[Reply]:
            each = []
            for begun, _ in made:
                each.append(asyncio.ensure_future(desk.lanes.run(*desk.tasks(begun))))
                await asyncio.sleep(0.01)
            assert await asyncio.to_thread(both_have_asked)
            return await asyncio.gather(*each)

        locking.execute("lock table task in access exclusive mode")
        lists = asyncio.run(one_after_the_other())

    assert [ids(reply) for reply in lists] == [[task] for _, task in made]


@pytest.mark.postgresql
def test_they_share_a_snapshot_and_ask_in_one_trip(
    desk: Desk, texts: Iterator[list[Sequence[str]]]
) -> None:
    if not is_asked_together(desk.engine):
        pytest.skip("what is asked of a file needs no trip")
    made = [desk.start() for _ in range(8)]
    desk.at_once(desk.complete(desk.start()[1]))  # what is loaded once
    seen = next(texts)

    seen.clear()
    desk.at_once(*(desk.tasks(begun) for begun, _ in made))
    lists = list(seen)
    seen.clear()
    desk.at_once(*(desk.complete(task) for _, task in made))

    of_tasks = [trip for trip in lists if any("task" in text for text in trip)]
    assert [len(trip) for trip in of_tasks] == [4 * len(made)]  # what is to do, and whose it is
    assert not any(text.startswith("begin") for trip in lists for text in trip)
    assert len(seen[0]) == 2 * len(made)
    reads = [trip for trip in seen if trip[0].startswith("begin isolation")]
    assert len(reads) < 4  # a thread that is on duty reads for itself


@pytest.mark.postgresql
def test_what_another_node_has_started_is_foreseen_in_the_end(
    database_url: str, desk: Desk, texts: Iterator[list[Sequence[str]]]
) -> None:
    if not is_asked_together(desk.engine):
        pytest.skip("what is asked of a file needs no trip")
    with Engine.open(database_url) as other:
        strange = Desk(other)
        made = [strange.start()[1] for _ in range(40)]
        strange.close()
    seen = next(texts)
    asked_alone = []
    for task in made:
        seen.clear()
        (outcome,) = desk.at_once(desk.complete(task))
        assert isinstance(outcome, Reply), outcome
        asked_alone.append(
            any("from process_instance where id = $1" in text for trip in seen for text in trip)
        )

    assert {desk.status(task) for task in made} == {"Completed"}
    assert asked_alone[0]
    assert not any(asked_alone[-20:])  # its row came with the task


@pytest.mark.postgresql
def test_queries_for_the_tasks_of_instances_share_a_trip(
    desk: Desk, texts: Iterator[list[Sequence[str]]]
) -> None:
    if not is_asked_together(desk.engine):
        pytest.skip("what is asked of a file needs no trip")
    numbers = [desk.start()[0].split("-")[0] for _ in range(6)]
    asked = [desk.query(f"processInstanceId={number}") for number in numbers]
    desk.at_once(*asked)  # what is looked up once a second
    seen = next(texts)

    seen.clear()
    found = desk.at_once(*asked)

    assert [[each.process_instance_id for each in view(reply)] for reply in found] == [
        [int(number)] for number in numbers
    ]
    assert sum(any("task" in text for text in trip) for trip in seen) == 1


def view(reply: Outcome) -> Sequence[Any]:
    assert isinstance(reply, Reply)
    return reply.view.items  # type: ignore[no-any-return]


def test_whoever_asks_in_whatever_words_is_told_the_same_in_company_as_alone(desk: Desk) -> None:
    engine = desk.engine
    made = [desk.start() for _ in range(4)]
    engine.tasks.finish(desk.ann, int(made[0][1].split("-")[0]), {})
    one, two, three, four = (begun.split("-")[0] for begun, _ in made)
    clerks = (Candidate("GROUP", "clerks"),)
    more = NewTask(name="more", process_instance_id=int(four), potential_owners=clerks)
    for _ in range(FEW + 1):
        engine.tasks.add(engine.admin, more)
    eve = engine.room.actor("eve")
    words = [
        f"processInstanceId={one}",
        f"processInstanceId={one}&status=Completed&status=Ready",
        f"processInstanceId={two}&processInstanceId={three}&processInstanceId={one}",
        f"processInstanceId={three}&status=Reserved",
        f"processInstanceId={four}",
        f"processInstanceId={four}&page=2&pageSize=10",
        f"processInstanceId={two}&union=true&taskOwner=ann",
        f"processInstanceId={two}&potentialOwner=bob",
        f"processInstanceId={two}&taskId=1",
        "processInstanceId=999999",
        "taskOwner=ann",
        "",
    ]
    actors = (desk.ann, eve, engine.admin)
    asked = [desk.query(text, actor) for actor in actors for text in words]

    alone = [route.handler(request, engine).view for route, request in asked]
    for _ in range(3):  # until what is learned of them is learned
        for request in (request for _, request in asked):
            request.kept = None
        together = desk.at_once(*asked)
        assert [reply.view for reply in together if isinstance(reply, Reply)] == alone


@pytest.mark.parametrize("words", ["processInstanceId=x", "status=Odd", "processInstanceId=1&a=b"])
def test_a_bad_query_is_refused_by_its_handler(desk: Desk, words: str) -> None:
    fine = desk.start()[0].split("-")[0]

    bad, good = desk.at_once(desk.query(words), desk.query(f"processInstanceId={fine}"))

    assert isinstance(bad, Fault)
    assert len(view(good)) == 1


def test_a_bad_address_troubles_nobody_else(desk: Desk) -> None:
    task = desk.start()[1]
    bad = ["7", f"{2**70}-{task.split('-', 1)[1]}", f"999999-{task.split('-', 1)[1]}"]

    first, *others = desk.at_once(desk.complete(task), *map(desk.complete, bad))

    assert isinstance(first, Reply)
    assert all(isinstance(other, Fault) for other in others)
    assert desk.status(task) == "Completed"


def test_of_two_who_complete_a_task_one_does(desk: Desk) -> None:
    task = desk.start()[1]

    outcomes = desk.at_once(*[desk.complete(task)] * 4)

    assert answered(outcomes)["Reply"] == 1
    assert all(isinstance(each, Reply | Fault) for each in outcomes)


def test_a_lost_connection_costs_nobody_an_answer(desk: Desk, database_url: str) -> None:
    made = [desk.start() for _ in range(4)]
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    assert answered(desk.at_once(*(desk.tasks(begun) for begun, _ in made))) == {"Reply": 4}
    assert answered(desk.at_once(*(desk.complete(task) for _, task in made))) == {"Reply": 4}


# -- what is older than what somebody else has done since --------------------------------------


class Meanwhile:
    """Does something once, between the questions of a group and its answers."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.action: Callable[[], object] = lambda: None
        together = desk.lanes._together
        answer = together.answer

        def late(line: Any, freed: Freed, reader: Any) -> None:
            action, self.action = self.action, lambda: None
            thread = threading.Thread(target=action)
            thread.start()
            thread.join()
            answer(line, freed, reader)

        monkeypatch.setattr(together, "answer", late)


@pytest.fixture
def meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    return Meanwhile(desk, monkeypatch)


@pytest.mark.parametrize("may_block", [False, True])
def test_who_completes_second_calls_no_handler(
    desk: Desk, meanwhile: Meanwhile, may_block: bool
) -> None:
    called: list[int] = []
    desk.engine.handler("Book", may_block=may_block)(lambda item: called.append(1))
    task = desk.start("booked")[1]
    number = int(task.split("-")[0])
    meanwhile.action = lambda: desk.engine.tasks.finish(desk.ann, number, {})

    (outcome,) = desk.at_once(desk.complete(task))

    assert isinstance(outcome, Fault) is is_asked_together(desk.engine)
    assert called == [1]


def test_a_handler_that_asks_the_engine_is_called_once(desk: Desk) -> None:
    seen: list[str] = []

    def book(item: WorkItem) -> None:
        seen.append("called")
        found = desk.engine.tasks.of_instance(desk.engine.admin, item.process_instance_id)
        seen.append(f"{len(found.items)} to do")

    desk.engine.handler("Book")(book)
    for _ in range(8):  # until what is learned of the route is learned
        task = desk.start("booked")[1]
        seen.clear()

        (outcome,) = desk.at_once(desk.complete(task))

        assert isinstance(outcome, Reply), outcome
        assert seen == ["called", "1 to do"]


def test_who_claims_second_is_told_and_nothing_is_written_in_vain(
    desk: Desk, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = desk.start()[1]
    refused: list[BaseException] = []
    store: Any = desk.engine.room.store
    commit = store.commit

    def told(batch: Sequence[Any]) -> Any:
        outcomes = commit(batch)
        refused.extend(error for error in outcomes if error is not None)
        return outcomes

    monkeypatch.setattr(store, "commit", told)
    number = int(task.split("-")[0])
    meanwhile.action = lambda: desk.engine.tasks.claim(desk.engine.room.actor("bob"), number)

    (outcome,) = desk.at_once(desk.claim(task))

    if is_asked_together(desk.engine):
        assert isinstance(outcome, Fault)
        assert "bob" in str(outcome)
    assert refused == []


def test_nothing_is_kept_of_a_snapshot_from_before_a_deployment(
    desk: Desk, meanwhile: Meanwhile
) -> None:
    task = desk.start()[1]
    freed = []

    def deploy() -> None:
        desk.engine.executive.forget()
        desk.engine.executive.run(lambda: None, actor="admin")
        freed.extend(desk.engine.executive.claims.watching.values())

    meanwhile.action = deploy

    (outcome,) = desk.at_once(desk.complete(task))

    assert isinstance(outcome, Reply)
    assert all(each.is_everything for each in freed)
    assert desk.engine.executive.claims.watching == {}
