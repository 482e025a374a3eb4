"""Reading human tasks by their ids and by what they belong to; searches are in ``task_search``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from procession.store.hot import load_tasks, task_row
from procession.store.rows import TaskContentRow, TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.store.tables import task_event

# -- one by one ------------------------------------------------------------------------------


def find(reader: Reader, task_id: int) -> TaskRow | None:
    """The task of that id."""
    rows = load_tasks(reader, (task_id,))
    return rows[0] if rows else None


def people_of(reader: Reader, task_ids: Sequence[int]) -> dict[int, tuple[TaskPersonRow, ...]]:
    """Everybody in any relation to the tasks."""
    found: dict[int, list[TaskPersonRow]] = {number: [] for number in task_ids}
    for row in reader.hot("people", (task_ids,)) if task_ids else ():
        found[row[0]].append(TaskPersonRow(*row))
    return {number: tuple(rows) for number, rows in found.items()}


def of_work_items(reader: Reader, work_item_ids: Sequence[int]) -> list[TaskRow]:
    """The tasks of those work items."""
    return _tasks(reader, "tasks_by_work_items", work_item_ids)


def some_of_instances(reader: Reader, instance_ids: Sequence[int]) -> list[TaskRow]:
    """Tasks of those process instances, at most 501 of them."""
    return _tasks(reader, "some_tasks_of_instances", instance_ids)


def active_of_family(reader: Reader, instance_id: int) -> list[TaskRow]:
    """The tasks still to be done of a process instance and of all it called."""
    return _tasks(reader, "active_tasks_of_instances", family_of(reader, instance_id))


def _tasks(reader: Reader, name: str, numbers: Sequence[int]) -> list[TaskRow]:
    return [task_row(row) for row in reader.hot(name, (numbers,))]


def find_content(reader: Reader, content_id: int) -> TaskContentRow | None:
    """A document by its id."""
    rows = reader.hot("content", (content_id,))
    return TaskContentRow(*rows[0]) if rows else None


def instance_uuids(reader: Reader, instance_ids: Iterable[int]) -> dict[int, str]:
    """The second half of the public ids of process instances, living or ended."""
    wanted = list(dict.fromkeys(instance_ids))
    found = {row[0]: str(row[1]) for row in _hot(reader, "instance_uuids", wanted)}
    missing = [number for number in wanted if number not in found]
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
