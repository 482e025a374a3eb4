"""Looking back at tasks: events, times, variables, and how long they take on the whole."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from procession.errors import Invalid
from procession.rest.api import shapes
from procession.services.tasks.reporting import Asked
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
_PAGE: Final = ("page", "size")
_MOMENTS: Final = ("since", "until")
_TIMES: Final = {
    "task": "tasks",
    "process_instance": "instances",
    "process": "processes",
    "user": "owners",
    "status": "statuses",
}
_EVENTS: Final = {
    "task": "tasks",
    "process_instance": "instances",
    "actor": "actors",
    "type": "types",
}
_NUMBERS: Final = ("task", "process_instance")
_SUMMARY: Final = ("process", "since")


@routes.get("/tasks/summary", permission="see_all", id="tasks.summary", query=_SUMMARY)
def summary(request: Request, engine: Engine) -> Reply:
    """How many tasks there are by process, name and state, and how long they take."""
    given = dict(request.query)
    since = _moment("since", given["since"]) if given.get("since") else None
    found = engine.tasks.summary(request.actor, given.get("process") or None, since)
    return Reply({"items": found, "total": len(found)})


@routes.get(
    "/tasks/times", permission="see_all", id="tasks.times", query=(*_TIMES, *_MOMENTS, *_PAGE)
)
def times(request: Request, engine: Engine) -> Reply:
    """When each task was made, begun and ended, whose it is and how long it took, one by one."""
    asked = Asked(**_asked(request, _TIMES))
    return shapes.listed(engine.tasks.times(request.actor, asked, shapes.page(request)))


@routes.get(
    "/tasks/events",
    permission="task.read",
    id="tasks.all_events",
    query=(*_EVENTS, *_MOMENTS, *_PAGE),
)
def all_events(request: Request, engine: Engine) -> Reply:
    """What was done to the tasks of an instance, or to many for who sees all, oldest first."""
    asked = Asked(**_asked(request, _EVENTS))
    return shapes.listed(engine.tasks.all_events(request.actor, asked, shapes.page(request)))


@routes.get("/tasks/{id:[0-9]{1,18}}/variables", permission="task.read", id="tasks.variables")
def told_variables(request: Request, engine: Engine) -> Reply:
    """What a task was given and what it gave, as the audit keeps it: texts."""
    found = engine.tasks.told_variables(request.actor, int(request.path["id"]))
    return Reply({"items": found, "total": len(found)})


def _asked(request: Request, names: dict[str, str]) -> dict[str, Any]:
    many: dict[str, list[Any]] = {}
    once: dict[str, datetime] = {}
    for name, text in request.query:
        if name in names:
            many.setdefault(names[name], []).append(_value(name, text))
        elif name in _MOMENTS and name not in once:
            once[name] = _moment(name, text)
        elif name not in _PAGE:
            known = ", ".join((*names, *_MOMENTS, *_PAGE))
            raise Invalid(f"{name[:100]!r} is none of {known}, or is given twice")
    return {name: tuple(values) for name, values in many.items()} | once


def _value(name: str, text: str) -> str | int:
    if name not in _NUMBERS:
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Invalid(f"{name} must be a number")
    return int(text)


def _moment(name: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{name} must be a date and time as 2030-01-31T12:00:00Z") from None
