"""Looking back at tasks: what was done to them, how long they took, what they were told.

What is said of one task, or of the tasks of one process instance, is for whoever sees those; what
is said of many is for who sees everything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from procession.errors import Denied, NotFound
from procession.identity.model import Actor
from procession.runtime.clock import from_ms, to_ms
from procession.runtime.lanes import query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.tasks.criteria import UNPAGED_LIMIT
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import Page, TaskEventView, TaskSummaryView, View
from procession.store.repositories import task_times
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_times import EventsAsked, TimesAsked
from procession.store.store import Reader
from procession.tasks.changes import require_moment


class Asked(msgspec.Struct, frozen=True):
    """Which tasks, or what was done to them; of several values any will do.

    ``since`` and ``until`` are about when a task was made, or when something was done.
    """

    tasks: tuple[int, ...] = ()
    instances: tuple[int, ...] = ()
    processes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class TaskTimesView(View, frozen=True):
    """When a task was made, begun and ended, and whose it is: jBPM's ``BAMTaskSummary``.

    ``duration`` is from start to end in milliseconds; what was never started has none.
    """

    task_id: int
    task_name: str
    status: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    user_id: str | None
    process_instance_id: int | None
    process_id: str | None
    deployment_id: str | None


class TaskVariableView(View, frozen=True):
    """A value that a task was given (``INPUT``) or gave (``OUTPUT``), as a text."""

    type: str
    name: str
    value: str


class Reporting(Deskwork):
    """The part of the task service that looks back."""

    @query
    def events(
        self, actor: Actor, task_id: int, page: PageRequest = EVERYTHING
    ) -> Page[TaskEventView]:
        """What was done to a task, oldest first."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
            rows = repository.events_of(reader, task_id)
        cut = rows[page.offset :][: page.limit]
        return Page(tuple(map(_event, cut)), len(rows), page.number, page.size)

    @query
    def events_of_instance(
        self, actor: Actor, instance_id: int, page: PageRequest = EVERYTHING
    ) -> Page[TaskEventView]:
        """What was done to all the tasks of a process instance, running or ended, oldest first."""
        return self.all_events(actor, Asked(instances=(instance_id,)), page)

    @query
    def all_events(
        self, actor: Actor, asked: Asked, page: PageRequest = EVERYTHING
    ) -> Page[TaskEventView]:
        """What was done to tasks, oldest first; without paging the first thousand.

        Who does not see everything names one instance or one task; of what they must not see, as
        of what is not there, there are none.
        """
        self.room.access.check(actor, "task.read")
        span = _ms(asked.since), _ms(asked.until)
        with self.room.store.read() as reader:
            if not self._may_hear(reader, actor, asked):
                return Page((), 0, page.number, page.size)
            limit = page.limit or (None if asked.instances or asked.tasks else UNPAGED_LIMIT)
            wanted = EventsAsked(asked.tasks, asked.instances, asked.actors, asked.types, *span)
            rows, total = task_times.events(reader, wanted, page.offset, limit)
        return Page(tuple(map(_event, rows)), total, page.number, page.size)

    @query
    def told_variables(self, actor: Actor, task_id: int) -> tuple[TaskVariableView, ...]:
        """What a task was given and what it gave, as the audit keeps it."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
            rows = task_times.told_variables(reader, task_id)
        return tuple(TaskVariableView(row.kind, row.name, row.value) for row in rows)

    @query
    def times(
        self, actor: Actor, asked: Asked, page: PageRequest = EVERYTHING
    ) -> Page[TaskTimesView]:
        """When each task was made, begun and ended, by id; without paging the first thousand."""
        self.room.access.check(actor, "see_all")
        wanted = TimesAsked(
            asked.tasks,
            asked.instances,
            asked.processes,
            asked.owners,
            asked.statuses,
            _ms(asked.since),
            _ms(asked.until),
        )
        limit = page.limit or UNPAGED_LIMIT
        with self.room.store.read() as reader:
            rows, total = task_times.times(reader, wanted, page.offset, limit)
        return Page(tuple(map(_times, rows)), total, page.number, page.size)

    @query
    def summary(
        self, actor: Actor, process_id: str | None = None, since: datetime | None = None
    ) -> tuple[TaskSummaryView, ...]:
        """How many tasks there are by process, name and state, and how long they take."""
        self.room.access.check(actor, "see_all")
        begin = _ms(since)
        with self.room.store.read() as reader:
            rows = repository.summary(reader, process_id, begin)
        return tuple(
            TaskSummaryView(
                process_id=row.process_id,
                name=row.name,
                status=row.status,
                count=row.count,
                waited=None if row.waited is None else round(row.waited),
                worked=None if row.worked is None else round(row.worked),
            )
            for row in rows
        )

    def _may_hear(self, reader: Reader, actor: Actor, asked: Asked) -> bool:
        if self.room.access.sees_everything(actor):
            return True
        if len(asked.instances) == 1 and not asked.tasks:
            return bool(self.room.access.sees_instance(reader, actor, asked.instances[0]))
        if len(asked.tasks) != 1 or asked.instances:
            raise Denied("name one process instance or one task; more takes the permission see_all")
        try:
            self._see(reader, actor, asked.tasks[0])
        except NotFound:
            return False
        return True


def _ms(date: datetime | None) -> int | None:
    require_moment(date)
    return None if date is None else to_ms(date)


def _times(row: Any) -> TaskTimesView:
    is_over = row.started_at is not None and row.ended_at is not None
    return TaskTimesView(
        task_id=row.id,
        task_name=row.name,
        status=row.status,
        created_at=from_ms(row.created_at),
        started_at=None if row.started_at is None else from_ms(row.started_at),
        ended_at=None if row.ended_at is None else from_ms(row.ended_at),
        duration=row.ended_at - row.started_at if is_over else None,
        user_id=row.actual_owner,
        process_instance_id=row.instance_id,
        process_id=row.process_id,
        deployment_id=row.deployment_id,
    )


def _event(row: Any) -> TaskEventView:
    return TaskEventView(
        id=row.id,
        task_id=row.task_id,
        type=row.type,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        old_status=row.old_status,
        new_status=row.new_status,
        message=row.message,
        at=from_ms(row.at),
        process_instance_id=row.instance_id,
        work_item_id=row.work_item_id,
    )
