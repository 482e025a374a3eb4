"""Data from outside for the conditions that start processes; the answer says what has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.views import ProcessInstanceView

routes = RouteTable()


@routes.post(
    "/conditions", permission="process.start", id="conditions.evaluate", body=shapes.Conditions
)
def evaluate(request: Request, engine: Engine) -> Reply:
    """Start an instance, with these variables, for each conditional start event that holds."""
    body = json.decode(request, shapes.Conditions)
    started = engine.processes.evaluate_conditions(
        request.actor, freeze_all(body.variables), deployment=body.deployment_id
    )
    return Reply({"started": [_said(view) for view in started]})


def _said(view: ProcessInstanceView) -> dict[str, str | int]:
    return {"id": view.id, "process_id": view.process_id, "deployment_id": view.deployment_id}
