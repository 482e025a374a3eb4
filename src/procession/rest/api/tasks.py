"""Human tasks beyond what the dialects say: papers, fields, people, sub-tasks, story, forms."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, UnsetType

from procession.errors import Invalid, NotFound
from procession.rest.api import shapes
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.values import Map, freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_TASK = "/tasks/{id:[0-9]{1,18}}"
_COMMENT = _TASK + "/comments/{comment_id:[0-9]{1,18}}"
_ATTACHMENT = _TASK + "/attachments/{attachment_id:[0-9]{1,18}}"
_READ: dict[str, Any] = {"permission": "task.read"}
_ACT: dict[str, Any] = {"permission": "task.act"}
Short = Annotated[str, Meta(max_length=4_000)]
Strategy = Literal["NoAction", "EndParentOnAllSubTasksEnd", "SkipAllSubTasksOnParentSkip"]
Relation = Literal[
    "potential_owner", "business_administrator", "excluded_owner", "stakeholder", "recipient"
]


class Someone(msgspec.Struct):
    """A user, group, role or work party."""

    name: shapes.Name
    kind: Literal["USER", "GROUP", "ROLE", "PARTY"] = "USER"


class AddTask(msgspec.Struct, forbid_unknown_fields=True):
    """A task to be, with its input document; ``deadlines`` as jBPM writes them, by parameter."""

    name: shapes.Name
    subject: Short = ""
    description: Short = ""
    form_name: shapes.Name | None = None
    priority: int = 0
    skipable: bool = True
    potential_owners: list[Someone] = []
    business_administrators: list[Someone] = []
    excluded_owners: list[Someone] = []
    stakeholders: list[Someone] = []
    recipients: list[Someone] = []
    expires_at: datetime | None = None
    follow_up_at: datetime | None = None
    parent_id: shapes.Number | None = None
    sub_task_strategy: Strategy = "NoAction"
    process_instance_id: shapes.Number | None = None
    deadlines: dict[str, Short] = {}
    input: dict[str, Any] = {}


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """Other fields of a task; what is not given stays, a date of null is none."""

    priority: int | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET
    follow_up_at: datetime | UnsetType | None = UNSET
    name: shapes.Name | UnsetType = UNSET
    subject: Short | UnsetType = UNSET
    description: Short | UnsetType = UNSET
    skipable: bool | UnsetType = UNSET
    sub_task_strategy: Strategy | UnsetType = UNSET


class Relate(msgspec.Struct, forbid_unknown_fields=True):
    """People that are to be in a relation to a task, and people that are not."""

    relation: Relation
    add: list[Someone] = []
    remove: list[Someone] = []


class Save(msgspec.Struct, forbid_unknown_fields=True):
    """What is known so far, by name; of an output, it is laid over what was saved before."""

    values: dict[str, Any]


class Say(msgspec.Struct, forbid_unknown_fields=True):
    """A comment."""

    text: shapes.Text


class Attach(msgspec.Struct, forbid_unknown_fields=True):
    """A document: ``content`` in base64, or an address as ``url``."""

    name: shapes.Name
    content: bytes | None = None
    url: Short | None = None
    content_type: shapes.Name = "application/octet-stream"


class Remind(msgspec.Struct, forbid_unknown_fields=True):
    """What a reminder says besides; none: that the task waits."""

    text: Short = ""


# -- the task ------------------------------------------------------------------------------------


@routes.post("/tasks", id="tasks.add", body=AddTask, **_ACT)
def add(request: Request, engine: Engine) -> Reply:
    """Add a task without a process, alone or as a sub-task."""
    body = json.decode(request, AddTask)
    given = msgspec.structs.asdict(body)
    document = given.pop("input")
    for name, value in given.items():
        if name.endswith(("owners", "administrators", "stakeholders", "recipients")):
            given[name] = _candidates(value)
    made = engine.tasks.add(request.actor, NewTask(**given), freeze_all(document))
    return Reply(made, status=201)


@routes.get(_TASK, id="tasks.get", **_READ)
def get(request: Request, engine: Engine) -> Reply:
    """A task with its people and papers."""
    return Reply(engine.tasks.get(request.actor, _id(request)))


_TEXTS: Final = ("name", "subject", "description")
_SETTERS: Final = {
    "priority": "set_priority",
    "expires_at": "set_expiration_date",
    "follow_up_at": "set_follow_up_date",
    "skipable": "set_skipable",
    "sub_task_strategy": "set_sub_task_strategy",
}
"""The operation of the service for each field of :class:`Change`."""


def _given(body: Change) -> dict[str, Any]:
    values = msgspec.structs.asdict(body)
    return {name: value for name, value in values.items() if value is not UNSET}


@routes.add("PATCH", _TASK, lane="turn", id="tasks.change", body=Change, **_ACT)
def change(request: Request, engine: Engine) -> Reply:
    """Change what a task says: priority, dates, texts, whether it may be skipped."""
    given = _given(json.decode(request, Change))
    if not given:
        raise Invalid("name at least one field to change")
    actor, number = request.actor, _id(request)
    texts = {name: given[name] for name in _TEXTS if name in given}
    if texts:
        engine.tasks.set_texts(actor, number, **texts)
    for name, setter in _SETTERS.items():
        if name in given:
            getattr(engine.tasks, setter)(actor, number, given[name])
    return Reply({"id": number, "status": "changed"})


@routes.post(_TASK + "/people", id="tasks.people", body=Relate, **_ACT)
def relate(request: Request, engine: Engine) -> Reply:
    """Add people to a task or remove them, in one relation; for its administrators."""
    body = json.decode(request, Relate)
    add, remove = _candidates(body.add), _candidates(body.remove)
    engine.tasks.relate(request.actor, _id(request), body.relation, add, remove)
    return Reply()


@routes.post(_TASK + "/remove", id="tasks.remove", **_ACT)
def remove(request: Request, engine: Engine) -> Reply:
    """Be no recipient of a task any more."""
    engine.tasks.remove(request.actor, _id(request))
    return Reply()


@routes.post(_TASK + "/remind", id="tasks.remind", body=Remind, **_ACT)
def remind(request: Request, engine: Engine) -> Reply:
    """Remind who is to do a task, by mail."""
    engine.tasks.remind(request.actor, _id(request), json.decode(request, Remind).text)
    return Reply()


@routes.get(_TASK + "/sub-tasks", id="tasks.sub_tasks", **_READ)
def sub_tasks(request: Request, engine: Engine) -> Reply:
    """The sub-tasks of a task."""
    return _listed(engine.tasks.sub_tasks(request.actor, _id(request)))


@routes.get(_TASK + "/events", id="tasks.events", query=("page", "size"), **_READ)
def events(request: Request, engine: Engine) -> Reply:
    """What was done to a task, by whom, for whom, oldest first."""
    return shapes.listed(engine.tasks.events(request.actor, _id(request), shapes.page(request)))


@routes.get(_TASK + "/{which:input|output|fault}", id="tasks.content", **_READ)
def content(request: Request, engine: Engine) -> Reply:
    """The input, output or fault document of a task, with its types."""
    which, number = request.path["which"], _id(request)
    tasks = engine.tasks
    reading = {"input": tasks.content, "output": tasks.output, "fault": tasks.fault}[which]
    found = reading(request.actor, number)
    if found is None:
        raise NotFound(f"task {number} has no {which}", reason="content")
    return Reply(found)


@routes.add("PUT", _TASK + "/{which:output|fault}", lane="turn", id="tasks.save", body=Save, **_ACT)
def save(request: Request, engine: Engine) -> Reply:
    """Keep results, or what is wrong, before a task is completed or fails."""
    values = freeze_all(json.decode(request, Save).values)
    tasks = engine.tasks
    saving = tasks.save_output if request.path["which"] == "output" else tasks.save_fault
    saving(request.actor, _id(request), values)
    return Reply()


@routes.get(_TASK + "/form", id="tasks.form", **_READ)
def form(request: Request, engine: Engine) -> Reply:
    """The form of a task (form-js), and the data it begins with."""
    return Reply(engine.tasks.form(request.actor, _id(request)))


# -- papers --------------------------------------------------------------------------------------


@routes.get(_TASK + "/comments", id="tasks.comments", **_READ)
def comments(request: Request, engine: Engine) -> Reply:
    """What was said about a task."""
    return _listed(engine.tasks.comments(request.actor, _id(request)))


@routes.post(_TASK + "/comments", id="tasks.comments.add", body=Say, **_ACT)
def add_comment(request: Request, engine: Engine) -> Reply:
    """Say something about a task."""
    text = json.decode(request, Say).text
    return Reply(engine.tasks.add_comment(request.actor, _id(request), text), status=201)


@routes.add("DELETE", _COMMENT, lane="turn", id="tasks.comments.delete", **_ACT)
def delete_comment(request: Request, engine: Engine) -> Reply:
    """Take a comment back."""
    number = int(request.path["comment_id"])
    engine.tasks.delete_comment(request.actor, number, _id(request))
    return Reply()


@routes.get(_TASK + "/attachments", id="tasks.attachments", **_READ)
def attachments(request: Request, engine: Engine) -> Reply:
    """The documents that people added to a task."""
    return _listed(engine.tasks.attachments(request.actor, _id(request)))


@routes.add(
    "POST", _TASK + "/attachments", lane="pool", id="tasks.attachments.add", body=Attach, **_ACT
)
def attach(request: Request, engine: Engine) -> Reply:
    """Add a document to a task."""
    body = json.decode(request, Attach)
    if (body.content is None) == (body.url is None):
        raise Invalid("an attachment has either content or url", reason="attachment")
    kind = "Url" if body.url is not None else "Inline"
    value = body.url if body.url is not None else body.content or b""
    number = _id(request)
    made = engine.tasks.attach(request.actor, number, body.name, value, body.content_type, kind)
    return Reply(made, status=201)


@routes.get(_ATTACHMENT, id="tasks.attachments.get", **_READ)
def attachment(request: Request, engine: Engine) -> Reply:
    """A document as it was added, to be saved and not to be shown."""
    number = int(request.path["attachment_id"])
    found, value = engine.tasks.attachment(request.actor, number, _id(request))
    if not isinstance(value, bytes | str):
        return Reply(Map(name=found.name, content=value))
    headers = (
        ("content-disposition", f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
    )
    body = value if isinstance(value, bytes) else value.encode()
    kind = "text/plain; charset=utf-8" if found.access_type == "Url" else found.content_type
    return Reply(body=body, content_type=kind, headers=headers)


@routes.add("DELETE", _ATTACHMENT, lane="turn", id="tasks.attachments.delete", **_ACT)
def delete_attachment(request: Request, engine: Engine) -> Reply:
    """Take a document away."""
    number = int(request.path["attachment_id"])
    engine.tasks.delete_attachment(request.actor, number, _id(request))
    return Reply()


# -- inside --------------------------------------------------------------------------------------


def _id(request: Request) -> int:
    return int(request.path["id"])


def _candidates(people: list[Someone]) -> tuple[Candidate, ...]:
    return tuple(Candidate(one.kind, one.name) for one in people)


def _listed(items: tuple[Any, ...]) -> Reply:
    return Reply({"items": items, "total": len(items)})
