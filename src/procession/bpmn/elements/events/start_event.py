"""Start event: where a process, a sub-process or an event sub-process begins.

BPMN 2.0.2, 10.5.2 and 13.5.4. A process's start with a definition is listened for by the
deployment, not by an instance; what started the process is then mapped here. That of an event
sub-process listens while the scope around it is active: the wait is the scope's, the handler this
event. Interrupting, it stops everything else in the scope, and runs once; otherwise it may run
again and again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.elements.events.event import Event, event_fields
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import continuing
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
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
        """Map what started the process, and go on; or wait for what else is needed to start it."""
        if t.started_at == self.id:
            several = self.definition if isinstance(self.definition, Multiple) else None
            come = several.started_by(t.trigger) if several else frozenset()
            for number in sorted(come) or (0,):
                self.only(number).receive(t, me, t.payload)
            if several and several.needs_all and several.begin(t, me, self, come):
                return
        t.complete(me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """It happened in the scope ``owner``: begin the event sub-process.

        Without a wait it is an error or an escalation that was caught.
        """
        if not self.came(t, owner, wait, payload):
            return
        mine = self.only(wait.part if wait else t.part)
        inner = t.definition.nodes.get(self.container)
        if inner is None or not begins_by_event(inner):
            mine.receive(t, owner, payload)
            t.complete(owner)
            return
        if self.is_interrupting:
            if wait is not None:
                t.stop_waiting(wait)
            interrupt(t, owner)
        elif wait is not None and self.definition is not None:
            self.definition.goes_on(t, owner, self, wait)
        mine.receive(t, t.activate(self, t.activate(inner, owner.id).id), payload)

    def receive(self, t: Transition, me: ElementInstance, payload: Value) -> None:
        """In jBPM's files, of several mappings only those from ``event`` get what came."""
        if not t.definition.semantics.start_mappings_read_event or len(self.outputs) < 2:
            super().receive(t, me, payload)
            return
        for association in self.outputs:
            value = payload if association.source == "event" else association.source
            association.store(t, me, association.transformed(t, me, value))

    def place(self, graph: ProcessDefinition) -> str:
        """A start of an event sub-process is a position of its own."""
        inner = graph.nodes.get(self.container)
        return "event start" if inner is not None and begins_by_event(inner) else "start"

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Nothing leads to a start, and an embedded sub-process starts plainly."""
        yield from super().check(graph)
        if self.incoming:
            yield error(self, "a start event cannot have incoming flows")
        if self.definition is None:
            return
        if self.place(graph) == "event start":
            if self.definition.always_interrupts and not self.is_interrupting:
                kind = self.definition.kind
                text = f"an event sub-process that starts by {kind} must be interrupting"
                yield error(self, text, rule="isInterrupting")
        elif self.container:
            yield error(self, "an embedded sub-process starts with a plain start event")
        elif any(_is_variable(part) for part in self.definition.parts):
            yield error(self, "a timer that starts a process cannot refer to its variables")


def _is_variable(part: EventDefinition) -> bool:
    """Whether it is a timer whose text is known only while the process runs."""
    return bool(getattr(part, "text", "") and getattr(part, "template", None))


def begins_by_event(node: FlowNode) -> bool:
    """Whether a node is an event sub-process."""
    return getattr(node, "triggered_by_event", False)


def interrupt(t: Transition, scope: ElementInstance) -> None:
    """Stop everything in a scope, and the event sub-processes that listen there."""
    nodes = t.definition.nodes
    for wait in t.waits_of(scope):
        around = nodes[wait.handler].container if wait.handler else None
        if around == scope.node or (around and nodes[around].container == scope.node):
            t.stop_waiting(wait, "cancelled")
    t.cancel_children(scope)


def prepare(t: Transition, me: ElementInstance, container: str) -> bool:
    """Give variables their first values, and let event sub-processes listen.

    Answers whether the container may begin: a condition that holds already may interrupt it.
    """
    first_values(t, me, container)
    for start in t.definition.event_starts.get(container, ()):
        if isinstance(start, StartEvent) and start.definition is not None:
            start.definition.listen(t, me, start)
            if start.is_interrupting and any(c.node == start.container for c in t.children(me)):
                return False
    return True


def first_values(t: Transition, me: ElementInstance, container: str) -> None:
    """Give the variables of a container their first values."""
    for name, value in t.definition.defaults.get(container, ()):
        if name not in t.state.variables.get(me.id, ()):
            t.set_variable(me.id, name, value)


def begin(t: Transition, me: ElementInstance, container: str) -> None:
    """Prepare a container and enter what it begins with."""
    if not prepare(t, me, container):
        return
    if container == "" and t.started_at is not None:
        continuing.enter(t, _start(t, t.started_at), me.id)
        return
    typed = False
    entrances = t.definition.entrances.get(container, ())
    for node in entrances:
        if isinstance(node, StartEvent):
            if node.definition is None:
                continuing.enter(t, node, me.id)
                return
            typed = True
    if not typed:
        for node in entrances:
            continuing.enter(t, node, me.id)
    elif not t.definition.semantics.typed_starts_begin_idle:
        text = f"process {t.definition.id} has no start event without a definition"
        raise Rejected(text, reason="no_plain_start")


def _start(t: Transition, id: str) -> FlowNode:
    """Where a process begins that was begun from outside: a start event, or a receive task."""
    node = t.definition.nodes.get(id)
    if node is not None and not node.container:
        if isinstance(node, StartEvent):
            return node
        before = [t.definition.nodes[flow.source] for flow in t.definition.incoming(node)]
        if before and getattr(before[0], "instantiates", False):
            return _start(t, before[0].id)
        if getattr(node, "instantiates", False):
            return before[0] if before else node
    raise NotFound(f"process {t.definition.id} has no start event {id}")
