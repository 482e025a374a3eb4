"""A stand-in for a ONEWEB server: answers with what was recorded, and knows nothing else."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable

from procession.cli.exchanges import Exchange, parsed
from procession.cli.recorder import Receive, Scope, Send, answer, body_of, target_of

_Key = tuple[str, str, str]
_HEADERS = [
    (b"content-type", b"application/json;charset=UTF-8"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, clientid, content-type"),
]


class Stub:
    """An ASGI application. The same call made again gets the next answer, the last one for ever.

    Credentials are not looked at. Pages of every origin may call: it holds no data but the
    recording.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._answers: dict[_Key, deque[Exchange]] = defaultdict(deque)
        for exchange in exchanges:
            key = _key(exchange.method, exchange.target, exchange.body, exchange.text)
            self._answers[key].append(exchange)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what was not recorded is 404 with the dialect's envelope."""
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        content = await body_of(receive)
        if scope["method"] == "OPTIONS":
            await answer(send, 204, _HEADERS, b"")
            return
        known = self._answers.get(_key(scope["method"], target_of(scope), *parsed(content)))
        if known is None:
            await answer(send, 404, _HEADERS, _MISSING)
            return
        exchange = known.popleft() if len(known) > 1 else known[0]
        said = json.dumps(exchange.answer, ensure_ascii=False).encode()
        await answer(send, exchange.status, _HEADERS, said)


_MISSING = (
    b'{"data":"","code":40400,"timestamp":0,"totalRecordCount":0,'
    b'"message":"this call is not in the recording"}'
)


def _key(method: str, target: str, body: object, text: str | None) -> _Key:
    said = json.dumps(body, sort_keys=True) if text is None else text
    return method, target, "{}" if said == "null" else said
