"""End event: a token ends here.

BPMN 2.0.2, 10.5.3. What its definition throws leaves first. The scope ends when this was its last
token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.events.event import Event, event_fields
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("endEvent")
@dataclass(frozen=True, kw_only=True)
class EndEvent(Event):
    """An end."""

    position: ClassVar[str] = "end"
    what: ClassVar[str] = "an end event"

    @property
    def audit_type(self) -> str:
        """An error's end is a fault to history."""
        return self.definition.ended_as if self.definition else "EndNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the event."""
        return cls(**event_fields(xml))

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Throw what there is to throw, and end."""
        if self.definition is None:
            t.complete(me)
        else:
            self.definition.throw(t, me, self)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Nothing leaves an end."""
        yield from super().check(graph)
        if self.outgoing:
            yield error(self, "an end event cannot have outgoing flows")
