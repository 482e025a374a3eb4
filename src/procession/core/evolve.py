"""The only mutation in the house: apply one fact to the state."""

from __future__ import annotations

from procession.core import records as r
from procession.core.state import (
    ROOT,
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Parked,
)


def evolve(state: InstanceState, record: r.Record) -> None:
    """Apply one fact to the state.

    Knows nothing of BPMN: it never decides, never fails for a well-formed record, and never looks
    at the definition. If you want to write an ``if`` here, it belongs in an element. The cases
    stand in the order of their frequency, because a match is tried from the top.
    """
    state.seq += 1
    match record:
        case r.ElementActivated(element=element, node=node, scope=scope, role=role):
            state.elements[element] = ElementInstance(element, node, scope, role)
            if element >= state.next_id:
                state.next_id = element + 1
            siblings = state.children.get(scope)
            if siblings is None:
                state.children[scope] = {element: None}
            else:
                siblings[element] = None
        case r.ElementCompleted(element=element) | r.ElementCancelled(element=element):
            _forget(state, element)
        case r.SequenceFlowTaken():
            pass
        case r.VariableSet(scope=scope, name=name, value=value):
            state.variables.setdefault(scope, {})[name] = value
        case r.WaitOpened(wait=wait):
            state.waits[wait.id] = wait
            state.next_id = max(state.next_id, wait.id + 1)
            state.owned.setdefault(wait.owner, {})[wait.id] = None
        case r.WaitClosed(wait=number):
            wait = state.waits.pop(number)
            owned = state.owned[wait.owner]
            del owned[number]
            if not owned:
                del state.owned[wait.owner]
        case r.TokenParked(node=node, flow=flow, scope=scope, element=element):
            parked = state.parked.get((scope, node))
            flows = parked.flows if parked else ()
            state.parked[scope, node] = Parked(element, (*flows, flow))
            state.next_id = max(state.next_id, element + 1)
        case r.TokensJoined(node=node, flows=flows, scope=scope):
            _unpark(state, node, flows, scope)
        case r.ElementNoted(element=element, memo=memo):
            old = state.elements[element]
            state.elements[element] = ElementInstance(old.id, old.node, old.scope, old.role, memo)
        case r.ProcessInstanceStarted():
            state.status = InstanceStatus.ACTIVE
            state.root = record.root
            state.caller = record.caller
            state.started_by = record.started_by
            state.correlation_key = record.correlation_key
        case r.ProcessInstanceEnded(status=status, outcome=outcome):
            state.status = status
            state.outcome = outcome
        case r.ProcessInstanceSuspended():
            state.status = InstanceStatus.SUSPENDED
        case r.ProcessInstanceResumed():
            state.status = InstanceStatus.ACTIVE
        case _:  # what speaks outward leaves no mark inside
            pass


def _forget(state: InstanceState, element: int) -> None:
    """Drop an element instance with its variables; the process keeps its own to the last."""
    scope = state.elements.pop(element).scope
    siblings = state.children[scope]
    del siblings[element]
    if not siblings:
        del state.children[scope]
    if element != ROOT:
        state.variables.pop(element, None)


def _unpark(state: InstanceState, node: str, flows: tuple[str, ...], scope: int) -> None:
    left = list(state.parked[scope, node].flows)
    for flow in flows:
        left.remove(flow)
    if left:
        state.parked[scope, node] = Parked(state.next_id, tuple(left))
        state.next_id += 1
    else:
        del state.parked[scope, node]
