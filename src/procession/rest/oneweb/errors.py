"""From our errors to the dialect's codes (``reference/oneweb-rest-api.md`` 1.4).

The HTTP status is the code divided by 100. A row names a class, and a reason where one class has
several codes; classes without a row are looked up by their parents.
"""

from __future__ import annotations

from typing import Any

from procession.errors import (
    Busy,
    Denied,
    ExecutionFailure,
    Fault,
    Invalid,
    InvalidModel,
    InvalidValue,
    NotFound,
    NotPermitted,
    Rejected,
    StoreFault,
    Unauthenticated,
)
from procession.web.http import NoRoute, Request, TooLarge, UnsupportedMediaType

UNEXPECTED = 50001
CODES: dict[tuple[type[BaseException], str], int] = {
    (Invalid, ""): 40001,
    (Invalid, "body"): 40002,
    (Invalid, "ambiguous"): 40004,
    (Invalid, "form"): 40003,
    (InvalidValue, ""): 40003,
    (InvalidModel, ""): 50002,
    (TooLarge, ""): 41301,
    (UnsupportedMediaType, ""): 41501,
    (Unauthenticated, ""): 40101,
    (Denied, ""): 40301,
    (NotPermitted, ""): 40301,
    (NotFound, ""): 40401,
    (NotFound, "definition"): 40401,
    (NotFound, "snapshot"): 40402,
    (NotFound, "instance"): 40403,
    (NotFound, "task"): 40404,
    (Rejected, ""): 40904,
    (Rejected, "claimed"): 40901,
    (Rejected, "not_claimed"): 40902,
    (Rejected, "inactive"): 40903,
    (Rejected, "suspended"): 40904,
    (Rejected, "ended"): 40904,
    (ExecutionFailure, ""): 50002,
    (Busy, ""): 50301,
    (StoreFault, ""): 50301,
    (NoRoute, ""): 40400,
}


def code_of(error: BaseException) -> int:
    """The dialect's code of an error; what is not one of ours is unexpected."""
    if isinstance(error, NoRoute) and error.allowed:
        return 40501
    reason = error.reason if isinstance(error, Fault) else ""
    for kind in type(error).__mro__:
        code = CODES.get((kind, reason)) or CODES.get((kind, ""))
        if code is not None:
            return code
    return UNEXPECTED


def message_of(error: BaseException) -> str:
    """Words for people: never a stack, a path or SQL."""
    if isinstance(error, Fault):
        return error.message
    if isinstance(error, NoRoute):
        return "this address takes other methods" if error.allowed else "there is no such address"
    return "an unexpected error; the log of the server says more"


def data_of(request: Request, message: str) -> Any:
    """``data`` keeps the type it has on success."""
    path = request.target.removeprefix(request.mount).rstrip("/")
    if path.endswith("/variables"):
        return {}
    if path.endswith("/tasks"):
        return []
    if path == "/classAction":
        return {"responseStatus": "FAIL", "exception": message}
    return ""
