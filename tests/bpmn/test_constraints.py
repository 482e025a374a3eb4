"""Strict mode: each rule refuses what it is for, and a faultless file passes them all."""

from __future__ import annotations

import re

import pytest

from python_scripts import compiled

GOOD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:x">
  <itemDefinition id="item" structureRef="String"/><itemDefinition id="other" structureRef="Long"/>
  <message id="m" itemRef="item"/><signal id="s" name="s" structureRef="item"/>
  <interface id="i" name="i"><operation id="op" name="op"><inMessageRef>m</inMessageRef>
  </operation></interface>
  <collaboration id="c"><participant id="us" processRef="p">
    <participantMultiplicity minimum="0" maximum="1"/></participant><participant id="you"/>
    <messageFlow id="mf" sourceRef="you" targetRef="get"/></collaboration>
  <process id="p" isExecutable="true" processType="Private">
    <documentation textFormat="text/plain">fine</documentation>
    <startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="x"/>
    <exclusiveGateway id="x" gatewayDirection="Diverging" default="f3">
      <incoming>f1</incoming><outgoing>f2</outgoing><outgoing>f3</outgoing></exclusiveGateway>
    <sequenceFlow id="f2" sourceRef="x" targetRef="get">
      <conditionExpression xsi:type="tFormalExpression" language="python">True</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f3" sourceRef="x" targetRef="send"/>
    <intermediateCatchEvent id="get"><incoming>f2</incoming><outgoing>f4</outgoing>
      <dataOutput id="got" itemSubjectRef="item"/>
      <messageEventDefinition messageRef="m"><operationRef>op</operationRef>
      </messageEventDefinition></intermediateCatchEvent>
    <sequenceFlow id="f4" sourceRef="get" targetRef="join"/>
    <sendTask id="send" messageRef="m" operationRef="op"><incoming>f3</incoming>
      <outgoing>f5</outgoing><ioSpecification><dataInput id="in" itemSubjectRef="item"/>
      <inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet/></ioSpecification></sendTask>
    <sequenceFlow id="f5" sourceRef="send" targetRef="join"/>
    <exclusiveGateway id="join" gatewayDirection="Converging"><incoming>f4</incoming>
      <incoming>f5</incoming><outgoing>f6</outgoing></exclusiveGateway>
    <sequenceFlow id="f6" sourceRef="join" targetRef="end"/>
    <endEvent id="end"><incoming>f6</incoming></endEvent>
    <dataObject id="do" name="Order"/>
    <dataObjectReference id="dor" dataObjectRef="do" name="Order [open]"><dataState name="open"/>
    </dataObjectReference>
  </process></definitions>"""


def errors(xml: str, *, strict: bool = True) -> list[str]:
    return [problem.text for problem in compiled(xml, strict=strict).errors]


def test_a_faultless_file_passes():
    assert errors(GOOD) == []


@pytest.mark.parametrize(
    ("pattern", "instead", "text"),
    [
        ("<incoming>f3</incoming>", "", "incoming does not list the flows"),
        ('gatewayDirection="Diverging"', 'gatewayDirection="Converging"', "is not Converging"),
        (' xsi:type="tFormalExpression"', "", "must be a formal expression"),
        ('language="python"', 'language="%$!"', "is no URI"),
        ("text/plain", "plain", "is no mime type"),
        ('id="f6"', 'id="f6" isImmediate="false"', "isImmediate is not for executable"),
        ('sourceRef="you" targetRef="get"', 'sourceRef="us" targetRef="get"', "between two pools"),
        (
            'targetRef="get"/></coll',
            'targetRef="end"/></coll',
            "cannot be an end of a message flow",
        ),
        ('maximum="1"', 'maximum="0"', "maximum must be positive"),
        ('processType="Private"', 'processType="Public"', "a public process is not executable"),
        ("<operationRef>op</operationRef>", "", "the event names no operation"),
        ('itemRef="item"', 'itemRef="m"', "itemRef 'm' is no itemDefinition"),
        ('operationRef="op"', 'operationRef="m"', "operationRef 'm' is no operation"),
        ('id="in" itemSubjectRef="item"', 'id="in" itemSubjectRef="other"', "different items"),
        ('id="got" itemSubjectRef="item"', 'id="got" itemSubjectRef="other"', "different items"),
        ('id="do"', 'id="do" isCollection="true" itemSubjectRef="item"', "is not that of its item"),
        ("Order [open]", "Order", "should be called 'Order [open]'"),
        (
            "<dataInputRefs>in</dataInputRefs>",
            "<dataInputRefs>x</dataInputRefs>",
            "is no dataInput",
        ),
        ('id="do"', 'id="do" x="1"/><dataObject id="m"', "id m is used twice"),
    ],
)
def test_a_violation_is_refused_in_strict_mode_only(pattern: str, instead: str, text: str):
    xml = GOOD.replace(pattern, instead)
    assert xml != GOOD

    assert any(text in problem for problem in errors(xml))
    assert not any(text in problem for problem in errors(xml, strict=False))


def test_a_level_with_a_start_has_an_end():
    xml = re.sub(r"<endEvent.*</endEvent>", '<task id="end"><incoming>f6</incoming></task>', GOOD)

    assert "there is no end event on this level" in errors(xml)
    assert "no flow leaves although there is an end" in errors(xml)


LOOP = """<task id="t"><ioSpecification><dataInput id="many" itemSubjectRef="list"
  isCollection="true"/>
  <dataOutput id="made" itemSubjectRef="list" isCollection="true"/><inputSet/><outputSet/>
  </ioSpecification>
  <multiInstanceLoopCharacteristics><loopDataInputRef>many</loopDataInputRef>
  <loopDataOutputRef>made</loopDataOutputRef><inputDataItem id="one" itemSubjectRef="text"/>
  <outputDataItem id="o" itemSubjectRef="text"/></multiInstanceLoopCharacteristics></task>"""


def loops(loop: str) -> list[str]:
    """What is wrong with the loop of a task that stands alone."""
    kinds = """<itemDefinition id="list" structureRef="String" isCollection="true"/>
      <itemDefinition id="text" structureRef="String"/>
      <itemDefinition id="number" structureRef="Integer"/>"""
    xml = GOOD.replace("<process", kinds + "<process").replace("</process>", loop + "</process>")
    return [text for text in errors(xml) if not text.startswith("no flow")]


def test_items_of_a_loop_are_what_its_collection_is_made_of():
    assert loops(LOOP) == []
    number = LOOP.replace('id="o" itemSubjectRef="text"', 'id="o" itemSubjectRef="number"')
    assert "outputDataItem is not what the collection is made of" in loops(number)
    many = LOOP.replace('id="one" itemSubjectRef="text"', 'id="one" itemSubjectRef="list"')
    assert "inputDataItem is a collection itself" in loops(many)


def test_expressions_of_a_loop_are_formal_ones():
    text = "<standardLoopCharacteristics><loopCondition>True</loopCondition>"
    loop = f'<task id="t">{text}</standardLoopCharacteristics></task>'

    assert loops(loop) == ["loopCondition must be a formal expression"]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("endEvent", "error"),
        ("endEvent", "escalation"),
        ("intermediateThrowEvent", "escalation"),
    ],
)
def test_what_is_thrown_has_a_code(tag: str, kind: str):
    event = f'<{tag} id="thrower"><{kind}EventDefinition {kind}Ref="bare"/></{tag}>'
    root = f'<{kind} id="bare" name="Bare"/>'
    xml = GOOD.replace("<process", root + "<process").replace("</process>", event + "</process>")

    assert f"the {kind} that is thrown has no {kind}Code" in errors(xml)
    coded = xml.replace('id="bare"', f'id="bare" {kind}Code="C"')
    assert f"the {kind} that is thrown has no {kind}Code" not in errors(coded)


@pytest.mark.parametrize(
    ("method", "is_uri"), [("##Image", True), ("urn:x", True), ("a b%", False)]
)
def test_the_method_of_a_transaction_is_a_uri(method: str, is_uri: bool):
    inside = f'<transaction id="tx" method="{method}"/>'
    xml = GOOD.replace("</process>", inside + "</process>")

    assert any("is no URI" in text for text in errors(xml)) is not is_uri
