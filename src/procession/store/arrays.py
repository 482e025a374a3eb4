"""Columns of a batch as PostgreSQL arrays in binary form.

psycopg writes lists item by item in Python, which costs more than everything else in a batch. Each
class here is a list of one column's values; its dumper packs the whole column at once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any, Final

import psycopg
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper

_NULL: Final = b"\xff\xff\xff\xff"
_length = struct.Struct(">i").pack
_number = struct.Struct(">iq").pack


class Column(list[Any]):
    """A column's values; ``cast`` is the array's type in SQL."""

    cast = ""


class Numbers(Column):
    """Integers of any size."""

    cast = "bigint[]"


class Texts(Column):
    """Texts."""

    cast = "text[]"


class Blobs(Column):
    """Bytes."""

    cast = "bytea[]"


class Flags(Column):
    """Booleans."""

    cast = "boolean[]"


def _pack(oid: int, values: list[Any], body: bytes) -> bytes:
    if not values:
        return struct.pack(">iii", 0, 0, oid)
    return struct.pack(">iiiii", 1, 1, oid, len(values), 1) + body


class _NumbersDumper(Dumper):
    format = Format.BINARY
    oid = 1016

    def dump(self, obj: list[Any]) -> bytes:
        if None in obj:
            body = b"".join([_NULL if item is None else _number(8, item) for item in obj])
        else:
            flat = chain.from_iterable(zip(repeat(8), obj, strict=False))
            body = struct.pack(">" + "iq" * len(obj), *flat)
        return _pack(20, obj, body)


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = 1009

    def dump(self, obj: list[Any]) -> bytes:
        parts = []
        for item in obj:
            if item is None:
                parts.append(_NULL)
            else:
                text = item.encode()
                parts.append(_length(len(text)))
                parts.append(text)
        return _pack(25, obj, b"".join(parts))


class _BlobsDumper(Dumper):
    format = Format.BINARY
    oid = 1001

    def dump(self, obj: list[Any]) -> bytes:
        parts = []
        for item in obj:
            if item is None:
                parts.append(_NULL)
            else:
                parts.append(_length(len(item)))
                parts.append(item)
        return _pack(17, obj, b"".join(parts))


_FLAGS: Final[Callable[[Any], bytes]] = {
    None: _NULL,
    False: b"\0\0\0\1\0",
    True: b"\0\0\0\1\1",
}.__getitem__


class _FlagsDumper(Dumper):
    format = Format.BINARY
    oid = 1000

    def dump(self, obj: list[Any]) -> bytes:
        return _pack(16, obj, b"".join(map(_FLAGS, obj)))


def _taught() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(Numbers, _NumbersDumper)
    adapters.register_dumper(Texts, _TextsDumper)
    adapters.register_dumper(Blobs, _BlobsDumper)
    adapters.register_dumper(Flags, _FlagsDumper)
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
