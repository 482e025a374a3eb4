"""Data store: a value of the deployment's, shared by all its instances, which outlives them.

BPMN 2.0.2, 10.4.1.4. It is called by its name, else its id. One that is a collection holds no more
than its ``capacity``, unless it is unlimited or says none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.property import declared
from procession.bpmn.reader import Reader
from procession.core import data_stores
from procession.core.conversion import convert
from procession.core.item_types import ItemType
from procession.core.transition import Transition
from procession.errors import InvalidValue
from procession.values import Set, Value


@element("dataStore")
@dataclass(frozen=True, kw_only=True)
class DataStore:
    """A store as associations use it; ``capacity`` 0 is none."""

    id: str
    item: ItemType
    capacity: int = 0

    @property
    def name(self) -> str:
        """What the store is called in its deployment."""
        return self.item.name

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the declaration, or what a reference that names no store says of its own."""
        name = " ".join((xml.attribute("name") or xml.id).split())
        capacity = 0 if xml.flag("isUnlimited", False) else xml.number("capacity", 0)
        return cls(id=xml.id, item=declared(xml, name), capacity=capacity)

    def value(self, t: Transition) -> Value:
        """What it holds."""
        return data_stores.read(t, self.name)

    def put(self, t: Transition, value: Value) -> None:
        """Have it hold a value of its type. Raises :class:`InvalidValue` if it is too much."""
        if self.capacity and isinstance(value, tuple | Set) and len(value) > self.capacity:
            raise InvalidValue(
                f"data store {self.name} takes {self.capacity} items, not {len(value)}"
            )
        data_stores.write(t, self.name, convert(self.item, value))
