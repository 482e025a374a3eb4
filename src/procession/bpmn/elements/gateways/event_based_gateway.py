"""Event-based gateway: waits for the events behind it, and takes the way of the one that comes.

BPMN 2.0.2, 10.6.6 and 13.4.4. The waits are the gateway's, each handled by the catch event or
receive task that follows; the first to come passes, the others are given up. With ``instantiate``
its events start the process; of the ``Parallel`` kind the first one starts it, and the instance is
not done before all others have come as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self, cast

from procession.bpmn.element import element
from procession.bpmn.elements.activities.receive_task import ReceiveTask
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, openers
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.elements.events.intermediate_catch_event import IntermediateCatchEvent
from procession.bpmn.elements.gateways.gateway import Gateway, gateway_fields
from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.records import SequenceFlowTaken
from procession.core.state import ElementInstance
from procession.core.transition import Transition

KINDS: Final = frozenset({"message", "signal", "timer", "conditional"})
"""What the catch events behind it may wait for."""
Follower = IntermediateCatchEvent | ReceiveTask
_NONE: Final[frozenset[str]] = frozenset()


@element("eventBasedGateway")
@dataclass(frozen=True, kw_only=True)
class EventBasedGateway(Gateway):
    """A choice that the world makes."""

    instantiates: bool = False
    needs_all: bool = False

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the gateway."""
        kind = xml.attribute("eventGatewayType") or "Exclusive"
        if kind not in ("Exclusive", "Parallel"):
            xml.problem("error", f"unknown eventGatewayType {kind}", rule="eventGatewayType")
        return cls(
            **gateway_fields(xml),
            instantiates=xml.flag("instantiate", False),
            needs_all=kind == "Parallel",
        )

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Let those behind it begin to wait; what started the process has come already."""
        followers = self.followers(t.definition)
        first = next((node for node in followers if node.id == t.started_at), None)
        if first is not None:
            t.started_at, key = None, t.key
            if t.trigger is not None and t.trigger[0] == "message":
                t.key = t.trigger[2]
        if first is not None and self.needs_all:
            me = t.note(me, len(followers))
        if first is None or self.needs_all:
            for node in followers:
                if me.id in t.state.elements and node is not first:
                    node.listen(t, me)
        if first is not None:
            several = getattr(first, "definition", None)
            come = several.started_by(t.trigger) if isinstance(several, Multiple) else ()
            t.key, t.part = key, min(come, default=0)
            first.triggered(t, me, None, t.payload)
            t.part = 0

    def passes(self, t: Transition, me: ElementInstance, node: FlowNode) -> ElementInstance:
        """One has come: the others are given up, unless all of them are needed."""
        for wait in t.waits_of(me):
            if wait.handler == node.id:
                t.stop_waiting(wait, "cancelled")
        left = t.state.elements[me.id].memo
        if left is not None:
            me = t.note(me, left - 1)
        if not self.needs_all or not (t.waits_of(me) if left is None else left > 1):
            t.conclude(me)
        flow = next(flow for flow in t.definition.outgoing(self) if flow.target == node.id)
        t.append(SequenceFlowTaken(flow.id, me.scope, me.id))
        return t.activate(node, me.scope, flow=flow.id)

    def followers(self, graph: ProcessDefinition) -> tuple[Follower, ...]:
        """The nodes behind it, in document order of the flows."""
        nodes = (graph.nodes[flow.target] for flow in graph.outgoing(self))
        return tuple(cast("Follower", node) for node in nodes)

    def beginners(self, graph: ProcessDefinition) -> tuple[Follower, ...]:
        """Those behind it that start a process."""
        found = self.followers(graph)
        if not self.needs_all:
            return found
        return tuple(found[number - 1] for number in openers([_kinds(node) for node in found]))

    # -- checks ------------------------------------------------------------------------------

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Events follow, each by a way of its own; what starts a process begins it."""
        if not self.outgoing:
            yield error(self, "nothing follows the event-based gateway", rule="10.6.6")
        elif len(self.outgoing) == 1:
            yield warning(self, "only one event follows the event-based gateway", rule="10.6.6")
        for flow in graph.outgoing(self):
            if flow.condition is not None:
                yield error(flow, "a flow from an event-based gateway has no condition")
            yield from self._check_follower(graph, graph.nodes[flow.target])
        yield from self._check_mixture(graph)
        if self.needs_all and not self.instantiates:
            text = "an event-based gateway of the kind Parallel starts the process"
            yield error(self, text, rule="eventGatewayType")
        if self.instantiates:
            yield from self._check_beginning(graph)

    def _check_follower(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        behind = f"behind the event-based gateway {self.id}"
        if len(node.incoming) > 1:
            text = f"only a flow from the event-based gateway {self.id} may lead here"
            yield error(node, text, rule="10.6.6")
        if not isinstance(node, ReceiveTask):
            if not isinstance(node, IntermediateCatchEvent) or not KINDS >= _kinds(node) != _NONE:
                text = "there is a catch event for a message, signal, timer or condition, or a task"
                yield error(node, f"{behind} {text} that receives", rule="10.6.6")
            return
        if graph.boundary_events.get(node.id):
            yield error(node, f"a receive task {behind} has no boundary events", rule="10.6.6")
        if node.loop is not None:
            yield error(node, f"a receive task {behind} is not repeated", rule="10.6.6")

    def _check_mixture(self, graph: ProcessDefinition) -> Iterator[Problem]:
        followers = [graph.nodes[flow.target] for flow in graph.outgoing(self)]
        tasks = [node for node in followers if isinstance(node, ReceiveTask)]
        events = [node for node in followers if "message" in _kinds(node)]
        if tasks and events:
            text = f"{events[0].id} and {tasks[0].id}: message events or receive tasks, not both"
            yield error(self, text, rule="10.6.6")

    def _check_beginning(self, graph: ProcessDefinition) -> Iterator[Problem]:
        before = [graph.nodes[flow.source] for flow in graph.incoming(self)]
        plain = [n for n in before if type(n).__name__ == "StartEvent" and not _kinds(n)]
        if self.container or len(before) > 1 or len(plain) < len(before):
            text = "an event-based gateway that starts the process stands at its beginning"
            yield error(self, text, rule="instantiate")
        parts = [part for node in self.followers(graph) for part in _parts(node)]
        if any(getattr(part, "template", None) and part.kind == "timer" for part in parts):
            yield error(self, "a timer that starts a process cannot refer to its variables")
        if any(_needs_all(graph.nodes[flow.target]) for flow in graph.outgoing(self)):
            text = "events that must all come stand on a start event, or behind a gateway"
            yield error(self, f"{text} of the kind Parallel, to start a process")


def _needs_all(node: FlowNode) -> bool:
    return getattr(getattr(node, "definition", None), "needs_all", False)


def _kinds(node: FlowNode) -> frozenset[str]:
    """What an event waits for; nothing if it is none, or a plain one."""
    return frozenset(part.kind for part in _parts(node))


def _parts(node: FlowNode) -> tuple[EventDefinition, ...]:
    definition: EventDefinition | None = getattr(node, "definition", None)
    return definition.parts if definition else ()
