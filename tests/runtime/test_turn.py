"""Laws 8 and 9: one turn one write, many turns one commit; a failed turn leaves no trace."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from procession.engine import Engine
from procession.errors import Busy, ExecutionFailure, Fault, Rejected, ScriptFailure
from procession.services.paging import EVERYTHING
from procession.store.tables import process_instance
from procession.testing.models import parameters
from tests.runtime.rooms import (
    contents,
    deploy,
    is_over,
    only_item,
    script,
    straight,
    variables,
    visited,
    work_item,
)

WAITING = straight("waiting", work_item("w", "Wait"))
BROKEN = straight("broken", script("s", 'throw new RuntimeException("no");'))


def test_turns_that_are_ready_together_share_a_commit(engine):
    deploy(engine, WAITING)
    before = engine.executive.commits

    with ThreadPoolExecutor(8) as pool:
        views = list(
            pool.map(lambda _: engine.processes.start(engine.admin, "waiting"), range(160))
        )

    assert len({view.id for view in views}) == 160
    assert engine.executive.commits - before < 120


def test_nobody_is_answered_before_it_is_durable(engine):
    """While the database is held up nothing is answered; then everything is."""
    deploy(engine, WAITING)
    store = engine.room.store
    gate, commit = threading.Event(), store.commit

    def held_up(batch):
        assert gate.wait(10)
        return commit(batch)

    store.commit = held_up
    futures = [
        engine.executive.submit(
            lambda: engine.processes.start(engine.admin, "waiting"), actor="system"
        )
        for _ in range(20)
    ]
    stalled = threading.Event()
    stalled.wait(0.2)
    assert not any(future.done() for future in futures)
    with store.read() as reader:
        assert not reader.execute(select(process_instance.c.id))

    gate.set()
    for future in futures:
        view = future.result(10)
        with store.read() as reader:
            rows = reader.execute(
                select(process_instance.c.id).where(process_instance.c.id == view.id)
            )
        assert len(rows) == 1


def test_what_was_answered_is_seen_by_the_next_question(engine):
    deploy(engine, WAITING)

    def one(_):
        view = engine.processes.start(engine.admin, "waiting", {"n": 1})
        assert engine.processes.get(engine.admin, view.id).id == view.id
        engine.work_items.complete(engine.admin, only_item(engine, view.id))
        assert is_over(engine, view.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))


@pytest.mark.parametrize("process", ["broken", "calls", "thrower"])
def test_a_failed_start_leaves_no_trace(engine, process):
    """Also when the failure is in a called process, or in one that hears a signal."""
    calls = straight("calls", work_item("i", "Now"), lambda m: m.call("c", "middle"))
    middle = straight("middle", work_item("i", "Now"), lambda m: m.call("c", "broken"))
    listener = straight(
        "listener",
        lambda m: m.catch("c", '<signalEventDefinition signalRef="S"/>'),
        script("s", 'throw new RuntimeException("no");'),
    )
    thrower = straight(
        "thrower",
        work_item("i", "Now"),
        lambda m: m.throw("t", '<signalEventDefinition signalRef="S"/>'),
        work_item("w", "Wait"),
    )
    deploy(engine, BROKEN, calls, middle, listener, thrower)
    engine.handler("Now")(lambda item: {"done": True})
    engine.processes.start(engine.admin, "listener")
    before = contents(engine)

    with pytest.raises(ScriptFailure) as caught:
        engine.processes.start(engine.admin, process)

    assert "no" in caught.value.message
    assert contents(engine) == before


def test_a_failing_projector_drops_the_turn(engine):
    deploy(engine, WAITING)
    view = engine.processes.start(engine.admin, "waiting")
    item = only_item(engine, view.id)

    class Broken:
        def project(self, batch, turn):
            raise ValueError("the mirror is down")

    before = contents(engine)
    sound = engine.executive.projectors
    engine.executive.projectors = (*sound, Broken())
    with pytest.raises(ValueError, match="mirror"):
        engine.work_items.complete(engine.admin, item)
    assert contents(engine) == before

    engine.executive.projectors = sound
    engine.work_items.complete(engine.admin, item)
    assert is_over(engine, view.id)


def test_completing_a_task_whose_process_cannot_go_on_changes_neither(engine):
    for_ann = parameters(constants={"ActorId": "ann"})
    failing = script("s", 'throw new RuntimeException("no");')
    deploy(engine, straight("p", lambda m: m.user("u", for_ann), failing))
    engine.people.add_user(engine.admin, "ann", None)
    view = engine.processes.start(engine.admin, "p")
    [task] = engine.tasks.of_instance(engine.admin, view.id, EVERYTHING).items
    engine.tasks.start("ann", task.id)
    before = contents(engine)

    with pytest.raises(ScriptFailure):
        engine.tasks.complete("ann", task.id, {"answer": 1})

    assert contents(engine) == before
    assert engine.tasks.get("ann", task.id).status == "InProgress"


def test_one_bad_turn_of_a_batch_leaves_the_others_alone(engine):
    deploy(engine, WAITING, BROKEN)

    def one(number):
        try:
            return engine.processes.start(engine.admin, "broken" if number % 3 == 0 else "waiting")
        except ExecutionFailure:
            return None

    with ThreadPoolExecutor(8) as pool:
        views = list(pool.map(one, range(60)))

    assert sum(view is None for view in views) == 20
    with engine.room.store.read() as reader:
        assert len(reader.execute(select(process_instance.c.id))) == 40


def test_turns_on_one_instance_take_effect_one_after_the_other_in_order(engine):
    process = straight(
        "counter",
        lambda m: m.exclusive("again").catch("c", '<signalEventDefinition signalRef="S"/>'),
        script("s", 'kcontext.setVariable("n", n + 1);'),
        lambda m: m.exclusive("which").flow("return n < 1000;").to("again").back_to("which"),
        variables="n",
    )
    deploy(engine, process)
    view = engine.processes.start(engine.admin, "counter", {"n": 0})
    seen = []

    def signal(number):
        count = engine.processes.signal(engine.admin, "S", number, instance=view.id)
        engine.executive.turn.after_commit(lambda: seen.append(number))
        return count

    futures = [
        engine.executive.submit(lambda n=number: signal(n), actor="system") for number in range(60)
    ]

    assert [future.result(20) for future in futures] == [1] * 60
    assert seen == list(range(60))
    assert engine.processes.variable(engine.admin, view.id, "n") == 60
    assert visited(engine, view.id, "s") == 60


def test_others_go_on_while_one_instance_is_busy(engine):
    deploy(engine, WAITING, straight("slow", work_item("w", "Slow")))
    gate, called = threading.Event(), threading.Event()

    @engine.handler("Slow", may_block=True)
    def slow(item):
        called.set()
        assert gate.wait(10)

    first = engine.executive.submit(
        lambda: engine.processes.start(engine.admin, "slow"), actor="system"
    )
    assert called.wait(10)
    for _ in range(5):
        engine.processes.start(engine.admin, "waiting")
    assert not first.done()

    gate.set()
    assert first.result(10).state == 2


def test_a_correlation_key_is_taken_once(engine):
    deploy(engine, WAITING)

    def one(_):
        try:
            return engine.processes.start(engine.admin, "waiting", correlation_key="order-7").id
        except Rejected as rejected:
            return rejected.message

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(one, range(16)))

    [winner] = [outcome for outcome in outcomes if isinstance(outcome, int)]
    refused = [outcome for outcome in outcomes if "order-7" in str(outcome)]
    assert len(refused) == 15

    engine.processes.abort(engine.admin, winner)
    again = engine.processes.start(engine.admin, "waiting", correlation_key="order-7")
    assert again.correlation_key == "order-7"


def test_closing_finishes_what_is_in_hand_and_refuses_the_rest(opening):
    engine: Engine = opening()
    deploy(engine, straight("slow", work_item("w", "Slow", n="n"), variables="n"), WAITING)
    called, gate = threading.Event(), threading.Event()

    @engine.handler("Slow", may_block=True)
    def slow(item):
        called.set()
        assert gate.wait(10)
        return {"n": 7}

    slow_one = engine.executive.submit(
        lambda: engine.processes.start(engine.admin, "slow"), actor="system"
    )
    assert called.wait(10)
    closing = threading.Thread(target=engine.close)
    closing.start()
    while not engine.executive._stopping:
        threading.Event().wait(0.005)
    with pytest.raises(Busy):
        engine.processes.start(engine.admin, "waiting")
    gate.set()
    closing.join(10)

    assert slow_one.result(0).state == 2
    again = opening()
    assert variables(again, slow_one.result().id) == {"n": "7"}


def test_everybody_who_asks_while_the_engine_closes_is_answered(opening):
    engine = opening()
    deploy(engine, WAITING)
    answers = []

    def hammer():
        while True:
            try:
                answers.append(engine.processes.start(engine.admin, "waiting").id)
            except Fault:
                return

    threads = [threading.Thread(target=hammer) for _ in range(6)]
    for thread in threads:
        thread.start()
    while len(answers) < 20:
        threading.Event().wait(0.005)
    engine.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), "a caller was left without an answer"

    again = opening()
    with again.room.store.read() as reader:
        stored = {row[0] for row in reader.execute(select(process_instance.c.id))}
    assert set(answers) <= stored


def test_a_database_that_goes_away_for_a_while_is_told_to_callers_and_no_more(engine):
    deploy(engine, WAITING)
    store = engine.room.store
    read = store.read

    def gone(*, wait=True):
        from procession.errors import StoreUnavailable

        raise StoreUnavailable("the database does not answer; try again")

    store.read = gone
    with pytest.raises(Fault, match="does not answer"):
        engine.processes.start(engine.admin, "waiting")
    store.read = read

    assert engine.processes.start(engine.admin, "waiting").state == 1
