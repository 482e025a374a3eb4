"""Audit: ``/history``, and its older place below a deployment (``reference/jbpm-rest-api.md`` 2.5).

R17 to R26 are the addresses of 6.0; the deployment in them is ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.rest.jbpm import shapes
from procession.rest.jbpm.params import Parameters, path_number
from procession.rest.jbpm.profiles import profile_of
from procession.rest.jbpm.runtime import done
from procession.services.paging import PageRequest
from procession.services.views import Page, ProcessLogView
from procession.web.http import Handler, Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.history import HistoryService

routes = RouteTable()
PAGING = ("page", "pageSize")
_OLD = "/runtime/{dep}/history"
_INSTANCE = "/instance/{id:[0-9]+}"


def _get(path: str, id: str, old_id: str, *query: str) -> Callable[[Handler], Handler]:
    """Register a reading route at both places."""

    def register(handler: Handler) -> Handler:
        more: dict[str, Any] = {"permission": "history.read", "query": (*query, *PAGING)}
        routes.get(f"/history{path}", id=id, **more)(handler)
        return routes.get(f"{_OLD}{path}", id=old_id, **more)(handler)

    return register


def _logs(page: Page[Any]) -> Reply:
    return Reply(page, shapes.LOG_LIST)


def _instance_id(request: Request) -> int:
    return path_number(request, "id", "process instance")


@routes.post("/history/clear", lane="pool", permission="history.clear", id="H01")
@routes.post(f"{_OLD}/clear", lane="pool", permission="history.clear", id="R17")
def clear(request: Request, engine: Engine) -> Reply:
    """Delete the logs: all of them in L, those of ended instances in M."""
    profile = profile_of(request, engine.settings)
    engine.history.clear(request.actor, everything=profile.clears_running)
    return done()


@_get("/instances", "H02", "R18", "activeProcesses")
@routes.get("/history/instance", permission="history.read", id="H02")
def instances(request: Request, engine: Engine) -> Reply:
    """The logs of all process instances."""
    given = Parameters(request, engine)
    active = given.flag("activeProcesses") and not given.profile.accidents.counts_ended
    page = given.page()
    return _logs(engine.history.instances(request.actor, active=active, page=page))


@routes.get(f"/history{_INSTANCE}", permission="history.read", id="H03")
def instance(request: Request, engine: Engine) -> Reply:
    """The log of one process instance; with ``children=true`` those of its children too."""
    given, number = Parameters(request, engine), _instance_id(request)
    log = engine.history.instance(request.actor, number)
    if given.flag("children"):
        children = engine.history.children(request.actor, number, page=PageRequest())
        return _logs(Page((log, *children.items)))
    if given.profile.one_log:
        return Reply(log, shapes.PROCESS_LOG)
    return _logs(Page((log,)))


@routes.get(f"{_OLD}{_INSTANCE}", permission="history.read", id="R19")
def instance_as_list(request: Request, engine: Engine) -> Reply:
    """The log of one process instance, as a list of one."""
    return _logs(Page((engine.history.instance(request.actor, _instance_id(request)),)))


@_get(f"{_INSTANCE}/child", "H04", "R20")
def children(request: Request, engine: Engine) -> Reply:
    """The logs of the instances that one instance called."""
    page = Parameters(request, engine).page()
    return _logs(engine.history.children(request.actor, _instance_id(request), page=page))


@_get(f"{_INSTANCE}/node", "H05", "R20")
@_get(f"{_INSTANCE}/node/{{name}}", "H06", "R21")
def nodes(request: Request, engine: Engine) -> Reply:
    """The nodes an instance entered and left; those of one node if it is named."""
    page, node = Parameters(request, engine).page(), request.path.get("name")
    return _logs(engine.history.nodes(request.actor, _instance_id(request), node, page=page))


@_get(f"{_INSTANCE}/variable", "H07", "R20")
@_get(f"{_INSTANCE}/variable/{{name}}", "H08", "R21")
def variables(request: Request, engine: Engine) -> Reply:
    """Every change of an instance's variables; those of one variable if it is named."""
    page, name = Parameters(request, engine).page(), request.path.get("name")
    return _logs(engine.history.variables(request.actor, _instance_id(request), name, page=page))


@_get(f"{_INSTANCE}/{{oper:[a-zA-Z]+}}", "", "")
@_get(f"{_INSTANCE}/{{oper:[a-zA-Z]+}}/{{name}}", "", "")
def operation(request: Request, engine: Engine) -> Reply:
    """The same in any mixture of capital and small letters; any other word is refused."""
    word = request.path["oper"]
    handler = {"child": children, "node": nodes, "variable": variables}.get(word.lower())
    if handler is None:
        raise Invalid(f"'{word}' is none of child, node and variable")
    return handler(request, engine)


@_get("/process/{process_id}", "H09", "R22", "status")
def by_process(request: Request, engine: Engine) -> Reply:
    """The logs of all instances of a definition, or the log of the instance of that number."""
    given, name = Parameters(request, engine), request.path["process_id"]
    is_number = name.isascii() and name.isdecimal() and len(name) <= 18
    if is_number and (log := _one(engine.history, request.actor, name)) is not None:
        return _logs(log)
    status, page = given.number("status"), given.page()
    if status != 1 and given.profile.accidents.one_log_status:
        status = None
    return _logs(engine.history.by_process(request.actor, name, status, page=page))


def _one(history: HistoryService, actor: Actor, number: str) -> Page[ProcessLogView] | None:
    """The 6.0 guide calls the definition's place an instance id; serve that if there is one."""
    try:
        return Page((history.instance(actor, int(number)),))
    except NotFound:
        return None


class _Variable(msgspec.Struct, frozen=True):
    """What the queries by variable ask for."""

    name: str
    value: str | None
    active: bool
    page: PageRequest


def _variable(request: Request, engine: Engine) -> _Variable:
    given, path = Parameters(request, engine), request.path
    return _Variable(path["name"], path.get("value"), given.flag("activeProcesses"), given.page())


def _first_page(ask: _Variable) -> PageRequest:
    """The page with the same size that comes first."""
    return msgspec.structs.replace(ask.page, number=1) if ask.page.size else ask.page


@_get("/variable/{name}/instances", "H12", "R25", "activeProcesses")
@_get("/variable/{name}/value/{value:path}/instances", "H13", "R26", "activeProcesses")
def instances_by_variable(request: Request, engine: Engine) -> Reply:
    """The logs of the instances that have a variable, one for each change of it."""
    ask = _variable(request, engine)
    knows_limits = profile_of(request, engine.settings).accidents.limits_only
    page = _first_page(ask) if knows_limits else ask.page
    return _logs(
        engine.history.instances_by_variable(
            request.actor, ask.name, ask.value, active=ask.active, page=page
        )
    )


@_get("/variable/{name}", "H10", "R23", "activeProcesses")
@_get("/variable/{name}/value/{value:path}", "H11", "R24", "activeProcesses")
def by_variable(request: Request, engine: Engine) -> Reply:
    """The changes of a variable in all instances, perhaps those to one value."""
    ask = _variable(request, engine)
    return _logs(
        engine.history.by_variable(
            request.actor, ask.name, ask.value, active=ask.active, page=ask.page
        )
    )
