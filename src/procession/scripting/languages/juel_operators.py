"""What JUEL's operators mean: everything is converted to what the operator is for.

Expression Language 2.2, chapters 1.7 to 1.10 and 1.18: whole numbers are Longs, a division gives a
fraction, null counts as zero, as false and as the empty text, texts are read as numbers. Checked
against the published JUEL by the table in ``tests/scripting/cases/juel``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from procession.scripting.equality import compare, equals, wrap64
from procession.scripting.frame import Frame
from procession.scripting.machine.access import element
from procession.scripting.numerals import EXACT, arithmetic, big, decimal
from procession.scripting.objects import ArrayObject, ListObject, MapObject, SetObject
from procession.scripting.throwables import Thrown, throw
from procession.values import BigInteger, Byte, Char, Float, Long, Short, Value

ERROR: Final = "javax.el.ELException"
_WHOLE: Final = frozenset({int, Long, Short, Byte})
_REAL: Final = frozenset({float, Float})
_NUMBER: Final = re.compile(r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,4})?")
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _no(value: Value, what: str) -> Thrown:
    kind = "a text" if isinstance(value, str) else type(value).__name__
    return throw(ERROR, f"{kind} cannot be read as {what}")


def number(value: Value) -> Value:
    """A value as a number: a Long, a double, a BigDecimal or a BigInteger."""
    kind = type(value)
    if value is None or value == "":
        return 0
    if kind in _WHOLE or kind in _REAL or kind is Decimal or kind is BigInteger:
        return value
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise _no(value, "a number")
        if not _is_real_text(value) and not -(1 << 63) <= int(value) < 1 << 63:
            raise _no(value, "a Long")
        return float(value) if _is_real_text(value) else int(value)
    raise _no(value, "a number")


def _is_real_text(value: Value) -> bool:
    return type(value) is str and any(letter in value for letter in ".eE")


def truth(f: Frame, value: Value) -> bool:
    """A value as a Boolean."""
    if type(value) is bool:
        return value
    if value is None:
        return False
    if isinstance(value, str):
        return value.lower() == "true"
    raise _no(value, "a Boolean")


def calculation(op: str) -> Callable[[Frame, Value, Value], Value]:
    """``a op b`` for ``+ - *``."""

    def apply(f: Frame, a: Value, b: Value) -> Value:
        left, right = type(a), type(b)
        one, other = number(a), number(b)
        if left is Decimal or right is Decimal:
            f.burn(64)
            return _exact(op, decimal(one), decimal(other))
        if left in _REAL or right in _REAL or _is_real_text(a) or _is_real_text(b):
            if BigInteger in (left, right):
                return _exact(op, decimal(one), decimal(other))
            return arithmetic(op, float(one), float(other))
        if left is BigInteger or right is BigInteger:
            f.burn(64)
            return arithmetic(op, big(int(one)), big(int(other)))
        return Long(wrap64(int(arithmetic(op, Long(wrap64(one)), Long(wrap64(other))))))

    return apply


def _exact(op: str, a: Decimal, b: Decimal) -> Decimal:
    return {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[op](a, b)


def divided(f: Frame, a: Value, b: Value) -> Value:
    """``a / b``: a double, or a BigDecimal with the digits of ``a``."""
    one, other = number(a), number(b)
    if {type(a), type(b)} & {Decimal, BigInteger}:
        f.burn(64)
        above, below = decimal(one), decimal(other)
        if below == 0:
            raise throw("ArithmeticException", "/ by zero")
        places = Decimal(1).scaleb(int(above.as_tuple().exponent))
        return EXACT.divide(above, below).quantize(places, ROUND_HALF_UP, EXACT)
    return arithmetic("/", float(one), float(other))


def rest(f: Frame, a: Value, b: Value) -> Value:
    """``a % b``."""
    one, other = number(a), number(b)
    kinds = {type(a), type(b)}
    if kinds & {Decimal, float, Float} or _is_real_text(a) or _is_real_text(b):
        return arithmetic("%", float(one), float(other))
    if BigInteger in kinds:
        return arithmetic("%", big(int(one)), big(int(other)))
    return arithmetic("%", Long(one), Long(other))


def negative(f: Frame, value: Value) -> Value:
    """``-a``: of the same type, texts as Long or double."""
    found = number(value)
    if type(value) in _WHOLE and type(value) is not Long:
        return -found
    if isinstance(found, float):
        return Float(-found) if type(value) is Float else -found
    return -found if type(found) in (Decimal, BigInteger) else Long(wrap64(-found))


def same(f: Frame, a: Value, b: Value) -> bool:
    """``a == b``."""
    if a is b:
        return True
    if a is None or b is None:
        return False
    kinds = {type(a), type(b)}
    if kinds & {Decimal, float, Float, BigInteger} or kinds & _WHOLE or Char in kinds:
        return bool(_same_number(number(a), number(b)))
    if bool in kinds:
        return truth(f, a) is truth(f, b)
    if isinstance(a, str) or isinstance(b, str):
        return f.text(a) == f.text(b)
    return equals(a, b, f)


def _same_number(a: Value, b: Value) -> bool:
    return float(a) == float(b) if isinstance(a, float) or isinstance(b, float) else a == b


def different(f: Frame, a: Value, b: Value) -> bool:
    """``a != b``."""
    return not same(f, a, b)


def ordering(op: str) -> Callable[[Frame, Value, Value], bool]:
    """``a < b`` and its sisters."""
    holds = _COMPARISONS[op]

    def apply(f: Frame, a: Value, b: Value) -> bool:
        if type(a) is int and type(b) is int:
            return holds(a, b)
        if a is b:
            return op in ("<=", ">=")
        if a is None or b is None:
            return False
        kinds = {type(a), type(b)}
        if kinds & {Decimal, float, Float, BigInteger} or kinds & _WHOLE or Char in kinds:
            one, other = number(a), number(b)
            if isinstance(one, float) or isinstance(other, float):
                return holds(float(one), float(other))
            return holds(one, other)
        if isinstance(a, str) or isinstance(b, str):
            return holds(compare(f.text(a), f.text(b), f), 0)
        return holds(compare(a, b, f), 0)

    return apply


def is_empty(f: Frame, value: Value) -> bool:
    """``empty a``: null, the empty text, and what has nothing inside."""
    if isinstance(value, ListObject | ArrayObject):
        return not value.items
    if isinstance(value, MapObject | SetObject):
        return not value.entries
    return value is None or value == ""


def at(f: Frame, owner: Value, index: Value) -> Value:
    """``owner[index]``: null where there is nothing."""
    if owner is None or index is None:
        return None
    if isinstance(owner, ListObject | ArrayObject):
        if isinstance(index, str) and not index.strip().isdigit():
            raise throw("IllegalArgumentException", "the index of a list is a number")
        place = int(number(index))
        return owner.items[place] if 0 <= place < len(owner.items) else None
    if isinstance(owner, str):
        raise throw("javax.el.PropertyNotFoundException", "a text has no such property")
    return element(f, owner, index)


def written(f: Frame, value: Value) -> str:
    """A value within a text: null is nothing."""
    return "" if value is None else f.text(value)


OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    **{op: calculation(op) for op in "+-*"},
    "/": divided,
    "%": rest,
    "==": same,
    "!=": different,
    **{op: ordering(op) for op in _COMPARISONS},
}
