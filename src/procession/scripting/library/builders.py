"""``StringBuilder``, ``StringBuffer`` and ``StringJoiner``."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import compare_text
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.table import JavaClass
from procession.scripting.library.text import char_at, find, find_last, made, substring
from procession.scripting.objects import ArrayObject, TextBuilder
from procession.scripting.throwables import throw
from procession.values import Char, Value


def _outside(message: str) -> Exception:
    return throw("StringIndexOutOfBoundsException", message)


def _added(f: Frame, value: Value) -> str:
    if isinstance(value, ArrayObject) and value.component == "char":
        f.walk(len(value.items))
        return "".join(map(str, value.items))
    return f.text(value)


def _append(
    f: Frame, b: TextBuilder, value: Value, start: Value = 0, end: Value = None
) -> TextBuilder:
    added = _added(f, value)
    if end is not None:
        first, last = integer(start), integer(end)
        if isinstance(value, ArrayObject):
            last += first
        if not 0 <= first <= last <= len(added):
            what = f"start {first}, end {last}, length {len(added)}"
            raise throw("IndexOutOfBoundsException", what)
        added = added[first:last]
    f.make_text(len(added))
    f.bound_text(b.size + len(added))
    b.append(added)
    return b


def _insert(f: Frame, b: TextBuilder, at: Value, value: Value) -> TextBuilder:
    place, added, held = integer(at), _added(f, value), b.joined(f)
    if not 0 <= place <= len(held):
        raise _outside(f"offset {place}, length {len(held)}")
    return b.become(made(f, held[:place] + added + held[place:]))


def _delete(f: Frame, b: TextBuilder, start: Value, end: Value) -> TextBuilder:
    held = b.joined(f)
    first, last = integer(start), min(integer(end), len(held))
    if not 0 <= first <= last:
        raise _outside(f"start {first}, end {last}, length {len(held)}")
    return b.become(made(f, held[:first] + held[last:]))


def _delete_one(f: Frame, b: TextBuilder, at: Value) -> TextBuilder:
    _in(b, integer(at))
    return _delete(f, b, at, integer(at) + 1)


def _in(b: TextBuilder, at: int) -> None:
    if not 0 <= at < b.size:
        raise _outside(f"index {at}, length {b.size}")


def _replace(f: Frame, b: TextBuilder, start: Value, end: Value, new: Value) -> TextBuilder:
    held = b.joined(f)
    first, last = integer(start), min(integer(end), len(held))
    if not 0 <= first <= len(held) or first > last:
        raise _outside(f"start {first}, end {last}, length {len(held)}")
    return b.become(made(f, held[:first] + text(new) + held[last:]))


def _set_length(f: Frame, b: TextBuilder, size: Value) -> None:
    wanted = integer(size)
    if wanted < 0:
        raise _outside(f"String index out of range: {wanted}")
    f.make_text(wanted)
    b.become(b.joined(f)[:wanted].ljust(wanted, "\0"))


def _set_char(f: Frame, b: TextBuilder, at: Value, letter: Value) -> None:
    place, held = integer(at), b.joined(f)
    _in(b, place)
    b.become(made(f, held[:place] + text(letter) + held[place + 1 :]))


def _char(f: Frame, b: TextBuilder, at: Value) -> Char:
    _in_char(b, integer(at))
    return char_at(f, b.joined(f), at)


def _in_char(b: TextBuilder, at: int) -> None:
    if not 0 <= at < b.size:
        raise _outside(f"index {at}, length {b.size}")


def _new(f: Frame, value: Value) -> TextBuilder:
    if type(value) is int:
        return TextBuilder()
    return TextBuilder(made(f, text(value)))


def _builder(name: str, *hosts: type) -> JavaClass:
    kind = JavaClass(
        name, *hosts, parents=("java.lang.CharSequence", "java.lang.Comparable", "java.lang.Object")
    )
    simple = kind.simple
    kind.all(
        {
            f"{simple}()": lambda f: TextBuilder(),
            f"{simple}(Object)": _new,
            f"{simple} append(Object)": _append,
            f"{simple} append(CharSequence, int, int)": _append,
            f"{simple} appendCodePoint(int)": lambda f, b, c: _append(f, b, chr(integer(c))),
            f"{simple} insert(int, Object)": _insert,
            f"{simple} delete(int, int)": _delete,
            f"{simple} deleteCharAt(int)": _delete_one,
            f"{simple} reverse()": lambda f, b: b.become(made(f, b.joined(f)[::-1])),
            f"{simple} replace(int, int, String)": _replace,
            "void setLength(int)": _set_length,
            "void setCharAt(int, char)": _set_char,
            "void ensureCapacity(int)": lambda f, b, n: None,
            "void trimToSize()": lambda f, b: None,
            "int length()": lambda f, b: b.size,
            "int capacity()": lambda f, b: max(16, b.size),
            "char charAt(int)": _char,
            "int indexOf(String)": lambda f, b, p: find(f, b.joined(f), p),
            "int indexOf(String, int)": lambda f, b, p, at: find(f, b.joined(f), p, at),
            "int lastIndexOf(String)": lambda f, b, p: find_last(f, b.joined(f), p),
            "int lastIndexOf(String, int)": lambda f, b, p, at: find_last(f, b.joined(f), p, at),
            "String substring(int)": lambda f, b, s: _part(f, b, s),
            "String substring(int, int)": lambda f, b, s, e: _part(f, b, s, e),
            "CharSequence subSequence(int, int)": lambda f, b, s, e: _part(f, b, s, e),
            "int compareTo(StringBuilder)": lambda f, b, o: compare_text(b.joined(f), text(o), f),
            "String toString()": lambda f, b: b.joined(f),
            "boolean isEmpty()": lambda f, b: not b.size,
        }
    )
    return kind


def _part(f: Frame, b: TextBuilder, start: Value, end: Value = None) -> str:
    first, last = integer(start), b.size if end is None else integer(end)
    if not 0 <= first <= last <= b.size:
        raise _outside(f"start {first}, end {last}, length {b.size}")
    return substring(f, b.joined(f), first, last)


class Joiner:
    """``java.util.StringJoiner``."""

    __slots__ = ("empty", "head", "parts", "sign", "tail")
    type_name = "java.util.StringJoiner"

    def __init__(self, sign: str, head: str = "", tail: str = "") -> None:
        self.sign = sign
        self.head = head
        self.tail = tail
        self.parts: list[str] = []
        self.empty: str | None = None

    def shown(self) -> str:
        """What it prints as."""
        if not self.parts and self.empty is not None:
            return self.empty
        return self.head + self.sign.join(self.parts) + self.tail


def _join(f: Frame, o: Joiner, value: Value) -> Joiner:
    added = f.text(value)
    f.make_text(len(added) + len(o.sign))
    f.walk(len(o.parts) >> 4)
    o.parts.append(added)
    return o


def _merge(f: Frame, o: Joiner, other: Value) -> Joiner:
    if not isinstance(other, Joiner):
        raise mismatch("a StringJoiner", other)
    return _join(f, o, other.sign.join(other.parts)) if other.parts else o


def _set_empty(f: Frame, o: Joiner, value: Value) -> Joiner:
    o.empty = text(value)
    return o


def _joined(f: Frame, o: Joiner) -> str:
    f.walk(len(o.parts))
    return made(f, o.shown())


JOINER: Final = JavaClass("java.util.StringJoiner", Joiner)
JOINER.all(
    {
        "StringJoiner(CharSequence)": lambda f, s: Joiner(text(s)),
        "StringJoiner(CharSequence, CharSequence, CharSequence)": (
            lambda f, s, h, t: Joiner(text(s), text(h), text(t))
        ),
        "StringJoiner add(CharSequence)": _join,
        "StringJoiner merge(StringJoiner)": _merge,
        "StringJoiner setEmptyValue(CharSequence)": _set_empty,
        "int length()": lambda f, o: len(_joined(f, o)),
        "String toString()": _joined,
    }
)
BUILDER: Final = _builder("java.lang.StringBuilder", TextBuilder)
BUFFER: Final = _builder("java.lang.StringBuffer")
CLASSES: Final = [BUILDER, BUFFER, JOINER]
