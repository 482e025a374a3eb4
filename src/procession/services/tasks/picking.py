"""Few tasks, picked by their ids: read whole by prepared statements and sorted out here.

What clients ask most (the tasks of one process instance, of one work item) needs no search; the
rules are those of :mod:`procession.services.tasks.criteria`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from procession.identity.model import Actor
from procession.services.access import Access
from procession.services.tasks.criteria import TaskCriteria, names, status_names
from procession.store.hot import load_tasks
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    POTENTIAL_OWNER,
    People,
    Who,
    has_part,
)

MOST: Final = 500


def picked(reader: Reader, criteria: TaskCriteria) -> list[TaskRow] | None:
    """The tasks with the ids that the criteria name, or ``None`` if they name none or many."""
    by_id, by_item = criteria.task_ids, criteria.work_item_ids
    by_instance = criteria.process_instance_ids
    if criteria.union or len(by_id) + len(by_item) + len(by_instance) > MOST:
        return None
    if by_id:
        found = load_tasks(reader, by_id)
    elif by_item:
        found = repository.of_work_items(reader, by_item)
    elif by_instance:
        found = repository.some_of_instances(reader, by_instance, status_names(criteria.statuses))
    else:
        return None
    return found if len(found) <= MOST else None


def fitting(
    tasks: Sequence[TaskRow],
    everybody: Mapping[int, Sequence[TaskPersonRow]],
    criteria: TaskCriteria,
    people: People,
) -> list[TaskRow]:
    """Those that fit every criterion, in order."""
    statuses = status_names(criteria.statuses)
    related = [
        (relation, {(kind, name) for kind, some in names(users, people).pairs() for name in some})
        for relation, users in (
            (BUSINESS_ADMINISTRATOR, criteria.business_administrators),
            (POTENTIAL_OWNER, criteria.potential_owners),
        )
        if users
    ]
    plain = (
        ("id", criteria.task_ids),
        ("work_item_id", criteria.work_item_ids),
        ("instance_id", criteria.process_instance_ids),
        ("actual_owner", criteria.task_owners),
        ("status", statuses),
    )
    found = [
        task
        for task in tasks
        if all(getattr(task, name) in values for name, values in plain if values)
        and all(
            any(p.relation == relation and (p.kind, p.name) in some for p in everybody[task.id])
            for relation, some in related
        )
    ]
    return sorted(found, key=lambda task: task.id, reverse=criteria.descending)


def seen(
    tasks: Sequence[TaskRow],
    everybody: Mapping[int, Sequence[TaskPersonRow]],
    access: Access,
    reader: Reader,
    actor: Actor,
    who: Who,
) -> list[TaskRow]:
    """Those the actor may see in a list: their own, and those of their instances."""
    if access.sees_everything(actor):
        return list(tasks)
    instances: dict[int, bool] = {}
    found = []
    for task in tasks:
        number = task.instance_id
        if has_part(task, everybody[task.id], who):
            if number is not None:
                instances[number] = True
        elif number is None:
            continue
        elif number not in instances:
            instances[number] = access.sees_instance(reader, actor, number, task.root_id)
        if number is None or instances[number]:
            found.append(task)
    return found
