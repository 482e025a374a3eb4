"""Texts of values exactly as Java's ``toString`` writes them (2.9).

Used by scripts, by printing and by history. Dates need a time zone, English always.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Final

from procession.scripting.equality import MAX_DEPTH, hash_code, too_deep
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
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    short = f"{value:.1e}"
    return _decimal_text(short if float(short) == value else repr(float(value)))


def float_text(value: float) -> str:
    """``Float.toString``: the fewest digits that give the same 32 bits."""
    if value != value or value in (float("inf"), float("-inf")):
        return double_text(value)
    wanted = struct.pack(">f", value)
    for digits in range(1, 9):
        text = f"{value:.{digits}e}"
        try:
            if struct.pack(">f", float(text)) == wanted:
                return _decimal_text(text)
        except OverflowError:
            continue
    return _decimal_text(repr(float(value)))


def _decimal_text(text: str) -> str:
    sign, digits, exponent = Decimal(text).as_tuple()
    letters = "".join(map(str, digits)).rstrip("0")
    if not letters:
        return "-0.0" if sign else "0.0"
    magnitude = len(digits) - 1 + int(exponent)
    minus = "-" if sign else ""
    if not -3 <= magnitude < 7:
        return f"{minus}{letters[0]}.{letters[1:] or '0'}E{magnitude}"
    if magnitude < 0:
        return f"{minus}0.{'0' * (-magnitude - 1)}{letters}"
    whole, fraction = letters[: magnitude + 1], letters[magnitude + 1 :]
    return f"{minus}{whole.ljust(magnitude + 1, '0')}.{fraction or '0'}"


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
    text = _structure(value, zone, meter, depth + 1)
    meter.make_text(len(text))
    return text


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
    return f"[{', '.join(parts)}]"


def _pairs(
    pairs: list[tuple[Value, Value]], owner: Value, zone: tzinfo, meter: Meter, depth: int
) -> str:
    meter.walk(len(pairs) * 4)
    parts = []
    for key, value in pairs:
        shown = "(this Map)" if value is owner else _text(value, zone, meter, depth)
        parts.append(f"{_text(key, zone, meter, depth)}={shown}")
    return "{" + ", ".join(parts) + "}"
