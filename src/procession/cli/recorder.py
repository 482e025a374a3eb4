"""A proxy that writes down what passes between ONEWEB clients and their server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TextIO

import httpx2

from procession.cli.exchanges import HIDDEN, Exchange, caller, line_of, parsed

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_OF_THE_HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "host"}
    | {"content-length", "accept-encoding", "content-encoding", "date", "server"}
)


class Recorder:
    """An ASGI application: passes every request on, and the answer back, and keeps both."""

    def __init__(
        self, server: str, file: TextIO, told: Callable[[Exchange], None] | None = None
    ) -> None:
        self._server = server.rstrip("/")
        self._file = file
        self._told = told
        self._client = httpx2.AsyncClient(timeout=300, trust_env=False, follow_redirects=False)
        self._writing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; an unreachable server is 502 and nothing is kept."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        target = target_of(scope)
        body = await body_of(receive)
        headers = [(k, v) for k, v in scope["headers"] if k.decode().lower() not in _OF_THE_HOP]
        try:
            said = await self._client.request(
                scope["method"], self._server + target, content=body, headers=headers
            )
        except httpx2.HTTPError as error:
            text = f"{self._server} does not answer: {type(error).__name__}\n".encode()
            await answer(send, 502, [(b"content-type", b"text/plain")], text)
            return
        await self._keep(scope["method"], target, dict(scope["headers"]), body, said)
        passed = [(k, v) for k, v in said.headers.raw if k.decode().lower() not in _OF_THE_HOP]
        await answer(send, said.status_code, passed, said.content)

    async def _keep(
        self,
        method: str,
        target: str,
        headers: dict[bytes, bytes],
        body: bytes,
        said: httpx2.Response,
    ) -> None:
        if method == "OPTIONS":
            return
        asked, text = parsed(body)
        exchange = Exchange(
            method,
            target,
            said.status_code,
            caller(headers.get(b"authorization", b"").decode("latin-1")),
            asked,
            parsed(said.content)[0],
            HIDDEN if target.startswith("/eaf-rest") and text else text,
            headers.get(b"content-type", b"").decode("latin-1"),
        )
        async with self._writing:
            self._file.write(line_of(exchange))
            self._file.flush()
        if self._told:
            self._told(exchange)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.shutdown":
                await self._client.aclose()
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return


def target_of(scope: Scope) -> str:
    """Path and query of a request as they were sent."""
    query = scope["query_string"].decode("ascii")
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("ascii", "replace") + (f"?{query}" if query else "")


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes
) -> None:
    """Send an answer."""
    length = (b"content-length", str(len(content)).encode())
    start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
    await send(start)
    await send({"type": "http.response.body", "body": content})
