"""Rules of deployed units, tried by themselves: over facts of their own, leaving nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze, freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.get("/rules/{deployment_id}", lane="pool", permission="decision.evaluate", id="rules.list")
def rules(request: Request, engine: Engine) -> Reply:
    """The rules of a unit."""
    return Reply(engine.rules.rules(request.actor, request.path["deployment_id"]))


@routes.post(
    "/rules/{deployment_id}",
    lane="pool",
    permission="decision.evaluate",
    id="rules.fire",
    body=shapes.FireRules,
)
def fire(request: Request, engine: Engine) -> Reply:
    """Fire rules over these facts: which fired over which, and what the facts are then.

    With ``group`` the rules of a ruleflow group. No session and no process is touched.
    """
    body = json.decode(request, shapes.FireRules)
    found = engine.rules.fire(
        request.actor,
        request.path["deployment_id"],
        tuple([freeze(fact) for fact in body.facts]),
        group=body.group,
        globals=freeze_all(body.globals),
        limit=body.limit,
    )
    return Reply(found)
