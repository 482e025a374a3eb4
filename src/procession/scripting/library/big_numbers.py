"""``BigInteger`` and ``BigDecimal``, bounded in size."""

from __future__ import annotations

import math
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    Inexact,
    InvalidOperation,
)
from typing import Final

from procession.errors import LimitExceeded
from procession.scripting.equality import wrap64
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, number, text
from procession.scripting.library.boxes import not_a_number, radix_text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import (
    BIG_BITS,
    BIG_DIGITS,
    EXACT,
    arithmetic,
    big,
    decimal,
    narrow,
)
from procession.scripting.throwables import throw
from procession.values import BigInteger, Long, Value


def _new_big(f: Frame, value: Value, base: Value = 10) -> BigInteger:
    digits = text(value)
    if not digits:
        raise throw("NumberFormatException", "Zero length BigInteger")
    plain = digits[1:] if digits[:1] in ("+", "-") else digits
    if len(plain) > BIG_DIGITS:
        raise LimitExceeded(f"whole numbers may have {BIG_DIGITS} digits in scripts")
    f.burn(len(plain) // 4 + 1)
    if not plain.isascii() or not plain.isalnum() or not 2 <= integer(base) <= 36:
        raise not_a_number(digits)
    try:
        return big(int(digits, integer(base)))
    except ValueError:
        raise not_a_number(digits) from None


def _big(value: Value) -> BigInteger:
    if type(value) is not BigInteger:
        raise mismatch("a BigInteger", value)
    return value


def _big_op(op: str) -> Function:
    def call(f: Frame, a: BigInteger, b: Value) -> Value:
        f.burn((a.bit_length() + _big(b).bit_length()) // 64 + 1)
        if op in "/%" and b == 0:
            raise throw("ArithmeticException", "BigInteger divide by zero")
        return arithmetic(op, a, b)

    return call


def _big_pow(f: Frame, a: BigInteger, exponent: Value) -> BigInteger:
    power = integer(exponent)
    if power < 0:
        raise throw("ArithmeticException", "Negative exponent")
    if abs(a) > 1 and max(1, a.bit_length() - 1) * power > BIG_BITS:
        raise LimitExceeded(f"whole numbers may have {BIG_BITS} bits in scripts")
    f.burn(200)
    return big(int(a) ** (power if abs(a) > 1 else power % 2 + 2))


def _big_shift(f: Frame, a: BigInteger, by: Value, sign: int) -> BigInteger:
    places = integer(by) * sign
    if places > BIG_BITS:
        raise LimitExceeded(f"whole numbers may have {BIG_BITS} bits in scripts")
    return big(int(a) << places if places >= 0 else int(a) >> min(-places, BIG_BITS))


def _big_mod(f: Frame, a: BigInteger, b: Value) -> BigInteger:
    if _big(b) <= 0:
        raise throw("ArithmeticException", "BigInteger: modulus not positive")
    return big(int(a) % int(b))


def _mod_pow(f: Frame, a: BigInteger, exponent: Value, modulus: Value) -> BigInteger:
    if _big(modulus) <= 0 or _big(exponent) < 0:
        raise throw("ArithmeticException", "BigInteger: modulus not positive")
    f.burn((modulus.bit_length() // 16 + 1) ** 2 * (exponent.bit_length() // 16 + 1))
    return big(pow(int(a), int(exponent), int(modulus)))


BIG_INTEGER: Final = JavaClass("java.math.BigInteger", BigInteger, parents=("java.lang.Number",))
BIG_INTEGER.constants = {name: BigInteger(n) for name, n in (("ZERO", 0), ("ONE", 1), ("TEN", 10))}
BIG_INTEGER.all(
    {
        "BigInteger(String)": _new_big,
        "BigInteger(String, int)": _new_big,
        "static BigInteger valueOf(long)": lambda f, v: BigInteger(integer(v)),
        "BigInteger add(BigInteger)": _big_op("+"),
        "BigInteger subtract(BigInteger)": _big_op("-"),
        "BigInteger multiply(BigInteger)": _big_op("*"),
        "BigInteger divide(BigInteger)": _big_op("/"),
        "BigInteger remainder(BigInteger)": _big_op("%"),
        "BigInteger mod(BigInteger)": _big_mod,
        "BigInteger modPow(BigInteger, BigInteger)": _mod_pow,
        "BigInteger pow(int)": _big_pow,
        "BigInteger gcd(BigInteger)": lambda f, a, b: BigInteger(math.gcd(a, _big(b))),
        "BigInteger negate()": lambda f, a: BigInteger(-a),
        "BigInteger abs()": lambda f, a: BigInteger(abs(a)),
        "BigInteger max(BigInteger)": lambda f, a, b: max(a, _big(b)),
        "BigInteger min(BigInteger)": lambda f, a, b: min(a, _big(b)),
        "BigInteger shiftLeft(int)": lambda f, a, n: _big_shift(f, a, n, 1),
        "BigInteger shiftRight(int)": lambda f, a, n: _big_shift(f, a, n, -1),
        "int signum()": lambda f, a: (a > 0) - (a < 0),
        "int bitLength()": lambda f, a: (a if a >= 0 else ~a).bit_length(),
        "int intValue()": lambda f, a: narrow(a, "int"),
        "long longValue()": lambda f, a: Long(wrap64(a)),
        "double doubleValue()": lambda f, a: narrow(a, "double"),
        "String toString(int)": lambda f, a, base: radix_text(a, integer(base)),
    }
)
ROUNDINGS: Final = {
    "UP": ROUND_UP,
    "DOWN": ROUND_DOWN,
    "CEILING": ROUND_CEILING,
    "FLOOR": ROUND_FLOOR,
    "HALF_UP": ROUND_HALF_UP,
    "HALF_DOWN": ROUND_HALF_DOWN,
    "HALF_EVEN": ROUND_HALF_EVEN,
}
UNNECESSARY: Final = "unnecessary"
_BY_ZERO: Final = "Division by zero"
_NUMBERED: Final = list(ROUNDINGS.values())


class RoundingMode:
    """``java.math.RoundingMode``."""

    __slots__ = ("name",)
    type_name = "java.math.RoundingMode"

    def __init__(self, name: str) -> None:
        self.name = name

    def shown(self) -> str:
        """What it prints as."""
        return self.name


def rounding(mode: Value) -> str:
    """The rounding of a mode or of its old number."""
    if isinstance(mode, RoundingMode):
        return ROUNDINGS.get(mode.name, UNNECESSARY)
    at = integer(mode)
    if at == len(_NUMBERED):
        return UNNECESSARY
    if not 0 <= at < len(_NUMBERED):
        raise throw("IllegalArgumentException", "Invalid rounding mode")
    return _NUMBERED[at]


def new_decimal(f: Frame, value: Value) -> Decimal:
    """``new BigDecimal``."""
    if type(value) is not str:
        given = number(value)
        return EXACT.create_decimal(given if not isinstance(given, float) else float(given))
    if len(value) > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    f.burn(len(value) // 4 + 1)
    try:
        found = Decimal(value) if value.strip() == value and "_" not in value else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        wrong = next((c for c in value if not c.isdigit() and c not in "+-.eE"), "")
        what = (
            'is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
        )
        told = f"Character {wrong} {what}" if wrong else None
        raise throw("NumberFormatException", told)
    if abs(found.adjusted()) > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    return found if found else found.copy_abs()


def _dec(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise mismatch("a BigDecimal", value)
    return value


def _pay(f: Frame, *given: Decimal) -> None:
    f.burn(sum(len(one.as_tuple().digits) + abs(exponent(one)) for one in given) // 16 + 1)


def exponent(value: Decimal) -> int:
    """The power of ten of the last digit."""
    return int(value.as_tuple().exponent)


def _decimal_op(op: str) -> Function:
    def call(f: Frame, a: Decimal, b: Value) -> Value:
        _pay(f, a, _dec(b))
        return arithmetic(op, a, b)

    return call


def divide(f: Frame, a: Decimal, b: Value, scale: Value = None, mode: Value = None) -> Decimal:
    """``divide``: exactly, or to a scale with a rounding mode."""
    _pay(f, a, _dec(b))
    if b == 0:
        undefined = not a and scale is None
        raise throw("ArithmeticException", "Division undefined" if undefined else _BY_ZERO)
    if scale is None:
        exact = EXACT.copy()
        exact.prec = 1000
        exact.clear_flags()
        found = exact.divide(a, b)
        if exact.flags[Inexact]:
            what = "Non-terminating decimal expansion; no exact representable decimal result."
            raise throw("ArithmeticException", what)
        preferred = exponent(a) - exponent(b)
        return (
            _rescaled(found, max(0, -preferred), ROUND_HALF_UP)
            if (exponent(found) > preferred)
            else found
        )
    if mode is None:
        scale, mode = -exponent(a), scale
    places = integer(scale)
    if abs(places) > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    top, bottom = a.scaleb(places, EXACT), b
    quotient = EXACT.divide_int(top, bottom)
    rest = EXACT.subtract(top, EXACT.multiply(quotient, bottom))
    if rest:
        if rounding(mode) == UNNECESSARY:
            raise throw("ArithmeticException", "Rounding necessary")
        share = EXACT.divide(abs(rest), abs(bottom))
        tail = Decimal(5) if share * 2 == 1 else Decimal(4) if share * 2 < 1 else Decimal(6)
        sign = -1 if (top < 0) != (bottom < 0) else 1
        quotient = EXACT.add(quotient, tail.scaleb(-1) * sign)
        quotient = quotient.quantize(Decimal(1), rounding=rounding(mode), context=EXACT)
    return quotient.quantize(Decimal(1), context=EXACT).scaleb(-places, EXACT)


def _rescaled(value: Decimal, scale: int, rounding: str) -> Decimal:
    if abs(scale) > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    return value.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=EXACT)


def _set_scale(f: Frame, a: Decimal, scale: Value, mode: Value = None) -> Decimal:
    _pay(f, a)
    how = UNNECESSARY if mode is None else rounding(mode)
    found = _rescaled(a, integer(scale), ROUND_HALF_UP if how == UNNECESSARY else how)
    if how == UNNECESSARY and found != a:
        raise throw("ArithmeticException", "Rounding necessary")
    return found


def _decimal_pow(f: Frame, a: Decimal, exponent: Value) -> Decimal:
    power = integer(exponent)
    if not 0 <= power <= 999_999_999:
        raise throw("ArithmeticException", "Invalid operation")
    if len(a.as_tuple().digits) * power > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    f.burn(200)
    return EXACT.power(a, power)


def _plain(f: Frame, a: Decimal) -> str:
    f.make_text(abs(exponent(a)) + len(a.as_tuple().digits))
    return f"{a:f}"


DECIMAL: Final = JavaClass("java.math.BigDecimal", Decimal, parents=("java.lang.Number",))
DECIMAL.constants = {
    **{name: Decimal(n) for name, n in (("ZERO", 0), ("ONE", 1), ("TEN", 10))},
    **{f"ROUND_{name}": at for at, name in enumerate((*ROUNDINGS, "UNNECESSARY"))},
}
DECIMAL.all(
    {
        "BigDecimal(Object)": new_decimal,
        "static BigDecimal valueOf(Number)": lambda f, v: decimal(number(v)),
        "BigDecimal add(BigDecimal)": _decimal_op("+"),
        "BigDecimal subtract(BigDecimal)": _decimal_op("-"),
        "BigDecimal multiply(BigDecimal)": _decimal_op("*"),
        "BigDecimal remainder(BigDecimal)": _decimal_op("%"),
        "BigDecimal divide(BigDecimal)": divide,
        "BigDecimal divide(BigDecimal, RoundingMode)": divide,
        "BigDecimal divide(BigDecimal, int, RoundingMode)": divide,
        "BigDecimal setScale(int)": _set_scale,
        "BigDecimal setScale(int, RoundingMode)": _set_scale,
        "BigDecimal pow(int)": _decimal_pow,
        "BigDecimal negate()": lambda f, a: a.copy_negate() if a else a,
        "BigDecimal abs()": lambda f, a: a.copy_abs(),
        "BigDecimal max(BigDecimal)": lambda f, a, b: a if a >= _dec(b) else b,
        "BigDecimal min(BigDecimal)": lambda f, a, b: a if a <= _dec(b) else b,
        "BigDecimal stripTrailingZeros()": lambda f, a: a.normalize(EXACT),
        "int signum()": lambda f, a: (a > 0) - (a < 0),
        "int scale()": lambda f, a: -exponent(a),
        "int precision()": lambda f, a: len(a.as_tuple().digits),
        "int intValue()": lambda f, a: narrow(a, "int"),
        "long longValue()": lambda f, a: narrow(a, "long"),
        "double doubleValue()": lambda f, a: narrow(a, "double"),
        "float floatValue()": lambda f, a: narrow(a, "float"),
        "BigInteger toBigInteger()": lambda f, a: big(int(a)),
        "String toPlainString()": _plain,
    }
)
ROUNDING: Final = JavaClass("java.math.RoundingMode", RoundingMode)
ROUNDING.constants = {name: RoundingMode(name) for name in (*ROUNDINGS, "UNNECESSARY")}
ROUNDING.all({"String name()": lambda f, m: m.name})
CLASSES: Final = [BIG_INTEGER, DECIMAL, ROUNDING]
