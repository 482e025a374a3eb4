"""Intermediate throw event: throws something and goes on; a plain one only marks a place.

BPMN 2.0.2, 10.5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.events.event import Event, event_fields
from procession.bpmn.reader import Reader
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("intermediateThrowEvent")
@dataclass(frozen=True, kw_only=True)
class IntermediateThrowEvent(Event):
    """Something is thrown on the way."""

    position: ClassVar[str] = "throw"
    what: ClassVar[str] = "an intermediate throw event"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the event."""
        return cls(**event_fields(xml))

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Throw, and go on when it is thrown."""
        if self.definition is None:
            t.complete(me)
        else:
            self.definition.throw(t, me, self)
