"""Arguments of FEEL's functions: what is of another type makes the function give null."""

from __future__ import annotations

from decimal import Decimal

from procession.scripting.feel.operators import is_number
from procession.scripting.feel.values import items_of, plain
from procession.scripting.frame import Frame
from procession.scripting.objects import ListObject
from procession.values import Value


def alone(value: Value) -> Value:
    """The member of a list of one, where one value is wanted; anything else is itself."""
    if isinstance(value, ListObject) and len(value.items) == 1:
        return plain(value.items[0])
    return value


def a_string(value: Value) -> str:
    """A text."""
    value = alone(value)
    if not isinstance(value, str):
        raise TypeError("a string is expected")
    return value


def a_number(value: Value) -> Decimal:
    """A number."""
    value = alone(value)
    if not is_number(value):
        raise TypeError("a number is expected")
    return Decimal(value)


def an_integer(value: Value) -> int:
    """A whole number."""
    return int(a_number(value))


def list_in(f: Frame, value: Value) -> list[Value]:
    """The items of a list that may be changed; null is none."""
    if value is None:
        raise TypeError("a list is expected")
    return [plain(item) for item in items_of(f, value)]


def made(f: Frame, items: list[Value]) -> ListObject:
    """A list."""
    f.allocate(len(items) + 2)
    return ListObject(items)
