"""Turn: everything one outside command causes, held in memory and written whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import chain, compress
from typing import TYPE_CHECKING, Any

import msgspec

from procession.core.commands import Command, StartProcess, TriggerWait
from procession.core.graph import ProcessDefinition
from procession.core.ports import Budget, Env, Limits
from procession.core.records import REACTIVE, Record, WaitClosed, WaitOpened
from procession.core.state import (
    Caller,
    InstanceStatus,
    Wait,
    WaitKind,
    empty_state,
)
from procession.core.step import Outcome, step
from procession.errors import LimitExceeded, NotFound
from procession.runtime import data_stores
from procession.runtime.claims import Key
from procession.runtime.clock import to_ms
from procession.runtime.held import Held, to_row
from procession.runtime.projection import InstanceContext, Recorded, recorded
from procession.runtime.requests import NotQuick
from procession.runtime.turn_rules import TurnGlobals, TurnRules
from procession.store.codec import encode_records
from procession.store.rows import JournalRow
from procession.store.store import Reader, UnitOfWork
from procession.values import Value

if TYPE_CHECKING:
    from procession.identity.model import Actor
    from procession.runtime.executive import Executive
    from procession.runtime.requests import Request
    from procession.runtime.work_items import WorkItem

_IS_REACTIVE = REACTIVE.__contains__


class Turn:
    """Everything one outside command causes, held in memory and written whole.

    A turn may touch many instances. Until its batch is durable nothing is visible to anyone else,
    so dropping a turn is always safe, except for what inline handlers have done to the world,
    which is why a turn that ran one is not retried.
    """

    def __init__(self, executive: Executive, request: Request) -> None:
        self.executive = executive
        self.request = request
        self.now: datetime = request.now
        self.now_ms: int = to_ms(request.now)
        self.actor: str = request.actor
        self.caller: str = request.actor
        self.uow: UnitOfWork = executive.store.unit_of_work()
        self._limits = executive.quick_limits if request.is_quick else executive.limits
        self._budget = Budget(self._limits.script_steps_per_turn)
        self.objects: dict[Key, Any] = {}
        self.keys: set[Key] = set()
        self.printed: list[tuple[int, str]] = []
        self.recorded: list[Recorded] = []
        self.changed: dict[int, Held] = {}
        self._held: dict[int, Held] = {}
        self._contexts: dict[int, InstanceContext] = {}
        self._closed_numbers: dict[tuple[int, int], int] = {}
        self._todo: deque[Callable[[], object]] = deque()
        self._busy = False
        self._commands = self._rounds = 0
        self._most = self._limits.commands_per_turn
        self.next_due: int | None = None
        self._drawn: dict[str, int] = {}
        self._drawn_uuids = 0
        self._afterwards: list[Callable[[], object]] = []
        self._at_end: list[Callable[[], object]] = []

    # -- what services and projectors use ----------------------------------------------------

    @property
    def reader(self) -> Reader:
        """The database as it is without this batch."""
        return self.executive.reader

    @property
    def limits(self) -> Limits:
        """The engine's limits."""
        return self.executive.limits

    def act_as(self, actor: Actor) -> None:
        """Do what follows for somebody: ``actor`` is whose rights count, ``caller`` who acts."""
        self.actor = actor.on_behalf_of or actor.name
        self.caller = actor.name

    def next_id(self, sequence: str = "public") -> int:
        """A new number; the same again when the turn is computed again."""
        drawn = self.request.drawn.setdefault(sequence, [])
        place = self._drawn.get(sequence, 0)
        if place == len(drawn):
            drawn.append(self.executive.draw(sequence, wait=not self.request.is_quick))
        self._drawn[sequence] = place + 1
        return drawn[place]

    def new_uuid(self) -> str:
        """A new random (version 4) UUID; the same again when the turn is computed again."""
        self._drawn_uuids += 1
        text = f"{self.request.random_bits(self._drawn_uuids):032x}"
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def touch(self, kind: str, number: int) -> None:
        """Claim something for this turn, or have the turn repeated when it is free."""
        key = (kind, number)
        if key not in self.keys:
            self.executive.claims.check(key, self.request)
            if self.request.freed is not None and key in self.request.freed.keys:
                raise NotQuick
            self.keys.add(key)

    def at_end(self, action: Callable[[], object]) -> None:
        """Do something when all that the turn causes has been computed, before it is written."""
        self._at_end.append(action)

    def after_commit(self, action: Callable[[], object]) -> None:
        """Do something when the turn is durable; what it raises is only logged."""
        self._afterwards.append(action)

    def aside(self, action: Callable[[], object]) -> None:
        """Do something that may block, apart from the turn."""
        self.executive.aside(action)

    def wake_at(self, due_ms: int) -> None:
        """There is a job now that is due at that moment: the worker is told after the commit."""
        if self.next_due is None or due_ms < self.next_due:
            self.next_due = due_ms

    def held(self, instance_id: int) -> Held:
        """A living instance as this turn sees it. Raises :class:`NotFound`."""
        held = self._held.get(instance_id)
        if held is None:
            self.touch("instance", instance_id)
            if len(self._held) >= self._limits.commands_per_turn:
                self.need_not_be_quick()
            held = self.executive.load(instance_id)
            if held is None:
                raise NotFound(f"process instance {instance_id} is not running", reason="instance")
            self._held[instance_id] = held
        return held

    def is_waiting(self, instance_id: int, wait_id: int) -> bool:
        """Whether an instance lives, is not suspended, and waits for that."""
        try:
            state = self.held(instance_id).state
        except NotFound:
            return False
        return state.status is InstanceStatus.ACTIVE and wait_id in state.waits

    def work_item_id(self, instance_id: int, wait_id: int) -> int | None:
        """The public id of a work item that is open, or was closed in this turn."""
        held = self._held.get(instance_id)
        number = held.numbers.get(wait_id) if held else None
        return number or self._closed_numbers.get((instance_id, wait_id))

    def start(
        self,
        definition: ProcessDefinition,
        command: StartProcess,
        facts: Iterable[Value] = (),
    ) -> Held:
        """Make a new instance and start it; ``facts`` go into its rule session before."""
        number = self.next_id()
        self.touch("instance", number)
        root = command.root or number
        held = Held(
            number,
            self.new_uuid(),
            root,
            definition,
            empty_state(number, definition.key),
            0,
            {},
            self.now_ms,
        )
        self._held[number] = held
        for fact in facts:
            TurnRules(self, held).insert(fact)
        if not command.started_by:
            command = msgspec.structs.replace(command, started_by=self.actor)
        self._carry_out(number, command)
        return self._held[number]

    def execute(self, command: Command, *, instance_id: int) -> Held:
        """Carry out a command on an instance, with everything it causes."""
        self._carry_out(instance_id, command)
        return self._held[instance_id]

    def follow_up(self) -> None:
        """Carry out what was queued, if nothing is being carried out that does it anyway."""
        if not self._busy:
            self._busy = True
            try:
                while self._todo:
                    self._todo.popleft()()
            finally:
                self._busy = False

    def later(self, action: Callable[[], object]) -> None:
        """Queue a follow-up of what is being carried out."""
        self._todo.append(action)

    def call_handler(
        self, item: WorkItem, call: Callable[[], Any], *, time_limit: float | None
    ) -> Any:
        """Call a work item handler inline.

        One with a time limit may block: it runs in the pool while the turn is parked; then the
        turn is computed again and finds the answer here.
        """
        self.need_not_be_quick()
        waits = time_limit is not None and self.executive.threads
        return self.request.call_handler(item, call, time_limit if waits else None)

    # -- running -----------------------------------------------------------------------------

    def progress(self) -> None:
        """A loop makes one of its calls, or is done with it: that is no circle of processes."""
        self._rounds += 1
        if self._rounds < self._limits.rounds_per_step and not self.request.is_quick:
            self._most = self._commands + self._limits.commands_per_turn

    def need_not_be_quick(self) -> None:
        """Leave the event loop for the executive's thread, if that is where we are."""
        if self.request.is_quick:
            raise NotQuick

    def _carry_out(self, instance_id: int, command: Command) -> None:
        if self._busy:
            self._move(instance_id, command)
            return
        self._busy = True
        try:
            self._move(instance_id, command)
            while self._todo:
                self._todo.popleft()()
        finally:
            self._busy = False

    def _move(self, instance_id: int, command: Command) -> None:
        self._commands += 1
        limits = self._limits
        if self._commands > self._most:
            self.need_not_be_quick()
            raise LimitExceeded(
                f"one request caused more than {limits.commands_per_turn} commands: "
                "do processes call each other in a circle?"
            )
        held = self.held(instance_id)
        seed = self.request.seed + self._commands * 1_000_003
        unit = held.definition.key.deployment
        stores = partial(data_stores.read, self, unit)
        seen = TurnGlobals(self, held), self.executive.zone, stores, TurnRules(self, held)
        env = Env(self.now, limits, seed, *seen, self._budget)
        before = held.state.seq
        is_own = instance_id in self.changed and type(command) is TriggerWait
        try:
            outcome = step(held.definition, held.state, command, env, is_own=is_own)
        except LimitExceeded:
            self.need_not_be_quick()
            raise
        if outcome.records or outcome.wishes:
            self._absorb(held, outcome, before)

    def _absorb(self, held: Held, outcome: Outcome, before: int) -> None:
        number = held.id
        held = Held(
            number,
            held.uuid,
            held.root_id,
            held.definition,
            outcome.state,
            held.version,
            dict(held.numbers),
            held.started_at,
        )
        self._held[number] = self.changed[number] = held
        context = self._contexts.get(number)
        if context is None:
            caller = outcome.state.caller
            context = self._contexts[number] = InstanceContext(
                number,
                held.uuid,
                held.root_id,
                caller.instance if caller else 0,
                held.definition,
                outcome.state,
                held.started_at,
                held.version == 0,
            )
        context.state = outcome.state
        self.printed.extend([(number, line) for line in outcome.printed])
        found = recorded(outcome.records, context, before + 1, self.now_ms)
        self.recorded.append(found)
        if not found.kinds.isdisjoint(REACTIVE):
            react = self.executive.reactions.react
            for record in compress(found.records, map(_IS_REACTIVE, map(type, found.records))):
                self._number_work_item(held, record)
                react(self, held, record)
        for wish in outcome.wishes:
            self.executive.reactions.fulfil(self, held, wish)

    def _number_work_item(self, held: Held, record: Record) -> None:
        if isinstance(record, WaitOpened):
            if record.wait.kind is WaitKind.WORK_ITEM:
                held.numbers[record.wait.id] = self.next_id()
        elif isinstance(record, WaitClosed) and record.wait in held.numbers:
            self._closed_numbers[held.id, record.wait] = held.numbers.pop(record.wait)

    # -- looking around ----------------------------------------------------------------------

    def waits(
        self, kind: WaitKind, name: str, *, deployment: str | None = None, key: str | None = None
    ) -> list[tuple[int, Wait]]:
        """Open waits of that kind and name, by instance: this turn's own view, then the store's.

        With a ``key``, those that wait with it or without any.
        """
        found: list[tuple[int, Wait]] = []
        hot, place = self.reader.hot, (int(kind), name)
        rows = hot("waits_by_name", place) if key is None else hot("waits_without_key", place)
        for row in (*rows, *(hot("waits_by_key", (*place, key)) if key is not None else ())):
            instance_id, wait_id = row[0], row[1]
            if deployment is not None and row[3] != deployment:
                continue
            if instance_id not in self.changed:
                try:
                    wait = self.held(instance_id).state.waits.get(wait_id)
                except NotFound:
                    continue
                if wait is not None:
                    found.append((instance_id, wait))
        for held in self.changed.values():
            if deployment is None or held.definition.key.deployment == deployment:
                found.extend(
                    (held.id, wait)
                    for wait in held.state.waits.values()
                    if wait.kind is kind and wait.name == name
                )
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    def children_of(self, instance_id: int) -> list[tuple[int, Caller]]:
        """Living instances that were called by this one."""
        numbers = {row[0] for row in self.reader.hot("instances_by_caller", (instance_id,))}
        numbers |= set(self.changed)
        found = []
        for number in sorted(numbers):
            try:
                held = self.held(number)
            except NotFound:
                continue
            caller = held.state.caller
            if caller and caller.instance == instance_id and not held.state.is_over:
                found.append((number, caller))
        return found

    # -- the end -----------------------------------------------------------------------------

    def finish(self) -> None:
        """Write what follows from the records into the unit of work; the turn is then *ready*."""
        for action in self._at_end:
            action()
        if not self.recorded:
            return
        self._write_states()
        for projector in self.executive.projectors:
            projector.project(self.recorded, self)

    def _write_states(self) -> None:
        steps: dict[int, list[Recorded]] = {}
        for one in self.recorded:
            steps.setdefault(one.instance.id, []).append(one)
        for number, held in self.changed.items():
            state = held.state
            if state.is_over:
                if held.version:
                    self.uow.end_instance(number, held.version)
            else:
                self.uow.save_instance(to_row(held), held.version or None)
            mine = steps[number]
            body = encode_records([*chain.from_iterable(one.records for one in mine)])
            self.uow.insert(JournalRow(number, mine[0].first, held.root_id, self.now_ms, body))

    def afterwards(self) -> Iterable[Callable[[], object]]:
        """What is to be done once the turn is durable."""
        return self._afterwards
