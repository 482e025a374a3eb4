"""Pictures of process instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.get(
    "/process-instances/{instance_id:[0-9]{1,18}}/diagram.svg",
    permission="process.read",
    id="instances.diagram",
)
def diagram(request: Request, engine: Engine) -> Reply:
    """The diagram of a running instance as SVG, with what is active marked."""
    picture = engine.processes.diagram(request.actor, int(request.path["instance_id"]))
    policy = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
    return Reply(body=picture.encode(), content_type="image/svg+xml", headers=(policy,))
