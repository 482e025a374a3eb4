"""Processes of one work item, and a real HTTP server, for tests of the built-in handlers."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import msgspec

from procession.engine import Engine
from procession.testing import Model
from procession.testing.models import error, parameters
from tests.runtime.rooms import deploy, straight


class Request(msgspec.Struct):
    """What a server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


_units = count()
Reply = tuple[int, Mapping[str, str], bytes]


class HttpServer:
    """A server on this machine that answers as ``routes`` say and remembers what it was asked."""

    def __init__(
        self, host: str = "127.0.0.1", *, secured_by: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[Request] = []
        self.routes: dict[str, Callable[[Request], Reply]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(size))
                outer.asked.append(request)
                route = outer.routes.get(self.path.partition("?")[0])
                status, given, body = route(request) if route else (404, {}, b"nothing here")
                self.send_response(status)
                for name, value in given.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that gave up is no news."""

        self._server = Server((host, 0), Handler)
        if secured_by is not None:
            socket = self._server.socket
            self._server.socket = secured_by.wrap_socket(socket, server_side=True)
        self.port = self._server.server_address[1]
        self.host = f"{host}:{self.port}"
        self.url = f"http://{self.host}"

    @contextmanager
    def running(self) -> Iterator[HttpServer]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def says(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answer a path with text, bytes or, for anything else, JSON."""
        kind = "text/plain"
        if not isinstance(body, str | bytes):
            body, kind = msgspec.json.encode(body), "application/json"
        content = body.encode() if isinstance(body, str) else body
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.routes[path] = lambda _: (status, {"Content-Type": kind, **given}, content)


def calling(name: str, *, outputs: str = "", code: str = "", **constants: Any) -> Model:
    """A process of one work item with constant parameters; ``code`` leads to ``caught``."""
    wanted = {result: result for result in outputs.split()}
    inside = parameters(constants={k: str(v) for k, v in constants.items()}, outputs=wanted)
    process = straight(
        "p", lambda model: model.task("call", inside, taskName=name), variables=outputs
    )
    if code:
        process.root(f'<error id="e" errorCode="{code}"/>')
        process.boundary("call", "failed", error("e")).task("caught", taskName="Wait").end("x")
    return process


def run(engine: Engine, name: str, **given: Any) -> int:
    """Start such a process, and carry out what is due."""
    return run_model(engine, calling(name, **given))


def run_model(engine: Engine, model: Model, variables: Any = None) -> int:
    started = begin(engine, model, variables)
    engine.run_due_jobs()
    return int(started.id)


def begin(engine: Engine, model: Model, variables: Any = None) -> Any:
    """Deploy a process as a unit of its own, and start it."""
    unit = f"org.test:unit{next(_units)}:1.0"
    deploy(engine, model, unit=unit)
    return engine.processes.start(engine.admin, "p", variables or {})


def incident(engine: Engine) -> str:
    """The message of the one incident."""
    [found] = engine.jobs.incidents(engine.admin).items
    return str(found.message)
