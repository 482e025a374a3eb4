"""The plain JSON interface as a whole. Failures are problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from procession.errors import (
    Busy,
    Conflict,
    Denied,
    ExecutionFailure,
    Fault,
    Invalid,
    InvalidModel,
    NotFound,
    NotPermitted,
    Rejected,
    StoreFault,
    Unauthenticated,
)
from procession.rest.api import (
    conditions,
    decisions,
    health,
    history,
    inbox,
    instances,
    jobs,
    messages,
    people,
    rules,
    task_reports,
    tasks,
    workers,
)
from procession.web import json
from procession.web.http import (
    NoRoute,
    Reply,
    Request,
    RouteTable,
    TooLarge,
    UnsupportedMediaType,
)

STATUSES: tuple[tuple[type[Fault], int, str], ...] = (
    (TooLarge, 413, "Body too large"),
    (UnsupportedMediaType, 415, "Unsupported media type"),
    (InvalidModel, 400, "Model cannot be deployed"),
    (Invalid, 400, "Request is wrong in itself"),
    (NotFound, 404, "Not found"),
    (Unauthenticated, 401, "Say who you are"),
    (Denied, 403, "Not allowed"),
    (NotPermitted, 403, "Not allowed"),
    (Rejected, 409, "Does not fit the present state"),
    (Conflict, 409, "Somebody else was first"),
    (ExecutionFailure, 500, "The process cannot go on"),
    (Busy, 503, "Busy"),
    (StoreFault, 503, "The database does not answer"),
)
"""The first row whose class fits decides."""


class ApiDialect:
    """Writes views as JSON, members in snake_case, times in ISO 8601."""

    name = "API"

    def __init__(self) -> None:
        self.routes = RouteTable()
        rooms = (
            health,
            jobs,
            workers,
            instances,
            messages,
            conditions,
            decisions,
            rules,
            people,
            task_reports,
            tasks,
            inbox,
            history,
        )
        self.routes.routes = [route for room in rooms for route in room.routes.routes]

    def write(self, request: Request, reply: Reply) -> Reply:
        """The view as JSON; 204 where there is none."""
        if reply.body is not None:
            return reply
        if reply.view is None:
            reply.status, reply.body = 204, b""
        else:
            reply.body = json.encode(reply.view)
            reply.content_type = "application/json"
        return reply

    def fail(self, request: Request, error: BaseException) -> Reply:
        """Problem details of a failure."""
        status, title, detail = _explain(error)
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": request.target,
        }
        if isinstance(error, Fault) and error.reason:
            problem["reason"] = error.reason
        if isinstance(error, InvalidModel):
            problem["problems"] = [str(each) for each in error.problems]
        content_type = "application/problem+json"
        return Reply(status=status, body=json.encode(problem), content_type=content_type)


def _explain(error: BaseException) -> tuple[int, str, str]:
    if isinstance(error, NoRoute):
        if error.allowed:
            return 405, "Wrong method", f"this address takes {', '.join(error.allowed)}"
        return 404, "Not found", "there is nothing at this address"
    if isinstance(error, Unauthenticated) and error.reason == "throttled":
        return 429, "Too many failed attempts", error.message
    for kind, status, title in STATUSES:
        if isinstance(error, kind):
            return status, title, error.message
    return 500, "Unexpected error", "an unexpected error; the log of the server says more"
