"""Maps of all kinds and their entries."""

from __future__ import annotations

from typing import Final

from procession.scripting.equality import equals, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import a_map
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import (
    HASH_MAP,
    LINKED_MAP,
    LINKED_SET,
    TREE_MAP,
    Entry,
    ListObject,
    MapObject,
    SetObject,
    set_of,
)
from procession.scripting.throwables import throw
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
    return set_of([entry.key for entry in o.ordered(f)], LINKED_SET, f)


def _values(f: Frame, o: MapObject) -> ListObject:
    f.allocate(len(o) + 2)
    return ListObject([entry.value for entry in o.ordered(f)])


def _entries(f: Frame, o: MapObject) -> ListObject:
    f.allocate(len(o) + 2)
    return ListObject(o.ordered(f))


def _clear(f: Frame, o: MapObject) -> None:
    o.writable().clear()


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
        "boolean containsKey(Object)": lambda f, o, k: key_of(k, f) in o.entries,
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


def _new(kind: str) -> Function:
    def make(f: Frame, source: Value = None, *_: Value) -> MapObject:
        made = MapObject(kind)
        if source is None or type(source) is int:
            made.presize(16 if source is None else source)
            return made
        given = a_map(source)
        made.presize(int(len(given) / 0.75 + 1))
        _put_all(f, made, given)
        return made

    return make


def _map_class(name: str) -> JavaClass:
    made = JavaClass(name, parents=("java.util.Map",))
    make, simple = _new(name), made.simple
    made.all({f"{simple}()": make, f"{simple}(Object)": make, f"{simple}(int, float)": make})
    return made


MAPS: Final = [
    _map_class(name)
    for name in (HASH_MAP, LINKED_MAP, TREE_MAP, "java.util.concurrent.ConcurrentHashMap")
]


def _set_value(f: Frame, o: Entry, value: Value) -> Value:
    before, o.value = o.value, value
    if o.owner is not None:
        o.owner.writable()
    return before


ENTRY: Final = JavaClass("java.util.Map.Entry", Entry)
ENTRY.all(
    {
        "Object getKey()": lambda f, o: o.key,
        "Object getValue()": lambda f, o: o.value,
        "Object setValue(Object)": _set_value,
    }
)
CLASSES: Final = [MAP, *MAPS, ENTRY]
