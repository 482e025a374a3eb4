from __future__ import annotations

import pytest

from procession.errors import NoOutgoingFlow
from procession.testing import Model, model
from python_scripts import play


def options() -> Model:
    process = model().start().inclusive("split")
    process.flow("a").user("one").inclusive("join")
    process.back_to("split").flow("b").user("two").inclusive("join")
    process.back_to("split").default().task("none").inclusive("join")
    return process.back_to("join").task("after").end()


def test_takes_every_way_that_holds_and_joins_them():
    run = play(options(), a=True, b=True)
    assert run.active == ["one", "two"]

    run.complete("one")
    assert "join" not in run.visited

    run.complete("two")
    assert run.visited.count("after") == 1
    assert run.is_completed


def test_does_not_wait_for_ways_that_were_not_taken():
    run = play(options(), a=True, b=False)

    run.complete("one")

    assert run.is_completed


def test_takes_the_default_when_nothing_holds():
    assert "none" in play(options(), a=False, b=False).visited


def test_cannot_go_on_without_a_default():
    process = model().start().inclusive("x").flow("False").task("a").end()
    process.back_to("x").flow("False").task("b").end()

    with pytest.raises(NoOutgoingFlow, match="OR split"):
        play(process)


def test_waits_for_a_token_that_may_still_come_round_a_loop():
    process = model().start().parallel("f").inclusive("join").task("after").end()
    process.back_to("f").exclusive("again").user("u").exclusive("more")
    process.flow("go").to("again").back_to("more").default().to("join")

    run = play(process, go=True)
    run.complete("u")
    assert "join" not in run.visited

    run.do_set(go=False)
    run.complete("u")
    assert run.visited.count("join") == 1
    assert run.is_completed


def test_a_late_token_does_not_reopen_the_join():
    """The join fires once per set of tokens; a token arriving later starts a new set."""
    process = model().start().inclusive("join").user("u").exclusive("again")
    process.flow("go").to("join").back_to("again").default().end()

    run = play(process, go=True)
    run.complete("u")
    assert run.visited.count("join") == 2

    run.do_set(go=False)
    run.complete("u")
    assert run.is_completed


def test_a_boundary_event_can_still_bring_a_token():
    process = model().start().parallel("f").task("a").inclusive("join").task("after").end()
    process.root('<signal id="s" name="s"/>')
    process.back_to("f").user("u").end("other")
    process.boundary("u", "b", '<signalEventDefinition signalRef="s"/>').to("join")

    run = play(process)
    assert "join" not in run.visited

    run.signal("s")
    assert run.visited.count("join") == 1
    assert run.is_completed


def test_a_token_that_went_elsewhere_lets_the_join_go():
    process = model().start().parallel("f").task("a").inclusive("join").task("after").end()
    process.back_to("f").user("u").exclusive("x").flow("False").to("join")
    process.back_to("x").default().end("other")

    run = play(process)
    run.complete("u")

    assert "after" in run.visited
    assert run.is_completed


def test_several_tokens_on_one_way_are_joined_one_at_a_time():
    process = model().start().parallel("f").user("a").exclusive("m").inclusive("join")
    process.task("after").end().back_to("f").user("b").to("m")
    process.back_to("f").user("c").to("join")

    run = play(process)
    run.complete("a")
    run.complete("b")
    assert "after" not in run.visited

    run.complete("c")
    assert run.visited.count("after") == 2
    assert run.is_completed


def test_a_join_in_a_sub_process_does_not_wait_for_tokens_around_it():
    process = model().start().parallel("f").user("out").end("e1").back_to("f")
    process.sub("s").start("s0").inclusive("split").flow("a").user("one").inclusive("join")
    process.back_to("split").flow("b").user("two").to("join").task("inner").end().end_sub()
    process.end("e2")

    run = play(process, a=True, b=True)
    run.complete("one")
    assert "inner" not in run.visited
    run.complete("two")
    assert run.visited.count("inner") == 1
    assert run.active == ["out"]


def test_joins_inside_one_another():
    process = model().start().inclusive("s1").flow("a").user("x").inclusive("j1")
    process.back_to("s1").flow("b").inclusive("s2").flow("c").user("y").inclusive("j2")
    process.back_to("s2").flow("d").user("z").to("j2").to("j1").task("after").end()

    run = play(process, a=True, b=True, c=True, d=True)
    run.complete("y")
    run.complete("x")
    assert "j2" not in run.visited
    run.complete("z")
    assert run.visited.count("j2") == 1
    assert run.visited.count("after") == 1
    assert run.is_completed


def test_two_joins_that_wait_for_each_other_both_go():
    """Table 13.3: a token that stands before a join counts for what lies behind that join."""
    process = model().start().parallel("f").user("a").inclusive("j1").task("t1").end("e1")
    process.back_to("f").user("b").inclusive("j2").task("t2").end("e2")
    process.back_to("f").user("c").exclusive("x").flow("left").to("j1")
    process.back_to("x").default().to("j2")

    run = play(process, left=True)
    run.complete("a")
    run.complete("b")
    assert "j1" not in run.visited

    run.complete("c")
    assert run.visited.count("t1") == 1
    assert run.visited.count("t2") == 1
    assert run.is_completed
