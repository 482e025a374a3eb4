"""Errors on the wire: one table from our error classes to status code and status word.

``reference/jbpm-rest-api.md`` 2.9. A message names what was expected and found; stack traces and
the words of unexpected errors never leave the server.
"""

from __future__ import annotations

import msgspec

from procession.errors import (
    Busy,
    Denied,
    Fault,
    Invalid,
    InvalidModel,
    NotFound,
    NotPermitted,
    Rejected,
    StoreFault,
    Unauthenticated,
)
from procession.web.http import NoRoute, TooLarge, UnsupportedMediaType

BAD_REQUEST, NOT_FOUND, FORBIDDEN = "BAD_REQUEST", "NOT_FOUND", "FORBIDDEN"
PERMISSIONS_CONFLICT, FAILURE = "PERMISSIONS_CONFLICT", "FAILURE"


class NotAcceptable(Invalid):
    """The client takes nothing that this address can answer."""


STATUSES: tuple[tuple[type[Fault], int, str], ...] = (
    (TooLarge, 413, BAD_REQUEST),
    (UnsupportedMediaType, 415, BAD_REQUEST),
    (NotAcceptable, 406, BAD_REQUEST),
    (Invalid, 400, BAD_REQUEST),
    (NotFound, 404, NOT_FOUND),
    (Unauthenticated, 401, FORBIDDEN),
    (Denied, 403, FORBIDDEN),
    (NotPermitted, 409, PERMISSIONS_CONFLICT),
    (Rejected, 409, PERMISSIONS_CONFLICT),
    (Busy, 503, FAILURE),
    (StoreFault, 503, FAILURE),
    (Fault, 500, FAILURE),
)
"""The first row whose class fits decides."""

CHALLENGE = ("WWW-Authenticate", 'Basic realm="KIE Workbench Realm"')


class Failure(msgspec.Struct, frozen=True):
    """What a client is told of an error."""

    code: int
    status: str
    message: str | None
    headers: tuple[tuple[str, str], ...] = ()


def failure(error: BaseException) -> Failure:
    """What to tell of an error; what is not one of ours is an internal error."""
    if isinstance(error, NoRoute):
        return _no_route(error)
    if not isinstance(error, Fault):
        return Failure(500, FAILURE, "internal error; the server's log says more")
    if error.reason == "throttled":
        return Failure(429, FAILURE, error.message)
    _, code, word = next(row for row in STATUSES if isinstance(error, row[0]))
    headers = (CHALLENGE,) if code == 401 else ()
    return Failure(code, word, _message(error), headers)


def _no_route(error: NoRoute) -> Failure:
    if not error.allowed:
        return Failure(404, NOT_FOUND, "there is nothing at this address")
    allowed = ", ".join(error.allowed)
    headers = (("Allow", allowed),)
    return Failure(405, FAILURE, f"this address takes {allowed} only", headers)


def _message(error: Fault) -> str:
    if not isinstance(error, InvalidModel):
        return error.message
    untold = (text for text in map(str, error.problems) if text not in error.message)
    return "\n".join((error.message, *untold))
