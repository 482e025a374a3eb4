"""Several definitions on one event: any will do, or all are needed, wherever an event may stand."""

from __future__ import annotations

import pytest

from procession.bpmn.starts import start_subscriptions, start_timers
from procession.core.records import ElementCancelled, MessageThrown, SignalThrown, WaitClosed
from procession.core.state import WaitKind
from procession.testing import Model, model, start
from procession.testing.models import error, message, signal, timer
from python_scripts import definition, faults, play

ALL = {"parallelMultiple": "true"}


def base() -> Model:
    process = model()
    for name in ("A", "B", "C"):
        process.root(f'<signal id="_{name}" name="{name}"/>')
    process.root('<message id="_M" name="M"/>').root('<error id="_E" errorCode="E"/>')
    return process


def caught(inside: str, **attributes: str) -> Model:
    process = base().start().node("intermediateCatchEvent", "c", inside, **attributes)
    return process.user("u").end()


def guarded(inside: str, *, interrupting: bool = True, **attributes: str) -> Model:
    process = base().start().user("u").task("after").end()
    cancel = "true" if interrupting else "false"
    process.apart().node(
        "boundaryEvent", "b", inside, attachedToRef="u", cancelActivity=cancel, **attributes
    )
    return process.task("aside").end("end2")


# -- intermediate catch --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["A", "B"])
def test_any_of_several_lets_a_token_pass(name):
    run = play(caught(signal("_A") + signal("_B")))
    assert [w.name for w in run.waits()] == ["A", "B"]

    run.signal(name)

    assert run.active == ["u"]
    assert sorted(w.how for w in run.of(WaitClosed)) == ["cancelled", "met"]


def test_all_of_several_are_needed_in_whatever_order():
    run = play(caught(signal("_A") + signal("_B") + message("_M"), **ALL))

    run.signal("B")
    run.signal("B")
    assert run.active == ["c"]
    run.message("M")
    assert [w.name for w in run.waits()] == ["A"]

    run.signal("A")
    assert run.active == ["u"]
    assert not run.waits() or [w.handler for w in run.waits()] == ["u"]


def test_one_signal_meets_all_that_name_it():
    run = play(caught(signal("_A") + signal("_A"), **ALL))

    run.signal("A")

    assert run.active == ["u"]


def test_a_timer_may_be_one_of_those_that_are_needed():
    run = play(caught(timer("PT10S") + signal("_A"), **ALL))

    run.advance(seconds=11)
    assert run.active == ["c"]
    run.signal("A")
    assert run.active == ["u"]


def data(*names: str) -> str:
    outputs = "".join(f'<dataOutput id="o_{n}" name="{n}"/>' for n in names)
    return outputs + "".join(
        f"<dataOutputAssociation><sourceRef>o_{n}</sourceRef><targetRef>{n}</targetRef>"
        "</dataOutputAssociation>"
        for n in names
    )


def test_each_brings_its_own_data_in_the_order_of_the_definitions():
    process = caught(data("one", "two") + signal("_A") + message("_M"), **ALL)
    process.variable("one").variable("two")

    run = play(process)
    run.message("M", "late")
    run.signal("A", "early")

    assert run.variables == {"one": "early", "two": "late"}


def test_data_are_counted_without_definitions_that_bring_none():
    process = caught(data("one", "two") + signal("_A") + timer("PT10S") + message("_M"))
    process.variable("one").variable("two")

    run = play(process)
    run.message("M", "x")

    assert run.variables == {"two": "x"}


def test_one_output_gets_whatever_comes():
    process = caught(data("one") + signal("_A") + signal("_B")).variable("one")

    run = play(process)
    run.signal("B", 7)

    assert run.variables == {"one": 7}


# -- boundary ------------------------------------------------------------------------------------


def test_any_of_several_interrupts_the_host():
    run = play(guarded(signal("_A") + timer("PT10S")))

    run.advance(seconds=11)

    assert [c.node for c in run.of(ElementCancelled)] == ["u"]
    assert run.visited == ["start", "u", "b", "aside", "end2"]


def test_an_error_may_be_one_of_several():
    run = play(guarded(signal("_A") + error("_E")))

    run.fail("u", "E")

    assert "aside" in run.visited
    assert run.is_completed


def test_any_of_several_may_come_again_and_again_without_interrupting():
    run = play(guarded(signal("_A") + timer("R/PT10S", "timeCycle"), interrupting=False))

    run.signal("A")
    run.signal("A")
    run.advance(seconds=25)

    assert run.visited.count("aside") == 4
    assert run.active == ["u"]


def test_all_of_several_interrupt_the_host_together():
    run = play(guarded(signal("_A") + signal("_B"), **ALL))

    run.signal("A")
    assert run.active == ["u"]
    run.signal("B")
    assert run.is_completed
    assert "aside" in run.visited


def test_all_of_several_are_needed_anew_after_they_came_without_interrupting():
    run = play(guarded(signal("_A") + signal("_B"), interrupting=False, **ALL))

    for name in ("A", "B", "B", "A", "A"):
        run.signal(name)
    assert run.visited.count("aside") == 2

    run.complete("u")
    assert run.is_completed


def test_what_needs_a_duration_comes_once():
    run = play(guarded(signal("_A") + timer("PT10S"), interrupting=False, **ALL))

    run.signal("A")
    run.advance(seconds=11)
    assert run.visited.count("aside") == 1
    assert [w.handler for w in run.waits()] == ["u"]


# -- start of a process --------------------------------------------------------------------------


def test_any_of_several_starts_the_process():
    process = base().start("s", signal("_A") + message("_M") + timer("R/PT1H", "timeCycle")).end()
    built = definition(process)

    assert start_subscriptions(built) == [("signal", "A", "s"), ("message", "M", "s")]
    assert [node for node, _ in start_timers(built)] == ["s"]
    assert start(built, start_event="s").is_completed


def test_what_started_the_process_brings_its_own_data():
    process = base().start("s", data("one", "two") + signal("_A") + message("_M")).end()
    built = definition(process.variable("one").variable("two"))

    run = start(built, start_event="s", payload=3, trigger=("message", "M", None))

    assert run.variables == {"two": 3}


def gathered() -> Model:
    inside = data("one", "two") + signal("_A") + message("_M")
    process = base().node("startEvent", "s", inside, **ALL).user("u").end()
    return process.variable("one").variable("two")


def test_a_start_that_needs_all_waits_for_the_others():
    run = start(definition(gathered()), start_event="s", payload=1, trigger=("signal", "A", None))
    assert run.active == ["s"]
    assert [w.name for w in run.waits()] == ["M"]

    run.message("M", 2)
    assert run.active == ["u"]
    assert run.variables == {"one": 1, "two": 2}


def test_the_others_have_the_key_of_the_message_that_came_first():
    process = base().root('<message id="_N" name="N"/>')
    process.node("startEvent", "s", message("_M") + message("_N"), **ALL).end()

    run = start(definition(process), start_event="s", trigger=("message", "M", "k"))

    assert [(w.name, w.key) for w in run.waits()] == [("N", "k")]


def test_timers_and_conditions_among_those_that_all_start_are_waited_for_in_the_instance():
    """Nothing else tells to which instance they belong: the signal begins it."""
    inside = when("x > 1") + timer("PT1H") + signal("_A")
    built = definition(base().variable("x").node("startEvent", "s", inside, **ALL).end())
    assert (start_subscriptions(built), start_timers(built)) == ([("signal", "A", "s")], [])

    run = start(built, start_event="s", trigger=("signal", "A", None), x=1)
    run.advance(hours=1)
    assert run.active == ["s"]

    run.do_set(x=2)
    assert run.is_completed
    assert run.visited == ["s", "end"]


def test_a_condition_that_holds_already_is_no_longer_waited_for():
    inside = when("x > 1") + signal("_A")
    built = definition(base().variable("x").node("startEvent", "s", inside, **ALL).end())

    run = start(built, start_event="s", trigger=("signal", "A", None), x=2)

    assert run.is_completed
    assert run.visited == ["s", "end"]


def test_where_nothing_tells_the_instance_the_first_begins_it():
    inside = timer("R/PT1H", "timeCycle") + when("x > 1")
    built = definition(base().variable("x").node("startEvent", "s", inside, **ALL).end())
    assert [node for node, _ in start_timers(built)] == ["s"]
    assert start_subscriptions(built) == []

    run = start(built, start_event="s", x=0)
    assert run.active == ["s"]
    assert [w.kind for w in run.waits()] == [WaitKind.CONDITION]

    run.do_set(x=2)
    assert run.is_completed


# -- start of an event sub-process ---------------------------------------------------------------


def beside(inside: str, *, interrupting: bool = True, **attributes: str) -> Model:
    process = base().start().user("u").end()
    process.apart().sub("x", triggeredByEvent="true")
    process.node("startEvent", "s", inside, isInterrupting=str(interrupting).lower(), **attributes)
    process.task("aside").end("end2").end_sub()
    return process


def test_any_of_several_begins_an_event_sub_process():
    run = play(beside(signal("_A") + signal("_B")))

    run.signal("B")

    assert "aside" in run.visited
    assert run.is_completed


def test_any_of_several_begins_an_event_sub_process_again_and_again():
    run = play(beside(signal("_A") + signal("_B"), interrupting=False))

    for name in ("A", "B", "A"):
        run.signal(name)

    assert run.visited.count("aside") == 3
    assert run.active == ["u"]


def test_all_of_several_begin_an_event_sub_process():
    run = play(beside(signal("_A") + signal("_B"), **ALL))

    run.signal("A")
    assert run.active == ["u"]
    run.signal("B")
    assert "aside" in run.visited
    assert run.is_completed


def test_all_of_several_begin_an_event_sub_process_again_without_interrupting():
    run = play(beside(signal("_A") + signal("_B"), interrupting=False, **ALL))

    for name in ("A", "B", "A", "B"):
        run.signal(name)

    assert run.visited.count("aside") == 2


# -- throw and end -------------------------------------------------------------------------------


def test_an_event_throws_all_of_several_in_their_order():
    process = base().start().throw("t", signal("_B") + message("_M") + signal("_A")).user("u").end()

    run = play(process)

    said = [x.name for x in run.records if isinstance(x, SignalThrown | MessageThrown)]
    assert said == ["B", "M", "A"]
    assert run.active == ["u"]


def test_each_takes_its_own_data():
    inside = "".join(
        f'<dataInput id="i_{n}" name="{n}"/><dataInputAssociation><sourceRef>{n}</sourceRef>'
        f"<targetRef>i_{n}</targetRef></dataInputAssociation>"
        for n in ("one", "two")
    )
    process = base().variable("one").variable("two").start()
    process.throw("t", inside + signal("_A") + signal("_B")).end()

    run = play(process, one=1, two=2)

    assert [(x.name, x.value) for x in run.of(SignalThrown)] == [("A", 1), ("B", 2)]


def test_jbpm_goes_on_when_the_handlers_of_all_messages_are_done():
    process = model(jbpm=True)
    for name in ("_M", "_N"):
        process.root(f'<itemDefinition id="{name}_t" structureRef="String"/>')
        process.root(f'<message id="{name}" itemRef="{name}_t"/>')
    process.start().throw("t", message("_M") + message("_N")).user("u").end()

    run = play(process)
    assert [w.name for w in run.waits()] == ["Send Task"]
    run.complete("t")
    assert run.active == ["t"]
    run.complete("t")
    assert run.active == ["u"]


def test_an_end_throws_what_ends_the_scope_last():
    process = base().start().sub("x").start("s2").end("e2", error("_E") + signal("_A")).end_sub()
    process.task("after").end().boundary("x", "b", error("_E")).task("rescue").end("end2")

    run = play(process)

    assert [x.name for x in run.of(SignalThrown)] == ["A"]
    assert "rescue" in run.visited
    assert "after" not in run.visited


def test_an_end_may_throw_and_terminate():
    process = base().start().parallel("f").user("u").end()
    process.back_to("f").end("e2", "<terminateEventDefinition/>" + signal("_A"))

    run = play(process)

    assert run.is_completed
    assert [x.name for x in run.of(SignalThrown)] == ["A"]


# -- what is refused -----------------------------------------------------------------------------


def test_each_definition_must_be_allowed_where_the_event_stands():
    process = base().start().throw("t", signal("_A") + timer("PT1S")).end()

    assert faults(process) == [("t", "an intermediate throw event cannot have a timer definition")]


def test_an_error_cannot_be_one_of_several_that_must_all_happen():
    process = guarded(signal("_A") + error("_E"), **ALL)

    text = "error cannot be one of several events that must all happen"
    assert faults(process) == [("b", text)]


def test_an_error_cannot_be_one_of_several_that_do_not_interrupt():
    process = guarded(signal("_A") + error("_E"), interrupting=False)

    text = "error interrupts, so the event must be an interrupting one"
    assert faults(process) == [("b", text)]


def test_a_link_stands_alone():
    link = '<linkEventDefinition name="l"/>'
    process = base().start().throw("t", signal("_A") + link).end()

    assert ("t", "a link event can have no other definition") in faults(process)


# -- conditions ----------------------------------------------------------------------------------


def when(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


def test_a_condition_that_holds_already_is_one_that_has_come():
    run = play(caught(when("v == 1") + signal("_A"), **ALL), v=1)
    assert run.active == ["c"]
    assert [w.name for w in run.waits()] == ["A"]

    run.signal("A")
    assert run.active == ["u"]


def test_conditions_that_all_hold_let_a_token_pass_at_once():
    assert play(caught(when("v == 1") + when("v > 0"), **ALL), v=1).active == ["u"]


def test_one_condition_that_holds_is_enough_if_any_will_do():
    run = play(caught(signal("_A") + when("v == 1")), v=0)
    run.do_set(v=1)

    assert run.active == ["u"]
    assert {w.handler for w in run.waits()} == {"u"}


def test_conditions_that_are_needed_again_have_to_become_false_first():
    process = guarded(when("v > 0") + when("v > 1"), interrupting=False, **ALL)
    run = play(process, v=0)

    run.do_set(v=2)
    assert run.visited.count("aside") == 1
    run.do_set(v=3)
    assert run.visited.count("aside") == 1
    run.do_set(v=0)
    run.do_set(v=2)
    assert run.visited.count("aside") == 2
