"""Input/output specification: the parameters of an activity, by id and by name.

BPMN 2.0.2, 10.4.2. Associations refer to the ids; the world outside sees the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.property import declared
from procession.bpmn.reader import Reader
from procession.core.item_types import ItemType
from procession.values import EMPTY


@element("ioSpecification")
@dataclass(frozen=True, kw_only=True)
class IoSpecification:
    """Declared inputs and outputs by id."""

    inputs: Mapping[str, ItemType] = EMPTY
    outputs: Mapping[str, ItemType] = EMPTY

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the declarations; on events they stand in the event itself."""
        return cls(inputs=_declarations(xml, "dataInput"), outputs=_declarations(xml, "dataOutput"))

    @classmethod
    def of(cls, xml: Reader) -> Self:
        """The specification of an activity or event; an empty one if it has none."""
        inner = xml.child("ioSpecification")
        return cls.read(inner or xml)


def _declarations(xml: Reader, tag: str) -> dict[str, ItemType]:
    return {d.id: declared(d, d.attribute("name") or d.id) for d in xml.children(tag)}
