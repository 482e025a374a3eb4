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
