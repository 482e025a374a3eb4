"""Reading human tasks by their ids and by what they belong to; searches are in ``task_search``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, or_, select

from procession.store.digests import who
from procession.store.hot import load_tasks, task_row
from procession.store.rows import (
    TaskAttachmentRow,
    TaskCommentRow,
    TaskContentRow,
    TaskPersonRow,
    TaskRow,
)
from procession.store.standing import OPEN_STATES
from procession.store.store import Question, Reader
from procession.store.tables import task, task_event, task_person

# -- one by one ------------------------------------------------------------------------------


def find(reader: Reader, task_id: int) -> TaskRow | None:
    """The task of that id."""
    rows = load_tasks(reader, (task_id,))
    return rows[0] if rows else None


def asked_of_task(task_id: int) -> tuple[Question, ...]:
    """A task and its people, by their id."""
    return ("tasks", ((task_id,),)), ("people", ((task_id,),))


def asked_of_instance(instance_id: int) -> tuple[Question, ...]:
    """What is still to be done for an instance, and what it is."""
    return (
        ("active_tasks_of_family", (instance_id, OPEN_STATES)),
        ("instance_status", (instance_id, instance_id)),
        ("instance_uuids", ((instance_id,),)),
    )


def asked_of_instances(numbers: Sequence[int], statuses: Sequence[str]) -> tuple[Question, ...]:
    """What :func:`some_of_instances` asks, and what the instances are."""
    what: Question = ("some_tasks_of_instances", (numbers,))
    if statuses:
        what = ("some_tasks_of_instances_in", (numbers, statuses))
    return what, ("instance_uuids", (numbers,))


def people_of(reader: Reader, task_ids: Sequence[int]) -> dict[int, tuple[TaskPersonRow, ...]]:
    """Everybody in any relation to the tasks."""
    found: dict[int, list[TaskPersonRow]] = {number: [] for number in task_ids}
    for row in reader.hot("people", (task_ids,)) if task_ids else ():
        one = TaskPersonRow(*row)
        one.is_open = min(1, one.is_open)
        found[one.task_id].append(one)
    return {number: tuple(rows) for number, rows in found.items()}


def of_work_items(reader: Reader, work_item_ids: Sequence[int]) -> list[TaskRow]:
    """The tasks of those work items."""
    return _tasks(reader, "tasks_by_work_items", work_item_ids)


def some_of_instances(
    reader: Reader, instance_ids: Sequence[int], statuses: Sequence[str] = ()
) -> list[TaskRow]:
    """Tasks of those process instances, at most 501 of them; if states are named, in these alone.

    An instance may have had many tasks: those in other states are not read.
    """
    if not statuses:
        return _tasks(reader, "some_tasks_of_instances", instance_ids)
    rows = reader.hot("some_tasks_of_instances_in", (instance_ids, statuses))
    return sorted(map(task_row, rows), key=attrgetter("id"))


def open_sub_tasks(reader: Reader, task_id: int) -> list[TaskRow]:
    """The sub-tasks of a task that are still to be done."""
    return [task_row(row) for row in reader.hot("open_sub_tasks", (task_id,))]


def sub_tasks(reader: Reader, task_id: int) -> list[TaskRow]:
    """All sub-tasks of a task."""
    return [task_row(row) for row in reader.hot("sub_tasks", (task_id,))]


def comments_of(reader: Reader, task_id: int) -> list[TaskCommentRow]:
    """What was said about a task, oldest first."""
    return [TaskCommentRow(*row) for row in reader.hot("comments", (task_id,))]


def find_comment(reader: Reader, comment_id: int) -> TaskCommentRow | None:
    """A comment by its id."""
    rows = reader.hot("comment", (comment_id,))
    return TaskCommentRow(*rows[0]) if rows else None


def attachments_of(reader: Reader, task_id: int) -> list[TaskAttachmentRow]:
    """What was added to a task, oldest first."""
    return [TaskAttachmentRow(*row) for row in reader.hot("attachments", (task_id,))]


def find_attachment(reader: Reader, attachment_id: int) -> TaskAttachmentRow | None:
    """An attachment by its id."""
    rows = reader.hot("attachment", (attachment_id,))
    return TaskAttachmentRow(*rows[0]) if rows else None


def active_of_family(reader: Reader, instance_id: int) -> list[TaskRow]:
    """The tasks still to be done of a process instance and of all it called, the oldest first."""
    found = [
        task_row(row) for row in reader.hot("active_tasks_of_family", (instance_id, OPEN_STATES))
    ]
    return sorted(found, key=attrgetter("id"))


def _tasks(reader: Reader, name: str, numbers: Sequence[int]) -> list[TaskRow]:
    return [task_row(row) for row in reader.hot(name, (numbers,))]


def find_content(reader: Reader, content_id: int) -> TaskContentRow | None:
    """A document by its id."""
    rows = reader.hot("content", (content_id,))
    return TaskContentRow(*rows[0]) if rows else None


def instance_uuids(reader: Reader, instance_ids: Iterable[int]) -> dict[int, str]:
    """The second half of the public ids of process instances, living or ended."""
    wanted = tuple(dict.fromkeys(instance_ids))
    found = {row[0]: str(row[1]) for row in _hot(reader, "instance_uuids", wanted)}
    missing = tuple(number for number in wanted if number not in found)
    found.update((row[0], str(row[1])) for row in _hot(reader, "ended_uuids", missing))
    return found


def _hot(reader: Reader, name: str, numbers: Sequence[int]) -> Sequence[tuple[Any, ...]]:
    return reader.hot(name, (numbers,)) if numbers else ()


def task_uuids(reader: Reader, task_ids: Iterable[int]) -> dict[int, str]:
    """The second half of the public ids of tasks."""
    return {row[0]: row[1] for row in _hot(reader, "task_uuids", list(dict.fromkeys(task_ids)))}


def roles_named(reader: Reader, names: Sequence[str], *, keep: bool = False) -> tuple[str, ...]:
    """Names of the roles with these names or codes; ``keep`` lets unknown ones stand."""
    if not names:
        return ()
    rows = reader.hot("roles_named", (names, names))
    found = [str(row[0]) for row in rows]
    if keep:
        known = {text for row in rows for text in row}
        found += [name for name in names if name and name not in known]
    return tuple(dict.fromkeys(found))


# -- process instances and their families ----------------------------------------------------


def family_of(reader: Reader, instance_id: int) -> list[int]:
    """Ids of a process instance and of all it called, at any depth."""
    return [row[0] for row in reader.hot("instance_family", (instance_id,))]


def instance_status(reader: Reader, instance_id: int) -> int | None:
    """The state of a process instance in jBPM's numbers, ended ones included."""
    rows = reader.hot("instance_status", (instance_id, instance_id))
    return int(rows[0][0]) if rows else None


def events_of(reader: Reader, task_id: int) -> Sequence[Any]:
    """What was done to a task, oldest first."""
    statement = select(task_event).where(task_event.c.task_id == task_id)
    return reader.execute(statement.order_by(task_event.c.id))


def summary(reader: Reader, process_id: str | None, since: int | None) -> Sequence[Any]:
    """How many tasks there are by process, name and state, with how long they waited and took.

    Looks at every task of that time, so it is for reports.
    """
    started = _moments(("STARTED",), func.min(task_event.c.at))
    ended = _moments(("COMPLETED", "FAILED", "SKIPPED", "EXITED"), func.max(task_event.c.at))
    groups = (task.c.process_id, task.c.name, task.c.status)
    statement = (
        select(
            *groups,
            func.count().label("count"),
            func.avg(started.c.at - task.c.created_at).label("waited"),
            func.avg(ended.c.at - started.c.at).label("worked"),
        )
        .select_from(task)
        .join(started, started.c.task_id == task.c.id, isouter=True)
        .join(ended, ended.c.task_id == task.c.id, isouter=True)
    )
    if process_id is not None:
        statement = statement.where(task.c.process_id == process_id)
    if since is not None:
        statement = statement.where(task.c.created_at >= since)
    return reader.execute(statement.group_by(*groups).order_by(*groups))


def _moments(kinds: Sequence[str], which: ColumnElement[Any]) -> Subquery:
    found = select(task_event.c.task_id, which.label("at")).where(task_event.c.type.in_(kinds))
    return found.group_by(task_event.c.task_id).subquery()


def loads_of(reader: Reader, users: Sequence[str]) -> dict[str, int]:
    """How many open tasks each has: claimed, or offered to them and to nobody else."""
    states = ("Created", "Ready", "Reserved", "InProgress", "Suspended")
    claimed = (
        select(task.c.actual_owner, func.count())
        .where(task.c.actual_owner.in_(users), task.c.status.in_(states))
        .group_by(task.c.actual_owner)
    )
    other = task_person.alias()
    is_other = (
        select(other.c.name)
        .where(
            other.c.task_id == task_person.c.task_id,
            other.c.relation == "potential_owner",
            other.c.kind != "PARTY",
            or_(other.c.kind != "USER", other.c.name != task_person.c.name),
        )
        .exists()
    )
    offered = (
        select(task_person.c.name, func.count())
        .join(task, task.c.id == task_person.c.task_id)
        .where(
            task_person.c.who.in_(who("potential_owner", "USER", name) for name in users),
            task_person.c.is_open == 1,
            task.c.status.in_(states),
            task.c.actual_owner.is_(None),
            ~is_other,
        )
        .group_by(task_person.c.name)
    )
    found: dict[str, int] = {}
    for statement in (claimed, offered):
        for name, count in reader.execute(statement):
            found[name] = found.get(name, 0) + count
    return found
