"""Methods of lists, sets and maps that take functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, text
from procession.scripting.library.builders import BUILDER
from procession.scripting.library.collections import ARRAYS
from procession.scripting.library.functions import holds, invoke
from procession.scripting.library.list_operations import become
from procession.scripting.library.lists import LIST
from procession.scripting.library.maps import MAP
from procession.scripting.library.sets import SET
from procession.scripting.library.streams import StreamObject, stream_of
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.text import STRING
from procession.scripting.objects import ArrayObject, ListObject, MapObject, SetObject
from procession.scripting.throwables import throw
from procession.values import Value


def _for_each(f: Frame, o: Value, action: Value) -> None:
    for item in list(collection(o, f)):
        invoke(f, action, item)


def _remove_from_list(f: Frame, o: ListObject, test: Value) -> bool:
    kept = [item for item in list(o.items) if not holds(f, test, item)]
    found = len(kept) < len(o.items)
    if found:
        become(f, o, kept)
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
            o.put(key, made, f, head=True)
        return made

    return run


def _merge(f: Frame, o: MapObject, key: Value, value: Value, function: Value) -> Value:
    before = o.get(key, f)
    made = value if before is None else invoke(f, function, before, value)
    if made is None:
        o.remove(key, f)
    else:
        o.put(key, made, f, head=True)
    return made


def _replaced(f: Frame, o: MapObject, function: Value) -> None:
    for entry in list(o.ordered(f)):
        o.put(entry.key, invoke(f, function, entry.key, entry.value), f)


def _letters(f: Frame, o: Value) -> StreamObject:
    letters = text(o)
    f.walk(len(letters) >> 4)
    return StreamObject(map(ord, letters), "int")


def _lines(f: Frame, s: str) -> StreamObject:
    f.make_text(len(s))
    found = s.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return StreamObject(found[:-1] if found and not found[-1] else found)


def _array_stream(f: Frame, o: Value, start: Value = 0, end: Value = None) -> StreamObject:
    items = collection(o, f)
    first, last = integer(start), len(items) if end is None else integer(end)
    if not 0 <= first <= last <= len(items):
        what = f"origin({first}) > fence({last})"
        raise throw("ArrayIndexOutOfBoundsException", what)
    return stream_of(f, ArrayObject(items[first:last], o.component))


for _class in (STRING, BUILDER):
    _class.add("IntStream chars()", _letters)
STRING.add("Stream lines()", _lines)
ARRAYS.add("static Stream stream(Object[])", _array_stream)
ARRAYS.add("static Stream stream(Object[], int, int)", _array_stream)
for _class in (LIST, SET):
    _class.add("Stream stream()", stream_of)
    _class.add("void forEach(Consumer)", _for_each)
LIST.add("Stream parallelStream()", stream_of)
LIST.add("boolean removeIf(Predicate)", _remove_from_list)
LIST.add("void replaceAll(UnaryOperator)", _replace_all)
SET.add("boolean removeIf(Predicate)", _remove_from_set)
MAP.all(
    {
        "void forEach(BiConsumer)": _each_entry,
        "void replaceAll(BiFunction)": _replaced,
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
