"""Maps of all kinds and their entries."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import compare, equals
from procession.scripting.frame import Frame
from procession.scripting.hashing import CONCURRENT, HASHTABLE
from procession.scripting.library.arguments import a_map, rest
from procession.scripting.library.functions import invoke
from procession.scripting.library.sets import by_order
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    HASH_MAP,
    LINKED_MAP,
    TREE_MAP,
    Entry,
    FunctionObject,
    ListObject,
    MapObject,
    SetObject,
    from_pairs,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value


def _put_all(f: Frame, o: MapObject, more: Value) -> None:
    for entry in list(a_map(more).ordered(f)):
        o.put(entry.key, entry.value, f)


def _put_if_absent(f: Frame, o: MapObject, key: Value, value: Value) -> Value:
    before = o.get(key, f)
    if before is None:
        o.put(key, value, f)
    return before


def _has_value(f: Frame, o: MapObject, value: Value) -> bool:
    f.walk(len(o))
    return any(equals(entry.value, value, f) for entry in o.entries.values())


def _keys(f: Frame, o: MapObject) -> SetObject:
    """A view: what is taken out of it leaves the map."""
    f.allocate(4)
    made = SetObject(o.kind)
    made.entries, made.owner, made.frozen = o.entries, o, o.frozen
    made.less = o.less
    return made


def _view(f: Frame, o: MapObject, items: list[Value], kind: str) -> ListObject:
    f.allocate(len(o) + 2)
    made = ListObject(items, kind)
    made.owner, made.frozen, made.fixed = o, o.frozen, False
    return made


def _values(f: Frame, o: MapObject) -> ListObject:
    return _view(f, o, [entry.value for entry in o.ordered(f)], "java.util.HashMap$Values")


def _entries(f: Frame, o: MapObject) -> ListObject:
    return _view(f, o, list(o.ordered(f)), "java.util.HashMap$EntrySet")


def _clear(f: Frame, o: MapObject) -> None:
    o.writable()
    o.entries.clear()


def _remove_pair(f: Frame, o: MapObject, key: Value, value: Value) -> bool:
    found = o.has(key, f) and equals(o.get(key, f), value, f)
    if found:
        o.remove(key, f)
    return found


def _replace(f: Frame, o: MapObject, key: Value, value: Value) -> Value:
    return o.put(key, value, f) if o.has(key, f) else None


def _replace_pair(f: Frame, o: MapObject, key: Value, old: Value, value: Value) -> bool:
    found = o.has(key, f) and equals(o.get(key, f), old, f)
    if found:
        o.put(key, value, f)
    return found


def _map_of(f: Frame, *given: Value) -> MapObject:
    made = MapObject(LINKED_MAP)
    for key, value in zip(given[::2], given[1::2], strict=True):
        if key is None or value is None:
            raise null_pointer("a key or a value")
        if made.has(key, f):
            raise throw("IllegalArgumentException", f"duplicate key: {f.text(key)}")
        made.put(key, value, f)
    made.changed, made.frozen = False, True
    return made


def _of_entries(f: Frame, *given: Value) -> MapObject:
    pairs = [(entry.key, entry.value) for entry in rest(given)]
    return _map_of(f, *[part for pair in pairs for part in pair])


def frozen_map(f: Frame, o: Value) -> MapObject:
    """A copy that does not change, in the order of the other."""
    made = from_pairs([(e.key, e.value) for e in a_map(o).ordered(f)], LINKED_MAP, f)
    made.frozen = True
    return made


def _edge(at: int) -> Function:
    def edge(f: Frame, o: MapObject) -> Value:
        entries = o.ordered(f)
        if not entries:
            raise throw("java.util.NoSuchElementException")
        return entries[at].key

    return edge


def _default(f: Frame, o: MapObject, key: Value, default: Value) -> Value:
    return o.get(key, f, default)


MAP: Final = JavaClass("java.util.Map", MapObject)
MAP.all(
    {
        "Object get(Object)": lambda f, o, k: o.get(k, f),
        "Object getOrDefault(Object, Object)": _default,
        "Object put(Object, Object)": lambda f, o, k, v: o.put(k, v, f),
        "Object putIfAbsent(Object, Object)": _put_if_absent,
        "void putAll(Map)": _put_all,
        "Object remove(Object)": lambda f, o, k: o.remove(k, f),
        "boolean containsKey(Object)": lambda f, o, k: o.has(k, f),
        "boolean remove(Object, Object)": _remove_pair,
        "Object replace(Object, Object)": _replace,
        "boolean replace(Object, Object, Object)": _replace_pair,
        "String getProperty(String)": lambda f, o, k: o.get(k, f),
        "String getProperty(String, String)": _default,
        "Object setProperty(String, String)": lambda f, o, k, v: o.put(k, v, f),
        "Set stringPropertyNames()": _keys,
        "static Map entry(Object, Object)": lambda f, k, v: Entry(k, v),
        "static Map ofEntries(Object...)": _of_entries,
        "static Map copyOf(Map)": frozen_map,
        "boolean containsValue(Object)": _has_value,
        "Set keySet()": _keys,
        "Collection values()": _values,
        "Set entrySet()": _entries,
        "int size()": lambda f, o: len(o),
        "boolean isEmpty()": lambda f, o: not o.entries,
        "void clear()": _clear,
        "Object firstKey()": _edge(0),
        "Object lastKey()": _edge(-1),
    }
)


for _count in range(0, 11, 2):
    MAP.add(f"static Map of({', '.join(['Object'] * _count)})", _map_of)


def _new(kind: str) -> Function:
    def make(f: Frame, source: Value = None, *_: Value) -> MapObject:
        made = MapObject(kind)
        if isinstance(source, FunctionObject):
            by_order(f, made, source)
            return made
        if source is None or type(source) is int:
            if source is not None:
                made.presize(source)
            return made
        given = a_map(source)
        if kind == HASHTABLE:
            made.presize(max(2 * len(given), 11))
        elif kind in CONCURRENT:
            made.presize(len(given))
        elif kind == TREE_MAP:
            made.less, made.view = given.less, given.view
        else:
            made.presize(int(len(given) / 0.75 + 1))
        _put_all(f, made, given)
        return made

    return make


_PARENTS: Final = {
    LINKED_MAP: (HASH_MAP, "java.util.Map"),
    TREE_MAP: ("java.util.NavigableMap", "java.util.Map"),
    "java.util.Properties": (HASHTABLE, "java.util.Map"),
    "java.util.concurrent.ConcurrentHashMap": (
        "java.util.concurrent.ConcurrentMap",
        "java.util.Map",
    ),
}


def _map_class(name: str) -> JavaClass:
    made = JavaClass(name, parents=_PARENTS.get(name, ("java.util.Map",)))
    make, simple = _new(name), made.simple
    made.all({f"{simple}()": make, f"{simple}(Object)": make, f"{simple}(int, float)": make})
    return made


MAPS: Final = [
    _map_class(name) for name in (HASH_MAP, LINKED_MAP, TREE_MAP, HASHTABLE, *sorted(CONCURRENT))
]


def _set_value(f: Frame, o: Entry, value: Value) -> Value:
    before, o.value = o.value, value
    if o.owner is not None:
        o.owner.writable()
    return before


def _comparing(part: str, order: Value) -> FunctionObject:
    def ranked(f: Frame, one: Value, other: Value) -> int:
        left, right = getattr(one, part), getattr(other, part)
        return compare(left, right, f) if order is None else int(invoke(f, order, left, right))

    return FunctionObject(2, ranked)


ENTRY: Final = JavaClass("java.util.Map.Entry", Entry)
ENTRY.all(
    {
        "Object getKey()": lambda f, o: o.key,
        "Object getValue()": lambda f, o: o.value,
        "Object setValue(Object)": _set_value,
        "static Comparator comparingByKey()": lambda f: _comparing("key", None),
        "static Comparator comparingByKey(Comparator)": lambda f, o: _comparing("key", o),
        "static Comparator comparingByValue()": lambda f: _comparing("value", None),
        "static Comparator comparingByValue(Comparator)": lambda f, o: _comparing("value", o),
    }
)
SIMPLE_ENTRY: Final = JavaClass(
    "java.util.AbstractMap.SimpleEntry", parents=("java.util.Map.Entry",)
)
SIMPLE_ENTRY.add("SimpleEntry(Object, Object)", lambda f, k, v: Entry(k, v))
CLASSES: Final = [
    MAP,
    *MAPS,
    ENTRY,
    SIMPLE_ENTRY,
    JavaClass("java.util.AbstractMap", parents=("java.util.Map",)),
    JavaClass("java.util.SortedMap", parents=("java.util.Map",)),
    JavaClass("java.util.NavigableMap", parents=("java.util.SortedMap",)),
    JavaClass("java.util.concurrent.ConcurrentMap", parents=("java.util.Map",)),
]
