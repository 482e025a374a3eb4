"""What can be asked of an exception, and of a class."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import ArrayObject, ClassObject
from procession.scripting.throwables import Throwable, null_pointer, throw
from procession.values import Value


def _print_trace(f: Frame, thrown: Throwable) -> None:
    f.print(thrown.text(), ends_line=True)


def _init_cause(f: Frame, thrown: Throwable, cause: Value) -> Throwable:
    thrown.cause = cause
    return thrown


def _trace(f: Frame, thrown: Throwable) -> ArrayObject:
    return ArrayObject([], "java.lang.StackTraceElement")


def _suppress(f: Frame, thrown: Throwable, other: Value) -> None:
    if not isinstance(other, Throwable):
        raise null_pointer("Cannot suppress a null exception.")
    if other is thrown:
        raise throw("IllegalArgumentException", "Self-suppression not permitted")
    f.allocate(2)
    thrown.suppressed.append(other)


THROWABLE: Final = JavaClass("java.lang.Throwable", Throwable, doc="all exceptions")
THROWABLE.all(
    {
        "String getMessage()": lambda f, t: t.message,
        "String getLocalizedMessage()": lambda f, t: t.message,
        "Throwable getCause()": lambda f, t: t.cause,
        "Throwable initCause(Throwable)": _init_cause,
        "void printStackTrace()": _print_trace,
        "StackTraceElement[] getStackTrace()": _trace,
        "void addSuppressed(Throwable)": _suppress,
        "Throwable[] getSuppressed()": lambda f, t: ArrayObject(
            t.suppressed, "java.lang.Throwable"
        ),
        "int getErrorOffset()": lambda f, t: 0,
        "String toString()": lambda f, t: t.text(),
    }
)


def make(f: Frame, *args: Value) -> Throwable:
    """``new Throwable(…)``."""
    message = next(
        (f.text(a) for a in args if a is not None and not isinstance(a, Throwable)), None
    )
    cause = next((a for a in args if isinstance(a, Throwable)), None)
    return Throwable("java.lang.Throwable", message, cause)


THROWABLE.all(
    {"Throwable()": make, "Throwable(String)": make, "Throwable(String, Throwable)": make}
)
CLASS: Final = JavaClass("java.lang.Class", ClassObject, doc="a class by its name, no reflection")
CLASS.all(
    {
        "String getName()": lambda f, c: c.name,
        "String getSimpleName()": lambda f, c: c.name.rpartition(".")[2],
        "String getCanonicalName()": lambda f, c: c.name,
        "String getTypeName()": lambda f, c: c.name,
    }
)
CLASSES: Final = [THROWABLE, CLASS]
