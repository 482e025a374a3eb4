from __future__ import annotations

from procession.core.records import VariableSet
from procession.testing import model
from procession.testing.models import error, timer
from python_scripts import play

TERMINATE = "<terminateEventDefinition/>"


def test_is_left_when_nothing_moves_inside_any_more():
    process = model().start().sub("sub").start("in").parallel("f").user("a").end("e1")
    process.back_to("f").user("b").end("e2").end_sub().task("after").end()
    run = play(process)
    assert run.active == ["sub", "a", "b"]

    run.complete("a")
    assert "after" not in run.visited

    run.complete("b")
    assert run.visited[-2:] == ["after", "end"]


def test_has_variables_of_its_own_that_hide_outer_ones():
    process = model().variable("x").start().sub("sub").variable("x").start("in")
    process.script("s", "kcontext.setVariable('x', 'inner')").end("out").end_sub()
    process.script("copy", "kcontext.setVariable('y', x)").end()
    run = play(process, x="outer")

    assert run.variables == {"x": "outer", "y": "outer"}
    assert [v.value for v in run.of(VariableSet) if v.scope != 1] == ["inner"]
    assert set(run.state.variables) == {1}


def test_begins_at_every_node_that_no_flow_leads_to_when_it_has_no_start():
    process = model().start().sub("sub").task("a")
    process._current = None
    process.task("b").end_sub().end()

    assert play(process).visited == ["start", "sub", "a", "b", "end"]


def test_a_terminate_inside_ends_only_the_sub_process():
    process = model().start().sub("sub").start("in").parallel("f").user("u").end("e1")
    process.back_to("f").end("stop", TERMINATE).end_sub().task("after").end()

    run = play(process)

    assert run.visited[-2:] == ["after", "end"]
    assert run.is_completed
    assert not run.state.waits


def test_a_terminate_on_the_first_branch_stops_a_token_that_has_not_moved_yet():
    process = model().start().parallel("f").end("stop", TERMINATE)
    process.back_to("f").task("never").end()

    run = play(process)

    assert "never" not in run.visited
    assert run.is_completed


def test_a_branch_not_yet_taken_dies_with_its_scope():
    """The first branch ends the scope; the token planned for the second must not move."""
    process = model().start().sub("sub").start("in").parallel("f").end("stop", error("e"))
    process.root('<error id="e" errorCode="E"/>')
    process.back_to("f").task("never").end("e2").end_sub().end()
    process.boundary("sub", "caught", error("e")).task("help").end()

    run = play(process)

    assert "never" not in run.visited
    assert run.visited[-3:] == ["caught", "help", "end"]
    assert run.is_completed


def test_an_interrupting_timer_cancels_everything_inside():
    process = model().start().sub("sub").start("in").user("u").end("e").end_sub().end()
    process.boundary("sub", "late", timer("PT10S")).task("help").end()
    run = play(process)

    run.advance(seconds=11)

    assert run.visited[-3:] == ["late", "help", "end"]
    assert run.is_completed
    assert not run.state.waits
