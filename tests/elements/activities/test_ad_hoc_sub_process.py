from __future__ import annotations

import pytest

from procession.core import commands as c
from procession.core import records as r
from procession.errors import Rejected
from procession.testing import Model, Run, model
from procession.testing.models import error
from procession.values import Map
from python_scripts import compiled, faults, play

IDLE = 'getActivityInstanceAttribute("numberOfActiveInstances") == 0'


def user(id: str, name: str = "") -> str:
    return f'<userTask id="{id}" name="{name}"/>'


def script(id: str, text: str) -> str:
    return f'<scriptTask id="{id}"><script>{text}</script></scriptTask>'


def flow(id: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


def until(text: str, language: str = "") -> str:
    given = f' language="{language}"' if language else ""
    return f"<completionCondition{given}>{text}</completionCondition>"


def ad_hoc(inside: str, *, jbpm: bool = False, **attributes: str) -> Model:
    process = model(jbpm=jbpm).variable("done").variable("n").start()
    return process.node("adHocSubProcess", "scope", inside, **attributes).end()


def begin(run: Run, node: str, **variables: object) -> None:
    run.do(c.ActivateElement(node, variables=Map(variables)))


def finish(run: Run, node: str, **variables: object) -> None:
    """Set variables, then complete the work item of a node."""
    if variables:
        run.do_set(**variables)
    run.complete(node)


# -- the specification's meaning -----------------------------------------------------------------


def test_begins_everything_that_no_flow_leads_to_and_is_done_when_nothing_is_left():
    run = play(ad_hoc(user("a") + user("b") + user("c") + flow("f", "a", "c")))

    assert run.active == ["scope", "a", "b"]
    finish(run, "b")
    finish(run, "a")
    assert run.active == ["scope", "c"]
    finish(run, "c")
    assert run.is_completed


def test_in_sequential_order_one_activity_has_its_turn_after_the_other():
    run = play(ad_hoc(user("a") + user("b") + user("c"), ordering="Sequential"))

    order = []
    while len(run.active) > 1:
        [_, active] = run.active
        order.append(active)
        finish(run, active)
    assert order == ["a", "b", "c"]
    assert run.is_completed


def test_a_branch_is_followed_to_its_end_before_the_next_has_its_turn():
    inside = user("a") + user("b") + user("c") + flow("f", "a", "c")
    run = play(ad_hoc(inside, ordering="Sequential"))

    finish(run, "a")
    assert run.active == ["scope", "c"]
    finish(run, "c")
    assert run.active == ["scope", "b"]


def test_may_be_asked_for_the_same_activity_several_times():
    run = play(ad_hoc(user("a") + until("n == 3")), n=0)

    begin(run, "a")
    assert run.active == ["scope", "a", "a"]
    finish(run, "a", n=1)
    finish(run, "a", n=2)
    assert run.active == ["scope"]

    begin(run, "a")
    finish(run, "a", n=3)
    assert run.is_completed


def test_what_is_asked_for_in_sequential_order_waits_for_its_turn():
    run = play(ad_hoc(user("a") + until("done"), ordering="Sequential"), done=False)

    begin(run, "a")
    assert run.active == ["scope", "a"]
    finish(run, "a")
    assert run.active == ["scope", "a"]
    finish(run, "a", done=True)
    assert run.is_completed


def test_an_activity_that_fulfils_the_condition_is_the_last_one():
    """13.3.5: its outgoing flows are not followed any more, what else runs is cancelled."""
    inside = user("a") + script("b", "kcontext.setVariable('n', 1)") + flow("f", "a", "b")
    run = play(ad_hoc(inside + user("c") + until("done")), done=False)

    finish(run, "a", done=True)

    assert run.is_completed
    assert "b" not in run.visited
    assert [x.node for x in run.of(r.ElementCancelled)] == ["c"]


def test_what_remains_may_be_let_to_end_but_nothing_begins_any_more():
    inside = user("a") + user("b") + user("c") + flow("f", "b", "c") + until("done")
    run = play(ad_hoc(inside, cancelRemainingInstances="false"), done=False)

    finish(run, "a", done=True)
    assert run.active == ["scope", "b"]
    with pytest.raises(Rejected, match="takes no more activities"):
        begin(run, "a")

    finish(run, "b")
    assert run.is_completed
    assert "c" not in run.visited


def test_a_condition_that_does_not_hold_keeps_it_open_with_nothing_to_do():
    run = play(ad_hoc(script("a", "1") + until("done")), done=False)

    assert run.active == ["scope"]
    run.do_set(done=True)
    begin(run, "a")
    assert run.is_completed


def test_without_activities_it_is_done_at_once():
    assert play(ad_hoc("")).is_completed


def test_an_activity_begun_by_choice_has_variables_of_its_own():
    inside = script("a", "kcontext.setVariable('n', mine)") + until("n == 7")
    run = play(ad_hoc('<property id="mine"/>' + inside + user("b")), n=0, mine=1)

    begin(run, "a", mine=7)

    assert run.variables["n"] == 7
    assert run.is_completed


def test_its_boundary_events_cancel_what_is_inside():
    inside = user("a") + '<scriptTask id="b"><script>throw bad.thing</script></scriptTask>'
    process = ad_hoc(inside + flow("f", "a", "b")).root('<error id="e" errorCode="bad.thing"/>')
    run = play(process.boundary("scope", "caught", error("e")).user("help").end("end2"))

    finish(run, "a")

    assert run.active == ["help"]


def test_start_and_end_events_in_it_are_a_warning():
    found = compiled(ad_hoc('<startEvent id="s"/>' + user("a") + flow("f", "s", "a")))

    assert not found.errors
    assert ("s", "an ad hoc sub-process has no start and no end events") in [
        (p.element, p.text) for p in found.problems
    ]


# -- jBPM's meaning ------------------------------------------------------------------------------


def test_in_jbpm_files_nothing_begins_by_itself_and_the_ordering_has_no_effect():
    inside = user("a", "Hello") + user("b", "There") + until(IDLE)
    run = play(ad_hoc(inside, jbpm=True, ordering="Sequential"))

    assert run.active == ["scope"]
    begin(run, "a")
    begin(run, "b")
    assert run.active == ["scope", "a", "b"]
    finish(run, "a")
    finish(run, "b")
    assert run.is_completed


def test_in_jbpm_files_autocomplete_is_another_word_for_nothing_active():
    run = play(ad_hoc(user("a") + until("autocomplete"), jbpm=True))

    begin(run, "a")
    finish(run, "a")

    assert run.is_completed


def test_in_jbpm_files_metadata_says_what_begins_by_itself():
    begins = (
        '<userTask id="a"><extensionElements><d:metaData name="customAutoStart">'
        "<d:metaValue>true</d:metaValue></d:metaData></extensionElements></userTask>"
    )
    process = ad_hoc(begins + user("b") + until("done"), jbpm=True)
    run = play(process, done=False)

    assert run.active == ["scope", "a"]
    assert not [p for p in compiled(process).problems if "customAutoStart" in p.text]


def test_in_jbpm_files_the_condition_is_asked_at_the_end_of_a_branch():
    inside = user("a") + script("b", "kcontext.setVariable('n', 1)") + flow("f", "a", "b")
    run = play(ad_hoc(inside + until("done"), jbpm=True), done=False)

    begin(run, "a")
    finish(run, "a", done=True)

    assert run.is_completed
    assert run.variables["n"] == 1


def test_in_jbpm_files_without_a_condition_it_stays():
    run = play(ad_hoc(user("a"), jbpm=True))

    begin(run, "a")
    finish(run, "a")

    assert run.active == ["scope"]


def test_jbpm_refuses_an_empty_condition():
    assert faults(ad_hoc(user("a") + until(""), jbpm=True)) == [
        ("scope", "Dynamic has no completion condition")
    ]


def test_a_condition_written_as_a_rule_is_refused():
    rule = until("Fact()", "http://www.jboss.org/drools/rule")

    assert faults(ad_hoc(user("a") + rule, jbpm=True)) == [
        ("scope", "a completion condition written as a rule is not supported")
    ]
