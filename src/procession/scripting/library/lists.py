"""Lists, iterators and arrays as such."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import equals
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, index, integer, rest
from procession.scripting.library.functions import arranged
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    ARRAY_LIST,
    HASH_SET,
    ArrayObject,
    IteratorObject,
    ListObject,
    MapObject,
    SetObject,
    set_of,
)
from procession.scripting.throwables import throw
from procession.values import Value

COLLECTION_NAME: Final = "java.util.Collection"


def _find(f: Frame, items: list[Value], wanted: Value) -> int:
    f.walk(len(items) * 2)
    for at, item in enumerate(items):
        if equals(item, wanted, f):
            return at
    return -1


def _add(f: Frame, o: ListObject, value: Value) -> bool:
    f.allocate(1)
    o.writable().append(value)
    return True


def _add_at(f: Frame, o: ListObject, at: Value, value: Value) -> None:
    f.allocate(1)
    f.walk(len(o.items) >> 3)
    o.writable().insert(index(at, len(o.items), end=True), value)


def add_all(f: Frame, o: ListObject, more: Value) -> bool:
    """``addAll``."""
    items = list(collection(more, f))
    f.allocate(len(items))
    o.writable().extend(items)
    return bool(items)


def _get(f: Frame, o: ListObject, at: Value) -> Value:
    return o.items[index(at, len(o.items))]


def _set(f: Frame, o: ListObject, at: Value, value: Value) -> Value:
    place = index(at, len(o.items))
    items = o.writable(grows=False)
    before, items[place] = items[place], value
    return before


def _remove(f: Frame, o: ListObject, what: Value) -> Value:
    """By place for an ``int``, else by value."""
    f.walk(len(o.items) >> 3)
    if type(what) is int:
        place = index(what, len(o.items))
        return o.writable().pop(place)
    place = _find(f, o.items, what)
    if place >= 0:
        o.writable().pop(place)
    return place >= 0


def _end(at: int, *, take: bool, strict: bool) -> Function:
    def peek(f: Frame, o: ListObject) -> Value:
        if not o.items:
            if strict:
                raise throw("java.util.NoSuchElementException")
            return None
        f.walk(len(o.items) >> 8)
        return o.writable().pop(at) if take else o.items[at]

    return peek


def _push(f: Frame, o: ListObject, value: Value) -> Value:
    f.allocate(1)
    f.walk(len(o.items) >> 3)
    o.writable().insert(0, value)
    return value


def _clear(f: Frame, o: ListObject) -> None:
    o.writable().clear()


def keep(f: Frame, o: ListObject | SetObject, others: Value, wanted: bool) -> bool:
    """``retainAll``, and ``removeAll`` where not wanted."""
    known = set_of(collection(others, f), HASH_SET, f)
    before = list(o.items) if isinstance(o, ListObject) else o.members(f)
    inside = [item for item in before if holds(f, known, item) is wanted]
    if isinstance(o, ListObject):
        o.writable()[:] = inside
    else:
        for item in before:
            if holds(f, known, item) is not wanted:
                o.discard(item, f)
    return len(inside) != len(before)


def holds(f: Frame, known: SetObject, item: Value) -> bool:
    """Whether a set has a member."""
    size = len(known)
    added = known.add(item, f)
    if added:
        known.discard(item, f)
    return len(known) == size and not added


def _sub_list(f: Frame, o: ListObject, start: Value, end: Value) -> ListObject:
    first, last = integer(start), integer(end)
    if not 0 <= first <= last <= len(o.items):
        raise throw("IndexOutOfBoundsException", f"fromIndex: {first}, toIndex: {last}")
    f.allocate(last - first + 2)
    return ListObject(o.items[first:last])


def to_array(f: Frame, o: Value, *_: Value) -> ArrayObject:
    """``toArray``."""
    items = collection(o, f)
    f.allocate(len(items) + 2)
    return ArrayObject(items, "java.lang.Object")


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


def _new_list(kind: str) -> Function:
    def make(f: Frame, source: Value = None) -> ListObject:
        if source is None or type(source) is int:
            return ListObject([], kind)
        items = collection(source, f)
        f.allocate(len(items) + 2)
        return ListObject(items, kind)

    return make


LIST: Final = JavaClass("java.util.List", ListObject, parents=(COLLECTION_NAME,))
LIST.all(
    {
        "boolean add(Object)": _add,
        "void add(int, Object)": _add_at,
        "boolean addAll(Collection)": add_all,
        "Object get(int)": _get,
        "Object set(int, Object)": _set,
        "Object remove(Object)": _remove,
        "boolean removeAll(Collection)": lambda f, o, c: keep(f, o, c, False),
        "boolean retainAll(Collection)": lambda f, o, c: keep(f, o, c, True),
        "int size()": lambda f, o: len(o.items),
        "boolean isEmpty()": lambda f, o: not o.items,
        "boolean contains(Object)": lambda f, o, v: _find(f, o.items, v) >= 0,
        "boolean containsAll(Collection)": contains_all,
        "int indexOf(Object)": lambda f, o, v: _find(f, o.items, v),
        "int lastIndexOf(Object)": lambda f, o, v: (
            len(o.items) - 1 - at if (at := _find(f, o.items[::-1], v)) >= 0 else -1
        ),
        "void clear()": _clear,
        "List subList(int, int)": _sub_list,
        "Object[] toArray()": to_array,
        "Object[] toArray(Object[])": to_array,
        "Iterator iterator()": iterator,
        "void sort(Comparator)": sort_list,
        "void addFirst(Object)": _push,
        "void addLast(Object)": _add,
        "boolean offer(Object)": _add,
        "void push(Object)": _push,
        "Object getFirst()": _end(0, take=False, strict=True),
        "Object getLast()": _end(-1, take=False, strict=True),
        "Object removeFirst()": _end(0, take=True, strict=True),
        "Object removeLast()": _end(-1, take=True, strict=True),
        "Object peek()": _end(0, take=False, strict=False),
        "Object poll()": _end(0, take=True, strict=False),
        "Object pop()": _end(0, take=True, strict=True),
    }
)


def fixed_list(f: Frame, *items: Value) -> ListObject:
    """``Arrays.asList``: a list that does not grow."""
    made = ListObject(rest(items), "java.util.Arrays$ArrayList")
    f.allocate(len(made.items) + 2)
    made.fixed = True
    return made


def constant_list(f: Frame, *items: Value) -> ListObject:
    """``List.of``: a list that does not change."""
    made = fixed_list(f, *items)
    made.kind = "java.util.ImmutableCollections$ListN"
    made.frozen = True
    return made


LIST.add("static List of(Object...)", constant_list)


def _list_class(name: str) -> JavaClass:
    made = JavaClass(name, parents=("java.util.List",))
    made.all({f"{made.simple}()": _new_list(name), f"{made.simple}(Object)": _new_list(name)})
    return made


LISTS: Final = [
    _list_class(name)
    for name in (ARRAY_LIST, "java.util.LinkedList", "java.util.Vector", "java.util.ArrayDeque",
                 "java.util.concurrent.CopyOnWriteArrayList")
]  # fmt: skip


# -- iterators and arrays --------------------------------------------------------------------


def _next(f: Frame, o: IteratorObject) -> Value:
    if o.at >= len(o.items):
        raise throw("java.util.NoSuchElementException")
    o.at += 1
    return o.items[o.at - 1]


def _drop(f: Frame, o: IteratorObject) -> None:
    if not o.at:
        raise throw("IllegalStateException")
    last = o.items[o.at - 1]
    if isinstance(o.owner, ListObject):
        place = next((at for at, item in enumerate(o.owner.items) if item is last), -1)
        f.walk(len(o.owner.items))
        if place >= 0:
            o.owner.writable().pop(place)
    elif isinstance(o.owner, SetObject):
        o.owner.discard(last, f)
    elif isinstance(o.owner, MapObject):
        o.owner.remove(getattr(last, "key", last), f)


ITERATOR: Final = JavaClass("java.util.Iterator", IteratorObject)
ITERATOR.all(
    {
        "boolean hasNext()": lambda f, o: o.at < len(o.items),
        "Object next()": _next,
        "void remove()": _drop,
        "boolean hasMoreElements()": lambda f, o: o.at < len(o.items),
        "Object nextElement()": _next,
    }
)


def _clone(f: Frame, o: ArrayObject) -> ArrayObject:
    f.allocate(len(o.items) + 2)
    return ArrayObject(o.items, o.component)


ARRAY: Final = JavaClass("java.lang.Object[]", ArrayObject, doc="arrays; also .length and [i]")
ARRAY.add("Object[] clone()", _clone)


COLLECTION: Final = JavaClass(
    COLLECTION_NAME, parents=("java.lang.Iterable",), doc="lists and sets"
)
CLASSES: Final = [LIST, *LISTS, ITERATOR, ARRAY, COLLECTION]
