"""What lists do: the functions behind :mod:`procession.scripting.library.lists`."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import equals
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, index, integer
from procession.scripting.library.functions import arranged
from procession.scripting.library.table import Function
from procession.scripting.objects import (
    ARRAY_LIST,
    HASH_SET,
    ArrayObject,
    Entry,
    FunctionObject,
    IteratorObject,
    ListObject,
    MapObject,
    SetObject,
    set_of,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Byte, Char, Short, Value

LINKED_LIST: Final = "java.util.LinkedList"
FIXED: Final = "java.util.Arrays$ArrayList"
STACK: Final = "java.util.Stack"
QUEUE: Final = "java.util.ArrayDeque"
PRIORITY_QUEUE: Final = "java.util.PriorityQueue"
_BY_VALUE: Final = frozenset({QUEUE, PRIORITY_QUEUE})
_PLACES: Final = frozenset({int, Short, Byte, Char})
COLLECTION_NAME: Final = "java.util.Collection"


def find_item(f: Frame, items: list[Value], wanted: Value) -> int:
    """The first place of what equals it, -1 for none."""
    f.walk(len(items) * 2)
    for at, item in enumerate(items):
        if equals(item, wanted, f):
            return at
    return -1


def add_item(f: Frame, o: ListObject, value: Value) -> bool:
    """``add``."""
    f.allocate(1)
    f.bound_items(len(o.items) + 1)
    if value is None and o.kind == QUEUE:
        raise null_pointer("an element")
    if o.owner is not None:
        become(f, o, [*o.items, value])
    else:
        o.writable().append(value)
    return True


def become(f: Frame, o: ListObject, items: list[Value]) -> None:
    """Hold other items; a view changes what it is a view of."""
    owner = o.owner
    if isinstance(owner, ListObject):
        f.walk(len(owner.items) >> 3)
        held = owner.items
        become(f, owner, held[: o.start] + items + held[o.start + len(o.items) :])
    elif isinstance(owner, MapObject):
        if len(items) > len(o.items):
            raise throw("UnsupportedOperationException")
        kept = {id(item) for item in items}
        gone = [
            e for e, item in zip(owner.ordered(f), o.items, strict=True) if id(item) not in kept
        ]
        if len(gone) != len(o.items) - len(items):
            gone = _first_gone(owner.ordered(f), o.items, items)
        for entry in gone:
            owner.remove(entry.key, f)
    o.writable()[:] = items


def _first_gone(entries: list[Entry], before: list[Value], after: list[Value]) -> list[Entry]:
    """Which entries are gone, where the same value stands more than once."""
    gone: list[Entry] = []
    at = 0
    for entry, item in zip(entries, before, strict=True):
        if (at < len(after) and after[at] is item and len(before) - len(gone) > len(after)) or (
            at < len(after) and after[at] is item
        ):
            at += 1
        else:
            gone.append(entry)
    return gone


def insert_at(f: Frame, o: ListObject, at: Value, value: Value) -> None:
    """``add`` at a place."""
    f.allocate(1)
    f.bound_items(len(o.items) + 1)
    f.walk(len(o.items) >> 3)
    place = integer(at)
    if not 0 <= place <= len(o.items):
        what = f"Index: {place}, Size: {len(o.items)}"
        raise throw("IndexOutOfBoundsException", what)
    become(f, o, [*o.items[:place], value, *o.items[place:]]) if o.owner else (
        o.writable().insert(place, value)
    )


def add_all(f: Frame, o: ListObject, more: Value) -> bool:
    """``addAll``."""
    items = list(collection(more, f))
    f.allocate(len(items))
    f.bound_items(len(o.items) + len(items))
    if o.owner is not None:
        become(f, o, [*o.items, *items])
    else:
        o.writable().extend(items)
    return bool(items)


def insert_all(f: Frame, o: ListObject, at: Value, more: Value) -> bool:
    """``addAll`` at a place."""
    items = list(collection(more, f))
    place = integer(at)
    if not 0 <= place <= len(o.items):
        what = f"Index: {place}, Size: {len(o.items)}"
        raise throw("IndexOutOfBoundsException", what)
    f.allocate(len(items))
    f.bound_items(len(o.items) + len(items))
    f.walk(len(o.items) >> 3)
    o.writable()
    become(f, o, [*o.items[:place], *items, *o.items[place:]])
    return bool(items)


def item_at(f: Frame, o: ListObject, at: Value) -> Value:
    """``get``."""
    return o.items[_place(o, at)]


def _place(o: ListObject, at: Value) -> int:
    """A position, complained about as that kind of list does."""
    place = integer(at)
    if 0 <= place < len(o.items):
        return place
    if o.kind == LINKED_LIST:
        what = f"Index: {place}, Size: {len(o.items)}"
        raise throw("IndexOutOfBoundsException", what)
    kind = "ArrayIndexOutOfBoundsException" if o.kind == FIXED else "IndexOutOfBoundsException"
    raise throw(kind, f"Index {place} out of bounds for length {len(o.items)}")


def set_item(f: Frame, o: ListObject, at: Value, value: Value) -> Value:
    """``set``."""
    place = _place(o, at)
    items = o.writable(grows=False)
    if isinstance(o.owner, ListObject):
        set_item(f, o.owner, o.start + place, value)
    before, items[place] = items[place], value
    return before


def remove_item(f: Frame, o: ListObject, what: Value) -> Value:
    """By place for an ``int``, else by value."""
    f.walk(len(o.items) >> 3)
    if type(what) in _PLACES and not isinstance(o.owner, MapObject) and o.kind not in _BY_VALUE:
        place = _place(o, what)
        return _taken(f, o, place)
    return remove_value(f, o, what)


def remove_value(f: Frame, o: ListObject, what: Value) -> bool:
    """``remove(Object)``: the first that equals it."""
    place = find_item(f, o.items, what)
    if place >= 0:
        _taken(f, o, place)
    return place >= 0


def _taken(f: Frame, o: ListObject, place: int) -> Value:
    if o.owner is None:
        return o.writable().pop(place)
    found = o.items[place]
    become(f, o, o.items[:place] + o.items[place + 1 :])
    return found


def end_of(at: int, *, take: bool, strict: bool) -> Function:
    """What looks at an end, or takes from it."""

    def peek(f: Frame, o: ListObject) -> Value:
        if not o.items:
            if strict:
                raise throw("java.util.NoSuchElementException")
            return None
        f.walk(len(o.items) >> 8)
        if o.kind == PRIORITY_QUEUE and at == 0:
            o.items[:] = arranged(f, o.items, o.order)
        return o.writable().pop(at) if take else o.items[at]

    return peek


def push_first(f: Frame, o: ListObject, value: Value) -> Value:
    """``push`` of a deque."""
    f.allocate(1)
    f.walk(len(o.items) >> 3)
    o.writable().insert(0, value)
    return value


def clear_list(f: Frame, o: ListObject) -> None:
    """``clear``."""
    o.writable()
    become(f, o, [])


def keep(f: Frame, o: ListObject | SetObject, others: Value, wanted: bool) -> bool:
    """``retainAll``, and ``removeAll`` where not wanted."""
    known = set_of(collection(others, f), HASH_SET, f)
    before = list(o.items) if isinstance(o, ListObject) else o.members(f)
    inside = [item for item in before if holds(f, known, item) is wanted]
    if isinstance(o, ListObject):
        o.writable()
        become(f, o, inside)
    else:
        for item in before:
            if holds(f, known, item) is not wanted:
                o.discard(item, f)
    return len(inside) != len(before)


def holds(f: Frame, known: SetObject, item: Value) -> bool:
    """Whether a set has a member."""
    return known.holds(item, f)


def part_of(f: Frame, o: ListObject, start: Value, end: Value) -> ListObject:
    """``subList``: a view."""
    first, last = integer(start), integer(end)
    if first < 0:
        raise throw("IndexOutOfBoundsException", f"fromIndex = {first}")
    if last > len(o.items):
        raise throw("IndexOutOfBoundsException", f"toIndex = {last}")
    if first > last:
        raise throw("IllegalArgumentException", f"fromIndex({first}) > toIndex({last})")
    f.allocate(last - first + 2)
    made = ListObject(o.items[first:last], "java.util.ArrayList$SubList")
    made.owner, made.start = o, first
    made.fixed, made.frozen = o.fixed, o.frozen
    return made


def to_array(f: Frame, o: Value, like: Value = None) -> ArrayObject:
    """``toArray``."""
    items = collection(o, f)
    f.allocate(len(items) + 2)
    component = like.component if isinstance(like, ArrayObject) else "java.lang.Object"
    return ArrayObject(items, component)


def iterator(f: Frame, o: ListObject | SetObject) -> IteratorObject:
    """``iterator``."""
    items = list(collection(o, f))
    f.allocate(len(items) + 2)
    return IteratorObject(items, o)


def contains_all(f: Frame, o: Value, others: Value) -> bool:
    """``containsAll``."""
    known = set_of(collection(o, f), HASH_SET, f)
    return all(holds(f, known, item) for item in collection(others, f))


def sort_list(f: Frame, o: ListObject, order: Value = None) -> None:
    """``sort``, by the natural order or by a comparator."""
    o.writable(grows=False)[:] = arranged(f, list(o.items), order)


def list_iterator(f: Frame, o: ListObject, at: Value = 0) -> IteratorObject:
    """``listIterator``."""
    made = iterator(f, o)
    made.at = index(at, len(o.items), end=True)
    return made


def search_stack(f: Frame, o: ListObject, what: Value) -> int:
    """``search``: how deep it lies."""
    found = find_item(f, o.items[::-1], what)
    return found + 1 if found >= 0 else -1


def last_of(take: bool) -> Function:
    """``peek`` and ``pop`` of a stack."""

    def last(f: Frame, o: ListObject) -> Value:
        if not o.items:
            raise throw("java.util.EmptyStackException")
        return o.writable().pop() if take else o.items[-1]

    return last


def push_last(f: Frame, o: ListObject, value: Value) -> Value:
    """``push`` of a stack."""
    add_item(f, o, value)
    return value


def by_kind(other: Function, own: Function) -> Function:
    """``Stack`` works at the end of the list, the others at its beginning."""

    def choose(f: Frame, o: ListObject, *args: Value) -> Value:
        return (own if o.kind == STACK else other)(f, o, *args)

    return choose


def maker(kind: str) -> Function:
    """What makes a list of a kind."""

    def make(f: Frame, source: Value = None, order: Value = None) -> ListObject:
        if kind == PRIORITY_QUEUE:
            return _new_queue(f, source, order)
        if kind == ARRAY_LIST and type(source) is int and source < 0:
            raise throw("IllegalArgumentException", f"Illegal Capacity: {source}")
        if source is None or type(source) is int:
            return ListObject([], kind)
        items = collection(source, f)
        f.allocate(len(items) + 2)
        return ListObject(items, kind)

    return make


def _new_queue(f: Frame, source: Value, order: Value) -> ListObject:
    made = ListObject([], PRIORITY_QUEUE)
    made.order = source if isinstance(source, FunctionObject) else order
    if isinstance(source, ListObject | SetObject):
        add_all(f, made, source)
    return made
