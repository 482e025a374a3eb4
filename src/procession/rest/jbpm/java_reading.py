"""Java object streams read as values: what :mod:`.java_serialization` writes, and its relatives.

``reference/jbpm-rest-api.md`` Annex A.1; Java Object Serialization Stream Protocol, version 5. A
stream is taken apart by its own description of itself; no class is ever looked up, let alone
loaded, and only classes of the table below become values. Everything else is refused, as is a
stream that is too large, too deep, that refers to what is not there yet, or that ends early.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from procession.errors import Invalid
from procession.rest.jbpm.java_serialization import HEADER, PRIMITIVES
from procession.values import (
    Array,
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

MOST_BYTES = 4 * 1024 * 1024
MOST_ITEMS = 100_000
DEEPEST = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = {letter: (name, packing) for name, (letter, packing) in PRIMITIVES.items()}
_NUMBERS: dict[str, Callable[[Any], Value]] = {
    "B": Byte, "D": float, "F": Float, "I": int, "J": Long, "S": Short, "Z": bool,
    "C": lambda unit: Char(chr(unit)),
}  # fmt: skip


class _Class(msgspec.Struct):
    """The description of a class in a stream."""

    name: str
    flags: int
    fields: list[tuple[str, str]]
    parent: _Class | None = None


class _Object(msgspec.Struct):
    """An object as it stands: per class its fields, and what its own writer added."""

    kind: _Class
    fields: dict[str, Any]
    blocks: bytes
    items: list[Any]


class _Unfinished:
    """What a handle stands for while it is being read."""


def read_java(stream: bytes) -> Value:
    """The value of a whole stream. Raises :class:`Invalid` for what is not to be read."""
    if len(stream) > MOST_BYTES:
        raise Invalid(f"a Java object may have {MOST_BYTES} bytes")
    if not stream.startswith(HEADER):
        raise Invalid("this is no Java object stream of version 5")
    reader = _Reader(stream)
    try:
        value = reader.item(0)
    except (struct.error, UnicodeError, InvalidOperation, ValueError, OverflowError) as error:
        raise Invalid("the Java object stream is damaged") from error
    if reader.at != len(stream):
        raise Invalid("there is more than one object in the Java stream")
    return value


class _Reader:
    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.at = len(HEADER)
        self.handles: list[Any] = []
        self.sizes: dict[int, int] = {}
        """How many items there are behind a handle, to count them again where it is referred to."""
        self.items = 0

    # -- bytes ----------------------------------------------------------------------------------

    def take(self, size: int) -> bytes:
        if not 0 <= size <= len(self.stream) - self.at:
            raise Invalid("the Java object stream ends early")
        self.at += size
        return self.stream[self.at - size : self.at]

    def number(self, packing: str) -> Any:
        return struct.unpack(packing, self.take(struct.calcsize(packing)))[0]

    def text(self, packing: str = ">H") -> str:
        """Modified UTF-8: NUL in two bytes, surrogates one by one."""
        raw = self.take(self.number(packing)).replace(b"\xc0\x80", b"\x00")
        units = raw.decode("utf-8", "surrogatepass")
        return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")

    # -- content items --------------------------------------------------------------------------

    def count(self, items: int, depth: int) -> None:
        self.items += items
        if depth > DEEPEST or self.items > MOST_ITEMS:
            raise Invalid(f"a Java object may have {MOST_ITEMS} items in {DEEPEST} levels")

    def item(self, depth: int) -> Any:
        self.count(1, depth)
        kind = self.number(">B")
        read = _CONTENT.get(kind)
        if read is None:
            raise Invalid(f"the Java object stream has something of kind {kind:#x}")
        return read(self, depth)

    def keep(self, value: Any) -> Any:
        self.handles.append(value)
        return value

    def null(self, depth: int) -> None:
        return None

    def reference(self, depth: int) -> Any:
        place = self.number(">I") - 0x7E0000
        if not 0 <= place < len(self.handles) or self.handles[place] is _Unfinished:
            raise Invalid("the Java object stream refers to what is not there")
        self.count(self.sizes.get(place, 1), depth)
        return self.handles[place]

    def begin(self) -> tuple[int, int]:
        """The handle of what is read next, and how much there was before it."""
        self.keep(_Unfinished)
        return len(self.handles) - 1, self.items

    def end(self, begun: tuple[int, int], value: Any) -> Any:
        place, before = begun
        self.handles[place] = value
        self.sizes[place] = self.items - before + 1
        return value

    def string(self, depth: int) -> str:
        return str(self.keep(self.text()))

    def long_string(self, depth: int) -> str:
        return str(self.keep(self.text(">Q")))

    def object(self, depth: int) -> Value:
        kind = self.described(depth)
        begun = self.begin()
        found = _Object(kind, {}, b"", [])
        chain = []
        described: _Class | None = kind
        while described is not None:
            chain.append(described)
            described = described.parent
        for part in reversed(chain):
            self.data_of(part, found, depth)
        return self.end(begun, value_of(found))

    def data_of(self, part: _Class, found: _Object, depth: int) -> None:
        if part.flags & 0x0C or not part.flags & 0x02:  # externalizable, or not serializable
            raise Invalid(f"an object of the class {part.name[:200]!r} is not read")
        for letter, name in part.fields:
            found.fields[name] = self.value(letter, depth)
        if part.flags & 0x01:
            self.annotation(found, depth)

    def annotation(self, found: _Object, depth: int) -> None:
        """What a class's own writer added: blocks of bytes, and items."""
        while (kind := self.number(">B")) != 0x78:
            if kind in (0x77, 0x7A):
                found.blocks += self.take(self.number(">B" if kind == 0x77 else ">I"))
            else:
                self.at -= 1
                found.items.append(self.item(depth + 1))

    def value(self, letter: str, depth: int) -> Any:
        if letter in _LETTERS:
            return _NUMBERS[letter](self.number(_LETTERS[letter][1]))
        return self.item(depth + 1)

    def array(self, depth: int) -> Value:
        kind = self.described(depth)
        begun = self.begin()
        size, letter = self.number(">i"), kind.name[1:2]
        if not kind.name.startswith("[") or not 0 <= size <= len(self.stream) - self.at:
            raise Invalid("the Java object stream has an array that is none")
        if letter == "B":
            return self.end(begun, self.take(size))
        self.count(size, depth)
        component = _LETTERS[letter][0] if letter in _LETTERS else kind.name[2:].rstrip(";")
        made = Array([self.value(letter, depth) for _ in range(size)], component)
        return self.end(begun, made)

    def constant(self, depth: int) -> str:
        """A constant of an enumeration is its name."""
        self.described(depth)
        begun = self.begin()
        name = self.item(depth + 1)
        if not isinstance(name, str):
            raise Invalid("the Java object stream has an enumeration without a name")
        return str(self.end(begun, name))

    # -- descriptions of classes ----------------------------------------------------------------

    def described(self, depth: int) -> _Class:
        kind = self.number(">B")
        if kind == 0x71:
            found = self.reference(depth)
            if isinstance(found, _Class):
                return found
        if kind != 0x72:
            raise Invalid("the Java object stream has an object without a class")
        return self.description(depth)

    def description(self, depth: int) -> _Class:
        if depth > DEEPEST:
            raise Invalid(f"a Java object may have {DEEPEST} levels")
        name = self.text()
        self.take(8)
        made: _Class = self.keep(_Class(name, 0, []))
        made.flags = self.number(">B")
        for _ in range(self.number(">H")):
            letter = self.take(1).decode("latin-1")
            field = self.text()
            if letter in "[L":
                self.item(depth + 1)
            elif letter not in _LETTERS:
                raise Invalid("the Java object stream has a field without a type")
            made.fields.append((letter, field))
        ignored = _Object(made, {}, b"", [])
        self.annotation(ignored, depth)
        if self.number(">B") != 0x70:
            self.at -= 1
            made.parent = self.described(depth + 1)
        return made


_CONTENT: dict[int, Callable[[_Reader, int], Any]] = {
    0x70: _Reader.null, 0x71: _Reader.reference, 0x73: _Reader.object, 0x74: _Reader.string,
    0x75: _Reader.array, 0x7C: _Reader.long_string, 0x7E: _Reader.constant,
}  # fmt: skip

# -- what objects of known classes are ----------------------------------------------------------


def value_of(found: _Object) -> Value:
    """The value of an object. Raises :class:`Invalid` for one of a class that is not known."""
    read = _VALUES.get(found.kind.name)
    if read is None:
        raise Invalid(f"an object of the class {found.kind.name[:200]!r} is not read")
    try:
        return read(found)
    except (KeyError, TypeError, IndexError) as error:
        raise Invalid(f"an object of the class {found.kind.name!r} is not whole") from error


def _boxed(found: _Object) -> Value:
    return found.fields["value"]


def _date(found: _Object) -> datetime:
    (ms,) = struct.unpack(">q", found.blocks[:8])
    return _EPOCH + timedelta(milliseconds=ms)


def _list(found: _Object) -> Value:
    return tuple(found.items)


def _fixed(found: _Object) -> Value:
    return tuple(found.fields["a"])


def _one(found: _Object) -> Value:
    return (found.fields["element"],)


def _map(found: _Object) -> Map:
    keys, values = found.items[::2], found.items[1::2]
    return Map(zip(keys, values, strict=True))


def _set(found: _Object) -> Set:
    return Set(found.items)


def _whole(found: _Object) -> BigInteger:
    magnitude = found.fields["magnitude"]
    if not isinstance(magnitude, bytes) or len(magnitude) > 10_000:
        _refuse(found)
    return BigInteger(int(found.fields["signum"]) * int.from_bytes(magnitude, "big"))


def _decimal(found: _Object) -> Decimal:
    unscaled, scale = found.fields["intVal"], found.fields["scale"]
    if type(unscaled) is not BigInteger or abs(scale) > 10_000 or abs(unscaled) >= 10**1_000:
        _refuse(found)
    return Decimal(int(unscaled)).scaleb(-int(scale)) if scale else Decimal(int(unscaled))


def _refuse(found: _Object) -> NoReturn:
    raise Invalid(f"an object of the class {found.kind.name!r} is beyond what is read")


_VALUES: dict[str, Callable[[_Object], Value]] = {
    **dict.fromkeys(
        (
            f"java.lang.{name}"
            for name in (
                "Integer", "Long", "Short", "Byte", "Boolean", "Double", "Float", "Character"
            )
        ),
        _boxed,
    ),
    "java.util.Date": _date, "java.sql.Timestamp": _date,
    "java.util.ArrayList": _list, "java.util.LinkedList": _list,
    "java.util.Arrays$ArrayList": _fixed, "java.util.Collections$SingletonList": _one,
    "java.util.Collections$EmptyList": lambda found: (),
    "java.util.Collections$EmptyMap": lambda found: Map(),
    "java.util.HashMap": _map, "java.util.LinkedHashMap": _map, "java.util.TreeMap": _map,
    "java.util.HashSet": _set, "java.util.LinkedHashSet": _set,
    "java.math.BigInteger": _whole, "java.math.BigDecimal": _decimal,
}  # fmt: skip
