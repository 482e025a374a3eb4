"""Completing scopes: the ordinary flow has ended, and only event sub-processes still run.

BPMN 2.0.2, 13.5.4: a scope waits for its event sub-processes that run, and begins no other. In
jBPM's files they listen until the scope ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core.state import ElementInstance

if TYPE_CHECKING:
    from procession.core.transition import Transition


def is_completing(t: Transition, scope: ElementInstance) -> bool:
    """Whether nothing but event sub-processes is active in a scope."""
    events = t.definition.event_sub_processes.get(scope.node)
    if not events or t.definition.semantics.events_listen_to_the_end or t.holds_tokens(scope):
        return False
    nodes = {node.id for node in events}
    return all(child.node in nodes for child in t.children(scope))


def child_left(t: Transition, scope: ElementInstance, child: ElementInstance) -> None:
    """Something in a scope has ended: let its event sub-processes listen no more if that was all.

    The end of one of them changes nothing: the scope was completing before, or is not now.
    """
    starts = t.definition.event_starts.get(scope.node)
    if not starts or scope.id not in t.state.owned:
        return
    if any(start.container == child.node for start in starts) or not is_completing(t, scope):
        return
    handlers = {start.id for start in starts}
    for wait in t.waits_of(scope):
        if wait.handler in handlers:
            t.stop_waiting(wait, "cancelled")
