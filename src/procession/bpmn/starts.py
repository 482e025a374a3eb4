"""What starts a process from outside: the events that a deployment listens for."""

from __future__ import annotations

from collections.abc import Iterator

from procession.bpmn.elements.activities.receive_task import ReceiveTask
from procession.bpmn.elements.event_definitions.conditional_event_definition import (
    ConditionalEventDefinition,
)
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, Start
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.elements.event_definitions.timer_event_definition import (
    TimerEventDefinition,
)
from procession.bpmn.elements.events.event import Event
from procession.bpmn.elements.events.start_event import StartEvent
from procession.bpmn.elements.gateways.event_based_gateway import EventBasedGateway
from procession.bpmn.timer_expressions import TimerExpression
from procession.core.graph import FlowNode, ProcessDefinition


def start_subscriptions(definition: ProcessDefinition) -> list[tuple[str, str, str]]:
    """``(kind, name, node id)`` for each start by ``signal``, ``message`` or ``conditional``.

    In document order. The name of a message is its id in jBPM's files, else its name: as waits have
    it; a condition has none. The node is a start event, a receive task, or what follows an
    event-based gateway.
    """
    found = [
        (start.kind, start.name, node)
        for node, start in _starts(definition)
        if start.kind in ("signal", "message", "conditional")
    ]
    return list(dict.fromkeys(found))


def start_timers(definition: ProcessDefinition) -> list[tuple[str, TimerExpression]]:
    """``(node id, expression)`` for each start by timer, in document order.

    Take their first firing with ``start_event=True``.
    """
    return [
        (node, start.definition.expression)
        for node, start in _starts(definition)
        if isinstance(start.definition, TimerEventDefinition) and start.definition.expression
    ]


def start_conditions(
    definition: ProcessDefinition, node: str
) -> tuple[ConditionalEventDefinition, ...]:
    """The conditions of a start event: any of them begins an instance."""
    event = definition.nodes.get(node)
    found = _definition(event) if event else None
    parts: tuple[EventDefinition, ...] = found.parts if found else ()
    if isinstance(found, Multiple):
        parts = tuple(found.part(number) for number in found.opening)
    return tuple(part for part in parts if isinstance(part, ConditionalEventDefinition))


def gathers(definition: ProcessDefinition, node: str) -> bool:
    """Whether an instance begun at the node waits there for the other events that it needs."""
    found = definition.nodes.get(node)
    if found is None:
        return False
    before = [definition.nodes[flow.source] for flow in definition.incoming(found)]
    return any(getattr(one, "needs_all", False) for one in (*before, _definition(found)))


def _starts(definition: ProcessDefinition) -> Iterator[tuple[str, Start]]:
    for node in definition.members.get("", ()):
        if isinstance(node, EventBasedGateway) and node.instantiates:
            for follower in node.beginners(definition):
                yield from ((follower.id, start) for start in _met(follower))
        elif isinstance(node, StartEvent) or getattr(node, "instantiates", False):
            yield from ((node.id, start) for start in _met(node))


def _met(node: FlowNode) -> tuple[Start, ...]:
    if isinstance(node, ReceiveTask):
        return (Start("message", node.message.match, None),) if node.message else ()
    definition = _definition(node)
    return definition.starts if definition else ()


def _definition(node: FlowNode) -> EventDefinition | None:
    return node.definition if isinstance(node, Event) else None
