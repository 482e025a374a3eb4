"""Lists of parameters as PostgreSQL arrays in binary form.

psycopg writes lists item by item in Python. Each class here is a list of one kind; its dumper packs
all of it at once.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, ClassVar, Final

import psycopg
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper

_NULL: Final = b"\xff\xff\xff\xff"
_length = struct.Struct(">i").pack
_number = struct.Struct(">iq").pack
_EMPTY: Final = struct.Struct(">iii").pack
NUMBER: Final = 20
"""The type of one integer, as the server knows it."""
pack_number: Final = struct.Struct(">q").pack


class _Heads(dict[int, bytes]):
    """What an array begins with, by how many items it has."""

    def __init__(self, item: int) -> None:
        self.item = item
        self[0] = _EMPTY(0, 0, item)

    def __missing__(self, count: int) -> bytes:
        head = struct.pack(">iiiii", 1, 1, self.item, count, 1)
        if count < _COMMON:
            self[count] = head
        return head


_COMMON: Final = 200


def _joined(heads: _Heads, items: Sequence[bytes | None]) -> bytes:
    parts = [heads[len(items)]]
    for item in items:
        if item is None:
            parts.append(_NULL)
        else:
            parts.append(_length(len(item)))
            parts.append(item)
    return b"".join(parts)


_NUMBERS: Final = _Heads(NUMBER)
_TEXTS: Final = _Heads(25)
_BLOBS: Final = _Heads(17)


def _numbers(values: Sequence[int | None]) -> bytes:
    head = _NUMBERS[len(values)]
    if None in values:
        return head + b"".join([_NULL if item is None else _number(8, item) for item in values])
    flat = chain.from_iterable(zip(repeat(8), values, strict=False))
    return head + struct.pack(">" + "iq" * len(values), *flat)


def _texts(values: Sequence[str | None]) -> bytes:
    return _joined(_TEXTS, [None if item is None else item.encode() for item in values])


def _blobs(values: Sequence[bytes | None]) -> bytes:
    return _joined(_BLOBS, values)


class Column(list[Any]):
    """Values of one kind.

    ``cast`` is the array's type in SQL, ``oid`` the same as the server knows it, and ``pack`` puts
    values in binary form; it raises :class:`struct.error` for numbers of more than 64 bits and
    :class:`UnicodeEncodeError` for texts that are none.
    """

    cast: ClassVar[str]
    oid: ClassVar[int]
    pack: ClassVar[staticmethod[[Any], bytes]]


class Numbers(Column):
    """Integers of any size."""

    cast, oid, pack = "bigint[]", 1016, staticmethod(_numbers)


class Texts(Column):
    """Texts."""

    cast, oid, pack = "text[]", 1009, staticmethod(_texts)


class Blobs(Column):
    """Bytes."""

    cast, oid, pack = "bytea[]", 1001, staticmethod(_blobs)


def _dumper(kind: type[Column]) -> type[Dumper]:
    class Packing(Dumper):
        format = Format.BINARY
        oid = kind.oid

        def dump(self, obj: list[Any]) -> bytes:
            return kind.pack(obj)

    return Packing


def _taught() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(Numbers, _dumper(Numbers))
    adapters.register_dumper(Texts, _dumper(Texts))
    adapters.register_dumper(Blobs, _dumper(Blobs))
    return adapters


_ADAPTERS: Final = _taught()


class Context:
    """What the driver needs to write values for a connection: it knows these classes.

    It sends every integer as 64 bits: one width keeps one prepared statement per text. All
    connections share what it knows, because teaching each would touch every class of the driver.
    """

    adapters = _ADAPTERS

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
