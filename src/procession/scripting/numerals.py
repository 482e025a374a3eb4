"""Java's numbers: promotion, overflow, division, conversion.

A bare ``int`` is a Java ``int``; the other types are the thin classes of ``procession.values``.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

from procession.errors import LimitExceeded
from procession.scripting.equality import class_word, wrap32, wrap64
from procession.scripting.rendering import double_text, float_text
from procession.scripting.throwables import null_pointer, throw
from procession.values import BigInteger, Byte, Char, Float, Long, Short, Value

BIG_BITS: Final = 6_500
"""The longest whole number a script may make, in bits."""
BIG_DIGITS: Final = 2_000
EXACT: Final = Context(
    prec=BIG_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-BIG_DIGITS,
    Emax=BIG_DIGITS,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Decimal arithmetic without rounding, for all numbers a process could mean."""

RANK: Final[dict[type, int]] = {
    Byte: 1,
    Short: 2,
    Char: 2,
    int: 3,
    Long: 4,
    BigInteger: 5,
    Float: 6,
    float: 7,
    Decimal: 8,
}


PRIMITIVE: Final[dict[type, str]] = {
    Byte: "byte",
    Short: "short",
    Char: "char",
    int: "int",
    Long: "long",
    Float: "float",
    float: "double",
}
"""The primitive types of numbers that are no objects only."""


def big(value: int) -> BigInteger:
    """A BigInteger, if it is not beyond all bounds."""
    if value.bit_length() > BIG_BITS:
        raise LimitExceeded(f"whole numbers may have {BIG_BITS} bits in scripts")
    return BigInteger(value)


def single(value: float) -> Float:
    """The nearest 32-bit number."""
    try:
        return Float(struct.unpack(">f", struct.pack(">f", value))[0])
    except OverflowError:
        return Float(math.copysign(math.inf, value))


def whole(value: Value) -> int:
    """The plain integer behind an integral number or a character."""
    return ord(value) if isinstance(value, str) else int(value)


def _divide_whole(a: int, b: int) -> int:
    if b == 0:
        raise throw("ArithmeticException", "/ by zero")
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def _rest_whole(a: int, b: int) -> int:
    return a - b * _divide_whole(a, b)


def _divide_real(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _rest_real(a: float, b: float) -> float:
    if b == 0.0 or a in (math.inf, -math.inf):
        return math.nan
    return math.fmod(a, b)


_WHOLE: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide_whole,
    "%": _rest_whole,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
_REAL: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide_real,
    "%": _rest_real,
}


def _decimals(op: str, a: Decimal, b: Decimal) -> Decimal:
    if op == "+":
        return EXACT.add(a, b)
    if op == "-":
        return EXACT.subtract(a, b)
    if op == "*":
        return EXACT.multiply(a, b)
    if b == 0:
        raise throw("ArithmeticException", "/ by zero")
    if op == "/":
        return Context(prec=34, rounding=ROUND_HALF_EVEN).divide(a, b)
    return EXACT.remainder(a, b)


def unsuitable(op: str, a: Value, b: Value) -> Exception:
    """The exception for an operator between things it is not for."""
    if a is None or b is None:
        return null_pointer(f"operand of '{op}' is null")
    what = f"bad operand types for '{op}': {class_word(a)} and {class_word(b)}"
    return throw("ClassCastException", what)


def arithmetic(op: str, a: Value, b: Value) -> Value:
    """``a op b`` for ``+ - * / % & | ^`` on two numbers, or ``& | ^`` on two Booleans."""
    left, right = RANK.get(type(a)), RANK.get(type(b))
    if left is None or right is None:
        if type(a) is bool and type(b) is bool and op in "&|^":
            return bool(_WHOLE[op](a, b))
        raise unsuitable(op, a, b)
    rank = max(left, right)
    if rank <= 5:
        found = _WHOLE[op](whole(a), whole(b))
        if rank <= 3:
            return wrap32(found)
        return Long(wrap64(found)) if rank == 4 else big(found)
    if op not in _REAL:
        raise unsuitable(op, a, b)
    if rank == 8:
        return _decimals(op, decimal(a), decimal(b))
    one, other = float(whole_or_real(a)), float(whole_or_real(b))
    if rank == 6:
        return single(_REAL[op](single(one), single(other)))
    return _REAL[op](one, other)


def whole_or_real(value: Value) -> Value:
    """Characters as numbers, numbers as they are."""
    return ord(value) if isinstance(value, str) else value


def decimal(value: Value) -> Decimal:
    """A number as Java's ``BigDecimal.valueOf`` makes it."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise throw("NumberFormatException", "infinite or not a number")
        return Decimal(float_text(value) if type(value) is Float else double_text(value))
    return Decimal(whole(value))


def shift(op: str, a: Value, b: Value) -> Value:
    """``a << b``, ``a >> b`` or ``a >>> b``."""
    if RANK.get(type(a), 9) > 4 or RANK.get(type(b), 9) > 4:
        raise unsuitable(op, a, b)
    bits = 64 if type(a) is Long else 32
    value, by = whole(a), whole(b) & (bits - 1)
    if op == "<<":
        value <<= by
    elif op == ">>":
        value >>= by
    else:
        value = (value & ((1 << bits) - 1)) >> by
    return Long(wrap64(value)) if bits == 64 else wrap32(value)


def negate(value: Value) -> Value:
    """``-value``."""
    rank = RANK.get(type(value))
    if rank is None:
        raise unsuitable("-", value, 0)
    if rank <= 3:
        return wrap32(-whole(value))
    if rank == 4:
        return Long(wrap64(-value))
    if rank == 5:
        return BigInteger(-value)
    if rank == 8:
        return value.copy_negate()
    return Float(-value) if rank == 6 else -value


def plus(value: Value) -> Value:
    """``+value``: at least an int."""
    rank = RANK.get(type(value))
    if rank is None:
        raise unsuitable("+", value, 0)
    return whole(value) if rank <= 3 else value


def invert(value: Value) -> Value:
    """``~value``."""
    if RANK.get(type(value), 9) > 5:
        raise unsuitable("~", value, 0)
    if type(value) is Long:
        return Long(~value)
    return BigInteger(~value) if type(value) is BigInteger else ~whole(value)


def _clamped(value: Value, bits: int) -> int:
    if isinstance(value, float):
        if value != value:
            return 0
        top = (1 << (bits - 1)) - 1
        return (
            int(max(-top - 1, min(top, value)))
            if abs(value) < 2.0**80
            else (top if value > 0 else -top - 1)
        )
    if isinstance(value, Decimal):
        return int(value)
    return whole(value)


def narrow(value: Value, target: str) -> Value:
    """Convert a number to a primitive type or its box, as a Java cast between numbers does."""
    if type(value) is int and target == "int" and -0x80000000 <= value <= 0x7FFFFFFF:
        return value
    if type(value) not in RANK:
        raise unsuitable(f"({target})", value, 0)
    if target == "double":
        return float(whole_or_real(value))
    if target == "float":
        return single(float(whole_or_real(value)))
    if target == "long":
        return Long(wrap64(_clamped(value, 64)))
    number = wrap32(_clamped(value, 32))
    if target == "int":
        return number
    if target == "short":
        return Short(((number + 0x8000) & 0xFFFF) - 0x8000)
    if target == "byte":
        return Byte(((number + 0x80) & 0xFF) - 0x80)
    return Char(chr(number & 0xFFFF))


def promoted(a: Value, b: Value) -> tuple[Value, Value]:
    """Two numbers (or characters) as what they are compared as."""
    left, right = RANK[type(a)], RANK[type(b)]
    rank = max(left, right)
    a, b = whole_or_real(a), whole_or_real(b)
    if rank == 7 and left != right:
        return float(a), float(b)
    if rank == 6 and left != right:
        return single(float(a)), single(float(b))
    return a, b


def numbers_equal(a: Value, b: Value) -> bool:
    """Whether two numbers (or characters) of any types are equal in value."""
    one, other = promoted(a, b)
    return bool(one == other)
