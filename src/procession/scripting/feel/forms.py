"""Expressions of FEEL that decide what of them is run: logic, loops, filters, paths, contexts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from procession.errors import LimitExceeded
from procession.scripting.feel.dates import BUILTINS
from procession.scripting.feel.operators import is_number, noted
from procession.scripting.feel.temporal import property_of
from procession.scripting.feel.types import Type, coerced, fits
from procession.scripting.feel.values import (
    FeelFunction,
    Range,
    context_of,
    entry_of,
    items_of,
    plain,
)
from procession.scripting.frame import Frame
from procession.scripting.objects import BeanObject, FunctionObject, ListObject, MapObject
from procession.scripting.throwables import throw
from procession.values import Value

Code = Callable[[Frame], Value]
Maker = Callable[[list[int], list[Code], list[Code], int], Code]
MAX_CALLS: Final = 50
"""How deep functions may call each other."""


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
    if not isinstance(value, Range):
        return items_of(f, value)
    low, high = plain(value.low), plain(value.high)
    if isinstance(low, int) and isinstance(high, int):
        first, last = low, high
    elif type(low) is date and type(high) is date:
        first, last = low.toordinal(), high.toordinal()
    else:
        raise TypeError("a loop goes over a list, or a range of whole numbers or dates")
    step = 1 if first <= last else -1
    if step < 0 and value.form != "..":
        raise ValueError("a range begins with its lower end")
    if isinstance(value, Range):
        first += 0 if value.has_low else step
        last -= 0 if value.has_high else step
    size = max((last - first) * step + 1, 0)
    f.allocate(size)
    f.walk(size)
    numbers = range(first, first + size * step, step)
    return list(numbers) if type(low) is not date else [date.fromordinal(one) for one in numbers]


def loop(is_nested: bool, uses_partial: bool = True) -> Maker:
    """``for x in list return body``; the slots are those of ``x`` and of ``partial``."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        source, body = outer[0], parts[0]
        item, partial = slots

        def run(f: Frame) -> Value:
            made: list[Value] = []
            try:
                items = _visited(f, source(f))
            except (TypeError, ValueError) as fault:
                return noted(f, str(fault))
            for one in items:
                f.burn(cost)
                f.allocate(1)
                f.slots[item] = plain(one)
                if uses_partial:
                    f.walk(len(made) >> 2)
                    f.slots[partial] = ListObject(made)
                found = body(f)
                if is_nested and isinstance(found, ListObject):
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
            try:
                items = _visited(f, source(f))
            except (TypeError, ValueError) as fault:
                return noted(f, str(fault))
            for one in items:
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
            elif found is not None and not isinstance(found, bool):
                return noted(f, "what a filter tests is not true or false")
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
        if len(set(names)) < len(names):
            return lambda f: noted(f, "a context has two entries of the same name")

        def run(f: Frame) -> Value:
            pairs = []
            for name, slot, part in entries:
                value = f.slots[slot] = plain(part(f))
                if isinstance(value, FeelFunction) and value.slots is not None:
                    value.slots[slot] = value
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


def called(names: tuple[str, ...]) -> Callable[..., Value]:
    """Calls a function value, with arguments by position or by name."""

    def call(f: Frame, function: Value, *args: Value) -> Value:
        if names:
            return invoke(f, function, dict(zip(names, args, strict=True)))
        return invoke(f, function, args)

    return call


def invoke(f: Frame, function: Value, args: Sequence[Value] | dict[str, Value]) -> Value:
    """Calls a function; null if it is none or the arguments do not fit."""
    if not isinstance(function, FunctionObject):
        return noted(f, "what is called is not a function")
    if isinstance(args, dict):
        if not isinstance(function, FeelFunction) or set(args) - set(function.names):
            return noted(f, "the function has no parameters of these names")
        if function.arity >= 0 and len(args) != len(function.names):
            return noted(f, f"the function takes {len(function.names)} arguments, not {len(args)}")
        args = [args.get(name) for name in function.names]
    if function.arity not in (-1, len(args)):
        return noted(f, f"the function takes {function.arity} arguments, not {len(args)}")
    return function.call(f, *args)


def function(names: tuple[str, ...], types: tuple[Type | None, ...]) -> Maker:
    """``function(a, b) body``: it keeps what it saw where it was made."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        body = parts[0]

        def run(f: Frame) -> Value:
            f.allocate(len(f.slots) + 4)
            held = f.slots.copy()

            def call(f: Frame, *args: Value) -> Value:
                f.burn(cost + len(held))
                outside, f.slots = f.slots, held.copy()
                f.depth += 1
                try:
                    if f.depth > MAX_CALLS:
                        raise LimitExceeded(f"functions call each other over {MAX_CALLS} deep")
                    for slot, arg, kind in zip(slots, args, types, strict=True):
                        given = coerced(f, arg, kind)
                        if given is None and plain(arg) is not None:
                            return noted(f, "an argument is not of the parameter's type")
                        f.slots[slot] = given
                    return body(f)
                finally:
                    f.slots = outside
                    f.depth -= 1

            return FeelFunction(names, call, types=types, slots=held)

        return run

    return make


def instance_of(wanted: Type) -> Callable[[Frame, Value], Value]:
    """``value instance of type``."""
    return lambda f, value: fits(f, value, wanted)


def built_in(name: str) -> Maker:
    """A built-in function as a value."""
    known = BUILTINS[name]
    arity = known.least if known.least == known.most else -1
    value = FeelFunction(known.parameters, known.run, arity=arity)

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        return lambda f: value

    return make
