"""Boundary event: listens while its host is active, and takes over when triggered.

BPMN 2.0.2, section 13.5.3. The wait is owned by the host, so it ends with it; the handler is
this event. Interrupting events cancel the host first, non-interrupting ones may fire again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.events.event import Event, event_fields
from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Role, Wait
from procession.core.transition import Transition
from procession.values import Value


@element("boundaryEvent")
@dataclass(frozen=True, kw_only=True)
class BoundaryEvent(Event):
    """An event at the edge of an activity."""

    position: ClassVar[str] = "boundary"
    what: ClassVar[str] = "a boundary event"
    attached_to: str = ""
    cancel_activity: bool = True

    @property
    def audit_type(self) -> str:
        """As history calls it."""
        return "BoundaryEventNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the event and what it is attached to."""
        return cls(
            **event_fields(xml),
            attached_to=xml.reference("attachedToRef", to="activity") or "",
            cancel_activity=xml.flag("cancelActivity", True),
        )

    @property
    def interrupts(self) -> bool:
        """Whether the host is stopped: as the model says, but an error always does."""
        return self.cancel_activity or getattr(self.definition, "always_interrupts", False)

    def listen(self, t: Transition, host: ElementInstance) -> None:
        """Begin to listen, for as long as the host is active."""
        if self.definition is not None:
            self.definition.listen(t, host, self)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """It happened: stop the host or listen on, and start the flow here.

        Without a wait it is an error or an escalation that was caught.
        """
        if not self.came(t, owner, wait, payload):
            return
        if self.interrupts:
            if wait is not None:
                t.stop_waiting(wait)
            t.cancel(owner)
        elif wait is not None and self.definition is not None:
            self.definition.goes_on(t, owner, self, wait)
        me = t.activate(self, owner.scope)
        self.only(wait.part if wait else 0).receive(t, me, payload)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """It needs a host and a definition, and nothing may lead to it."""
        yield from super().check(graph)
        host = graph.nodes.get(self.attached_to)
        if self.definition is None:
            yield error(self, "the boundary event does not say what it waits for")
        if host is None:
            yield error(self, "the boundary event is attached to nothing")
        elif host.container != self.container:
            yield error(self, f"{host.id} is not in the same scope")
        elif not hasattr(host, "start_quantity"):
            yield error(self, f"a boundary event cannot be attached to {host.id}")
        if self.incoming:
            yield error(self, "a boundary event cannot have incoming flows")
        if self.definition and self.definition.always_interrupts and not self.cancel_activity:
            text = f"an {self.definition.kind} event always interrupts"
            if graph.semantics.jbpm_checks:
                yield warning(self, text, rule="ignored")
            else:
                yield error(self, text, rule="position")


def listen_at(t: Transition, host: ElementInstance, node: FlowNode) -> bool:
    """Let every boundary event of a node that becomes active listen; whether it stays active.

    A condition that holds already may stop it at once. A loop listens as a whole, not each round.
    """
    events = t.definition.boundary_events.get(node.id)
    if events is None or host.role is Role.ITERATION:
        return True
    for event in events:
        if isinstance(event, BoundaryEvent):
            event.listen(t, host)
            if host.id not in t.state.elements:
                return False
    return True
