"""Bits of whole numbers and of reals: the static functions of ``Integer``, ``Long`` and others."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Final

from procession.scripting.equality import hash_code
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, real, text
from procession.scripting.library.boxes import (
    BOOLEAN,
    BYTE,
    DOUBLE,
    FLOAT,
    INTEGER,
    LONG,
    SHORT,
    not_a_number,
    parse_whole,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import narrow, single
from procession.scripting.throwables import throw
from procession.values import Long, Value


def _plain(value: int, bits: int) -> int:
    return value & ((1 << bits) - 1)


def _reversed(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def _turned(value: int, by: int, bits: int) -> int:
    by &= bits - 1
    return (value << by) | (value >> (bits - by))


def _bytes_reversed(value: int, bits: int) -> int:
    return int.from_bytes(value.to_bytes(bits // 8, "big"), "little")


def _decoded(f: Frame, value: Value, bits: int) -> int:
    given = text(value)
    sign, rest = (given[:1], given[1:]) if given[:1] in ("-", "+") else ("", given)
    base = 10
    for prefix, number in (("0x", 16), ("0X", 16), ("#", 16), ("0", 8)):
        if rest.startswith(prefix) and len(rest) > len(prefix):
            rest, base = rest[len(prefix) :], number
            break
    if not given or rest[:1] in ("-", "+"):
        raise (
            throw("NumberFormatException", "Zero length string")
            if not given
            else (throw("NumberFormatException", "Sign character in wrong position"))
        )
    return parse_whole(("-" if sign == "-" else "") + rest, bits, base)


def _unsigned(op: Callable[[int, int], int], kind: str, bits: int) -> Function:
    def call(f: Frame, a: Value, b: Value) -> Value:
        left, right = _plain(integer(a), bits), _plain(integer(b), bits)
        if right == 0:
            raise throw("ArithmeticException", "/ by zero")
        return narrow(op(left, right), kind)

    return call


def _parse_unsigned(f: Frame, value: Value, kind: str, bits: int) -> Value:
    found = parse_whole(value, bits + 1)
    if found < 0:
        raise not_a_number(text(value))
    return narrow(found, kind)


def _whole(made: JavaClass, kind: str, bits: int) -> None:
    def on(change: Callable[[int], int], result: str = kind) -> Function:
        return lambda f, v: narrow(change(_plain(integer(v), bits)), result)

    def by(change: Callable[[int, int], int]) -> Function:
        return lambda f, v, n: narrow(change(_plain(integer(v), bits), integer(n)), kind)

    made.constants["BYTES"] = bits // 8
    simple = made.simple
    parse = f"parseUnsigned{'Int' if kind == 'int' else 'Long'}"
    made.all(
        {
            f"static {kind} reverse({kind})": on(lambda v: _reversed(v, bits)),
            f"static {kind} reverseBytes({kind})": on(lambda v: _bytes_reversed(v, bits)),
            f"static {kind} highestOneBit({kind})": on(lambda v: 1 << v.bit_length() >> 1),
            f"static {kind} lowestOneBit({kind})": on(lambda v: v & -v),
            f"static int numberOfLeadingZeros({kind})": on(lambda v: bits - v.bit_length(), "int"),
            f"static int numberOfTrailingZeros({kind})": on(
                lambda v: (v & -v).bit_length() - 1 if v else bits, "int"
            ),
            f"static {kind} rotateLeft({kind}, int)": by(lambda v, n: _turned(v, n, bits)),
            f"static {kind} rotateRight({kind}, int)": by(lambda v, n: _turned(v, -n, bits)),
            f"static {simple} decode(String)": lambda f, v: narrow(_decoded(f, v, bits), kind),
            f"static {kind} divideUnsigned({kind}, {kind})": _unsigned(
                lambda a, b: a // b, kind, bits
            ),
            f"static {kind} remainderUnsigned({kind}, {kind})": _unsigned(
                lambda a, b: a % b, kind, bits
            ),
            f"static {kind} {parse}(String)": lambda f, v: _parse_unsigned(f, v, kind, bits),
            f"static String toUnsignedString({kind})": (lambda f, v: str(_plain(integer(v), bits))),
            f"static int compareUnsigned({kind}, {kind})": lambda f, a, b: (
                (_plain(integer(a), bits) > _plain(integer(b), bits))
                - (_plain(integer(a), bits) < _plain(integer(b), bits))
            ),
        }
    )


_whole(INTEGER, "int", 32)
_whole(LONG, "long", 64)
INTEGER.add("static long toUnsignedLong(int)", lambda f, v: Long(_plain(integer(v), 32)))
for _made, _kind, _bits in ((SHORT, "short", 16), (BYTE, "byte", 8)):
    _made.constants["BYTES"] = _bits // 8
    _made.add(
        f"static int toUnsignedInt({_kind})",
        lambda f, v, bits=_bits: _plain(integer(v), bits),
    )
    _made.add(
        f"static {_made.simple} decode(String)",
        lambda f, v, bits=_bits, kind=_kind: narrow(_decoded(f, v, bits), kind),
    )
for _made in (INTEGER, LONG, SHORT, BYTE, DOUBLE, FLOAT, BOOLEAN):
    _made.add("static int hashCode(Object)", lambda f, v: hash_code(v, f))


def _double_bits(f: Frame, value: Value) -> Long:
    given = real(value)
    packed = struct.pack(">d", math.nan if given != given else given)
    return Long(struct.unpack(">q", packed)[0] if given == given else 0x7FF8000000000000)


def _float_bits(f: Frame, value: Value) -> int:
    given = real(value)
    return 0x7FC00000 if given != given else int(struct.unpack(">i", struct.pack(">f", given))[0])


def _hex_text(f: Frame, value: Value) -> str:
    given = real(value)
    if not math.isfinite(given):
        return f.text(given)
    mantissa, _, exponent = given.hex().partition("p")
    head, _, digits = mantissa.partition(".")
    return f"{head}.{digits.rstrip('0') or '0'}p{int(exponent)}"


DOUBLE.constants["MIN_NORMAL"] = 2.2250738585072014e-308
DOUBLE.constants |= {"SIZE": 64, "BYTES": 8, "MAX_EXPONENT": 1023, "MIN_EXPONENT": -1022}
FLOAT.constants["MIN_NORMAL"] = single(1.17549435e-38)
FLOAT.constants |= {"SIZE": 32, "BYTES": 4}
_FINITE: Final[Function] = lambda f, v: math.isfinite(real(v))  # noqa: E731
DOUBLE.all(
    {
        "static boolean isFinite(double)": _FINITE,
        "static long doubleToLongBits(double)": _double_bits,
        "static long doubleToRawLongBits(double)": _double_bits,
        "static double longBitsToDouble(long)": lambda f, v: float(
            struct.unpack(">d", struct.pack(">q", integer(v)))[0]
        ),
        "static String toHexString(double)": _hex_text,
    }
)
FLOAT.all(
    {
        "static boolean isFinite(float)": _FINITE,
        "static int floatToIntBits(float)": _float_bits,
        "static int floatToRawIntBits(float)": _float_bits,
        "static float intBitsToFloat(int)": lambda f, v: single(
            struct.unpack(">f", struct.pack(">i", integer(v)))[0]
        ),
    }
)
CLASSES: Final[list[JavaClass]] = []
"""None of its own: they are added to classes of another family."""
