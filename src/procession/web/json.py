"""JSON in and out: msgspec at work, with our values and our errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from procession.errors import Invalid
from procession.values import Bean, Map, Set, Value
from procession.web.http import Request, UnsupportedMediaType

T = TypeVar("T")
_BIGGEST = 2**63


def plain(value: Value, *, dates_as_ms: bool = False) -> Any:
    """A value as plain data for JSON: Java's kinds become plain ones, sets lists, beans objects."""
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is float:
        return value
    if isinstance(value, int):
        return int(value) if -_BIGGEST <= value < _BIGGEST else msgspec.Raw(b"%d" % value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {_key(k): plain(v, dates_as_ms=dates_as_ms) for k, v in value.items()}
    if isinstance(value, tuple | list | Set):
        return [plain(item, dates_as_ms=dates_as_ms) for item in value]
    if isinstance(value, Bean):
        return plain(value.fields, dates_as_ms=dates_as_ms)
    if isinstance(value, datetime) and dates_as_ms:
        return round(value.timestamp() * 1_000)
    return value


def _key(key: Value) -> str:
    return key if type(key) is str else str(key)


def _hook(value: object) -> Any:
    if isinstance(value, Map | Set | Bean | int | float | str):
        return plain(value)
    raise TypeError(f"cannot write a {type(value).__name__} as JSON")


_encoder = msgspec.json.Encoder(enc_hook=_hook, decimal_format="number")
encode = _encoder.encode


def decode(request: Request, kind: type[T]) -> T:
    """The body as a struct. Raises :class:`Invalid` naming the member that does not fit."""
    refuse_other_media(request)
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"the body does not fit: {error}", reason="body") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("the body is not JSON in UTF-8", reason="body") from error


def refuse_other_media(request: Request) -> None:
    """Take JSON under any name but those that say it is something else."""
    kind = request.content_type
    if kind.startswith("multipart/") or kind.endswith(("/xml", "+xml")):
        raise UnsupportedMediaType(f"send JSON, not {kind[:60]}", reason="media")
