"""``Idempotency-Key``: a POST that is sent again is answered as it was the first time.

Beyond jBPM, and only for clients that send the header. What is known of a key is written by the
very turns that carry the request out, so that no crash comes between. Most requests are one turn,
which keeps the answer. One of several turns (``execute``, whose commands are transactions of
their own) keeps with each of them what has been answered so far; sent again after a crash, it goes
on with the next. An upload is compiled before its turn; a signal whose outcome is shown is told
after it.

Keys belong to who sends them; they are forgotten after a day or two. Failures change nothing and
are not kept: they may be sent again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from procession.errors import Invalid, Rejected
from procession.services.kept_answers import KeptAnswers
from procession.values import Map, Value
from procession.web.http import Reply, Request, Route

if TYPE_CHECKING:
    from procession.engine import Engine

HEADER: Final = "idempotency-key"
REPLAYED: Final = ("Idempotent-Replayed", "true")
LONGEST_KEY: Final = 255
LONGEST_ANSWER: Final = 1024 * 1024
_BOUNDARY: Final = re.compile(r'boundary="?([^";]+)')

ONE_TURN: Final = frozenset({"D06"})
"""Routes that run in the pool, though what they do is a single turn."""

Writer = Callable[[Request, Reply], Reply]


class InHand(Rejected):
    """Another request with the same key is being carried out at this moment."""


def once(route: Route, write: Writer) -> Route:
    """The same route, whose handler keeps its answers under the key of the request."""
    if route.method != "POST":
        return route
    handler, is_one_turn = route.handler, route.lane == "turn" or route.id in ONE_TURN

    @wraps(handler)
    def with_key(request: Request, engine: Engine) -> Reply:
        if HEADER not in request.headers:
            return handler(request, engine)
        kept = Once(request, engine, write)
        executive, actor = engine.executive, request.actor.name

        def in_one_turn() -> Reply:
            return kept.found() or kept.answer(handler(request, engine))

        if is_one_turn:
            return executive.run(in_one_turn, actor=actor)
        known = executive.run(kept.found, actor=actor)
        if known is not None:
            return known
        request.once = kept
        reply = handler(request, engine)
        return reply if kept.is_answered else executive.run(lambda: kept.answer(reply), actor=actor)

    return msgspec.structs.replace(route, handler=with_key)


def _same_parts(request: Request) -> bytes:
    """The body; that of an upload without the boundary, which clients make up each time."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    return request.body.replace(found[1].encode(), b"") if found else request.body


class Once:
    """What is known of one key, and how a handler of several turns adds to it.

    ``parts`` is what the turns of a request that was cut off have answered, in order.
    """

    def __init__(self, request: Request, engine: Engine, write: Writer) -> None:
        key = request.headers[HEADER].strip()
        if not key or len(key) > LONGEST_KEY:
            raise Invalid(f"an Idempotency-Key has 1 to {LONGEST_KEY} characters")
        said = (request.method, request.target, request.query_string, request.content_type)
        head = "\n".join(said).encode()
        self._request = sha256(head + b"\n\n" + _same_parts(request)).hexdigest()
        self._answers = KeptAnswers(engine.room, request.actor.name, key)
        self._write: Callable[[Reply], Reply] = partial(write, request)
        self._executive, self._actor = engine.executive, request.actor.name
        self.parts: tuple[bytes, ...] = ()
        self._kept_parts = 0
        self.is_answered = False

    def found(self) -> Reply | None:
        """The answer that was given. Raises :class:`Invalid` if it was one to something else."""
        value = self._answers.found()
        if value is None:
            return None
        if value["request"] != self._request:
            raise Invalid("this Idempotency-Key was used for another request")
        if value["body"] is not None:
            return Reply(
                status=value["status"],
                headers=(REPLAYED,),
                body=value["body"],
                content_type=value["type"],
            )
        if "parts" not in value:
            raise Rejected(f"this was carried out; its answer had over {LONGEST_ANSWER} bytes")
        self.parts = value["parts"]
        self._kept_parts = len(self.parts)
        return None

    def answer(self, reply: Reply) -> Reply:
        """Keep the answer, within a turn; of one that is too large, that it was given."""
        self._check()
        reply = self._write(reply)
        body = reply.body or b""
        kept = body if len(body) <= LONGEST_ANSWER else None
        self._keep(status=reply.status, type=reply.content_type, body=kept)
        self.is_answered = True
        return reply

    def note(self, part: bytes) -> None:
        """Add what changed nothing; it is kept with what does."""
        self.parts = (*self.parts, part)

    def step(self, work: Callable[[], bytes]) -> bytes:
        """Carry something out as one turn, which keeps what has been answered up to here."""

        def turn() -> bytes:
            self._check()
            part = work()
            parts = (*self.parts, part)
            if sum(map(len, parts)) <= LONGEST_ANSWER:
                self._keep(body=None, parts=parts)
            else:
                self._keep(body=None)
            return part

        part = self._executive.run(turn, actor=self._actor)
        self.note(part)
        self._kept_parts = len(self.parts)
        return part

    def _check(self) -> None:
        """Raise :class:`InHand` if another request with the key has gone further."""
        value = self._answers.found()
        parts = () if value is None else value.get("parts")
        if parts is None or len(parts) != self._kept_parts:
            raise InHand("a request with this Idempotency-Key is in hand")

    def _keep(self, **known: Value) -> None:
        self._answers.keep(Map(request=self._request, **known))
