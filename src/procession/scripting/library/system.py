"""``System``, ``Thread``, ``UUID``, ``Random``: printing, time and chance, all from the turn.

The time is the turn's, random numbers and UUIDs come from its seed, so that a turn computed again
gives the same. Properties live as long as the script.
"""

from __future__ import annotations

import math
from typing import Final

from procession.scripting.equality import hash_code, millis, wrap32, wrap64
from procession.scripting.frame import Frame, Random
from procession.scripting.library.arguments import integer, rest, text
from procession.scripting.library.formatting import format_text
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import ArrayObject, ListObject
from procession.scripting.throwables import throw
from procession.values import Long, Value


class Printer:
    """``System.out`` and ``System.err``: both go to what the script printed."""

    __slots__ = ()
    type_name = "java.io.PrintStream"


class ThreadObject:
    """``Thread.currentThread()``: a constant."""

    __slots__ = ()
    type_name = "java.lang.Thread"


class UuidObject:
    """A UUID; a process keeps it as text."""

    __slots__ = ("text",)
    type_name = "java.util.UUID"

    def __init__(self, text: str) -> None:
        self.text = text

    def shown(self) -> str:
        """What it prints as."""
        return self.text

    def plain(self) -> str:
        """What a process keeps of it."""
        return self.text


def _println(f: Frame, printer: Printer, value: Value = "") -> None:
    if type(value) is str and not f.line and len(value) < 64:
        f.allocate(9)
        f.add_line(value)
    else:
        f.print(f.text(value), ends_line=True)


def _print(f: Frame, printer: Printer, value: Value) -> None:
    f.print(f.text(value), ends_line=False)


def _printf(f: Frame, printer: Printer, pattern: Value, *args: Value) -> Printer:
    f.print(format_text(f, text(pattern), rest(args)), ends_line=False)
    return printer


def _now(f: Frame) -> Long:
    return Long(millis(f.context.now))


def _get_property(f: Frame, name: Value, default: Value = None) -> Value:
    known = f.properties or {}
    return known.get(text(name), {"line.separator": "\n"}.get(text(name), default))


def _set_property(f: Frame, name: Value, value: Value) -> Value:
    if f.properties is None:
        f.properties = {}
    f.allocate(4)
    before = f.properties.get(text(name))
    f.properties[text(name)] = text(value)
    return before


def _copy(f: Frame, source: Value, at: Value, target: Value, to: Value, count: Value) -> None:
    if not isinstance(source, ArrayObject) or not isinstance(target, ArrayObject):
        raise throw("ArrayStoreException", "arraycopy needs arrays")
    start, goal, size = integer(at), integer(to), integer(count)
    fits = start + size <= len(source.items) and goal + size <= len(target.items)
    if min(start, goal, size) < 0 or not fits:
        raise throw("ArrayIndexOutOfBoundsException", "arraycopy: out of bounds")
    f.walk(size)
    target.items[goal : goal + size] = source.items[start : start + size]
    target.changed = True


def _sleep(f: Frame, ms: Value, nanos: Value = 0) -> None:
    """A script never waits: sleeping is accepted and takes no time."""
    if integer(ms) < 0:
        raise throw("IllegalArgumentException", "timeout value is negative")


def _bounded(f: Frame, random: Random, bound: Value) -> int:
    limit = integer(bound)
    if limit <= 0:
        raise throw("IllegalArgumentException", "bound must be positive")
    if limit & (limit - 1) == 0:
        return (limit * random.bits(31)) >> 31
    while True:
        f.burn(1)
        bits = random.bits(31)
        value = bits % limit
        if bits - value + (limit - 1) < 1 << 31:
            return value


def _gaussian(f: Frame, random: Random) -> float:
    if random.next_gaussian is not None:
        value, random.next_gaussian = random.next_gaussian, None
        return value
    while True:
        f.burn(1)
        a, b = 2 * random.double() - 1, 2 * random.double() - 1
        s = a * a + b * b
        if 0 < s < 1:
            scale = math.sqrt(-2 * math.log(s) / s)
            random.next_gaussian = b * scale
            return a * scale


def _random_uuid(f: Frame) -> UuidObject:
    random = f.random()
    high = (random.long() & 0xFFFFFFFFFFFF0FFF) | 0x4000
    low = (random.long() & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000
    digits = f"{high & 0xFFFFFFFFFFFFFFFF:016x}{low & 0xFFFFFFFFFFFFFFFF:016x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return UuidObject("-".join(parts))


def _shuffle(f: Frame, items: Value, random: Random | None = None) -> None:
    chance = random or f.random()
    if not isinstance(items, ListObject):
        raise throw("ClassCastException", "shuffle needs a List")
    listed = items.writable(grows=False)
    f.walk(len(listed) * 4)
    for at in range(len(listed) - 1, 0, -1):
        other = _bounded(f, chance, at + 1)
        listed[at], listed[other] = listed[other], listed[at]


PRINTER: Final = JavaClass("java.io.PrintStream", Printer, doc="goes to the log of the instance")
PRINTER.all(
    {
        "void println()": _println,
        "void println(Object)": _println,
        "void print(Object)": _print,
        "PrintStream printf(String, Object...)": _printf,
        "PrintStream format(String, Object...)": _printf,
        "void flush()": lambda f, p: None,
    }
)
SYSTEM: Final = JavaClass("java.lang.System")
SYSTEM.constants = {"out": Printer(), "err": Printer()}
SYSTEM.all(
    {
        "static long currentTimeMillis()": _now,
        "static long nanoTime()": lambda f: Long(millis(f.context.now) * 1_000_000),
        "static String getProperty(String)": _get_property,
        "static String getProperty(String, String)": _get_property,
        "static String setProperty(String, String)": _set_property,
        "static String lineSeparator()": lambda f: "\n",
        "static int identityHashCode(Object)": lambda f, v: hash_code(v, f),
        "static void arraycopy(Object, int, Object, int, int)": _copy,
    }
)
THREAD: Final = JavaClass("java.lang.Thread", ThreadObject, doc="one constant thread")
_THREAD = ThreadObject()
THREAD.all(
    {
        "static Thread currentThread()": lambda f: _THREAD,
        "static void sleep(long)": _sleep,
        "static void sleep(long, int)": _sleep,
        "String getName()": lambda f, t: "main",
        "long getId()": lambda f, t: Long(1),
    }
)
RANDOM: Final = JavaClass("java.util.Random", Random, doc="the same numbers for the same seed")
RANDOM.all(
    {
        "Random()": lambda f: Random(f.random().long()),
        "Random(long)": lambda f, seed: Random(integer(seed)),
        "int nextInt()": lambda f, r: wrap32(r.bits(32)),
        "int nextInt(int)": _bounded,
        "long nextLong()": lambda f, r: Long(wrap64(r.long())),
        "double nextDouble()": lambda f, r: r.double(),
        "boolean nextBoolean()": lambda f, r: r.bits(1) != 0,
        "double nextGaussian()": _gaussian,
    }
)
UUID: Final = JavaClass("java.util.UUID", UuidObject)
UUID.all(
    {
        "static UUID randomUUID()": _random_uuid,
        "static UUID fromString(String)": lambda f, t: UuidObject(text(t)),
        "String toString()": lambda f, u: u.text,
        "boolean equals(Object)": lambda f, u, o: isinstance(o, UuidObject) and o.text == u.text,
        "int hashCode()": lambda f, u: hash_code(u.text, f),
    }
)
shuffle: Final = _shuffle
CLASSES: Final = [PRINTER, SYSTEM, THREAD, RANDOM, UUID]
