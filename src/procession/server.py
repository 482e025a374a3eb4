"""create_app(engine): every door that speaks HTTP, as one ASGI application.

The dialects go through one endpoint over compiled route tables (:mod:`procession.web.endpoint`);
Starlette serves the pages around them. :func:`serve` runs the
application under uvicorn; any other ASGI server takes :func:`create_from_environment`.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import TYPE_CHECKING, Any

from procession.identity.model import ADMINISTRATORS, Actor
from procession.rest.api.dialect import ApiDialect
from procession.rest.jbpm.dialect import JbpmDialect
from procession.rest.oneweb import dialect as oneweb
from procession.runtime.warming import warm_up
from procession.web.endpoint import Endpoint, Mount, Scope, Send

if TYPE_CHECKING:
    import uvicorn

    from procession.engine import Engine
    from procession.web.body import Receive

log = logging.getLogger("procession.server")
SWITCH_SECONDS = 0.001
"""How long one thread may keep the interpreter from the others. The event loop, the executive and
the writer hand work to each other all the time; Python's 5 ms would be felt at each hand-over."""

WARMING_SECONDS = 0.05
"""After how long a server begins to load what it did not need for its start: it listens by then."""


class Application:
    """The ASGI application of one engine."""

    def __init__(
        self, engine: Engine, *, owns_engine: bool = False, operator_key: str = ""
    ) -> None:
        self.engine = engine
        self.mounts = mounts_of(engine)
        self.endpoint = Endpoint(engine, engine.settings, self.mounts, operator_key)
        self.operator_key = self.endpoint.operator_key
        self._owns_engine = owns_engine
        self._made_pages: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the server."""
        if scope["type"] == "http":
            target = address(scope)
            found = self.endpoint.find(target)
            if found is not None:
                await self.endpoint.serve(scope, receive, send, target, found)
                return
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self._pages()(scope, receive, send)

    def _pages(self) -> Any:
        """What surrounds the dialects; made for the first who asks, programs never do."""
        if self._made_pages is None:
            from procession.web.pages import make_pages

            described = [(m.dialect.name, m.prefix, m.dialect.routes.routes) for m in self.mounts]
            self._made_pages = make_pages(self.engine.settings, described)
        return self._made_pages

    def refuse_new(self) -> None:
        """From now on new requests are answered 503; what is in hand goes on."""
        self.endpoint.is_stopping = True

    async def _live(self, receive: Receive, send: Send) -> None:
        """ASGI's *lifespan*: ready at once; in the end what is in hand is finished."""
        await receive()
        sys.setswitchinterval(SWITCH_SECONDS)
        await send({"type": "lifespan.startup.complete"})
        asyncio.get_running_loop().call_later(WARMING_SECONDS, warm_up)
        await receive()
        self.refuse_new()
        while self.endpoint.in_hand:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self.close)
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """End the endpoint's threads, and the engine if it is ours."""
        self.endpoint.close()
        if self._owns_engine:
            self.engine.close()


def create_app(engine: Engine, *, owns_engine: bool = False, operator_key: str = "") -> Application:
    """The application over an open engine; ``owns_engine`` closes it when the server stops.

    ``operator_key`` lets the operator of the machine in; without one it is made up.
    """
    return Application(engine, owns_engine=owns_engine, operator_key=operator_key)


def mounts_of(engine: Engine) -> tuple[Mount, ...]:
    """Every dialect at its place."""
    settings = engine.settings
    stranger = None
    if settings.oneweb_auth_mode == "trusted":
        log.warning("oneweb_auth_mode=trusted: whoever reaches this server acts as anybody")
        stranger = Actor(settings.oneweb_system_user, frozenset({ADMINISTRATORS}))
    runtime = oneweb.runtime(settings.http_status_mode)
    login = oneweb.platform_login(settings.http_status_mode)
    return (
        Mount("/api", ApiDialect()),
        Mount(f"/{settings.oneweb_root.strip('/')}/service/runtime", runtime, stranger=stranger),
        Mount("/eaf-rest", login),
        Mount("*/rest", JbpmDialect(engine)),
    )


def address(scope: Scope) -> str:
    """The path as the client sent it, undecoded."""
    raw = scope.get("raw_path") or scope["path"].encode()
    text: str = raw.partition(b"?")[0].decode("utf-8", "replace")
    return text


def create_from_environment() -> Application:
    """For other ASGI servers: settings from the environment, the engine opened and owned.

    ``granian --interface asgi --factory procession.server:create_from_environment``
    """
    from procession.engine import Engine
    from procession.settings import read_settings
    from procession.web.logs import configure_logging

    settings = read_settings()
    configure_logging(settings)
    engine = Engine.open(settings.database, settings=settings, exclusive=True)
    if settings.admin_password:
        engine.people.ensure_first_administrator(settings.admin_password)
    engine.housekeeping.plan()
    engine.worker().start()
    return create_app(engine, owns_engine=True)


def serve(
    app: Application,
    sockets: list[socket.socket] | None = None,
    *,
    shared: bool = False,
) -> None:
    """Run the application under uvicorn until SIGTERM or SIGINT.

    After the signal what is in hand is finished, everything else is answered 503 or not accepted.
    ``shared``: other processes accept from the one listening socket too.
    """
    from procession.web.serving import Server, SharingServer

    kind = SharingServer if shared else Server
    kind(uvicorn_config(app), app.refuse_new).run(sockets)


def uvicorn_config(app: Application) -> uvicorn.Config:
    """How uvicorn is to run the application, as the settings say."""
    import uvicorn

    from procession.web.serving import Protocol

    settings = app.engine.settings
    return uvicorn.Config(
        app,
        http=Protocol,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="none",
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
