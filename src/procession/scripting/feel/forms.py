"""Expressions of FEEL that decide what of them is run: logic, loops, filters, paths, contexts."""

from __future__ import annotations

from collections.abc import Callable

from procession.scripting.feel.dates import BUILTINS
from procession.scripting.feel.operators import is_number
from procession.scripting.feel.temporal import property_of
from procession.scripting.feel.values import Range, context_of, entry_of, items_of, plain
from procession.scripting.frame import Frame
from procession.scripting.objects import BeanObject, FunctionObject, ListObject, MapObject
from procession.scripting.throwables import throw
from procession.values import Value

Code = Callable[[Frame], Value]
Maker = Callable[[list[int], list[Code], list[Code], int], Code]


def logic(stop: bool) -> Maker:
    """``and`` and ``or`` of three values."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        def run(f: Frame) -> Value:
            unknown = False
            for operand in outer:
                value = operand(f)
                if value is stop:
                    return stop
                unknown = unknown or value is not (not stop)
            return None if unknown else not stop

        return run

    return make


def conditional(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
    """``if a then b else c``: what is not true is false."""
    test, yes, no = outer
    return lambda f: yes(f) if test(f) is True else no(f)


def _visited(f: Frame, value: Value) -> list[Value]:
    value = plain(value)
    if isinstance(value, Range):
        low, high = plain(value.low), plain(value.high)
        if not (isinstance(low, int) and isinstance(high, int)):
            return []
        size = abs(high - low) + 1
        f.allocate(size)
        f.walk(size)
        return list(range(low, high + 1) if low <= high else range(low, high - 1, -1))
    return items_of(f, value)


def loop(is_nested: bool) -> Maker:
    """``for x in list return body``; the slots are those of ``x`` and of ``partial``."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        source, body = outer[0], parts[0]
        item, partial = slots

        def run(f: Frame) -> Value:
            made: list[Value] = []
            for one in _visited(f, source(f)):
                f.burn(cost)
                f.allocate(1)
                f.slots[item] = plain(one)
                f.slots[partial] = ListObject(made)
                found = body(f)
                if is_nested:
                    made.extend(found.items)
                else:
                    made.append(found)
            return ListObject(made)

        return run

    return make


def quantified(stop: bool) -> Maker:
    """``some`` stops at true, ``every`` at false."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        source, body = outer[0], parts[0]

        def run(f: Frame) -> Value:
            unknown = False
            for one in _visited(f, source(f)):
                f.burn(cost)
                f.slots[slots[0]] = plain(one)
                found = body(f)
                if found is stop:
                    return stop
                unknown = unknown or found is not (not stop)
            return None if unknown else not stop

        return run

    return make


def filtered(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
    """``list[test]``: those for which the test holds, or the one at that position."""
    source, test, item = outer[0], parts[0], slots[0]

    def run(f: Frame) -> Value:
        items = items_of(f, source(f))
        made: list[Value] = []
        for at, one in enumerate(items or [None]):
            f.burn(cost)
            f.slots[item] = plain(one)
            found = plain(test(f))
            if not at and is_number(found):
                return _at(items, found)
            if found is True and items:
                f.allocate(1)
                made.append(one)
        return ListObject(made)

    return run


def _at(items: list[Value], position: Value) -> Value:
    if position != int(position) or not 1 <= abs(position) <= len(items):
        return None
    at = int(position)
    return plain(items[at - 1 if at > 0 else at])


def scoped(name: str, count: int) -> Maker:
    """A name inside of filters: an entry of the nearest item that has it, else what is outside."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        items, otherwise = outer[:count], outer[count]

        def run(f: Frame) -> Value:
            for item in items:
                has, value = entry_of(f, item(f), name)
                if has:
                    return value
            return otherwise(f)

        return run

    return make


def path(name: str) -> Callable[[Frame, Value], Value]:
    """``owner.name``: of a context, a part of a date, or of each item of a list."""

    def get(f: Frame, owner: Value) -> Value:
        owner = plain(owner)
        if isinstance(owner, ListObject):
            f.walk(len(owner.items))
            f.allocate(len(owner.items))
            f.depth += 1
            if f.depth > 50:
                raise throw("StackOverflowError")
            made = ListObject([get(f, item) for item in owner.items])
            f.depth -= 1
            return made
        if isinstance(owner, MapObject | BeanObject):
            return entry_of(f, owner, name)[1]
        if isinstance(owner, Range):
            ends = {"start": owner.low, "end": owner.high}
            return {**ends, "start included": owner.has_low, "end included": owner.has_high}.get(
                name
            )
        return property_of(owner, name)

    return get


def context(names: tuple[str, ...]) -> Maker:
    """``{a: 1, b: a + 1}``: an entry sees those before it."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        entries = list(zip(names, slots, parts, strict=True))

        def run(f: Frame) -> Value:
            pairs = []
            for name, slot, part in entries:
                value = f.slots[slot] = part(f)
                pairs.append((name, value))
            return context_of(f, pairs)

        return run

    return make


def kept(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
    """Keeps a value in a local while the part looks at it more than once."""
    value, body, at = outer[0], parts[0], slots[0]

    def run(f: Frame) -> Value:
        f.slots[at] = value(f)
        return body(f)

    return run


def listed(f: Frame, *items: Value) -> Value:
    """``[a, b]``."""
    f.allocate(len(items) + 2)
    return ListObject(items)


def called(f: Frame, function: Value, *args: Value) -> Value:
    """Calls a function value."""
    if not isinstance(function, FunctionObject) or function.arity != len(args):
        return None
    return function.call(f, *args)


def built_in(name: str) -> Maker:
    """A built-in function as a value."""
    known = BUILTINS[name]

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        value = FunctionObject(known.least, known.run)
        return lambda f: value

    return make
