"""What inboxes are asked: by the service, and over the plain interface and both dialects.

Every call of a question is by somebody else, with other values, and in another order.
"""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count, product
from typing import Any, Final
from urllib.parse import urlencode

from bench import inbox_data, serving
from bench.inbox_data import Copies, group, unit, user
from procession.engine import Engine
from procession.services.tasks.inbox import InboxPart, InboxQuery, Sort

TARGET_MS: Final = 30
COUNT_MS: Final = 100
FLOOR_MS: Final = 80
"""R7 of the quality bar, all of them p99: a page, an exact count, and any other question."""
SIGNED_IN: Final = 20
COUNTED: Final = ", counted"
Ask = Callable[[int], object]


# -- by the service --------------------------------------------------------------------------

_WHO: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "inbox": lambda name: {"inbox_of": (name,)},
    "potential owner": lambda name: {"potential_owners": (name,)},
    "owner": lambda name: {"owners": (name,)},
    "all one sees": lambda name: {},
    "who sees all": lambda name: {},
}
_LARGE: Final = ("all one sees", "who sees all")
_WHAT: Final[dict[str, Callable[[int, Copies], dict[str, Any]]]] = {
    "": lambda n, of: {},
    "status": lambda n, of: {"statuses": (("Ready", "Reserved", "InProgress")[n % 3],)},
    "rare status": lambda n, of: {"statuses": ("Suspended",)},
    "instance": lambda n, of: {"process_instance_ids": (of.instance_id(n * 977 % of.tasks),)},
    "deployment": lambda n, of: {"deployment_ids": (unit(n % inbox_data.DEPLOYMENTS),)},
    "variable of 10": lambda n, of: {"variables": (("customer", f"c{n % of.customers}"),)},
    "variable of 1 %": lambda n, of: {"variables": (("region", f"r{n % 100}"),)},
    "variable of 25 %": lambda n, of: {"variables": (("category", "abcd"[n % 4]),)},
    "task variable of 0.1 %": lambda n, of: {"task_variables": (("amount", str(n % 1000)),)},
    "task variable of 25 %": lambda n, of: {"task_variables": (("category", "abcd"[n % 4]),)},
}
_MIXED: Final = {
    "status, deployment, variable of 1 %": ("status", "deployment", "variable of 1 %"),
    "deployment, variable of 25 %, task variable of 25 %": (
        "deployment", "variable of 25 %", "task variable of 25 %",
    ),
}  # fmt: skip
_SORTS: Final[tuple[Sort, ...]] = ("oldest", "newest", "urgency", "due")


def _name(number: int) -> str:
    return user(number * 37 % SIGNED_IN)


def service_questions(engine: Engine, copies: Copies) -> Iterator[tuple[str, int, Ask]]:
    """Who and what, pages and counts; those that indexes answer have the target as their limit."""
    indexed = ("", "status", "instance", "deployment", *(n for n in _WHAT if "variable" in n))
    for who, what in product(_WHO, _WHAT):
        is_indexed = who not in _LARGE and what in indexed
        limit = TARGET_MS if is_indexed else FLOOR_MS
        name = ", ".join(filter(None, (who, what)))
        yield name, limit, _question(engine, copies, who, (what,))
        if is_indexed:
            yield name + COUNTED, COUNT_MS, _question(engine, copies, who, (what,), total=True)
    for who, (mixed, parts) in product(_WHO, _MIXED.items()):
        yield f"{who}, {mixed}", FLOOR_MS, _question(engine, copies, who, parts)


def _question(
    engine: Engine, copies: Copies, who: str, what: tuple[str, ...], *, total: bool = False
) -> Ask:
    def ask(number: int) -> object:
        name = user(number * 37 % copies.users)
        wanted = _WHO[who](name)
        for one in what:
            wanted |= _WHAT[one](number, copies)
        actor = engine.admin if who == "who sees all" else engine.people.actor(name)
        part = InboxPart(order(number), total=total)
        return engine.tasks.inbox(actor, InboxQuery(**wanted), part)

    return ask


def order(number: int) -> Sort:
    """In which order a call asks; a quarter of the calls each."""
    return _SORTS[number // len(_SORTS) % len(_SORTS)]


# -- over the dialects -----------------------------------------------------------------------


def rest_questions(copies: Copies) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Addresses of the plain interface and of both dialects; the caller asks for what is theirs."""

    def at(path: str, **query: Callable[[int], Any]) -> Callable[[int], str]:
        return lambda n: f"{path}?{urlencode({key: get(n) for key, get in query.items()}, True)}"

    page: dict[str, Callable[[int], Any]] = {"page": lambda _: 1, "pageSize": lambda _: 20}
    jbpm, rich = "/rest/task/query", "/rest/query/runtime/task"
    yield "api/inbox, urgency", at("/api/tasks", inbox_of=_name, sort=lambda _: "urgency")
    yield "jbpm/potential owner", at(jbpm, potentialOwner=_name, **page)
    yield (
        "jbpm/potential owner, status",
        at(jbpm, potentialOwner=_name, status=lambda _: "Ready", **page),
    )
    yield "jbpm/owner", at(jbpm, taskOwner=_name, **page)
    yield "jbpm/owner, status", at(jbpm, taskOwner=_name, status=lambda _: "Reserved", **page)
    yield "jbpm/administrator", at(jbpm, businessAdministrator=_name, **page)
    yield "jbpm/status", at(jbpm, status=lambda _: "Ready", **page)
    yield "jbpm/nothing", at(jbpm, **page)
    yield "jbpm/task", at(jbpm, taskId=lambda n: copies.task_id(n), **page)
    yield "jbpm/instance", at(jbpm, processInstanceId=lambda n: copies.instance_id(n), **page)
    yield (
        "jbpm/union of owner and potential owner",
        at(jbpm, potentialOwner=_name, taskOwner=_name, union=lambda _: "true", **page),
    )
    more: dict[str, dict[str, Callable[[int], Any]]] = {
        "potential owner": {"po": _name},
        "owner": {"to": _name},
        "potential owner, variable of 10": {"po": _name, "var_customer": lambda n: f"c{n}"},
        "potential owner, variable of 1 %": {"po": _name, "var_region": lambda n: f"r{n % 100}"},
        "owner, deployment": {"to": _name, "did": lambda n: unit(n % inbox_data.DEPLOYMENTS)},
        "potential owner, instance": {"po": _name, "piid": lambda n: copies.instance_id(n)},
    }
    for name, query in more.items():
        yield f"jbpm rich/{name}", at(rich, **query, **page)
    oneweb = "/BPMREST/service/runtime/tasks"
    yield "oneweb/user", at(oneweb, user=_name, **page)
    yield "oneweb/group", at(oneweb, group=lambda n: group(n * 37 % SIGNED_IN + 1), **page)


def caller(port: int, path: Callable[[int], str]) -> Ask:
    numbers = count()

    def ask(number: int) -> object:
        target = path(number)
        name = _name(number)
        basic = base64.b64encode(f"{name}:{serving.PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{target}", None, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read(), next(numbers)

    return ask
