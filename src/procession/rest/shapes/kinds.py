"""Kinds of values: how one value is written in XML and what JSON makes of it.

Values that carry their type are written with ``xsi:type`` (``reference/jbpm-rest-api.md`` 5.5).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from procession.rest.shapes.text import (
    REPLACEMENT,
    SURROGATES,
    XS,
    XSI,
    Text,
    epoch_ms,
    escape,
    xml_date,
)
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Set, Short, Value

Plain: TypeAlias = Callable[[Any], Any]


class Kind(msgspec.Struct, frozen=True):
    """How a value of one kind is written: the content of its element, and its JSON form.

    ``xml`` is given the writer's zone. ``collapses``: empty content is written ``<x/>``, as for
    elements that have children, and not ``<x></x>``, as for texts. No ``json`` leaves the value
    to msgspec.
    """

    xml: Callable[[tzinfo], Text]
    json: Plain | None = None
    collapses: bool = False


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _text_entries(items: Mapping[str, str]) -> str:
    return "".join(
        f"<entry><key>{escape(k)}</key>"
        + ("" if v is None else f"<value>{escape(v)}</value>")
        + "</entry>"
        for k, v in items.items()
    )


def _typed_entries(zone: tzinfo) -> Callable[[Mapping[str, Value]], str]:
    def write(items: Mapping[str, Value]) -> str:
        return "".join(
            f"<entry><key>{escape(str(key))}</key>"
            + ("" if value is None else typed("value", value, zone))
            + "</entry>"
            for key, value in items.items()
        )

    return write


TEXT = Kind(lambda zone: escape)
NUMBER = Kind(lambda zone: str)
BOOLEAN = Kind(lambda zone: _boolean)
DATE = Kind(xml_date, epoch_ms)
BASE64 = Kind(lambda zone: _base64)
NOTHING = Kind(lambda zone: lambda value: "", collapses=True)
TEXT_MAP = Kind(lambda zone: _text_entries, collapses=True)


def plain(value: Value) -> Any:
    """A value as JSON has it: dates in milliseconds, sets as lists, objects as their fields."""
    kind = type(value)
    if value is None or kind in (str, int, bool, float):
        return value
    if isinstance(value, Char):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime):
        return epoch_ms(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | Set):
        return [plain(item) for item in value]
    if isinstance(value, Bean):
        return {str(key): plain(item) for key, item in value.fields.items()}
    if isinstance(value, Decimal):
        return msgspec.Raw(str(value).encode()) if value.is_finite() else str(value)
    return value


TYPED_MAP = Kind(_typed_entries, plain, collapses=True)


_XS_TYPES: dict[type, str] = {
    str: "string", bool: "boolean", Long: "long", Short: "short", Byte: "byte",
    BigInteger: "integer", float: "double", Float: "float", Decimal: "decimal",
    datetime: "dateTime", bytes: "base64Binary", Char: "unsignedShort",
}  # fmt: skip


def xs_type(value: Value, zone: tzinfo) -> tuple[str, str] | None:
    """Schema type and text of a simple value; ``None`` for lists, objects and the like."""
    kind = type(value)
    if kind is int:
        return ("int" if -(2**31) <= value < 2**31 else "long"), str(value)
    name = _XS_TYPES.get(kind)
    if name is None and isinstance(value, datetime):
        name = "dateTime"
    if name is None:
        return None
    if kind is str:
        return name, escape(value)
    if kind is bool:
        return name, _boolean(value)
    if kind is bytes:
        return name, _base64(value)
    if kind is Char:
        return name, str(ord(value))
    if isinstance(value, datetime):
        return name, xml_date(zone)(value)
    if isinstance(value, float):
        return name, _xs_double(value)
    return name, f"{value:f}" if kind is Decimal else str(int(value))


def _xs_double(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "INF" if value > 0 else "-INF"
    return float.__repr__(value).replace("e+", "E").replace("e", "E")


def typed(name: str, value: Value, zone: tzinfo) -> str:
    """An element with ``xsi:type``; what has no schema type is written as its text."""
    if value is None:
        return f'<{name} xsi:nil="true" {XSI}/>'
    kind, text = xs_type(value, zone) or ("string", escape(str(plain(value))))
    return f'<{name} xsi:type="xs:{kind}" {XS} {XSI}>{text}</{name}>'


def encode_json(data: Any) -> bytes:
    """JSON of plain data; halves of surrogate pairs, which UTF-8 cannot carry, become U+FFFD."""
    try:
        return msgspec.json.encode(data, enc_hook=plain)
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(data), enc_hook=plain)


def _without_surrogates(data: Any) -> Any:
    if isinstance(data, str):
        return SURROGATES.sub(REPLACEMENT, data)
    if isinstance(data, Mapping):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [_without_surrogates(item) for item in data]
    return data
