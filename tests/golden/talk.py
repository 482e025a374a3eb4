"""Talking to a server in this process, and what was said.

The application is called directly, without a socket: a thousand exchanges take a few seconds.
What differs from run to run (times) is replaced by words; numbers are those of a fresh store.
"""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from procession.engine import Engine
from procession.identity.credentials import Hasher
from procession.server import Application, create_app
from procession.settings import Settings
from tests.golden.models import FILES, UNIT
from tests.golden.records import Exchange

REST = "/business-central/rest"
PASSWORD = "correct horse battery"
XML, FORM = "application/xml", "application/x-www-form-urlencoded"
_CHANGING = [
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"\b1[789]\d{11}\b"), "TIME"),
    (re.compile(r"(<duration>|\"duration\":)\d+"), r"\1MS"),
]


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Read(NamedTuple):
    """What came back, and how many bytes of the body were taken before."""

    answer: Answer
    taken: int


class Server:
    """One engine and its application, called by name of the user."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.app: Application = create_app(engine)
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()
        self.app.close()

    def call(
        self,
        user: str | None,
        method: str,
        target: str,
        body: bytes = b"",
        **headers: str,
    ) -> Answer:
        """Send a request; ``target`` is the address as it goes over the wire."""
        length = {"content_length": str(len(body))} if body else {}
        scope = self._scope(user, method, target, {**headers, **length})

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        return self._runner.run(self._exchange(scope, receive))

    def _scope(
        self, user: str | None, method: str, target: str, headers: dict[str, str]
    ) -> dict[str, Any]:
        path, _, query = target.partition("?")
        sent = {"host": "localhost:8080", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if user:
            sent["authorization"] = "Basic " + b64encode(f"{user}:{PASSWORD}".encode()).decode()
        return {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "client": ("127.0.0.1", 1), "server": ("localhost", 8080),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in sent.items()],
        }  # fmt: skip

    def stream(
        self, user: str, method: str, path: str, chunk: bytes, count: int, **headers: str
    ) -> Read:
        """Send a body of many chunks; says how much of it was taken."""
        taken = 0

        async def receive() -> dict[str, Any]:
            nonlocal taken
            taken += len(chunk)
            return {
                "type": "http.request", "body": chunk, "more_body": taken < count * len(chunk)
            }  # fmt: skip

        scope = self._scope(user, method, path, headers)
        return Read(self._runner.run(self._exchange(scope, receive)), taken)

    async def _exchange(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]]
    ) -> Answer:
        told: dict[str, Any] = {"status": 0, "headers": {}, "body": b""}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                told["headers"] = {k.decode(): v.decode() for k, v in message.get("headers", ())}
            else:
                told["body"] += message.get("body", b"")

        await self.app(scope, receive, send)
        return Answer(told["status"], told["headers"], told["body"])


@contextmanager
def serving(**settings: Any) -> Iterator[Server]:
    """A fresh server: ann and bob of HR, carl of nothing, boss the administrator; one unit."""
    with Engine.open("sqlite://", settings=Settings(**settings)) as engine:
        engine.people.directory.hasher = Hasher(memory_kib=64, passes=1)  # quick, for tests
        people, admin = engine.people, engine.admin
        for group in ("HR", "Administrators"):
            people.add_group(admin, group)
        for name, groups in (("ann", ("HR",)), ("bob", ("HR",)), ("carl", ())):
            people.add_user(admin, name, PASSWORD, groups=groups)
        people.add_user(admin, "boss", PASSWORD, groups=("Administrators",))
        engine.deployments.deploy(admin, UNIT, FILES)
        server = Server(engine)
        try:
            yield server
        finally:
            server.close()


def normal(text: str) -> str:
    """An answer without what changes from run to run."""
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return text


class Talk:
    """Records what a scenario says to a server, in one profile and one encoding."""

    def __init__(self, server: Server, profile: str, encoding: str) -> None:
        self.server = server
        self.engine = server.engine
        self.profile = profile
        self.kind = f"application/{encoding}"
        self.exchanges: list[Exchange] = []

    def __call__(
        self,
        route: str,
        title: str,
        call: str,
        user: str | None = "ann",
        body: bytes | str = b"",
        **headers: str,
    ) -> Answer:
        """Do ``METHOD /path`` below the jBPM dialect's root and keep what was said."""
        method, _, path = call.partition(" ")
        sent = body.encode() if isinstance(body, str) else body
        answer = self.server.call(
            user, method, REST + path, sent, **{"accept": self.kind, **headers}
        )
        request = f"{user or '(nobody)'} {method} {path}"
        request += "".join(f"\n{n.replace('_', '-')}: {v}" for n, v in headers.items())
        if isinstance(body, str) and body:
            request += "\n" + body
        self.keep(route, title, request, answer)
        return answer

    def keep(self, route: str, title: str, request: str, answer: Answer, version: str = "") -> None:
        """Keep what was said; the ``version`` of a request is told as a word."""
        told = normal(answer.text)
        if version:
            told = told.replace(version, "{version}")
        kind = answer.headers.get("content-type", "")
        head = str(answer.status) + (f" {kind}" if kind != self.kind else "")
        for name in ("allow", "www-authenticate", "warning"):
            if name in answer.headers:
                head += f"\n{name}: {answer.headers[name]}"
        self.exchanges.append(Exchange(route, title, request, f"{head}\n{told}"))


Scenario = Callable[[Talk], None]
