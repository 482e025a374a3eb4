"""Decisions of deployed units, tried by themselves; the answer says which rules matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.get("/decisions/{dep}", lane="pool", permission="decision.evaluate", id="decisions.list")
def decision_models(request: Request, engine: Engine) -> Reply:
    """The decision models of a unit: what they take, and what they decide."""
    return Reply(engine.rules.decision_models(request.actor, request.path["dep"]))


@routes.post(
    "/decisions/{dep}",
    lane="pool",
    permission="decision.evaluate",
    id="decisions.evaluate",
    body=shapes.Decide,
)
def decide(request: Request, engine: Engine) -> Reply:
    """Make a decision from these variables; ``decisions`` tells how, with the rules that matched.

    Without ``decision`` all decisions of the model are made. What is wrong gives null and a
    message.
    """
    body = json.decode(request, shapes.Decide)
    made = engine.rules.decide(
        request.actor,
        request.path["dep"],
        body.decision,
        freeze_all(body.variables),
        model=body.model,
        namespace=body.namespace,
        resource=body.resource,
    )
    return Reply(made)
