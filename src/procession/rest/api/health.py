"""Whether the server lives, whether it can work, which version it is, and who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession import __version__
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.get("/health", lane="here", permission="public", id="health")
def health(request: Request, engine: Engine) -> Reply:
    """Answers as long as the process lives, also while it is stopping."""
    return Reply({"status": "up"})


@routes.get("/ready", permission="public", id="ready")
def ready(request: Request, engine: Engine) -> Reply:
    """Whether requests can be served: the database answers and the server is not stopping."""
    with engine.room.store.read() as reader:
        reader.hot("deployment_by_id", ("",))
    return Reply({"status": "ready"})


@routes.get("/version", lane="here", permission="authenticated", id="version")
def version(request: Request, engine: Engine) -> Reply:
    """Name and version of this server."""
    return Reply({"name": "procession", "version": __version__})


@routes.get("/me", lane="here", permission="authenticated", id="me")
def me(request: Request, engine: Engine) -> Reply:
    """The caller with groups and roles."""
    actor = request.actor
    return Reply({"name": actor.name, "groups": sorted(actor.groups), "roles": sorted(actor.roles)})
