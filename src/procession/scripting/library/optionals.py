"""``java.util.Optional`` and its sisters of numbers."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import hash_code, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.functions import holds, invoke
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.meter import unlimited
from procession.scripting.rendering import java_text
from procession.scripting.throwables import Throwable, Thrown, null_pointer, throw
from procession.values import Value

_SHORT: Final = {"": "", "int": "Int", "long": "Long", "double": "Double"}


class OptionalObject:
    """An ``Optional``; ``number`` is empty for objects, else ``int``, ``long`` or ``double``."""

    __slots__ = ("number", "value")

    def __init__(self, value: Value, number: str = "") -> None:
        self.value = value
        self.number = number

    @property
    def type_name(self) -> str:
        """The name of its class."""
        return f"java.util.Optional{_SHORT[self.number]}"

    def shown(self) -> str:
        """What it prints as."""
        name = self.type_name.rpartition(".")[2]
        return f"{name}.empty" if self.value is None else f"{name}[{java_text(self.value)}]"

    def identity(self) -> Value:
        """What two equal ones have in common."""
        return (self.number, key_of(self.value, unlimited()))

    def hashed(self) -> int:
        """As Java."""
        return hash_code(self.value, unlimited())


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


def _or(f: Frame, o: OptionalObject, make: Value) -> Value:
    return invoke(f, make) if o.value is None else o


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
        "Optional or(Supplier)": _or,
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


def _of(number: str) -> Function:
    return lambda f, value: OptionalObject(value, number)


def _numeric(number: str) -> JavaClass:
    made = JavaClass(f"java.util.Optional{_SHORT[number]}", parents=("java.util.Optional",))
    made.add(f"static {made.simple} of({number})", _of(number))
    made.add(f"static {made.simple} empty()", lambda f: OptionalObject(None, number))
    return made


CLASSES: Final = [OPTIONAL, *[_numeric(number) for number in ("int", "long", "double")]]
