"""The demo: its models are whole, and its people can play every part in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from procession.demo import GROUPS, ROLES, UNITS, USERS

NAMES = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "d": "http://www.omg.org/spec/BPMN/20100524/DI",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
}


def models() -> Iterator[etree._Element]:
    for unit in UNITS:
        for xml in unit.read().values():
            yield etree.fromstring(xml)


def ids(root: etree._Element, path: str) -> set[str]:
    return {str(name) for name in root.xpath(path, namespaces=NAMES)}


MODELS = [pytest.param(root, id=root.get("id")) for root in models()]


def test_the_units_are_those_the_papers_name() -> None:
    assert [unit.deployment_id for unit in UNITS] == [
        "org.jbpm:Evaluation:1.0",
        "com.oneweb:Hotel:v.0.1.0",
    ]
    assert [name for root in models() for name in root.xpath("//b:process/@name", namespaces=NAMES)]


@pytest.mark.parametrize("root", MODELS)
def test_every_node_and_flow_is_in_the_diagram(root: etree._Element) -> None:
    process = (
        "//b:process/*[@id and not(self::b:property) and not(self::b:laneSet)]/@id | //b:lane/@id"
    )

    assert ids(root, process) <= ids(root, "//d:BPMNShape/@bpmnElement | //d:BPMNEdge/@bpmnElement")


@pytest.mark.parametrize("root", MODELS)
def test_flows_begin_and_end_at_the_border_of_their_nodes(root: etree._Element) -> None:
    def borders(node: str, point: etree._Element) -> bool:
        path = f"//d:BPMNShape[@bpmnElement='{node}']/dc:Bounds"
        box = root.xpath(path, namespaces=NAMES)[0]
        x, y = float(point.get("x")), float(point.get("y"))
        left, top = float(box.get("x")), float(box.get("y"))
        right, bottom = left + float(box.get("width")), top + float(box.get("height"))
        on_edge = x in (left, right) or y in (top, bottom)
        return on_edge and left <= x <= right and top <= y <= bottom

    for flow in root.iterfind(".//b:sequenceFlow", NAMES):
        path = f"//d:BPMNEdge[@bpmnElement='{flow.get('id')}']/di:waypoint"
        points = root.xpath(path, namespaces=NAMES)
        assert borders(flow.get("sourceRef"), points[0]), flow.get("id")
        assert borders(flow.get("targetRef"), points[-1]), flow.get("id")


@pytest.mark.parametrize("root", MODELS)
def test_incoming_and_outgoing_agree_with_the_flows(root: etree._Element) -> None:
    for flow in root.iterfind(".//b:sequenceFlow", NAMES):
        name, source, target = flow.get("id"), flow.get("sourceRef"), flow.get("targetRef")
        assert name in ids(root, f"//*[@id='{source}']/b:outgoing/text()")
        assert name in ids(root, f"//*[@id='{target}']/b:incoming/text()")


@pytest.mark.parametrize("root", MODELS)
def test_every_reference_of_a_task_leads_somewhere(root: etree._Element) -> None:
    known = ids(root, "//@id")
    references = (
        "//b:dataInputRefs/text() | //b:dataOutputRefs/text() | //b:sourceRef/text()"
        " | //b:targetRef/text() | //b:flowNodeRef/text() | //@itemSubjectRef | //@default"
    )

    assert ids(root, references) <= known


def test_each_group_that_is_asked_exists_and_has_somebody_in_it() -> None:
    asked = {
        group
        for root in models()
        for group in ids(root, "//b:assignment[contains(b:to, '_in_GroupId')]/b:from/text()")
        | ids(root, "//b:lane/@name")
    }

    assert asked == set(GROUPS)
    assert {group for user in USERS for group in user.groups} == set(GROUPS)
    assert {role for user in USERS for role in user.roles} <= set(ROLES)
    assert len({user.name for user in USERS}) == len(USERS)
