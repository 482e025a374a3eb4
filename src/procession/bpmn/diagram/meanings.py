"""Reads from the model what the pictures of its elements depend on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from procession.bpmn.diagram.drawing import Meaning
from procession.bpmn.reader import is_bpmn, local_name

SUB_PROCESSES: Final = frozenset({"subProcess", "adHocSubProcess", "transaction"})
ACTIVITIES: Final = SUB_PROCESSES | {
    "task",
    "userTask",
    "serviceTask",
    "scriptTask",
    "sendTask",
    "receiveTask",
    "manualTask",
    "businessRuleTask",
    "callActivity",
}
EVENTS: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
    }
)
GATEWAYS: Final = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
FLOW_NODES: Final = ACTIVITIES | EVENTS | GATEWAYS
LINES: Final = frozenset(
    {
        "sequenceFlow",
        "messageFlow",
        "association",
        "dataInputAssociation",
        "dataOutputAssociation",
    }
)


def children(xml: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The children with one of these BPMN tags, in document order."""
    return (child for child in xml if is_bpmn(child) and local_name(child) in tags)


def text_of(xml: etree._Element, name: str) -> str:
    """An attribute, or nothing."""
    return str(xml.get(name) or "")


def flag(xml: etree._Element, name: str, otherwise: bool) -> bool:
    """A boolean attribute of XML Schema."""
    text = text_of(xml, name).strip()
    return text in ("true", "1") if text else otherwise


def meaning_of(xml: etree._Element) -> Meaning:
    """What one element of the model looks like."""
    tag = local_name(xml)
    interrupting = "cancelActivity" if tag == "boundaryEvent" else "isInterrupting"
    return Meaning(
        id=text_of(xml, "id"),
        tag=tag,
        name=_name(xml, tag),
        event=_event(xml) if tag in EVENTS else "",
        is_interrupting=flag(xml, interrupting, True),
        is_event_sub_process=flag(xml, "triggeredByEvent", False),
        calls=tag == "callActivity",
        markers=tuple(_markers(xml, tag)) if tag in ACTIVITIES else (),
    )


def _name(xml: etree._Element, tag: str) -> str:
    if tag == "textAnnotation":
        return " ".join("".join(text.itertext()) for text in children(xml, "text")).strip()
    return text_of(xml, "name").strip()


def _event(xml: etree._Element) -> str:
    kinds = [
        local_name(child).removesuffix("EventDefinition")
        for child in xml
        if is_bpmn(child) and local_name(child).endswith("EventDefinition")
    ]
    kinds += ["multiple" for _ in children(xml, "eventDefinitionRef")]
    if len(kinds) > 1:
        return "parallelMultiple" if flag(xml, "parallelMultiple", False) else "multiple"
    return kinds[0] if kinds else ""


def _markers(xml: etree._Element, tag: str) -> Iterator[str]:
    for _ in children(xml, "standardLoopCharacteristics"):
        yield "loop"
    for loop in children(xml, "multiInstanceLoopCharacteristics"):
        yield "sequential" if flag(loop, "isSequential", False) else "parallel"
    if tag == "adHocSubProcess":
        yield "ad_hoc"
    if flag(xml, "isForCompensation", False):
        yield "compensation"


def is_default(flow: etree._Element, elements: dict[str, etree._Element]) -> bool:
    """Whether a sequence flow is the default of the node it leaves."""
    source = elements.get(text_of(flow, "sourceRef"))
    return source is not None and text_of(source, "default") == text_of(flow, "id") != ""


def is_conditional(flow: etree._Element, elements: dict[str, etree._Element]) -> bool:
    """Whether a sequence flow shows the little diamond: conditions that leave an activity."""
    source = elements.get(text_of(flow, "sourceRef"))
    if source is None or local_name(source) not in ACTIVITIES:
        return False
    return any(True for _ in children(flow, "conditionExpression"))
