from __future__ import annotations

import pytest

from procession.core.records import TokenParked
from procession.errors import NoOutgoingFlow
from procession.testing import Model, model
from python_scripts import compiled, faults, play


def activation(text: str) -> str:
    return f"<activationCondition>{text}</activationCondition>"


def meeting(condition: str, ways: int = 3) -> Model:
    """So many user tasks meet at the gateway ``c``; the next call says what follows."""
    process = model().start().parallel("f")
    for number in range(1, ways + 1):
        process.back_to("f").user(f"u{number}")
        process.node("complexGateway", "c", activation(condition))
    return process


def test_goes_on_when_enough_has_come():
    run = play(meeting("activationCount >= 2").task("after").end())

    run.complete("u3")
    assert "after" not in run.visited
    run.complete("u1")
    assert run.visited.count("after") == 1
    assert run.active == ["u2", "c"]


def test_late_tokens_are_taken_and_go_nowhere_without_a_condition():
    run = play(meeting("activationCount >= 2").task("after").end())

    for name in ("u3", "u1", "u2"):
        run.complete(name)

    assert run.visited.count("after") == 1
    assert run.is_completed


def test_outgoing_conditions_know_the_phase():
    process = meeting("activationCount >= 2").flow("waitingForStart").task("first").end()
    process.back_to("c").flow("not waitingForStart").task("late").end()

    run = play(process)
    run.complete("u1")
    run.complete("u2")
    assert "first" in run.visited
    assert "late" not in run.visited

    run.complete("u3")
    assert run.visited.count("first") == 1
    assert run.visited.count("late") == 1
    assert run.is_completed


def test_the_ways_are_counted_one_by_one():
    run = play(meeting("x1 >= 1 and x3 >= 1").task("after").end())

    run.complete("u2")
    run.complete("u3")
    assert "after" not in run.visited
    run.complete("u1")
    assert run.is_completed


def test_the_condition_sees_the_variables_and_is_asked_again():
    run = play(meeting("activationCount >= needed").task("after").end(), needed=5)
    run.complete("u1")
    assert "after" not in run.visited

    run.do_set(needed=1)
    assert "after" in run.visited


def test_the_default_is_taken_when_no_condition_holds():
    process = meeting("activationCount >= 1", 2).flow("False").task("a").end()
    process.back_to("c").default().task("b").end()

    run = play(process)
    run.complete("u1")

    assert "b" in run.visited
    assert "a" not in run.visited


def test_no_way_out_is_a_failure():
    process = meeting("activationCount >= 1", 2).flow("False").task("a").end()

    run = play(process)
    with pytest.raises(NoOutgoingFlow, match="COMPLEX split"):
        run.complete("u1")


def test_no_way_out_for_late_tokens_is_none():
    process = meeting("activationCount >= 1", 2).flow("waitingForStart").task("a").end()

    run = play(process)
    run.complete("u1")
    run.complete("u2")

    assert run.visited.count("a") == 1
    assert run.is_completed


def test_one_way_in_splits_by_conditions_once():
    process = model().start().node("complexGateway", "c").flow("a").task("one").end()
    process.back_to("c").flow("b").task("two").end()
    process.back_to("c").default().task("none").end()

    assert play(process, a=True, b=True).visited.count("one") == 1
    run = play(process, a=False, b=False)
    assert "none" in run.visited
    assert run.is_completed


def test_does_not_wait_for_a_way_that_no_token_can_come_by():
    process = model().start().exclusive("x").flow("go").user("u1")
    process.node("complexGateway", "c", activation("activationCount >= 1")).task("after").end()
    process.back_to("x").default().user("u2").to("c")

    run = play(process, go=True)
    run.complete("u1")

    assert run.is_completed


def test_the_second_token_of_a_way_waits_for_the_next_round():
    process = model().start().parallel("f").user("u1").exclusive("m")
    process.node("complexGateway", "c", activation("activationCount >= 1")).task("after").end()
    process.back_to("f").user("u2").to("m").back_to("f").user("u3").to("c")

    run = play(process)
    run.complete("u1")
    run.complete("u2")
    assert run.visited.count("after") == 1
    assert len(run.of(TokenParked)) == 2

    run.complete("u3")
    assert run.visited.count("after") == 2
    assert run.is_completed


def test_in_a_loop_it_resets_and_starts_again():
    process = model().start().exclusive("m").parallel("f").user("u1")
    process.node("complexGateway", "c", activation("activationCount >= 1"))
    process.back_to("f").user("u2").to("c").flow("waitingForStart").user("next").exclusive("x")
    process.flow("again").to("m").back_to("x").default().end()

    run = play(process, again=True)
    for name in ("u1", "u2", "next", "u2", "u1"):
        run.complete(name)
    run.do_set(again=False)
    run.complete("next")

    assert run.visited.count("next") == 2
    assert run.is_completed


def test_two_sub_processes_count_for_themselves():
    process = model().start().parallel("f")
    for name in ("a", "b"):
        process.back_to("f").sub(f"s{name}").start(f"{name}0").parallel(f"{name}f")
        process.user(f"{name}1").node("complexGateway", f"c{name}", activation("x1 + x2 == 2"))
        process.back_to(f"{name}f").user(f"{name}2").to(f"c{name}").task(f"{name}3")
        process.end(f"{name}e").end_sub().end(f"end{name}")

    run = play(process)
    run.complete("a1")
    run.complete("b2")
    assert "a3" not in run.visited
    run.complete("a2")
    assert "a3" in run.visited
    assert "b3" not in run.visited


def test_without_a_condition_the_first_token_is_enough_and_a_warning_says_so():
    process = model().start().parallel("f").user("u1").node("complexGateway", "c").task("after")
    process.end().back_to("f").user("u2").to("c")

    [problem] = compiled(process).problems
    assert (problem.severity, problem.element) == ("warning", "c")
    run = play(process)
    run.complete("u2")
    assert "after" in run.visited


def test_the_default_must_leave_it():
    process = model().start().node("complexGateway", "c", default="flow1").task("a").end()

    assert ("c", "default flow flow1 does not leave the gateway") in faults(process)


def test_a_way_that_is_counted_exists():
    process = meeting("x4 >= 1").task("after").end()

    assert faults(process) == [("c", "x4: only 3 flows lead here")]
