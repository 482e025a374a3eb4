"""Property: a variable of a process or sub-process.

BPMN 2.0.2, 10.4.1.2. The variable is called by its name, else by its id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader
from procession.core.conversion import convert
from procession.core.item_types import ItemType


@element("property")
@dataclass(frozen=True, kw_only=True)
class Property:
    """A declared variable, and the id by which associations refer to it."""

    id: str
    variable: ItemType

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the declaration; the metadata ``defaultValue`` is its first value."""
        name = xml.attribute("name") or xml.id
        variable = declared(xml, name)
        default = xml.metadata().get("defaultValue")
        if default is not None:
            variable = replace(variable, default=convert(variable, default))
        return cls(id=xml.id, variable=variable)


def declared(xml: Reader, name: str) -> ItemType:
    """The type that ``itemSubjectRef`` of a declaration refers to."""
    item = xml.root_element(xml.attribute("itemSubjectRef"))
    known = xml.document.root_elements.items.get(item)
    is_collection = xml.flag("isCollection", bool(known and known.is_collection))
    structure = known.structure if known else item
    return ItemType(name=name, structure=structure, is_collection=is_collection)
