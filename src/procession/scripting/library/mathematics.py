"""``Math``."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, number, real
from procession.scripting.library.boxes import larger, smaller
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import RANK, arithmetic, big, decimal, narrow, negate, single
from procession.scripting.throwables import throw
from procession.values import BigInteger, Byte, Long, Short, Value


def _real(function: Callable[[float], float]) -> Function:
    def call(f: Frame, value: Value) -> float:
        try:
            return function(real(value))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return call


def _log(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: -math.inf if x == 0 else function(x)


def _power(f: Frame, base: Value, exponent: Value) -> float:
    a, b = real(base), real(exponent)
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        return (
            math.copysign(math.inf, a)
            if a == 0 and b % 2 == 1
            else (math.inf if a == 0 else math.nan)
        )


def _floor(x: float) -> float:
    return math.copysign(float(math.floor(x)), x) if math.isfinite(x) else x


def _ceil(x: float) -> float:
    return math.copysign(float(math.ceil(x)), x) if math.isfinite(x) else x


def _round(f: Frame, value: Value) -> Value:
    """Whole numbers become floats, as in Java, where only ``long`` becomes a ``double``."""
    given = number(value)
    kind = "long" if type(given) in (float, Long) else "int"
    if not isinstance(given, float):
        given = float(given) if type(given) is Long else single(float(given))
    if abs(given) < 2.0**52:
        low = math.floor(given)
        given = low + (given - low >= 0.5)
    return narrow(given, kind)


def _absolute(f: Frame, value: Value) -> Value:
    given = number(value)
    if isinstance(given, float):
        return type(given)(math.fabs(given))
    if given >= 0:
        return int(given) if type(given) in (Short, Byte) else given
    return negate(given)


def _choose(pick: Callable[[Value, Value], Value]) -> Function:
    def choose(f: Frame, a: Value, b: Value) -> Value:
        one, other = number(a), number(b)
        rank = max(RANK[type(one)], RANK[type(other)])
        picked = pick(one, other)
        if rank in (5, 8):
            return big(int(picked)) if rank == 5 else decimal(picked)
        return narrow(picked, _KINDS.get(rank, "int"))

    return choose


_KINDS: Final = {4: "long", 6: "float", 7: "double"}


def _sign(f: Frame, value: Value) -> Value:
    given = number(value)
    if not isinstance(given, float):
        given = single(float(given))
    if given == 0 or given != given:
        return given
    return type(given)(math.copysign(1.0, given))


def _next(toward: float) -> Function:
    def step(f: Frame, value: Value) -> float:
        return math.nextafter(real(value), toward)

    return step


def _exact_by(op: str, amount: int) -> Function:
    exact = _exact(op)

    def call(f: Frame, value: Value) -> Value:
        given = number(value)
        if op == "-":
            return exact(f, Long(0) if type(given) is Long else 0, given)
        return exact(f, given, amount)

    return call


def _exact(op: str) -> Function:
    def call(f: Frame, a: Value, b: Value) -> Value:
        found = arithmetic(op, a, b)
        if int(found) != int(arithmetic(op, BigInteger(integer(a)), BigInteger(integer(b)))):
            kind = "long" if type(found) is Long else "integer"
            raise throw("ArithmeticException", f"{kind} overflow")
        return found

    return call


def _floor_div(f: Frame, a: Value, b: Value) -> Value:
    x, y = integer(a), integer(b)
    if y == 0:
        raise throw("ArithmeticException", "/ by zero")
    return narrow(x // y, "long" if Long in (type(a), type(b)) else "int")


def _floor_mod(f: Frame, a: Value, b: Value) -> Value:
    x, y = integer(a), integer(b)
    if y == 0:
        raise throw("ArithmeticException", "/ by zero")
    return narrow(x % y, "long" if type(b) is Long else "int")


def _fma(f: Frame, a: Value, b: Value, c: Value) -> float:
    one, two, three = real(a), real(b), real(c)
    if not all(map(math.isfinite, (one, two, three))):
        return one * two + three
    return float(Fraction(one) * Fraction(two) + Fraction(three))


def _to_int(f: Frame, value: Value) -> int:
    found = integer(value)
    if not -(1 << 31) <= found < 1 << 31:
        raise throw("ArithmeticException", "integer overflow")
    return int(found)


MATH: Final = JavaClass("java.lang.Math")
MATH.constants = {"PI": math.pi, "E": math.e}
MATH.all(
    {
        "static double sqrt(double)": _real(math.sqrt),
        "static double cbrt(double)": _real(lambda x: math.copysign(abs(x) ** (1 / 3), x)),
        "static double pow(double, double)": _power,
        "static double exp(double)": _real(math.exp),
        "static double log(double)": _real(_log(math.log)),
        "static double log10(double)": _real(_log(math.log10)),
        "static double sin(double)": _real(math.sin),
        "static double cos(double)": _real(math.cos),
        "static double tan(double)": _real(math.tan),
        "static double asin(double)": _real(math.asin),
        "static double acos(double)": _real(math.acos),
        "static double atan(double)": _real(math.atan),
        "static double atan2(double, double)": lambda f, a, b: math.atan2(real(a), real(b)),
        "static double hypot(double, double)": lambda f, a, b: math.hypot(real(a), real(b)),
        "static double toRadians(double)": _real(math.radians),
        "static double toDegrees(double)": _real(math.degrees),
        "static double floor(double)": _real(_floor),
        "static double ceil(double)": _real(_ceil),
        "static double rint(double)": _real(
            lambda x: math.copysign(float(round(x)), x) if math.isfinite(x) else x
        ),
        "static Number signum(Number)": _sign,
        "static double sinh(double)": _real(math.sinh),
        "static double cosh(double)": _real(math.cosh),
        "static double tanh(double)": _real(math.tanh),
        "static double log1p(double)": _real(
            lambda x: math.log1p(x) if x > -1 else _log(math.log)(x + 1)
        ),
        "static double expm1(double)": _real(math.expm1),
        "static double ulp(double)": _real(math.ulp),
        "static double nextUp(double)": _next(math.inf),
        "static double nextDown(double)": _next(-math.inf),
        "static double copySign(double, double)": lambda f, a, b: math.copysign(real(a), real(b)),
        "static double fma(double, double, double)": _fma,
        "static Number negateExact(Number)": _exact_by("-", 0),
        "static Number incrementExact(Number)": _exact_by("+", 1),
        "static Number decrementExact(Number)": _exact_by("+", -1),
        "static long round(double)": _round,
        "static Number abs(Number)": _absolute,
        "static Number max(Number, Number)": _choose(larger),
        "static Number min(Number, Number)": _choose(smaller),
        "static Number addExact(Number, Number)": _exact("+"),
        "static Number subtractExact(Number, Number)": _exact("-"),
        "static Number multiplyExact(Number, Number)": _exact("*"),
        "static int toIntExact(long)": _to_int,
        "static Number floorDiv(Number, Number)": _floor_div,
        "static Number floorMod(Number, Number)": _floor_mod,
        "static double random()": lambda f: f.random().double(),
    }
)


CLASSES: Final = [MATH]
