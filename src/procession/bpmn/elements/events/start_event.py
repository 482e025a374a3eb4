"""Start event: where a process or sub-process begins.

BPMN 2.0.2, 10.5.2. A start with a definition is listened for by the deployment, not by an instance;
what started the process is then mapped here.
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
from procession.errors import NotFound, Rejected
from procession.values import Value


@element("startEvent")
@dataclass(frozen=True, kw_only=True)
class StartEvent(Event):
    """A beginning."""

    position: ClassVar[str] = "start"
    what: ClassVar[str] = "a start event"
    is_interrupting: bool = True

    @property
    def audit_type(self) -> str:
        """As history calls it."""
        return "StartNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the event."""
        return cls(**event_fields(xml), is_interrupting=xml.flag("isInterrupting", True))

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Map what started the process, and go on."""
        if self.outputs and t.started_at == self.id:
            self.receive(t, me, t.payload)
        t.complete(me)

    def receive(self, t: Transition, me: ElementInstance, payload: Value) -> None:
        """In jBPM's files, of several mappings only those from ``event`` get what came."""
        if not t.definition.is_jbpm or len(self.outputs) < 2:
            super().receive(t, me, payload)
            return
        for association in self.outputs:
            value = payload if association.source == "event" else association.source
            association.store(t, me, association.transformed(t, me, value))

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Nothing leads to a start, and a sub-process starts plainly."""
        yield from super().check(graph)
        if self.incoming:
            yield error(self, "a start event cannot have incoming flows")
        if getattr(self.definition, "text", "") and getattr(self.definition, "template", None):
            yield error(self, "a timer that starts a process cannot refer to its variables")
        if self.container and self.definition is not None:
            yield error(self, "an embedded sub-process starts with a plain start event")


def begin(t: Transition, me: ElementInstance, container: str) -> None:
    """Give the variables of a container their first values and enter what it begins with."""
    for name, value in t.definition.defaults.get(container, ()):
        if name not in t.state.variables.get(me.id, ()):
            t.set_variable(me.id, name, value)
    if container == "" and t.started_at is not None:
        t.activate(_start(t, t.started_at), me.id)
        return
    typed = False
    entrances = t.definition.entrances.get(container, ())
    for node in entrances:
        if isinstance(node, StartEvent):
            if node.definition is None:
                t.activate(node, me.id)
                return
            typed = True
    if not typed:
        for node in entrances:
            t.activate(node, me.id)
    elif not t.definition.is_jbpm:
        text = f"process {t.definition.id} has no start event without a definition"
        raise Rejected(text, reason="no_plain_start")


def _start(t: Transition, id: str) -> StartEvent:
    node = t.definition.nodes.get(id)
    if isinstance(node, StartEvent) and not node.container:
        return node
    raise NotFound(f"process {t.definition.id} has no start event {id}")
