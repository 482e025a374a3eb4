from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core import records as r
from procession.core.ports import Limits
from procession.core.state import InstanceStatus
from procession.errors import LimitExceeded, NotFound, Rejected
from procession.testing import Model, Run, model, start
from procession.testing.models import signal
from python_scripts import definition, play


def waiting() -> Model:
    return model().start().user("u").end()


def test_a_branch_runs_to_its_wait_before_the_next_one_starts():
    process = model().start().parallel("f").task("a1").task("a2").user("u").end()
    process.back_to("f").task("b1").task("b2").end("end2")

    assert play(process).visited == ["start", "f", "a1", "a2", "u", "b1", "b2", "end2"]


def test_a_scope_does_not_end_while_a_token_has_still_to_move():
    """The first branch is over before the second one has begun."""
    process = model().start().task("split").task("a").end()
    process.back_to("split").user("u").end("end2")

    run = play(process)

    assert run.active == ["u"]
    assert run.status is InstanceStatus.ACTIVE


def test_a_loop_without_a_wait_is_stopped_and_named():
    process = model().start().exclusive("a").task("t").to("a")

    with pytest.raises(LimitExceeded, match="a loop through"):
        start(definition(process), limits=Limits(records_per_step=100))


def test_a_failed_command_changes_nothing():
    run = play(waiting())
    before = run.state

    with pytest.raises(Rejected, match="does not wait for that any more"):
        run.do(c.TriggerWait(99))

    assert run.state is before


def test_starting_twice_is_rejected():
    run = play(waiting())

    with pytest.raises(Rejected, match="started already"):
        run.do(c.StartProcess())


def test_what_has_ended_takes_no_commands():
    run = play(model().start().end())

    with pytest.raises(Rejected, match="not running"):
        run.do(c.AbortProcess())


def test_suspended_it_rests_until_it_is_resumed():
    run = play(waiting())
    run.do(c.SuspendProcess())
    assert run.status is InstanceStatus.SUSPENDED

    with pytest.raises(Rejected, match="suspended; resume it first"):
        run.complete("u")

    run.do(c.ResumeProcess())
    run.complete("u")
    assert run.is_completed


def test_resuming_what_is_not_suspended_is_rejected():
    with pytest.raises(Rejected, match="not suspended"):
        play(waiting()).do(c.ResumeProcess())


def test_an_element_may_be_entered_and_stopped_from_outside():
    run = play(waiting())

    run.do(c.ActivateElement("u"))
    assert run.active == ["u", "u"]

    run.do(c.CancelElement(run.waits()[0].owner))
    assert run.active == ["u"]
    assert not run.is_completed

    run.do(c.CancelElement(run.waits()[0].owner))
    assert run.is_completed


def test_what_is_not_there_cannot_be_entered_or_stopped():
    run = play(waiting())

    with pytest.raises(NotFound):
        run.do(c.ActivateElement("nowhere"))
    with pytest.raises(Rejected):
        run.do(c.CancelElement(77))


def test_an_inner_node_cannot_be_entered_without_its_scope():
    process = waiting().back_to("u").sub("sub").start("in").user("inner").end("out").end_sub()

    with pytest.raises(Rejected, match="scope of inner is not active"):
        play(process).do(c.ActivateElement("inner"))


def test_null_over_null_is_no_change():
    run = play(waiting(), x=None)
    run.do_set(x=None)
    assert not run.of(r.VariableSet)

    run.do_set(x=1)
    run.do_set(x=1)
    run.do_set(x=None)
    assert [(v.value, v.old) for v in run.of(r.VariableSet)] == [(1, None), (1, 1), (None, 1)]


def test_ids_are_never_used_twice():
    process = model().root('<signal id="s" name="S"/>').start().user("u").end()
    process.boundary("u", "b", signal("s"), interrupting=False).end("e2")
    run: Run = play(process)
    for _ in range(3):
        run.signal("S")

    elements = [x.element for x in run.of(r.ElementActivated)]
    waits = [x.wait.id for x in run.of(r.WaitOpened)]

    assert len({*elements, *waits}) == len(elements) + len(waits)


def test_a_script_may_end_its_own_instance():
    from procession.core.ports import ScriptResult, Wish

    class Ends:
        language = source = ""
        warnings = ()

        def run(self, context: object, limits: object) -> ScriptResult:
            return ScriptResult(wishes=(Wish("abort", instance=-1),))

    class Evaluator:
        def compile(self, *_: object) -> Ends:
            return Ends()

    from procession.testing import compile_model

    built = compile_model(
        model().start().script("s", "x").task("never").end(), evaluator=Evaluator()
    )
    run = start(built)

    assert run.status is InstanceStatus.ABORTED
    assert "never" not in run.visited
