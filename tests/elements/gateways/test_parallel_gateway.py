from __future__ import annotations

from procession.core import records as r
from procession.testing import Model, model
from python_scripts import play


def fork(branches: int = 2) -> Model:
    process = model().start().parallel("fork")
    for number in range(branches):
        process.back_to("fork").task(f"t{number}").parallel("join")
    return process.back_to("join").task("after").end()


def test_goes_all_ways_depth_first_and_joins_once():
    run = play(fork(3))

    assert run.visited == ["start", "fork", "t0", "t1", "t2", "join", "after", "end"]
    assert run.is_completed


def test_waits_for_every_way_in():
    process = model().start().parallel("fork").user("u").parallel("join").end()
    process.back_to("fork").task("t").to("join")

    run = play(process)
    assert run.active == ["u"]
    assert not run.is_completed

    run.complete("u")
    assert run.is_completed


def test_does_not_ask_conditions():
    process = model().start().parallel("fork").flow("False").task("a").end()
    process.back_to("fork").flow("False").task("b").end()

    assert play(process).visited == ["start", "fork", "a", "end", "b", "end"]


def test_two_tokens_on_one_way_do_not_make_a_join():
    """A surplus token stays for the next round, and the instance stays active."""
    process = model().start().parallel("fork").exclusive("merge").parallel("join").end()
    process.back_to("fork").task("a").to("merge")
    process.back_to("fork").user("u").to("join")

    run = play(process)
    assert "join" not in run.visited

    run.complete("u")
    assert run.visited.count("join") == 1
    assert not run.is_completed
    assert len(run.state.parked) == 1


def test_the_join_has_the_number_that_was_kept_for_it():
    run = play(fork())

    parked = run.of(r.TokenParked)
    entered = next(x for x in run.of(r.ElementActivated) if x.node == "join")

    assert {x.element for x in parked} == {entered.element}


def test_surplus_tokens_wait_for_the_next_round():
    process = model().start().parallel("f").user("a").exclusive("m").parallel("join").task("after")
    process.end().back_to("f").user("b").to("m").back_to("f").user("c").exclusive("n").to("join")
    process.back_to("f").user("d").to("n")

    run = play(process)
    run.complete("a")
    run.complete("b")
    assert "after" not in run.visited

    run.complete("c")
    assert run.visited.count("after") == 1
    run.complete("d")
    assert run.visited.count("after") == 2
    assert run.is_completed
