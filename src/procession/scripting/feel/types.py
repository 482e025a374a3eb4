"""FEEL's types as texts name them: what fits them, and what is made to fit (DMN 1.5, 10.3.2.9).

A type that a model declares is a check brought along from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeAlias

import msgspec

from procession.scripting.feel.values import FeelFunction, Range, entry_of, kind_of, plain
from procession.scripting.frame import Frame
from procession.scripting.objects import BeanObject, FunctionObject, ListObject, MapObject
from procession.values import Value

SIMPLE: Final = frozenset(
    [
        *("Any", "Null", "number", "string", "boolean", "date", "time", "date and time"),
        *("days and time duration", "years and months duration"),
    ]
)
ALIASES: Final = {
    "day time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "year month duration": "years and months duration",
    "dateTime": "date and time",
}


class Simple(msgspec.Struct, frozen=True):
    """A built-in type."""

    name: str


class ListOf(msgspec.Struct, frozen=True):
    """``list<item>``."""

    item: Type


class RangeOf(msgspec.Struct, frozen=True):
    """``range<item>``."""

    item: Type


class ContextOf(msgspec.Struct, frozen=True):
    """``context<name: type, …>``."""

    entries: tuple[tuple[str, Type], ...]


class FunctionOf(msgspec.Struct, frozen=True):
    """``function<type, …> -> type``."""

    parameters: tuple[Type, ...]
    result: Type


class Declared(msgspec.Struct, frozen=True):
    """A type of the model."""

    name: str
    check: Callable[[Any, Value], bool]


Type: TypeAlias = Simple | ListOf | RangeOf | ContextOf | FunctionOf | Declared
ANY: Final = Simple("Any")
NULL: Final = Simple("Null")


def fits(f: Frame, value: Value, wanted: Type) -> bool:
    """``value instance of wanted``."""
    f.burn(1)
    value = plain(value)
    if isinstance(wanted, Declared):
        return value is not None and bool(wanted.check(f, value))
    if isinstance(wanted, Simple):
        if wanted.name == "Null":
            return value is None
        return value is not None and (wanted.name == "Any" or kind_of(value) == wanted.name)
    if value is None:
        return False
    if isinstance(wanted, ListOf):
        return isinstance(value, ListObject) and all(
            _fits_inside(f, item, wanted.item) for item in value.items
        )
    if isinstance(wanted, RangeOf):
        return isinstance(value, Range) and _range_fits(f, value, wanted.item)
    if isinstance(wanted, ContextOf):
        return isinstance(value, MapObject | BeanObject) and all(
            _entry_fits(f, value, name, kind) for name, kind in wanted.entries
        )
    return isinstance(value, FunctionObject) and _function_fits(value, wanted)


def _fits_inside(f: Frame, value: Value, wanted: Type) -> bool:
    """Null is a member of every type where it stands in a list, a context or a range."""
    return value is None or fits(f, value, wanted)


def _range_fits(f: Frame, value: Range, item: Type) -> bool:
    if value.low is None and value.high is None:
        return item == ANY
    return all(fits(f, end, item) for end in (value.low, value.high) if end is not None)


def _entry_fits(f: Frame, value: Value, name: str, wanted: Type) -> bool:
    has, found = entry_of(f, value, name)
    return has and _fits_inside(f, found, wanted)


def _function_fits(value: FunctionObject, wanted: FunctionOf) -> bool:
    if not isinstance(value, FeelFunction):
        return False
    own = [one or ANY for one in value.types] or [ANY] * max(value.arity, 0)
    if len(own) != len(wanted.parameters):
        return False
    narrower = all(
        conforms(theirs, mine) for theirs, mine in zip(wanted.parameters, own, strict=True)
    )
    return narrower and conforms(value.result or ANY, wanted.result)


def conforms(one: Type, other: Type) -> bool:
    """Whether every value of one type is of the other (10.3.2.9.2)."""
    if other in (one, ANY) or one == NULL:
        return True
    if isinstance(one, ListOf) and isinstance(other, ListOf):
        return conforms(one.item, other.item)
    if isinstance(one, RangeOf) and isinstance(other, RangeOf):
        return conforms(one.item, other.item)
    if isinstance(one, ContextOf) and isinstance(other, ContextOf):
        mine = dict(one.entries)
        return all(name in mine and conforms(mine[name], kind) for name, kind in other.entries)
    if isinstance(one, FunctionOf) and isinstance(other, FunctionOf):
        return (
            len(one.parameters) == len(other.parameters)
            and all(map(conforms, other.parameters, one.parameters))
            and conforms(one.result, other.result)
        )
    return False


def coerced(f: Frame, value: Value, wanted: Type | None) -> Value:
    """The value as one of that type; null where it cannot be (10.3.2.9.4)."""
    value = plain(value)
    if wanted is None or value is None or fits(f, value, wanted):
        return value
    if isinstance(wanted, ListOf):
        return ListObject([value]) if fits(f, value, wanted.item) else None
    if isinstance(value, ListObject) and len(value.items) == 1:
        only = plain(value.items[0])
        return only if fits(f, only, wanted) else None
    if wanted == Simple("date and time") and type(value) is date:
        return datetime.combine(value, time(tzinfo=UTC))
    return None
