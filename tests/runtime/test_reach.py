"""What instances do to each other: signals, messages, called processes, scripts' wishes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from procession.errors import ExecutionFailure, Rejected
from procession.store.tables import process_instance
from procession.testing.models import error, parameters
from tests.runtime.rooms import (
    UNIT,
    contents,
    deploy,
    is_over,
    jobs,
    only_item,
    script,
    state_of,
    straight,
    until,
    variables,
    visited,
    work_item,
)

SIGNAL = '<signalEventDefinition signalRef="S"/>'
ORDER = '<itemDefinition id="i" structureRef="String"/><message id="Order" name="o" itemRef="i"/>'
MESSAGE = '<messageEventDefinition messageRef="Order"/>'
TAKES = "<dataOutput id='o{0}'/><dataOutputAssociation><sourceRef>o{0}</sourceRef>"
TAKES += "<targetRef>x</targetRef></dataOutputAssociation>"


def hears(id: str = "hears"):
    return straight(
        id,
        lambda m: m.catch("c", TAKES.format("c") + SIGNAL),
        work_item("w", "Wait"),
        variables="x",
    )


def started_by(inside: str, id: str = "begun"):
    process = straight("other").__class__(id, jbpm=True)
    return (
        process.variable("x")
        .start("start", TAKES.format("s") + inside)
        .task("w", taskName="Wait")
        .end()
    )


def running(engine, process=None):
    query = select(process_instance.c.id).order_by(process_instance.c.id)
    if process:
        query = query.where(process_instance.c.process_id == process)
    with engine.room.store.read() as reader:
        return [row[0] for row in reader.execute(query)]


# -- signals -----------------------------------------------------------------------------------


def test_a_signal_reaches_one_instance_with_its_value(engine):
    deploy(engine, hears())
    one, other = (engine.processes.start(engine.admin, "hears").id for _ in range(2))

    assert engine.processes.signal(engine.admin, "S", {"a": 1}, instance=one) == 1
    assert engine.processes.signal(engine.admin, "S", 2, instance=one) == 0
    assert engine.processes.signal(engine.admin, "T", 2, instance=other) == 0
    assert engine.processes.signal(engine.admin, "S", 2, instance=99_999) == 0

    assert engine.processes.variable(engine.admin, one, "x") == {"a": 1}
    assert visited(engine, other, "w") == 0


def test_a_signal_reaches_a_deployment_s_instances_and_start_events(engine):
    deploy(engine, hears(), started_by(SIGNAL))
    deploy(engine, hears("elsewhere"), unit="org.test:other:1.0")
    ids = [engine.processes.start(engine.admin, "hears").id for _ in range(3)]
    far = engine.processes.start(engine.admin, "elsewhere").id

    assert engine.processes.signal(engine.admin, "S", 5, deployment=UNIT) == 4

    [begun] = running(engine, "begun")
    assert engine.processes.variable(engine.admin, begun, "x") == 5
    assert all(visited(engine, id, "w") == 1 for id in ids)
    assert visited(engine, far, "w") == 0


def test_a_deactivated_unit_is_not_started_by_signals(engine):
    deploy(engine, started_by(SIGNAL))
    engine.deployments.deactivate(engine.admin, UNIT)
    assert engine.processes.signal(engine.admin, "S") == 0

    engine.deployments.activate(engine.admin, UNIT)
    assert engine.processes.signal(engine.admin, "S") == 1
    assert len(running(engine, "begun")) == 1


def test_who_throws_a_signal_hears_it_once(engine):
    process = straight("p", lambda m: m.parallel("fork").catch("c", SIGNAL))
    process.back_to("fork").task("go", taskName="Go").throw("t", SIGNAL).end("thrown")
    deploy(engine, process, hears())
    view = engine.processes.start(engine.admin, "p")
    other = engine.processes.start(engine.admin, "hears").id

    engine.work_items.complete(engine.admin, only_item(engine, view.id))

    assert is_over(engine, view.id)
    assert visited(engine, view.id, "c") == 1
    assert visited(engine, other, "w") == 1


def test_more_receivers_than_the_limit_are_served_by_jobs_each_once(opening):
    engine = opening(signals_per_turn=5)
    deploy(engine, hears())
    ids = [engine.processes.start(engine.admin, "hears").id for _ in range(12)]
    engine.worker().start()

    assert engine.processes.signal(engine.admin, "S", 4) == 12

    until(lambda: all(visited(engine, id, "w") == 1 for id in ids), 5)
    assert {engine.processes.variable(engine.admin, id, "x") for id in ids} == {4}
    until(lambda: not jobs(engine, kind="delivery"))


def test_a_signal_one_of_whose_receivers_cannot_go_on_reaches_nobody(engine):
    fails = straight("fails", lambda m: m.catch("c", SIGNAL), lambda m: m.call("c2", "nowhere"))
    deploy(engine, hears(), fails)
    engine.processes.start(engine.admin, "hears")
    engine.processes.start(engine.admin, "fails")
    before = contents(engine)

    with pytest.raises(ExecutionFailure, match="nowhere"):
        engine.processes.signal(engine.admin, "S", 1)

    assert contents(engine) == before


# -- messages ----------------------------------------------------------------------------------


def receiving(id: str = "receiving"):
    catch = TAKES.format("c") + MESSAGE
    process = straight(id, lambda m: m.catch("c", catch), work_item("w", "Wait"), variables="x")
    return process.root(ORDER)


def test_a_message_without_key_reaches_all_who_wait(engine):
    deploy(engine, receiving())
    ids = [engine.processes.start(engine.admin, "receiving").id for _ in range(3)]

    assert engine.processes.message(engine.admin, "Order", None, "book") == 3
    assert engine.processes.message(engine.admin, "Order", None, "late") == 0

    assert {engine.processes.variable(engine.admin, id, "x") for id in ids} == {"book"}


def test_a_message_nobody_waits_for_starts_a_process(engine):
    deploy(engine, started_by(MESSAGE).root(ORDER))

    assert engine.processes.message(engine.admin, "Order", None, 8) == 1

    [begun] = running(engine)
    assert engine.processes.variable(engine.admin, begun, "x") == 8


def test_who_waits_goes_before_who_would_be_started(engine):
    deploy(engine, receiving(), started_by(MESSAGE).root(ORDER))
    view = engine.processes.start(engine.admin, "receiving")

    assert engine.processes.message(engine.admin, "Order", None, 1) == 1

    assert running(engine) == [view.id]


def test_a_send_task_delivers_to_who_waits(engine):
    inside = parameters(inputs={"Message": "x"})
    sends = straight(
        "sends", lambda m: m.node("sendTask", "t", inside, messageRef="Order"), variables="x"
    )
    deploy(engine, receiving(), sends.root(ORDER))
    waiting = engine.processes.start(engine.admin, "receiving").id

    view = engine.processes.start(engine.admin, "sends", {"x": "hello"})

    assert view.state == 2
    assert engine.processes.variable(engine.admin, waiting, "x") == "hello"


# -- called processes --------------------------------------------------------------------------

IO = parameters(inputs={"given": "x"}, outputs={"result": "x"})


def calling(id="caller", called="called", **attributes):
    given = {f"d:{name}": value for name, value in attributes.items()}
    return straight(
        id,
        lambda m: m.call("call", called, IO, **given),
        work_item("after", "Wait"),
        variables="x",
    )


CALLED = straight(
    "called",
    work_item("w", "Inside"),
    script("s", 'kcontext.setVariable("result", given + 1);'),
    variables="given result",
)


def children(engine, parent):
    return [log.process_instance_id for log in engine.history.children(engine.admin, parent).items]


def test_a_called_process_runs_in_the_same_turn_and_brings_its_results_back(engine):
    deploy(engine, calling(), CALLED)
    engine.handler("Inside")(lambda item: {})

    view = engine.processes.start(engine.admin, "caller", {"x": 1})

    assert view.variables == {"x": 2}
    [child] = children(engine, view.id)
    log = engine.history.instance(engine.admin, child)
    assert (log.status, log.parent_process_instance_id) == (2, view.id)
    assert engine.processes.last_known(engine.admin, child).root_id == view.id


def test_a_caller_waits_until_the_called_process_ends(engine):
    deploy(engine, calling(), CALLED)
    view = engine.processes.start(engine.admin, "caller", {"x": 4})
    [child] = children(engine, view.id)
    assert view.state == 1
    assert visited(engine, view.id, "after") == 0

    engine.work_items.complete(engine.admin, only_item(engine, child))

    assert engine.processes.variable(engine.admin, view.id, "x") == 5
    assert visited(engine, view.id, "after") == 1


@pytest.mark.parametrize(("independent", "state"), [("false", 3), ("true", 1)])
def test_aborting_a_caller_aborts_what_depends_on_it(engine, independent, state):
    deploy(engine, calling(independent=independent), CALLED)
    view = engine.processes.start(engine.admin, "caller", {"x": 4})
    [child] = children(engine, view.id)

    engine.processes.abort(engine.admin, view.id)

    assert state_of(engine, view.id) == 3
    assert state_of(engine, child) == state
    if state == 1:
        engine.work_items.complete(engine.admin, only_item(engine, child))
        assert state_of(engine, child) == 2


def test_aborting_a_called_process_aborts_a_caller_that_depends_on_it(engine):
    deploy(engine, calling(independent="false"), CALLED)
    view = engine.processes.start(engine.admin, "caller", {"x": 4})

    engine.processes.abort(engine.admin, children(engine, view.id)[0])

    assert state_of(engine, view.id) == 3


def test_who_does_not_wait_goes_on_at_once(engine):
    deploy(engine, calling(waitForCompletion="false"), CALLED)

    view = engine.processes.start(engine.admin, "caller", {"x": 4})

    assert visited(engine, view.id, "after") == 1
    [child] = running(engine, "called")
    engine.work_items.complete(engine.admin, only_item(engine, child))
    assert state_of(engine, view.id) == 1


def test_a_process_that_is_not_there_fails_the_call(engine):
    deploy(engine, calling(called="nowhere"))
    before = contents(engine)

    with pytest.raises(ExecutionFailure, match="Could not find process nowhere"):
        engine.processes.start(engine.admin, "caller")

    assert contents(engine) == before


def test_processes_that_call_each_other_in_a_circle_are_stopped(opening):
    engine = opening(commands_per_turn=50)
    deploy(engine, calling("a", "b"), calling("b", "a"))
    before = contents(engine)

    with pytest.raises(ExecutionFailure, match="more than 50 commands"):
        engine.processes.start(engine.admin, "a")

    assert contents(engine) == before


def test_an_error_of_the_called_process_is_caught_by_the_caller(engine):
    failing = straight("called").__class__("called", jbpm=True)
    failing.root('<error id="e" errorCode="BAD"/>').start()
    failing.end("bad", error("e"))
    process = calling().root('<error id="e" errorCode="BAD"/>')
    process.boundary("call", "caught", error("e")).task("help", taskName="Help").end("end2")
    deploy(engine, process, failing)

    view = engine.processes.start(engine.admin, "caller")

    assert visited(engine, view.id, "help") == 1
    assert visited(engine, view.id, "after") == 0


# -- what scripts wish -------------------------------------------------------------------------


def test_a_script_may_signal_start_and_finish_work_items(engine):
    deploy(
        engine,
        hears(),
        straight("other", work_item("w", "Wait"), variables="y"),
        straight(
            "p",
            script(
                "s",
                'kcontext.getKieRuntime().signalEvent("S", "hi");'
                'java.util.Map m = new java.util.HashMap(); m.put("y", 3);'
                'kcontext.getKieRuntime().startProcess("other", m);',
            ),
        ),
    )
    listener = engine.processes.start(engine.admin, "hears").id

    engine.processes.start(engine.admin, "p")

    assert engine.processes.variable(engine.admin, listener, "x") == "hi"
    [other] = running(engine, "other")
    assert engine.processes.variable(engine.admin, other, "y") == 3

    number = only_item(engine, other)
    text = f"kcontext.getKieRuntime().getWorkItemManager().completeWorkItem({number}L, null);"
    deploy(engine, straight("finisher", script("s", text)), unit="org.test:more:1.0")
    engine.processes.start(engine.admin, "finisher")
    assert is_over(engine, other)


# -- suspended ---------------------------------------------------------------------------------


def test_a_suspended_instance_rests_until_it_is_resumed(engine):
    deploy(engine, hears())
    view = engine.processes.start(engine.admin, "hears")
    engine.processes.suspend(engine.admin, view.id)

    assert engine.processes.get(engine.admin, view.id).state == 4
    assert engine.processes.signal(engine.admin, "S", 1) == 0
    with pytest.raises(Rejected, match="suspended"):
        engine.processes.suspend(engine.admin, view.id)

    engine.processes.resume(engine.admin, view.id)
    assert engine.processes.signal(engine.admin, "S", 1) == 1
    with pytest.raises(Rejected, match="not suspended"):
        engine.processes.resume(engine.admin, view.id)
    item = only_item(engine, view.id)
    engine.processes.suspend(engine.admin, view.id)
    with pytest.raises(Rejected, match="suspended"):
        engine.work_items.complete(engine.admin, item)
    engine.processes.abort(engine.admin, view.id)
    assert variables(engine, view.id) == {"x": "1"}


def test_what_a_called_process_gives_back_waits_until_its_caller_is_resumed(engine):
    deploy(engine, calling(), CALLED)
    view = engine.processes.start(engine.admin, "caller", {"x": 4})
    [child] = children(engine, view.id)
    engine.processes.suspend(engine.admin, view.id)

    engine.work_items.complete(engine.admin, only_item(engine, child))
    assert is_over(engine, child)
    engine.run_due_jobs()
    assert engine.processes.variable(engine.admin, view.id, "x") == 4

    engine.processes.resume(engine.admin, view.id)
    engine.run_due_jobs()
    assert engine.processes.variable(engine.admin, view.id, "x") == 5
