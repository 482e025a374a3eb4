"""A session's state as plain values, and back: objects become numbers, shared ones stay shared.

The state is a graph of a few classes with slots, dictionaries, lists and live objects. It is
written as a flat list of entries that refer to each other by position, so that it is neither
recursive nor deeper than any codec allows. An entry begins with its sort.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from procession.rules.matcher.accumulate import Total
from procession.rules.matcher.agenda import Agenda, Entry, Group, Heap, Item
from procession.rules.matcher.memory import BetaMemory, Side
from procession.rules.matcher.rows import Cause, Handle, Row, Staged
from procession.rules.matcher.state import Change, State
from procession.rules.matcher.timers import Alarm
from procession.rules.matcher.watching import KEPT, TABLES, Table
from procession.values import BigInteger, Byte, Char, Float, Long, Short

CLASSES: Final[tuple[type, ...]] = (
    Agenda, Alarm, BetaMemory, Cause, Change, Entry, Group, Handle, Heap, Item, Row, Side, Staged,
    State, Total,
)  # fmt: skip
NUMBER_OF: Final = {
    made: at for at, kind in enumerate(CLASSES) for made in (kind, KEPT.get(kind, kind))
}
KINDS: Final[tuple[type, ...]] = (
    bool, int, float, str, bytes, Decimal, datetime, Long, Short, Byte, BigInteger, Float, Char,
)  # fmt: skip
KIND_NUMBER: Final = {kind: at for at, kind in enumerate(KINDS)}
PLAIN: Final = frozenset({type(None), *KINDS})
Entry_ = tuple[Any, ...]


def encode(root: Any, parts: Callable[[Any], Any]) -> tuple[Entry_, ...]:
    """The graph that begins at ``root``; ``parts`` takes live objects apart."""
    numbers: dict[int, int] = {id(root): 0}
    things: list[Any] = [root]
    entries: list[Entry_] = []

    def refer(thing: Any) -> Any:
        if type(thing) in PLAIN:
            return (thing,)
        found = numbers.get(id(thing))
        if found is None:
            found = numbers[id(thing)] = len(things)
            things.append(thing)
        return found

    while len(entries) < len(things):
        entries.append(_entry(things[len(entries)], refer, parts))
    return tuple(entries)


def _entry(thing: Any, refer: Callable[[Any], Any], parts: Callable[[Any], Any]) -> Entry_:
    kind = type(thing)
    if kind in NUMBER_OF:
        slots: tuple[str, ...] = CLASSES[NUMBER_OF[kind]].__slots__  # type: ignore[attr-defined]
        return ("o", NUMBER_OF[kind], *[refer(getattr(thing, name)) for name in slots])
    if kind in TABLES:
        return ("d", *[refer(x) for pair in thing.items() for x in pair])
    if kind is list:
        return ("l", *[refer(x) for x in thing])
    if kind is tuple:
        return ("t", *[refer(x) for x in thing])
    if kind is frozenset:
        return ("f", *[refer(x) for x in thing])
    if kind is type:
        return ("k", KIND_NUMBER[thing])
    taken = parts(thing)
    if taken is None:
        raise TypeError(f"a rule session cannot keep a {kind.__name__}")
    sort, name, held = taken
    return ("v", sort, name, *[refer(x) for x in held])


def decode(
    entries: tuple[Entry_, ...],
    empty: Callable[[str, str], Any],
    fill: Callable[[Any, list[Any]], None],
) -> Any:
    """The graph that :func:`encode` wrote."""
    made: list[Any] = [_shell(entry, empty) for entry in entries]

    def resolve(at: Any, busy: int = 0) -> Any:
        if type(at) is not int:
            return at[0]
        thing = made[at]
        if thing is _LATER:
            if busy > 500:
                raise ValueError("the stored state is nested too deeply")
            entry = entries[at]
            inside = [resolve(x, busy + 1) for x in entry[1:]]
            thing = made[at] = tuple(inside) if entry[0] == "t" else frozenset(inside)
        return thing

    for entry, thing in zip(entries, made, strict=True):
        if entry[0] == "v":
            fill(thing, [resolve(x) for x in entry[3:]])
    for at, entry in enumerate(entries):
        match entry[0]:
            case "o":
                thing = made[at]
                for name, value in zip(type(thing).__slots__, entry[2:], strict=True):
                    setattr(thing, name, resolve(value))
            case "l":
                made[at].extend(resolve(x) for x in entry[1:])
            case "d":
                found = [resolve(x) for x in entry[1:]]
                made[at].update(zip(found[::2], found[1::2], strict=True))
    return made[0]


class _Later:
    pass


_LATER: Final = _Later()


def _shell(entry: Entry_, empty: Callable[[str, str], Any]) -> Any:
    match entry[0]:
        case "o":
            kind = CLASSES[entry[1]]
            return object.__new__(kind)
        case "d":
            return Table()
        case "l":
            return []
        case "k":
            return KINDS[entry[1]]
        case "v":
            return empty(entry[1], entry[2])
        case _:
            return _LATER
