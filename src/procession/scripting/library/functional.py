"""Methods of lists, sets and maps that take functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection
from procession.scripting.library.functions import holds, invoke
from procession.scripting.library.lists import LIST
from procession.scripting.library.maps import MAP
from procession.scripting.library.sets import SET
from procession.scripting.library.streams import stream_of
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import ListObject, MapObject, SetObject
from procession.values import Value


def _for_each(f: Frame, o: Value, action: Value) -> None:
    for item in list(collection(o, f)):
        invoke(f, action, item)


def _remove_from_list(f: Frame, o: ListObject, test: Value) -> bool:
    kept = [item for item in list(o.items) if not holds(f, test, item)]
    found = len(kept) < len(o.items)
    if found:
        o.writable()[:] = kept
    return found


def _remove_from_set(f: Frame, o: SetObject, test: Value) -> bool:
    gone = [item for item in o.members(f) if holds(f, test, item)]
    for item in gone:
        o.discard(item, f)
    return bool(gone)


def _replace_all(f: Frame, o: ListObject, function: Value) -> None:
    o.writable(grows=False)[:] = [invoke(f, function, item) for item in list(o.items)]


def _each_entry(f: Frame, o: MapObject, action: Value) -> None:
    for entry in list(o.ordered(f)):
        invoke(f, action, entry.key, entry.value)


def _computed(when: Callable[[Value], bool], takes: int) -> Function:
    def run(f: Frame, o: MapObject, key: Value, function: Value) -> Value:
        before = o.get(key, f)
        if not when(before):
            return before
        made = invoke(f, function, key) if takes == 1 else invoke(f, function, key, before)
        if made is None:
            o.remove(key, f)
        else:
            o.put(key, made, f)
        return made

    return run


def _merge(f: Frame, o: MapObject, key: Value, value: Value, function: Value) -> Value:
    before = o.get(key, f)
    made = value if before is None else invoke(f, function, before, value)
    if made is None:
        o.remove(key, f)
    else:
        o.put(key, made, f)
    return made


for _class in (LIST, SET):
    _class.add("Stream stream()", stream_of)
    _class.add("void forEach(Consumer)", _for_each)
LIST.add("boolean removeIf(Predicate)", _remove_from_list)
LIST.add("void replaceAll(UnaryOperator)", _replace_all)
SET.add("boolean removeIf(Predicate)", _remove_from_set)
MAP.all(
    {
        "void forEach(BiConsumer)": _each_entry,
        "Object computeIfAbsent(Object, Function)": _computed(lambda value: value is None, 1),
        "Object computeIfPresent(Object, BiFunction)": _computed(
            lambda value: value is not None, 2
        ),
        "Object compute(Object, BiFunction)": _computed(lambda value: True, 2),
        "Object merge(Object, Object, BiFunction)": _merge,
    }
)
CLASSES: Final[list[JavaClass]] = []
"""None of its own: they are added to classes of other families."""
