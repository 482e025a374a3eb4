"""Calls 5 and 9: the tasks of a process instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.oneweb import people, shapes
from procession.rest.oneweb.tasks import CANDIDATES, PAGING
from procession.services.tasks import foreseeing
from procession.services.tasks.foreseeing import Foreseen
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


def _foreseen(request: Request, engine: Engine) -> Foreseen:
    return foreseeing.of_instance(shapes.instance_id(request)[0])


@routes.get(
    "/instance/{instance_id}/tasks",
    lane="glance",
    permission="task.read",
    id="5",
    query=PAGING,
    foresees=_foreseen,
)
def tasks(request: Request, engine: Engine) -> Reply:
    """Active tasks of an instance and of the processes it called, without business objects."""
    instance, uuid = shapes.instance_id(request)
    page = shapes.page(request)
    found = engine.tasks.of_instance(request.actor, instance, page, uuid=uuid)
    total = len(found.items) if found.total is None else found.total
    return shapes.answer(shapes.task_objects(engine, found.items), total)


@routes.post(
    "/instance/{instance_id}/tasks/assign", permission="task.act", id="9", query=CANDIDATES
)
def assign(request: Request, engine: Engine) -> Reply:
    """Set the candidates of every task that is active in an instance now."""
    users, roles, groups = (people.values(request, name) for name in CANDIDATES)
    people.required((users, roles, groups))
    instance = shapes.instance_number(request, engine)
    count = engine.tasks.assign_instance(request.actor, instance, users, roles, groups)
    return shapes.answer(count=count)
