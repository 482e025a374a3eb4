"""The only mutation in the house: apply one fact to the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from procession.core import records as r
from procession.core.state import (
    ROOT,
    ElementInstance,
    InstanceState,
    InstanceStatus,
    Parked,
    WaitKind,
)

Rule = Callable[[InstanceState, Any], None]
Log = tuple[tuple[Any, ...], ...]

CHUNK: Final = 128
"""Entries of a log that stand together."""


def evolve(state: InstanceState, record: r.Record) -> None:
    """Apply one fact to the state.

    Knows nothing of BPMN: it never decides, never fails for a well-formed record, and never looks
    at the definition. If you want to write an ``if`` here, it belongs in an element. One rule per
    kind of record, looked up by its class: a step spends most of its time here.
    """
    state.seq += 1
    RULES[type(record)](state, record)


def _activated(state: InstanceState, record: r.ElementActivated) -> None:
    element, scope = record.element, record.scope
    state.elements[element] = ElementInstance(element, record.node, scope, record.role)
    if element >= state.next_id:
        state.next_id = element + 1
    siblings = state.children.get(scope)
    if siblings is None:
        state.children[scope] = {element: None}
    else:
        siblings[element] = None


def _ended(state: InstanceState, record: r.ElementCompleted | r.ElementCancelled) -> None:
    """Drop an element instance with its variables; the process keeps its own to the last."""
    element = record.element
    scope = state.elements.pop(element).scope
    siblings = state.children[scope]
    del siblings[element]
    if not siblings:
        del state.children[scope]
    if element != ROOT:
        state.variables.pop(element, None)


def _noted(state: InstanceState, record: r.ElementNoted) -> None:
    old = state.elements[record.element]
    memo, log = record.memo, old.log
    if record.how:
        memo, log = old.memo, LOGS[record.how](log, memo)
    state.elements[record.element] = ElementInstance(
        old.id, old.node, old.scope, old.role, memo, log
    )


def _added(log: Log, entry: Any) -> Log:
    if log and len(log[-1]) < CHUNK:
        return (*log[:-1], (*log[-1], entry))
    return (*log, (entry,))


def _dropped(log: Log, _: Any) -> Log:
    rest = log[-1][:-1]
    return (*log[:-1], rest) if rest else log[:-1]


def _logged(_: Log, whole: Any) -> Log:
    log: Log = whole
    return log


def _variable_set(state: InstanceState, record: r.VariableSet) -> None:
    names = state.variables.get(record.scope)
    if names is None:
        state.variables[record.scope] = {record.name: record.value}
    else:
        names[record.name] = record.value


def _wait_opened(state: InstanceState, record: r.WaitOpened) -> None:
    wait = record.wait
    state.waits[wait.id] = wait
    state.next_id = max(state.next_id, wait.id + 1)
    state.owned.setdefault(wait.owner, {})[wait.id] = None
    if wait.kind is WaitKind.CONDITION:
        state.conditions[wait.id] = None


def _wait_closed(state: InstanceState, record: r.WaitClosed) -> None:
    wait = state.waits.pop(record.wait)
    owned = state.owned[wait.owner]
    del owned[wait.id]
    if not owned:
        del state.owned[wait.owner]
    state.conditions.pop(wait.id, None)


def _parked(state: InstanceState, record: r.TokenParked) -> None:
    place = (record.scope, record.node)
    parked = state.parked.get(place)
    numbers, flows = (parked.numbers, parked.flows) if parked else ((), ())
    state.parked[place] = Parked((*numbers, record.element), (*flows, record.flow))
    state.next_id = max(state.next_id, record.element + 1)


def _joined(state: InstanceState, record: r.TokensJoined) -> None:
    place = (record.scope, record.node)
    numbers, flows = list(state.parked[place].numbers), list(state.parked[place].flows)
    for flow in record.flows:
        at = flows.index(flow)
        del numbers[at], flows[at]
    if flows:
        state.parked[place] = Parked(tuple(numbers), tuple(flows))
    else:
        del state.parked[place]


def _started(state: InstanceState, record: r.ProcessInstanceStarted) -> None:
    state.status = InstanceStatus.ACTIVE
    state.root = record.root
    state.caller = record.caller
    state.started_by = record.started_by
    state.correlation_key = record.correlation_key


def _over(state: InstanceState, record: r.ProcessInstanceEnded) -> None:
    state.status = record.status
    state.outcome = record.outcome


def _suspended(state: InstanceState, record: r.ProcessInstanceSuspended) -> None:
    state.status = InstanceStatus.SUSPENDED


def _resumed(state: InstanceState, record: r.ProcessInstanceResumed) -> None:
    state.status = InstanceStatus.ACTIVE


def _said(state: InstanceState, record: r.Record) -> None:
    """What speaks outward, and a flow taken, leave no mark inside."""


LOGS: Final = {"added": _added, "dropped": _dropped, "logged": _logged}
"""What :attr:`ElementNoted.how` does to a log."""

RULES: Final[dict[type[r.Record], Rule]] = {
    r.ProcessInstanceStarted: _started,
    r.ProcessInstanceEnded: _over,
    r.ProcessInstanceSuspended: _suspended,
    r.ProcessInstanceResumed: _resumed,
    r.ElementActivated: _activated,
    r.ElementNoted: _noted,
    r.ElementCompleted: _ended,
    r.ElementCancelled: _ended,
    r.SequenceFlowTaken: _said,
    r.TokenParked: _parked,
    r.TokensJoined: _joined,
    r.VariableSet: _variable_set,
    r.WaitOpened: _wait_opened,
    r.WaitClosed: _wait_closed,
    r.ProcessCalled: _said,
    r.MessageThrown: _said,
    r.SignalThrown: _said,
    r.ErrorThrown: _said,
}
"""What each record does; :data:`procession.core.records.ALPHABET` and this are the same set."""
