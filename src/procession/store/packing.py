"""Values as msgpack, with exact types: what is prepared before encoding and undone after decoding.

msgpack knows fewer types than values have, so:

- what it knows stands as it is (null, booleans, 64-bit integers, doubles, text, bytes, times; a
  tuple as an array, a :class:`Map` with text keys as a map);
- other scalars are extension types, one code each;
- :class:`Set`, :class:`Bean`, :class:`Array` and maps with other keys are arrays that begin with
  a *mark*, an extension without content that no value can produce.

Almost every value needs no preparing, so :func:`lower` looks only at the types of a row of values
and walks through one of them when it must. A time is stored as the instant; its zone becomes UTC.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.msgpack import Ext

from procession.errors import InvalidValue
from procession.values import (
    MAX_DEPTH,
    Array,
    Bean,
    BigInteger,
    Byte,
    Char,
    Float,
    Long,
    Map,
    Set,
    Short,
    Value,
)

# Codes of extension types. Stored: never give one a new meaning.
_LONG, _SHORT, _BYTE, _BIG, _FLOAT, _CHAR, _DECIMAL, _INT, _TEXT = range(1, 10)
_SET_MARK, _BEAN_MARK, _MAP_MARK, _ARRAY_MARK = 20, 21, 22, 23

_INTEGERS: dict[type, int] = {Long: _LONG, Short: _SHORT, Byte: _BYTE, BigInteger: _BIG}
_INTEGER_OF: dict[int, Callable[[int], int]] = {code: kind for kind, code in _INTEGERS.items()}
_INTEGER_OF[_INT] = int


class _Mark:
    """The first item of an array that is not a list."""

    __slots__ = ("code", "ext")

    def __init__(self, code: int) -> None:
        self.code = code
        self.ext = Ext(code, b"")


_MARKS = {code: _Mark(code) for code in (_SET_MARK, _BEAN_MARK, _MAP_MARK, _ARRAY_MARK)}
_SETS, _BEANS, _MAPS, _ARRAYS = (mark.ext for mark in _MARKS.values())

# What the encoder writes without help: natively, or (the subclasses) by asking extend.
PLAIN = frozenset(
    {type(None), bool, int, float, str, bytes, datetime, Long, Short, Byte, BigInteger, Float, Char}
)
_STRING = frozenset({str})
_DEEPEST = MAX_DEPTH + 10  # a few levels for what variables and parameters stand in


def _integer(code: int, value: int) -> Ext:
    size = (value.bit_length() + 8) // 8
    return Ext(code, value.to_bytes(size, "big", signed=True))


def extend(value: Any) -> Ext:
    """The extension type of a scalar that msgpack has not got."""
    kind = type(value)
    if (code := _INTEGERS.get(kind)) is not None:
        return _integer(code, value)
    if kind is Float:
        return Ext(_FLOAT, struct.pack(">d", value))
    if kind is Char:
        return Ext(_CHAR, str.encode(value, "utf-8", "surrogatepass"))
    if kind is Decimal:
        return Ext(_DECIMAL, str(value).encode())
    raise InvalidValue(f"cannot store a {kind.__name__}")


def restore(code: int, data: memoryview) -> Any:
    """The scalar or mark behind an extension type."""
    if (kind := _INTEGER_OF.get(code)) is not None:
        return kind(int.from_bytes(data, "big", signed=True))
    if code == _FLOAT:
        return Float(struct.unpack(">d", data)[0])
    if code == _CHAR:
        return Char(str(data, "utf-8", "surrogatepass"))
    if code == _TEXT:
        return str(data, "utf-8", "surrogatepass")
    if code == _DECIMAL:
        return Decimal(str(data, "ascii"))
    if (mark := _MARKS.get(code)) is not None:
        return mark
    raise ValueError(f"unknown extension type {code}")


def lower(value: Value, thorough: bool, depth: int = 0) -> Any:
    """The same value in types that the encoder writes exactly.

    ``thorough`` also finds integers and texts that msgpack cannot hold; that is only done after
    the encoder has met one.
    """
    kind = type(value)
    if kind in PLAIN:
        if thorough and kind is str:
            return _text(value)
        if thorough and kind is int and not -(2**63) <= value < 2**64:
            return _integer(_INT, value)
        return value
    if kind is Decimal:
        return extend(value)
    if depth > _DEEPEST:
        raise InvalidValue(f"a value may be nested {MAX_DEPTH} levels deep at most")
    if kind is Map:
        return _lower_map(value, thorough, depth)
    if kind is tuple:
        return _lower_all(value, thorough, depth)
    if kind is Set:
        return [_SETS, *_lower_all(value.items, thorough, depth)]
    if kind is Bean:
        name = _text(value.type_name)
        return [_BEANS, name, _lower_map(value.fields, thorough, depth)]
    if kind is Array:
        return [_ARRAYS, _text(value.component), *_lower_all(value, thorough, depth)]
    raise InvalidValue(f"cannot store a {kind.__name__}")


def _text(value: str) -> Any:
    try:
        value.encode()
    except UnicodeEncodeError:
        return Ext(_TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _lower_all(values: Sequence[Value], thorough: bool, depth: int) -> Sequence[Any]:
    if not thorough and PLAIN.issuperset(map(type, values)):
        return values
    lowered: list[Any] = []
    for value in values:
        lowered.append(lower(value, thorough, depth + 1))
    return lowered


def _lower_map(value: Mapping[Any, Value], thorough: bool, depth: int) -> Any:
    if thorough or not _STRING.issuperset(map(type, value)):
        flat: list[Any] = [_MAPS]
        for key, item in value.items():
            flat.append(lower(key, thorough, depth + 1))
            flat.append(lower(item, thorough, depth + 1))
        return flat
    if PLAIN.issuperset(map(type, value.values())):
        return value
    lowered: dict[str, Any] = {}
    for key, item in value.items():
        lowered[key] = lower(item, thorough, depth + 1)
    return lowered


def thaw(value: Any, depth: int = 0) -> Value:
    """Lists to tuples, mappings to maps, marked arrays to what they stand for."""
    kind = type(value)
    if kind is list:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if value and type(value[0]) is _Mark:
            return _unmark(value, depth)
        return tuple(_thaw_all(value, depth))
    if kind is dict:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        types = set(map(type, value.values()))
        if list in types or dict in types:
            for key, item in value.items():
                value[key] = thaw(item, depth + 1)
        return Map(value)
    if kind is _Mark:
        raise ValueError("a mark outside the front of an array")
    return value


def _thaw_all(values: Sequence[Any], depth: int) -> Sequence[Value]:
    if needs_thaw(values):
        thawed: list[Value] = []
        for value in values:
            thawed.append(thaw(value, depth + 1))
        return thawed
    return values


def _unmark(array: list[Any], depth: int) -> Value:
    code = array[0].code
    items = _thaw_all(array[1:], depth)
    if code == _SET_MARK:
        return Set(items)
    if code == _MAP_MARK:
        return Map(zip(items[::2], items[1::2], strict=True))
    if code == _ARRAY_MARK:
        return Array(items[1:], items[0])
    name, fields = items
    if not isinstance(name, str) or not isinstance(fields, Map):
        raise ValueError("not an object")
    return Bean(name, fields)


def needs_thaw(values: Iterable[Any]) -> bool:
    """Whether :func:`thaw` would change one of them."""
    types = set(map(type, values))
    return list in types or dict in types or _Mark in types
