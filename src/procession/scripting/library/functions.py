"""Functions of a script as Java's functional interfaces, and ``Comparator``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Final

from procession.scripting.equality import class_word, compare, sort_values
from procession.scripting.frame import Frame
from procession.scripting.library.table import JavaClass
from procession.scripting.objects import FunctionObject
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value


def invoke(f: Frame, function: Value, *args: Value) -> Value:
    """Call a function that the script made."""
    if isinstance(function, FunctionObject):
        f.burn(2)
        return function.call(f, *args)
    if function is None:
        raise null_pointer("a function is null")
    raise throw("ClassCastException", f"{class_word(function)} is not a function")


def holds(f: Frame, test: Value, *args: Value) -> bool:
    """Call a predicate."""
    found = invoke(f, test, *args)
    if not isinstance(found, bool):
        raise throw("ClassCastException", "a predicate gives a boolean")
    return found


def arranged(f: Frame, items: list[Value], order: Value = None) -> list[Value]:
    """The items sorted by a comparator, or by their natural order."""
    if order is None:
        return sort_values(items, f, lambda item: item)
    f.allocate(len(items))

    def compared(one: Value, other: Value) -> int:
        found = invoke(f, order, one, other)
        if not isinstance(found, int) or isinstance(found, bool):
            raise throw("ClassCastException", "a Comparator gives an int")
        return int(found)

    return sorted(items, key=cmp_to_key(compared))


def _by(key: Value, order: Value = None) -> FunctionObject:
    def compared(f: Frame, one: Value, other: Value) -> int:
        left, right = invoke(f, key, one), invoke(f, key, other)
        return compare(left, right, f) if order is None else int(invoke(f, order, left, right))

    return FunctionObject(2, compared)


def _natural(f: Frame, one: Value, other: Value) -> int:
    return compare(one, other, f)


def _reversed(order: Value) -> FunctionObject:
    return FunctionObject(2, lambda f, one, other: invoke(f, order, other, one))


def _then(order: Value, key: Value) -> FunctionObject:
    following = key if isinstance(key, FunctionObject) and key.arity == 2 else _by(key)

    def compared(f: Frame, one: Value, other: Value) -> int:
        return int(invoke(f, order, one, other) or invoke(f, following, one, other))

    return FunctionObject(2, compared)


def _after(function: Value, following: Value) -> FunctionObject:
    arity = function.arity
    return FunctionObject(arity, lambda f, *a: invoke(f, following, invoke(f, function, *a)))


def _joined(stop: bool) -> Callable[..., Value]:
    def join(f: Frame, o: Value, other: Value) -> FunctionObject:
        def test(f: Frame, *args: Value) -> bool:
            found = holds(f, o, *args)
            return stop if found is stop else holds(f, other, *args)

        return FunctionObject(-1, test)

    return join


def _run(f: Frame, o: FunctionObject, *args: Value) -> Value:
    return invoke(f, o, *args)


FUNCTION: Final = JavaClass(
    "java.util.function.Function", FunctionObject, doc="a lambda or a method reference"
)
for _name in (
    "get",
    "call",
    "run",
    "close",
    "getAsInt",
    "getAsLong",
    "getAsDouble",
    "getAsBoolean",
):
    FUNCTION.add(f"Object {_name}()", _run)
for _name in ("apply", "accept", "test", "applyAsInt", "applyAsLong", "applyAsDouble"):
    FUNCTION.add(f"Object {_name}(Object)", _run)
    FUNCTION.add(f"Object {_name}(Object, Object)", _run)
FUNCTION.all(
    {
        "int compare(Object, Object)": _run,
        "Function andThen(Function)": lambda f, o, following: _after(o, following),
        "Function compose(Function)": lambda f, o, first: _after(first, o),
        "Predicate negate()": lambda f, o: FunctionObject(-1, lambda f, *a: not holds(f, o, *a)),
        "Predicate and(Predicate)": _joined(False),
        "Predicate or(Predicate)": _joined(True),
        "Comparator reversed()": lambda f, o: _reversed(o),
        "Comparator thenComparing(Function)": lambda f, o, key: _then(o, key),
        "static Function identity()": lambda f: FunctionObject(1, lambda f, value: value),
    }
)
COMPARATOR: Final = JavaClass("java.util.Comparator")
for _name in ("comparing", "comparingInt", "comparingLong", "comparingDouble"):
    COMPARATOR.add(f"static Comparator {_name}(Function)", lambda f, key: _by(key))
COMPARATOR.all(
    {
        "static Comparator comparing(Function, Comparator)": lambda f, key, o: _by(key, o),
        "static Comparator naturalOrder()": lambda f: FunctionObject(2, _natural),
        "static Comparator reverseOrder()": lambda f: _reversed(FunctionObject(2, _natural)),
    }
)
CLASSES: Final = [
    FUNCTION,
    COMPARATOR,
    *[
        JavaClass(f"java.util.function.{name}", parents=("java.util.function.Function",))
        for name in (
            *("Supplier", "Consumer", "BiConsumer", "Predicate", "BiPredicate", "BiFunction"),
            *("UnaryOperator", "BinaryOperator", "IntFunction", "ToIntFunction", "IntPredicate"),
            *("IntBinaryOperator", "IntUnaryOperator", "IntConsumer", "IntSupplier"),
            *("ToLongFunction", "ToDoubleFunction", "LongFunction", "DoubleFunction"),
            *("BooleanSupplier", "LongSupplier", "DoubleSupplier", "DoubleUnaryOperator"),
            *("DoubleBinaryOperator", "LongUnaryOperator", "LongBinaryOperator"),
            *("ToIntBiFunction", "LongPredicate", "DoublePredicate", "ObjIntConsumer"),
        )
    ],
    JavaClass("java.lang.Runnable", parents=("java.util.function.Function",)),
    JavaClass("java.util.concurrent.Callable", parents=("java.util.function.Function",)),
    JavaClass("java.lang.AutoCloseable", parents=("java.util.function.Function",)),
    JavaClass("java.io.Closeable", parents=("java.lang.AutoCloseable",)),
]
