"""``Collections``, ``Arrays``, ``Objects``: static functions over lists, sets and arrays."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import compare, equals, hash_code
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, index, integer, mismatch, rest
from procession.scripting.library.chance import shuffle
from procession.scripting.library.functions import arranged, invoke
from procession.scripting.library.list_operations import add_all, sort_list
from procession.scripting.library.lists import constant_list, fixed_list
from procession.scripting.library.maps import frozen_map
from procession.scripting.library.sets import add_members, constant_set
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import narrow
from procession.scripting.objects import (
    LINKED_MAP,
    LINKED_SET,
    ArrayObject,
    FunctionObject,
    ListObject,
    MapObject,
    SetObject,
    from_pairs,
    set_of,
)
from procession.scripting.throwables import throw
from procession.values import Value


def _array(o: Value) -> ArrayObject:
    if not isinstance(o, ArrayObject):
        raise mismatch("an array", o)
    return o


def _part(o: ArrayObject, start: Value, end: Value) -> tuple[int, int]:
    first, last = integer(start), integer(end)
    if first > last:
        raise throw("IllegalArgumentException", f"fromIndex({first}) > toIndex({last})")
    for at in (first, last):
        if not 0 <= at <= len(o.items):
            what = f"Array index out of range: {at}"
            raise throw("ArrayIndexOutOfBoundsException", what)
    return first, last


def _array_sort(f: Frame, o: Value, *given: Value) -> None:
    """All of an array or a part of it, by an order if one is given."""
    found = _array(o)
    order = given[-1] if len(given) in (1, 3) else None
    first, last = _part(found, *given[:2]) if len(given) > 1 else (0, len(found.items))
    found.items[first:last] = arranged(f, found.items[first:last], order)
    found.changed = True


def _fill(f: Frame, o: Value, *given: Value) -> None:
    found = _array(o)
    f.walk(len(found.items))
    first, last = _part(found, *given[:2]) if len(given) > 1 else (0, len(found.items))
    value = given[-1]
    if found.component in _NUMBERS:
        value = narrow(value, found.component)
    found.items[first:last] = [value] * (last - first)
    found.changed = True


_NUMBERS: Final = frozenset({"int", "long", "short", "byte", "char", "float", "double"})


def _search(f: Frame, o: Value, wanted: Value, order: Value = None) -> int:
    items = collection(o, f)
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        at = items[middle]
        ranked = compare(at, wanted, f) if order is None else invoke(f, order, at, wanted)
        if ranked == 0:
            return middle
        low, high = (middle + 1, high) if ranked < 0 else (low, middle - 1)
    return -(low + 1)


def _deep_list(f: Frame, o: Value, depth: int = 0) -> Value:
    if not isinstance(o, ArrayObject):
        return o
    if depth > 50:
        raise throw("StackOverflowError")
    f.walk(len(o.items))
    return ListObject([_deep_list(f, item, depth + 1) for item in o.items])


def _array_text(f: Frame, o: Value) -> str:
    return "null" if o is None else f.text(ListObject(_array(o).items))


def _set_all(f: Frame, o: Value, function: Value) -> None:
    found = _array(o)
    found.changed = True
    for at in range(len(found.items)):
        made = invoke(f, function, at)
        found.items[at] = narrow(made, found.component) if found.component in _NUMBERS else made


def _copy_of(f: Frame, o: Value, start: int, end: int) -> ArrayObject:
    if not isinstance(o, ArrayObject):
        raise mismatch("an array", o)
    if end < start:
        raise throw("NegativeArraySizeException", str(end))
    f.bound_items(end - start)
    f.allocate(end - start + 2)
    if not 0 <= start <= len(o.items):
        raise throw("ArrayIndexOutOfBoundsException")
    empty = narrow(0, o.component) if o.component in _NUMBERS else None
    empty = False if o.component == "boolean" else empty
    items = o.items[start:end]
    return ArrayObject([*items, *([empty] * (end - start - len(items)))], o.component)


ARRAYS: Final = JavaClass("java.util.Arrays")
ARRAYS.all(
    {
        "static List asList(Object...)": fixed_list,
        "static String toString(Object[])": _array_text,
        "static String deepToString(Object[])": lambda f, o: f.text(_deep_list(f, o)),
        "static boolean deepEquals(Object[], Object[])": lambda f, a, b: equals(
            _deep_list(f, a), _deep_list(f, b), f
        ),
        "static int hashCode(Object[])": lambda f, o: hash_code(ListObject(collection(o, f)), f),
        "static int deepHashCode(Object[])": lambda f, o: hash_code(_deep_list(f, o), f),
        "static void sort(Object[])": _array_sort,
        "static void sort(Object[], Comparator)": _array_sort,
        "static void sort(Object[], int, int)": _array_sort,
        "static void sort(Object[], int, int, Comparator)": _array_sort,
        "static void fill(Object[], Object)": _fill,
        "static void fill(Object[], int, int, Object)": _fill,
        "static void setAll(Object[], Function)": _set_all,
        "static int binarySearch(Object[], Object)": _search,
        "static int binarySearch(Object[], Object, Comparator)": _search,
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
    def find(f: Frame, o: Value, order: Value = None) -> Value:
        items = arranged(f, collection(o, f), order)
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
    """A view that cannot be changed; what the other holds shows through."""
    made: Value
    if isinstance(o, ListObject):
        made = ListObject((), o.kind)
        made.items = o.items
    elif isinstance(o, SetObject):
        made = SetObject(o.kind)
        made.entries, made.owner = o.entries, o
    elif isinstance(o, MapObject):
        made = MapObject(o.kind)
        made.entries, made.owner, made.less = o.entries, o, o.less
    else:
        raise mismatch("a Collection", o)
    made.frozen = True
    return made


def _swap(f: Frame, o: Value, one: Value, other: Value) -> None:
    items = o.writable(grows=False)
    a, b = index(one, len(items)), index(other, len(items))
    items[a], items[b] = items[b], items[a]


def _rotate(f: Frame, o: Value, by: Value) -> None:
    items = o.writable(grows=False)
    f.walk(len(items))
    if items:
        places = integer(by) % len(items)
        items[:] = items[len(items) - places :] + items[: len(items) - places]


def _fill_list(f: Frame, o: Value, value: Value) -> None:
    f.walk(len(o.items))
    o.writable(grows=False)[:] = [value] * len(o.items)


def _copies(f: Frame, count: Value, value: Value) -> ListObject:
    size = integer(count)
    if size < 0:
        raise throw("IllegalArgumentException", f"List length = {size}")
    f.allocate(size + 2)
    f.bound_items(size)
    made = ListObject([value] * size, "java.util.Collections$CopiesList")
    made.frozen = True
    return made


def _single_map(f: Frame, key: Value, value: Value) -> MapObject:
    made = from_pairs([(key, value)], LINKED_MAP, f)
    made.frozen = True
    return made


def _single(f: Frame, value: Value) -> ListObject:
    made = ListObject([value], "java.util.Collections$SingletonList")
    made.frozen = True
    return made


def _single_set(f: Frame, value: Value) -> SetObject:
    made = set_of([value], LINKED_SET, f)
    made.frozen = True
    return made


def _disjoint(f: Frame, one: Value, other: Value) -> bool:
    known = set_of(collection(one, f), LINKED_SET, f)
    return not any(known.holds(item, f) for item in collection(other, f))


def _reverse_order(f: Frame, order: Value = None) -> FunctionObject:
    def ranked(f: Frame, one: Value, other: Value) -> int:
        return compare(other, one, f) if order is None else int(invoke(f, order, other, one))

    return FunctionObject(2, ranked)


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
        "static void swap(List, int, int)": _swap,
        "static void rotate(List, int)": _rotate,
        "static void fill(List, Object)": _fill_list,
        "static List nCopies(int, Object)": _copies,
        "static boolean disjoint(Collection, Collection)": _disjoint,
        "static int binarySearch(List, Object)": _search,
        "static int binarySearch(List, Object, Comparator)": _search,
        "static Comparator reverseOrder()": _reverse_order,
        "static Comparator reverseOrder(Comparator)": _reverse_order,
        "static Object max(Collection)": _extreme(1),
        "static Object min(Collection)": _extreme(-1),
        "static Object max(Collection, Comparator)": _extreme(1),
        "static Object min(Collection, Comparator)": _extreme(-1),
        "static Map emptyMap()": lambda f: frozen_map(f, MapObject()),
        "static Map singletonMap(Object, Object)": _single_map,
        "static Map unmodifiableMap(Map)": _unchangeable,
        "static Collection unmodifiableCollection(Collection)": _unchangeable,
        "static SortedMap unmodifiableSortedMap(SortedMap)": _unchangeable,
        "static List synchronizedList(List)": lambda f, o: o,
        "static Map synchronizedMap(Map)": lambda f, o: o,
        "static Set synchronizedSet(Set)": lambda f, o: o,
        "static List emptyList()": lambda f: constant_list(f),
        "static Set emptySet()": lambda f: constant_set(f),
        "static List singletonList(Object)": _single,
        "static Set singleton(Object)": _single_set,
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
        message = invoke(f, message) if isinstance(message, FunctionObject) else message
        raise throw("NullPointerException", None if message is None else f.text(message))
    return value


def _check_index(f: Frame, at: Value, size: Value) -> int:
    place, length = integer(at), integer(size)
    if not 0 <= place < length:
        what = f"Index {place} out of bounds for length {length}"
        raise throw("IndexOutOfBoundsException", what)
    return place


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
        "static int compare(Object, Object, Comparator)": lambda f, a, b, order: (
            0 if a is b else int(invoke(f, order, a, b))
        ),
        "static Object requireNonNullElse(Object, Object)": lambda f, v, d: (
            _required(f, d, "defaultObj") if v is None else v
        ),
        "static Object requireNonNullElseGet(Object, Supplier)": lambda f, v, make: (
            invoke(f, make) if v is None else v
        ),
        "static int checkIndex(int, int)": _check_index,
        "static boolean deepEquals(Object, Object)": lambda f, a, b: equals(
            _deep_list(f, a), _deep_list(f, b), f
        ),
    }
)
CLASSES: Final = [ARRAYS, COLLECTIONS, OBJECTS]
