"""Association: ties a text or a data object to an element; it says nothing about the run.

BPMN 2.0.2, 8.4.1. Compensation handlers are tied with it too; compensation is refused where it
stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("association")
@dataclass(frozen=True, kw_only=True)
class Association:
    """A dotted line."""

    id: str
    source: str
    target: str

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the line."""
        return cls(
            id=xml.id,
            source=xml.root_element(xml.attribute("sourceRef")),
            target=xml.root_element(xml.attribute("targetRef")),
        )
