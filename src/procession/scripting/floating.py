"""``Double.toString`` and ``Float.toString`` as Java up to 18 does them.

Those releases, on which existing processes ran, do not always find the shortest digits: ``2.0E-3``
comes out short, but ``1.23456789012345677E18`` has a digit too many. This follows their published
behaviour step by step: whole numbers below 2**63 are cut by the digits that do not count, all
others are developed digit by digit until the rest is smaller than half the distance to the next
number, with the comparison that the size of the numbers involved makes strict or not.
"""

from __future__ import annotations

import math
import struct
from typing import Final

_WIDTH: Final = 52
_HIDDEN: Final = 1 << _WIDTH


def double_digits(value: float) -> tuple[str, int]:
    """The digits of a positive finite double and the place of its point: ``0.digits``."""
    bits = struct.unpack(">Q", struct.pack(">d", value))[0]
    exponent, fraction = bits >> _WIDTH, bits & (_HIDDEN - 1)
    if exponent:
        return _digits(exponent - 1023, fraction | _HIDDEN, 53)
    shift = 53 - fraction.bit_length()
    return _digits(1 - shift - 1023, fraction << shift, fraction.bit_length())


def float_digits(value: float) -> tuple[str, int]:
    """The same of a 32-bit number."""
    bits = struct.unpack(">I", struct.pack(">f", value))[0]
    exponent, fraction = bits >> 23, bits & 0x7FFFFF
    if exponent:
        return _digits(exponent - 127, (fraction | 0x800000) << 29, 24)
    shift = 24 - fraction.bit_length()
    return _digits(1 - shift - 127, fraction << shift << 29, fraction.bit_length())


def _digits(exponent: int, fraction: int, significant: int) -> tuple[str, int]:
    zeros = (fraction & -fraction).bit_length() - 1
    bits = _WIDTH + 1 - zeros
    tiny = max(0, bits - exponent - 1)
    if tiny == 0 and -21 <= exponent <= 62:
        whole = (
            fraction << (exponent - _WIDTH)
            if exponent >= _WIDTH
            else fraction >> (_WIDTH - exponent)
        )
        return _whole(whole, exponent - significant - 1 if exponent > significant else 0)
    return _developed(exponent, fraction >> zeros, significant, bits, tiny, fraction)


def _whole(value: int, spare_bits: int) -> tuple[str, int]:
    """A whole number without the digits that its width does not tell."""
    spare = int(spare_bits * math.log10(2)) if spare_bits > 1 else 0
    if spare:
        power = 10**spare
        value, rest = divmod(value, power)
        value += rest >= power >> 1
    digits = str(value)
    return digits.rstrip("0"), len(digits) + spare


def _estimate(fraction: int, exponent: int) -> int:
    mantissa = fraction / _HIDDEN
    return math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)


def _bits_of_five(power: int) -> int:
    return (5**power).bit_length() if power < 27 else power * 3


def _developed(
    exponent: int, fraction: int, significant: int, bits: int, tiny: int, whole: int
) -> tuple[str, int]:
    place = _estimate(whole, exponent)
    b5, s5 = max(0, -place), max(0, place)
    b2, s2 = b5 + tiny + exponent, s5 + tiny
    m2 = b2 - significant
    b2 -= bits - 1
    common = min(b2, s2)
    b2, s2, m2 = b2 - common, s2 - common, m2 - common
    if bits == 1:
        m2 -= 1
    if m2 < 0:
        b2, s2, m2 = b2 - m2, s2 - m2, 0
    size = bits + b2 + _bits_of_five(b5)
    ten_size = s2 + 1 + _bits_of_five(s5 + 1)
    width = 32 if max(size, ten_size) < 32 else 64 if max(size, ten_size) < 64 else 0
    return _generated((fraction * 5**b5) << b2, 5**s5 << s2, 5**b5 << m2, place, width)


def _generated(b: int, s: int, m: int, place: int, width: int) -> tuple[str, int]:
    """Digit by digit. ``width`` is that of Java's arithmetic, 0 where it has no bounds."""
    tens = s * 10
    made: list[int] = []

    def step(b: int, m: int) -> tuple[int, int, int, bool, bool]:
        digit, b = b // s, 10 * (b % s)
        m *= 10
        if width:
            m = _wrapped(m, width)
            if m <= 0 and made:
                return digit, b, m, True, True
            return digit, b, m, b < m, _wrapped(b + m, width) > tens
        return digit, b, m, b < m, b + m >= tens

    digit, b, m, low, high = step(b, m)
    if digit == 0 and not high:
        place -= 1
    else:
        made.append(digit)
    if place < -3 or place >= 8:
        low = high = False
    while not low and not high:
        digit, b, m, low, high = step(b, m)
        made.append(digit)
    rest = 2 * b - tens
    if high and (not low or rest > 0 or (rest == 0 and made[-1] & 1)):
        place += _rounded_up(made)
    return "".join(map(str, made)).rstrip("0") or "0", place + 1


def _wrapped(value: int, width: int) -> int:
    half = 1 << (width - 1)
    return (value + half) % (2 * half) - half


def _rounded_up(digits: list[int]) -> int:
    """Add one to the last digit; answers by how much the point moves."""
    at = len(digits) - 1
    while at > 0 and digits[at] == 9:
        digits[at] = 0
        at -= 1
    if digits[at] == 9:
        digits[:] = [1] + [0] * (len(digits) - 1)
        return 1
    digits[at] += 1
    return 0
