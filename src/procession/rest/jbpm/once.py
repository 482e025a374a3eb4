"""``Idempotency-Key``: a POST that is sent again is answered as it was the first time.

Beyond jBPM, and only for clients that send the header. The answer is kept in the very turn that
carries the request out, so that no crash comes between them; a request that takes several turns
(``execute``, uploads) leaves a mark first, and while nothing but the mark is there, its outcome is
unknown and it is refused. Keys belong to who sends them; they are forgotten after a day or two.
Failures change nothing and are not kept: they may be sent again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from procession.errors import Invalid, Rejected
from procession.services.kept_answers import KeptAnswers
from procession.values import Map
from procession.web.http import Reply, Request, Route

if TYPE_CHECKING:
    from procession.engine import Engine

HEADER: Final = "idempotency-key"
REPLAYED: Final = ("Idempotent-Replayed", "true")
LONGEST_KEY: Final = 255
LONGEST_ANSWER: Final = 1024 * 1024
_BOUNDARY: Final = re.compile(r'boundary="?([^";]+)')

Writer = Callable[[Request, Reply], Reply]


def once(route: Route, write: Writer) -> Route:
    """The same route, whose handler keeps its answers under the key of the request."""
    if route.method != "POST":
        return route
    handler, is_one_turn = route.handler, route.lane == "turn"

    @wraps(handler)
    def with_key(request: Request, engine: Engine) -> Reply:
        if HEADER not in request.headers:
            return handler(request, engine)
        kept = _Kept(request, engine)
        if is_one_turn:
            return kept.found() or kept.keep(write(request, handler(request, engine)))
        executive, actor = engine.executive, request.actor.name
        known = executive.run(kept.begin, actor=actor)
        if known is not None:
            return known
        try:
            reply = write(request, handler(request, engine))
        except Exception:
            executive.run(kept.give_up, actor=actor)
            raise
        return executive.run(lambda: kept.keep(reply), actor=actor)

    return msgspec.structs.replace(route, handler=with_key)


def _same_parts(request: Request) -> bytes:
    """The body; that of an upload without the boundary, which clients make up each time."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    return request.body.replace(found[1].encode(), b"") if found else request.body


class _Kept:
    """What is known of one key."""

    def __init__(self, request: Request, engine: Engine) -> None:
        key = request.headers[HEADER].strip()
        if not key or len(key) > LONGEST_KEY:
            raise Invalid(f"an Idempotency-Key has 1 to {LONGEST_KEY} characters")
        said = (request.method, request.target, request.query_string, request.content_type)
        head = "\n".join(said).encode()
        self._request = sha256(head + b"\n\n" + _same_parts(request)).hexdigest()
        self._answers = KeptAnswers(engine.room, request.actor.name, key)

    def found(self) -> Reply | None:
        """The answer that was given. Raises :class:`Invalid` if it was one to something else."""
        value = self._answers.found()
        if value is None:
            return None
        if value["request"] != self._request:
            raise Invalid("this Idempotency-Key was used for another request")
        if value["body"] is None:
            raise Rejected("the request with this Idempotency-Key is in hand or was cut off")
        return Reply(
            status=value["status"],
            headers=(REPLAYED,),
            body=value["body"],
            content_type=value["type"],
        )

    def keep(self, reply: Reply) -> Reply:
        """Keep an answer; one that is too large is not kept."""
        body = reply.body or b""
        if len(body) <= LONGEST_ANSWER:
            kept = {"status": reply.status, "type": reply.content_type, "body": body}
            self._answers.keep(Map(request=self._request, **kept))
        return reply

    def begin(self) -> Reply | None:
        """The answer that was given, else a mark that it is being made."""
        known = self.found()
        if known is None:
            self._answers.keep(Map(request=self._request, status=0, type="", body=None))
        return known

    def give_up(self) -> None:
        """Take the mark away."""
        self._answers.keep(None)
