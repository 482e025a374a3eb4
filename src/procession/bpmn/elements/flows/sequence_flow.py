"""Sequence flow: an arrow, perhaps with a condition.

BPMN 2.0.2, 8.4.13. The condition is compiled here and asked by the node the arrow leaves. jBPM's
``priority`` orders the arrows of a gateway: a lower number goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import REGISTRY, element
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import BPMN
from procession.core import graph
from procession.core.ports import Purpose, Script
from procession.values import EMPTY, Map


@element("sequenceFlow")
@dataclass(frozen=True, kw_only=True)
class SequenceFlow(graph.SequenceFlow):
    """An arrow as it is read."""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the arrow and its condition."""
        return cls(
            id=xml.id,
            name=xml.attribute("name") or "",
            source=xml.root_element(xml.attribute("sourceRef")),
            target=xml.root_element(xml.attribute("targetRef")),
            condition=_condition(xml),
            priority=_priority(xml),
            container=xml.place.container,
            line=xml.line,
        )


def _condition(xml: Reader) -> Script | None:
    inner = xml.child("conditionExpression")
    text = inner.text() if inner else ""
    if inner is None or not text:
        return None
    language = inner.attribute("language")
    if language is None:
        language = xml.document.default_language
    types = {**xml.place.types, **_names(xml)}
    return inner.moved(types=Map(types)).compile(language, text, Purpose.CONDITION)


def _names(xml: Reader) -> Mapping[str, str]:
    """What the node that the arrow leaves lets its conditions know beside the variables."""
    parent = xml.xml.getparent()
    source = xml.root_element(xml.attribute("sourceRef"))
    for tag, known in REGISTRY.items():
        names: Mapping[str, str] = getattr(known, "condition_names", EMPTY)
        if names and parent is not None:
            nodes = parent.iterchildren("{" + BPMN + "}" + tag)
            if any(node.get("id") == source for node in nodes):
                return names
    return EMPTY


def _priority(xml: Reader) -> int:
    text = xml.vendor("flow_priority") or "0"
    try:
        return int(text)
    except ValueError:
        xml.problem("error", f"priority is {text!r}, which is no whole number")
        return 0
