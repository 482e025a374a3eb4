"""Calls 1 and 2: start a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.errors import Invalid, InvalidValue
from procession.ids import long_form
from procession.rest.oneweb import people, shapes
from procession.services.processes import ProcessRef
from procession.services.views import ProcessInstanceView
from procession.values import Map, freeze
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.post("/process/start", permission="process.start", id="1", body=shapes.StartBody)
def start(request: Request, engine: Engine) -> Reply:
    """Start a process by name, application and snapshot; answers the instance id."""
    if not request.body.strip():
        raise Invalid("the body must be an object with processName or uniqueId", reason="body")
    body = json.decode(request, shapes.StartBody)
    ref = ProcessRef(
        name=body.process_name or None,
        app=body.app_name or None,
        version=body.snap_version or None,
        key=body.unique_id or None,
    )
    if ref.name is None and ref.key is None:
        raise Invalid("give processName or uniqueId", reason="parameter")
    objects = {} if body.object is None else body.object
    if not isinstance(objects, dict):
        raise InvalidValue("object must be an object: business objects by name")
    started = engine.processes.start(people.starting(request, engine), ref, Map(freeze(objects)))
    return _started(started)


@routes.post("/process/{process_name}/start", permission="process.start", id="2")
def start_by_name(request: Request, engine: Engine) -> Reply:
    """Start the latest process of a name, whatever its application (old form)."""
    ref = ProcessRef(name=request.path["process_name"], any_app=True)
    actor = people.starting(request, engine)
    return _started(engine.processes.start(actor, ref, shapes.objects(request)))


def _started(instance: ProcessInstanceView) -> Reply:
    return shapes.answer(long_form(instance.id, instance.uuid))
