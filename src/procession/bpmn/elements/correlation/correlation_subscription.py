"""Correlation subscription: a process binds a key to its own data.

BPMN 2.0.2, 8.4.2. The data paths are expressions over the variables of the process. They are asked
when a wait for a message begins, and the message must then carry their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.correlation.correlation_property import path_in
from procession.bpmn.reader import Reader
from procession.core.ports import Script


@element("correlationSubscription")
@dataclass(frozen=True, kw_only=True)
class CorrelationSubscription:
    """Data paths by the property they stand for, for one key."""

    key: str
    bindings: Mapping[str, Script]

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the bindings."""
        found: dict[str, Script] = {}
        for binding in xml.children("correlationPropertyBinding"):
            name = binding.root_element(binding.attribute("correlationPropertyRef"))
            script = path_in(binding, "dataPath")
            if script is not None:
                found[name] = script
        key = xml.attribute("correlationKeyRef") or xml.text("correlationKeyRef")
        return cls(key=xml.root_element(key), bindings=found)
