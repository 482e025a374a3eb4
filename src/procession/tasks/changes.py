"""Changing what a task says, and who belongs to it, in any open state.

``reference/jbpm-engine.md`` 5.2, *modify*: owner, initiator, potential owners, administrators and
stakeholders may add papers; its own fields (priority, dates, texts) are for owner, initiator and
administrators, and people other than by the life cycle's operations for administrators alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from procession.errors import Invalid, NotPermitted
from procession.runtime.clock import is_showable
from procession.store.rows import TaskPersonRow, TaskRow
from procession.tasks.lifecycle import OPEN, Applied, event_of
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    POTENTIAL_OWNER,
    RECIPIENT,
    STAKEHOLDER,
    Part,
    Who,
    parts,
)

STRATEGIES: Final = ("NoAction", "EndParentOnAllSubTasksEnd", "SkipAllSubTasksOnParentSkip")
"""What becomes of a task with its sub-tasks (``reference/jbpm-engine.md`` 5.7)."""
RELATIONS: Final = (
    POTENTIAL_OWNER,
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    STAKEHOLDER,
    RECIPIENT,
)
LARGEST: Final = 2**31 - 1
"""The highest priority, and without its sign the lowest."""
WRITERS: Final = frozenset(
    {Part.OWNER, Part.INITIATOR, Part.POTENTIAL_OWNER, Part.ADMINISTRATOR, Part.STAKEHOLDER}
)
"""Who may add papers to a task."""
KEEPERS: Final = frozenset({Part.OWNER, Part.INITIATOR, Part.ADMINISTRATOR})
"""Who may change what it says."""
ADMINISTRATORS: Final = frozenset({Part.ADMINISTRATOR})


def require_part(
    task: TaskRow,
    people: Sequence[TaskPersonRow],
    who: Who,
    wanted: frozenset[Part],
    operation: str = "Modify",
) -> None:
    """Raise :class:`NotPermitted` unless the task is open and somebody is one of these to it."""
    user = f"User '[UserImpl:'{who.name}']'"
    if task.status not in OPEN:
        raise NotPermitted(
            f"{user} was unable to execute operation '{operation}' on task id {task.id} "
            f"due to a no 'current status' match: the task is {task.status}",
            reason="status",
        )
    if not parts(task, people, who) & wanted:
        raise NotPermitted(
            f"{user} does not have permissions to execute operation '{operation}' "
            f"on task id {task.id}",
            reason="person",
        )


def require_priority(priority: int) -> None:
    """Raise :class:`Invalid` for a number that clients of jBPM could not read."""
    if not -LARGEST <= priority <= LARGEST:
        raise Invalid("a priority is a number of 32 bits")


def require_moment(date: datetime | None) -> None:
    """Raise :class:`Invalid` for a date that means another moment, or none, on other servers."""
    if date is not None and date.tzinfo is None:
        raise Invalid("a date needs an offset, as 2030-01-31T12:00:00Z")
    if date is not None and not is_showable(date):
        raise Invalid("a date lies in the years 1 to 9999, in every time zone")


def changed(
    task: TaskRow,
    people: Sequence[TaskPersonRow],
    who: Who,
    at: int,
    fields: dict[str, Any],
    message: str = "",
) -> Applied:
    """The task with other fields; the event tells what was before and what is now."""
    told = [f"{name}: {getattr(task, name)} → {value}" for name, value in fields.items()]
    row = msgspec.structs.replace(task, version=task.version + 1, **fields)
    event = event_of(row, "UPDATED", who, at, task.status)
    event.message = (message or "; ".join(told))[:2000]
    return Applied(row, tuple(people), event)


def related_anew(
    people: Sequence[TaskPersonRow],
    relation: str,
    add: Sequence[TaskPersonRow],
    remove: Sequence[TaskPersonRow],
) -> tuple[TaskPersonRow, ...]:
    """The people with some more and some less; a task is never without administrator."""
    gone = {(row.kind, row.name) for row in remove}
    kept = [row for row in people if row.relation != relation or (row.kind, row.name) not in gone]
    kept += [row for row in add if row not in kept]
    if not any(row.relation == BUSINESS_ADMINISTRATOR for row in kept):
        raise Invalid("a task needs an administrator: name another one first")
    return tuple(kept)
