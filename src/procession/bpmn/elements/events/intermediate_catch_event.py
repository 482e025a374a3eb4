"""Intermediate catch event: a token waits here for something to happen.

BPMN 2.0.2, 10.5.4. In jBPM's files a timer cycle stays and sends a token each time it fires
(``reference/jbpm-engine.md`` 3.2), and an event that no flow leads to listens as long as the
instance is active.
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
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.values import Value


@element("intermediateCatchEvent")
@dataclass(frozen=True, kw_only=True)
class IntermediateCatchEvent(Event):
    """Something is waited for on the way."""

    position: ClassVar[str] = "catch"
    what: ClassVar[str] = "an intermediate catch event"

    @property
    def audit_type(self) -> str:
        """As its definition is called by history."""
        return self.definition.caught_as if self.definition else "EventNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the event."""
        return cls(**event_fields(xml))

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Wait, unless what is waited for has come already."""
        if me.memo is not None:
            t.complete(me)
        elif self.definition is not None:
            self.definition.listen(t, me, self)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """It happened: map what came, and go on; or stay, if more is to come."""
        if wait is None or self.definition is None:
            super().triggered(t, owner, wait, payload)
        elif owner.node != self.id:
            self.definition.goes_on(t, owner, self, wait)
            me = t.note(t.activate(self, owner.id), "met")
            self.receive(t, me, payload)
        elif self._stays(t, owner, wait):
            self.receive(t, owner, payload)
            t.take_outgoing(owner)
        else:
            t.stop_waiting(wait)
            self.receive(t, owner, payload)
            t.complete(owner)

    def _stays(self, t: Transition, owner: ElementInstance, wait: Wait) -> bool:
        if wait.due is None or self.definition is None or not t.definition.is_jbpm:
            return False
        return self.definition.goes_on(t, owner, self, wait)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """There must be something to wait for."""
        yield from super().check(graph)
        if self.definition is None:
            yield error(self, "the event does not say what it waits for")
