"""Compiled Java classes: their fields and the names of their methods; nothing of them is run.

The format is that of the Java Virtual Machine Specification, chapter 4. Every length is held
against what is there, so that a hostile file can at worst be refused. Attributes are skipped, code
among them.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from procession.bpmn.data_types.faults import Unreadable
from procession.core.data_types import DataType
from procession.values import Map

MOST_BYTES: Final = 1_000_000
MOST_MEMBERS: Final = 2_000
_MAGIC: Final = 0xCAFEBABE
_STATIC: Final = 0x0008
_HIDDEN: Final = 0x1000 | 0x0002
"""Synthetic or private: nobody calls these from outside."""
_ENUM: Final = 0x4000
_INTERFACE: Final = 0x0200
_SIZES: Final = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4}
_MORE_SIZES: Final = {15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
_PRIMITIVES: Final = {
    "B": "byte",
    "C": "char",
    "D": "double",
    "F": "float",
    "I": "int",
    "J": "long",
    "S": "short",
    "Z": "boolean",
    "V": "void",
}


class _Bytes:
    """The bytes of a class file, read from the front."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, count: int) -> bytes:
        if count > len(self.content) - self.at:
            raise Unreadable("the class file is cut off")
        self.at += count
        return self.content[self.at - count : self.at]

    def u2(self) -> int:
        number: int = struct.unpack(">H", self.take(2))[0]
        return number

    def u4(self) -> int:
        number: int = struct.unpack(">I", self.take(4))[0]
        return number


class _Pool:
    """The constants that names are taken from."""

    def __init__(self, source: _Bytes) -> None:
        self.entries: dict[int, Any] = {}
        count, at = source.u2(), 1
        while at < count:
            tag = source.take(1)[0]
            if tag == 1:
                self.entries[at] = source.take(source.u2()).decode("utf-8", "replace")
            elif tag == 7:
                self.entries[at] = source.u2()
            else:
                size = _SIZES.get(tag) or _MORE_SIZES.get(tag)
                if size is None:
                    raise Unreadable(f"the class file has a constant of the unknown kind {tag}")
                source.take(size)
            at += 2 if tag in (5, 6) else 1

    def text(self, index: int) -> str:
        found = self.entries.get(index)
        if not isinstance(found, str):
            raise Unreadable("the class file refers to a name that is not there")
        return found

    def class_name(self, index: int) -> str:
        if index == 0:
            return ""
        found = self.entries.get(index)
        if not isinstance(found, int):
            raise Unreadable("the class file refers to a class that is not there")
        return self.text(found).replace("/", ".").replace("$", ".")


def read_class(content: bytes, origin: str) -> DataType | None:
    """The type that a class file holds; None for interfaces and for classes without a name.

    Raises :class:`Unreadable`.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"a class file may have {MOST_BYTES} bytes")
    source = _Bytes(content)
    if len(content) < 10 or source.u4() != _MAGIC:
        raise Unreadable("this is no class file")
    source.take(4)
    pool = _Pool(source)
    access, name, parent = source.u2(), pool.class_name(source.u2()), pool.class_name(source.u2())
    source.take(2 * source.u2())
    fields, methods = _members(source, pool), _members(source, pool)
    if access & _INTERFACE or name.rpartition(".")[2][:1].isdigit() or name == "module-info":
        return None
    own = {one: _type(kind)[0] for flags, one, kind in fields if not flags & (_STATIC | 0x1000)}
    constants = tuple(one for flags, one, _ in fields if flags & _ENUM)
    return DataType(
        name,
        Map(own),
        "" if parent in ("java.lang.Object", "java.lang.Enum") else parent,
        _constructors(methods, own),
        tuple(
            dict.fromkeys(
                (one, len(_parameters(kind)))
                for flags, one, kind in methods
                if not flags & _HIDDEN and one[:1] != "<"
            )
        ),
        constants,
        "",
        origin,
    )


def _members(source: _Bytes, pool: _Pool) -> list[tuple[int, str, str]]:
    count = source.u2()
    if count > MOST_MEMBERS:
        raise Unreadable(f"a class may have {MOST_MEMBERS} members of a kind")
    found = []
    for _ in range(count):
        found.append((source.u2(), pool.text(source.u2()), pool.text(source.u2())))
        for _ in range(source.u2()):
            source.take(2)
            source.take(source.u4())
    return found


def _type(descriptor: str, at: int = 0) -> tuple[str, int]:
    """The type at a place of a descriptor, and the place behind it."""
    dims = 0
    while descriptor[at : at + 1] == "[":
        dims, at = dims + 1, at + 1
    letter = descriptor[at : at + 1]
    if letter == "L":
        end = descriptor.find(";", at)
        if end < 0:
            raise Unreadable("the class file has a type that is not closed")
        name, at = descriptor[at + 1 : end].replace("/", ".").replace("$", "."), end + 1
    elif letter in _PRIMITIVES:
        name, at = _PRIMITIVES[letter], at + 1
    else:
        raise Unreadable("the class file has a type that cannot be read")
    return name + "[]" * dims, at


def _parameters(descriptor: str) -> list[str]:
    end = descriptor.rfind(")")
    if descriptor[:1] != "(" or end < 0:
        raise Unreadable("the class file has a method without parameters")
    at, found = 1, []
    while at < end:
        kind, at = _type(descriptor, at)
        found.append(kind)
    return found


def _constructors(
    methods: list[tuple[int, str, str]], fields: dict[str, str]
) -> tuple[tuple[str, ...], ...]:
    """Which fields each constructor sets: those of its types, in the order they are declared."""
    found = []
    for flags, name, descriptor in methods:
        if name != "<init>" or flags & _HIDDEN:
            continue
        waiting = list(fields.items())
        chosen: list[str] = []
        for kind in _parameters(descriptor):
            at = next((i for i, (_, own) in enumerate(waiting) if own == kind), None)
            if at is None:
                break
            chosen.append(waiting[at][0])
            waiting = waiting[at + 1 :]
        else:
            found.append(tuple(chosen))
    return tuple(dict.fromkeys(found)) or ((),)
