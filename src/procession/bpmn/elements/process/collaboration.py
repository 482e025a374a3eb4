"""Collaboration: the pools around processes; a participant gives its process a name to show.

BPMN 2.0.2, 9. Message flows are drawn, not run: messages find their receivers by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("collaboration")
@dataclass(frozen=True, kw_only=True)
class Collaboration:
    """Names of participants by the process they stand for."""

    id: str
    participants: Mapping[str, str]

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the participants."""
        found: dict[str, str] = {}
        for participant in xml.children("participant"):
            process = xml.root_element(participant.attribute("processRef"))
            if process:
                found[process] = participant.attribute("name") or participant.id
        return cls(id=xml.id, participants=found)
