"""What goes over the wire: the envelope, the task object, the bodies of the calls.

``reference/oneweb-rest-api.md`` 1.3, 2.1, 2.5, 2.11. Member names are the dialect's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from procession.errors import Invalid, NotFound
from procession.identity.model import SYSTEM
from procession.ids import long_form, parse_long_form
from procession.services.paging import PageRequest
from procession.services.views import TaskView
from procession.values import Map, freeze
from procession.web.http import Reply, Request
from procession.web.json import refuse_other_media

if TYPE_CHECKING:
    from procession.engine import Engine


class Envelope(msgspec.Struct, rename="camel"):
    """Every success."""

    data: Any
    code: int
    timestamp: int
    total_record_count: int


class Failure(msgspec.Struct, rename="camel"):
    """Every failure."""

    data: Any
    code: int
    timestamp: int
    total_record_count: int
    message: str


class TaskObject(msgspec.Struct, rename="camel"):
    """A task: exactly these members, because strict clients fail on others."""

    create_by: str
    create_time: int
    instance_id: str | None
    parent_task_id: str | None
    due_date: int | None
    loadlink_entity_id: str | None
    definition_id: str
    assignee: str | None
    loadlink_param: str
    owner: str | None
    description: str
    process_name: str
    name: str
    priority: int
    id: str


class TaskObjectWithExtras(TaskObject, rename="camel"):
    """With the two members that the setting ``oneweb_task_extras`` adds."""

    status: str
    candidates: list[str]


class StartBody(msgspec.Struct, rename="camel"):
    """Call 1. Empty strings count as absent."""

    process_name: str | None = None
    app_name: str | None = None
    unique_id: str | None = None
    snap_version: str | None = None
    object: Any = None


class ClassActionBody(msgspec.Struct, rename="camel"):
    """Call 11."""

    file_names: list[str] = []
    event: str = ""


class ClassActionAnswer(msgspec.Struct, rename="camel"):
    """What call 11 answers; the spelling is the dialect's."""

    response_status: str
    exception: str
    process: list[str] = []
    files: list[dict[str, str]] = []
    business_object_size: int = 0
    business_object_def_size: int = 0
    field_descripter_size: int = 0
    field_descripters_map_size: int = 0
    cache_class_size: int = 0
    definition_size: int = 0


class LoginBody(msgspec.Struct, rename="camel"):
    """The platform's login."""

    username: str = ""
    password: str = ""
    ldapproviderurl: str | None = None
    client_id: str | None = None


class LoginAnswer(msgspec.Struct):
    """A token and how long it is good, in seconds."""

    timestamp: str
    validity: int
    id_token: str


def answer(data: Any = "", count: int = 1) -> Reply:
    """A success: ``data`` in the envelope, with the number of records it is about."""
    return Reply(data, count)


def objects(request: Request) -> Map:
    """The body as business objects by name; an empty body is none."""
    refuse_other_media(request)
    if not request.body.strip():
        return Map()
    try:
        body = msgspec.json.decode(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid("the body is not JSON in UTF-8", reason="body") from error
    if not isinstance(body, dict):
        raise Invalid("the body must be an object: business objects by name", reason="body")
    frozen: Map = freeze(body)
    return frozen


def task_number(request: Request, engine: Engine) -> int:
    """The number of the task whose complete id stands in the path."""
    return _number(request.path["task_id"], "task", lambda n: engine.tasks.uuid_of(SYSTEM, n))


def task_id(request: Request) -> tuple[int, str]:
    """Number and UUID of the task in the path; the UUID is still to be compared."""
    parsed = parse_long_form(request.path["task_id"])
    if parsed is None:
        raise _missing("task", request.path["task_id"])
    return parsed


def require_same(request: Request, task: TaskView, uuid: str) -> None:
    """Drop the turn if the id in the path was only half right."""
    if task.uuid != uuid:
        raise _missing("task", request.path["task_id"])


def instance_number(request: Request, engine: Engine) -> int:
    """The number of the process instance whose complete id stands in the path."""
    return _number(
        request.path["instance_id"],
        "instance",
        lambda n: engine.processes.last_known(SYSTEM, n).uuid,
    )


def instance_id(request: Request) -> tuple[int, str]:
    """Number and UUID of the process instance in the path; the UUID is still to be compared."""
    parsed = parse_long_form(request.path["instance_id"])
    if parsed is None:
        raise _missing("instance", request.path["instance_id"])
    return parsed


def _number(text: str, kind: str, uuid_of: Callable[[int], str]) -> int:
    parsed = parse_long_form(text)
    if parsed is None:
        raise _missing(kind, text)
    try:
        is_whole = uuid_of(parsed[0]) == parsed[1]
    except NotFound:
        is_whole = False
    if not is_whole:
        raise _missing(kind, text)
    return parsed[0]


def _missing(kind: str, text: str) -> NotFound:
    """In the words of the services, so that a wrong half of an id is like a wrong whole one."""
    parsed = parse_long_form(text)
    name = {"task": "Task", "instance": "process instance"}[kind]
    return NotFound(f"{name} '{parsed[0] if parsed else text[:64]}' not found", reason=kind)


def page(request: Request) -> PageRequest:
    """``page`` (from 1) and ``pageSize``; absent means everything."""
    given = dict(request.query)
    number, size = (_positive(given, name) for name in ("page", "pageSize"))
    if number is not None and size is None:
        size = 10
    return PageRequest(number, size)


def _positive(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "")
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= 18
    if not (is_number and 0 < int(text) <= 1_000_000):
        raise Invalid(f"{name} must be a number from 1", reason="parameter")
    return int(text)


def task_objects(engine: Engine, tasks: tuple[TaskView, ...]) -> list[TaskObject]:
    """Tasks as the dialect shows them."""
    keys: dict[tuple[str | None, str | None], str] = {}
    shown = []
    for task in tasks:
        key = (task.deployment_id, task.process_id)
        if key not in keys:
            keys[key] = _definition_id(engine, task)
        shown.append(_task_object(task, keys[key], engine.settings.oneweb_task_extras))
    return shown


def _definition_id(engine: Engine, task: TaskView) -> str:
    """The four-part key; of a unit that is gone what the task itself remembers."""
    if not task.deployment_id or not task.process_id:
        return ""
    try:
        return engine.deployments.definition_id(SYSTEM, task.deployment_id, task.process_id)
    except NotFound:
        _, _, rest = task.deployment_id.partition(":")
        artifact, _, version = (rest or task.deployment_id).partition(":")
        return f"{task.process_id}.{artifact}.{task.process_name}.{version}"


def _task_object(task: TaskView, definition_id: str, extras: bool) -> TaskObject:
    due = task.due_at or task.expires_at
    members: dict[str, Any] = {
        "create_by": task.caused_by or task.created_by or "system",
        "create_time": _ms(task.created_at),
        "instance_id": _id(task.process_instance_id, task.process_instance_uuid),
        "parent_task_id": task.loop_id or _id(task.parent_id, task.parent_uuid),
        "due_date": _ms(due) if due is not None else None,
        "loadlink_entity_id": task.load_entity,
        "definition_id": definition_id,
        "assignee": task.actual_owner,
        "loadlink_param": task.load_param or "=",
        "owner": task.owner,
        "description": task.description,
        "process_name": task.process_name or "",
        "name": task.name,
        "priority": min(max(task.priority or 50, 1), 99),
        "id": long_form(task.id, task.uuid),
    }
    if not extras:
        return TaskObject(**members)
    candidates = [person.name for person in task.potential_owners]
    return TaskObjectWithExtras(**members, status=_status(task), candidates=candidates)


def _status(task: TaskView) -> str:
    """``reference/oneweb-rest-api.md`` 3.6."""
    if task.actual_owner:
        return "CLAIM"
    named = any(person.kind == "USER" for person in task.potential_owners)
    return "ASSIGNED" if named else "WAITING"


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1_000)


def _id(number: int | None, uuid: str | None) -> str | None:
    return long_form(number, uuid) if number and uuid else None
