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
