"""Tasks in memory: those that turns of this node left open, as they became durable.

Whoever starts a task and then completes it mostly comes to the same node. It knows the row, so an
event loop need not ask the database for it. Another node may have moved it on, which its version
tells when it is written. What is not written, and what failed, is computed again if it had. Where
that is frequent, nothing is recalled for a while.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from msgspec.structs import replace

from procession.runtime.claims import Key
from procession.store.rows import TaskPersonRow, TaskRow
from procession.store.standing import OPEN_STATES
from procession.store.store import Reader

TASK: Final = "task"
TASK_PEOPLE: Final = "task people"
"""Kinds of ``turn.objects``: what a turn has made of a task and of its people."""

People = tuple[TaskPersonRow, ...]
_PLACE: Final = attrgetter("relation", "kind", "name")
"""The order in which they are read."""
_OF_LATE: Final = 16
_MANY: Final = 0.125
_PAUSE: Final = 4096


class KeptTasks:
    """The open tasks written last; the row is always the truth. Touched on duty only."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[int, tuple[TaskRow, People]] = OrderedDict()
        self._recalled: dict[int, int] = {}
        self._outdated = 0.0
        """How many of those recalled of late were."""
        self._pause = 0

    def begin(self) -> None:
        """A turn is about to be computed."""
        self._recalled.clear()

    def __contains__(self, task_id: int) -> bool:
        return task_id in self._kept and not self._pause

    def __getitem__(self, task_id: int) -> TaskRow:
        return self._kept[task_id][0]

    def recall(self, task_id: int) -> tuple[TaskRow, People] | None:
        """A task and its people, as this node knows them."""
        if self._pause:
            self._pause -= 1
            return None
        kept = self._kept.get(task_id)
        if kept is None:
            return None
        task, people = kept
        self._recalled[task_id] = task.version
        return replace(task), people

    def drop_outdated(self, reader: Reader, guarded: Collection[int]) -> bool:
        """Forget what the turn recalled and another node has moved since; whether there was any.

        ``guarded`` tasks need no look, since their version is checked when they are written.
        """
        found = False
        for number, version in self._recalled.items():
            if number in guarded:
                continue
            rows = reader.hot("task_version", (number,))
            if not rows or rows[0][0] != version:
                self._forget(number)
                found = True
        return found

    def moved(self, objects: Mapping[Key, Any]) -> None:
        """What a turn made of tasks is durable."""
        for (kind, number), row in objects.items():
            if kind != TASK:
                continue
            people = objects.get((TASK_PEOPLE, number))
            if row.status in OPEN_STATES and people is not None:
                self._remember(row, people)
            elif self._kept.pop(number, None) is not None:
                self._saw(False)

    def lost(self, keys: Iterable[Key]) -> None:
        """What a turn had of these is not to be trusted."""
        for kind, number in keys:
            if kind == TASK:
                self._forget(number)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def _remember(self, task: TaskRow, people: People) -> None:
        if task.id in self._kept:
            self._saw(False)
        self._kept[task.id] = (task, tuple(sorted(people, key=_PLACE)))
        self._kept.move_to_end(task.id)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def _forget(self, task_id: int) -> None:
        if self._kept.pop(task_id, None) is not None:
            self._saw(True)

    def _saw(self, outdated: bool) -> None:
        self._outdated += (outdated - self._outdated) / _OF_LATE
        if self._outdated > _MANY:
            self._outdated = 0.0
            self._pause = _PAUSE
