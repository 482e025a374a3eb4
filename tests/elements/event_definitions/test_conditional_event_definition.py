from __future__ import annotations

import pytest

from procession.bpmn.elements.event_definitions.conditional_event_definition import (
    ConditionalEventDefinition,
)
from procession.core.commands import ResumeProcess, SuspendProcess
from procession.core.records import WaitClosed, WaitOpened
from procession.core.state import WaitKind
from procession.testing import Model, Run, model, start
from procession.testing.models import conditional, parameters, signal
from procession.testing.runs import compile_model
from python_scripts import compiled, faults, play

BIG = conditional("x is not None and x > 5")


def waiting() -> Model:
    return model().variable("x").start().catch("c", BIG).task("after").end()


def guarded(*, quiet: bool = False, text: str = "x is not None and x > 5") -> Model:
    process = model().variable("x").start().user("u").end()
    process.boundary("u", "c", conditional(text), interrupting=not quiet)
    return process.task("help").end("end2")


def test_true_at_the_beginning_it_happens_at_once():
    assert play(waiting(), x=6).is_completed


def test_happens_when_a_variable_makes_it_true():
    run = play(waiting(), x=1)
    assert [w.kind for w in run.waits()] == [WaitKind.CONDITION]
    run.do_set(x=2)
    assert run.active == ["c"]

    run.do_set(x=6)

    assert run.is_completed
    assert not run.state.conditions


def test_at_a_boundary_it_stops_the_host():
    run = play(guarded())

    run.do_set(x=6)

    assert run.is_completed
    assert run.visited[-3:] == ["c", "help", "end2"]


def test_at_a_boundary_true_at_the_beginning_the_work_is_not_begun():
    run = play(guarded(), x=6)

    assert run.is_completed
    assert not [w for w in run.of(WaitOpened) if w.wait.kind is WaitKind.WORK_ITEM]


def test_without_interrupting_it_happens_again_only_after_it_was_false():
    run = play(guarded(quiet=True))

    for value, times in ((6, 1), (7, 1), (1, 1), (8, 2), (9, 2)):
        run.do_set(x=value)
        assert run.visited.count("c") == times

    assert run.active == ["u"]


def test_without_interrupting_true_at_the_beginning_the_host_is_active_beside_it():
    run = play(guarded(quiet=True), x=6)

    assert "help" in run.visited
    assert run.active == ["u"]


def test_is_looked_at_within_the_step_as_soon_as_a_script_has_set_a_variable():
    process = model().variable("x").start().sub("sub").start("in")
    process.script("up", "kcontext.setVariable('x', 9)").script("down", "").end().end_sub().end()
    process.boundary("sub", "c", BIG).end("end2")

    run = play(process)

    assert "down" not in run.visited
    assert run.visited[-2:] == ["c", "end2"]


def test_true_for_a_moment_only_it_is_not_missed():
    process = model().variable("x").start().parallel("f").catch("c", BIG).task("t").end()
    process.back_to("f").script("up", "kcontext.setVariable('x', 9)")
    process.script("down", "kcontext.setVariable('x', 0)").user("u").end("e2")

    assert "t" in play(process).visited


def test_an_activity_does_not_hear_its_own_results():
    process = model().variable("x").start().user("u", parameters(outputs={"r": "x"})).end()
    process.boundary("u", "c", BIG).end("end2")
    run = play(process)

    run.complete("u", r=9)

    assert run.visited[-1] == "end"
    assert run.variables == {"x": 9}


def test_is_only_looked_at_when_a_variable_it_sees_was_set(monkeypatch: pytest.MonkeyPatch):
    looks: list[str] = []
    plain = ConditionalEventDefinition.look

    def counted(self, t, owner, handler, wait) -> None:
        looks.append(handler.id)
        plain(self, t, owner, handler, wait)

    monkeypatch.setattr(ConditionalEventDefinition, "look", counted)
    process = model().variable("x").start().parallel("f").catch("c", BIG).end()
    process.back_to("f").sub("sub").variable("y").start("in").user("u")
    process.script("s", "kcontext.setVariable('y', 1)").user("v").end("e1").end_sub().to("end")
    run = play(process, x=1)

    run.complete("u")
    assert looks == []

    run.do_set(x=2, z=3)
    assert looks == ["c"]
    run.complete("v")
    assert looks == ["c"]


def test_suspended_the_instance_looks_when_it_is_resumed():
    run = play(waiting(), x=1)
    run.do(SuspendProcess())
    run.do_set(x=9)
    assert run.active == ["c"]

    run.do(ResumeProcess())

    assert run.is_completed


def event_sub(*, quiet: bool) -> Model:
    process = model().variable("x").start().user("u").end()
    process._current = None
    process.sub("ev", triggeredByEvent="true")
    process._current = None
    flag = "false" if quiet else "true"
    process.node("startEvent", "es", BIG, isInterrupting=flag)
    return process.user("t").end().end_sub()


def test_begins_an_event_sub_process_that_interrupts():
    run = play(event_sub(quiet=False), x=1)

    run.do_set(x=6)

    assert run.active == ["ev", "t"]


def test_holding_at_the_beginning_an_interrupting_one_runs_instead_of_the_scope():
    run = play(event_sub(quiet=False), x=6)

    assert run.visited == ["ev", "es", "t"]
    run.complete("t")
    assert run.is_completed


def test_begins_an_event_sub_process_beside_the_rest_each_time():
    run = play(event_sub(quiet=True), x=6)
    assert run.active == ["ev", "t", "u"]

    run.do_set(x=1)
    run.do_set(x=8)

    assert run.active.count("t") == 2


def test_in_two_places_both_happen_in_document_order():
    process = model().variable("x").start().parallel("f").catch("b", BIG).end("e1")
    process.back_to("f").catch("a", BIG).end("e2")
    run = play(process)

    run.do_set(x=9)

    assert run.visited[-2:] == ["e1", "e2"]
    assert run.is_completed


def test_conditions_end_with_their_owner():
    run = play(guarded())

    run.complete("u")

    assert not run.state.conditions
    assert [w.how for w in run.of(WaitClosed) if w.kind is WaitKind.CONDITION] == ["cancelled"]


@pytest.mark.parametrize(
    ("language", "text"),
    [("", "x > 5"), ("http://www.java.com/java", "return x > 5;")],
)
def test_while_a_variable_has_no_value_it_does_not_hold(language: str, text: str):
    run: Run = start(model().start().catch("c", conditional(text, language)).end())
    assert run.active == ["c"]

    run.do_set(x=6)

    assert run.is_completed


def jbpm(text: str) -> Model:
    given = conditional(text, "http://www.jboss.org/drools/rule")
    return model(jbpm=True).variable("x", "Integer").start().catch("c", given).end()


@pytest.mark.parametrize("text", ["x > 5", "eval(x > 5)", "eval( x > 5 ) && eval(x < 9)"])
def test_in_jbpm_files_an_expression_is_served_bare_or_in_eval(text: str):
    run = start(jbpm(text), x=1)
    assert run.active == ["c"]

    run.do_set(x=6)

    assert run.is_completed


@pytest.mark.parametrize(
    "text", ["Person(age > 5)", "$p : org.x.Person()", "not Person()", "exists(Person())"]
)
def test_in_jbpm_files_a_rule_pattern_is_asked_of_the_session_of_the_unit(text: str):
    [(element, _, condition)] = compile_model(jbpm(text)).rule_conditions

    assert (element, condition.source) == ("c", text)


def test_history_calls_it_a_state():
    [definition] = compiled(waiting()).definitions

    assert definition.nodes["c"].audit_type == "StateNode"


# -- what is refused -----------------------------------------------------------------------------


def test_needs_a_condition():
    process = model().start().catch("c", "<conditionalEventDefinition/>").end()

    assert faults(process) == [("c", "the event has no condition")]


def test_is_nothing_to_throw():
    process = model().start().throw("c", conditional("True")).end()

    assert [element for element, _ in faults(process)] == ["c"]


def test_in_jbpm_files_a_process_may_start_by_a_rule_pattern():
    given = conditional("Person(age > 18)", "http://www.jboss.org/drools/rule")
    process = model(jbpm=True).start("s", given).end()

    assert faults(process) == []


def test_a_signal_beside_it_is_as_good():
    process = model().root('<signal id="s" name="Go"/>').variable("x").start().user("u").end()
    process.boundary("u", "c", BIG).end("e2").boundary("u", "g", signal("s")).end("e3")
    run = play(process)

    run.signal("Go")

    assert run.visited[-1] == "e3"
    assert not run.state.conditions
