"""``java.util.Optional``."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.functions import holds, invoke
from procession.scripting.library.table import JavaClass
from procession.scripting.throwables import Throwable, Thrown, null_pointer, throw
from procession.values import Value


class OptionalObject:
    """An ``Optional``."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def shown(self) -> str:
        """What it prints as, where its value is text or nothing."""
        return "Optional.empty" if self.value is None else f"Optional[{self.value}]"


def _get(f: Frame, o: OptionalObject) -> Value:
    if o.value is None:
        raise throw("java.util.NoSuchElementException", "No value present")
    return o.value


def _present(f: Frame, value: Value) -> OptionalObject:
    if value is None:
        raise null_pointer("Optional.of(null)")
    return OptionalObject(value)


def _if_present(f: Frame, o: OptionalObject, action: Value, other: Value = None) -> None:
    if o.value is not None:
        invoke(f, action, o.value)
    elif other is not None:
        invoke(f, other)


def _kept(f: Frame, o: OptionalObject, test: Value) -> OptionalObject:
    return o if o.value is None or holds(f, test, o.value) else OptionalObject(None)


def _or_throw(f: Frame, o: OptionalObject, make: Value) -> Value:
    if o.value is not None:
        return o.value
    made = invoke(f, make)
    if not isinstance(made, Throwable):
        raise throw("ClassCastException", "orElseThrow takes what makes an exception")
    raise Thrown(made)


OPTIONAL: Final = JavaClass("java.util.Optional", OptionalObject)
OPTIONAL.all(
    {
        "static Optional of(Object)": _present,
        "static Optional ofNullable(Object)": lambda f, value: OptionalObject(value),
        "static Optional empty()": lambda f: OptionalObject(None),
        "Object get()": _get,
        "int getAsInt()": _get,
        "long getAsLong()": _get,
        "double getAsDouble()": _get,
        "Object orElseThrow()": _get,
        "Object orElseThrow(Supplier)": _or_throw,
        "boolean isPresent()": lambda f, o: o.value is not None,
        "boolean isEmpty()": lambda f, o: o.value is None,
        "Object orElse(Object)": lambda f, o, other: other if o.value is None else o.value,
        "Object orElseGet(Supplier)": (
            lambda f, o, make: invoke(f, make) if o.value is None else o.value
        ),
        "void ifPresent(Consumer)": _if_present,
        "void ifPresentOrElse(Consumer, Runnable)": _if_present,
        "Optional filter(Predicate)": _kept,
        "Optional map(Function)": (
            lambda f, o, function: (
                o if o.value is None else OptionalObject(invoke(f, function, o.value))
            )
        ),
        "Optional flatMap(Function)": (
            lambda f, o, function: o if o.value is None else invoke(f, function, o.value)
        ),
    }
)
CLASSES: Final = [OPTIONAL]
