"""How a task stands, kept with its people, so that one index answers what inboxes ask.

Every row of :data:`~procession.store.tables.task_person` knows the process instance and the
deployment of its task. Those of potential owners know what changes, too: the standing (state, and
whether somebody has claimed the task), the priority and the due date. They are written with the
task, in the same statement list, and touched only when one of these differs. Whether a task has
been offered to several (``is_shared``) is written with them all: who counts what is offered counts
the others without looking for those that were seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from procession.store.digests import place, who
from procession.store.rows import TaskPersonRow, TaskRow

OFFER: Final = "potential_owner"
OVER: Final = frozenset({"Completed", "Failed", "Error", "Exited", "Obsolete"})
UNCLAIMED: Final = 1
CLAIMED: Final = 2
"""``is_open`` of offers of open tasks; that of everybody else is 1."""
_STATES: Final = {"Created": 2, "Ready": 4, "Reserved": 6, "InProgress": 8, "Suspended": 10}
STATES: Final = (*_STATES, *sorted(OVER))
"""All states of tasks."""
OPEN_STATES: Final = tuple(_STATES)
"""Those of tasks that are still to be done."""


def standing(task: TaskRow) -> int:
    """A number for state and claim; odd: claimed. 0: over."""
    return _STATES.get(task.status, 0) + (task.actual_owner is not None)


def standings(statuses: Iterable[str]) -> tuple[int, ...]:
    """The numbers of open tasks in these states."""
    found = sorted(_STATES[status] for status in statuses if status in _STATES)
    return tuple(number + claimed for number in found for claimed in (0, 1))


def stored(people: Iterable[TaskPersonRow], tasks: Mapping[int, TaskRow]) -> list[tuple[Any, ...]]:
    """Rows as they are inserted, all of a task together; the same batch writes ``tasks``."""
    some = list(people)
    offers = Counter([one.task_id for one in some if one.relation == OFFER])
    return [_stored(one, tasks.get(one.task_id), int(offers[one.task_id] > 1)) for one in some]


def news(updates: Iterable[TaskRow]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What people who stay are to know of tasks stored before: that they are over, how they stand.

    Both are values, then keys.
    """
    over: list[tuple[Any, ...]] = []
    told: list[tuple[Any, ...]] = []
    for task in updates:
        if task.status in OVER:
            over.append((0, task.id))
        else:
            told.append((*_changing(task), task.id, OFFER))
    return over, told


def _stored(one: TaskPersonRow, task: TaskRow | None, is_shared: int) -> tuple[Any, ...]:
    head = (one.task_id, one.relation, one.kind, one.name)
    number = who(one.relation, one.kind, one.name)
    if task is None:
        return (*head, one.is_open, number, *[None] * 7)
    where = None if task.deployment_id is None else place(task.deployment_id)
    known = (number, task.instance_id, where)
    if one.relation != OFFER:
        return (*head, int(task.status not in OVER), *known, None, None, None, None, None)
    is_open, stands, priority, expires_at = _changing(task)
    return (*head, is_open, *known, stands, is_shared, priority, task.created_at, expires_at)


def _changing(task: TaskRow) -> tuple[int, int, int, int | None]:
    number = standing(task)
    is_open = 0 if task.status in OVER else CLAIMED if number % 2 else UNCLAIMED
    return (is_open, number, task.priority, task.expires_at)
