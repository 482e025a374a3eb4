"""What handlers of task routes are going to ask, so that it can be asked for many in one trip.

Each is given the reader that its handler will have, and yields questions; it goes on when they are
answered. What the handler then asks in the same words is at hand; nothing else depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from procession.store.repositories import tasks as repository
from procession.store.store import Question, Reader

Foreseen = Callable[[Reader], Iterator[Sequence[Question]]]


def of_task(task_id: int) -> Foreseen:
    """What an operation on a task asks."""
    return partial(_of_task, task_id)


def of_instance(instance_id: int) -> Foreseen:
    """What the list of what is still to be done for an instance asks."""
    return partial(_of_instance, instance_id)


def _of_task(task_id: int, reader: Reader) -> Iterator[Sequence[Question]]:
    yield repository.asked_of_task(task_id)


def _of_instance(instance_id: int, reader: Reader) -> Iterator[Sequence[Question]]:
    yield repository.asked_of_instance(instance_id)
    found = repository.active_of_family(reader, instance_id)
    yield repository.asked_of_people([row.id for row in found])
