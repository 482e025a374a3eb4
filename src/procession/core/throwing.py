"""What is thrown inside an instance, and who catches it there.

An error goes outwards, scope by scope, to the nearest node that names it best. A signal is heard at
once by whoever listens in the instance, before it leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core import records as r
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, InstanceStatus, WaitKind
from procession.errors import ExecutionFailure
from procession.values import Value

if TYPE_CHECKING:
    from procession.core.transition import Transition


def throw_error(
    t: Transition,
    code: str,
    me: ElementInstance,
    value: Value,
    supertypes: tuple[str, ...],
    failure: ExecutionFailure | None,
) -> None:
    """Throw an error from ``me`` outwards (:meth:`Transition.throw_error`)."""
    found = find_catcher(t, me, (code, *supertypes))
    if found is not None:
        catcher, host = found
        t.append(r.ErrorThrown(code, me.id, value, catcher.id))
        catcher.triggered(t, host, None, value)
    elif failure is not None:
        raise failure
    else:
        t.append(r.ErrorThrown(code, me.id, value))
        t.end(InstanceStatus.ABORTED, code, value)


def throw_signal(t: Transition, name: str, value: Value, reach: str, instance: int) -> None:
    """Send a signal (:meth:`Transition.throw_signal`)."""
    t.append(r.SignalThrown(name, value, reach, instance or t.state.id))
    listening = [
        wait
        for wait in t.state.waits.values()
        if wait.kind is WaitKind.SIGNAL and wait.name == name
    ]
    for wait in listening:
        if wait.id in t.state.waits:
            owner = t.state.elements[wait.owner]
            t.definition.node(wait.handler).triggered(t, owner, wait, value)


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
