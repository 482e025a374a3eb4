"""``Random`` and ``UUID``: from the seed of the turn, so that a turn computed again is the same."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from hashlib import md5
from typing import Final

from procession.scripting.equality import wrap32, wrap64
from procession.scripting.frame import Frame, Random
from procession.scripting.library.arguments import integer, text
from procession.scripting.library.streams import StreamObject
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.numerals import single
from procession.scripting.objects import ListObject
from procession.scripting.throwables import throw
from procession.values import Byte, Long, Value


def _bounded(f: Frame, random: Random, bound: Value) -> int:
    limit = integer(bound)
    if limit <= 0:
        raise throw("IllegalArgumentException", "bound must be positive")
    if limit & (limit - 1) == 0:
        return (limit * random.bits(31)) >> 31
    while True:
        f.burn(1)
        bits = random.bits(31)
        value = bits % limit
        if bits - value + (limit - 1) < 1 << 31:
            return value


def _between(f: Frame, random: Random, low: Value, high: Value) -> int:
    """``internalNextInt``, as streams of numbers use it."""
    first, end = integer(low), integer(high)
    if first >= end:
        raise throw("IllegalArgumentException", "bound must be greater than origin")
    size = end - first
    if size < 1 << 31:
        return _bounded(f, random, size) + first
    while True:
        f.burn(1)
        found = wrap32(random.bits(32))
        if first <= found < end:
            return found


_LOG: Final = (
    *(6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01),
    *(2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01),
    1.479819860511658591e-01,
)


def strict_log(value: float) -> float:
    """``StrictMath.log`` of a number between 0 and 1, to the last bit: as in FDLIBM."""
    high, low = 6.93147180369123816490e-01, 1.90821492927058770002e-10
    mantissa, exponent = math.frexp(value)
    if mantissa < math.sqrt(0.5):
        mantissa, exponent = mantissa * 2, exponent - 1
    f, k = mantissa - 1.0, float(exponent)
    if f == 0.0:
        return k * high + k * low
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (_LOG[1] + w * (_LOG[3] + w * _LOG[5]))
    t2 = z * (_LOG[0] + w * (_LOG[2] + w * (_LOG[4] + w * _LOG[6])))
    r = t2 + t1
    half = 0.5 * f * f
    return k * high - ((half - (s * (half + r) + k * low)) - f)


def _gaussian(f: Frame, random: Random) -> float:
    if random.next_gaussian is not None:
        value, random.next_gaussian = random.next_gaussian, None
        return value
    while True:
        f.burn(1)
        a, b = 2 * random.double() - 1, 2 * random.double() - 1
        s = a * a + b * b
        if 0 < s < 1:
            scale = math.sqrt(-2 * strict_log(s) / s)
            random.next_gaussian = b * scale
            return a * scale


def _set_seed(f: Frame, random: Random, seed: Value) -> None:
    random.state = Random(integer(seed)).state
    random.next_gaussian = None


def _next_bytes(f: Frame, random: Random, array: Value) -> None:
    f.walk(len(array.items))
    array.changed = True
    for at in range(0, len(array.items), 4):
        word = random.bits(32)
        for place in range(at, min(at + 4, len(array.items))):
            array.items[place] = Byte(((word + 0x80) & 0xFF) - 0x80)
            word >>= 8


def _stream(draw: Function, number: str) -> Function:
    def make(f: Frame, random: Random, *given: Value) -> StreamObject:
        count, edges = None, given
        if len(given) in (1, 3):
            count, edges = integer(given[0]), given[1:]

        def every() -> Iterator[Value]:
            for _ in itertools.count() if count is None else range(count):
                f.burn(2)
                yield draw(f, random, *edges)

        return StreamObject(every(), number)

    return make


def _int(f: Frame, random: Random, *edges: Value) -> int:
    return _between(f, random, *edges) if edges else wrap32(random.bits(32))


def _double(f: Frame, random: Random, *edges: Value) -> float:
    found = random.double()
    return found * (edges[1] - edges[0]) + edges[0] if edges else found


RANDOM: Final = JavaClass("java.util.Random", Random, doc="the same numbers for the same seed")
RANDOM.all(
    {
        "Random()": lambda f: Random(f.random().long()),
        "Random(long)": lambda f, seed: Random(integer(seed)),
        "int nextInt()": lambda f, r: wrap32(r.bits(32)),
        "int nextInt(int)": _bounded,
        "int nextInt(int, int)": _between,
        "long nextLong()": lambda f, r: Long(wrap64(r.long())),
        "double nextDouble()": lambda f, r: r.double(),
        "float nextFloat()": lambda f, r: single(r.bits(24) / (1 << 24)),
        "boolean nextBoolean()": lambda f, r: r.bits(1) != 0,
        "double nextGaussian()": _gaussian,
        "void nextBytes(byte[])": _next_bytes,
        "void setSeed(long)": _set_seed,
        "IntStream ints()": _stream(_int, "int"),
        "IntStream ints(long)": _stream(_int, "int"),
        "IntStream ints(int, int)": _stream(_int, "int"),
        "IntStream ints(long, int, int)": _stream(_int, "int"),
        "DoubleStream doubles()": _stream(_double, "double"),
        "DoubleStream doubles(long)": _stream(_double, "double"),
        "DoubleStream doubles(double, double)": _stream(_double, "double"),
        "DoubleStream doubles(long, double, double)": _stream(_double, "double"),
    }
)
SECURE: Final = JavaClass("java.security.SecureRandom", parents=("java.util.Random",))
SECURE.add("SecureRandom()", lambda f: Random(f.random().long()))
LOCAL: Final = JavaClass("java.util.concurrent.ThreadLocalRandom", parents=("java.util.Random",))
LOCAL.add("static ThreadLocalRandom current()", lambda f: f.random())


def shuffle(f: Frame, items: Value, random: Random | None = None) -> None:
    """``Collections.shuffle``."""
    chance = random or f.random()
    if not isinstance(items, ListObject):
        raise throw("ClassCastException", "shuffle needs a List")
    listed = items.writable(grows=False)
    f.walk(len(listed) * 4)
    for at in range(len(listed) - 1, 0, -1):
        other = _bounded(f, chance, at + 1)
        listed[at], listed[other] = listed[other], listed[at]


# -- UUID --------------------------------------------------------------------------------------


class UuidObject:
    """A UUID; a process keeps it as text."""

    __slots__ = ("text",)
    type_name = "java.util.UUID"

    def __init__(self, text: str) -> None:
        self.text = text

    def shown(self) -> str:
        """What it prints as."""
        return self.text

    def plain(self) -> str:
        """What a process keeps of it."""
        return self.text

    def identity(self) -> str:
        """What two equal ones have in common."""
        return self.text

    def halves(self) -> tuple[int, int]:
        """Both halves as signed numbers."""
        whole = int(self.text.replace("-", ""), 16)
        return wrap64(whole >> 64), wrap64(whole)

    def hashed(self) -> int:
        """As Java."""
        high, low = self.halves()
        mixed = (high ^ low) & 0xFFFFFFFFFFFFFFFF
        return wrap32((mixed >> 32) ^ mixed)

    def compared(self, other: UuidObject) -> int:
        """As Java: signed halves."""
        one, two = self.halves(), other.halves()
        return (one > two) - (one < two)


def _uuid(high: int, low: int) -> UuidObject:
    digits = f"{high & 0xFFFFFFFFFFFFFFFF:016x}{low & 0xFFFFFFFFFFFFFFFF:016x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return UuidObject("-".join(parts))


def _random_uuid(f: Frame) -> UuidObject:
    random = f.random()
    high = (random.long() & 0xFFFFFFFFFFFF0FFF) | 0x4000
    low = (random.long() & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000
    return _uuid(high, low)


def _named_uuid(f: Frame, data: Value) -> UuidObject:
    items = data if isinstance(data, bytes) else bytes([one & 255 for one in data.items])
    f.walk(len(items))
    made = int.from_bytes(md5(items, usedforsecurity=False).digest(), "big")
    made = (made & ~(0xF << 76)) | (3 << 76)
    made = (made & ~(3 << 62)) | (2 << 62)
    return _uuid(made >> 64, made)


_PARTS: Final = re.compile(
    r"([0-9a-fA-F]{1,8})-" + r"([0-9a-fA-F]{1,4})-" * 3 + r"([0-9a-fA-F]{1,12})"
)


def _from_text(f: Frame, value: Value) -> UuidObject:
    found = _PARTS.fullmatch(text(value))
    if found is None:
        raise throw("IllegalArgumentException", f"Invalid UUID string: {text(value)[:200]}")
    widths = (8, 4, 4, 4, 12)
    parts = [
        part.lower().rjust(width, "0") for part, width in zip(found.groups(), widths, strict=True)
    ]
    return UuidObject("-".join(parts))


UUID: Final = JavaClass(
    "java.util.UUID", UuidObject, parents=("java.lang.Comparable", "java.lang.Object")
)
UUID.all(
    {
        "UUID(long, long)": lambda f, high, low: _uuid(integer(high), integer(low)),
        "static UUID randomUUID()": _random_uuid,
        "static UUID fromString(String)": _from_text,
        "static UUID nameUUIDFromBytes(byte[])": _named_uuid,
        "String toString()": lambda f, u: u.text,
        "int version()": lambda f, u: int(u.text[14], 16),
        "long getMostSignificantBits()": lambda f, u: Long(u.halves()[0]),
        "long getLeastSignificantBits()": lambda f, u: Long(u.halves()[1]),
    }
)
CLASSES: Final = [RANDOM, SECURE, LOCAL, UUID]
