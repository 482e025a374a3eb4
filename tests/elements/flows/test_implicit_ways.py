"""Ways that part and meet without a gateway: at activities and events (BPMN 2.0.2, 8.4.13)."""

from __future__ import annotations

import pytest

from procession.errors import NoOutgoingFlow
from procession.testing import Model, model
from procession.testing.models import signal
from python_scripts import play


def test_every_flow_without_a_condition_is_taken():
    process = model().start().task("t").user("a").end().back_to("t").user("b").end()

    assert play(process).active == ["a", "b"]


def test_an_event_parts_ways_too():
    process = model().root('<signal id="_s" name="S"/>').start().catch("c", signal("_s"))
    process.user("a").end().back_to("c").user("b").end()

    run = play(process)
    run.signal("S")

    assert run.active == ["a", "b"]


def test_every_token_that_comes_goes_through():
    process = model().start().parallel("f").task("a").task("meet").end()
    process.back_to("f").task("b").to("meet")

    run = play(process)

    assert run.visited.count("meet") == 2
    assert run.is_completed


def choosing() -> Model:
    process = model().start().user("t").flow("a").task("one").end()
    process.back_to("t").flow("b").task("two").end()
    return process.back_to("t").default().task("none").end()


@pytest.mark.parametrize(
    ("a", "b", "taken"),
    [(True, True, ["one", "two"]), (True, False, ["one"]), (False, False, ["none"])],
)
def test_an_activity_takes_the_flows_that_hold_or_its_default(a, b, taken):
    run = play(choosing(), a=a, b=b)
    run.complete("t")

    assert [n for n in run.visited if n in ("one", "two", "none")] == taken
    assert run.is_completed


def test_a_flow_without_a_condition_is_taken_beside_the_chosen_ones():
    process = model().start().task("t").flow("a").task("one").end().back_to("t").task("two").end()

    assert play(process, a=True).visited.count("one") == 1
    assert play(process, a=False).visited.count("two") == 1


def test_no_way_at_all_is_a_failure():
    process = model().start().task("t").flow("False").task("one").end()

    with pytest.raises(NoOutgoingFlow):
        play(process)
