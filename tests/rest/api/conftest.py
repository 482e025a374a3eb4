"""A served engine with a process whose service task is done from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession import demo
from procession.engine import Engine
from serving import Served, put_people, serving

FETCHED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  xmlns:tns="http://www.jboss.org/drools" targetNamespace="urn:test">
<error id="refused" errorCode="REFUSED"/>
<process id="fetched" name="Fetched" isExecutable="true">
  <startEvent id="start"/>
  <task id="pack" name="Pack" tns:taskName="%s"/>
  <boundaryEvent id="no" attachedToRef="pack">
    <errorEventDefinition errorRef="refused"/>
  </boundaryEvent>
  <endEvent id="end"/>
  <endEvent id="sorry"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="pack"/>
  <sequenceFlow id="b" sourceRef="pack" targetRef="end"/>
  <sequenceFlow id="c" sourceRef="no" targetRef="sorry"/>
</process></definitions>"""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Engine.open("sqlite://") as engine:
        put_people(
            engine,
            {"ann": ("clerks",), "packer": (), "watch": ()},
            worker=(None, "packer"),
            operator=(None, "watch"),
        )
        for unit in demo.UNITS:
            engine.deployments.deploy(engine.admin, unit.deployment_id, unit.read())
        with serving(engine) as running:
            yield running
