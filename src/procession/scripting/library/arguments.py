"""Arguments of library functions, checked: what is of another type is a clear Java exception."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from procession.scripting.equality import class_word
from procession.scripting.meter import Meter
from procession.scripting.numerals import RANK, whole
from procession.scripting.objects import ArrayObject, ListObject, MapObject, SetObject, TextBuilder
from procession.scripting.throwables import null_pointer, throw
from procession.values import Char, Value


def mismatch(wanted: str, value: Value) -> Exception:
    """The exception for an argument of another type."""
    if value is None:
        return null_pointer(f"{wanted} expected but null given")
    return throw("ClassCastException", f"{wanted} expected but {class_word(value)} given")


def text(value: Value) -> str:
    """A text: ``String``, ``char`` or a builder's."""
    if type(value) is str:
        return value
    if isinstance(value, Char):
        return str(value)
    if isinstance(value, TextBuilder):
        return "".join(value.parts)
    raise mismatch("a String", value)


def integer(value: Value) -> int:
    """A whole number."""
    if RANK.get(type(value), 9) > 5:
        raise mismatch("a whole number", value)
    return whole(value)


def number(value: Value) -> Value:
    """Any number, as the host's."""
    if type(value) not in RANK:
        raise mismatch("a number", value)
    return ord(value) if isinstance(value, Char) else value


def real(value: Value) -> float:
    """Any number as a double."""
    return float(number(value))


def date(value: Value) -> datetime:
    """A date."""
    if not isinstance(value, datetime):
        raise mismatch("a Date", value)
    return value


def a_map(value: Value) -> MapObject:
    """A map."""
    if not isinstance(value, MapObject):
        raise mismatch("a Map", value)
    return value


def collection(value: Value, meter: Meter) -> list[Value]:
    """The members of a list, set or array."""
    if isinstance(value, ListObject | ArrayObject):
        meter.walk(len(value.items))
        return value.items
    if isinstance(value, SetObject):
        return value.members(meter)
    raise mismatch("a Collection", value)


def index(value: Value, size: int, *, end: bool = False) -> int:
    """A position in something of that size; ``end`` allows the one after the last."""
    at = integer(value)
    if not 0 <= at < size + end:
        raise throw("IndexOutOfBoundsException", f"Index: {at}, Size: {size}")
    return at


def rest(values: Iterable[Value]) -> list[Value]:
    """Variable arguments: those given, or the elements of a single array."""
    given = list(values)
    if len(given) == 1 and isinstance(given[0], ArrayObject):
        return list(given[0].items)
    return given
