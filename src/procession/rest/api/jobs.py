"""Jobs and incidents: look, try again, give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.rest.api import shapes
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_PAGE = ("page", "size")


@routes.get("/jobs", permission="job.read", id="jobs.list", query=("state", "kind", *_PAGE))
def list_jobs(request: Request, engine: Engine) -> Reply:
    """Durable work that is due now or later, oldest first."""
    given = dict(request.query)
    found = engine.jobs.list(
        request.actor,
        state=given.get("state") or None,
        kind=given.get("kind") or None,
        page=shapes.page(request),
    )
    return shapes.listed(found)


@routes.get("/incidents", permission="job.read", id="incidents.list", query=_PAGE)
def list_incidents(request: Request, engine: Engine) -> Reply:
    """Jobs that used up their retries and wait for somebody to look."""
    return shapes.listed(engine.jobs.incidents(request.actor, shapes.page(request)))


@routes.post(
    "/jobs/{job_id:[0-9]{1,18}}/retry", permission="job.write", id="jobs.retry", body=shapes.Retry
)
def retry(request: Request, engine: Engine) -> Reply:
    """Give a job more tries, at once; its incident is over."""
    body = json.decode(request, shapes.Retry)
    return Reply(engine.jobs.retry(request.actor, int(request.path["job_id"]), body.retries))


@routes.post("/jobs/{job_id:[0-9]{1,18}}/cancel", permission="job.write", id="jobs.cancel")
def cancel(request: Request, engine: Engine) -> Reply:
    """Give a job up for good."""
    engine.jobs.cancel(request.actor, int(request.path["job_id"]))
    return Reply()
