"""Python's operators: truth, equality by value, arithmetic without overflow, slices.

Whole numbers have no type but their size here; they may grow to the bounds of
:mod:`~procession.scripting.numerals`. What is made is paid for before it is made.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from procession.scripting.equality import class_word, equals, key_of
from procession.scripting.frame import Frame
from procession.scripting.numerals import EXACT, RANK, big
from procession.scripting.objects import (
    ARRAY_LIST,
    ArrayObject,
    BeanObject,
    ListObject,
    MapObject,
    SetObject,
    elements,
)
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value

TUPLE: Final = "tuple"
"""The kind of a list that a script wrote as a tuple."""
MAX_POWER: Final = 4_000


def truth(f: Frame, value: Value) -> bool:
    """Whether a value counts as true."""
    if value is None or value is False or value == "":
        return False
    if type(value) in RANK:
        return bool(value)
    if isinstance(value, ListObject | ArrayObject):
        return bool(value.items)
    if isinstance(value, MapObject | SetObject):
        return bool(value.entries)
    return True


def plain(value: Value) -> Value:
    """A number as Python's own: an ``int``, a ``float`` or a ``Decimal``; others stay."""
    kind = type(value)
    if kind is bool or kind not in RANK or isinstance(value, str):
        return int(value) if kind is bool else value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else value


def shaped(value: int) -> int:
    """A whole number as scripts hold it: beyond 64 bits it is one without limits."""
    return value if -(1 << 63) <= value < 1 << 63 else big(value)


def unsuitable(op: str, a: Value, b: Value) -> Exception:
    """What Python calls a TypeError."""
    if a is None or b is None:
        return null_pointer(f"operand of '{op}' is None")
    return throw(
        "ClassCastException",
        f"unsupported operands for '{op}': {class_word(a)} and {class_word(b)}",
    )


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int) and b >= 0:
        big(1 << min(a.bit_length() * b, 1 << 20))
        return a**b
    if isinstance(a, Decimal) and isinstance(b, int) and abs(b) <= MAX_POWER:
        return EXACT.power(a, b)
    made = float(a) ** float(b)
    if isinstance(made, complex):
        raise throw("ArithmeticException", "the power is not a real number")
    return made


def _shifted(a: Value, b: Value) -> Value:
    if not 0 <= b <= MAX_POWER:
        raise throw("IllegalArgumentException", "a shift this far is not available in scripts")
    return a << b


_NUMBERS: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": _shifted,
    ">>": operator.rshift,
}
_DECIMALS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "%": EXACT.remainder,
    "//": EXACT.divide_int,
}


def _calculated(f: Frame, op: str, a: Value, b: Value) -> Value:
    left, right = plain(a), plain(b)
    if op in ("/", "//", "%") and right == 0:
        raise throw("ArithmeticException", "division by zero")
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        f.burn(64)
        if isinstance(left, float) or isinstance(right, float):
            raise unsuitable(op, a, b)
        if op == "/":
            return EXACT.create_decimal(EXACT.divide(left, right)).normalize()
        decimals = _DECIMALS.get(op)
        if decimals is not None:
            return decimals(Decimal(left), Decimal(right))
    if type(a) is bool and type(b) is bool and op in "&|^":
        return bool(_NUMBERS[op](a, b))
    made = _NUMBERS[op](left, right)
    if isinstance(made, int):
        if made.bit_length() > 64:
            f.burn(64)
        return shaped(made)
    return made


def calculation(op: str) -> Callable[[Frame, Value, Value], Value]:
    """What an arithmetic operator does with two values."""

    def calculate(f: Frame, a: Value, b: Value) -> Value:
        if type(a) is int and type(b) is int and op in ("+", "-"):
            return shaped(a + b if op == "+" else a - b)
        if _is_number(a) and _is_number(b):
            return _calculated(f, op, a, b)
        if op == "+":
            return _joined(f, a, b)
        if op == "*":
            return _repeated(f, a, b)
        if isinstance(a, SetObject) and isinstance(b, SetObject) and op in "-&|^":
            return _sets(f, op, a, b)
        raise unsuitable(op, a, b)

    return calculate


def _is_number(value: Value) -> bool:
    return type(value) is bool or (type(value) in RANK and not isinstance(value, str))


def _joined(f: Frame, a: Value, b: Value) -> Value:
    if isinstance(a, str) and isinstance(b, str):
        f.make_text(len(a) + len(b))
        return str(a) + str(b)
    if isinstance(a, ListObject) and isinstance(b, ListObject):
        size = len(a.items) + len(b.items)
        f.allocate(size)
        f.walk(size)
        return ListObject(a.items + b.items, a.kind if a.kind == TUPLE else ARRAY_LIST)
    raise unsuitable("+", a, b)


def _repeated(f: Frame, a: Value, b: Value) -> Value:
    if isinstance(a, int):
        a, b = b, a
    if not isinstance(b, int) or isinstance(b, bool):
        raise unsuitable("*", a, b)
    times = max(0, int(b))
    if isinstance(a, str):
        f.make_text(len(a) * times)
        return str(a) * times
    if isinstance(a, ListObject):
        f.allocate(len(a.items) * times)
        f.walk(len(a.items) * times)
        return ListObject(a.items * times)
    raise unsuitable("*", a, b)


def _sets(f: Frame, op: str, a: SetObject, b: SetObject) -> SetObject:
    made = SetObject(a.kind)
    for entry in list(a.entries.values()):
        f.burn(2)
        known = key_of(entry.key, f) in b.entries
        if op == "|" or known is (op == "&"):
            made.add(entry.key, f)
    if op in "|^":
        for entry in list(b.entries.values()):
            f.burn(2)
            if op == "|" or key_of(entry.key, f) not in a.entries:
                made.add(entry.key, f)
    return made


def negative(f: Frame, value: Value) -> Value:
    """``-value``."""
    if not _is_number(value):
        raise unsuitable("-", value, 0)
    made = -plain(value)
    return shaped(made) if isinstance(made, int) else made


def positive(f: Frame, value: Value) -> Value:
    """``+value``."""
    if not _is_number(value):
        raise unsuitable("+", value, 0)
    return plain(value)


def inverted(f: Frame, value: Value) -> Value:
    """``~value``."""
    if not isinstance(value, int):
        raise unsuitable("~", value, 0)
    return ~int(value)


def opposite(f: Frame, value: Value) -> bool:
    """``not value``."""
    return not truth(f, value)


def equal(f: Frame, a: Value, b: Value) -> bool:
    """``a == b``, by value, lists and maps by content."""
    if _is_number(a) and _is_number(b):
        return bool(plain(a) == plain(b))
    if isinstance(a, str) and isinstance(b, str):
        f.walk(len(a) >> 12)
        return str(a) == str(b)
    if isinstance(a, ListObject | ArrayObject) and isinstance(b, ListObject | ArrayObject):
        f.walk(len(a.items))
        f.depth += 1
        try:
            if f.depth > 60:
                raise throw("StackOverflowError")
            return len(a.items) == len(b.items) and all(
                equal(f, one, other) for one, other in zip(a.items, b.items, strict=True)
            )
        finally:
            f.depth -= 1
    return equals(a, b, f)


def unequal(f: Frame, a: Value, b: Value) -> bool:
    """``a != b``."""
    return not equal(f, a, b)


_ORDERS: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def ordering(op: str) -> Callable[[Frame, Value, Value], bool]:
    """``a < b`` and its sisters: of numbers, texts, dates, and lists of these."""
    holds = _ORDERS[op]

    def compare(f: Frame, a: Value, b: Value) -> bool:
        if type(a) is int and type(b) is int:
            return bool(holds(a, b))
        return bool(holds(order(f, a, b, op), 0))

    return compare


def order(f: Frame, a: Value, b: Value, op: str = "<") -> int:
    """Less than, equal to or greater than zero."""
    if _is_number(a) and _is_number(b):
        left, right = plain(a), plain(b)
        return int(left > right) - int(left < right)
    if isinstance(a, str) and isinstance(b, str):
        f.walk(min(len(a), len(b)) >> 3)
        return int(a > b) - int(a < b)
    if isinstance(a, ListObject) and isinstance(b, ListObject):
        for one, other in zip(a.items, b.items, strict=False):
            f.burn(2)
            found = order(f, one, other, op)
            if found:
                return found
        return len(a.items) - len(b.items)
    if a is not None and type(a) is type(b) and hasattr(a, "tzinfo"):
        return int(a > b) - int(a < b)
    raise unsuitable(op, a, b)


def contained(f: Frame, item: Value, owner: Value) -> bool:
    """``item in owner``."""
    if isinstance(owner, str):
        if not isinstance(item, str):
            raise unsuitable("in", item, owner)
        f.walk(len(owner) >> 3)
        return str(item) in owner
    if isinstance(owner, MapObject | SetObject):
        return key_of(item, f) in owner.entries
    if isinstance(owner, BeanObject):
        return item in owner.fields
    return any(equal(f, item, one) for one in iterated(f, owner))


def absent(f: Frame, item: Value, owner: Value) -> bool:
    """``item not in owner``."""
    return not contained(f, item, owner)


def identical(f: Frame, a: Value, b: Value) -> bool:
    """``a is b``; plain values are alike where they are equal."""
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return a is b or (type(a) is type(b) and not hasattr(a, "changed") and bool(a == b))


def different(f: Frame, a: Value, b: Value) -> bool:
    """``a is not b``."""
    return not identical(f, a, b)


def iterated(f: Frame, value: Value) -> list[Value]:
    """What a loop over ``value`` visits, as it is now; the keys of a map, the letters of a text."""
    if isinstance(value, str):
        f.allocate(len(value))
        found = list(value)
    elif isinstance(value, MapObject):
        found = [entry.key for entry in value.ordered(f)]
    elif isinstance(value, ListObject | ArrayObject):
        found = list(value.items)
    elif value is None:
        raise null_pointer("loop over None")
    else:
        items = elements(value, f)
        if items is None:
            raise throw("ClassCastException", f"cannot loop over {class_word(value)}")
        found = list(items)
    f.walk(len(found))
    f.allocate(len(found))
    return found


def looped(f: Frame, value: Value) -> ListObject:
    """The same as a list."""
    return ListObject(iterated(f, value))
