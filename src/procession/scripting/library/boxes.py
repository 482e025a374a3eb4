"""``Integer``, ``Long``, ``Double`` and their sisters, ``Boolean``, ``Character``."""

from __future__ import annotations

import math
import re
from typing import Final

from procession.scripting.equality import compare
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch, number, text
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import narrow, single
from procession.scripting.throwables import throw
from procession.values import Byte, Float, Long, Short, Value

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_REAL: Final = re.compile(
    r"[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?[fFdD]?)\Z"
)
_HEX: Final = re.compile(r"[+-]?0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]{1,4}[fFdD]?\Z")
_BLANK: Final = "".join(map(chr, range(33)))
_LIMITS: Final = {"int": 32, "long": 64, "short": 16, "byte": 8}


def not_a_number(value: str | None, base: int = 10) -> Exception:
    """The exception for a text that is no number."""
    if value is None:
        return throw("NumberFormatException", "Cannot parse null string")
    under = "" if base == 10 else f" under radix {base}"
    return throw("NumberFormatException", f'For input string: "{value[:200]}"{under}')


def parse_whole(value: Value, bits: int, base: int = 10) -> int:
    """A whole number from a text, as strictly as Java."""
    if value is None:
        raise not_a_number(None)
    if not 2 <= base <= 36:
        which, edge = ("less", "MIN") if base < 2 else ("greater", "MAX")
        what = f"radix {base} {which} than Character.{edge}_RADIX"
        raise throw("NumberFormatException", what)
    digits = text(value)
    plain = digits[1:] if digits[:1] in ("+", "-") else digits
    known = set(_DIGITS[:base])
    if not plain or len(plain) > 70 or not set(plain.lower()) <= known:
        raise not_a_number(digits, base)
    found = int(plain, base) * (-1 if digits[0] == "-" else 1)
    if not -(1 << (bits - 1)) <= found < 1 << (bits - 1):
        if bits < 32:
            what = f'Value out of range. Value:"{digits}" Radix:{base}'
            raise throw("NumberFormatException", what)
        raise not_a_number(digits, base)
    return found


def parse_real(value: Value) -> float:
    """A double from a text."""
    if value is None:
        raise throw("NullPointerException")
    trimmed = text(value).strip(_BLANK)
    if not trimmed:
        raise throw("NumberFormatException", "empty String")
    if len(trimmed) <= 1000:
        if _REAL.match(trimmed):
            return float(trimmed.rstrip("fFdD") if trimmed[-1] in "fFdD" else trimmed)
        if _HEX.match(trimmed):
            return float.fromhex(trimmed.rstrip("fFdD"))
    raise throw("NumberFormatException", f'For input string: "{trimmed[:200]}"')


def radix_text(value: int, base: int) -> str:
    """A whole number in another base."""
    if not 2 <= base <= 36:
        base = 10
    digits, rest = "", abs(value)
    while rest:
        rest, digit = divmod(rest, base)
        digits = _DIGITS[digit] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _as(kind: str) -> Function:
    return lambda f, value: narrow(number(value), kind)


def _number_methods() -> dict[str, Function]:
    kinds = ("int", "long", "double", "float", "short", "byte")
    return {f"{kind} {kind}Value()": _as(kind) for kind in kinds}


def _compare(f: Frame, a: Value, b: Value) -> int:
    return compare(a, b, f)


def larger(a: Value, b: Value) -> Value:
    """The larger of two numbers: no number at all wins, and 0.0 is larger than -0.0."""
    if a != a or b != b:
        return math.nan
    return b if a < b or (a == b == 0 and math.copysign(1.0, a) < 0) else a


def smaller(a: Value, b: Value) -> Value:
    """The smaller of two numbers."""
    if a != a or b != b:
        return math.nan
    return b if b < a or (a == b == 0 and math.copysign(1.0, b) < 0) else a


def _parser(kind: str) -> Function:
    def parse(f: Frame, value: Value, base: Value = 10) -> Value:
        if kind in _LIMITS:
            return narrow(parse_whole(value, _LIMITS[kind], integer(base)), kind)
        return narrow(parse_real(value), kind)

    return parse


def _value_of(kind: str) -> Function:
    parse = _parser(kind)

    def value_of(f: Frame, value: Value, base: Value = 10) -> Value:
        if type(value) is str or value is None:
            return parse(f, value, base)
        return narrow(number(value), kind)

    return value_of


def _number(kind: str, name: str, host: type) -> JavaClass:
    made = JavaClass(
        f"java.lang.{name}", host, parents=("java.lang.Number", "java.lang.Comparable")
    )
    parse = f"parse{'Int' if kind == 'int' else name}"
    made.all(
        {
            f"{name}(Object)": _value_of(kind),
            **_number_methods(),
            f"static {kind} {parse}(String)": _parser(kind),
            f"static {kind} {parse}(String, int)": _parser(kind),
            f"static {name} valueOf(Object)": _value_of(kind),
            f"static {name} valueOf(String, int)": _value_of(kind),
            "static String toString(Object)": lambda f, v: f.text(narrow(number(v), kind)),
            "static int compare(Object, Object)": _compare,
            f"static {kind} max(Object, Object)": lambda f, a, b: narrow(larger(a, b), kind),
            f"static {kind} min(Object, Object)": lambda f, a, b: narrow(smaller(a, b), kind),
            f"static {kind} sum(Object, Object)": lambda f, a, b: narrow(a + b, kind),
        }
    )
    return made


def _unsigned(base: int, bits: int) -> Function:
    return lambda f, v: radix_text(integer(v) & ((1 << bits) - 1), base)


def _whole(kind: str, name: str, host: type) -> JavaClass:
    made = _number(kind, name, host)
    bits = _LIMITS[kind]
    top = 1 << (bits - 1)
    made.constants = {
        "MAX_VALUE": narrow(top - 1, kind),
        "MIN_VALUE": narrow(-top, kind),
        "SIZE": bits,
    }
    made.all(
        {
            "static String toString(Object, int)": (
                lambda f, v, base: radix_text(integer(v), integer(base))
            ),
            "static String toHexString(Object)": _unsigned(16, bits),
            "static String toBinaryString(Object)": _unsigned(2, bits),
            "static String toOctalString(Object)": _unsigned(8, bits),
            "static int signum(Object)": lambda f, v: (integer(v) > 0) - (integer(v) < 0),
            "static int bitCount(Object)": lambda f, v: (
                integer(v) & ((1 << bits) - 1)
            ).bit_count(),
        }
    )
    return made


INTEGER: Final = _whole("int", "Integer", int)
LONG: Final = _whole("long", "Long", Long)
SHORT: Final = _whole("short", "Short", Short)
BYTE: Final = _whole("byte", "Byte", Byte)


def _real(kind: str, name: str, host: type, top: Value, least: Value) -> JavaClass:
    made = _number(kind, name, host)
    inf = narrow(float("inf"), kind)
    made.constants = {
        "MAX_VALUE": top,
        "MIN_VALUE": least,
        "NaN": narrow(float("nan"), kind),
        "POSITIVE_INFINITY": inf,
        "NEGATIVE_INFINITY": -inf if kind == "double" else single(-inf),
    }
    made.all(
        {
            "boolean isNaN()": lambda f, v: v != v,
            "boolean isInfinite()": lambda f, v: abs(v) == inf,
            "static boolean isNaN(double)": lambda f, v: number(v) != v,
            "static boolean isInfinite(double)": lambda f, v: abs(number(v)) == inf,
        }
    )
    return made


DOUBLE: Final = _real("double", "Double", float, 1.7976931348623157e308, 5e-324)
FLOAT: Final = _real("float", "Float", Float, single(3.4028234663852886e38), single(1.4e-45))
NUMBER: Final = JavaClass("java.lang.Number", parents=("java.lang.Object",), doc="any number")
NUMBER.all(_number_methods())
COMPARABLE: Final = JavaClass("java.lang.Comparable", doc="what has an order")


def _boolean(f: Frame, value: Value) -> bool:
    if type(value) is bool:
        return value
    return type(value) is str and value.lower() == "true"


def _truth(value: Value) -> bool:
    if type(value) is not bool:
        raise mismatch("a Boolean", value)
    return value


BOOLEAN: Final = JavaClass("java.lang.Boolean", bool, parents=("java.lang.Comparable",))
BOOLEAN.constants = {"TRUE": True, "FALSE": False}
BOOLEAN.all(
    {
        "Boolean(Object)": _boolean,
        "boolean booleanValue()": lambda f, b: b,
        "static boolean parseBoolean(String)": _boolean,
        "static Boolean valueOf(Object)": _boolean,
        "static String toString(boolean)": lambda f, b: f.text(_truth(b)),
        "static int compare(boolean, boolean)": _compare,
        "static boolean logicalAnd(boolean, boolean)": lambda f, a, b: _truth(a) and _truth(b),
        "static boolean logicalOr(boolean, boolean)": lambda f, a, b: _truth(a) or _truth(b),
        "static boolean logicalXor(boolean, boolean)": lambda f, a, b: _truth(a) is not _truth(b),
    }
)


CLASSES: Final = [
    INTEGER,
    LONG,
    SHORT,
    BYTE,
    DOUBLE,
    FLOAT,
    BOOLEAN,
    NUMBER,
    COMPARABLE,
]
