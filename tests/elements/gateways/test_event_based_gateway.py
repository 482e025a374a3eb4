from __future__ import annotations

import pytest

from procession.bpmn.starts import gathers, start_subscriptions, start_timers
from procession.core.records import ElementCompleted, SequenceFlowTaken, WaitClosed
from procession.testing import Model, model, start
from procession.testing.models import message, signal, timer
from python_scripts import compiled, definition, faults, play


def base(*, jbpm: bool = False) -> Model:
    process = model(jbpm=jbpm)
    for name in ("A", "B"):
        process.root(f'<signal id="_{name}" name="{name}"/>')
    for name in ("M", "N"):
        process.root(f'<itemDefinition id="_t{name}" structureRef="String"/>')
        process.root(f'<message id="_{name}" name="{name}" itemRef="_t{name}"/>')
    return process


def choice(first: str, second: str) -> Model:
    process = base().start().node("eventBasedGateway", "g")
    process.catch("one", first).user("u1").end()
    return process.back_to("g").catch("two", second).user("u2").end()


# -- waiting -------------------------------------------------------------------------------------


def test_the_first_event_takes_the_token_and_the_others_are_given_up():
    run = play(choice(signal("_A"), signal("_B")))
    assert run.active == ["g"]
    assert {run.state.elements[w.owner].node for w in run.waits()} == {"g"}
    assert [w.handler for w in run.waits()] == ["one", "two"]

    run.signal("B")

    assert run.active == ["u2"]
    assert [(w.name, w.how) for w in run.of(WaitClosed)] == [("B", "met"), ("A", "cancelled")]


def test_the_way_is_logged_as_taken_between_the_gateway_and_the_event():
    run = play(choice(signal("_A"), signal("_B")))
    run.signal("A")

    [left] = [
        i for i, x in enumerate(run.records) if isinstance(x, ElementCompleted) and x.node == "g"
    ]
    taken = run.records[left + 1]
    assert isinstance(taken, SequenceFlowTaken)
    assert run.definition.flow(taken.flow).target == "one"
    assert run.visited == ["start", "g", "one", "u1"]


def test_a_timer_may_come_first():
    run = play(choice(signal("_A"), timer("PT10S")))

    run.advance(seconds=11)

    assert run.active == ["u2"]


def test_what_comes_is_mapped_by_the_event():
    output = (
        '<dataOutput id="o"/><dataOutputAssociation><sourceRef>o</sourceRef>'
        "<targetRef>v</targetRef></dataOutputAssociation>"
    )
    run = play(choice(output + message("_M"), signal("_B")).variable("v"))

    run.message("M", 5)

    assert run.variables == {"v": 5}
    assert run.active == ["u1"]


WHEN = "<conditionalEventDefinition><condition>v == 1</condition></conditionalEventDefinition>"


def test_a_condition_behind_it_may_become_true_or_hold_already():
    run = play(choice(signal("_A"), WHEN), v=0)
    assert run.active == ["g"]
    run.do_set(v=1)
    assert run.active == ["u2"]

    assert play(choice(WHEN, signal("_A")), v=1).active == ["u1"]


def test_any_of_several_definitions_behind_it():
    run = play(choice(signal("_A") + message("_M"), signal("_B")))
    run.message("M")
    assert run.active == ["u1"]
    assert {w.handler for w in run.waits()} == {"u1"}


def test_all_of_several_definitions_behind_it():
    process = base().start().node("eventBasedGateway", "g")
    process.node(
        "intermediateCatchEvent", "one", signal("_A") + message("_M"), parallelMultiple="true"
    )
    process.user("u1").end().back_to("g").catch("two", signal("_B")).user("u2").end()

    run = play(process)
    run.signal("A")
    assert run.active == ["g"]
    run.message("M")
    assert run.active == ["u1"]


def tasks(*, jbpm: bool = False) -> Model:
    inside = (
        "<ioSpecification><dataOutput id='o' name='Message'/><inputSet/><outputSet/>"
        "</ioSpecification><dataOutputAssociation><sourceRef>o</sourceRef>"
        "<targetRef>v</targetRef></dataOutputAssociation>"
    )
    process = base(jbpm=jbpm).variable("v").start().node("eventBasedGateway", "g")
    process.node("receiveTask", "one", inside, messageRef="_M").user("u1").end()
    return process.back_to("g").node("receiveTask", "two", messageRef="_N").user("u2").end("end2")


def test_receive_tasks_behind_it():
    run = play(tasks())
    assert run.active == ["g"]

    run.message("M", "hello")

    assert run.visited == ["start", "g", "one", "u1"]
    assert run.variables == {"v": "hello"}


def test_receive_tasks_behind_it_are_work_items_in_files_of_jbpm():
    run = play(tasks(jbpm=True))

    run.complete("one", Message="done")

    assert run.active == ["u1"]
    assert run.variables == {"v": "done"}


def test_in_a_loop_it_waits_anew():
    process = base().start().exclusive("m").node("eventBasedGateway", "g")
    process.catch("one", signal("_A")).to("m").back_to("g").catch("two", signal("_B")).end()

    run = play(process)
    for _ in range(3):
        run.signal("A")
    run.signal("B")

    assert run.visited.count("one") == 3
    assert run.is_completed


def test_an_inclusive_join_knows_that_a_token_may_come_from_it():
    process = base().start().parallel("f").task("a").inclusive("join").task("after").end()
    process.back_to("f").node("eventBasedGateway", "g").catch("one", signal("_A")).to("join")
    process.back_to("g").catch("two", signal("_B")).end("end2")

    run = play(process)
    assert "after" not in run.visited
    run.signal("B")
    assert "after" in run.visited
    assert run.is_completed


# -- starting ------------------------------------------------------------------------------------


def starting(kind: str, *, plain: bool = False) -> Model:
    process = base()
    if plain:
        process.start()
    attributes = {"instantiate": "true", "eventGatewayType": kind}
    process.node("eventBasedGateway", "g", **attributes)
    process.catch("one", message("_M")).user("u1").end()
    return process.back_to("g").catch("two", signal("_B")).user("u2").end("end2")


def test_each_of_its_events_starts_the_process():
    built = definition(starting("Exclusive"))

    assert start_subscriptions(built) == [("message", "M", "one"), ("signal", "B", "two")]
    run = start(built, start_event="two", trigger=("signal", "B", None))
    assert run.visited == ["g", "two", "u2"]
    assert [w.handler for w in run.waits()] == ["u2"]


def test_a_timer_behind_it_starts_the_process():
    process = base().node("eventBasedGateway", "g", instantiate="true")
    process.catch("one", message("_M")).end()
    process.back_to("g").catch("two", timer("R/PT1H", "timeCycle")).end()

    built = definition(process)

    assert [node for node, _ in start_timers(built)] == ["two"]
    assert start(built, start_event="two").visited == ["g", "two", "end"]


def test_behind_a_plain_start_it_starts_the_process_as_well():
    built = definition(starting("Exclusive", plain=True))

    run = start(built, start_event="one")
    assert run.visited == ["start", "g", "one", "u1"]
    assert start(built).active == ["g"]


def test_all_of_its_events_are_needed_before_the_instance_is_done():
    built = definition(starting("Parallel"))
    assert gathers(built, "one")

    run = start(built, start_event="one", payload=1, trigger=("message", "M", "k"))
    assert run.active == ["g", "u1"]
    assert [w.name for w in run.waits() if w.handler == "two"] == ["B"]

    run.complete("u1")
    assert not run.is_completed
    run.signal("B")
    assert run.active == ["u2"]
    run.complete("u2")
    assert run.is_completed


def test_receive_tasks_behind_it_start_the_process():
    process = base().variable("v").node("eventBasedGateway", "g", instantiate="true")
    process.node("receiveTask", "one", messageRef="_M").end()
    process.back_to("g").node("receiveTask", "two", messageRef="_N").end("end2")

    run = start(definition(process), start_event="two", payload="x")

    assert run.visited == ["g", "two", "end2"]


# -- what is refused -----------------------------------------------------------------------------


def test_only_events_and_receive_tasks_follow():
    process = base().start().node("eventBasedGateway", "g").task("t").end()
    process.back_to("g").catch("two", signal("_B")).end()

    [(element, text)] = faults(process)
    assert element == "t"
    assert text.startswith("behind the event-based gateway g there is a catch event for a message")


def test_nothing_else_leads_to_what_follows():
    process = choice(signal("_A"), signal("_B"))
    process.back_to("u1").to("two")

    text = "only a flow from the event-based gateway g may lead here"
    assert ("two", text) in faults(process)


def test_message_events_and_receive_tasks_do_not_mix():
    process = base().start().node("eventBasedGateway", "g").catch("one", message("_M")).end()
    process.back_to("g").node("receiveTask", "two", messageRef="_N").end()

    text = "one and two: message events or receive tasks, not both"
    assert faults(process) == [("g", text)]


def test_a_receive_task_behind_it_has_no_boundary_events():
    process = tasks().boundary("one", "b", timer("PT1S")).end("end3")

    text = "a receive task behind the event-based gateway g has no boundary events"
    assert faults(process) == [("one", text)]


def test_its_flows_have_no_conditions():
    process = base().start().node("eventBasedGateway", "g").flow("x").catch("one", signal("_A"))
    process.end().back_to("g").catch("two", signal("_B")).end()

    assert faults(process) == [("flow2", "a flow from an event-based gateway has no condition")]


def test_the_kind_parallel_starts_a_process():
    process = base().start().node("eventBasedGateway", "g", eventGatewayType="Parallel")
    process.catch("one", signal("_A")).end().back_to("g").catch("two", signal("_B")).end()

    text = "an event-based gateway of the kind Parallel starts the process"
    assert faults(process) == [("g", text)]


def test_what_starts_a_process_stands_at_its_beginning():
    process = base().start().task("t").node("eventBasedGateway", "g", instantiate="true")
    process.catch("one", signal("_A")).end().back_to("g").catch("two", signal("_B")).end()

    text = "an event-based gateway that starts the process stands at its beginning"
    assert faults(process) == [("g", text)]


@pytest.mark.parametrize("x", [0, 5])
def test_timers_and_conditions_among_events_that_must_all_come_are_waited_for_inside(x):
    attributes = {"instantiate": "true", "eventGatewayType": "Parallel"}
    process = base().variable("x").node("eventBasedGateway", "g", **attributes)
    process.catch("when", WHEN.replace("v == 1", "x > 1")).end("e1")
    process.back_to("g").catch("one", message("_M")).end("e2")
    process.back_to("g").catch("later", timer("PT1H")).end("e3")
    built = definition(process)
    assert start_subscriptions(built) == [("message", "M", "one")]
    assert start_timers(built) == []

    run = start(built, start_event="one", trigger=("message", "M", None), x=x)
    run.advance(hours=1)
    assert run.is_completed is (x > 1)

    if x == 0:
        run.do_set(x=2)
    assert run.is_completed
    assert sorted(node for node in run.visited if node[0] == "e") == ["e1", "e2", "e3"]
    assert run.visited.count("g") == 1


def test_one_event_alone_is_worth_a_warning():
    process = base().start().node("eventBasedGateway", "g").catch("one", signal("_A")).end()

    assert [(p.severity, p.element) for p in compiled(process).problems] == [("warning", "g")]


def test_a_timer_that_starts_a_process_is_known_beforehand():
    process = base().node("eventBasedGateway", "g", instantiate="true").catch("one", message("_M"))
    process.end().back_to("g").catch("two", timer("R/#{every}", "timeCycle")).end()

    assert faults(process) == [("g", "a timer that starts a process cannot refer to its variables")]
