"""External workers: programs of other people that do work items, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.values import freeze, freeze_all
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()


@routes.post(
    "/workers/fetch", lane="pool", permission="worker", id="workers.fetch", body=shapes.Fetch
)
def fetch(request: Request, engine: Engine) -> Reply:
    """Fetch work items of some names and hold them until the lease ends."""
    body = json.decode(request, shapes.Fetch)
    found = engine.jobs.fetch(
        request.actor, body.worker, tuple(body.topics), body.limit, body.lease_ms
    )
    return Reply({"items": found, "total": len(found)})


@routes.post("/workers/complete", permission="worker", id="workers.complete", body=shapes.Complete)
def complete(request: Request, engine: Engine) -> Reply:
    """A work item is done; its results go into the process, which moves on."""
    body = json.decode(request, shapes.Complete)
    engine.jobs.complete(request.actor, body.job_id, body.worker, freeze_all(body.results))
    return Reply()


@routes.post("/workers/fail", permission="worker", id="workers.fail", body=shapes.Fail)
def fail(request: Request, engine: Engine) -> Reply:
    """A work item could not be done: try it later, or raise the error ``code`` in the diagram."""
    body = json.decode(request, shapes.Fail)
    engine.jobs.fail(
        request.actor,
        body.job_id,
        body.worker,
        body.message,
        code=body.code,
        value=freeze(body.value),
        retries=body.retries,
        delay_ms=body.delay_ms,
    )
    return Reply()


@routes.post("/workers/extend", permission="worker", id="workers.extend", body=shapes.Extend)
def extend(request: Request, engine: Engine) -> Reply:
    """Hold a work item longer."""
    body = json.decode(request, shapes.Extend)
    engine.jobs.extend(request.actor, body.job_id, body.worker, body.lease_ms)
    return Reply()
