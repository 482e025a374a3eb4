"""Reactions: what a record makes a turn do next (``reference/architecture.md`` 9.1).

Follow-ups are queued on the turn and run after the step that recorded them, oldest first. A
receiver that has moved on in the meantime is skipped.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from procession.core import records as r
from procession.core.commands import (
    AbortProcess,
    FailWait,
    SetVariables,
    StartProcess,
    TriggerWait,
)
from procession.core.data_stores import WISH
from procession.core.graph import ProcessDefinition
from procession.core.looping import is_round
from procession.core.ports import Wish
from procession.core.state import (
    PRIVATE,
    Caller,
    InstanceStatus,
    Wait,
    WaitKind,
    root_variables,
)
from procession.errors import (
    ExecutionFailure,
    Fault,
    HandlerFailure,
    ModelError,
    NotFound,
)
from procession.runtime.conditions import Conditions
from procession.runtime.definitions import Definitions
from procession.runtime.delivery import ASYNC, Delivery
from procession.runtime.detached import detach
from procession.runtime.turn_rules import session_of
from procession.runtime.work_items import (
    SEND_TASK,
    Handlers,
    Mode,
    Pending,
    Registration,
    WorkFailed,
    WorkItem,
    caught_as,
)
from procession.values import EMPTY, Map, freeze_all

if TYPE_CHECKING:
    from procession.runtime.held import Held
    from procession.runtime.turn import Turn


class Reactions:
    """From records to follow-up commands."""

    def __init__(
        self, definitions: Definitions, handlers: Handlers, keep_for: timedelta = timedelta()
    ) -> None:
        self._definitions = definitions
        self._handlers = handlers
        self.delivery = Delivery(definitions, keep_for)
        self.conditions = Conditions(self.delivery)

    def react(self, turn: Turn, held: Held, record: r.Record) -> None:
        """Queue what follows from a record."""
        kind = type(record)
        if kind is r.WaitOpened:
            self._opened(turn, held, record.wait)  # type: ignore[attr-defined]
        elif kind is r.WaitClosed:
            if record.how == "cancelled":  # type: ignore[attr-defined]
                self._cancelled(turn, held, record)  # type: ignore[arg-type]
        elif kind is r.ProcessInstanceEnded:
            if held.id == held.root_id and self._definitions.has_own_sessions(
                held.definition.key.revision
            ):
                turn.executive.loaded.rule_sessions.ended(turn, held)
            if held.state.caller is not None:
                turn.later(lambda: self._ended(turn, held.id, record))  # type: ignore[arg-type]
        elif kind is r.SignalThrown:
            turn.later(lambda: self._signalled(turn, held, record))  # type: ignore[arg-type]
        elif kind is r.MessageThrown:
            turn.later(lambda: self._message(turn, held, record))  # type: ignore[arg-type]
        elif kind is r.ProcessCalled:
            turn.later(lambda: self._called(turn, held.id, record))  # type: ignore[arg-type]
        elif kind is r.ErrorThrown and held.state.caller is not None:
            self._thrown(turn, held, record)  # type: ignore[arg-type]

    def fulfil(self, turn: Turn, held: Held, wish: Wish) -> None:
        """Queue what a script wished for."""
        deployment = held.definition.key.deployment
        if wish.kind == WISH:
            self.conditions.store_changed(turn, deployment, wish.name, wish.value)
        elif wish.kind == "set_global":
            session_of(turn, held).set_global(wish.name, wish.value)
        elif wish.kind == "start":
            called = r.ProcessCalled(0, wish.name, wish.value or EMPTY)
            turn.later(lambda: self._called(turn, held.id, called))
        elif wish.kind != "abort" or wish.instance != -1:
            self.fulfil_for(turn, deployment, wish, held.id)

    def fulfil_for(self, turn: Turn, deployment: str, wish: Wish, by: int = 0) -> None:
        """Queue what rules of a unit wished for; ``by`` is the instance that -1 means."""
        mine = by if wish.instance == -1 else wish.instance
        if wish.kind == "signal":
            turn.later(
                lambda: self.delivery.signal(
                    turn, wish.name, wish.value, instance=mine or None, deployment=deployment
                )
            )
        elif wish.kind == "start":
            definition = self._definitions.current(deployment, wish.name)
            command = StartProcess(wish.value or EMPTY, started_by=turn.actor)
            turn.later(lambda: turn.start(definition, command))
        elif wish.kind == "abort" and mine:
            turn.later(lambda: self._abort(turn, mine))
        elif wish.kind == "set_variable" and mine:
            change = SetVariables(Map({wish.name: wish.value}))
            turn.later(lambda: turn.execute(change, instance_id=mine))
        elif wish.kind in ("complete_work_item", "abort_work_item"):
            turn.later(lambda: self.finish_work_item(turn, wish.instance, wish))

    # -- signals and called processes ---------------------------------------------------------

    def _signalled(self, turn: Turn, held: Held, record: r.SignalThrown) -> None:
        deployment = held.definition.key.deployment
        only = held.id if record.reach == "instance" else None
        if record.name.startswith(ASYNC):
            self.delivery.later(
                turn, record.name, record.value, instance=only, deployment=deployment
            )
            return
        if only is not None:
            self.delivery.activate(turn, only, record.name)
            return
        self.delivery.signal(turn, record.name, record.value, deployment=deployment, but=held.id)

    def _message(self, turn: Turn, held: Held, record: r.MessageThrown) -> None:
        self.delivery.messages.thrown(
            turn, held, (record.name,), record.key, record.value, record.node
        )

    # -- called processes --------------------------------------------------------------------

    def _called(self, turn: Turn, caller_id: int, record: r.ProcessCalled) -> None:
        caller = turn.held(caller_id)
        if record.wait and record.wait not in caller.state.waits:
            return
        definition = self._find(caller.definition, record)
        link = None
        root = 0
        if record.wait:
            link = Caller(caller_id, record.wait, record.independent)
            root = caller.root_id
            if caller.state.caller is None and is_round(caller.state, record.wait):
                turn.progress()
        turn.start(
            definition,
            StartProcess(
                record.variables,
                root=root,
                caller=link,
                started_by=turn.actor,
                undo=record.undo,
            ),
        )

    def _find(self, caller: ProcessDefinition, record: r.ProcessCalled) -> ProcessDefinition:
        """As the call is bound (:class:`procession.core.records.ProcessCalled`)."""
        key = caller.key
        try:
            if record.undo is not None:
                return self._definitions.get(*record.undo[:3])
            if record.binding == "version":
                return self._definitions.versioned(record.called, record.version)
            if record.binding == "latest":
                return self._definitions.latest(record.called)
            if record.binding == "deployment":
                return self._definitions.get(key.deployment, record.called, key.revision)
            if record.by_name:
                return self._definitions.named(record.called, key.deployment)
            try:
                return self._definitions.get(key.deployment, record.called, key.revision)
            except NotFound:
                return self._definitions.latest(record.called, key.deployment)
        except NotFound as missing:
            raise ExecutionFailure(
                f"Could not find process {record.called}, called by {caller.id}",
                process=caller.id,
                reason="called_process",
            ) from missing

    def _thrown(self, turn: Turn, held: Held, record: r.ErrorThrown) -> None:
        """An escalation that nobody caught goes on at the call activity.

        In jBPM's files it has ended the instance, and the end tells of it, as with errors.
        """
        caller = held.state.caller
        ends = held.definition.semantics.escalation_ends_instance
        if record.kind != "escalation" or record.catcher or ends or not caller:
            return
        payload = Map(escalation=record.code, value=record.value)
        turn.later(lambda: self._tell(turn, caller, payload))

    def _tell(self, turn: Turn, caller: Caller, payload: Map) -> None:
        try:
            parent = turn.held(caller.instance)
        except NotFound:
            return
        if caller.wait in parent.state.waits:
            turn.execute(TriggerWait(caller.wait, payload), instance_id=caller.instance)

    def _ended(self, turn: Turn, child_id: int, record: r.ProcessInstanceEnded) -> None:
        child = turn.held(child_id).state
        caller = child.caller
        if caller is None:
            return
        try:
            parent = turn.held(caller.instance)
        except NotFound:
            return
        if caller.wait not in parent.state.waits:
            return
        if is_round(parent.state, caller.wait):
            turn.progress()
        payload = Map(
            variables=root_variables(child),
            status=int(record.status),
            outcome=record.outcome,
            value=record.value,
            kind=record.kind,
            kept=record.kept,
        )
        if parent.state.status is InstanceStatus.SUSPENDED:
            self.delivery.put_off(turn, caller.instance, caller.wait, payload)
            return
        turn.execute(TriggerWait(caller.wait, payload), instance_id=caller.instance)

    def _abort(self, turn: Turn, instance: int) -> None:
        try:
            is_over = turn.held(instance).state.is_over
        except NotFound:
            return
        if not is_over:
            turn.execute(AbortProcess(), instance_id=instance)

    # -- work items --------------------------------------------------------------------------

    def _opened(self, turn: Turn, held: Held, wait: Wait) -> None:
        if wait.kind is WaitKind.MESSAGE:
            self.delivery.messages.awaited(turn, wait.name)
        if wait.kind is not WaitKind.WORK_ITEM or wait.name is None:
            return
        found = self._handlers.find(wait.name, wait.parameters)
        if found is None:
            if wait.name == SEND_TASK:
                turn.later(lambda: self._send(turn, held.id, wait))
        elif found.mode is Mode.INLINE:
            turn.later(lambda: self._inline(turn, held.id, wait, found))
        elif found.plan is not None and found.plan_of(public_parameters(wait)).is_detached:
            turn.later(lambda: self._detach(turn, held.id, wait, found))

    def _send(self, turn: Turn, instance: int, wait: Wait) -> None:
        """The built-in Send Task: deliver to executable processes of the same store."""
        private = wait.parameters.get(PRIVATE) or EMPTY
        value = wait.parameters.get("Message")
        given = (private.get("message"), private.get("message_name"))
        names = list(dict.fromkeys(str(name) for name in given if name))
        held = turn.held(instance)
        self.delivery.messages.thrown(turn, held, names, wait.key, value, wait.handler)
        self.delivery.trigger(turn, instance, wait.id, EMPTY)

    def _inline(self, turn: Turn, instance: int, wait: Wait, found: Registration) -> None:
        held = turn.held(instance)
        if wait.id not in held.state.waits:
            return
        item = work_item(held, wait, held.numbers[wait.id])
        try:
            limit = found.time_limit if found.may_block else None
            results = turn.call_handler(item, lambda: found.execute(item), time_limit=limit)
        except WorkFailed as error:
            self._failed(turn, instance, wait, error)
            return
        except Fault:
            raise
        except ModelError as error:
            fail = FailWait(wait.id, error.code, error.value, (str(error.code),))
            turn.execute(fail, instance_id=instance)
            return
        except Exception as error:
            self._failed(turn, instance, wait, error)
            return
        if not isinstance(results, Pending):
            payload = freeze_all(results or {})
            turn.execute(TriggerWait(wait.id, payload), instance_id=instance)

    def _failed(self, turn: Turn, instance: int, wait: Wait, error: Exception) -> None:
        name, value, names = caught_as(error)
        fail = FailWait(wait.id, name, value, names)
        try:
            turn.execute(fail, instance_id=instance)
        except ExecutionFailure as failure:
            raise HandlerFailure(
                f"the handler of {wait.name!r} failed with {name}: {error}",
                instance=instance,
                element=failure.element,
                reason=name,
            ) from error

    def _detach(self, turn: Turn, instance: int, wait: Wait, found: Registration) -> None:
        held = turn.held(instance)
        if wait.id in held.state.waits:
            detach(turn, held, work_item(held, wait, held.numbers[wait.id]), found)
            self.delivery.trigger(turn, instance, wait.id, EMPTY)

    def _cancelled(self, turn: Turn, held: Held, record: r.WaitClosed) -> None:
        if record.kind is WaitKind.CALLED_PROCESS:
            turn.later(lambda: self._abandon(turn, held.id, record.wait))
        elif record.kind is WaitKind.WORK_ITEM and record.name is not None:
            found = self._handlers.find(record.name)
            number = turn.work_item_id(held.id, record.wait)
            if found is not None and found.abort is not None and number is not None:
                abort, node = found.abort, held.definition.key
                item = WorkItem(
                    number,
                    f"{held.id}-{record.wait}",
                    record.name,
                    EMPTY,
                    held.id,
                    node.process,
                    node.deployment,
                    "",
                )
                turn.after_commit(lambda: turn.aside(lambda: abort(item)))

    def _abandon(self, turn: Turn, parent: int, wait: int) -> None:
        """The call activity was cancelled: its child goes with it unless it is independent."""
        for number, caller in turn.children_of(parent):
            if caller.wait == wait and not caller.independent:
                self._abort(turn, number)

    def finish_work_item(self, turn: Turn, number: int, wish: Wish) -> bool:
        """Complete or abort an open work item by its public id; whether there was one."""
        place = find_work_item(turn, number)
        if place is None:
            return False
        instance, wait = place
        command: Any = TriggerWait(wait, wish.value or EMPTY)
        if wish.kind == "abort_work_item":
            command = FailWait(wait)
        turn.execute(command, instance_id=instance)
        return True


def find_work_item(turn: Turn, number: int) -> tuple[int, int] | None:
    """Instance and wait of an open work item."""
    for held in turn.changed.values():
        for wait, public in held.numbers.items():
            if public == number and not held.state.is_over:
                return held.id, wait
    rows = turn.reader.hot("wait_by_public_id", (number,))
    if not rows:
        return None
    instance, wait = rows[0][0], rows[0][1]
    try:
        return (instance, wait) if wait in turn.held(instance).state.waits else None
    except NotFound:
        return None


def work_item(held: Held, wait: Wait, number: int, attempt: int = 1) -> WorkItem:
    """What a handler is given."""
    key = held.definition.key
    owner = held.state.elements.get(wait.owner)
    return WorkItem(
        number,
        f"{held.id}-{wait.id}",
        wait.name or "",
        public_parameters(wait),
        held.id,
        key.process,
        key.deployment,
        owner.node if owner else wait.handler,
        attempt,
        held.uuid,
    )


def public_parameters(wait: Wait) -> Map:
    """A work item's parameters without what the model tells the engine alone."""
    if PRIVATE not in wait.parameters:
        return wait.parameters if type(wait.parameters) is Map else Map(wait.parameters)
    return Map({name: v for name, v in wait.parameters.items() if name != PRIVATE})
