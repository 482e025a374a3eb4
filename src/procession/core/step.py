"""``step``: the one way an instance moves.

``step(definition, state, command, env) -> Outcome(state, records)``. Nothing is changed in place:
the outcome holds a new state, and the caller may drop it.
"""

from __future__ import annotations

import msgspec

from procession.core import commands as c
from procession.core import continuing, correlation, recalling
from procession.core import records as r
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env, Wish
from procession.core.state import ROOT, InstanceState, InstanceStatus, Role, WaitKind
from procession.core.transition import Transition
from procession.errors import ExecutionFailure, NotFound, Rejected
from procession.values import Value


class Outcome(msgspec.Struct, frozen=True):
    """What came of a step: the new state, the facts, and what scripts printed and wished for."""

    state: InstanceState
    records: tuple[r.Record, ...]
    printed: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()


def step(
    definition: ProcessDefinition,
    state: InstanceState,
    command: c.Command,
    env: Env,
    *,
    is_own: bool = False,
) -> Outcome:
    """Carry out a command on an instance until every token rests.

    Raises :class:`Rejected` if the command does not fit the state and
    :class:`ExecutionFailure` if the model cannot go on; either way nothing has happened. A state
    that is the caller's own, made by a step before, is given up: it becomes the new one, and is of
    no use any more after an :class:`ExecutionFailure`.
    """
    t = Transition(definition, state if is_own else state.fork(), env)
    _begin(t, command)
    t.run()
    return Outcome(t.state, tuple(t.records), tuple(t.printed), tuple(t.wishes))


def _begin(t: Transition, command: c.Command) -> None:
    match command:
        case c.StartProcess():
            _start(t, command)
        case c.TriggerWait(wait=wait, payload=payload):
            _trigger(t, wait, payload)
        case c.FailWait():
            _fail(t, command)
        case c.SetVariables(variables=variables):
            _need_running(t)
            for name, value in variables.items():
                t.set_variable(ROOT, name, value)
        case c.AskConditions():
            t.ask_conditions(ROOT)
        case c.ActivateElement():
            _need_active(t)
            _activate(t, command)
        case c.CancelElement(element=element):
            _need_active(t)
            _cancel(t, element)
        case c.SuspendProcess():
            _need_active(t)
            t.append(r.ProcessInstanceSuspended())
        case c.ResumeProcess():
            if t.state.status is not InstanceStatus.SUSPENDED:
                raise Rejected(f"process instance {t.state.id} is not suspended")
            t.append(r.ProcessInstanceResumed())
            t.ask_conditions(ROOT)
        case c.AbortProcess(outcome=outcome):
            _need_running(t)
            t.end(InstanceStatus.ABORTED, outcome)


def _start(t: Transition, command: c.StartProcess) -> None:
    if t.state.status is not InstanceStatus.PENDING:
        raise Rejected(f"process instance {t.state.id} has been started already")
    t.append(
        r.ProcessInstanceStarted(
            t.state.definition,
            command.root or t.state.id,
            command.caller,
            command.started_by,
            command.correlation_key,
        )
    )
    if command.undo is not None:
        recalling.begin(t, command.undo)
        return
    t.activate(t.definition.root, 0)
    for name, value in command.variables.items():
        if value is not None:
            t.append(r.VariableSet(ROOT, name, value))
    t.started_at, t.payload, t.trigger = command.start_event, command.payload, command.trigger
    if command.trigger is not None and command.trigger[0] == "message":
        _, message, key = command.trigger
        correlation.learn(t, message, command.payload, key)


def _trigger(t: Transition, number: int, payload: Value) -> None:
    _need_active(t)
    wait = t.state.waits.get(number)
    if wait is None:
        raise Rejected(f"process instance {t.state.id} does not wait for that any more")
    if wait.name == continuing.NAME:
        continuing.resume(t, wait)
        return
    if wait.kind is WaitKind.MESSAGE and wait.name is not None:
        correlation.learn(t, wait.name, payload)
    owner = t.state.elements[wait.owner]
    t.definition.node(wait.handler).triggered(t, owner, wait, payload)


def _fail(t: Transition, command: c.FailWait) -> None:
    _need_active(t)
    wait = t.state.waits.get(command.wait)
    if wait is None:
        raise Rejected(f"process instance {t.state.id} does not wait for that any more")
    owner = t.state.elements[wait.owner]
    t.stop_waiting(wait, "failed")
    if command.code is None:
        t.definition.node(wait.handler).failed(t, owner, wait)
        return
    failure = None
    if not command.uncaught_aborts:
        failure = ExecutionFailure(
            f"{owner.node} failed with {command.code} and no error event catches it",
            instance=t.state.id,
            element=owner.node,
            reason=command.code,
        )
    t.throw_error(
        command.code, owner, command.value, supertypes=command.supertypes, failure=failure
    )


def _activate(t: Transition, command: c.ActivateElement) -> None:
    """Enter a node in the scope that is given, else in the oldest one that it may stand in."""
    found = t.definition.nodes.get(command.node)
    if found is None:
        raise NotFound(f"process {t.definition.id} has no node {command.node}")
    for element in tuple(t.state.elements.values()):
        fits = element.node == found.container and element.role is not Role.BODY
        if fits and command.scope in (0, element.id):
            t.definition.node(element.node).admit(t, element, found, command.variables)
            return
    raise Rejected(f"the scope of {command.node} is not active")


def _cancel(t: Transition, number: int) -> None:
    element = t.state.elements.get(number)
    if element is None:
        raise Rejected(f"element instance {number} is not active")
    t.cancel(element)
    t.ask_scope(element)


def _need_active(t: Transition) -> None:
    if t.state.status is InstanceStatus.SUSPENDED:
        raise Rejected(f"process instance {t.state.id} is suspended; resume it first")
    _need_running(t)


def _need_running(t: Transition) -> None:
    if t.state.is_over or t.state.status is InstanceStatus.PENDING:
        raise Rejected(f"process instance {t.state.id} is not running")
