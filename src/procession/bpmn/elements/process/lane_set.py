"""Lane set: which lane each node stands in, inner lanes before outer ones.

BPMN 2.0.2, 10.8. Only user tasks look at their lane (``reference/jbpm-engine.md`` 5.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("laneSet")
@dataclass(frozen=True, kw_only=True)
class LaneSet:
    """Names of lanes by the ids of the nodes in them."""

    lanes: Mapping[str, str]

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the lanes and what is in them."""
        found: dict[str, str] = {}
        _read(xml, found)
        return cls(lanes=found)


def _read(xml: Reader, found: dict[str, str]) -> None:
    for lane in xml.children("lane"):
        name = lane.attribute("name") or lane.id
        for reference in lane.children("flowNodeRef"):
            found[xml.root_element(reference.text())] = name
        for inner in lane.children("childLaneSet"):
            _read(inner, found)
