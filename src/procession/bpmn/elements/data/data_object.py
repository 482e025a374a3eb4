"""Data object: a variable drawn in the diagram.

BPMN 2.0.2, 10.4.1.1. jBPM calls the variable by the id; the specification by the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.property import declared
from procession.bpmn.reader import Reader
from procession.core.item_types import ItemType


@element("dataObject")
@dataclass(frozen=True, kw_only=True)
class DataObject:
    """A declared variable, and the id by which associations refer to it."""

    id: str
    variable: ItemType

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the declaration."""
        by_id = xml.document.semantics.data_objects_named_by_id
        name = xml.id if by_id else xml.attribute("name") or xml.id
        return cls(id=xml.id, variable=declared(xml, name))
