from __future__ import annotations

import pytest

from procession.core.records import ErrorThrown
from procession.core.state import InstanceStatus, WaitKind
from procession.testing import Model, model
from procession.testing.models import error, escalation
from procession.values import Map
from python_scripts import compiled, faults, play

ROOTS = (
    '<escalation id="up" escalationCode="UP"/><escalation id="other" escalationCode="OTHER"/>'
    '<escalation id="any"/><error id="same" errorCode="UP"/>'
)
DATA = (
    "<dataInput id='d' name='v'/><dataInputAssociation><sourceRef>given</sourceRef>"
    "<targetRef>d</targetRef></dataInputAssociation>"
)
OUTPUT = (
    "<dataOutput id='o' name='event'/><dataOutputAssociation><sourceRef>o</sourceRef>"
    "<targetRef>x</targetRef></dataOutputAssociation>"
)


def thrown(*, end: bool = False, jbpm: bool = False) -> Model:
    """A sub-process that escalates, followed by a user task if it goes on."""
    process = model(jbpm=jbpm).root(ROOTS).variable("x").start().sub("sub").start("in")
    if end:
        process.parallel("fork").user("u").end("e1").back_to("fork")
        process.end("tell", DATA + escalation("up"))
    else:
        process.throw("tell", DATA + escalation("up")).user("u").end("e1")
    process.end_sub().end()
    return process


def caught(process: Model, reference: str = "up", *, id: str = "c", quiet: bool = False) -> Model:
    process.boundary("sub", id, OUTPUT + escalation(reference), interrupting=not quiet)
    return process.script(f"help-{id}").end("end2")


@pytest.mark.parametrize("end", [False, True])
def test_caught_without_interrupting_the_thrower_goes_on(end: bool):
    run = play(caught(thrown(end=end), quiet=True), given=5)

    assert "help-c" in run.visited
    assert run.variables["x"] == 5
    assert run.active == ["sub", "u"]
    run.complete("u")
    assert run.is_completed


@pytest.mark.parametrize("end", [False, True])
def test_caught_by_an_interrupting_event_the_scope_is_left(end: bool):
    run = play(caught(thrown(end=end)), given=5)

    assert run.is_completed
    assert run.visited[-3:] == ["c", "help-c", "end2"]
    assert [(r.code, r.kind, r.catcher) for r in run.of(ErrorThrown)] == [("UP", "escalation", "c")]


def test_a_code_goes_before_one_that_catches_all():
    run = play(caught(caught(thrown(), "any", id="a"), "up", id="b"))

    assert "help-b" in run.visited
    assert "help-a" not in run.visited


@pytest.mark.parametrize("reference", ["any", ""])
def test_one_without_a_code_catches_all(reference: str):
    assert "help-c" in play(caught(thrown(), reference)).visited


def test_goes_outwards_to_the_nearest_that_catches_it():
    process = model().root(ROOTS).variable("x").start().sub("sub").start("in").sub("inner")
    process.start("in2").throw("tell", escalation("up")).end("e2").end_sub().end("e1")
    process.boundary("inner", "not", escalation("other")).to("e1").end_sub().end()
    process = caught(process, quiet=True)

    run = play(process)

    assert "not" not in run.visited
    assert "help-c" in run.visited


def test_uncaught_the_instance_goes_on_with_a_record_of_it():
    run = play(caught(thrown(), "other"))

    assert run.active == ["sub", "u"]
    assert [(r.code, r.catcher, r.kind) for r in run.of(ErrorThrown)] == [("UP", "", "escalation")]


def test_uncaught_in_jbpm_files_the_instance_is_aborted_with_the_code():
    run = play(thrown(jbpm=True))

    assert run.status is InstanceStatus.ABORTED
    assert run.state.outcome == "UP"
    assert not run.state.elements


def test_is_not_caught_as_an_error():
    process = thrown()
    process.boundary("sub", "wrong", error("same")).end("end2")

    assert "wrong" not in play(process).visited


# -- called processes ----------------------------------------------------------------------------


def calling(*, quiet: bool, jbpm: bool = False) -> Model:
    process = model(jbpm=jbpm).root(ROOTS).variable("x").start().call("sub", "child").end()
    return caught(process, quiet=quiet)


def test_that_of_a_called_process_is_caught_at_the_call_which_goes_on():
    run = play(calling(quiet=True))

    run.trigger("sub", Map(escalation="UP", value=3))

    assert run.variables["x"] == 3
    assert run.active == ["sub"]
    assert len(run.waits(WaitKind.CALLED_PROCESS)) == 1
    run.returned("sub")
    assert run.is_completed


def test_that_of_a_called_process_may_interrupt_the_call():
    run = play(calling(quiet=False))

    run.trigger("sub", Map(escalation="UP", value=3))

    assert run.is_completed
    assert not run.waits()


def ending() -> Map:
    status = int(InstanceStatus.ABORTED)
    return Map(status=status, outcome="UP", kind="escalation", value=1, variables=Map())


@pytest.mark.parametrize("quiet", [False, True])
def test_one_that_aborted_a_process_of_jbpm_is_caught_at_the_call(quiet: bool):
    run = play(calling(quiet=quiet, jbpm=True))

    run.trigger("sub", ending())

    assert "help-c" in run.visited
    assert run.is_completed


def test_one_that_aborted_a_process_of_jbpm_and_nobody_catches_changes_nothing():
    process = model(jbpm=True).root(ROOTS).start().call("sub", "child").end()
    run = play(process)

    run.trigger("sub", ending())

    assert run.is_completed


# -- what is refused -----------------------------------------------------------------------------


def test_stands_where_the_specification_lets_it():
    process = model().root(ROOTS).start().catch("c", escalation("up")).end()

    text = "an intermediate catch event cannot have a escalation definition"
    assert faults(process) == [("c", text)]


def test_what_is_thrown_without_a_code_is_doubtful_and_refused_in_jbpm_files():
    for jbpm in (False, True):
        process = model(jbpm=jbpm).root(ROOTS).start().throw("t", escalation("any")).end()
        problems = [p for p in compiled(process).problems if p.element == "t"]
        assert [p.severity for p in problems] == ["error" if jbpm else "warning"]


def test_one_that_is_not_declared_stands_for_its_code():
    process = model().start().sub("sub").start("in").throw("t", escalation("X")).end().end_sub()
    process.end().boundary("sub", "c", escalation("X")).end("e2")

    assert "c" in play(process).visited
    assert ("t", "warning") in [(p.element, p.severity) for p in compiled(process).problems]


def test_history_calls_its_end_a_fault():
    [definition] = compiled(thrown(end=True)).definitions

    assert definition.nodes["tell"].audit_type == "FaultNode"
