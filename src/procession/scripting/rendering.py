"""Texts of values exactly as Java's ``toString`` writes them (2.9).

Used by scripts, by printing and by history. Dates need a time zone, English always.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Final

from procession.scripting.equality import MAX_DEPTH, hash_code, too_deep
from procession.scripting.floating import double_digits, float_digits
from procession.scripting.meter import Meter, unlimited
from procession.scripting.objects import (
    ArrayObject,
    BeanObject,
    ClassObject,
    Entry,
    ListObject,
    MapObject,
    SetObject,
    TextBuilder,
)
from procession.scripting.throwables import Throwable
from procession.values import Bean, Float, Map, Set, Value

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def java_text(value: Value, zone: tzinfo = UTC, meter: Meter | None = None) -> str:
    """The text of a value, frozen or inside a script; null is ``null``."""
    if type(value) is str:
        return value
    return _text(value, zone, meter or unlimited(), 0)


def double_text(value: float) -> str:
    """``Double.toString``."""
    return _real_text(value, double_digits)


def float_text(value: float) -> str:
    """``Float.toString``."""
    return _real_text(value, float_digits)


def _real_text(value: float, digits_of: Callable[[float], tuple[str, int]]) -> str:
    if value != value:
        return "NaN"
    minus = "-" if math.copysign(1.0, value) < 0 else ""
    if value in (math.inf, -math.inf):
        return minus + "Infinity"
    if value == 0:
        return minus + "0.0"
    digits, place = digits_of(abs(value))
    if 0 < place < 8:
        return f"{minus}{digits[:place].ljust(place, '0')}.{digits[place:] or '0'}"
    if -3 < place <= 0:
        return f"{minus}0.{'0' * -place}{digits}"
    return f"{minus}{digits[0]}.{digits[1:] or '0'}E{place - 1}"


def zone_text(moment: datetime) -> str:
    """The short name of the moment's zone, ``GMT+02:00`` where it has none."""
    name = moment.tzname() or "UTC"
    if name[0] in "+-":
        digits = name[1:].replace(":", "").ljust(4, "0")
        return f"GMT{name[0]}{digits[:2]}:{digits[2:4]}"
    if name.startswith("UTC") and len(name) > 3:
        return "GMT" + name[3:]
    return name


def date_text(moment: datetime, zone: tzinfo) -> str:
    """``Date.toString``: ``EEE MMM dd HH:mm:ss zzz yyyy``."""
    local = moment.astimezone(zone)
    day, month = DAYS[local.weekday()][:3], MONTHS[local.month - 1][:3]
    return f"{day} {month} {local:%d %H:%M:%S} {zone_text(local)} {local.year:04d}"


def _text(value: Value, zone: tzinfo, meter: Meter, depth: int) -> str:
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is float:
        return double_text(value)
    if kind is Float:
        return float_text(value)
    if isinstance(value, int):
        if value.bit_length() > 64:
            meter.burn(64)
        return int.__repr__(value)
    if isinstance(value, str | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return date_text(value, zone)
    if depth > MAX_DEPTH:
        raise too_deep()
    meter.burn(4)
    return _structure(value, zone, meter, depth + 1)


def _structure(value: Value, zone: tzinfo, meter: Meter, depth: int) -> str:
    if isinstance(value, tuple | Set):
        return _items(list(value), value, zone, meter, depth)
    if isinstance(value, Map):
        return _pairs([(k, v) for k, v in value.items()], value, zone, meter, depth)
    if isinstance(value, ListObject):
        return _items(value.items, value, zone, meter, depth)
    if isinstance(value, SetObject):
        return _items(value.members(meter), value, zone, meter, depth)
    if isinstance(value, MapObject):
        pairs = [(entry.key, entry.value) for entry in value.ordered(meter)]
        return _pairs(pairs, value, zone, meter, depth)
    if isinstance(value, Entry):
        return _pairs([(value.key, value.value)], value, zone, meter, depth)[1:-1]
    if isinstance(value, BeanObject):
        shown = getattr(value, "shown", None)
        if shown is not None:
            meter.walk(len(value.fields) * 4)
            return str(shown(lambda one: _text(one, zone, meter, depth)))
        return f"{value.type_name}@{hash_code(value, meter) & 0xFFFFFFFF:x}"
    if isinstance(value, Bean):
        message = value.fields.get("message")
        if value.type_name.endswith(("Exception", "Error")) and "message" in value.fields:
            return value.type_name if message is None else f"{value.type_name}: {message}"
        return f"{value.type_name}@{hash_code(value.type_name, meter) & 0xFFFFFFFF:x}"
    return _named(value, meter)


def _named(value: Value, meter: Meter) -> str:
    if isinstance(value, ArrayObject):
        short = {"int": "I", "long": "J", "char": "C", "byte": "B", "double": "D", "boolean": "Z"}
        code = short.get(value.component, f"L{value.component};")
        return f"[{code}@{hash_code(value.component, meter) & 0xFFFFFFFF:x}"
    if isinstance(value, bytes):
        return f"[B@{len(value):x}"
    if isinstance(value, Throwable):
        return value.text()
    if isinstance(value, TextBuilder):
        return value.joined(meter)
    if isinstance(value, ClassObject):
        return f"class {value.name}"
    shown = getattr(value, "shown", None)
    return shown() if callable(shown) else type(value).__name__


def _items(items: list[Value], owner: Value, zone: tzinfo, meter: Meter, depth: int) -> str:
    meter.walk(len(items) * 2)
    parts = [
        "(this Collection)" if item is owner else _text(item, zone, meter, depth) for item in items
    ]
    meter.make_text(sum(map(len, parts)) + 2 * len(parts))
    return f"[{', '.join(parts)}]"


def _pairs(
    pairs: list[tuple[Value, Value]], owner: Value, zone: tzinfo, meter: Meter, depth: int
) -> str:
    meter.walk(len(pairs) * 4)
    parts = []
    for key, value in pairs:
        shown = "(this Map)" if value is owner else _text(value, zone, meter, depth)
        told = _text(key, zone, meter, depth)
        meter.make_text(len(told) + len(shown))
        parts.append(f"{told}={shown}")
    return "{" + ", ".join(parts) + "}"
