"""What a work item named ``Human Task`` becomes: a task with its people and its document.

``reference/jbpm-engine.md`` 5.3: candidates are counted before unknown names are dropped;
``Administrator`` and ``Administrators`` always administer. ``reference/oneweb-rest-api.md`` 2.5 and
3.5 for what only that dialect shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from procession.bpmn.timer_expressions.spans import engine_time, iso_period
from procession.core.ports import UNDEFINED
from procession.core.scopes import lookup
from procession.core.state import Wait, WaitKind
from procession.errors import Invalid
from procession.identity.model import ADMINISTRATOR, ADMINISTRATORS
from procession.runtime.clock import is_showable, to_ms
from procession.runtime.projection import ProjectingTurn, Recorded
from procession.store.rows import JobRow, TaskPersonRow, TaskRow
from procession.tasks.allocation import Choice, Custom, candidates
from procession.tasks.forms import as_text, load_param
from procession.tasks.lifecycle import Candidate, Status
from procession.tasks.loads import Loads
from procession.tasks.model import Modelled, modelled
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    GROUP,
    PARTY,
    POTENTIAL_OWNER,
    RECIPIENT,
    ROLE,
    STAKEHOLDER,
    USER,
    People,
)
from procession.tasks.rounds import loop_id
from procession.values import EMPTY, Map, Value

SYSTEM_NAME: Final = "system"
DEFAULT_LANGUAGE: Final = "en-UK"
DEFAULT_PRIORITY: Final = 50
_PLACEHOLDER: Final = re.compile(r"\$\{([^}]+)\}")
_NOT_YET: Final[dict[str, Any]] = dict.fromkeys(
    (
        "previous_status",
        "actual_owner",
        "owner",
        "created_by",
        "input_content_id",
        "output_content_id",
        "fault_content_id",
        "fault_name",
        "fault_type",
    )
)
_PEOPLE: Final = (
    (STAKEHOLDER, "TaskStakeholderId"),
    (EXCLUDED_OWNER, "ExcludedOwnerId"),
    (RECIPIENT, "RecipientId"),
)


class Draft(msgspec.Struct):
    """A task in the making. ``lane_actor`` is for whom it is to be claimed, if it can be."""

    task: TaskRow
    people: tuple[TaskPersonRow, ...]
    document: Map
    lane_actor: str
    given: Map = EMPTY
    jobs: tuple[JobRow, ...] = ()


def draft(
    recorded: Recorded,
    wait: Wait,
    turn: ProjectingTurn,
    people: People,
    loads: Loads,
    own: Mapping[str, Custom] = EMPTY,
) -> Draft:
    """The task that a work item asks for, not yet written and without an input document's id.

    ``own`` are the operator's policies.
    """
    instance = recorded.instance
    given, model = modelled(instance.definition, wait)
    users, groups = names(given.get("ActorId")), names(given.get("GroupId"))
    offered = [Candidate(USER, n) for n in users] + [Candidate(GROUP, n) for n in groups]
    status, owner = first_state(offered)
    if not offered:
        excluded = frozenset(names(given.get("ExcludedOwnerId")))
        node = f"{instance.definition.key.deployment} {instance.definition.id} {wait.handler}"
        choice = Choice(model, people, loads, node, given, excluded, own)
        offered = list(candidates(choice))
        if any(one.kind != PARTY for one in offered):
            status = Status.READY
    if owner is not None and not people.exists_user(owner):
        status, owner = Status.READY, None
    number = turn.next_id()
    task = _row(number, recorded, wait, turn, given, model)
    task.status, task.actual_owner = str(status), owner
    task.created_by = _creator(given, users, people)
    document = Map({"Content": given["Content"]}) if "Content" in given else given
    _fill_placeholders(task, given)
    rows = _people(number, offered, given, people)
    claims = model.semantics.lanes_claim_tasks
    lane_actor = as_text(given.get("SwimlaneActorId")).strip() if claims else ""
    return Draft(task, rows, document, lane_actor, given)


def names(value: Value) -> list[str]:
    """The names of a comma-separated text, or of a list: trimmed, each once."""
    items = value if isinstance(value, tuple) else as_text(value).split(",")
    trimmed = [as_text(item).strip() for item in items]
    return list(dict.fromkeys(name for name in trimmed if name))


def parse_due(value: Value, now: datetime) -> int | None:
    """A due date as epoch milliseconds: a date, ``P`` and an engine time, or an ISO period.

    What cannot be read is no due date (``reference/jbpm-engine.md`` 5.3).
    """
    try:
        due = _due_date(value, now)
    except (Invalid, ValueError, OverflowError):
        return None
    if due is None:
        return None
    due = due if due.tzinfo else due.replace(tzinfo=UTC)
    return to_ms(due) if is_showable(due) else None


def _due_date(value: Value, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return value
    text = as_text(value).strip()
    if not text.startswith("P"):
        return datetime.fromisoformat(text)
    span = engine_time(text[1:]) or iso_period(text, is_jbpm=True, with_months=True)
    return span.after(now, UTC) if span else None


def first_state(offered: Sequence[Candidate]) -> tuple[Status, str | None]:
    """In which state a task begins, and whose it is; unknown names count (5.3)."""
    if not offered:
        return Status.CREATED, None
    if len(offered) == 1 and offered[0].kind == USER:
        return Status.RESERVED, offered[0].name
    return Status.READY, None


def _row(
    number: int,
    recorded: Recorded,
    wait: Wait,
    turn: ProjectingTurn,
    given: Map,
    model: Modelled,
) -> TaskRow:
    instance, definition = recorded.instance, recorded.instance.definition
    comment, parent = as_text(given.get("Comment")), as_text(given.get("ParentId")).strip()
    description = as_text(given.get("Description")) or comment
    if not description and not model.semantics.documentation_not_shown:
        description = model.documentation
    expires_at = parse_due(given.get("DueDate"), turn.now)
    cause = turn.actor if turn.actor not in ("", ADMINISTRATOR) else SYSTEM_NAME
    return TaskRow(
        id=number,
        uuid=turn.new_uuid(),
        version=1,
        root_id=instance.root_id,
        instance_id=instance.id,
        wait_id=wait.id,
        work_item_id=turn.work_item_id(instance.id, wait.id),
        deployment_id=definition.key.deployment,
        process_id=definition.id,
        process_name=definition.name or definition.id,
        node_id=wait.handler,
        name=as_text(given.get("NodeName")) or model.name,
        subject=comment,
        description=description,
        form_name=as_text(given.get("TaskName")) or None,
        status=Status.CREATED,
        priority=_priority(given.get("Priority"), model),
        skipable=as_text(given.get("Skippable")).strip().lower() != "false",
        created_at=turn.now_ms,
        activated_at=turn.now_ms,
        expires_at=expires_at,
        due_at=_due(recorded, wait, turn.now, model, expires_at),
        parent_id=int(parent) if parent.isascii() and parent.isdigit() and int(parent) else None,
        sub_task_strategy="NoAction",
        lane=model.lane,
        load_entity=model.form_key or None,
        load_param=load_param(model.form_parameters, _looker(recorded, wait)),
        language=as_text(given.get("Locale")) or DEFAULT_LANGUAGE,
        caused_by=cause,
        loop_id=loop_id(instance, wait),
        **_NOT_YET,
    )


def _priority(value: Value, model: Modelled) -> int:
    """The parameter as it is; the modelled one from 1 to 99, 50 if there is none (ONEWEB)."""
    text = as_text(value).strip()
    if text:
        return _whole_number(text, 0)
    if model.priority:
        return max(1, min(99, _whole_number(model.priority, DEFAULT_PRIORITY)))
    return 0 if model.semantics.tasks_begin_with_priority_0 else DEFAULT_PRIORITY


def _whole_number(text: str, otherwise: int) -> int:
    try:
        number = int(text)
    except ValueError:
        return otherwise
    return number if abs(number) < 2**31 else otherwise


def _due(
    recorded: Recorded, wait: Wait, now: datetime, model: Modelled, expires_at: int | None
) -> int | None:
    """The modelled due date, else when the first timer on the boundary goes off."""
    if model.due_date:
        return parse_due(model.due_date, now)
    if expires_at is not None:
        return expires_at
    state = recorded.instance.state
    waits = [state.waits[number] for number in state.owned.get(wait.owner, ())]
    dues = [one.due for one in waits if one.kind is WaitKind.TIMER and one.due]
    return to_ms(min(dues)) if dues else None


def _looker(recorded: Recorded, wait: Wait) -> Callable[[str], Value]:
    """Looks variables up as the task's node sees them at the end of the turn."""
    instance = recorded.instance

    def look(name: str) -> Value:
        value = lookup(instance.definition, instance.state, wait.owner, name)
        return None if value is UNDEFINED else value

    return look


def _creator(given: Map, users: Sequence[str], people: People) -> str | None:
    wanted = as_text(given.get("CreatedBy")).strip() or (users[0] if users else "")
    if wanted and (people.exists_user(wanted) or people.exists_group(wanted)):
        return wanted
    return None


def _people(
    number: int, offered: Sequence[Candidate], given: Map, people: People
) -> tuple[TaskPersonRow, ...]:
    rows = [
        TaskPersonRow(number, POTENTIAL_OWNER, one.kind, one.name)
        for one in offered
        if one.kind in (ROLE, PARTY) or exists(one.kind, one.name, people)
    ]
    rows.append(TaskPersonRow(number, BUSINESS_ADMINISTRATOR, USER, ADMINISTRATOR))
    rows.append(TaskPersonRow(number, BUSINESS_ADMINISTRATOR, GROUP, ADMINISTRATORS))
    more = [(USER, "BusinessAdministratorId"), (GROUP, "BusinessAdministratorGroupId")]
    for kind, parameter in more:
        rows.extend(
            TaskPersonRow(number, BUSINESS_ADMINISTRATOR, kind, name)
            for name in names(given.get(parameter))
            if exists(kind, name, people)
        )
    for relation, parameter in _PEOPLE:
        rows.extend(
            TaskPersonRow(number, relation, USER, name)
            for name in names(given.get(parameter))
            if people.exists_user(name)
        )
    return tuple({(row.relation, row.kind, row.name): row for row in rows}.values())


def exists(kind: str, name: str, people: People) -> bool:
    """Whether there is such a user or group."""
    return people.exists_user(name) if kind == USER else people.exists_group(name)


def _fill_placeholders(task: TaskRow, given: Map) -> None:
    """Replace ``${task.x}`` and ``${parameter}``; what is unknown stays as it was written."""
    texts = (task.name, task.subject, task.description, task.form_name or "")
    if not any("${" in text for text in texts):
        return
    known = {
        "id": task.id,
        "name": task.name,
        "priority": task.priority,
        "status": task.status,
        "actualOwner": task.actual_owner,
        "createdBy": task.created_by,
        "processInstanceId": task.instance_id,
        "processId": task.process_id,
        "deploymentId": task.deployment_id,
        "workItemId": task.work_item_id,
        "parentId": task.parent_id,
        "processSessionId": 1,
    }

    def fill(match: re.Match[str]) -> str:
        path = match[1].strip()
        name = path.removeprefix("task.").removeprefix("taskData.")
        if name != path and name in known:
            return as_text(known[name])
        return as_text(given[name]) if name in given else match[0]

    task.name, task.subject, task.description = (_PLACEHOLDER.sub(fill, t) for t in texts[:3])
    if task.form_name:
        task.form_name = _PLACEHOLDER.sub(fill, task.form_name)
