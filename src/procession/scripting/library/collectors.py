"""``Collectors``: what ``Stream.collect`` takes."""

from __future__ import annotations

from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import text
from procession.scripting.library.functions import holds, invoke
from procession.scripting.library.lists import constant_list
from procession.scripting.library.optionals import OptionalObject
from procession.scripting.library.sets import add_one, constant_set
from procession.scripting.library.statistics import Statistics, total
from procession.scripting.library.streams import Collector, listed
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.objects import HASH_MAP, HASH_SET, ListObject, MapObject, set_of
from procession.scripting.throwables import throw
from procession.values import Long, Value


def _joining(f: Frame, sign: Value = "", head: Value = "", tail: Value = "") -> Collector:
    def finish(f: Frame, items: list[Value]) -> str:
        parts = [f.text(item) for item in items]
        f.make_text(sum(map(len, parts)) + len(text(sign)) * len(parts))
        return text(head) + text(sign).join(parts) + text(tail)

    return Collector(finish)


def _to_map(
    f: Frame, key: Value, value: Value, merge: Value = None, make: Value = None
) -> Collector:
    def finish(f: Frame, items: list[Value]) -> MapObject:
        made = MapObject(HASH_MAP) if make is None else invoke(f, make)
        for item in items:
            at, found = invoke(f, key, item), invoke(f, value, item)
            if made.has(at, f):
                before = made.get(at, f)
                if merge is None:
                    what = f"(attempted merging values {f.text(before)} and {f.text(found)})"
                    raise throw("IllegalStateException", f"Duplicate key {f.text(at)} {what}")
                found = invoke(f, merge, before, found)
            made.put(at, found, f, head=merge is not None)
        return made

    return Collector(finish)


def _grouping(f: Frame, key: Value, *given: Value) -> Collector:
    make, inner = given if len(given) == 2 else (None, given[0] if given else None)

    def finish(f: Frame, items: list[Value]) -> MapObject:
        made = MapObject(HASH_MAP) if make is None else invoke(f, make)
        for item in items:
            at = invoke(f, key, item)
            if at is None:
                raise throw("NullPointerException", "element cannot be mapped to a null key")
            group = made.get(at, f)
            if group is None:
                group = ListObject()
                made.put(at, group, f, head=True)
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
            group = listed(f, [item for one, item in found if one is side])
            made.put(side, group if inner is None else inner.finish(f, group.items), f)
        return made

    return Collector(finish)


def _each(f: Frame, function: Value, items: list[Value]) -> list[Value]:
    return [invoke(f, function, item) for item in items]


def _summing(kind: str) -> Function:
    return lambda f, function: Collector(lambda f, items: total(kind, _each(f, function, items)))


def _summarising(kind: str) -> Function:
    return lambda f, function: Collector(
        lambda f, items: Statistics(kind, _each(f, function, items))
    )


def _averaging(kind: str) -> Function:
    return lambda f, function: Collector(
        lambda f, items: Statistics(kind, _each(f, function, items)).average()
    )


def _mapping(f: Frame, function: Value, inner: Value) -> Collector:
    return Collector(lambda f, items: inner.finish(f, _each(f, function, items)))


def _filtering(f: Frame, test: Value, inner: Value) -> Collector:
    return Collector(
        lambda f, items: inner.finish(f, [item for item in items if holds(f, test, item)])
    )


def _flat_mapping(f: Frame, function: Value, inner: Value) -> Collector:
    def finish(f: Frame, items: list[Value]) -> Value:
        return inner.finish(f, [one for item in items for one in invoke(f, function, item).all(f)])

    return Collector(finish)


def _then(f: Frame, inner: Value, function: Value) -> Collector:
    return Collector(lambda f, items: invoke(f, function, inner.finish(f, items)))


def _reducing(f: Frame, start: Value, *given: Value) -> Collector:
    def finish(f: Frame, items: list[Value]) -> Value:
        if not given:
            made = items[0] if items else None
            for item in items[1:]:
                made = invoke(f, start, made, item)
            return OptionalObject(made)
        made = start
        for item in items if len(given) == 1 else _each(f, given[0], items):
            made = invoke(f, given[-1], made, item)
        return made

    return Collector(finish)


def _extreme(wanted: int) -> Function:
    def make(f: Frame, order: Value) -> Collector:
        def finish(f: Frame, items: list[Value]) -> OptionalObject:
            found: Value = None
            for item in items:
                ranked = 1 if found is None else invoke(f, order, item, found) * wanted
                found = item if ranked > 0 else found
            return OptionalObject(found)

        return Collector(finish)

    return make


def _to_collection(f: Frame, make: Value) -> Collector:
    def finish(f: Frame, items: list[Value]) -> Value:
        made = invoke(f, make)
        for item in items:
            add_one(f, made, item)
        return made

    return Collector(finish)


COLLECTORS: Final = JavaClass("java.util.stream.Collectors", doc="what Stream.collect takes")
COLLECTORS.all(
    {
        "static Collector toList()": lambda f: Collector(listed),
        "static Collector toUnmodifiableList()": lambda f: Collector(
            lambda f, items: constant_list(f, ListObject(items))
        ),
        "static Collector toSet()": lambda f: Collector(lambda f, i: set_of(i, HASH_SET, f)),
        "static Collector toUnmodifiableSet()": lambda f: Collector(
            lambda f, items: constant_set(f, *set_of(items, HASH_SET, f).members(f))
        ),
        "static Collector toCollection(Supplier)": _to_collection,
        "static Collector joining()": _joining,
        "static Collector joining(CharSequence)": _joining,
        "static Collector joining(CharSequence, CharSequence, CharSequence)": _joining,
        "static Collector toMap(Function, Function)": _to_map,
        "static Collector toMap(Function, Function, BinaryOperator)": _to_map,
        "static Collector toMap(Function, Function, BinaryOperator, Supplier)": _to_map,
        "static Collector groupingBy(Function)": _grouping,
        "static Collector groupingBy(Function, Collector)": _grouping,
        "static Collector groupingBy(Function, Supplier, Collector)": _grouping,
        "static Collector partitioningBy(Predicate)": _partition,
        "static Collector partitioningBy(Predicate, Collector)": _partition,
        "static Collector counting()": lambda f: Collector(lambda f, items: Long(len(items))),
        "static Collector summingInt(Function)": _summing("int"),
        "static Collector summingLong(Function)": _summing("long"),
        "static Collector summingDouble(Function)": _summing("double"),
        "static Collector summarizingInt(Function)": _summarising("int"),
        "static Collector summarizingLong(Function)": _summarising("long"),
        "static Collector summarizingDouble(Function)": _summarising("double"),
        "static Collector averagingInt(Function)": _averaging("int"),
        "static Collector averagingLong(Function)": _averaging("long"),
        "static Collector averagingDouble(Function)": _averaging("double"),
        "static Collector mapping(Function, Collector)": _mapping,
        "static Collector filtering(Predicate, Collector)": _filtering,
        "static Collector flatMapping(Function, Collector)": _flat_mapping,
        "static Collector collectingAndThen(Collector, Function)": _then,
        "static Collector reducing(BinaryOperator)": _reducing,
        "static Collector reducing(Object, BinaryOperator)": _reducing,
        "static Collector reducing(Object, Function, BinaryOperator)": _reducing,
        "static Collector minBy(Comparator)": _extreme(-1),
        "static Collector maxBy(Comparator)": _extreme(1),
    }
)
COLLECTOR: Final = JavaClass("java.util.stream.Collector", Collector)
CLASSES: Final = [COLLECTORS, COLLECTOR]
