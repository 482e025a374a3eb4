"""What handlers of task routes are going to ask, so that it can be asked for many in one trip.

Each is given the reader that its handler will have, and yields questions; it goes on when they are
answered. What the handler then asks in the same words is at hand; nothing else depends on it. One
trip is to be enough: what depends on an answer is asked for by way of what it depends on. ``amply``
also asks what handlers may ask further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from procession.errors import Occupied
from procession.services.tasks.criteria import TaskCriteria, status_names
from procession.store.repositories import tasks as repository
from procession.store.standing import OPEN_STATES
from procession.store.store import LoopReader, Question

FEW: Final = 32
"""More are not shown on an event loop."""
Foreseen = Callable[[LoopReader, bool], Iterator[Sequence[Question]]]


def of_task(task_id: int) -> Foreseen:
    """What an operation on a task asks; amply with the instance, if it is not in memory here."""
    return partial(_of_task, task_id)


def of_instance(instance_id: int) -> Foreseen:
    """What the list of what is still to be done for an instance asks."""
    return partial(_of_instance, instance_id)


def of_criteria(criteria: TaskCriteria) -> Foreseen | None:
    """What a query asks for the tasks of a few instances, or nothing if it asks for others.

    Raises :class:`procession.errors.Occupied` when they turn out to be many.
    """
    numbers = criteria.process_instance_ids
    if criteria.union or criteria.task_ids or criteria.work_item_ids:
        return None
    if not 0 < len(numbers) <= FEW:
        return None
    return partial(_of_instances, numbers, status_names(criteria.statuses))


def _of_task(task_id: int, reader: LoopReader, amply: bool) -> Iterator[Sequence[Question]]:
    asked = repository.asked_of_task(task_id)
    if not amply:
        yield asked
        return
    yield *asked, ("instances_of_tasks", ((task_id,),))
    found = reader.hot("instances_of_tasks", ((task_id,),))
    reader.keep([("instances", ((row[0],),)) for row in found], [[row] for row in found])


def _of_instance(instance_id: int, reader: LoopReader, amply: bool) -> Iterator[Sequence[Question]]:
    asked = repository.asked_of_instance(instance_id)
    yield *asked, ("people_of_active_tasks", (instance_id, OPEN_STATES))
    ids = [row.id for row in repository.active_of_family(reader, instance_id)]
    people = reader.hot("people_of_active_tasks", (instance_id, OPEN_STATES))
    if ids:
        reader.keep([("people", (ids,))], [people])


def _of_instances(
    numbers: tuple[int, ...], statuses: tuple[str, ...], reader: LoopReader, amply: bool
) -> Iterator[Sequence[Question]]:
    whose: Question
    if statuses:
        whose = ("people_of_some_tasks_in", (numbers, statuses))
    else:
        whose = ("people_of_some_tasks", (numbers,))
    asked = [*repository.asked_of_instances(numbers, statuses), whose]
    if amply:
        asked.append(("ended_uuids", (numbers,)))
    yield asked
    found = repository.some_of_instances(reader, numbers, statuses)
    if len(found) > FEW:
        raise Occupied
    if found:
        reader.keep([("people", ([row.id for row in found],))], [reader.hot(*whose)])
