"""What a client may ask for beyond jBPM; nobody gets any of it unasked.

``Accept: application/problem+json``: an error as problem details (RFC 9457), with the state that
was found and the operations that are possible in it. ``Prefer: types=kept`` (RFC 7240): variables
in JSON with their types, not as texts. Of a list in pages: where the other pages are, as
headers, and how many there are, if that is known anyway (the page is the last one, the list short)
or ``Prefer: count=exact`` asks for it, with pages or without. A parameter that looks like a
forgotten ``map_`` is warned of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from procession.errors import Fault
from procession.rest.jbpm.errors import Failure
from procession.rest.jbpm.shapes.process import InstanceWithVariables
from procession.rest.shapes import encode_json, plain
from procession.services.paging import DEFAULT_SIZE
from procession.services.views import DeploymentView, Page
from procession.tasks.lifecycle import TABLE, Operation
from procession.values import EMPTY
from procession.web.http import Request

if TYPE_CHECKING:
    from procession.engine import Engine

PROBLEM: Final = "application/problem+json"
KEEPS_TYPES: Final = ("Preference-Applied", "types=kept")
_COUNTED: Final = ("Preference-Applied", "count=exact")
_TASK: Final = re.compile(r".*/tasks?/(-?[0-9]{1,18})(?:/[a-zA-Z]+)?")
_INSTANCE: Final = re.compile(r".*/process/instance/([0-9]{1,18})(?:/.*)?")
_WORK_ITEM: Final = re.compile(r".*/workitem/([0-9]{1,18})(?:/.*)?")
_STATES: Final = {0: "pending", 1: "active", 2: "completed", 3: "aborted", 4: "suspended"}
_OURS: Final = frozenset({Operation.OPEN, Operation.TAKE, Operation.GIVE_BACK})
_PAGES: Final = frozenset({"page", "p", "pagesize", "s"})


def wants_problem(request: Request) -> bool:
    """Whether errors are to be problem details."""
    return PROBLEM in request.headers.get("accept", "")


def keeps_types(request: Request) -> bool:
    """Whether variables are to have their types."""
    return _prefers(request, "types=kept")


def wants_count(request: Request) -> bool:
    """Whether a page is to say how many there are in all, though counting costs."""
    return _prefers(request, "count=exact")


def _prefers(request: Request, wish: str) -> bool:
    said = request.headers.get("prefer")
    return said is not None and wish in {one.strip() for one in said.lower().split(",")}


def with_types(view: InstanceWithVariables) -> InstanceWithVariables:
    """An instance beside its variables, with their types; an ended one has texts only."""
    known = view.instance.variables if view.instance is not None else EMPTY
    return msgspec.structs.replace(view, variables=plain(known))


def problem(request: Request, failure: Failure, engine: Engine) -> bytes:
    """Problem details of an error."""
    details: dict[str, Any] = {
        "type": "about:blank",
        "title": failure.status.replace("_", " ").capitalize(),
        "status": failure.code,
        "detail": failure.message,
        "instance": request.target,
        "code": failure.status,
    }
    if failure.code in {404, 409}:
        details.update(_found(request, engine))
    return encode_json(details)


def _found(request: Request, engine: Engine) -> dict[str, Any]:
    """The state of the task, instance, work item or else unit of an address, if it may be seen."""
    try:
        if task := _TASK.fullmatch(request.target):
            state = engine.tasks.get(request.actor, int(task[1])).status
            return {"state": state, "operations": possible(state)}
        if instance := _INSTANCE.fullmatch(request.target):
            view = engine.processes.last_known(request.actor, int(instance[1]))
            operations = ["abort", "signal"] if view.state == 1 else []
            return {"state": _STATES.get(view.state, str(view.state)), "operations": operations}
        if item := _WORK_ITEM.fullmatch(request.target):
            status = engine.work_items.get(request.actor, int(item[1])).state
            return {"state": _STATES[status], "operations": ["abort", "complete"]}
        if dep := request.path.get("dep"):
            return _found_unit(engine.deployments.get(request.actor, dep))
    except Fault:
        pass
    return {}


def _found_unit(unit: DeploymentView) -> dict[str, Any]:
    if unit.status != "DEPLOYED":
        return {"state": unit.status.lower(), "operations": ["deploy"]}
    if not unit.is_active:
        return {"state": "deactivated", "operations": ["activate", "undeploy"]}
    return {"state": "deployed", "operations": ["deactivate", "start", "undeploy"]}


def possible(state: str) -> list[str]:
    """The operations that jBPM has on a task in a state, whoever may do them."""
    found = {
        line.operation.value.lower()
        for line in TABLE
        if state in line.states and line.operation not in _OURS
    }
    return sorted(found)


# -- headers ------------------------------------------------------------------------------------


def page_headers(request: Request, page: Page[Any]) -> tuple[tuple[str, str], ...]:
    """``X-Total-Count`` and ``Link`` (RFC 8288) of a list that was asked for in pages.

    How many there are stands there without a page, too, for who asks for that.
    """
    number, size, total = page.number or 1, _size(page), page.total
    asked = (_COUNTED,) if wants_count(request) else ()
    if not size:
        whole = len(page.items) if total is None else total
        return (("X-Total-Count", str(whole)), *asked) if asked else ()
    last = None if total is None else max(-(-total // size), 1)
    links = {"first": 1, "prev": number - 1 if number > 1 else None, "last": last}
    has_next = len(page.items) == size if last is None else number < last
    links["next"] = number + 1 if has_next else None
    told = ", ".join(
        f'<{_address(request, at, size)}>; rel="{rel}"' for rel, at in links.items() if at
    )
    counted = () if total is None else (("X-Total-Count", str(total)),)
    return (*counted, ("Link", told), *(asked if counted else ()))


def _size(page: Page[Any]) -> int | None:
    """How many a page has; a number alone means pages of ten (3.5)."""
    return DEFAULT_SIZE if page.size is None and page.number is not None else page.size


def _address(request: Request, number: int, size: int) -> str:
    others = [(name, value) for name, value in request.query if name.lower() not in _PAGES]
    path = request.target.partition("?")[0]
    return f"{path}?{urlencode([*others, ('page', number), ('pageSize', size)])}"


def warning(names: list[str]) -> tuple[tuple[str, str], ...]:
    """A header about parameters that were ignored; a script forgets ``map_`` easily."""
    if not names:
        return ()
    shown = ", ".join(re.sub(r"[^\w.-]", "?", name, flags=re.ASCII)[:50] for name in names[:5])
    return (("Warning", f'299 - "ignored: {shown}; variables are written map_name=value"'),)
