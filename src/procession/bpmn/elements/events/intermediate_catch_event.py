"""Intermediate catch event: a token waits here for something to happen.

BPMN 2.0.2, 10.5.4. In jBPM's files a timer cycle stays and sends a token each time it fires
(``reference/jbpm-engine.md`` 3.2), and an event that no flow leads to listens as long as the
instance is active.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, runtime_checkable

from procession.bpmn.element import element
from procession.bpmn.elements.events.event import Event, event_fields
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.values import Value


@runtime_checkable
class Chooser(Protocol):
    """A gateway that waits for the nodes behind it, and lets one of them have the token."""

    def passes(self, t: Transition, me: ElementInstance, node: FlowNode) -> ElementInstance:
        """What ``node`` waits for has come: enter it by the flow that leads there."""
        ...


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
        else:
            self.listen(t, me)

    def listen(self, t: Transition, owner: ElementInstance) -> None:
        """Begin to wait, by itself or for the gateway that it follows."""
        if self.definition is not None:
            self.definition.listen(t, owner, self)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """It happened: map what came, and go on; or stay, if more is to come."""
        if self.definition is None or not self.came(t, owner, wait, payload):
            return
        mine = self.only(wait.part if wait else t.part)
        if owner.node != self.id:
            mine.receive(t, self._passed(t, owner, wait), payload)
        elif self._stays(t, owner, wait):
            mine.receive(t, owner, payload)
            t.take_outgoing(owner)
        else:
            if wait is not None:
                t.stop_waiting(wait)
            mine.receive(t, owner, payload)
            t.complete(owner)

    def _passed(self, t: Transition, owner: ElementInstance, wait: Wait | None) -> ElementInstance:
        """A token that need not wait here: the gateway's, or in jBPM's files a new one."""
        gateway = t.definition.node(owner.node)
        if isinstance(gateway, Chooser):
            if wait is not None:
                t.stop_waiting(wait)
            return t.note(gateway.passes(t, owner, self), "met")
        if wait is not None and self.definition is not None:
            self.definition.goes_on(t, owner, self, wait)
        return t.note(t.activate(self, owner.id), "met")

    def _stays(self, t: Transition, owner: ElementInstance, wait: Wait | None) -> bool:
        repeats = t.definition.semantics.timer_catches_repeat
        if wait is None or wait.due is None or wait.part or not repeats:
            return False
        return self.definition is not None and self.definition.goes_on(t, owner, self, wait)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """There must be something to wait for."""
        yield from super().check(graph)
        if self.definition is None:
            yield error(self, "the event does not say what it waits for")
