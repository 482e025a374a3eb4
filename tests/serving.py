"""A real server on the loopback, in a thread of the test process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import uvicorn

from procession.engine import Engine
from procession.server import Application, create_app, uvicorn_config
from tests.plain_http import NO_TLS

PASSWORD = "correct horse"


class Served:
    """A running server; ``client(name)`` calls it as that user."""

    def __init__(self, engine: Engine, app: Application, port: int) -> None:
        self.engine = engine
        self.app = app
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self._clients: dict[str | None, httpx2.Client] = {}

    def client(self, name: str | None = None) -> httpx2.Client:
        """A client with the user's Basic credentials, or with none."""
        if name not in self._clients:
            auth = (name, PASSWORD) if name else None
            self._clients[name] = httpx2.Client(
                base_url=self.base, auth=auth, timeout=20, trust_env=False, verify=NO_TLS
            )
        return self._clients[name]

    def raw(self, text: str) -> str:
        """Send exactly these bytes and read until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as peer:
            peer.sendall(text.encode())
            parts = b""
            with suppress(TimeoutError):
                while chunk := peer.recv(65_536):
                    parts += chunk
        return parts.decode("latin-1")

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@contextmanager
def serving(engine: Engine) -> Iterator[Served]:
    """Serve an engine on a free port until the block is left."""
    app = create_app(engine)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        server = uvicorn.Server(uvicorn_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        served = Served(engine, app, listening.getsockname()[1])
        try:
            yield served
        finally:
            served.close()
            server.should_exit = True
            thread.join(20)


def put_people(engine: Engine, people: dict[str, tuple[str, ...]], **roles: Any) -> None:
    """``admin`` and users with their groups; ``roles`` maps a role to ``(code, users...)``."""
    engine.people.ensure_first_administrator(PASSWORD)
    for group in sorted({group for groups in people.values() for group in groups}):
        engine.people.add_group(engine.admin, group)
    for name, groups in people.items():
        engine.people.add_user(engine.admin, name, PASSWORD, groups)
    for role, (code, *users) in roles.items():
        name = "act-for-others" if role == "act_for_others" else role
        engine.people.add_role(engine.admin, name, code)
        for user in users:
            engine.people.grant_role(engine.admin, name, user)
