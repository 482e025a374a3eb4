"""The one ASGI endpoint of all dialects: from bytes to a handler's lane, and back.

Every request takes the same way: find the dialect by mount, match the undecoded path, find out
who is calling, read the body, ask whether the actor may (in the lane), run the handler, have the
dialect write the reply. Whatever fails on the way is written by that dialect's table of errors.
Judged is always the matched route, never the spelling of an address.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from procession.errors import Busy, Fault, Invalid, StoreFault, Unauthenticated
from procession.identity.model import Actor
from procession.web.auth import CHALLENGE, Authenticator
from procession.web.body import Gone, Receive, read_body
from procession.web.cors import Origins
from procession.web.forwarded import Forwarding
from procession.web.http import Dialect, Matcher, NoRoute, Reply, Request, Route, TooLarge
from procession.web.lanes import Lanes
from procession.web.logs import log_access

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.settings import Settings

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger("procession.web")
NOBODY = Actor("")
LONG = 100
"""Lists with more items are written by the pool."""
ACTING_HEADER = "on-behalf-of"
ACTING_PARAMETER = "on_behalf_of"
"""Who may act for others names in one of them for whom; the audit keeps both."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_PAUSE = re.compile(r"in ([0-9]+) s\b")
_ANY_CONTEXT = re.compile(r"(?:/[^/]+)*?/rest(?=/|$)")


class Mount:
    """A dialect at its place. ``prefix`` ``*/rest``: below every context path, or none.

    With a ``stranger`` nobody says who they are: every request is that actor's.
    """

    def __init__(self, prefix: str, dialect: Dialect, *, stranger: Actor | None = None) -> None:
        self.prefix = prefix
        self.dialect = dialect
        self.stranger = stranger
        self.matcher = Matcher(dialect.routes.routes)


class Endpoint:
    """Serves the mounts of one engine."""

    def __init__(
        self, engine: Engine, settings: Settings, mounts: Sequence[Mount], operator_key: str = ""
    ) -> None:
        self._settings = settings
        self._fixed = [(m.prefix, f"{m.prefix}/", m) for m in mounts if "*" not in m.prefix]
        self._anywhere = next((mount for mount in mounts if "*" in mount.prefix), None)
        self._lanes = Lanes(engine, readers=settings.reader_threads, pool=settings.pool_threads)
        self._access = engine.access
        self._authenticator = Authenticator(engine, self._lanes, operator_key)
        self.operator_key = self._authenticator.operator_key
        self._forwarding = Forwarding(settings.trusted_proxies)
        self._origins = Origins(settings.cors_origins)
        self._host_names = frozenset(name.lower() for name in settings.host_names)
        self._numbers = count(1)
        self._mark = os.urandom(4).hex()
        self.is_stopping = False
        self.in_hand = 0

    def close(self) -> None:
        """End the threads when what they have in hand is done."""
        self.is_stopping = True
        self._lanes.close()

    def find(self, target: str) -> tuple[Mount, str] | None:
        """The mount of an address and what stands before the dialect's own path."""
        for prefix, slashed, mount in self._fixed:
            if target.startswith(slashed) or target == prefix:
                return mount, prefix
        if target.startswith("/rest/") and self._anywhere is not None:
            return self._anywhere, "/rest"
        if self._anywhere is not None and (found := _ANY_CONTEXT.match(target)):
            return self._anywhere, found[0]
        return None

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, target: str, found: tuple[Mount, str]
    ) -> None:
        """Answer one request."""
        started = time.perf_counter()
        mount, prefix = found
        request = self._request(scope, target, prefix)
        self.in_hand += 1
        try:
            reply = await self._answer(mount, request, receive, target[len(prefix) :] or "/")
            request_id = self._request_id(request.headers)
            await self._send(send, request, reply, request_id)
        except Gone:
            return
        finally:
            self.in_hand -= 1
        if self._settings.access_log:
            log_access(request, reply, request_id, time.perf_counter() - started)

    def _request(self, scope: Scope, target: str, prefix: str) -> Request:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        peer = (scope.get("client") or ("", 0))[0]
        client, scheme, host = self._forwarding.read(peer, scope.get("scheme", "http"), headers)
        return Request(
            scope["method"],
            target,
            scope["query_string"].decode("latin-1"),
            headers,
            b"",
            NOBODY,
            mount=prefix,
            base=f"{scheme}://{host}",
            client=client,
        )

    async def _answer(self, mount: Mount, request: Request, receive: Receive, path: str) -> Reply:
        dialect = mount.dialect
        if request.method == "OPTIONS":
            return self._options(mount, request, path)
        try:
            route = await self._admit(mount, request, path)
            request.body = await read_body(
                receive,
                request.headers,
                limit=self._settings.max_body,
                seconds=self._settings.body_seconds,
            )
            reply = await self._lanes.run(route, request)
            if _is_long(reply.view):
                # Others are answered meanwhile.
                return await self._lanes.in_pool(lambda: dialect.write(request, reply))
            return dialect.write(request, reply)
        except Gone:
            raise
        except Exception as error:
            return self._failed(dialect, request, error)

    async def _admit(self, mount: Mount, request: Request, path: str) -> Route:
        """The route, if this caller may come in at all. Strangers learn nothing of addresses."""
        method = "GET" if request.method == "HEAD" else request.method
        missing: Exception | None = None
        route: Route | None = None
        try:
            route, request.path = mount.matcher.match(method, path)
        except (NoRoute, Invalid) as error:
            missing = error
        if self._host_names:
            self._check_host(request)
        if self.is_stopping and not (
            route and route.permission == "public" and route.lane == "here"
        ):
            raise Busy("the server is stopping; try again shortly")
        if route is None or route.permission != "public":
            actor = mount.stranger or self._authenticator.known(request.headers)
            if actor is None:
                actor = await self._authenticator.check(request.headers, request.client)
            request.actor = self._acting(request, actor)
        if missing is not None or route is None:
            raise missing or NoRoute()
        if "origin" in request.headers or "sec-fetch-site" in request.headers:
            self._origins.check(method, request.base, request.headers)
        return route

    def _acting(self, request: Request, actor: Actor) -> Actor:
        """Who calls, with the rights of whom they act for: by header, else by parameter."""
        name = request.headers.get(ACTING_HEADER, "")
        if ACTING_PARAMETER in request.query_string:
            given = [value for key, value in request.query if key == ACTING_PARAMETER]
            request.query[:] = [pair for pair in request.query if pair[0] != ACTING_PARAMETER]
            if len({*given, *filter(None, [name])}) > 1:
                raise Invalid("say once for whom you act")
            name = name or next(iter(given), "")
        return self._access.acting_for(actor, name) if name else actor

    def _check_host(self, request: Request) -> None:
        host = request.base.partition("://")[2].lower()
        if host not in self._host_names and host.rpartition(":")[0] not in self._host_names:
            raise Invalid("this server is not called by that host name")

    def _options(self, mount: Mount, request: Request, path: str) -> Reply:
        methods = mount.matcher.allowed(path)
        if not methods:
            return self._failed(mount.dialect, request, NoRoute())
        methods = (*methods, "OPTIONS")
        headers = [("allow", ", ".join(methods))]
        if "access-control-request-method" in request.headers:
            headers += self._origins.preflight(request.headers, methods)
        return Reply(status=204, body=b"", headers=tuple(headers))

    def _failed(self, dialect: Dialect, request: Request, error: Exception) -> Reply:
        if not isinstance(error, Fault | NoRoute):
            log.error("%s %s failed", request.method, request.target, exc_info=error)
        reply = dialect.fail(request, error)
        if isinstance(error, TooLarge) and reply.status == 400:
            reply.status = 413
        given = {name.lower() for name, _ in reply.headers}
        if reply.status == 401 and "www-authenticate" not in given:
            reply.headers += (("www-authenticate", CHALLENGE),)
        if isinstance(error, NoRoute) and error.allowed and "allow" not in given:
            reply.headers += (("allow", ", ".join(error.allowed)),)
        if _is_for_now(error) and "retry-after" not in given:
            reply.headers += (("retry-after", _seconds(error)),)
        return reply

    def _request_id(self, headers: Mapping[str, str]) -> str:
        given = headers.get("x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given
        return f"{self._mark}-{next(self._numbers)}"

    async def _send(self, send: Send, request: Request, reply: Reply, request_id: str) -> None:
        body = reply.body or b""
        headers = [
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
            *_ALWAYS,
        ]
        if reply.content_type:
            headers.append((b"content-type", reply.content_type.encode("latin-1")))
        for name, value in reply.headers:
            headers.append((name.lower().encode("latin-1"), _one_line(value)))
        origin = request.headers.get("origin")
        if origin is not None:
            headers += [(n.encode(), _one_line(v)) for n, v in self._origins.headers(origin)]
        if self.is_stopping:
            headers.append((b"connection", b"close"))
        if reply.status == 204:
            del headers[0]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        if request.method == "HEAD":
            body = b""
        await send({"type": "http.response.body", "body": body})


def _is_long(view: object) -> bool:
    """Whether a reply is a list that takes milliseconds to write."""
    items = getattr(view, "items", view)
    return isinstance(items, tuple | list) and len(items) > LONG


def _is_for_now(error: Exception) -> bool:
    """Whether the same request may do better a little later."""
    return isinstance(error, Busy | StoreFault) or (
        isinstance(error, Unauthenticated) and error.reason == "throttled"
    )


def _seconds(error: Exception) -> str:
    """How long to wait, where the message says it."""
    found = _PAUSE.search(str(error))
    return found[1] if found else "1"


def _one_line(value: str) -> bytes:
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")
