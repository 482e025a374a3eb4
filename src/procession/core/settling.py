"""Settling: when nothing else can move, parked nodes and open conditions look around.

``reference/architecture.md`` 5.5. It is how an inclusive join knows that nothing more will come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from procession.core.graph import FlowNode
from procession.core.state import WaitKind
from procession.errors import LimitExceeded

if TYPE_CHECKING:
    from procession.core.transition import Transition


def settle(t: Transition) -> bool:
    """Let what can settle do so, in document order; whether anything was set in motion."""
    state = t.state
    if state.is_over or not (state.parked or state.waits):
        return False
    nodes = t.definition.nodes
    places = [key for key in state.parked if nodes[key[1]].settles]
    for wait in state.waits.values():
        if wait.kind is WaitKind.CONDITION:
            places.append((wait.owner, wait.handler))
    places.sort(key=lambda key: (nodes[key[1]].order, key[0]))
    for scope, node in places:
        nodes[node].settle(t, scope)
        if t.is_moving:
            return True
    return False


def can_still_arrive(t: Transition, node: FlowNode, scope: int) -> bool:
    """Whether a token of the scope could still reach the join by a flow that has none yet.

    BPMN 2.0.2, table 13.3: a token that can also come by a flow that has one does not count.
    """
    state = t.state
    arrivals = t.definition.arrivals(node)
    arrived = frozenset(t.parked(node, scope))
    at = [state.elements[e].node for e in state.children.get(scope, ())]
    at += [parked for (place, parked) in state.parked if place == scope and parked != node.id]
    for token in at:
        ways = arrivals.get(token, frozenset())
        if ways - arrived and not ways & arrived:
            return True
    return False


def too_long(t: Transition) -> Never:
    """End a step that makes no progress, naming the elements that are active."""
    active = sorted({e.node for e in t.state.elements.values() if e.node})
    raise LimitExceeded(
        f"{t.env.limits.records_per_step} records in one step without a wait: "
        f"a loop through {', '.join(active)}?",
        instance=t.state.id,
        process=t.definition.id,
    )
