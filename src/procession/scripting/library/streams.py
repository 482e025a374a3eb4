"""Streams and collectors. A stream is worked off at once, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.equality import compare, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, rest, text
from procession.scripting.library.functions import arranged, holds, invoke
from procession.scripting.library.lists import constant_list
from procession.scripting.library.optionals import OptionalObject
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import arithmetic
from procession.scripting.objects import (
    HASH_MAP,
    HASH_SET,
    ArrayObject,
    ListObject,
    MapObject,
    set_of,
)
from procession.scripting.throwables import throw
from procession.values import Long, Value


class StreamObject:
    """A stream; ``kind`` is empty for objects, else ``int``, ``long`` or ``double``."""

    __slots__ = ("items", "kind")

    def __init__(self, items: list[Value], kind: str = "") -> None:
        self.items = items
        self.kind = kind


class Collector:
    """What ``collect`` does with the items."""

    __slots__ = ("finish",)

    def __init__(self, finish: Callable[[Frame, list[Value]], Value]) -> None:
        self.finish = finish


def _stream(f: Frame, items: list[Value], kind: str = "") -> StreamObject:
    f.walk(len(items))
    f.allocate(len(items) + 2)
    return StreamObject(items, kind)


def stream_of(f: Frame, o: Value) -> StreamObject:
    """The stream of a collection."""
    return _stream(f, list(collection(o, f)))


def _mapped(kind: str | None) -> Function:
    def run(f: Frame, o: StreamObject, function: Value) -> StreamObject:
        items = [invoke(f, function, item) for item in o.items]
        return _stream(f, items, o.kind if kind is None else kind)

    return run


def _filter(f: Frame, o: StreamObject, test: Value) -> StreamObject:
    return _stream(f, [item for item in o.items if holds(f, test, item)], o.kind)


def _flat(f: Frame, o: StreamObject, function: Value) -> StreamObject:
    made: list[Value] = []
    for item in o.items:
        found = invoke(f, function, item)
        f.allocate(len(found.items))
        made.extend(found.items)
    return _stream(f, made)


def _distinct(f: Frame, o: StreamObject) -> StreamObject:
    return _stream(f, list({key_of(item, f): item for item in o.items}.values()), o.kind)


def _cut(f: Frame, o: StreamObject, start: int, end: int | None) -> StreamObject:
    return _stream(f, o.items[start:end], o.kind)


def _each(f: Frame, o: StreamObject, action: Value) -> None:
    for item in o.items:
        invoke(f, action, item)


def _peek(f: Frame, o: StreamObject, action: Value) -> StreamObject:
    _each(f, o, action)
    return o


def _reduced(f: Frame, items: list[Value], function: Value) -> Value:
    made = items[0]
    for item in items[1:]:
        made = invoke(f, function, made, item)
    return made


def _reduce(f: Frame, o: StreamObject, function: Value) -> OptionalObject:
    return OptionalObject(_reduced(f, o.items, function) if o.items else None)


def _total(f: Frame, items: list[Value], kind: str) -> Value:
    made: Value = {"int": 0, "long": Long(0)}.get(kind, 0.0)
    for item in items:
        f.burn(1)
        made = arithmetic("+", made, item)
    return made


def _average(f: Frame, items: list[Value]) -> Value:
    return float(sum([float(item) for item in items])) / len(items) if items else None


def _best(wanted: int) -> Function:
    def run(f: Frame, o: StreamObject, order: Value = None) -> OptionalObject:
        found = None
        for item in o.items:
            f.burn(2)
            if found is None:
                found = item
                continue
            ranked = compare(item, found, f) if order is None else invoke(f, order, item, found)
            if ranked * wanted > 0:
                found = item
        return OptionalObject(found)

    return run


def _matches(stop: bool, given: bool) -> Function:
    def run(f: Frame, o: StreamObject, test: Value) -> bool:
        return given if any(holds(f, test, item) is stop for item in o.items) else not given

    return run


def _collect(f: Frame, o: StreamObject, collector: Value) -> Value:
    if not isinstance(collector, Collector):
        raise throw("ClassCastException", "collect takes one of Collectors")
    return collector.finish(f, o.items)


def _made(f: Frame, items: list[Value]) -> ListObject:
    f.allocate(len(items) + 2)
    return ListObject(list(items))


STREAM: Final = JavaClass("java.util.stream.Stream", StreamObject, doc="worked off at once")
STREAM.all(
    {
        "Stream filter(Predicate)": _filter,
        "Stream map(Function)": _mapped(None),
        "IntStream mapToInt(Function)": _mapped("int"),
        "LongStream mapToLong(Function)": _mapped("long"),
        "DoubleStream mapToDouble(Function)": _mapped("double"),
        "Stream mapToObj(Function)": _mapped(""),
        "Stream boxed()": lambda f, o: StreamObject(o.items),
        "Stream flatMap(Function)": _flat,
        "Stream distinct()": _distinct,
        "Stream sorted()": lambda f, o: _stream(f, arranged(f, o.items), o.kind),
        "Stream sorted(Comparator)": lambda f, o, order: _stream(f, arranged(f, o.items, order)),
        "Stream limit(long)": lambda f, o, count: _cut(f, o, 0, max(0, integer(count))),
        "Stream skip(long)": lambda f, o, count: _cut(f, o, max(0, integer(count)), None),
        "Stream peek(Consumer)": _peek,
        "Stream parallel()": lambda f, o: o,
        "Stream sequential()": lambda f, o: o,
        "void forEach(Consumer)": _each,
        "void forEachOrdered(Consumer)": _each,
        "Object collect(Collector)": _collect,
        "List toList()": lambda f, o: constant_list(f, *_made(f, o.items).items),
        "Object[] toArray()": lambda f, o: ArrayObject(o.items, o.kind or "java.lang.Object"),
        "Object[] toArray(Function)": lambda f, o, make: ArrayObject(o.items, "java.lang.Object"),
        "Optional reduce(BinaryOperator)": _reduce,
        "Object reduce(Object, BinaryOperator)": (
            lambda f, o, start, function: _reduced(f, [start, *o.items], function)
        ),
        "long count()": lambda f, o: Long(len(o.items)),
        "Object sum()": lambda f, o: _total(f, o.items, o.kind),
        "Optional average()": lambda f, o: OptionalObject(_average(f, o.items)),
        "Optional min()": _best(-1),
        "Optional max()": _best(1),
        "Optional min(Comparator)": _best(-1),
        "Optional max(Comparator)": _best(1),
        "Optional findFirst()": lambda f, o: OptionalObject(o.items[0] if o.items else None),
        "Optional findAny()": lambda f, o: OptionalObject(o.items[0] if o.items else None),
        "boolean anyMatch(Predicate)": _matches(True, True),
        "boolean allMatch(Predicate)": _matches(False, False),
        "boolean noneMatch(Predicate)": _matches(True, False),
        "static Stream of(Object...)": lambda f, *items: _stream(f, rest(items)),
        "static Stream empty()": lambda f: _stream(f, []),
    }
)


def _range(extra: int) -> Function:
    def run(f: Frame, low: Value, high: Value) -> StreamObject:
        size = max(0, integer(high) + extra - integer(low))
        f.allocate(size)
        return _stream(f, list(range(integer(low), integer(low) + size)), "int")

    return run


INTS: Final = JavaClass("java.util.stream.IntStream", parents=("java.util.stream.Stream",))
INTS.all(
    {
        "static IntStream range(int, int)": _range(0),
        "static IntStream rangeClosed(int, int)": _range(1),
        "static IntStream of(int...)": lambda f, *items: _stream(f, rest(items), "int"),
    }
)

# -- collectors ------------------------------------------------------------------------------


def _joining(f: Frame, sign: Value = "", head: Value = "", tail: Value = "") -> Collector:
    def finish(f: Frame, items: list[Value]) -> str:
        parts = [f.text(item) for item in items]
        f.make_text(sum(map(len, parts)) + len(text(sign)) * len(parts))
        return text(head) + text(sign).join(parts) + text(tail)

    return Collector(finish)


def _to_map(f: Frame, key: Value, value: Value, merge: Value = None) -> Collector:
    def finish(f: Frame, items: list[Value]) -> MapObject:
        made = MapObject(HASH_MAP)
        for item in items:
            at, found = invoke(f, key, item), invoke(f, value, item)
            if key_of(at, f) in made.entries:
                if merge is None:
                    raise throw("IllegalStateException", f"Duplicate key {f.text(at)}")
                found = invoke(f, merge, made.get(at, f), found)
            made.put(at, found, f)
        return made

    return Collector(finish)


def _grouping(f: Frame, key: Value, inner: Value = None) -> Collector:
    def finish(f: Frame, items: list[Value]) -> MapObject:
        made = MapObject(HASH_MAP)
        for item in items:
            at = invoke(f, key, item)
            group = made.get(at, f)
            if group is None:
                group = ListObject()
                made.put(at, group, f)
            f.allocate(1)
            group.items.append(item)
        if inner is not None:
            for entry in made.entries.values():
                entry.value = inner.finish(f, entry.value.items)
        return made

    return Collector(finish)


def _partition(f: Frame, test: Value, inner: Value = None) -> Collector:
    def finish(f: Frame, items: list[Value]) -> MapObject:
        found = [(holds(f, test, item), item) for item in items]
        made = MapObject("java.util.LinkedHashMap")
        for side in (False, True):
            group = _made(f, [item for one, item in found if one is side])
            made.put(side, group if inner is None else inner.finish(f, group.items), f)
        return made

    return Collector(finish)


def _summing(kind: str) -> Function:
    def make(f: Frame, function: Value) -> Collector:
        return Collector(lambda f, items: _total(f, [invoke(f, function, i) for i in items], kind))

    return make


def _averaging(f: Frame, function: Value) -> Collector:
    return Collector(lambda f, items: _average(f, [invoke(f, function, i) for i in items]) or 0.0)


def _mapping(f: Frame, function: Value, inner: Value) -> Collector:
    return Collector(lambda f, items: inner.finish(f, [invoke(f, function, i) for i in items]))


COLLECTORS: Final = JavaClass("java.util.stream.Collectors", doc="what Stream.collect takes")
COLLECTORS.all(
    {
        "static Collector toList()": lambda f: Collector(_made),
        "static Collector toSet()": lambda f: Collector(lambda f, i: set_of(i, HASH_SET, f)),
        "static Collector joining()": _joining,
        "static Collector joining(CharSequence)": _joining,
        "static Collector joining(CharSequence, CharSequence, CharSequence)": _joining,
        "static Collector toMap(Function, Function)": _to_map,
        "static Collector toMap(Function, Function, BinaryOperator)": _to_map,
        "static Collector groupingBy(Function)": _grouping,
        "static Collector groupingBy(Function, Collector)": _grouping,
        "static Collector partitioningBy(Predicate)": _partition,
        "static Collector partitioningBy(Predicate, Collector)": _partition,
        "static Collector counting()": lambda f: Collector(lambda f, items: Long(len(items))),
        "static Collector summingInt(Function)": _summing("int"),
        "static Collector summingLong(Function)": _summing("long"),
        "static Collector summingDouble(Function)": _summing("double"),
        "static Collector averagingInt(Function)": _averaging,
        "static Collector averagingLong(Function)": _averaging,
        "static Collector averagingDouble(Function)": _averaging,
        "static Collector mapping(Function, Collector)": _mapping,
    }
)
COLLECTOR: Final = JavaClass("java.util.stream.Collector", Collector)
CLASSES: Final = [STREAM, INTS, COLLECTORS, COLLECTOR]
