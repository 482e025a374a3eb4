"""Moving about in ``TreeMap`` and ``TreeSet``: neighbours, ends, parts, the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.equality import compare
from procession.scripting.frame import Frame
from procession.scripting.library.maps import MAP
from procession.scripting.library.sets import SET
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    LINKED_MAP,
    LINKED_SET,
    Entry,
    MapObject,
    SetObject,
    from_pairs,
    set_of,
)
from procession.values import Value

Holder = MapObject | SetObject


def _rank(f: Frame, o: Holder, one: Value, other: Value) -> int:
    return o.less(one, other) if o.less is not None else compare(one, other, f)


def _near(o: Holder, f: Frame, key: Value, *, above: bool, same: bool) -> Entry | None:
    entries = o.ordered(f)
    low, high = 0, len(entries)
    to_right = same is not above  # floor and higher look right of an equal key
    while low < high:
        middle = (low + high) // 2
        f.burn(1)
        found = _rank(f, o, entries[middle].key, key)
        if found < 0 or (found == 0 and to_right):
            low = middle + 1
        else:
            high = middle
    at = low if above else low - 1
    return entries[at] if 0 <= at < len(entries) else None


def _neighbour(above: bool, same: bool, give: Callable[[Entry], Value]) -> Function:
    def find(f: Frame, o: Holder, key: Value) -> Value:
        found = _near(o, f, key, above=above, same=same)
        return None if found is None else give(found)

    return find


def _key(entry: Entry) -> Value:
    return entry.key


def _entry(entry: Entry) -> Entry:
    return Entry(entry.key, entry.value)


def _edge(at: int, take: bool, give: Callable[[Entry], Value]) -> Function:
    def edge(f: Frame, o: Holder) -> Value:
        entries = o.ordered(f)
        if not entries:
            return None
        found = entries[at]
        if take:
            if isinstance(o, MapObject):
                o.remove(found.key, f)
            else:
                o.discard(found.key, f)
        return give(found)

    return edge


def _within(
    f: Frame, o: Holder, low: tuple[Value, bool] | None, high: tuple[Value, bool] | None
) -> Value:
    """A part, as a copy in the same order."""

    def fits(key: Value) -> bool:
        if low is not None:
            ranked = _rank(f, o, key, low[0])
            if ranked < 0 or (ranked == 0 and not low[1]):
                return False
        if high is not None:
            ranked = _rank(f, o, key, high[0])
            return ranked < 0 or (ranked == 0 and high[1])
        return True

    f.walk(len(o))
    return _copy(f, o, [entry for entry in o.ordered(f) if fits(entry.key)], o.kind)


def _copy(f: Frame, o: Holder, entries: list[Entry], kind: str) -> Value:
    made: Holder
    if isinstance(o, MapObject):
        made = from_pairs([(entry.key, entry.value) for entry in entries], kind, f)
    else:
        made = set_of([entry.key for entry in entries], kind, f)
    made.less, made.view = o.less, o.view
    return made


def _head(f: Frame, o: Holder, high: Value, same: Value = False) -> Value:
    return _within(f, o, None, (high, bool(same)))


def _tail(f: Frame, o: Holder, low: Value, same: Value = True) -> Value:
    return _within(f, o, (low, bool(same)), None)


def _sub(f: Frame, o: Holder, low: Value, *more: Value) -> Value:
    if len(more) == 1:
        return _within(f, o, (low, True), (more[0], False))
    return _within(f, o, (low, bool(more[0])), (more[1], bool(more[2])))


def _descending(f: Frame, o: Holder) -> Value:
    kind = LINKED_MAP if isinstance(o, MapObject) else LINKED_SET
    made = _copy(f, o, list(reversed(o.ordered(f))), kind)
    made.less = None
    return made


def _descending_keys(f: Frame, o: MapObject) -> SetObject:
    return set_of([entry.key for entry in reversed(o.ordered(f))], LINKED_SET, f)


def _comparator(f: Frame, o: Holder) -> Value:
    return o.view


_WAYS: Final = {
    "floor": (False, True),
    "lower": (False, False),
    "ceiling": (True, True),
    "higher": (True, False),
}
for _name, (_above, _same) in _WAYS.items():
    SET.add(f"Object {_name}(Object)", _neighbour(_above, _same, _key))
    MAP.add(f"Object {_name}Key(Object)", _neighbour(_above, _same, _key))
    MAP.add(f"Map.Entry {_name}Entry(Object)", _neighbour(_above, _same, _entry))
SET.all(
    {
        "Object pollFirst()": _edge(0, True, _key),
        "Object pollLast()": _edge(-1, True, _key),
        "SortedSet headSet(Object)": _head,
        "SortedSet headSet(Object, boolean)": _head,
        "SortedSet tailSet(Object)": _tail,
        "SortedSet tailSet(Object, boolean)": _tail,
        "SortedSet subSet(Object, Object)": _sub,
        "SortedSet subSet(Object, boolean, Object, boolean)": _sub,
        "NavigableSet descendingSet()": _descending,
        "Comparator comparator()": _comparator,
    }
)
MAP.all(
    {
        "Map.Entry firstEntry()": _edge(0, False, _entry),
        "Map.Entry lastEntry()": _edge(-1, False, _entry),
        "Map.Entry pollFirstEntry()": _edge(0, True, _entry),
        "Map.Entry pollLastEntry()": _edge(-1, True, _entry),
        "SortedMap headMap(Object)": _head,
        "SortedMap headMap(Object, boolean)": _head,
        "SortedMap tailMap(Object)": _tail,
        "SortedMap tailMap(Object, boolean)": _tail,
        "SortedMap subMap(Object, Object)": _sub,
        "SortedMap subMap(Object, boolean, Object, boolean)": _sub,
        "NavigableMap descendingMap()": _descending,
        "NavigableSet descendingKeySet()": _descending_keys,
        "NavigableSet navigableKeySet()": lambda f, o: set_of(
            [entry.key for entry in o.ordered(f)], LINKED_SET, f
        ),
        "Comparator comparator()": _comparator,
    }
)
CLASSES: Final[list[JavaClass]] = []
"""None of its own: they are added to classes of other families."""
