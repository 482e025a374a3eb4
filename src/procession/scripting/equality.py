"""Java's ``equals``, ``hashCode`` and ``compareTo`` over the values of scripts.

``key_of`` maps a value to something hashable such that keys are equal exactly when Java's
``equals`` says so: ``1`` and ``1L`` differ, lists compare by content.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Final, TypeVar

from procession.scripting.meter import Meter
from procession.scripting.throwables import null_pointer, throw
from procession.values import BigInteger, Byte, Char, Float, Long, Short, Value

Key = Hashable
MAX_DEPTH: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_PLAIN: Final = frozenset({int, bool, Long, Short, Byte, BigInteger, Char, datetime})
T = TypeVar("T")


class Structured:
    """What is compared by its content: containers and beans."""

    __slots__ = ()

    def content_key(self, meter: Meter, depth: int) -> Key:
        """A hashable stand-in, see :func:`key_of`."""
        return ("object", id(self))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """Java's hash code, see :func:`hash_code`."""
        return text_hash(type(self).__name__, meter)


def too_deep() -> Exception:
    """What Java does with structures that contain themselves."""
    return throw("StackOverflowError", "the structure is nested too deeply or contains itself")


def key_of(value: Value, meter: Meter, depth: int = 0) -> Key:
    """A hashable stand-in that is equal where Java's ``equals`` is true."""
    kind = type(value)
    if kind is str or value is None:
        if value is not None and len(value) > 64:
            meter.walk(len(value) >> 3)
        return value  # type: ignore[no-any-return]
    if kind in _PLAIN:
        return (kind, value)
    if kind is float or kind is Float:
        return (kind, repr(float(value)))
    if kind is Decimal:
        return (kind, value.as_tuple())
    if isinstance(value, Structured):
        if depth > MAX_DEPTH:
            raise too_deep()
        return value.content_key(meter, depth + 1)
    if isinstance(value, bytes):
        return ("bytes", value)
    own = getattr(value, "identity", None)
    return (kind, own()) if own is not None else ("object", id(value))


def equals(a: Value, b: Value, meter: Meter) -> bool:
    """Java's ``a.equals(b)``, with null equal to null."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) is str:
        if len(a) > 4096:
            meter.walk(len(a) >> 12)
        return bool(a == b)
    return key_of(a, meter) == key_of(b, meter)


def millis(moment: datetime) -> int:
    """Milliseconds since 1970, as ``getTime`` gives."""
    return (moment - _EPOCH) // _MS


def moment(ms: int) -> datetime:
    """The moment that many milliseconds after 1970."""
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        raise throw("IllegalArgumentException", f"no such date: {ms} ms") from None


def wrap32(value: int) -> int:
    """The value as a 32-bit integer, overflowing as in Java."""
    return ((value + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def wrap64(value: int) -> int:
    """The value as a 64-bit integer, overflowing as in Java."""
    return ((value + 0x8000000000000000) & 0xFFFFFFFFFFFFFFFF) - 0x8000000000000000


def spread(code: int) -> int:
    """The bits of a hash code by which ``HashMap`` chooses the bucket."""
    code &= 0xFFFFFFFF
    return code ^ (code >> 16)


def text_hash(text: str, meter: Meter) -> int:
    """``String.hashCode``."""
    meter.walk(len(text))
    code = 0
    for letter in text:
        unit = ord(letter)
        if unit > 0xFFFF:
            unit -= 0x10000
            code = code * 31 + 0xD800 + (unit >> 10)
            unit = 0xDC00 + (unit & 0x3FF)
        code = (code * 31 + unit) & 0xFFFFFFFF
    return wrap32(code)


def _scalar_hash(value: Value, meter: Meter) -> int | None:
    kind = type(value)
    if kind is str:
        return text_hash(value, meter)
    if kind is bool:
        return 1231 if value else 1237
    if kind is int or kind is Short or kind is Byte:
        return wrap32(value)
    if kind is Long or kind is datetime:
        bits = (value if kind is Long else millis(value)) & 0xFFFFFFFFFFFFFFFF
        return wrap32(bits ^ (bits >> 32))
    if kind is float:
        bits = (
            0x7FF8000000000000
            if value != value
            else struct.unpack(">Q", struct.pack(">d", value))[0]
        )
        return wrap32(bits ^ (bits >> 32))
    if kind is Float:
        bits = 0x7FC00000 if value != value else struct.unpack(">I", struct.pack(">f", value))[0]
        return wrap32(bits)
    if kind is Char:
        return ord(value)
    if kind is BigInteger:
        return _big_hash(value)
    if kind is Decimal:
        sign, digits, exponent = value.as_tuple()
        unscaled = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
        return wrap32(31 * _big_hash(unscaled) - int(exponent))
    return None


def _big_hash(value: int) -> int:
    code, rest, words = 0, abs(value), []
    while rest:
        words.append(rest & 0xFFFFFFFF)
        rest >>= 32
    for word in reversed(words):
        code = (31 * code + word) & 0xFFFFFFFF
    return wrap32(code if value >= 0 else -code)


def hash_code(value: Value, meter: Meter, depth: int = 0) -> int:
    """Java's ``hashCode``; objects that have none of their own get one from their class name."""
    if value is None:
        return 0
    scalar = _scalar_hash(value, meter)
    if scalar is not None:
        return scalar
    if isinstance(value, Structured):
        if depth > MAX_DEPTH:
            raise too_deep()
        return wrap32(value.content_hash(meter, depth + 1))
    own = getattr(value, "hashed", None)
    if own is not None:
        return int(own())
    return text_hash(type(value).__name__, meter)


_DIFFERENCES: Final = frozenset({Short, Byte, Char})
_NUMBERS: Final = frozenset({int, Long, Short, Byte, BigInteger, float, Float, Decimal})


def compare(a: Value, b: Value, meter: Meter) -> int:
    """Java's ``a.compareTo(b)``; numbers of different types compare by value."""
    if a is None or b is None:
        raise null_pointer("comparison with null")
    left, right = type(a), type(b)
    if left is right is str:
        return compare_text(a, b, meter)
    if left is right and left in _DIFFERENCES:
        return ord(a) - ord(b) if left is Char else int(a - b)
    if left in _NUMBERS and right in _NUMBERS:
        return (int(a > b) - int(a < b)) or _compare_real(a, b)
    if left is right and left in (bool, datetime):
        return int(a > b) - int(a < b)
    order = getattr(a, "compared", None)
    if left is right and order is not None:
        return int(order(b))
    raise throw("ClassCastException", f"cannot compare {class_word(a)} with {class_word(b)}")


def _compare_real(a: Value, b: Value) -> int:
    """Two reals of which none is larger: -0.0 comes before 0.0, what is no number last."""
    if a == b:
        if a != 0 or not isinstance(a, float) or not isinstance(b, float):
            return 0
        return int(math.copysign(1.0, a) - math.copysign(1.0, b)) // 2
    return int(a != a) - int(b != b)


def compare_text(a: str, b: str, meter: Meter) -> int:
    """``String.compareTo``: the difference of the first letters that differ, else of lengths."""
    if len(a) > 64 and len(b) > 64:
        meter.walk(min(len(a), len(b)) >> 3)
    for one, other in zip(a, b, strict=False):
        if one != other:
            return ord(one) - ord(other)
    return len(a) - len(b)


def class_word(value: Value) -> str:
    """A short name of the value's class for messages."""
    name = getattr(value, "type_name", None) or getattr(value, "kind", None)
    if isinstance(name, str):
        return name
    return _WORDS.get(type(value), type(value).__name__)


_WORDS: Final[dict[type, str]] = {
    type(None): "null",
    str: "java.lang.String",
    bool: "java.lang.Boolean",
    int: "java.lang.Integer",
    Long: "java.lang.Long",
    Short: "java.lang.Short",
    Byte: "java.lang.Byte",
    float: "java.lang.Double",
    Float: "java.lang.Float",
    Char: "java.lang.Character",
    BigInteger: "java.math.BigInteger",
    Decimal: "java.math.BigDecimal",
    datetime: "java.util.Date",
}


def sort_values(items: list[T], meter: Meter, key: Callable[[T], Value]) -> list[T]:
    """A sorted copy, by Java's natural order."""
    meter.walk(len(items) * max(1, len(items).bit_length()) * 4)
    meter.allocate(len(items))

    def order(one: T, other: T) -> int:
        return compare(key(one), key(other), meter)

    return sorted(items, key=cmp_to_key(order))
