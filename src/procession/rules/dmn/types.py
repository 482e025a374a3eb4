"""Item definitions as types: what fits them, and what is made to fit (DMN 1.5, 7.3.2, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from procession.core.formulas import Held, Session, UnaryTests

BUILT_IN: Final = frozenset(
    [
        *("Any", "number", "string", "boolean", "date", "time", "date and time"),
        *("days and time duration", "years and months duration", "context", "list"),
        *("function", "range", "Null"),
    ]
)
ALIASES: Final = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time Duration": "days and time duration",
    "": "Any",
}
_READ: Final = frozenset(BUILT_IN - {"Any", "number", "string", "boolean"})
_MAX_DEPTH: Final = 60


class BuiltIn(msgspec.Struct, frozen=True):
    """A type of the language."""

    name: str


class Item(msgspec.Struct):
    """A type of the model. ``base`` is settled when all types are known."""

    name: str
    base: Type | None = None
    entries: tuple[tuple[str, Type], ...] | None = None
    function: tuple[tuple[Type, ...], Type] | None = None
    is_collection: bool = False
    allowed: UnaryTests | None = None
    constraint: UnaryTests | None = None


Type: TypeAlias = BuiltIn | Item
ANY: Final = BuiltIn("Any")


def fits(
    session: Session, value: Held, wanted: Type, depth: int = 0, *, narrow: bool = True
) -> bool:
    """Whether a value is of a type; null is of every type.

    ``narrow`` looks at allowed values and constraints, which ``instance of`` does not.
    """
    session.burn(1)
    if value is None or depth > _MAX_DEPTH:
        return value is None
    if isinstance(wanted, BuiltIn):
        if wanted.name == "Any":
            return True
        return session.kind(value) == wanted.name
    if wanted.is_collection:
        items = session.items(value)
        if items is None or not all(_is_one(session, one, wanted, depth, narrow) for one in items):
            return False
    elif not _is_one(session, value, wanted, depth, narrow):
        return False
    if wanted.constraint is None or not narrow:
        return True
    return wanted.constraint.holds(session, value, ())


def _is_one(session: Session, value: Held, wanted: Item, depth: int, narrow: bool) -> bool:
    """Whether a value is one of a type, leaving aside that there may be several."""
    if value is None:
        return True
    if wanted.entries is not None:
        found = session.entries(value)
        if found is None or not all(
            name in found and fits(session, found[name], kind, depth + 1, narrow=narrow)
            for name, kind in wanted.entries
        ):
            return False
    if wanted.function is not None:
        signature = session.signature(value)
        known = session.is_function(value)
        if not known or (signature is not None and len(signature) != len(wanted.function[0])):
            return False
    if wanted.base is not None and not fits(session, value, wanted.base, depth + 1, narrow=narrow):
        return False
    if wanted.allowed is None or not narrow:
        return True
    return wanted.allowed.holds(session, value, ())


def coerced(session: Session, value: Held, wanted: Type) -> tuple[bool, Held]:
    """The value as one of a type, and whether that could be done."""
    if fits(session, value, wanted):
        return True, value
    items = session.items(value)
    if is_list(wanted):
        made = session.listed([value])
        if items is None and fits(session, made, wanted):
            return True, made
    elif items is not None and len(items) == 1 and fits(session, items[0], wanted):
        return True, items[0]
    if basic(wanted) == "date and time" and session.kind(value) == "date":
        made = session.read("date and time", f"{session.give(value)}T00:00:00Z")
        if fits(session, made, wanted):
            return True, made
    return False, None


def is_list(wanted: Type) -> bool:
    """Whether the type is one of lists."""
    while isinstance(wanted, Item):
        if wanted.is_collection:
            return True
        if wanted.base is None:
            return False
        wanted = wanted.base
    return wanted.name == "list"


def basic(wanted: Type) -> str:
    """The type of the language that a type comes down to; ``""`` where it is none."""
    for _ in range(_MAX_DEPTH):
        if isinstance(wanted, BuiltIn):
            return wanted.name
        if wanted.is_collection or wanted.base is None:
            return ""
        wanted = wanted.base
    return ""


def received(session: Session, value: Held, wanted: Type, depth: int = 0) -> Held:
    """A value from outside, where dates and durations come as texts."""
    if value is None or depth > _MAX_DEPTH or isinstance(wanted, BuiltIn):
        return _read(session, value, wanted) if isinstance(wanted, BuiltIn) else value
    if wanted.is_collection:
        items = session.items(value)
        one = Item(wanted.name, wanted.base, wanted.entries)
        if items is None:
            return received(session, value, one, depth + 1)
        return session.listed([received(session, item, one, depth + 1) for item in items])
    if wanted.entries is not None:
        found = session.entries(value)
        if found is None:
            return value
        kinds = dict(wanted.entries)
        made = {
            name: received(session, held, kinds.get(name, ANY), depth + 1)
            for name, held in found.items()
        }
        return session.context_of(made)
    return value if wanted.base is None else received(session, value, wanted.base, depth + 1)


def _read(session: Session, value: Held, wanted: BuiltIn) -> Held:
    if wanted.name not in _READ:
        return value
    if wanted.name == "date" and session.kind(value) == "date and time":
        return session.read("date", str(session.give(value))[:10])
    if session.kind(value) != "string":
        return value
    found = session.read(wanted.name, value)
    return value if found is None else found


def checker(wanted: Type) -> Callable[[Any, Held], bool]:
    """The check of ``instance of``."""
    return lambda session, value: fits(session, value, wanted, narrow=False)
