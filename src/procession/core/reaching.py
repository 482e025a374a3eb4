"""From where tokens can still come: what an inclusive join has to know of the graph.

It is worked out once for each join, when the first token waits there, and costs one walk back from
every flow that leads to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procession.core.graph import FlowNode, ProcessDefinition


def arrivals(graph: ProcessDefinition, join: FlowNode) -> dict[str, frozenset[str]]:
    """The flows by which a token on each node can still come (``ProcessDefinition.arrivals``)."""
    found = dict.fromkeys((node.id for node in graph.members[join.container]), 0)
    before = graph.before
    for place, wanted in enumerate(join.incoming):
        todo, seen = [graph.flows[wanted].source], {join.id}
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                found[at] |= 1 << place
                todo.extend(before[at])
    ways = {
        bits: frozenset(flow for place, flow in enumerate(join.incoming) if bits >> place & 1)
        for bits in set(found.values())
    }
    return {node: ways[bits] for node, bits in found.items()}


def before(graph: ProcessDefinition) -> dict[str, list[str]]:
    """The nodes that a token may come from to each: by flows and links, and from its host."""
    found = {n.id: [graph.flows[f].source for f in n.incoming] for n in graph.nodes.values()}
    for host, events in graph.boundary_events.items():
        for event in events:
            found[event.id].append(host)
    for thrower, catcher in graph.links.items():
        found[catcher.id].append(thrower)
    return found
