"""Looking back at tasks: when each was begun and ended, and what was done by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, func, select

from procession.store.store import Reader
from procession.store.tables import task, task_event, task_variable

ENDS: Final = ("COMPLETED", "FAILED", "SKIPPED", "EXITED")


class TimesAsked(msgspec.Struct, frozen=True):
    """Which tasks; of several values any will do, and times are those of creation."""

    tasks: tuple[int, ...] = ()
    instances: tuple[int, ...] = ()
    processes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


class EventsAsked(msgspec.Struct, frozen=True):
    """Which events; of several values any will do."""

    tasks: tuple[int, ...] = ()
    instances: tuple[int, ...] = ()
    actors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


def times(
    reader: Reader, asked: TimesAsked, offset: int, limit: int | None
) -> tuple[Sequence[Any], int]:
    """One row for each task, by its id; the moments are looked up for the rows shown alone."""
    where = _where(
        (task.c.id, asked.tasks),
        (task.c.instance_id, asked.instances),
        (task.c.process_id, asked.processes),
        (task.c.actual_owner, asked.owners),
        (task.c.status, asked.statuses),
    )
    where += _between(task.c.created_at, asked.since, asked.until)
    statement = select(
        task.c.id,
        task.c.name,
        task.c.status,
        task.c.created_at,
        _moment(("STARTED",), func.min(task_event.c.at)).label("started_at"),
        _moment(ENDS, func.max(task_event.c.at)).label("ended_at"),
        task.c.instance_id,
        task.c.process_id,
        task.c.deployment_id,
        task.c.actual_owner,
    )
    found = reader.execute(statement.where(*where).order_by(task.c.id).offset(offset).limit(limit))
    (total,) = reader.execute(select(func.count(task.c.id).label("count")).where(*where))
    return found, total.count


def events(
    reader: Reader, asked: EventsAsked, offset: int, limit: int | None
) -> tuple[Sequence[Any], int]:
    """What was done to tasks, oldest first: a part of it, and how much it is."""
    where = _where(
        (task_event.c.task_id, asked.tasks),
        (task_event.c.actor, asked.actors),
        (task_event.c.type, asked.types),
    )
    if asked.instances:
        mine = select(task.c.id).where(task.c.instance_id.in_(asked.instances))
        where.append(task_event.c.task_id.in_(mine))
    where += _between(task_event.c.at, asked.since, asked.until)
    statement = select(task_event).where(*where).order_by(task_event.c.id)
    found = reader.execute(statement.offset(offset).limit(limit))
    (total,) = reader.execute(select(func.count(task_event.c.id).label("count")).where(*where))
    return found, total.count


def told_variables(reader: Reader, task_id: int) -> Sequence[Any]:
    """What a task was given and what it gave, as texts, by kind and name."""
    mine = select(task_variable).where(task_variable.c.task_id == task_id)
    return reader.execute(mine.order_by(task_variable.c.kind, task_variable.c.name))


def _moment(kinds: Sequence[str], which: ColumnElement[Any]) -> Any:
    mine = select(which).where(task_event.c.task_id == task.c.id, task_event.c.type.in_(kinds))
    return mine.correlate(task).scalar_subquery()


def _where(*asked: tuple[Any, tuple[Any, ...]]) -> list[Any]:
    return [column.in_(values) for column, values in asked if values]


def _between(column: Any, since: int | None, until: int | None) -> list[Any]:
    found = [] if since is None else [column >= since]
    return found if until is None else [*found, column < until]
