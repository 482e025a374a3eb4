"""Streams: lazy, element by element, each good for one use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from procession.scripting.equality import compare, key_of
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import collection, integer, rest
from procession.scripting.library.functions import arranged, holds, invoke
from procession.scripting.library.lists import constant_list
from procession.scripting.library.optionals import OPTIONAL, OptionalObject
from procession.scripting.library.statistics import Statistics, total
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import narrow
from procession.scripting.objects import ArrayObject, IteratorObject, ListObject
from procession.scripting.throwables import null_pointer, throw
from procession.values import Long, Value

_NAMES: Final = {"": "Stream", "int": "IntStream", "long": "LongStream", "double": "DoubleStream"}


class StreamObject:
    """A stream; ``number`` is empty for objects, else ``int``, ``long`` or ``double``."""

    __slots__ = ("number", "source", "used")

    def __init__(self, source: Iterable[Value], number: str = "") -> None:
        self.source = iter(source)
        self.number = number
        self.used = False

    @property
    def type_name(self) -> str:
        """The name of its class."""
        return f"java.util.stream.{_NAMES[self.number]}"

    def taken(self, f: Frame) -> Iterator[Value]:
        """Its elements, each paid for; a second use is an error."""
        if self.used:
            what = "stream has already been operated upon or closed"
            raise throw("IllegalStateException", what)
        self.used = True
        return self._each(f)

    def _each(self, f: Frame) -> Iterator[Value]:
        for item in self.source:
            f.burn(1)
            yield item

    def all(self, f: Frame) -> list[Value]:
        """Its elements together, which takes memory."""
        made: list[Value] = []
        for item in self.taken(f):
            made.append(item)
            if len(made) & 63 == 0:
                f.allocate(64)
                f.bound_items(len(made))
        return made


class Collector:
    """What ``collect`` does with the items."""

    __slots__ = ("finish",)

    def __init__(self, finish: Function) -> None:
        self.finish = finish


def stream_of(f: Frame, o: Value) -> StreamObject:
    """The stream of a collection or an array."""
    f.allocate(4)
    number = o.component if isinstance(o, ArrayObject) and o.component in _NAMES else ""
    return StreamObject(list(collection(o, f)), number)


def _next(
    f: Frame, o: StreamObject, source: Iterable[Value], number: str | None = None
) -> StreamObject:
    f.allocate(4)
    return StreamObject(source, o.number if number is None else number)


def _mapped(number: str | None) -> Function:
    def run(f: Frame, o: StreamObject, function: Value) -> StreamObject:
        kind = o.number if number is None else number
        made = (invoke(f, function, item) for item in o.taken(f))
        return _next(f, o, _as(made, kind), kind)

    return run


def _as(items: Iterable[Value], kind: str) -> Iterable[Value]:
    return (narrow(item, kind) for item in items) if kind else items


def _widened(kind: str) -> Function:
    return lambda f, o: _next(f, o, _as(o.taken(f), kind), kind)


def _filter(f: Frame, o: StreamObject, test: Value) -> StreamObject:
    return _next(f, o, (item for item in o.taken(f) if holds(f, test, item)))


def _flat(f: Frame, o: StreamObject, function: Value) -> StreamObject:
    def every() -> Iterator[Value]:
        for item in o.taken(f):
            inner = invoke(f, function, item)
            if inner is not None:
                yield from inner.taken(f)

    return _next(f, o, every())


def _distinct(f: Frame, o: StreamObject) -> StreamObject:
    def every() -> Iterator[Value]:
        seen = set()
        for item in o.taken(f):
            key = key_of(item, f)
            if key not in seen:
                f.allocate(2)
                seen.add(key)
                yield item

    return _next(f, o, every())


def _sorted(f: Frame, o: StreamObject, order: Value = None) -> StreamObject:
    def every() -> Iterator[Value]:
        yield from arranged(f, o.all(f), order)

    return _next(f, o, every())


def _limit(f: Frame, o: StreamObject, count: Value) -> StreamObject:
    if integer(count) < 0:
        raise throw("IllegalArgumentException", str(integer(count)))
    return _next(f, o, itertools.islice(o.taken(f), integer(count)))


def _skip(f: Frame, o: StreamObject, count: Value) -> StreamObject:
    if integer(count) < 0:
        raise throw("IllegalArgumentException", str(integer(count)))
    return _next(f, o, itertools.islice(o.taken(f), integer(count), None))


def _while(f: Frame, o: StreamObject, test: Value) -> StreamObject:
    return _next(f, o, itertools.takewhile(lambda item: holds(f, test, item), o.taken(f)))


def _dropping(f: Frame, o: StreamObject, test: Value) -> StreamObject:
    return _next(f, o, itertools.dropwhile(lambda item: holds(f, test, item), o.taken(f)))


def _peek(f: Frame, o: StreamObject, action: Value) -> StreamObject:
    def every() -> Iterator[Value]:
        for item in o.taken(f):
            invoke(f, action, item)
            yield item

    return _next(f, o, every())


def _each(f: Frame, o: StreamObject, action: Value) -> None:
    for item in o.taken(f):
        invoke(f, action, item)


def _reduce(f: Frame, o: StreamObject, function: Value) -> OptionalObject:
    made: Value = None
    for at, item in enumerate(o.taken(f)):
        made = item if at == 0 else invoke(f, function, made, item)
    return OptionalObject(made, o.number)


def _fold(f: Frame, o: StreamObject, start: Value, function: Value, _: Value = None) -> Value:
    made = start
    for item in o.taken(f):
        made = invoke(f, function, made, item)
    return made


def _best(wanted: int) -> Function:
    def run(f: Frame, o: StreamObject, order: Value = None) -> OptionalObject:
        found: Value = None
        for item in o.taken(f):
            if found is None:
                found = item
                continue
            ranked = compare(item, found, f) if order is None else invoke(f, order, item, found)
            if ranked * wanted > 0:
                found = item
        return OptionalObject(found, o.number)

    return run


def _matches(stop: bool, given: bool) -> Function:
    def run(f: Frame, o: StreamObject, test: Value) -> bool:
        return given if any(holds(f, test, item) is stop for item in o.taken(f)) else not given

    return run


def _first(f: Frame, o: StreamObject) -> OptionalObject:
    for item in o.taken(f):
        if item is None:
            raise null_pointer("the first element")
        return OptionalObject(item, o.number)
    return OptionalObject(None, o.number)


def _collect(f: Frame, o: StreamObject, collector: Value) -> Value:
    if not isinstance(collector, Collector):
        raise throw("ClassCastException", "collect takes one of Collectors")
    return collector.finish(f, o.all(f))


def _collect_by(f: Frame, o: StreamObject, make: Value, add: Value, join: Value) -> Value:
    made = invoke(f, make)
    for item in o.taken(f):
        invoke(f, add, made, item)
    return made


def _array(f: Frame, o: StreamObject, make: Value = None) -> ArrayObject:
    items = o.all(f)
    if make is None:
        return ArrayObject(items, o.number or "java.lang.Object")
    made = invoke(f, make, len(items))
    made.items[:] = items
    return ArrayObject(made.items, made.component)


def _count(f: Frame, o: StreamObject) -> Long:
    return Long(sum(1 for _ in o.taken(f)))


def _average(f: Frame, o: StreamObject) -> OptionalObject:
    found = Statistics(o.number, o.all(f))
    return OptionalObject(found.average() if found.count else None, "double")


def _closed(f: Frame, o: StreamObject) -> None:
    o.used = True


STREAM: Final = JavaClass("java.util.stream.Stream", StreamObject, doc="lazy, for one use")
STREAM.all(
    {
        "Stream filter(Predicate)": _filter,
        "Stream map(Function)": _mapped(None),
        "IntStream mapToInt(Function)": _mapped("int"),
        "LongStream mapToLong(Function)": _mapped("long"),
        "DoubleStream mapToDouble(Function)": _mapped("double"),
        "Stream mapToObj(Function)": _mapped(""),
        "Stream boxed()": lambda f, o: _next(f, o, o.taken(f), ""),
        "LongStream asLongStream()": _widened("long"),
        "DoubleStream asDoubleStream()": _widened("double"),
        "Stream flatMap(Function)": _flat,
        "Stream distinct()": _distinct,
        "Stream sorted()": _sorted,
        "Stream sorted(Comparator)": _sorted,
        "Stream limit(long)": _limit,
        "Stream skip(long)": _skip,
        "Stream takeWhile(Predicate)": _while,
        "Stream dropWhile(Predicate)": _dropping,
        "Stream peek(Consumer)": _peek,
        "Stream parallel()": lambda f, o: o,
        "Stream sequential()": lambda f, o: o,
        "Stream unordered()": lambda f, o: o,
        "void close()": _closed,
        "void forEach(Consumer)": _each,
        "void forEachOrdered(Consumer)": _each,
        "Object collect(Collector)": _collect,
        "Object collect(Supplier, BiConsumer, BiConsumer)": _collect_by,
        "List toList()": lambda f, o: constant_list(f, *_spread(o.all(f))),
        "Object[] toArray()": _array,
        "Object[] toArray(Function)": _array,
        "Optional reduce(BinaryOperator)": _reduce,
        "Object reduce(Object, BinaryOperator)": _fold,
        "Object reduce(Object, BiFunction, BinaryOperator)": _fold,
        "long count()": _count,
        "Object sum()": lambda f, o: total(o.number, o.taken(f)),
        "OptionalDouble average()": _average,
        "Object summaryStatistics()": lambda f, o: Statistics(o.number, o.all(f)),
        "Optional min()": _best(-1),
        "Optional max()": _best(1),
        "Optional min(Comparator)": _best(-1),
        "Optional max(Comparator)": _best(1),
        "Optional findFirst()": _first,
        "Optional findAny()": _first,
        "boolean anyMatch(Predicate)": _matches(True, True),
        "boolean allMatch(Predicate)": _matches(False, False),
        "boolean noneMatch(Predicate)": _matches(True, False),
        "Iterator iterator()": lambda f, o: IteratorObject(o.all(f), None),
    }
)


def _spread(items: list[Value]) -> list[Value]:
    """One array as the only element stays an element."""
    alone = len(items) == 1 and isinstance(items[0], ArrayObject)
    return [ArrayObject(items, "java.lang.Object")] if alone else items


def _iterate(f: Frame, value: Value, *steps: Value) -> StreamObject:
    test, step = steps if len(steps) == 2 else (None, steps[0])

    def every() -> Iterator[Value]:
        at = value
        while test is None or holds(f, test, at):
            yield at
            at = invoke(f, step, at)

    return StreamObject(every())


def _generate(f: Frame, make: Value) -> StreamObject:
    return StreamObject(invoke(f, make) for _ in itertools.count())


def _concat(f: Frame, one: Value, other: Value) -> StreamObject:
    return StreamObject(itertools.chain(one.taken(f), other.taken(f)), one.number)


def _made(number: str) -> Function:
    return lambda f, *items: StreamObject(_as(rest(items), number), number)


def _statics(made: JavaClass, number: str) -> None:
    name = _NAMES[number]

    def numbered(make: Function) -> Function:
        def run(f: Frame, *given: Value) -> StreamObject:
            found: StreamObject = make(f, *given)
            found.number = number
            return found

        return run

    made.all(
        {
            f"static {name} of(Object...)": _made(number),
            f"static {name} empty()": lambda f: StreamObject((), number),
            f"static {name} iterate(Object, UnaryOperator)": numbered(_iterate),
            f"static {name} iterate(Object, Predicate, UnaryOperator)": numbered(_iterate),
            f"static {name} generate(Supplier)": numbered(_generate),
            f"static {name} concat({name}, {name})": _concat,
        }
    )


def _range(number: str, extra: int) -> Function:
    def run(f: Frame, low: Value, high: Value) -> StreamObject:
        whole: Iterable[Value] = range(integer(low), integer(high) + extra)
        return StreamObject(map(Long, whole) if number == "long" else whole, number)

    return run


def _numbers(number: str) -> JavaClass:
    made = JavaClass(f"java.util.stream.{_NAMES[number]}", parents=("java.util.stream.Stream",))
    _statics(made, number)
    if number != "double":
        made.add(f"static {made.simple} range({number}, {number})", _range(number, 0))
        made.add(f"static {made.simple} rangeClosed({number}, {number})", _range(number, 1))
    return made


_statics(STREAM, "")
STREAM.add("static Stream ofNullable(Object)", lambda f, v: StreamObject(() if v is None else (v,)))


def _of_optional(f: Frame, o: OptionalObject) -> StreamObject:
    return StreamObject(() if o.value is None else (o.value,), o.number)


OPTIONAL.add("Stream stream()", _of_optional)


def listed(f: Frame, items: list[Value]) -> ListObject:
    """``Collectors.toList``."""
    f.allocate(len(items) + 2)
    return ListObject(items)


CLASSES: Final = [STREAM, *[_numbers(number) for number in ("int", "long", "double")]]
