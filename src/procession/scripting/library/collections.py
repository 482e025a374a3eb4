"""``Collections``, ``Arrays``, ``Objects``: static functions over lists, sets and arrays."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import compare, equals, hash_code, sort_values
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, mismatch, rest
from procession.scripting.library.lists import add_all, constant_list, fixed_list, sort_list
from procession.scripting.library.sets import add_members, constant_set
from procession.scripting.library.system import shuffle
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    LINKED_SET,
    ArrayObject,
    ListObject,
    SetObject,
    set_of,
)
from procession.scripting.throwables import throw
from procession.values import Value


def _array_sort(f: Frame, o: Value) -> None:
    if not isinstance(o, ArrayObject):
        raise mismatch("an array", o)
    o.items[:] = sort_values(o.items, f, lambda item: item)
    o.changed = True


def _fill(f: Frame, o: Value, value: Value) -> None:
    if not isinstance(o, ArrayObject):
        raise mismatch("an array", o)
    f.walk(len(o.items))
    o.items[:] = [value] * len(o.items)
    o.changed = True


def _copy_of(f: Frame, o: Value, start: int, end: int) -> ArrayObject:
    if not isinstance(o, ArrayObject):
        raise mismatch("an array", o)
    if end < start:
        raise throw("NegativeArraySizeException", str(end))
    f.allocate(end - start + 2)
    empty = type(o.items[0])() if o.items and type(o.items[0]) in (int, float, bool) else None
    items = o.items[start:end]
    return ArrayObject([*items, *([empty] * (end - start - len(items)))], o.component)


ARRAYS: Final = JavaClass("java.util.Arrays")
ARRAYS.all(
    {
        "static List asList(Object...)": fixed_list,
        "static String toString(Object[])": lambda f, o: f.text(ListObject(collection(o, f))),
        "static void sort(Object[])": _array_sort,
        "static void fill(Object[], Object)": _fill,
        "static Object[] copyOf(Object[], int)": lambda f, o, n: _copy_of(f, o, 0, integer(n)),
        "static Object[] copyOfRange(Object[], int, int)": (
            lambda f, o, a, b: _copy_of(f, o, integer(a), integer(b))
        ),
        "static boolean equals(Object[], Object[])": (
            lambda f, a, b: equals(ListObject(collection(a, f)), ListObject(collection(b, f)), f)
        ),
    }
)


def _extreme(sign: int) -> Function:
    def find(f: Frame, o: Value) -> Value:
        items = sort_values(collection(o, f), f, lambda item: item)
        if not items:
            raise throw("java.util.NoSuchElementException")
        return items[0] if sign < 0 else items[-1]

    return find


def _reverse(f: Frame, o: Value) -> None:
    if not isinstance(o, ListObject):
        raise mismatch("a List", o)
    f.walk(len(o.items))
    o.writable(grows=False).reverse()


def _unchangeable(f: Frame, o: Value) -> Value:
    if isinstance(o, ListObject):
        made = ListObject(o.items, o.kind)
        made.frozen = True
        return made
    if isinstance(o, SetObject):
        copy = set_of(o.members(f), LINKED_SET, f)
        copy.frozen = True
        return copy
    raise mismatch("a Collection", o)


def _collections_sort(f: Frame, o: Value, order: Value = None) -> None:
    if not isinstance(o, ListObject):
        raise mismatch("a List", o)
    sort_list(f, o, order)


COLLECTIONS: Final = JavaClass("java.util.Collections")
COLLECTIONS.all(
    {
        "static void sort(List)": _collections_sort,
        "static void sort(List, Comparator)": _collections_sort,
        "static void reverse(List)": _reverse,
        "static void shuffle(List)": shuffle,
        "static void shuffle(List, Random)": shuffle,
        "static Object max(Collection)": _extreme(1),
        "static Object min(Collection)": _extreme(-1),
        "static List emptyList()": lambda f: constant_list(f),
        "static Set emptySet()": lambda f: constant_set(f),
        "static List singletonList(Object)": lambda f, v: constant_list(f, v),
        "static Set singleton(Object)": lambda f, v: constant_set(f, v),
        "static List unmodifiableList(List)": _unchangeable,
        "static Set unmodifiableSet(Set)": _unchangeable,
        "static boolean addAll(Collection, Object...)": lambda f, o, *v: (
            add_all(f, o, ListObject(rest(v)))
            if isinstance(o, ListObject)
            else add_members(f, o, ListObject(rest(v)))
        ),
        "static int frequency(Collection, Object)": (
            lambda f, o, v: sum(equals(item, v, f) for item in collection(o, f))
        ),
    }
)


def _required(f: Frame, value: Value, message: Value = None) -> Value:
    if value is None:
        raise throw("NullPointerException", None if message is None else f.text(message))
    return value


OBJECTS: Final = JavaClass("java.util.Objects")
OBJECTS.all(
    {
        "static boolean equals(Object, Object)": lambda f, a, b: equals(a, b, f),
        "static boolean isNull(Object)": lambda f, v: v is None,
        "static boolean nonNull(Object)": lambda f, v: v is not None,
        "static Object requireNonNull(Object)": _required,
        "static Object requireNonNull(Object, String)": _required,
        "static String toString(Object)": lambda f, v: f.text(v),
        "static String toString(Object, String)": lambda f, v, d: d if v is None else f.text(v),
        "static int hashCode(Object)": lambda f, v: hash_code(v, f),
        "static int hash(Object...)": lambda f, *v: hash_code(ListObject(rest(v)), f),
        "static int compare(Object, Object)": lambda f, a, b: compare(a, b, f),
    }
)
CLASSES: Final = [ARRAYS, COLLECTIONS, OBJECTS]
