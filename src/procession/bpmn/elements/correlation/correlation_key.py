"""Correlation key: the properties that together say which conversation a message belongs to.

BPMN 2.0.2, 8.4.2 and 9.4. It stands in a collaboration or in a conversation of one; it holds for
every process that takes part. A message has the key if each of the properties has a path for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.correlation.correlation_property import CorrelationProperty
from procession.bpmn.reader import Reader
from procession.core.ports import Script


@element("correlationKey")
@dataclass(frozen=True, kw_only=True)
class CorrelationKey:
    """A key as it is read: its properties in order, and the messages that tell all of them."""

    id: str
    properties: tuple[str, ...]
    paths: Mapping[str, tuple[Script, ...]]

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the references; a key that no message has is useless, and said to be."""
        known = xml.document.root_elements.correlation_properties
        names = [xml.root_element(r.text()) for r in xml.children("correlationPropertyRef")]
        found: list[CorrelationProperty] = []
        for name in names:
            if name in known:
                found.append(known[name])
            else:
                xml.problem("error", f"{name} is no correlationProperty", rule="reference")
        messages = list(found[0].paths) if found else []
        paths = {
            message: tuple(each.paths[message] for each in found)
            for message in messages
            if all(message in each.paths for each in found)
        }
        if not paths and len(found) == len(names):
            xml.problem("warning", "no message tells all properties of the key", rule="ignored")
        id = xml.id or xml.attribute("name") or f"correlationKey-{xml.line}"
        return cls(id=id, properties=tuple(each.id for each in found), paths=paths)
