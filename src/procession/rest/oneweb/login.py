"""The platform's login: name and password for a token (``reference/oneweb-rest-api.md`` 1.6)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from procession.errors import Invalid
from procession.rest.oneweb import shapes
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.post(
    "/login",
    lane="pool",
    permission="public",
    id="A2",
    body=shapes.LoginBody,
    answer=shapes.LoginAnswer,
)
def login(request: Request, engine: Engine) -> Reply:
    """Obtain a token; later calls send it as ``Authorization: Bearer``."""
    body = json.decode(request, shapes.LoginBody)
    if not body.username or not body.password:
        raise Invalid("give username and password", reason="parameter")
    actor = engine.people.authenticate(body.username, body.password, client=request.client)
    token = engine.people.issue_token(actor, body.client_id or "")
    validity = engine.settings.token_seconds
    return Reply(shapes.LoginAnswer(str(round(time.time() * 1_000)), validity, token))
