"""``StringWriter`` and ``PrintWriter``: writing into a text."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import mismatch, rest, text
from procession.scripting.library.exceptions import THROWABLE
from procession.scripting.library.formatting import format_text
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import TextBuilder
from procession.scripting.throwables import Throwable
from procession.values import Value


class Writer:
    """Something that is written to."""

    __slots__ = ("buffer",)
    type_name = "java.io.StringWriter"

    def __init__(self, buffer: TextBuilder) -> None:
        self.buffer = buffer

    def shown(self) -> str:
        """What it prints as."""
        return "".join(self.buffer.parts)


def _write(f: Frame, o: Writer, value: Value) -> None:
    _add(f, o, chr(value & 0xFFFF) if type(value) is int else text(value))


def _add(f: Frame, o: Writer, added: str) -> None:
    f.make_text(len(added))
    f.bound_text(o.buffer.size + len(added))
    o.buffer.append(added)


def _print(f: Frame, o: Writer, value: Value) -> None:
    _add(f, o, f.text(value))


def _println(f: Frame, o: Writer, value: Value = "") -> None:
    _add(f, o, f.text(value) + "\n")


def _printf(f: Frame, o: Writer, pattern: Value, *args: Value) -> Writer:
    _add(f, o, format_text(f, text(pattern), rest(args)))
    return o


def _append(f: Frame, o: Writer, value: Value) -> Writer:
    _print(f, o, value)
    return o


def _wrapped(f: Frame, other: Value, flush: Value = False) -> Writer:
    if not isinstance(other, Writer):
        raise mismatch("a StringWriter", other)
    return Writer(other.buffer)


def _trace(f: Frame, thrown: Throwable, out: Value) -> None:
    if isinstance(out, Writer):
        _println(f, out, thrown.text())
    else:
        f.print(thrown.text(), ends_line=True)


WRITER: Final = JavaClass(
    "java.io.StringWriter", Writer, parents=("java.io.Writer", "java.io.Closeable")
)
WRITER.all(
    {
        "StringWriter()": lambda f: Writer(TextBuilder()),
        "StringWriter(int)": lambda f, size: Writer(TextBuilder()),
        "void write(Object)": _write,
        "Writer append(Object)": _append,
        "void print(Object)": _print,
        "void println()": _println,
        "void println(Object)": _println,
        "PrintWriter printf(String, Object...)": _printf,
        "PrintWriter format(String, Object...)": _printf,
        "void flush()": lambda f, o: None,
        "void close()": lambda f, o: None,
        "StringBuffer getBuffer()": lambda f, o: o.buffer,
        "String toString()": lambda f, o: o.buffer.joined(f),
    }
)
PRINT: Final = JavaClass("java.io.PrintWriter", parents=("java.io.StringWriter",))
PRINT.all({"PrintWriter(Writer)": _wrapped, "PrintWriter(Writer, boolean)": _wrapped})
THROWABLE.add("void printStackTrace(PrintWriter)", _trace)
CLASSES: Final = [WRITER, PRINT]
