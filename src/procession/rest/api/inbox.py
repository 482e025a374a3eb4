"""Inboxes: tasks by any combination of questions, sorted, page after page by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from procession.errors import Invalid
from procession.services.tasks.inbox import InboxPart, InboxQuery, Sort
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

routes = RouteTable()
TEXTS: Final = {
    "inbox_of": "inbox_of",
    "owner": "owners",
    "potential_owner": "potential_owners",
    "business_administrator": "business_administrators",
    "stakeholder": "stakeholders",
    "created_by": "created_by",
    "status": "statuses",
    "deployment": "deployment_ids",
    "process": "process_ids",
}
NUMBERS: Final = {
    "task": "task_ids",
    "work_item": "work_item_ids",
    "process_instance": "process_instance_ids",
}
VARIABLES: Final = {"var_": "variables", "taskvar_": "task_variables"}
SORTS: Final = ("oldest", "newest", "urgency", "due")
_PART: Final = ("sort", "size", "after", "count")
NAMES: Final = (*TEXTS, *NUMBERS, *(f"{prefix}*" for prefix in VARIABLES), *_PART)


@routes.get("/tasks", permission="task.query", id="tasks.inbox", query=NAMES)
def inbox(request: Request, engine: Engine) -> Reply:
    """Tasks that fit every parameter (one given twice: either value); without any, open ones.

    ``next`` of an answer is the ``after`` of the next page; ``count=exact`` tells how many in all.
    """
    part, wanted = _read(request)
    found = engine.tasks.inbox(request.actor, wanted, part)
    return Reply({"items": found.items, "next": found.next, "total": found.total})


def _read(request: Request) -> tuple[InboxPart, InboxQuery]:
    many: dict[str, list[Any]] = {}
    once: dict[str, str] = {}
    for name, text in request.query:
        prefix = next((one for one in VARIABLES if name.startswith(one)), "")
        if name in TEXTS:
            many.setdefault(TEXTS[name], []).append(text)
        elif name in NUMBERS:
            many.setdefault(NUMBERS[name], []).append(_number(name, text))
        elif prefix and len(name) > len(prefix):
            many.setdefault(VARIABLES[prefix], []).append((name[len(prefix) :], text))
        elif name in _PART and name not in once:
            once[name] = text
        elif name in _PART:
            raise Invalid(f"{name} is given twice; give it once", reason="parameter")
        else:
            raise Invalid(f"unknown parameter {name}; known are {', '.join(NAMES)}")
    return _part(once), InboxQuery(**{name: tuple(values) for name, values in many.items()})


def _part(given: dict[str, str]) -> InboxPart:
    sort, count = given.get("sort", SORTS[0]), given.get("count", "")
    if sort not in SORTS:
        raise Invalid(f"sort is none of {', '.join(SORTS)}", reason="parameter")
    if count not in ("", "none", "exact"):
        raise Invalid("count is exact or none", reason="parameter")
    size = _number("size", given["size"]) if "size" in given else InboxPart().size
    return InboxPart(cast("Sort", sort), size, given.get("after", ""), count == "exact")


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Invalid(f"{name} must be a whole number, not {text!r}", reason="parameter")
    return int(text)
