"""The dialect as the server sees it: routes, and how replies and errors are written.

``reference/jbpm-rest-api.md`` 1.4, 2.9, 3.9. Content types carry no charset, because the clients
compare them with ``application/xml`` as a whole.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from procession.rest.jbpm import deployment, execute, forms, history, rich_query, runtime, task
from procession.rest.jbpm.errors import Failure, failure
from procession.rest.jbpm.negotiation import JSON, XML, wants_json
from procession.rest.jbpm.profiles import check_mounts, profile_of
from procession.rest.jbpm.shapes import (
    COMMANDS,
    DOCUMENTS,
    EXCEPTION,
    EXCEPTION_RESPONSE,
    VALUE,
    Payload,
)
from procession.rest.jbpm.values import variable_json, variable_xml
from procession.rest.shapes import Writer
from procession.web.http import Reply, Request, RouteTable

if TYPE_CHECKING:
    from procession.engine import Engine

log = logging.getLogger("procession.rest.jbpm")


class JbpmDialect:
    """The jBPM 6 dialect; serves below every ``<context>/rest``."""

    name = "jbpm"

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        check_mounts(settings.jbpm_mounts)
        self._settings = settings
        self.routes = RouteTable()
        for module in (execute, runtime, forms, task, history, rich_query, deployment):
            self.routes.routes.extend(module.routes.routes)
        self._writer = Writer(ZoneInfo(settings.time_zone))

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
        told: Failure = failure(error)
        shape = EXCEPTION_RESPONSE if execute.is_java_client(request) else EXCEPTION
        reply = Reply(told, shape, status=told.code, headers=told.headers)
        return self._written(request, reply)

    def _written(self, request: Request, reply: Reply) -> Reply:
        payload: Payload = reply.shape
        if payload is COMMANDS:
            reply.content_type = XML
            reply.body = execute.write_results(reply.view, self._writer)
            return reply
        as_json = wants_json(request.headers.get("accept"))
        reply.content_type = JSON if as_json else XML
        if payload is VALUE:
            write = variable_json if as_json else variable_xml
            reply.body = write(reply.view, self._writer.zone)
            return reply
        profile = profile_of(request, self._settings)
        document = DOCUMENTS[profile.shapes][payload.name]
        url = request.url if profile.full_url else request.target
        frame = url if payload.framed else None
        if as_json:
            reply.body = self._writer.json(document.shape, reply.view, frame)
        else:
            reply.body = self._writer.xml(document.root, document.shape, reply.view, frame)
        return reply
