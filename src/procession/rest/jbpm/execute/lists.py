"""Looking for tasks (C38 to C48)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from procession.errors import NotFound
from procession.rest.jbpm.execute import answers
from procession.rest.jbpm.execute.arguments import (
    Argument,
    child,
    flag_of,
    many,
    number_of,
    status_of,
)
from procession.rest.jbpm.execute.criteria import Where, where_of
from procession.rest.jbpm.execute.document import Element
from procession.rest.jbpm.execute.table import Call, Version, command
from procession.rest.jbpm.execute.task import THIS_TASK
from procession.rest.jbpm.params import LONGEST_LIST
from procession.services.paging import PageRequest
from procession.services.task_lists import Asked, Part
from procession.services.tasks import TaskCriteria
from procession.services.views import Page, TaskView

OPEN = ("Created", "Ready", "Reserved", "InProgress", "Suspended")
TO_DO = ("Ready", "Reserved", "InProgress")
IN_HAND = ("Reserved", "InProgress")
ORDERS = {
    "id": "task_id", "priority": "priority", "name": "name", "subject": "subject",
    "description": "description", "status": "status", "taskData.status": "status",
    "taskData.actualOwner.id": "owner", "taskData.createdBy.id": "created_by",
    "taskData.createdOn": "created_at", "taskData.activationTime": "activated_at",
    "taskData.expirationTime": "expires_at", "createdOn": "created_at",
    "activationTime": "activated_at", "expirationTime": "expires_at",
    "taskData.processInstanceId": "process_instance_id", "processInstanceId": "process_instance_id",
    "taskData.processId": "process_id", "processId": "process_id",
}  # fmt: skip
"""What ``orderBy`` of a filter may name, after the alias of the entity."""


class Filter(msgspec.Struct, frozen=True):
    """Which part of a list a client wants (5.6.2)."""

    part: Part = Part()


def filter_of(element: Element) -> Filter:
    """``<filter>``: offset, count (-1 and 0 are no limit), order."""
    offset, count = element.first("offset"), element.first("count")
    limit = number_of(count) if count is not None else 0
    ascending = element.first("ascending")
    return Filter(
        Part(
            max(number_of(offset), 0) if offset is not None else 0,
            min(limit, LONGEST_LIST) if limit > 0 else None,
            ORDERS.get((element.said("orderBy") or "").removeprefix("t."), ""),
            ascending is None or flag_of(ascending),
        )
    )


_FILTER = child("filter", "filter", read=filter_of, otherwise=Filter())
_STATUSES = many("statuses", "status", "statuses", read=status_of)
_GROUPS = many("groups", "group-id")
_LANGUAGE = child("language", "language")
_INSTANCE = child(
    "instance", "process-instance-id", "processInstanceId", read=number_of, required=True
)


@command("C38", "task", "get-task", "GetTaskCommand", THIS_TASK, answer=answers.TASK)
def get_task(call: Call, task: int) -> TaskView | None:
    """A task in any status."""
    try:
        return call.engine.tasks.get(call.actor, task)
    except NotFound:
        return None


@command(
    "C39", "task", "get-task-by-workitemid", "GetTaskByWorkItemIdCommand",
    child("item", "workItemId", "work-item-id", read=number_of, required=True),
    answer=answers.TASK,
)  # fmt: skip
def get_task_by_work_item(call: Call, item: int) -> TaskView | None:
    """The task of a work item."""
    found = call.engine.tasks.query(call.actor, TaskCriteria(work_item_ids=(item,)))
    return next(iter(found.items), None)


# -- lists by the part one has ------------------------------------------------------------------


def _of(call: Call, asked: Asked, part: Part) -> Page[TaskView]:
    return call.engine.task_lists.of(call.actor, asked, part)


@command(
    "C40", "task", "get-task-as-business-admin", "GetTaskAssignedAsBusinessAdminCommand",
    _LANGUAGE, _STATUSES, _FILTER, answer=answers.SUMMARY_LIST,
)  # fmt: skip
def administered(
    call: Call, language: str | None, statuses: tuple[str, ...], filter: Filter
) -> Page[TaskView]:
    """Tasks that the user administers."""
    usual = () if call.version.form == "L" else OPEN
    asked = Asked("business_administrator", call.user, (), statuses or usual)
    return _of(call, asked, filter.part)


@command(
    "C41", "task", "get-task-as-potential-owner", "GetTaskAssignedAsPotentialOwnerCommand",
    _LANGUAGE, _STATUSES, _GROUPS, _FILTER, answer=answers.SUMMARY_LIST,
)  # fmt: skip
def offered(
    call: Call,
    language: str | None,
    statuses: tuple[str, ...],
    groups: tuple[str, ...],
    filter: Filter,
) -> Page[TaskView]:
    """Tasks that are offered to the user or the user's groups."""
    legacy = call.version.form == "L"
    usual = OPEN if legacy else TO_DO
    asked = Asked("potential_owner", call.user, groups, statuses or usual, unclaimed=not legacy)
    return _of(call, asked, filter.part)


@command(
    "C42", "task", "get-tasks-owned", "GetTasksOwnedCommand",
    _LANGUAGE, _STATUSES, _FILTER, answer=answers.SUMMARY_LIST,
)  # fmt: skip
def owned(
    call: Call, language: str | None, statuses: tuple[str, ...], filter: Filter
) -> Page[TaskView]:
    """Tasks that the user has claimed."""
    usual = () if call.version.form == "L" else IN_HAND
    return _of(call, Asked("owner", call.user, (), statuses or usual), filter.part)


@command(
    "C46", "task", "get-task-assigned-pot-owner-paging-command",
    "GetTaskAssignedAsPotentialOwnerPagingCommand",
    _LANGUAGE,
    _GROUPS,
    child("first", "firstResult", read=number_of, otherwise=0),
    child("most", "maxResults", read=number_of, otherwise=0),
    answer=answers.SUMMARY_LIST,
)  # fmt: skip
def offered_in_pages(
    call: Call, language: str | None, groups: tuple[str, ...], first: int, most: int
) -> Page[TaskView]:
    """A page of the tasks that are offered to the user or the user's groups."""
    part = Part(max(first, 0), min(most, LONGEST_LIST) if most > 0 else None)
    return _of(call, Asked("potential_owner", call.user, groups, OPEN), part)


@command(
    "C47", "task", "get-tasks-by-group-command", "GetTasksByGroupCommand",
    _GROUPS, answer=answers.SUMMARY_LIST, since="6.4",
)  # fmt: skip
def offered_to_groups(call: Call, groups: tuple[str, ...]) -> Page[TaskView]:
    """Tasks that are offered to one of the groups."""
    return _of(call, Asked("potential_owner", "", groups), Part())


# -- searches -----------------------------------------------------------------------------------


def _query(call: Call, criteria: TaskCriteria, most: int = LONGEST_LIST) -> Page[TaskView]:
    found = call.engine.tasks.query(call.actor, criteria, PageRequest(1, most))
    return Page(found.items)


@command(
    "C43", "task", "get-tasks-by-processinstanceid", "GetTasksByProcessInstanceIdCommand",
    _INSTANCE, answer=answers.LONG_LIST,
)  # fmt: skip
def of_instance(call: Call, instance: int) -> tuple[int, ...]:
    """The numbers of an instance's tasks."""
    found = _query(call, TaskCriteria(process_instance_ids=(instance,)))
    return tuple(task.id for task in found.items)


@command(
    "C44", "task", "get-tasks-by-status-by-processinstanceid",
    "GetTasksByStatusByProcessInstanceIdCommand",
    _INSTANCE, child("name", "taskName"), _LANGUAGE, _STATUSES, answer=answers.SUMMARY_LIST,
)  # fmt: skip
def of_instance_by_status(
    call: Call,
    instance: int,
    name: str | None,
    language: str | None,
    statuses: tuple[str, ...],
) -> Page[TaskView]:
    """An instance's tasks, perhaps of one name."""
    criteria = TaskCriteria(process_instance_ids=(instance,), statuses=statuses)
    found = _query(call, criteria).items
    return Page(tuple(task for task in found if not name or task.name == name))


_VARIOUS: Sequence[Argument] = (
    many("work_item_ids", "workItemIds", read=number_of),
    many("task_ids", "taskIds", read=number_of),
    many("instances", "process-instance-ids", "processInstanceIds", read=number_of),
    many("administrators", "business-admin", "businessAdmins"),
    many("candidates", "potential-owner", "potentialOwners"),
    many("owners", "task-owner", "taskOwners"),
    _STATUSES,
    many("languages", "language", "languages"),
    child("union", "union", read=flag_of, otherwise=False),
    child("most", "maxResults", read=number_of, otherwise=0),
)


@command(
    "C45", "task", "get-tasks-by-various get-tasks-by-various-command",
    "GetTasksByVariousFieldsCommand", *_VARIOUS, answer=answers.SUMMARY_LIST,
)  # fmt: skip
def by_various_fields(
    call: Call,
    *,
    instances: tuple[int, ...],
    administrators: tuple[str, ...],
    candidates: tuple[str, ...],
    owners: tuple[str, ...],
    most: int,
    **same: tuple[str, ...],
) -> Page[TaskView]:
    """Tasks by work item, process, people and status, as ``/task/query`` looks for them."""
    criteria = TaskCriteria(
        process_instance_ids=instances,
        business_administrators=administrators,
        potential_owners=candidates,
        task_owners=owners,
        status_in_union=call.profile.union_takes_status,
        restricted=call.profile.own_tasks,
        **same,  # type: ignore[arg-type]
    )
    return _query(call, criteria, min(most, LONGEST_LIST) if most > 0 else LONGEST_LIST)


@command(
    "C48", "task", "task-query-where", "TaskQueryWhereCommand",
    child("where", "queryWhere", read=where_of, otherwise=Where()),
    answer=answers.SUMMARY_LIST, since="6.3", renamed=(Version(6, 4), "TaskSummaryQueryCommand"),
)  # fmt: skip
def where(call: Call, where: Where) -> Page[TaskView]:
    """Tasks by a combination of criteria."""
    return call.engine.task_lists.where(call.actor, where.criteria, where.part)
