"""Event sub-processes, escalations and conditions in a whole engine: stored, signalled, called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from procession.runtime.clock import ManualClock
from procession.testing import Model, model
from procession.testing.models import conditional, error, escalation, message, signal, timer
from procession.values import Map
from tests.runtime.rooms import JAVA, deploy, is_over, only_item, state_of, variables, visited

ROOTS = (
    '<signal id="s" name="Go"/><message id="m" name="Order"/><error id="e" errorCode="E1"/>'
    '<escalation id="up" escalationCode="UP"/>'
)
OUTPUT = (
    "<dataOutput id='{0}-o' name='event'/><dataOutputAssociation><sourceRef>{0}-o</sourceRef>"
    "<targetRef>x</targetRef></dataOutputAssociation>"
)
COMPLETED, ABORTED = 2, 3


def listening(*kinds: tuple[str, str, bool]) -> Model:
    """A process with a user task, and event sub-processes: id, definition, interrupting."""
    process = model("listening", language=JAVA).root(ROOTS).variable("x", "Integer")
    process.start().user("u").end()
    for id, inside, interrupting in kinds:
        data = "" if "conditional" in inside else OUTPUT.format(id)
        process._current = None
        process.sub(id, triggeredByEvent="true")
        process._current = None
        flag = "true" if interrupting else "false"
        process.node("startEvent", f"{id}-start", data + inside, isInterrupting=flag)
        process.script(f"{id}-done").end().end_sub()
    process._current = None
    return process


def test_signals_and_messages_to_an_instance_begin_them(engine):
    deploy(engine, listening(("a", signal("s"), False), ("b", message("m"), False)))
    view = engine.processes.start(engine.admin, "listening")

    engine.processes.signal(engine.admin, "Go", 7, instance=view.id)
    engine.processes.signal(engine.admin, "Message-Order", 8, instance=view.id)
    engine.processes.signal(engine.admin, "Go", 9)

    assert visited(engine, view.id, "a-done") == 2
    assert visited(engine, view.id, "b-done") == 1
    assert variables(engine, view.id)["x"] == "9"
    assert not is_over(engine, view.id)
    engine.work_items.complete(engine.admin, only_item(engine, view.id))
    assert state_of(engine, view.id) == COMPLETED


def test_audit_names_them_and_their_start(engine):
    deploy(engine, listening(("a", signal("s"), True)))
    view = engine.processes.start(engine.admin, "listening")

    engine.processes.signal(engine.admin, "Go", 7, instance=view.id)

    rows = engine.history.nodes(engine.admin, view.id).items
    types = {row.node_id: row.node_type for row in rows}
    assert types["a"] == "EventSubProcessNode"
    assert types["a-start"] == "StartNode"
    entered = [row.node_id for row in rows if row.type == 0]
    assert entered == ["start", "u", "a", "a-start", "a-done", "a.end"]
    left = [row.node_id for row in rows if row.type == 1]
    assert left == ["start", "u", "a-start", "a-done", "a.end", "a"]
    assert state_of(engine, view.id) == COMPLETED


def test_their_timers_fire_and_end_with_the_instance(opening):
    clock = ManualClock()
    engine = opening(clock=clock, threads=False)
    cycle = timer("R3/PT10S", "timeCycle")
    deploy(engine, listening(("a", cycle, False), ("b", timer("PT1H"), True)))
    view = engine.processes.start(engine.admin, "listening")

    for _ in range(6):
        clock.advance(timedelta(seconds=10))
        engine.run_due_jobs()
    assert visited(engine, view.id, "a-done") == 3

    clock.advance(timedelta(hours=1))
    engine.run_due_jobs()
    assert state_of(engine, view.id) == COMPLETED
    assert not engine.jobs.list(engine.admin).items


def test_a_condition_is_still_open_after_a_restart(opening):
    first = opening()
    deploy(first, listening(("a", conditional("return x > 5;", JAVA), False)))
    view = first.processes.start(first.admin, "listening", Map(x=1))
    first.close()
    engine = opening()

    for value in (6, 7, 1, 8):
        engine.processes.set_variables(engine.admin, view.id, Map(x=value))

    assert visited(engine, view.id, "a-done") == 2


# -- called processes ----------------------------------------------------------------------------


def child(inside: str, *, jbpm: bool = False) -> Model:
    process = model("child", jbpm=jbpm, language=JAVA).root(ROOTS).start()
    return process.throw("tell", inside).user("u").end()


def parent(inside: str, *, interrupting: bool, jbpm: bool = False) -> Model:
    process = model("parent", jbpm=jbpm, language=JAVA).root(ROOTS).variable("x").start()
    process.call("call", "child").end()
    process.boundary("call", "caught", inside, interrupting=interrupting)
    return process.script("help").end("end2")


def children(engine, instance: int) -> list[int]:
    logs = engine.history.children(engine.admin, instance).items
    return [int(log.process_instance_id) for log in logs]


def test_an_escalation_of_a_called_process_is_caught_and_the_call_goes_on(engine):
    deploy(engine, child(escalation("up")), parent(escalation("up"), interrupting=False))

    view = engine.processes.start(engine.admin, "parent")

    assert visited(engine, view.id, "help") == 1
    [called] = children(engine, view.id)
    engine.work_items.complete(engine.admin, only_item(engine, called))
    assert state_of(engine, view.id) == COMPLETED


def test_an_escalation_of_a_called_process_may_end_the_call_and_what_was_called(engine):
    deploy(engine, child(escalation("up")), parent(escalation("up"), interrupting=True))

    view = engine.processes.start(engine.admin, "parent")

    assert state_of(engine, view.id) == COMPLETED
    assert visited(engine, view.id, "help") == 1
    [called] = children(engine, view.id)
    assert state_of(engine, called) == ABORTED


def test_an_escalation_goes_on_from_caller_to_caller(engine):
    top = model("top").root(ROOTS).start().call("call-parent", "parent").end()
    top.boundary("call-parent", "up-there", escalation(), interrupting=False).script("see").end(
        "e2"
    )
    deploy(engine, child(escalation("up")), parent(error("e"), interrupting=True), top)

    view = engine.processes.start(engine.admin, "top")

    assert visited(engine, view.id, "up-there") == 1
    assert not is_over(engine, view.id)


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_that_aborted_a_process_of_jbpm_is_caught_at_the_call(engine, interrupting):
    caller = parent(escalation("up"), interrupting=interrupting, jbpm=True)
    deploy(engine, child(escalation("up"), jbpm=True), caller)

    view = engine.processes.start(engine.admin, "parent")

    assert visited(engine, view.id, "help") == 1
    assert state_of(engine, view.id) == COMPLETED
    [called] = engine.history.children(engine.admin, view.id).items
    assert (int(called.status), called.outcome) == (ABORTED, "UP")


def test_an_error_that_a_called_process_does_not_catch_begins_one_of_the_caller(engine):
    failing = model("child").root(ROOTS).start().end("stop", error("e"))
    process = model("parent", language=JAVA).root(ROOTS).start().call("call", "child").end()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", error("e")).script("help").end().end_sub()
    deploy(engine, failing, process)

    view = engine.processes.start(engine.admin, "parent")

    assert visited(engine, view.id, "help") == 1
    assert state_of(engine, view.id) == COMPLETED
