"""Calls 3, 4, 6, 7, 8 and unclaim: human tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procession.rest.oneweb import people, shapes
from procession.services.tasks.foreseeing import Foreseen
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
CANDIDATES = ("user", "role", "group")
PAGING = ("page", "pageSize")


def _to_do(request: Request, engine: Engine) -> Foreseen | None:
    return engine.tasks.foreseen_of(shapes.task_id(request)[0])


_ACT: Any = {"permission": "task.act", "foresees": _to_do}


@routes.post("/tasks/{task_id}/claim", id="3", query=("user",), **_ACT)
def claim(request: Request, engine: Engine) -> Reply:
    """Take a task. Claiming one's own task again changes nothing."""
    task, uuid = shapes.task_id(request)
    actor = people.acting(request, engine)
    claimed = engine.tasks.claim(actor, task, again_ok=True, activate=True)
    shapes.require_same(request, claimed, uuid)
    return shapes.answer()


@routes.post("/tasks/{task_id}/unclaim", id="A1", query=("user",), **_ACT)
def unclaim(request: Request, engine: Engine) -> Reply:
    """Give a task back to its candidates."""
    task, uuid = shapes.task_id(request)
    freed = engine.tasks.unclaim(people.acting(request, engine), task)
    shapes.require_same(request, freed, uuid)
    return shapes.answer()


@routes.post("/tasks/{task_id}/complete", id="4", query=("user",), **_ACT)
def complete(request: Request, engine: Engine) -> Reply:
    """Finish a task with its business objects; the process goes on to where it waits next."""
    objects = shapes.objects(request)
    actor = people.acting(request, engine)
    task, uuid = shapes.task_id(request)
    finished = engine.tasks.finish(actor, task, objects)
    shapes.require_same(request, finished, uuid)
    return shapes.answer()


@routes.get("/tasks", permission="task.query", id="6", query=CANDIDATES + PAGING)
def work_list(request: Request, engine: Engine) -> Reply:
    """Active tasks of users, roles and groups: the union, each task once."""
    users, roles, groups = (people.values(request, name) for name in CANDIDATES)
    people.required((users, roles, groups))
    found = engine.tasks.work_list(request.actor, users, roles, groups, shapes.page(request))
    return shapes.answer(shapes.task_objects(engine, found.items), _total(found.total, found.items))


@routes.post("/tasks/{task_id}/variables", lane="read", permission="task.read", id="7")
@routes.get("/tasks/{task_id}/variables", permission="task.read", id="7")
def variables(request: Request, engine: Engine) -> Reply:
    """The business objects that a task sees, as last written. The body is ignored."""
    found = engine.tasks.variables(request.actor, shapes.task_number(request, engine))
    return shapes.answer(json.plain(found, dates_as_ms=True))


@routes.post("/tasks/{task_id}/assign", id="8", query=CANDIDATES, **_ACT)
def assign(request: Request, engine: Engine) -> Reply:
    """Set the candidates of a task in place of the former ones."""
    users, roles, groups = (people.values(request, name) for name in CANDIDATES)
    people.required((users, roles, groups))
    task, uuid = shapes.task_id(request)
    offered = engine.tasks.assign(request.actor, task, users, roles, groups)
    shapes.require_same(request, offered, uuid)
    return shapes.answer()


def _total(total: int | None, items: tuple[object, ...]) -> int:
    return len(items) if total is None else total
