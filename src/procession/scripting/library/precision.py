"""``MathContext``, ``RoundingMode`` and what else ``BigDecimal`` and ``BigInteger`` can do."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from procession.errors import LimitExceeded
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, text
from procession.scripting.library.big_numbers import (
    BIG_INTEGER,
    DECIMAL,
    ROUNDING,
    ROUNDINGS,
    RoundingMode,
    divide,
    exponent,
    new_decimal,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import BIG_DIGITS, EXACT, big, narrow
from procession.scripting.objects import ArrayObject
from procession.scripting.throwables import throw
from procession.values import BigInteger, Byte, Value


class Precision:
    """``java.math.MathContext``."""

    __slots__ = ("digits", "mode")
    type_name = "java.math.MathContext"

    def __init__(self, digits: int, mode: str = "HALF_UP") -> None:
        self.digits = digits
        self.mode = mode

    def shown(self) -> str:
        """What it prints as."""
        return f"precision={self.digits} roundingMode={self.mode}"

    def identity(self) -> tuple[int, str]:
        """What two equal ones have in common."""
        return (self.digits, self.mode)


def _new(f: Frame, digits: Value, mode: Value = None) -> Precision:
    count = integer(digits)
    if count < 0:
        raise throw("IllegalArgumentException", "Digits < 0")
    if count > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")
    return Precision(count, mode.name if isinstance(mode, RoundingMode) else "HALF_UP")


def _given(value: Value) -> Precision:
    if not isinstance(value, Precision):
        raise mismatch("a MathContext", value)
    return value


def rounded(value: Decimal, to: Precision) -> Decimal:
    """The value with so many digits."""
    if not to.digits:
        return value
    if to.mode == "UNNECESSARY" and len(value.as_tuple().digits) > to.digits:
        raise throw("ArithmeticException", "Rounding necessary")
    return Context(prec=to.digits, rounding=ROUNDINGS.get(to.mode, ROUND_HALF_UP)).plus(value)


def _after(op: Function) -> Function:
    def call(f: Frame, a: Decimal, b: Value, to: Value) -> Decimal:
        return rounded(op(f, a, b), _given(to))

    return call


def _quotient(f: Frame, a: Decimal, b: Value, to: Value) -> Decimal:
    if isinstance(to, RoundingMode) or not isinstance(to, Precision):
        return divide(f, a, b, to)
    if not to.digits:
        return divide(f, a, b)
    if b == 0:
        raise throw("ArithmeticException", "Division by zero" if a else "Division undefined")
    context = Context(prec=to.digits, rounding=ROUNDINGS.get(to.mode, ROUND_HALF_UP))
    found = context.divide(a, b)
    preferred = exponent(a) - exponent(b)
    while exponent(found) < preferred and found.as_tuple().digits[-1] == 0 and found:
        found = found.quantize(Decimal((0, (1,), exponent(found) + 1)), context=EXACT)
    return found


def _root(f: Frame, a: Decimal, to: Value) -> Decimal:
    if a < 0:
        what = "Attempted square root of negative BigDecimal"
        raise throw("ArithmeticException", what)
    f.burn(_given(to).digits * 8)
    return Context(prec=_given(to).digits or 100).sqrt(a)


def _whole_quotient(f: Frame, a: Decimal, b: Value) -> Decimal:
    if b == 0:
        raise throw("ArithmeticException", "Division by zero" if a else "Division undefined")
    found = EXACT.divide_int(a, b)
    preferred = exponent(a) - exponent(b)
    wanted = Decimal((0, (1,), min(preferred, 0) if preferred <= 0 else 0))
    return found.quantize(wanted, context=EXACT)


def _both(f: Frame, a: Decimal, b: Value) -> ArrayObject:
    whole = _whole_quotient(f, a, b)
    return ArrayObject([whole, EXACT.subtract(a, EXACT.multiply(whole, b))], DECIMAL.name)


def _moved(f: Frame, a: Decimal, by: int) -> Decimal:
    _small(by)
    made = a.scaleb(by, EXACT)
    return made if exponent(made) <= 0 else made.quantize(Decimal(1), context=EXACT)


def _small(places: int) -> None:
    if abs(places) > BIG_DIGITS:
        raise LimitExceeded(f"decimal numbers may have {BIG_DIGITS} digits in scripts")


def _unscaled(f: Frame, a: Decimal) -> BigInteger:
    sign, digits, _ = a.as_tuple()
    return big(int("".join(map(str, digits))) * (-1 if sign else 1))


def _of_unscaled(f: Frame, value: Value, scale: Value) -> Decimal:
    if isinstance(scale, Precision):
        return rounded(new_decimal(f, value), scale)
    _small(integer(scale))
    return Decimal(integer(value)).scaleb(-integer(scale), EXACT)


def _exact(kind: str, bits: int) -> Function:
    def call(f: Frame, a: Decimal) -> Value:
        whole = int(a)
        if whole != a:
            raise throw("ArithmeticException", "Rounding necessary")
        if not -(1 << (bits - 1)) <= whole < 1 << (bits - 1):
            raise throw("ArithmeticException", "Overflow")
        return narrow(whole, kind)

    return call


def _exact_big(f: Frame, a: Decimal) -> BigInteger:
    if int(a) != a:
        raise throw("ArithmeticException", "Rounding necessary")
    return big(int(a))


def _engineering(f: Frame, a: Decimal) -> str:
    with localcontext(EXACT):
        return a.to_eng_string()


_ADD, _SUBTRACT, _MULTIPLY = (
    DECIMAL.methods[name, 1].function for name in ("add", "subtract", "multiply")
)
DECIMAL.methods.pop(("divide", 2), None)
DECIMAL.all(
    {
        "BigDecimal(Object, Object)": _of_unscaled,
        "static BigDecimal valueOf(long, int)": _of_unscaled,
        "BigDecimal add(BigDecimal, MathContext)": _after(_ADD),
        "BigDecimal subtract(BigDecimal, MathContext)": _after(_SUBTRACT),
        "BigDecimal multiply(BigDecimal, MathContext)": _after(_MULTIPLY),
        "BigDecimal divide(BigDecimal, Object)": _quotient,
        "BigDecimal divideToIntegralValue(BigDecimal)": _whole_quotient,
        "BigDecimal[] divideAndRemainder(BigDecimal)": _both,
        "BigDecimal round(MathContext)": lambda f, a, to: rounded(a, _given(to)),
        "BigDecimal sqrt(MathContext)": _root,
        "BigDecimal plus()": lambda f, a: a,
        "BigInteger unscaledValue()": _unscaled,
        "BigDecimal ulp()": lambda f, a: Decimal((0, (1,), exponent(a))),
        "BigDecimal movePointLeft(int)": lambda f, a, n: _moved(f, a, -integer(n)),
        "BigDecimal movePointRight(int)": lambda f, a, n: _moved(f, a, integer(n)),
        "BigDecimal scaleByPowerOfTen(int)": lambda f, a, n: _scaled(a, integer(n)),
        "int intValueExact()": _exact("int", 32),
        "long longValueExact()": _exact("long", 64),
        "BigInteger toBigIntegerExact()": _exact_big,
        "String toEngineeringString()": _engineering,
    }
)


def _scaled(a: Decimal, by: int) -> Decimal:
    _small(by)
    return a.scaleb(by, EXACT)


CONTEXT: Final = JavaClass("java.math.MathContext", Precision)
CONTEXT.constants = {
    "UNLIMITED": Precision(0),
    "DECIMAL32": Precision(7, "HALF_EVEN"),
    "DECIMAL64": Precision(16, "HALF_EVEN"),
    "DECIMAL128": Precision(34, "HALF_EVEN"),
}
CONTEXT.all(
    {
        "MathContext(int)": _new,
        "MathContext(int, RoundingMode)": _new,
        "int getPrecision()": lambda f, o: o.digits,
        "RoundingMode getRoundingMode()": lambda f, o: ROUNDING.constants[o.mode],
    }
)


def _mode(f: Frame, name: Value) -> Value:
    found = ROUNDING.constants.get(text(name))
    if found is None:
        what = f"No enum constant java.math.RoundingMode.{text(name)}"
        raise throw("IllegalArgumentException", what)
    return found


ROUNDING.all(
    {
        "static RoundingMode valueOf(String)": _mode,
        "static RoundingMode[] values()": lambda f: ArrayObject(
            ROUNDING.constants.values(), ROUNDING.name
        ),
        "int ordinal()": lambda f, m: list(ROUNDING.constants).index(m.name),
    }
)

# -- BigInteger --------------------------------------------------------------------------------


def _other(value: Value) -> int:
    if type(value) is not BigInteger:
        raise mismatch("a BigInteger", value)
    return int(value)


def _bitwise(op: Function) -> Function:
    return lambda f, a, b: big(op(int(a), _other(b)))


def _bit(f: Frame, at: Value) -> int:
    if integer(at) < 0:
        raise throw("ArithmeticException", "Negative bit address")
    _small(integer(at))
    return 1 << integer(at)


def _both_whole(f: Frame, a: BigInteger, b: Value) -> ArrayObject:
    if _other(b) == 0:
        raise throw("ArithmeticException", "BigInteger divide by zero")
    whole = abs(int(a)) // abs(int(b)) * (1 if (a < 0) == (b < 0) else -1)
    return ArrayObject([BigInteger(whole), BigInteger(a - whole * b)], BIG_INTEGER.name)


def _inverse(f: Frame, a: BigInteger, modulus: Value) -> BigInteger:
    if _other(modulus) <= 0:
        raise throw("ArithmeticException", "BigInteger: modulus not positive")
    f.burn(modulus.bit_length())
    try:
        return BigInteger(pow(int(a), -1, int(modulus)))
    except ValueError:
        raise throw("ArithmeticException", "BigInteger not invertible.") from None


def _exactly(kind: str, bits: int) -> Function:
    def call(f: Frame, a: BigInteger) -> Value:
        if not -(1 << (bits - 1)) <= a < 1 << (bits - 1):
            raise throw("ArithmeticException", f"BigInteger out of {kind} range")
        return narrow(a, kind)

    return call


def _is_prime(f: Frame, value: int) -> bool:
    """Miller and Rabin's test with the first twelve primes: certain below 3.3e24."""
    found = abs(value)
    if found < 2:
        return False
    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if any(found % prime == 0 for prime in primes):
        return found in primes
    odd, twos = found - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    f.burn((found.bit_length() >> 2) ** 2 + 12)
    for base in primes:
        power = pow(base, odd, found)
        if power in (1, found - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % found
            if power == found - 1:
                break
        else:
            return False
    return True


def _next_prime(f: Frame, a: BigInteger) -> BigInteger:
    if a < 0:
        raise throw("ArithmeticException", f"start < 0: {a}")
    at = int(a) + 1
    while not _is_prime(f, at):
        f.burn(4)
        at += 1
    return big(at)


def _root_whole(f: Frame, a: BigInteger) -> BigInteger:
    if a < 0:
        raise throw("ArithmeticException", "Negative BigInteger")
    return BigInteger(math.isqrt(a))


def _bytes(f: Frame, a: BigInteger) -> ArrayObject:
    size = (a if a >= 0 else ~a).bit_length() // 8 + 1
    made = int(a).to_bytes(size, "big", signed=True)
    return ArrayObject([Byte(((b + 128) & 255) - 128) for b in made], "byte")


BIG_INTEGER.constants["TWO"] = BigInteger(2)
BIG_INTEGER.all(
    {
        "BigInteger and(BigInteger)": _bitwise(lambda a, b: a & b),
        "BigInteger or(BigInteger)": _bitwise(lambda a, b: a | b),
        "BigInteger xor(BigInteger)": _bitwise(lambda a, b: a ^ b),
        "BigInteger andNot(BigInteger)": _bitwise(lambda a, b: a & ~b),
        "BigInteger not()": lambda f, a: BigInteger(~a),
        "boolean testBit(int)": lambda f, a, n: bool(int(a) & _bit(f, n)),
        "BigInteger setBit(int)": lambda f, a, n: big(int(a) | _bit(f, n)),
        "BigInteger clearBit(int)": lambda f, a, n: big(int(a) & ~_bit(f, n)),
        "BigInteger flipBit(int)": lambda f, a, n: big(int(a) ^ _bit(f, n)),
        "int bitCount()": lambda f, a: (a if a >= 0 else ~a).bit_count(),
        "BigInteger[] divideAndRemainder(BigInteger)": _both_whole,
        "BigInteger modInverse(BigInteger)": _inverse,
        "int intValueExact()": _exactly("int", 32),
        "long longValueExact()": _exactly("long", 64),
        "boolean isProbablePrime(int)": lambda f, a, n: _is_prime(f, int(a)),
        "BigInteger nextProbablePrime()": _next_prime,
        "BigInteger sqrt()": _root_whole,
        "byte[] toByteArray()": _bytes,
    }
)
CLASSES: Final = [CONTEXT]
