"""Sub-processes with ``triggeredByEvent``: BPMN 2.0.2, 10.3.5 and 13.5.4."""

from __future__ import annotations

import pytest

from procession.core.commands import AbortProcess, ResumeProcess, SuspendProcess
from procession.core.records import ErrorThrown, WaitClosed
from procession.core.state import InstanceStatus, WaitKind
from procession.errors import LimitExceeded, Rejected
from procession.testing import Model, model
from procession.testing.models import error, escalation, message, signal, timer
from python_scripts import compiled, faults, play

ROOTS = (
    '<signal id="s" name="Go"/><signal id="s2" name="Other"/><message id="m" name="Order"/>'
    '<error id="e" errorCode="E1"/><error id="any"/>'
    '<escalation id="up" escalationCode="UP"/>'
)
OUTPUT = (
    "<dataOutput id='{0}-o' name='event'/><dataOutputAssociation><sourceRef>{0}-o</sourceRef>"
    "<targetRef>{1}</targetRef></dataOutputAssociation>"
)
INTERRUPTING = {"signal": signal("s"), "message": message("m"), "timer": timer("PT10S")}


def handler(process: Model, inside: str, *, quiet: bool = False, id: str = "ev") -> Model:
    """Add an event sub-process with a user task in it; the model goes on after it."""
    process._current = None
    process.sub(id, triggeredByEvent="true")
    process._current = None
    flag = "false" if quiet else "true"
    process.node("startEvent", f"{id}-start", inside, isInterrupting=flag)
    process.user(f"{id}-task").end().end_sub()
    process._current = None
    return process


def work(*, jbpm: bool = False) -> Model:
    """A process with a user task."""
    return model(jbpm=jbpm).root(ROOTS).variable("x").start().user("u").end()


def nested() -> Model:
    """A process with a sub-process with a user task; what is added next stands in it."""
    return model().root(ROOTS).variable("x").start().sub("sub").start("in").user("u").end()


def after(process: Model) -> Model:
    process.end_sub()
    process._current = "sub"
    return process.task("after").end()


# -- listening ---------------------------------------------------------------------------------


def test_listens_from_the_start_of_the_scope_to_its_end_and_does_not_keep_it_alive():
    run = play(after(handler(nested(), signal("s"))))

    assert [(w.owner, w.name) for w in run.waits(WaitKind.SIGNAL)] == [(3, "Go")]
    assert run.active == ["sub", "u"]

    run.complete("u")

    assert run.is_completed
    assert run.visited == ["start", "sub", "in", "u", "sub.end", "after", "end"]
    assert [w.how for w in run.of(WaitClosed) if w.kind is WaitKind.SIGNAL] == ["cancelled"]


@pytest.mark.parametrize("kind", INTERRUPTING)
def test_an_interrupting_one_stops_everything_else_in_the_scope_which_ends_after_it(kind: str):
    run = play(after(handler(nested(), INTERRUPTING[kind])))

    happen(run, kind)

    assert run.active == ["sub", "ev", "ev-task"]
    run.complete("ev-task")
    assert run.is_completed
    assert run.visited[-3:] == ["ev.end", "after", "end"]
    assert not run.state.waits


def happen(run, kind: str) -> None:
    if kind == "signal":
        assert run.signal("Go", 7) == 1
    elif kind == "message":
        assert run.message("Order", 7) == 1
    else:
        run.advance(seconds=11)


@pytest.mark.parametrize("kind", INTERRUPTING)
def test_one_that_does_not_interrupt_runs_beside_the_rest(kind: str):
    run = play(after(handler(nested(), INTERRUPTING[kind], quiet=True)))

    happen(run, kind)

    assert run.active == ["sub", "u", "ev", "ev-task"]
    run.complete("u")
    assert "after" not in run.visited
    run.complete("ev-task")
    assert run.is_completed


def test_one_that_does_not_interrupt_may_run_many_times_at_once():
    run = play(handler(work(), signal("s"), quiet=True))

    for _ in range(3):
        assert run.signal("Go") == 1

    assert run.active == ["u", *["ev", "ev-task"] * 3]
    for _ in range(3):
        run.complete("ev-task")
    assert run.active == ["u"]
    assert run.signal("Go") == 1


def test_an_interrupting_one_runs_once_and_the_others_stop_listening():
    process = handler(work(), signal("s"))
    handler(process, signal("s2"), quiet=True, id="other")
    run = play(process)

    run.signal("Go")

    assert run.waits(WaitKind.SIGNAL) == []
    assert run.active == ["ev", "ev-task"]


def test_interrupted_by_another_the_running_ones_are_stopped_too():
    process = handler(work(), signal("s"), quiet=True)
    handler(process, signal("s2"), id="other")
    run = play(process)
    run.signal("Go")

    run.signal("Other")

    assert run.active == ["other", "other-task"]


def test_boundary_events_of_the_interrupted_sub_process_go_on_listening():
    process = after(handler(nested(), signal("s")))
    process.boundary("sub", "late", timer("PT1H")).task("help").to("end")
    run = play(process)
    run.signal("Go")

    run.advance(hours=2)

    assert run.is_completed
    assert run.visited[-3:] == ["late", "help", "end"]


def test_a_cycle_fires_as_often_as_it_says_and_a_date_once():
    process = handler(work(), timer("R3/PT10S", "timeCycle"), quiet=True)
    run = play(process)

    run.advance(minutes=5)

    assert run.visited.count("ev-start") == 3
    date = play(handler(work(), timer("2000-01-01T00:00:00Z", "timeDate"), quiet=True))
    date.advance(seconds=1)
    assert date.visited.count("ev-start") <= 1


def test_what_came_is_mapped_at_the_start_event():
    process = handler(work(), OUTPUT.format("ev", "x") + signal("s"))
    run = play(process)

    run.signal("Go", "hello")

    assert run.variables == {"x": "hello"}


def test_sees_the_variables_around_it_and_has_its_own():
    process = work()
    process._current = None
    process.sub("ev", triggeredByEvent="true").variable("y")
    process._current = None
    process.node("startEvent", "es", OUTPUT.format("ev", "y") + signal("s"), isInterrupting="false")
    process.script("t", "kcontext.setVariable('x', y + 1)").end().end_sub()
    run = play(process, x=1)

    run.signal("Go", 41)
    run.signal("Go", 6)

    assert run.variables == {"x": 7}
    assert set(run.state.variables) == {1}


def test_event_sub_processes_may_stand_in_event_sub_processes():
    process = work()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", signal("s")).user("t").end()
    handler(process, signal("s2"), id="inner").end_sub()
    run = play(process)
    assert run.signal("Other") == 0

    run.signal("Go")
    run.signal("Other")

    assert run.active == ["ev", "inner", "inner-task"]
    run.complete("inner-task")
    assert run.is_completed


def test_a_terminate_in_it_ends_only_it():
    process = work()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", signal("s"), isInterrupting="false").parallel("f").user("t")
    process.end("e1").back_to("f").end("e2", "<terminateEventDefinition/>").end_sub()
    run = play(process)

    run.signal("Go")

    assert run.active == ["u"]
    assert not run.is_completed


def test_suspended_and_resumed_it_still_listens_and_aborted_it_is_gone():
    run = play(handler(work(), signal("s"), quiet=True))
    run.do(SuspendProcess())
    with pytest.raises(Rejected):
        run.signal("Go")
    run.do(ResumeProcess())
    run.signal("Go")
    assert "ev-task" in run.active

    run.do(AbortProcess())

    assert run.status is InstanceStatus.ABORTED
    assert not run.state.waits


def test_a_signal_thrown_in_the_instance_begins_it():
    process = model().root(ROOTS).start().throw("call", signal("s")).user("u").end()

    run = play(handler(process, signal("s"), quiet=True))

    assert run.visited[:4] == ["start", "call", "ev", "ev-start"]
    assert set(run.active) == {"u", "ev", "ev-task"}


def test_one_that_calls_itself_without_end_is_stopped():
    process = work()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", signal("s"), isInterrupting="false")
    process.throw("again", signal("s")).end().end_sub()
    run = play(process)

    with pytest.raises(LimitExceeded):
        run.signal("Go")


# -- errors and escalations ----------------------------------------------------------------------


def failing() -> Model:
    """A sub-process that ends with an error after a user task."""
    process = model().root(ROOTS).variable("x").start().sub("sub").start("in").user("u")
    data = "<dataInput id='d' name='v'/><dataInputAssociation><sourceRef>given</sourceRef>"
    data += "<targetRef>d</targetRef></dataInputAssociation>"
    return process.end("stop", data + error("e"))


@pytest.mark.parametrize("reference", ["e", "any", ""])
def test_an_error_is_caught_inside_the_scope_before_its_boundary(reference: str):
    process = after(handler(failing(), OUTPUT.format("ev", "x") + error(reference)))
    process.boundary("sub", "caught", error("e")).task("help").to("end")
    run = play(process, given=5)

    run.complete("u")

    assert run.active == ["sub", "ev", "ev-task"]
    assert run.variables["x"] == 5
    assert [(r.catcher, r.kind) for r in run.of(ErrorThrown)] == [("ev-start", "error")]
    run.complete("ev-task")
    assert run.is_completed
    assert "help" not in run.visited
    assert "after" in run.visited


def test_an_error_thrown_by_the_handler_goes_to_the_outside_of_its_scope():
    process = failing()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", error("e")).end("again", error("e")).end_sub()
    process = after(process)
    process.boundary("sub", "caught", error("e")).task("help").to("end")
    run = play(process)

    run.complete("u")

    assert run.visited[-4:] == ["again", "caught", "help", "end"]
    assert run.is_completed


def test_an_error_in_one_that_does_not_interrupt_is_caught_by_another_of_the_scope():
    process = nested()
    process._current = None
    process.sub("quiet", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "qs", signal("s"), isInterrupting="false")
    process.end("fails", error("e")).end_sub()
    run = play(after(handler(process, error("e"))))

    run.signal("Go")

    assert run.active == ["sub", "ev", "ev-task"]


def test_the_error_of_a_work_item_begins_it():
    run = play(handler(work(), error("e")))

    run.fail("u", "E1", value="boom")

    assert run.active == ["ev", "ev-task"]


def test_an_exception_is_caught_by_its_class():
    process = model().root('<error id="j" errorCode="java.lang.RuntimeException"/>').variable("x")
    process.start().script("s", "throw java.lang.RuntimeException boom").end()

    run = play(handler(process, OUTPUT.format("ev", "x") + error("j")))

    assert run.active == ["ev", "ev-task"]
    assert run.variables["x"].fields == {"message": "boom"}


def escalating() -> Model:
    process = model().root(ROOTS).start().sub("sub").start("in").throw("tell", escalation("up"))
    return process.user("u").end()


def test_an_escalation_begins_it_and_who_throws_goes_on():
    run = play(after(handler(escalating(), escalation("up"), quiet=True)))

    assert run.active == ["sub", "ev", "ev-task", "u"]


def test_an_interrupting_one_stops_who_throws_the_escalation():
    run = play(after(handler(escalating(), escalation(), quiet=False)))

    assert run.active == ["sub", "ev", "ev-task"]
    assert "u" not in run.visited


def test_it_does_not_hear_the_escalation_that_it_throws_itself():
    process = escalating()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "es", escalation("up"), isInterrupting="false")
    process.end("more", escalation("up")).end_sub()
    process = after(process)
    process.boundary("sub", "outside", escalation("up"), interrupting=False).task("help").end("e3")

    run = play(process)

    assert run.visited.count("es") == 1
    assert "help" in run.visited
    assert "u" in run.active


def test_an_error_handler_never_hears_an_escalation_nor_the_other_way_round():
    same = '<error id="x1" errorCode="UP"/><escalation id="x2" escalationCode="E1"/>'
    process = handler(escalating().root(same), error("x1"))
    handler(process, escalation("x2"), quiet=True, id="ev2")
    run = play(after(process))

    assert run.active == ["sub", "u"]
    run.fail("u", "E1", uncaught_aborts=True)
    assert run.status is InstanceStatus.ABORTED


# -- jBPM ----------------------------------------------------------------------------------------


def test_an_interrupted_process_of_jbpm_ends_as_aborted_with_the_code():
    run = play(handler(work(jbpm=True), error("e")))

    run.fail("u", "E1")
    run.complete("ev-task")

    assert run.status is InstanceStatus.ABORTED
    assert run.state.outcome == "E1"


def test_interrupted_by_a_signal_it_has_no_outcome():
    run = play(handler(work(jbpm=True), signal("s")))

    run.signal("Go")
    run.complete("ev-task")

    assert run.status is InstanceStatus.ABORTED
    assert run.state.outcome is None


def test_history_calls_it_an_event_sub_process():
    [definition] = compiled(handler(work(), signal("s"))).definitions

    assert definition.nodes["ev"].audit_type == "EventSubProcessNode"
    assert definition.nodes["ev-start"].audit_type == "StartNode"


# -- what is refused -----------------------------------------------------------------------------


def test_its_start_event_must_say_what_it_waits_for():
    text = "the start event of an event sub-process must say what it waits for"

    assert faults(handler(work(), "")) == [("ev-start", text)]


def test_it_has_exactly_one_start_event():
    process = work()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "a", signal("s")).end()
    process._current = None
    process.node("startEvent", "b", signal("s2")).to("ev.end").end_sub()
    text = "an event sub-process must have exactly one start event"

    assert faults(process) == [("ev", text)]


def test_no_flow_leads_to_it_or_from_it():
    process = work()
    process._current = "u"
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    process.node("startEvent", "a", signal("s")).end().end_sub()

    found = faults(process)

    assert ("ev", "an event sub-process cannot have incoming or outgoing flows") in found


def test_an_error_must_interrupt():
    text = "an event sub-process that starts by error must be interrupting"

    assert faults(handler(work(), error("e"), quiet=True)) == [("ev-start", text)]


@pytest.mark.parametrize(
    ("inside", "kind"),
    [("<terminateEventDefinition/>", "terminate"), ("<cancelEventDefinition/>", "cancel")],
)
def test_what_cannot_begin_it_is_refused(inside: str, kind: str):
    found = faults(handler(work(), inside))

    assert ("ev-start", f"a start event cannot have a {kind} definition") in found


@pytest.mark.parametrize("inside", [error("e"), escalation("up")])
def test_a_process_or_sub_process_does_not_begin_by_what_is_thrown(inside: str):
    process = model().root(ROOTS).start("start", inside).end()

    assert [element for element, _ in faults(process)] == ["start"]


# -- in other scopes -----------------------------------------------------------------------------


def test_each_round_of_a_loop_has_its_own():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    process = model().root(ROOTS).start()
    process.sub("sub", loop + "</multiInstanceLoopCharacteristics>").start("in").user("u").end()
    process = after(handler(process, error("e")))
    process.boundary("sub", "caught", error("e")).end("e2")
    run = play(process)

    run.fail("u", "E1")

    assert sorted(run.active) == ["ev", "ev-task", "sub", "sub", "sub", "u"]
    run.complete("ev-task")
    run.complete("u")
    assert run.is_completed
    assert "caught" not in run.visited


def test_an_error_of_a_round_ends_the_whole_loop_at_its_boundary():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    process = model().root(ROOTS).start()
    process.sub("sub", loop + "</multiInstanceLoopCharacteristics>").start("in").user("u")
    process.end("stop", error("e")).end_sub().end()
    process.boundary("sub", "caught", error("e")).end("e2")
    run = play(process)

    run.complete("u")

    assert run.visited[-2:] == ["caught", "e2"]
    assert run.is_completed


@pytest.mark.parametrize("tag", ["adHocSubProcess", "transaction"])
def test_listens_in_other_kinds_of_sub_processes(tag: str):
    process = nested() if tag == "transaction" else model().root(ROOTS).start()
    if tag != "transaction":
        process.sub("sub").user("u")
    text = after(handler(process, signal("s"))).xml().decode()
    opening, closing = text.index('<subProcess id="sub"'), text.rindex("</subProcess>")
    text = f"{text[:closing]}</{tag}>{text[closing + 13 :]}"
    run = play(text[:opening] + f"<{tag}" + text[opening + 11 :])

    run.signal("Go")

    assert run.active == ["sub", "ev", "ev-task"]
    run.complete("ev-task")
    assert run.visited[-2:] == ["after", "end"]


@pytest.mark.parametrize("inside", [signal("s"), signal("s") + signal("s2")])
def test_who_throws_the_signal_may_be_stopped_by_it(inside: str):
    process = model().root(ROOTS).start().sub("sub").start("in").throw("call", inside).user("u")

    run = play(after(handler(process.end(), signal("s"))))

    assert run.active == ["sub", "ev", "ev-task"]
