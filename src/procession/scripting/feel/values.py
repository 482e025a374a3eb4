"""FEEL's values: numbers of 34 digits, dates, times, two kinds of durations, ranges.

A number is an ``int`` or a ``Decimal``; a process's numbers become these when an operator meets
them. A date is ``datetime.date``, a time ``datetime.time``, a date and time ``datetime`` (with or
without a zone), a days and time duration ``timedelta``, the other :class:`Months`. What a process
cannot hold leaves as its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final

from procession.scripting.feel.far import FAR, year_text
from procession.scripting.frame import Frame
from procession.scripting.hashing import LINKED_MAP
from procession.scripting.numerals import RANK
from procession.scripting.objects import (
    ArrayObject,
    BeanObject,
    FunctionObject,
    ListObject,
    MapObject,
    SetObject,
    from_pairs,
)
from procession.values import Value

PRECISION: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_WHOLE: Final = 1 << 63
MAX_DEPTH: Final = 60
_FRACTION: Final = re.compile(r"\.\d{6}")


class Months:
    """A years and months duration."""

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Months) and other.count == self.count

    def __hash__(self) -> int:
        return hash(("months", self.count))


class Range:
    """``[low..high]``, ``(low..high)``; an end that is None is open.

    ``form`` tells those written otherwise: a sign, as in ``(< 5)``, or ``..`` for what a loop
    goes over, which may go down.
    """

    __slots__ = ("form", "has_high", "has_low", "high", "low")

    def __init__(
        self, low: Value, high: Value, has_low: bool, has_high: bool, form: str = ""
    ) -> None:
        self.form = form
        self.low = low
        self.high = high
        self.has_low = has_low
        self.has_high = has_high


class FeelFunction(FunctionObject):
    """A function with the names and types of its parameters, and what it knows from outside.

    An ``arity`` of -1 takes any number of arguments; ``slots`` are the locals it was made among.
    """

    __slots__ = ("names", "result", "slots", "types")

    def __init__(
        self,
        names: tuple[str, ...],
        call: Callable[..., Value],
        *,
        types: tuple[Any, ...] = (),
        result: Any = None,
        arity: int | None = None,
        slots: list[Value] | None = None,
    ) -> None:
        super().__init__(len(names) if arity is None else arity, call)
        self.names = names
        self.types = types
        self.result = result
        self.slots = slots


def number(value: Value) -> Value:
    """A number as FEEL's, else None."""
    kind = type(value)
    if kind is int:
        return value
    if kind not in RANK or isinstance(value, str):
        return None
    if isinstance(value, int):
        return int(value)
    made = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return tidy(made) if made.is_finite() else None


def tidy(value: Value) -> Value:
    """A result of arithmetic: whole where it is whole and not too large."""
    if isinstance(value, int):
        return int(value) if -_WHOLE <= value < _WHOLE else PRECISION.create_decimal(value)
    value = PRECISION.plus(value)
    if value.adjusted() < 18 and value == value.to_integral_value():
        return int(value)
    return value


def plain(value: Value) -> Value:
    """A value as operators see it."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if kind in RANK:
        return str(value) if isinstance(value, str) else number(value)
    if isinstance(value, SetObject):
        return ListObject([entry.key for entry in value.entries.values()])
    if isinstance(value, ArrayObject):
        return ListObject(value.items)
    return value


def kind_of(value: Value) -> str:
    """The name of a value's type, as ``instance of`` knows it."""
    for name, kinds in KINDS:
        if isinstance(value, kinds):
            return name
    return "Any"


KINDS: Final[tuple[tuple[str, Any], ...]] = (
    ("boolean", bool),
    ("number", int | Decimal | float),
    ("string", str),
    ("date and time", datetime),
    ("date", date),
    ("time", time),
    ("days and time duration", timedelta),
    ("years and months duration", Months),
    ("list", ListObject | ArrayObject | SetObject),
    ("context", MapObject | BeanObject),
    ("range", Range),
    ("function", FunctionObject),
)


def items_of(f: Frame, value: Value) -> list[Value]:
    """The items of a list; anything else is a list of itself, null an empty one."""
    value = plain(value)
    if value is None:
        return []
    if isinstance(value, ListObject):
        f.walk(len(value.items))
        return value.items
    return [value]


def entry_of(f: Frame, owner: Value, name: str) -> tuple[bool, Value]:
    """Whether a context or object has an entry, and the entry."""
    if isinstance(owner, MapObject):
        entry = owner.entries.get(name)
        return (False, None) if entry is None else (True, plain(entry.value))
    if isinstance(owner, BeanObject):
        return (name in owner.fields, plain(owner.fields.get(name)))
    return (False, None)


def context_of(f: Frame, pairs: list[tuple[str, Value]]) -> MapObject:
    """A context."""
    return from_pairs(pairs, LINKED_MAP, f)


def number_text(value: Value) -> str:
    """How a number is written: never with an exponent."""
    if isinstance(value, int):
        return str(int(value))
    made = format(value, "f")
    return made.rstrip("0").rstrip(".") if "." in made else made


def duration_text(value: timedelta | Months) -> str:
    """A duration in the notation of ISO 8601."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.count), 12)
        sign = "-" if value.count < 0 else ""
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{sign}P{parts or '0M'}"
    sign = "-" if value < timedelta() else ""
    rest = abs(value)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    made = f"{rest.days}D" if rest.days else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or rest.microseconds:
        fraction = f".{rest.microseconds:06d}".rstrip("0") if rest.microseconds else ""
        clock += f"{seconds}{fraction}S"
    return f"{sign}P{made}{'T' + clock if clock else ''}" if made or clock else "PT0S"


def temporal_text(value: date | time) -> str:
    """A date, time, or date and time; a zone is written by its name."""
    if isinstance(value, FAR):
        return year_text(value.year) + temporal_text(value.near)[4:]
    zone = getattr(value, "tzinfo", None)
    name = getattr(zone, "key", "")
    if name and name != "UTC":
        return temporal_text(value.replace(tzinfo=None)) + "@" + name  # type: ignore[call-arg]
    made = _FRACTION.sub(lambda found: found[0].rstrip("0"), value.isoformat())
    return made.removesuffix("+00:00") + "Z" if made.endswith("+00:00") else made


def text_of(f: Frame, value: Value, depth: int = 0) -> str:
    """What ``string`` gives; texts inside of lists and contexts are quoted."""
    value = plain(value)
    f.burn(1)
    if isinstance(value, str):
        return value if not depth else '"' + value.replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return number_text(value)
    if isinstance(value, timedelta | Months):
        return duration_text(value)
    if isinstance(value, date | time):
        return temporal_text(value)
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, ListObject):
        made = "[" + ", ".join([text_of(f, item, depth + 1) for item in value.items]) + "]"
    elif isinstance(value, MapObject):
        pairs = [f"{text_of(f, e.key)}: {text_of(f, e.value, depth + 1)}" for e in value.ordered(f)]
        made = "{" + ", ".join(pairs) + "}"
    elif isinstance(value, Range):
        low, high = text_of(f, value.low, depth + 1), text_of(f, value.high, depth + 1)
        made = f"{'[' if value.has_low else '('}{low}..{high}{']' if value.has_high else ')'}"
    elif isinstance(value, FeelFunction):
        made = f"function({', '.join(value.names)})"
    else:
        made = f.text(value)
    f.make_text(len(made))
    return made


def outcome(f: Frame, value: Value, depth: int = 0) -> Value:
    """What a whole text gives to the process."""
    value = plain(value)
    if isinstance(value, datetime) and value.tzinfo is not None and not isinstance(value, FAR):
        return value
    if isinstance(value, date | time | timedelta | Months | Range | FunctionObject):
        return text_of(f, value)
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, ListObject):
        f.walk(len(value.items))
        f.allocate(len(value.items))
        return ListObject([outcome(f, item, depth + 1) for item in value.items])
    if isinstance(value, MapObject):
        pairs = [(entry.key, outcome(f, entry.value, depth + 1)) for entry in value.ordered(f)]
        return from_pairs(pairs, LINKED_MAP, f)
    return value


def decided(f: Frame, value: Value) -> Value:
    """What a condition gives: null is not true."""
    return False if value is None else value
