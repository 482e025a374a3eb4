"""What is thrown inside an instance, and who catches it there.

An error or an escalation goes outwards, scope by scope, to the nearest node that names it best
(BPMN 2.0.2, 10.5.1 and 13.5.5). A signal is heard at once by whoever listens in the instance,
before it leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core import compensation, completing
from procession.core import records as r
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, InstanceStatus, Role, WaitKind
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
    found = find_catcher(t, me, "error", (code, *supertypes))
    if found is not None:
        catcher, host = found
        t.append(r.ErrorThrown(code, me.id, value, catcher.id))
        if not compensation.undo_failed(t, me, catcher, host, value):
            catcher.triggered(t, host, None, value)
    elif failure is not None:
        raise failure
    else:
        t.append(r.ErrorThrown(code, me.id, value))
        t.end(InstanceStatus.ABORTED, code, value)


def throw_escalation(t: Transition, code: str, me: ElementInstance, value: Value) -> bool:
    """Throw an escalation from ``me`` outwards; whether it was caught.

    Who throws goes on unless what caught it stopped ``me``. Uncaught, it is told to the process
    that called this one; in jBPM's files it ends the instance (``reference/jbpm-engine.md`` 1.5).
    """
    found = find_catcher(t, me, "escalation", (code,))
    if found is not None:
        catcher, host = found
        t.append(r.ErrorThrown(code, me.id, value, catcher.id, "escalation"))
        catcher.triggered(t, host, None, value)
        return True
    t.append(r.ErrorThrown(code, me.id, value, "", "escalation"))
    if t.definition.semantics.escalation_ends_instance:
        t.end(InstanceStatus.ABORTED, code, value, "escalation")
    return False


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
    t: Transition, me: ElementInstance, kind: str, codes: tuple[str, ...]
) -> tuple[FlowNode, ElementInstance] | None:
    """The nearest node that catches one of the codes, and the element instance it acts on.

    Inside a scope an event sub-process goes before what is attached to the scope's boundary. One
    does not hear what is thrown in itself, and when one has interrupted its scope, or only they are
    left there, the others have stopped listening. The rounds of a loop are scopes, the loop as a
    whole has the boundary.
    """
    definition = t.definition
    at: ElementInstance | None = me
    inner = ""
    while at is not None:
        found: FlowNode | None = None
        if at.role is Role.COMPENSATION:
            pass  # what is undone has been left: its events do not listen any more
        elif at is not me and at.role is not Role.BODY:
            found = _best(_listening(t, at, inner), kind, codes)
        if found is None and at.node and at.role in (Role.SINGLE, Role.BODY):
            found = _best(definition.boundary_events.get(at.node, ()), kind, codes)
        if found is not None:
            return found, at
        inner = at.node
        at = t.state.elements.get(at.scope)
    return None


def _listening(t: Transition, scope: ElementInstance, inner: str) -> tuple[FlowNode, ...]:
    """The event sub-processes of a scope that hear what comes out of its node ``inner``."""
    starts = t.definition.event_starts.get(scope.node, ())
    own = [start for start in starts if start.container == inner]
    if not own:
        return starts
    if getattr(own[0], "is_interrupting", True) or completing.is_completing(t, scope):
        return ()
    return tuple([start for start in starts if start.container != inner])


def _best(nodes: tuple[FlowNode, ...], kind: str, codes: tuple[str, ...]) -> FlowNode | None:
    best, found = 0, None
    for node in nodes:
        rank = node.catches(kind, codes)
        if rank > best:
            best, found = rank, node
    return found
