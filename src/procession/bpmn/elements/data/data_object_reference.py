"""Data object reference: another drawing of a data object; associations may name either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("dataObjectReference")
@dataclass(frozen=True, kw_only=True)
class DataObjectReference:
    """An id that stands for the data object ``target``."""

    id: str
    target: str

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the reference."""
        return cls(id=xml.id, target=xml.root_element(xml.attribute("dataObjectRef")))
