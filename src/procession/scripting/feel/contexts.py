"""FEEL's built-in functions over contexts and ranges.

The tables are as in :mod:`~procession.scripting.feel.texts`.
"""

from __future__ import annotations

from typing import Final

from procession.scripting.feel.arguments import a_string, list_in, made
from procession.scripting.feel.operators import LESS, equal, names_of, tested
from procession.scripting.feel.texts import Function
from procession.scripting.feel.values import context_of, entry_of
from procession.scripting.frame import Frame
from procession.scripting.objects import BeanObject, ListObject, MapObject
from procession.values import Value


def _entries(f: Frame, owner: Value) -> ListObject:
    pairs = [(name, entry_of(f, owner, name)[1]) for name in names_of(f, owner)]
    return made(f, [context_of(f, [("key", name), ("value", value)]) for name, value in pairs])


def _from_entries(f: Frame, entries: Value) -> Value:
    pairs: dict[str, Value] = {}
    for entry in list_in(f, entries):
        key = a_string(entry_of(f, entry, "key")[1])
        has, value = entry_of(f, entry, "value")
        if key in pairs or not has:
            raise ValueError(f"the entry {key} has no value, or two")
        pairs[key] = value
    return context_of(f, list(pairs.items()))


def _put(f: Frame, owner: Value, key: Value, value: Value) -> Value:
    path = [a_string(one) for one in key.items] if isinstance(key, ListObject) else [a_string(key)]
    if not path or not isinstance(owner, MapObject | BeanObject):
        raise ValueError("no context, or no key")
    f.burn(len(path))
    pairs = [(name, entry_of(f, owner, name)[1]) for name in names_of(f, owner)]
    if len(path) > 1:
        inner = entry_of(f, owner, path[0])[1]
        value = _put(f, inner, ListObject(path[1:]), value)
    return context_of(f, [*pairs, (path[0], value)])


def _merge(f: Frame, contexts: Value) -> Value:
    pairs = [
        (name, entry_of(f, one, name)[1])
        for one in list_in(f, contexts)
        for name in names_of(f, one)
    ]
    return context_of(f, pairs)


CONTEXTS: Final[dict[str, tuple[str, Function]]] = {
    "get value": ("m, key", lambda f, m, key: entry_of(f, m, a_string(key))[1]),
    "get entries": ("m", _entries),
    "context": ("entries", _from_entries),
    "context put": ("context, key, value | context, keys, value", _put),
    "context merge": ("contexts", _merge),
    "get or else": ("value, default", lambda f, value, other: other if value is None else value),
    "is defined": ("value", lambda f, value: value is not None),
}


def _precedes(f: Frame, a: Value, b: Value) -> Value:
    """``before``: of points and ranges alike."""
    high, has_high = (a.high, a.has_high) if hasattr(a, "high") else (a, True)
    low, has_low = (b.low, b.has_low) if hasattr(b, "low") else (b, True)
    if has_high and has_low:
        return LESS(f, high, low)
    less = LESS(f, high, low)
    return True if less is True else equal(f, high, low)


def _meets(f: Frame, a: Value, b: Value) -> Value:
    return a.has_high and b.has_low and equal(f, a.high, b.low) is True


def _holds(f: Frame, a: Value, b: Value) -> Value:
    if not hasattr(b, "low"):
        return tested(f, b, a)
    low = LESS(f, a.low, b.low) or (equal(f, a.low, b.low) and (a.has_low or not b.has_low))
    high = LESS(f, b.high, a.high) or (equal(f, a.high, b.high) and (a.has_high or not b.has_high))
    return bool(low and high)


def _overlaps(f: Frame, a: Value, b: Value) -> Value:
    return not (_precedes(f, a, b) or _precedes(f, b, a))


def _overlaps_before(f: Frame, a: Value, b: Value) -> Value:
    """The first begins before the second, and ends within it."""
    low = LESS(f, a.low, b.low) or (equal(f, a.low, b.low) and a.has_low and not b.has_low)
    meets = LESS(f, b.low, a.high) or (equal(f, b.low, a.high) and a.has_high and b.has_low)
    ends = LESS(f, a.high, b.high) or (equal(f, a.high, b.high) and (not a.has_high or b.has_high))
    return bool(low and meets and ends)


def _overlaps_after(f: Frame, a: Value, b: Value) -> Value:
    """The first begins within the second, and ends after it."""
    low = LESS(f, b.low, a.low) or (equal(f, b.low, a.low) and b.has_low and not a.has_low)
    meets = LESS(f, a.low, b.high) or (equal(f, a.low, b.high) and a.has_low and b.has_high)
    ends = LESS(f, b.high, a.high) or (equal(f, b.high, a.high) and (a.has_high or not b.has_high))
    return bool(low and meets and ends)


def _starts(f: Frame, a: Value, b: Value) -> Value:
    if not hasattr(a, "low"):
        return b.has_low and equal(f, a, b.low) is True
    return a.has_low == b.has_low and equal(f, a.low, b.low) is True and _holds(f, b, a)


def _finishes(f: Frame, a: Value, b: Value) -> Value:
    if not hasattr(a, "low"):
        return b.has_high and equal(f, a, b.high) is True
    return a.has_high == b.has_high and equal(f, a.high, b.high) is True and _holds(f, b, a)


def _turned(function: Function) -> Function:
    return lambda f, a, b: function(f, b, a)


RANGES: Final[dict[str, tuple[str, Function]]] = {
    "before": ("a, b", _precedes),
    "after": ("a, b", _turned(_precedes)),
    "meets": ("range1, range2", _meets),
    "met by": ("range1, range2", _turned(_meets)),
    "includes": ("range, point", _holds),
    "during": ("point, range", _turned(_holds)),
    "overlaps": ("range1, range2", _overlaps),
    "overlaps before": ("range1, range2", _overlaps_before),
    "overlaps after": ("range1, range2", _overlaps_after),
    "starts": ("point, range", _starts),
    "started by": ("range, point", _turned(_starts)),
    "finishes": ("point, range", _finishes),
    "finished by": ("range, point", _turned(_finishes)),
    "coincides": ("a, b", equal),
}
