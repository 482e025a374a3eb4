"""The dialect as a whole: its two route tables, its envelope, its failures."""

from __future__ import annotations

import time

from procession.rest.oneweb import cache, errors, instance, login, process, shapes, tasks
from procession.web import json
from procession.web.http import Reply, Request, RouteTable

CONTENT_TYPE = "application/json;charset=UTF-8"


class OnewebDialect:
    """Writes answers and failures of calls 1 to 11, unclaim, and login."""

    def __init__(self, name: str, tables: tuple[RouteTable, ...], http_status_mode: str) -> None:
        self.name = name
        self.routes = RouteTable()
        self.routes.routes = [route for table in tables for route in table.routes]
        self._mirrors = http_status_mode == "mirror"

    def write(self, request: Request, reply: Reply) -> Reply:
        """The envelope around what the handler answered; a login's answer stands alone."""
        view = reply.view
        if reply.shape is not None:
            view = shapes.Envelope(view, 0, _now(), reply.shape)
        reply.body = json.encode(view)
        reply.content_type = CONTENT_TYPE
        return reply

    def fail(self, request: Request, error: BaseException) -> Reply:
        """The envelope of a failure."""
        code, message = errors.code_of(error), errors.message_of(error)
        failure = shapes.Failure(errors.data_of(request, message), code, _now(), 0, message)
        status = code // 100 if self._mirrors else 200
        return Reply(status=status, body=json.encode(failure), content_type=CONTENT_TYPE)


def runtime(http_status_mode: str) -> OnewebDialect:
    """Everything below ``/BPMREST/service/runtime``."""
    tables = (process.routes, tasks.routes, instance.routes, cache.routes)
    return OnewebDialect("ONEWEB", tables, http_status_mode)


def platform_login(http_status_mode: str) -> OnewebDialect:
    """Everything below ``/eaf-rest``."""
    return OnewebDialect("ONEWEB login", (login.routes,), http_status_mode)


def _now() -> int:
    return round(time.time() * 1_000)
