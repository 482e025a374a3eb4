"""The dialect as the server sees it: routes, and how replies and errors are written.

``reference/jbpm-rest-api.md`` 1.4, 2.9, 3.9. Content types carry no charset, because the clients
compare them with ``application/xml`` as a whole.
"""

from __future__ import annotations

import logging
import re
from functools import wraps
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from procession.rest.jbpm import deployment, execute, forms, history, rich_query, runtime, task
from procession.rest.jbpm.accidents import FIXED
from procession.rest.jbpm.errors import Failure, NotAcceptable, failure
from procession.rest.jbpm.latest import check_real, is_latest, real_id
from procession.rest.jbpm.negotiation import JSON, XML, takes_xml, wants_json
from procession.rest.jbpm.once import once
from procession.rest.jbpm.params import Parameters, path_number
from procession.rest.jbpm.profiles import Profile, check_mounts, is_mounted, profile_of
from procession.rest.jbpm.shapes import (
    ALONE,
    COMMANDS,
    DOCUMENTS,
    EXCEPTION,
    EXCEPTION_RESPONSE,
    FAILED_RESPONSE,
    LOG_LIST,
    TASK_LIST,
    VALUE,
    InstanceWithVariables,
    Payload,
)
from procession.rest.jbpm.values import variable_json, variable_xml
from procession.rest.jbpm.wishes import (
    KEEPS_TYPES,
    PROBLEM,
    keeps_types,
    page_headers,
    problem,
    wants_problem,
    warning,
    with_types,
)
from procession.rest.shapes import Writer
from procession.services.views import Page
from procession.values import Map
from procession.web.http import NoRoute, Reply, Request, Route, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.settings import Settings

log = logging.getLogger("procession.rest.jbpm")
_GAV = re.compile(r"[\w.-]+(:[\w.-]+){2}(:[\w.-]*){0,2}", re.ASCII)


def _as_it_was(route: Route) -> Route:
    """The same route, which a version may lack, or its deployments may not have such an id."""
    if "/execute" in route.path:
        return route
    handler = route.handler
    name = "Q03" if route.path == "/query/task" else route.id
    words = frozenset({name, f"{route.method} {name}"})
    heeds = route.path.startswith("/runtime/{dep}/history")

    @wraps(handler)
    def as_it_was(request: Request, engine: Engine) -> Reply:
        accidents = profile_of(request, engine.settings).accidents
        if accidents is not FIXED:
            dep = request.path.get("dep")
            if words & accidents.lacks or (dep and accidents.gav_only and not _GAV.fullmatch(dep)):
                raise NoRoute()
            if accidents.ignores_required_roles:
                request.actor = msgspec.structs.replace(request.actor, ignores_required_roles=True)
            if heeds and accidents.heeds_units:
                engine.deployments.get(request.actor, request.path["dep"])
        return handler(request, engine)

    return msgspec.structs.replace(route, handler=as_it_was)


def _with_own_id(route: Route) -> Route:
    """The same route for the id of a unit in any spelling: empty parts at its end mean nothing
    (6.1), and the latest version is the one that it is.
    """
    if "{dep}" not in route.path:
        return route
    handler = route.handler
    changes_unit = route.path.startswith("/deployment") and route.method != "GET"
    of_instance = "instance/{id" in route.path
    reads_envelope = route.path.startswith("/runtime/{dep}/execute")

    @wraps(handler)
    def with_own_id(request: Request, engine: Engine) -> Reply:
        path = request.path
        dep = path["dep"] = path["dep"].rstrip(":")
        if is_latest(dep) and changes_unit:
            check_real(dep)
        elif is_latest(dep) and not reads_envelope:
            number = path_number(request, "id", "process instance") if of_instance else None
            path["dep"] = real_id(engine, request.actor, dep, number)
        return handler(request, engine)

    return msgspec.structs.replace(route, handler=with_own_id)


def _with_warning(route: Route) -> Route:
    """The same route; where variables are taken, it warns of parameters that nobody reads."""
    if "map_*" not in route.query:
        return route
    handler, known = route.handler, frozenset(name.lower() for name in route.query)

    @wraps(handler)
    def with_warning(request: Request, engine: Engine) -> Reply:
        reply = handler(request, engine)
        given = Parameters(request, engine)
        ignored = [name for name in given.unknown(known) if not name.startswith("map_")]
        reply.headers = (*reply.headers, *warning(ignored))
        return reply

    return msgspec.structs.replace(route, handler=with_warning)


def _with_media(route: Route) -> Route:
    """The same route, which a version may refuse to who takes neither XML nor JSON."""
    handler = route.handler

    @wraps(handler)
    def with_media(request: Request, engine: Engine) -> Reply:
        accept = request.headers.get("accept")
        if (
            not (takes_xml(accept) or wants_json(accept))
            and profile_of(request, engine.settings).accidents.insists_on_media
        ):
            raise NotAcceptable("this address answers application/xml and application/json only")
        return handler(request, engine)

    return msgspec.structs.replace(route, handler=with_media)


def _list_of(payload: Payload, profile: Profile, request: Request, settings: Settings) -> Payload:
    """A list in JSON: under the names of both ages, or under the version's own name alone.

    Those of 6.0 and 6.1 stand alone unless the operator has named the context path: readers that
    gather objects from a whole document count each once then.
    """
    if profile.accidents.lists_once:
        is_alone = not (payload is LOG_LIST and profile.copies_logs)
    else:
        is_alone = profile.form == "L" and not is_mounted(request, settings)
    return ALONE[payload.name] if is_alone else payload


class JbpmDialect:
    """The jBPM 6 dialect; serves below every ``<context>/rest``."""

    name = "jbpm"

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        self._engine = engine
        check_mounts(settings.jbpm_mounts)
        self._settings = settings
        self.routes = RouteTable()
        for module in (execute, runtime, forms, task, history, rich_query, deployment):
            self.routes.routes.extend(map(self._improved, module.routes.routes))
        self._writer = Writer(ZoneInfo(settings.time_zone))

    def _improved(self, route: Route) -> Route:
        """The same route, which heeds what clients may ask for beyond jBPM."""
        route = _as_it_was(_with_own_id(once(_with_warning(route), self.write)))
        return _with_media(route) if route.path.startswith("/deployment/{dep}") else route

    def write(self, request: Request, reply: Reply) -> Reply:
        """The reply in the representation that the client asked for."""
        if reply.body is not None:
            return reply
        try:
            return self._written(request, reply)
        except Exception as error:
            log.exception("the answer to %s %s cannot be written", request.method, request.target)
            return self.fail(request, error)

    def fail(self, request: Request, error: BaseException) -> Reply:
        """The same for an error."""
        if wants_problem(request):
            known = failure(error)
            reply = Reply(status=known.code, headers=known.headers, content_type=PROBLEM)
            reply.body = problem(request, known, self._engine)
            return reply
        accidents = self._profile(request, error).accidents
        told: Failure = accidents.told(failure(error), error, request.target)
        if accidents.container_pages and isinstance(error, NoRoute):
            page = f"<html><head><title>Error</title></head><body>{told.code}</body></html>"
            return Reply(
                status=told.code,
                headers=told.headers,
                body=page.encode(),
                content_type="text/html;charset=utf-8",
            )
        shape = EXCEPTION_RESPONSE if execute.is_java_client(request) else EXCEPTION
        if accidents.errors_are_responses:
            shape = FAILED_RESPONSE
        reply = Reply(told, shape, status=told.code, headers=told.headers)
        return self._written(request, reply)

    def _profile(self, request: Request, error: BaseException | None = None) -> Profile:
        """The version that commands name, else that of the address."""
        speaks: Profile | None = request.speaks
        if error is not None:
            speaks = execute.spoken(request, error, self._settings)
        return speaks or profile_of(request, self._settings)

    def _written(self, request: Request, reply: Reply) -> Reply:
        payload: Payload = reply.shape
        if payload is COMMANDS:
            reply.content_type = XML
            reply.body = execute.write_results(reply.view, self._writer)
            return reply
        as_json = wants_json(request.headers.get("accept"))
        reply.content_type = JSON if as_json else XML
        profile = self._profile(request)
        if payload is VALUE:
            wraps = as_json and profile.wrapped_values
            write = variable_json if as_json else variable_xml
            reply.body = write(Map(value=reply.view) if wraps else reply.view, self._writer.zone)
            return reply
        if isinstance(reply.view, Page):
            reply.headers = (*reply.headers, *page_headers(request, reply.view))
        if as_json and isinstance(reply.view, InstanceWithVariables) and keeps_types(request):
            reply.headers = (*reply.headers, KEEPS_TYPES)
            reply.view = with_types(reply.view)
        if as_json and (payload is LOG_LIST or payload is TASK_LIST):
            payload = _list_of(payload, profile, request, self._settings)
        document = DOCUMENTS[profile.shapes][payload.name]
        url = request.url if profile.full_url else request.target
        frame = url if payload.framed else None
        is_error = payload is EXCEPTION or payload is FAILED_RESPONSE
        if as_json and not (is_error and profile.accidents.errors_are_xml):
            reply.body = self._writer.json(document.shape, reply.view, frame)
        else:
            reply.body = self._writer.xml(document.root, document.shape, reply.view, frame)
        return reply
