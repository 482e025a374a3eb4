"""What is not brought by a token: joins that look around, conditions that become true.

``reference/architecture.md`` 5.5. When nothing else can move, parked nodes settle: it is how an
inclusive join knows that nothing more will come. Open conditions are looked at again after every
operation that set a variable they see, so that one that is true for a moment only is not missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from procession.core import continuing
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, InstanceStatus
from procession.errors import LimitExceeded

if TYPE_CHECKING:
    from procession.core.transition import Transition


def settle(t: Transition) -> bool:
    """Let what can settle do so, in document order; whether anything was set in motion."""
    state = t.state
    if not (state.parked or state.conditions) or state.is_over:
        return False
    nodes = t.definition.nodes
    places = {key for key in state.parked if nodes[key[1]].settles}
    for number in state.conditions:
        wait = state.waits[number]
        if nodes[wait.handler].settles:
            places.add((state.elements[wait.owner].scope, wait.handler))
    for scope, node in sorted(places, key=lambda key: (nodes[key[1]].order, key[0])):
        nodes[node].settle(t, scope)
        if t.is_moving:
            return True
    return False


def check_conditions(t: Transition) -> None:
    """Look at the open conditions that see a variable that was set, in document order.

    An element that is done does not hear its own results. A suspended instance looks when it is
    resumed.
    """
    state, nodes = t.state, t.definition.nodes
    scopes, t.changed = t.changed, set()
    if state.status is not InstanceStatus.ACTIVE:
        return
    waits = [state.waits[number] for number in state.conditions]
    waits = [wait for wait in waits if _sees(t, state.elements[wait.owner], scopes)]
    for wait in sorted(waits, key=lambda wait: (nodes[wait.handler].order, wait.id)):
        if wait.id in state.waits and not t.is_done(owner := state.elements[wait.owner]):
            nodes[wait.handler].look(t, owner, wait)


def _sees(t: Transition, me: ElementInstance, scopes: set[int]) -> bool:
    at: ElementInstance | None = me
    while at is not None:
        if at.id in scopes:
            return True
        at = t.state.elements.get(at.scope)
    return False


def is_held(t: Transition, scope: int) -> bool:
    """Whether a token waits in the scope where no element instance stands: at a join, for a job."""
    state = t.state
    if scope in state.owned and any(continuing.postponed(t, scope)):
        return True
    return bool(state.parked) and any(place == scope for place, _ in state.parked)


def can_still_arrive(
    t: Transition, node: FlowNode, scope: int, had: frozenset[str] = frozenset()
) -> bool:
    """Whether a token of the scope could still reach the join by a flow that has none yet.

    BPMN 2.0.2, table 13.3: a token that can also come by a flow that has one does not count.
    ``had`` are flows that count as if they had one (13.4.5).
    """
    state = t.state
    arrivals = t.definition.arrivals(node)
    arrived = had.union(t.parked(node, scope))
    at = [state.elements[e].node for e in state.children.get(scope, ())]
    at += [parked for (place, parked) in state.parked if place == scope and parked != node.id]
    known = [arrivals.get(token, frozenset()) for token in at]
    for wait in continuing.postponed(t, scope):
        here = wait.handler == node.id
        flow = frozenset({wait.parameters["flow"]}) if here else frozenset()
        known.append(flow or arrivals.get(wait.handler, frozenset()))
    return any(ways - arrived and not ways & arrived for ways in known)


def too_long(t: Transition) -> Never:
    """End a step that makes no progress, naming the elements that are active."""
    active = sorted({e.node for e in t.state.elements.values() if e.node})
    raise LimitExceeded(
        f"{t.env.limits.records_per_step} records in one step without a wait: "
        f"a loop through {', '.join(active)}?",
        instance=t.state.id,
        process=t.definition.id,
    )
