"""Message flow: which receiver in another pool a message goes to.

BPMN 2.0.2, 9.3. A message that is sent where a flow begins reaches only where the flow leads, so
several receivers of one message are told apart. A flow to a pool leads to any receiver in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader


@element("messageFlow")
@dataclass(frozen=True, kw_only=True)
class MessageFlow:
    """An arrow between pools; ``message`` is the id of a message, if it says which."""

    id: str
    name: str = ""
    source: str
    target: str
    message: str = ""
    line: int = 0

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the arrow."""
        return cls(
            id=xml.id,
            name=xml.attribute("name") or "",
            source=xml.root_element(xml.attribute("sourceRef")),
            target=xml.root_element(xml.attribute("targetRef")),
            message=xml.root_element(xml.attribute("messageRef")),
            line=xml.line,
        )
