"""Loosening: a process whose data are unknown, in steps small enough to be searched.

Loops are done a few times, data are never missing, a timer fires whenever it likes. Tokens rest
before every node where ways meet or part, by asynchronous continuation: so a step holds few
choices, and what different choices lead to is recognised as the same state. They rest at the
beginning of each of several ways too, so that one is followed to its end before the next, as
the engine does without rests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.elements.event_definitions.timer_event_definition import TimerEventDefinition
from procession.bpmn.elements.events.event import Event
from procession.bpmn.elements.gateways.complex_gateway import ComplexGateway
from procession.bpmn.elements.gateways.event_based_gateway import EventBasedGateway
from procession.bpmn.elements.gateways.exclusive_gateway import ExclusiveGateway
from procession.bpmn.elements.gateways.inclusive_gateway import InclusiveGateway
from procession.bpmn.elements.loop_characteristics.multi_instance_loop_characteristics import (
    MultiInstanceLoopCharacteristics,
)
from procession.bpmn.elements.loop_characteristics.standard_loop_characteristics import (
    StandardLoopCharacteristics,
)
from procession.bpmn.soundness.choices import CONDITION, NUMBER, ROUNDS, counting
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow

ONE_WAY: Final = (ExclusiveGateway, EventBasedGateway)
"""Gateways that are left by one way only."""

ANY_ERROR: Final = "any error"
"""What is thrown at somebody who catches everything."""


def loosened(definition: ProcessDefinition) -> ProcessDefinition:
    """The process as it is searched; it must have been compiled with free scripts."""
    flows = {id: _flow(definition, flow) for id, flow in definition.flows.items()}
    resting = {flow.source for flow in flows.values() if flow.condition is not None}
    for node in definition.nodes.values():
        if len(node.incoming) > 1 or (isinstance(node, Event) and node.link_thrown):
            resting.add(node.id)
        if len(node.outgoing) > 1 and not isinstance(node, ONE_WAY):
            resting.update(flow.target for flow in definition.outgoing(node))
    for beginnings in definition.entrances.values():
        if len(beginnings) > 1:
            resting.update(node.id for node in beginnings)
    nodes = {
        id: replace(_node(node), is_async=id in resting) for id, node in definition.nodes.items()
    }
    return replace(definition, nodes=nodes, flows=flows, root=_node(definition.root))


def throwable(definition: ProcessDefinition) -> Mapping[str, tuple[str, ...]]:
    """For each node the codes of errors that somebody around it would catch."""
    return {id: tuple(dict.fromkeys(_caught(definition, id))) for id in definition.nodes}


def _caught(definition: ProcessDefinition, id: str) -> Iterator[str]:
    at, node = id, definition.nodes[id]
    while True:
        catchers = definition.boundary_events.get(at, ())
        if at != id:
            catchers += definition.event_starts.get(at, ())
        for catcher in catchers:
            yield from _codes(catcher)
        if not at:
            return
        at = node.container
        node = definition.node(at)


def _codes(catcher: FlowNode) -> Iterator[str]:
    event = getattr(catcher, "definition", None)
    for part in event.parts if isinstance(event, EventDefinition) else ():
        names: tuple[str, ...] = getattr(part, "names", ())
        for code in (*names, ANY_ERROR):
            if catcher.catches("error", (code,)):
                yield code


def _flow(definition: ProcessDefinition, flow: SequenceFlow) -> SequenceFlow:
    """A way out of a choice is open or not, also where its condition has not been written yet."""
    source = definition.nodes[flow.source]
    is_choice = isinstance(source, ExclusiveGateway | InclusiveGateway) and len(source.outgoing) > 1
    if is_choice and flow.id != source.default and flow.condition is None:
        return replace(flow, condition=CONDITION)
    return flow


def _node(node: FlowNode) -> FlowNode:
    changes: dict[str, Any] = {}
    io = getattr(node, "io", None)
    if isinstance(io, IoSpecification):
        changes["io"] = replace(io, input_sets=(), output_sets=())
    event = getattr(node, "definition", None)
    if isinstance(event, EventDefinition):
        changes["definition"] = _event(event)
    if isinstance(node, ComplexGateway) and node.activation is not None:
        changes["activation"] = counting(node.activation)
    if node.loop is not None:
        changes["loop"] = _loop(node.loop)
    return replace(node, **changes) if changes else node


def _event(event: EventDefinition) -> EventDefinition:
    if isinstance(event, Multiple):
        return replace(event, parts=tuple(_event(part) for part in event.parts))
    if isinstance(event, TimerEventDefinition) and event.template is not None:
        return replace(event, template=None)
    return event


def _loop(loop: Any) -> Any:
    most = max(ROUNDS)
    if isinstance(loop, StandardLoopCharacteristics):
        given = loop.maximum
        return replace(loop, maximum=min(given, most) if isinstance(given, int) else most)
    if isinstance(loop, MultiInstanceLoopCharacteristics):
        given = loop.cardinality
        number = min(given, most) if isinstance(given, int) and not loop.collection else NUMBER
        return replace(loop, cardinality=number, collection=None)
    return loop
