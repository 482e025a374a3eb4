"""``Math``."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import (
    Decimal,
)
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, number, real
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import (
    arithmetic,
    decimal,
    narrow,
    negate,
)
from procession.scripting.throwables import throw
from procession.values import BigInteger, Float, Long, Value


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
    return float(math.floor(x)) if math.isfinite(x) else x


def _ceil(x: float) -> float:
    return float(math.ceil(x)) if math.isfinite(x) else x


def _round(f: Frame, value: Value) -> Value:
    given = number(value)
    if not isinstance(given, float):
        return narrow(given, "long")
    return narrow(
        _floor(given + 0.5) if abs(given) < 2.0**52 else given,
        "int" if type(given) is Float else "long",
    )


def _absolute(f: Frame, value: Value) -> Value:
    given = number(value)
    return negate(given) if given < 0 else given


def _choose(pick: Callable[[Value, Value], Value]) -> Function:
    def choose(f: Frame, a: Value, b: Value) -> Value:
        zero = arithmetic("-", number(a), number(a)) if not isinstance(a, float) else 0
        other = arithmetic("-", number(b), number(b)) if not isinstance(b, float) else 0
        picked = pick(number(a), number(b))
        kind = type(arithmetic("+", _like(a, zero), _like(b, other)))
        return _TO.get(kind, float)(picked)

    return choose


def _like(value: Value, zero: Value) -> Value:
    return (Float(0) if type(value) is Float else 0.0) if isinstance(value, float) else zero


_TO: Final[dict[type, Callable[[Value], Value]]] = {
    int: int,
    Long: Long,
    float: float,
    Float: Float,
    BigInteger: BigInteger,
    Decimal: decimal,
}


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
        "static double rint(double)": _real(lambda x: float(round(x)) if math.isfinite(x) else x),
        "static double signum(double)": _real(lambda x: float((x > 0) - (x < 0))),
        "static long round(double)": _round,
        "static Number abs(Number)": _absolute,
        "static Number max(Number, Number)": _choose(max),
        "static Number min(Number, Number)": _choose(min),
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
