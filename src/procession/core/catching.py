"""Who catches an error: outwards, scope by scope, the nearest node that names it best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core.graph import FlowNode
from procession.core.state import ElementInstance

if TYPE_CHECKING:
    from procession.core.transition import Transition


def find_catcher(
    t: Transition, me: ElementInstance, codes: tuple[str, ...]
) -> tuple[FlowNode, ElementInstance] | None:
    """The nearest node that catches one of the codes, and the element instance it acts on.

    Inside a scope an event sub-process goes before what is attached to the scope's boundary.
    """
    at: ElementInstance | None = me
    while at is not None:
        found: FlowNode | None = None
        if at is not me:
            found = _best(t.definition.event_sub_processes.get(at.node, ()), codes)
        if found is None and at.node:
            found = _best(t.definition.boundary_events.get(at.node, ()), codes)
        if found is not None:
            return found, at
        at = t.state.elements.get(at.scope)
    return None


def _best(nodes: tuple[FlowNode, ...], codes: tuple[str, ...]) -> FlowNode | None:
    best, found = 0, None
    for node in nodes:
        rank = node.catches(codes)
        if rank > best:
            best, found = rank, node
    return found
