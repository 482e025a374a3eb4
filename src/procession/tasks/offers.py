"""Offering a task to other people, apart from what people do with tasks themselves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from procession.store.rows import TaskPersonRow, TaskRow
from procession.tasks.lifecycle import (
    CLAIMED,
    Applied,
    Candidate,
    Operation,
    Status,
    finish_change,
    handed_to,
)
from procession.tasks.people import Who, with_candidates


def assign(
    task: TaskRow,
    candidates: Sequence[Candidate],
    people: Sequence[TaskPersonRow],
    who: Who,
    at: int,
    *,
    keeps_owner: bool,
) -> Applied:
    """Offer a task to a new set of candidates (``reference/oneweb-rest-api.md`` 2.8).

    Assigning is not claiming. A claim stays if ``keeps_owner``; else it ends, and the former
    claimer is remembered.
    """
    status, owner = Status(task.status), task.actual_owner
    if owner is not None and not keeps_owner:
        task = msgspec.structs.replace(task, owner=task.owner or owner)
        owner = None
    if owner is None and status in (Status.CREATED, Status.READY, *CLAIMED):
        status = Status.READY
    offered = with_candidates(people, task.id, candidates)
    applied = finish_change(task, Operation.ASSIGN, who, at, status, owner, offered)
    applied.event.message = handed_to(candidates)
    return applied


def reassign(
    task: TaskRow,
    candidates: Sequence[Candidate],
    people: Sequence[TaskPersonRow],
    who: Who,
    at: int,
) -> Applied:
    """Offer a task to others, because a deadline has passed (``reference/jbpm-engine.md`` 5.8)."""
    offered = with_candidates(people, task.id, candidates)
    applied = finish_change(task, Operation.ASSIGN, who, at, Status.READY, None, offered)
    applied.event.type = "UPDATED"
    return applied
