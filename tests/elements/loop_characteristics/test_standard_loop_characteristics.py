from __future__ import annotations

import pytest

from procession.core.ports import Limits
from procession.errors import ExecutionFailure, LimitExceeded
from procession.testing import Model, model, start
from procession.testing.models import error, signal
from python_scripts import compiled, definition, faults, play

COUNT = "<script>kcontext.setVariable('n', n + 1)</script>"


def loop(condition: str = "", **attributes: str) -> str:
    inside = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<standardLoopCharacteristics{given}>{inside}</standardLoopCharacteristics>"


def counting(characteristics: str, *, jbpm: bool = False) -> Model:
    process = model(jbpm=jbpm).variable("n").start()
    return process.node("scriptTask", "count", COUNT + characteristics).end()


@pytest.mark.parametrize(("begin", "rounds"), [(0, 3), (2, 1), (7, 1)])
def test_is_done_once_and_then_while_the_condition_holds(begin, rounds):
    run = play(counting(loop("n &lt; 3")), n=begin)

    assert run.variables["n"] == begin + rounds
    assert run.is_completed


@pytest.mark.parametrize(("begin", "rounds"), [(0, 3), (2, 1), (7, 0)])
def test_with_test_before_it_may_not_be_done_at_all(begin, rounds):
    run = play(counting(loop("n &lt; 3", testBefore="true")), n=begin)

    assert run.variables["n"] == begin + rounds
    assert run.is_completed


@pytest.mark.parametrize("maximum", ["4", "most", "most + 0"])
def test_the_maximum_ends_it_whatever_the_condition_says(maximum):
    run = play(counting(loop("True", loopMaximum=maximum)).variable("most"), n=0, most=4)

    assert run.variables["n"] == 4


def test_without_a_condition_it_goes_to_the_maximum():
    assert play(counting(loop(loopMaximum="3")), n=0).variables["n"] == 3
    assert play(counting(loop(loopMaximum="0")), n=0).variables["n"] == 0


def test_with_neither_it_is_done_once_and_that_is_said():
    process = counting(loop())

    assert play(process, n=0).variables["n"] == 1
    assert "not a formal one" in " ".join(p.text for p in compiled(process).problems)


def test_a_negative_maximum_is_refused_and_one_from_an_expression_fails():
    assert faults(counting(loop(loopMaximum="-1"))) == [
        ("count", "loopMaximum is -1, which is negative")
    ]
    with pytest.raises(ExecutionFailure, match="loopMaximum must be a whole number"):
        play(counting(loop(loopMaximum="n - 1")), n=0)


def test_the_condition_sees_what_the_round_has_set_and_its_number():
    process = model().variable("n").start().sub("sub", loop("loopCounter &lt; 5 and inner != 3"))
    process.variable("inner").start("in")
    process.script("s", "kcontext.setVariable('inner', loopCounter)").end("out").end_sub().end()

    run = play(process, n=0)

    assert run.visited.count("s") == 3
    assert "inner" not in run.variables


def test_rounds_of_a_user_task_follow_one_another():
    process = model().start().user("ask", loop("loopCounter &lt; 3")).task("after").end()
    run = play(process)

    for _ in range(3):
        assert run.active == ["ask", "ask"]
        run.complete("ask")

    assert run.visited[-2:] == ["after", "end"]
    assert run.is_completed


def test_an_event_at_the_boundary_ends_the_whole_loop():
    process = model().root('<signal id="stop" name="stop"/>').start()
    process.user("ask", loop("True")).end()
    process.boundary("ask", "stopped", signal("stop")).task("late").end()
    run = play(process)
    run.complete("ask")

    run.signal("stop")

    assert run.visited[-3:] == ["stopped", "late", "end"]
    assert run.is_completed


def test_an_error_in_a_round_goes_out_through_the_loop():
    process = model().root('<error id="e" errorCode="E"/>').start().sub("sub", loop("True"))
    process.start("in").end("bad", error("e")).end_sub().end()
    process.boundary("sub", "caught", error("e")).end()

    run = play(process)

    assert run.visited[-2:] == ["caught", "end"]
    assert run.is_completed


def test_jbpm_does_not_know_it():
    process = counting(loop("n &lt; 3"), jbpm=True)

    assert play(process, n=0).variables["n"] == 1
    assert "no effect in files of jBPM" in " ".join(p.text for p in compiled(process).problems)


def test_rounds_are_progress_but_not_without_end():
    process = counting(loop("n &lt; 500"))

    assert start(definition(process), limits=Limits(records_per_step=50), n=0).is_completed
    with pytest.raises(LimitExceeded, match="loops may begin 100"):
        start(definition(process), limits=Limits(rounds_per_step=100), n=0)


def test_a_round_that_makes_no_progress_is_stopped():
    process = model().start().sub("sub", loop("True")).start("in").exclusive("a").task("t").to("a")
    process.end_sub().end()

    with pytest.raises(LimitExceeded, match="a loop through"):
        play(process)


def test_a_token_cannot_loop_where_there_is_no_activity():
    process = model().start().node("parallelGateway", "g", loop("True")).end()

    assert faults(process) == [("g", "standardLoopCharacteristics is not supported")]
