"""Process instances: let them rest and go on, begin what is ad hoc; pictures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_INSTANCE = "/process-instances/{instance_id:[0-9]{1,18}}"


@routes.post(_INSTANCE + "/suspend", permission="process.act", id="instances.suspend")
def suspend(request: Request, engine: Engine) -> Reply:
    """Let an instance rest: it takes no signals and no completions, and its timers wait."""
    engine.processes.suspend(request.actor, int(request.path["instance_id"]))
    return Reply()


@routes.post(_INSTANCE + "/resume", permission="process.act", id="instances.resume")
def resume(request: Request, engine: Engine) -> Reply:
    """Let a suspended instance go on; what became due meanwhile happens now."""
    engine.processes.resume(request.actor, int(request.path["instance_id"]))
    return Reply()


@routes.post(
    _INSTANCE + "/activate", permission="process.act", id="instances.activate", body=shapes.Activate
)
def activate(request: Request, engine: Engine) -> Reply:
    """Begin an activity of an ad hoc scope by its name or id."""
    body = json.decode(request, shapes.Activate)
    number = int(request.path["instance_id"])
    engine.processes.activate(request.actor, number, body.name, freeze_all(body.variables))
    return Reply()


@routes.get(_INSTANCE + "/diagram.svg", permission="process.read", id="instances.diagram")
def diagram(request: Request, engine: Engine) -> Reply:
    """The diagram of a running instance as SVG, with what is active marked."""
    picture = engine.processes.diagram(request.actor, int(request.path["instance_id"]))
    policy = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
    return Reply(body=picture.encode(), content_type="image/svg+xml", headers=(policy,))
