from __future__ import annotations

from procession.core import records as r
from procession.core.state import InstanceStatus
from procession.testing import Model, model
from procession.testing.models import error, parameters
from procession.testing.runs import ended
from python_scripts import faults, play

IO = parameters(inputs={"child": "x", "none": "nothing"}, outputs={"result": "y"})


def calling(jbpm: bool = True, **attributes: str) -> Model:
    process = model(jbpm=jbpm).variable("x").variable("y").start()
    given = {f"d:{name}" if jbpm else name: value for name, value in attributes.items()}
    return process.call("call", "other", IO, **given).end()


def test_calls_with_its_parameters_and_maps_what_comes_back():
    run = play(calling(), x=1)
    [wait] = run.waits()
    assert run.of(r.ProcessCalled) == [
        r.ProcessCalled(wait.id, "other", {"child": 1}, False, True, wait.owner)
    ]

    run.returned("call", result=42)
    assert run.variables == {"x": 1, "y": 42}
    assert run.is_completed


def test_goes_on_at_once_when_nobody_waits():
    run = play(calling(waitForCompletion="false"), x=1, y="kept")

    assert run.is_completed
    assert run.of(r.ProcessCalled)[0].wait == 0
    assert run.variables["y"] == "kept"


def test_an_outcome_is_an_error_that_the_boundary_may_catch():
    process = calling().root('<error id="e" errorCode="BAD"/>')
    process.boundary("call", "b", error("e")).task("help", **{"d:taskName": "W"}).end("end2")
    run = play(process, x=1)

    run.trigger("call", ended(InstanceStatus.ABORTED, "BAD", {"result": 7}))

    assert run.active == ["help"]
    assert run.variables["y"] == 7


def test_an_outcome_nobody_catches_lets_an_independent_caller_go_on():
    run = play(calling(), x=1)

    run.trigger("call", ended(InstanceStatus.ABORTED, "BAD"))

    assert run.is_completed


def test_an_outcome_nobody_catches_ends_a_caller_that_depends_on_it():
    run = play(calling(independent="false"), x=1)

    run.trigger("call", ended(InstanceStatus.ABORTED, "BAD"))

    assert run.status is InstanceStatus.ABORTED
    assert run.state.outcome == "BAD"


def test_outside_jbpm_errors_always_reach_the_caller():
    run = play(calling(jbpm=False), x=1)

    run.trigger("call", ended(InstanceStatus.ABORTED, "BAD"))

    assert run.state.outcome == "BAD"


def test_the_name_may_be_a_template():
    process = model(jbpm=True).start().call("call", "#{which}").end()

    assert play(process, which="a.b").of(r.ProcessCalled)[0].called == "a.b"


def test_by_name():
    process = model(jbpm=True).start()
    process.node("callActivity", "call", "", **{"d:calledElementByName": "My Process"}).end()

    called = play(process).of(r.ProcessCalled)[0]

    assert (called.called, called.by_name) == ("My Process", True)


def test_nobody_to_call_is_refused():
    process = model().start().node("callActivity", "call").end()

    assert faults(process) == [("call", "the call activity names no process to call")]


def test_a_process_nobody_waits_for_cannot_depend_on_us():
    process = calling(independent="false", waitForCompletion="false")

    assert faults(process) == [("call", "independent and waitForCompletion cannot both be false")]
