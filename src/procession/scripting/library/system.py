"""``System``, ``Thread``: printing and time, all from the turn.

The time is the turn's, so that a turn computed again gives the same. Properties live as long as the
script.
"""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import hash_code, millis
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, rest, text
from procession.scripting.library.formatting import format_text
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import ArrayObject
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
CLASSES: Final = [PRINTER, SYSTEM, THREAD]
