"""Loaded instances: a bounded cache of decoded states.

Touched on duty only. A state in it is what the row held when it was last read or
written here; another node may have moved it on, which the version on the row tells when it is
written (``reference/architecture.md`` 9.1a).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from procession.errors import Fault
from procession.runtime.claims import Key
from procession.runtime.definitions import Definitions
from procession.runtime.held import Held, from_row
from procession.runtime.kept_tasks import TASK, KeptTasks
from procession.store.hot import load_instances
from procession.store.store import Reader, Store

if TYPE_CHECKING:
    from procession.runtime.rule_sessions import RuleSessions
    from procession.runtime.turn import Turn


class LoadedInstances:
    """The instances used last; the row is always the truth."""

    def __init__(self, definitions: Definitions, capacity: int, store: Store) -> None:
        self._definitions = definitions
        self._store = store
        self._capacity = capacity
        self._held: OrderedDict[int, Held] = OrderedDict()
        self._recalled: dict[int, int] = {}
        self.tasks = KeptTasks(capacity if store.is_asked_by_trips else 0)

    @cached_property
    def rule_sessions(self) -> RuleSessions:
        """The working memories of rules; loaded when the first is needed."""
        from procession.runtime.rule_bases import RuleBases
        from procession.runtime.rule_sessions import RuleSessions

        return RuleSessions(RuleBases(self._store, self._definitions))

    def begin(self) -> None:
        """A turn is about to be computed."""
        self._recalled.clear()
        self.tasks.begin()

    def drop_outdated(self, reader: Reader | None, turn: Turn | None) -> bool:
        """Forget what a turn recalled from memory and another node has moved since.

        Whether there was any. What the turn is going to write needs no look, since its version is
        checked then; ``None`` is a turn that failed.
        """
        if reader is None:
            return False
        guarded = turn.changed if turn else ()
        found = False
        try:
            for number, version in self._recalled.items():
                if number not in guarded:
                    rows = reader.hot("instance_version", (number,))
                    if not rows or rows[0][0] != version:
                        self._held.pop(number, None)
                        found = True
            saved = {number for kind, number in turn.objects if kind == TASK} if turn else ()
            return self.tasks.drop_outdated(reader, saved) or found
        except Fault:  # then the turn itself fails, or has failed
            return found

    def load(self, reader: Reader, instance_id: int) -> Held | None:
        """A living instance, from memory or from its row."""
        held = self._held.get(instance_id)
        if held is not None:
            self._held.move_to_end(instance_id)
            self._recalled[instance_id] = held.version
            return held
        rows = load_instances(reader, (instance_id,))
        if not rows:
            return None
        held = from_row(rows[0], self._definitions)
        self._remember(held)
        return held

    def knows_task(self, task_id: int) -> bool:
        """Whether an operation on a task is likely to ask the database for nothing."""
        if task_id not in self.tasks:
            return False
        instance_id = self.tasks[task_id].instance_id
        return instance_id is None or instance_id in self._held

    def uuid_of(self, instance_id: int) -> str | None:
        """The second half of an instance's id, which never changes, if it is in memory."""
        held = self._held.get(instance_id)
        return held.uuid if held is not None else None

    def moved(self, turn: Turn) -> None:
        """What it changed was made durable, one version on."""
        self.tasks.moved(turn.objects)
        for held in turn.changed.values():
            if held.state.is_over:
                self._held.pop(held.id, None)
            else:
                held.version += 1
                self._remember(held)

    def lost(self, keys: Iterable[Key]) -> None:
        """What a turn had of these is not to be trusted."""
        self.tasks.lost(keys)
        for kind, number in keys:
            if kind == "instance":
                self._held.pop(number, None)

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self.tasks.clear()

    def _remember(self, held: Held) -> None:
        if not self._capacity:
            return
        self._held[held.id] = held
        self._held.move_to_end(held.id)
        if len(self._held) > self._capacity:
            self._held.popitem(last=False)
