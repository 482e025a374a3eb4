from __future__ import annotations

import pytest

from procession.errors import NoOutgoingFlow, ScriptFailure
from procession.testing import Model, model
from python_scripts import compiled, faults, play


def choice() -> Model:
    return (
        model()
        .start()
        .exclusive("choose")
        .flow("amount > 100")
        .task("high")
        .end()
        .back_to("choose")
        .default()
        .task("low")
        .end()
    )


def test_takes_the_default_flow_when_no_condition_holds():
    run = play(choice(), amount=7)

    assert run.visited == ["start", "choose", "low", "end"]


def test_takes_the_first_flow_that_holds_and_no_other():
    process = model().start().exclusive("x").flow("True").task("one").end()
    process.back_to("x").flow("True").task("two").end()

    assert play(process).visited == ["start", "x", "one", "end"]


def test_passes_every_token_through_when_ways_meet():
    process = model().start().parallel("f").task("a").exclusive("x").task("after").end()
    process.back_to("f").task("b").to("x")

    assert play(process).visited.count("after") == 2


def test_cannot_go_on_when_nothing_holds_and_there_is_no_default():
    process = model().start().exclusive("x").flow("False").task("a").end()
    process.back_to("x").flow("False").task("b").end()

    with pytest.raises(NoOutgoingFlow, match="XOR split could not find at least one valid"):
        play(process)


def test_a_condition_must_be_true_or_false():
    process = model().start().exclusive("x").flow("1").task("a").end()

    with pytest.raises(ScriptFailure, match="must return boolean"):
        play(process)


def test_a_lower_priority_number_goes_first_and_ties_go_to_the_first_drawn():
    xml = choice().xml().decode().replace("<task", "<manualTask").replace("</task", "</manualTask")
    xml = xml.replace("<definitions ", '<definitions xmlns:d="http://www.jboss.org/drools" ')
    xml = xml.replace('id="flow2"', 'id="flow2" d:priority="2"')
    flow = '<sequenceFlow id="f9" sourceRef="choose" targetRef="low" d:priority="1">'
    flow += "<conditionExpression>amount &gt; 100</conditionExpression></sequenceFlow>"
    xml = xml.replace("</process>", flow + "</process>")

    assert play(xml, amount=200).visited == ["start", "choose", "low", "end"]


def test_a_flow_without_condition_beside_others_is_pointed_out():
    process = model().start().exclusive("x").task("a").end()
    process.back_to("x").flow("True").task("b").end()

    texts = [p.text for p in compiled(process).problems]

    assert texts == ["flow flow2 has no condition and is always chosen"]


def test_a_default_that_leaves_another_node_is_refused():
    xml = choice().xml().decode().replace('default="flow4"', 'default="flow1"')

    assert ("choose", "default flow1 is no sequenceFlow here") in faults(xml)
