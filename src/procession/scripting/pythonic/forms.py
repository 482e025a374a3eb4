"""Expressions of Python that decide themselves what of them is run: chains, choices, loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.objects import (
    LINKED_MAP,
    LINKED_SET,
    FunctionObject,
    ListObject,
    from_pairs,
    set_of,
)
from procession.scripting.pythonic.elements import unpacked
from procession.scripting.pythonic.functions import BUILTINS
from procession.scripting.pythonic.operators import iterated, truth
from procession.values import Value

Code = Callable[[Frame], Value]
Maker = Callable[[list[int], list[Code], list[Code], int], Code]
Operation = Callable[..., Value]
KINDS: Final = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict", "set", "Decimal"})
EXCEPTIONS: Final = {
    "Exception": "java.lang.Exception",
    "BaseException": "java.lang.Throwable",
    "ValueError": "java.lang.IllegalArgumentException",
    "TypeError": "java.lang.ClassCastException",
    "KeyError": "java.lang.IndexOutOfBoundsException",
    "IndexError": "java.lang.IndexOutOfBoundsException",
    "LookupError": "java.lang.IndexOutOfBoundsException",
    "AttributeError": "org.mvel2.PropertyAccessException",
    "ZeroDivisionError": "java.lang.ArithmeticException",
    "ArithmeticError": "java.lang.ArithmeticException",
    "RuntimeError": "java.lang.RuntimeException",
    "NotImplementedError": "java.lang.UnsupportedOperationException",
    "AssertionError": "java.lang.AssertionError",
    "RecursionError": "java.lang.StackOverflowError",
}
"""Python's exceptions and the Java classes that models catch them as."""
WORDS: Final = {
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield",
    "NamedExpr": "':='",
    "Starred": "'*'",
    "ClassDef": "class",
    "AsyncFunctionDef": "async",
    "With": "with",
    "AsyncWith": "async",
    "AsyncFor": "async",
    "Global": "global",
    "Nonlocal": "nonlocal",
    "Match": "match",
    "TryStar": "except*",
    "Constant": "a constant",
    "Slice": "a slice",
}
"""How constructs are named in messages."""


def chain(operations: list[Operation]) -> Maker:
    """``a + b - c``, from the left."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        first, *rest = outer
        steps = list(zip(operations, rest, strict=True))

        def run(f: Frame) -> Value:
            value = first(f)
            for apply, operand in steps:
                value = apply(f, value, operand(f))
            return value

        return run

    return make


def choice(stop: bool) -> Maker:
    """``a and b``, ``a or b``."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        *first, last = outer

        def run(f: Frame) -> Value:
            for operand in first:
                value = operand(f)
                if truth(f, value) is stop:
                    return value
            return last(f)

        return run

    return make


def comparisons(operations: list[Operation]) -> Maker:
    """``a < b < c``."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        first, *rest = outer
        steps = list(zip(operations, rest, strict=True))

        def run(f: Frame) -> Value:
            left = first(f)
            for holds, operand in steps:
                right = operand(f)
                if not holds(f, left, right):
                    return False
                left = right
            return True

        return run

    return make


def each(tests: int, is_single: bool, is_nested: bool) -> Maker:
    """One ``for`` of a comprehension: a list of what the body gives."""

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        source, conditions, body = outer[0], parts[:tests], parts[tests]

        def run(f: Frame) -> Value:
            made: list[Value] = []
            for item in iterated(f, source(f)):
                f.burn(cost)
                given = [item] if is_single else unpacked(f, item, len(slots)).items
                for at, value in zip(slots, given, strict=True):
                    f.slots[at] = value
                if all(test(f) for test in conditions):
                    f.allocate(1)
                    if is_nested:
                        made.extend(body(f).items)
                    else:
                        made.append(body(f))
            return ListObject(made)

        return run

    return make


COLLECTED: Final[dict[str, Operation]] = {
    "ListComp": lambda f, made: made,
    "GeneratorExp": lambda f, made: made,
    "SetComp": lambda f, made: set_of(made.items, LINKED_SET, f),
    "DictComp": lambda f, made: from_pairs([pair.items for pair in made.items], LINKED_MAP, f),
}


def builtin(name: str) -> Maker:
    """A built-in function as a value, such as the key of ``sorted``."""
    function = BUILTINS[name]

    def make(slots: list[int], outer: list[Code], parts: list[Code], cost: int) -> Code:
        value = FunctionObject(1, function)
        return lambda f: value

    return make


def keyworded(function: Operation, names: tuple[str, ...]) -> Operation:
    """A built-in function that gets its last arguments by name."""
    if not names:
        return function
    count = len(names)

    def call(f: Frame, *args: Value) -> Value:
        return function(f, *args[:-count], **dict(zip(names, args[-count:], strict=True)))

    return call
