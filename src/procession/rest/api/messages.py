"""Messages from outside; the answer says how many received one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.post("/messages", permission="process.act", id="messages.send", body=shapes.SendMessage)
def send(request: Request, engine: Engine) -> Reply:
    """Send a message to who waits for it or is started by it; it is not kept for later."""
    body = json.decode(request, shapes.SendMessage)
    received = engine.processes.message(
        request.actor,
        body.name,
        body.key,
        freeze(body.value),
        deployment=body.deployment_id,
    )
    return Reply({"received": received})
