"""Reading the body of a request within limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from procession.errors import Invalid
from procession.web.http import TooLarge

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Gone(Exception):
    """The client went away before it had said everything."""


async def read_body(
    receive: Receive, headers: Mapping[str, str], *, limit: int, seconds: float
) -> bytes:
    """The whole body; nothing is awaited for a request that announces none."""
    length = headers.get("content-length")
    if length is None and "transfer-encoding" not in headers:
        return b""
    if length is not None:
        if not (length.isascii() and length.isdecimal() and len(length) <= 18):
            raise Invalid("Content-Length is not a number")
        if int(length) > limit:
            raise _too_large(limit)
        if length == "0":
            return b""
    message = await receive()  # nearly always the whole body is here already
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        return body
    try:
        return await asyncio.wait_for(_rest(receive, message, limit), seconds)
    except TimeoutError as error:
        raise Invalid(f"the body was not sent within {seconds:g} seconds") from error


async def _rest(receive: Receive, message: Mapping[str, Any], limit: int) -> bytes:
    parts = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise Gone
        parts += message.get("body", b"")
        if len(parts) > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            return bytes(parts)
        message = await receive()


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes", reason="too_large")
