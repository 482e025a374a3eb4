"""FEEL's built-in functions over dates, times and durations, and the table of all functions."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from procession.scripting.feel.arguments import a_string
from procession.scripting.feel.contexts import CONTEXTS, RANGES
from procession.scripting.feel.far import FIRST, YEARS, day_of, moment_of
from procession.scripting.feel.lists import LISTS
from procession.scripting.feel.operators import LESS, lenient, noted
from procession.scripting.feel.temporal import (
    months_between,
    offset_zone,
    read_any,
    read_date,
    read_duration,
    read_moment,
    read_time,
    seconds_of,
)
from procession.scripting.feel.texts import NUMBERS, TEXTS, Function
from procession.scripting.feel.values import Months, Range, kind_of, plain, tidy
from procession.scripting.frame import Frame
from procession.values import Value

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Builtin(msgspec.Struct, frozen=True):
    """A built-in function: its parameters by name, how many it needs, and what it does."""

    parameters: tuple[str, ...]
    least: int
    most: int
    run: Function
    spellings: tuple[tuple[str, ...], ...] = ()
    arities: tuple[tuple[int, int], ...] = ()


def _date(f: Frame, *parts: Value) -> Value:
    if len(parts) == 3:
        return day_of(*[int(part) for part in parts])
    source = parts[0]
    if isinstance(source, datetime):
        return source.date()
    return source if isinstance(source, date) else read_date(source)


def _time(f: Frame, *parts: Value) -> Value:
    if len(parts) >= 3:
        seconds, micro = seconds_of(parts[2])
        zone = offset_zone(parts[3] if len(parts) > 3 else None)
        return time(int(parts[0]), int(parts[1]), seconds, micro, zone)
    source = parts[0]
    if isinstance(source, datetime):
        return source.timetz()
    if isinstance(source, date):
        return time(tzinfo=UTC)
    return source if isinstance(source, time) else read_time(source)


def _moment(f: Frame, source: Value, *more: Value) -> Value:
    if more:
        clock = more[0]
        day = source.date() if isinstance(source, datetime) else source
        return moment_of(day, clock)
    if isinstance(source, datetime):
        return source
    if isinstance(source, date):
        return moment_of(source, time())
    return read_moment(source)


def _duration(f: Frame, source: Value) -> Value:
    return source if isinstance(source, timedelta | Months) else read_duration(source)


def _between(f: Frame, start: Value, end: Value) -> Months:
    days = [one.date() if isinstance(one, datetime) else one for one in (start, end)]
    return months_between(*days)


def _is(f: Frame, a: Value, b: Value) -> bool:
    return (
        kind_of(a) == kind_of(b) and getattr(a, "tzinfo", 0) == getattr(b, "tzinfo", 0) and a == b
    )


def _last_day(f: Frame, day: Value) -> date:
    last = monthrange(FIRST + day.year % YEARS, day.month)[1]
    return day_of(day.year, day.month, last)


_RANGE: Final = re.compile(r"\s*([\[\](])(.*)\.\.(.*)([\])\[])\s*", re.DOTALL)
_CALL: Final = re.compile(
    r'(@|date|time|date and time|duration)\s*(?:\(\s*"([^"]*)"\s*\)|"([^"]*)")|"([^"]*)"|(-?[\d.]+)'
)


def _end(text: str) -> Value:
    found = _CALL.fullmatch(text.strip())
    if found is None or (found[1] == "@") != (found[3] is not None):
        raise ValueError("the end of a range is a constant")
    if found[4] is not None:
        return found[4]
    if found[5] is not None:
        return tidy(Decimal(found[5]))
    kinds = {"date": read_date, "time": read_time, "date and time": read_moment}
    read = {**kinds, "duration": read_duration, "@": read_any}[found[1]]
    made = read(found[2] if found[3] is None else found[3])
    if made is None:
        raise ValueError("the end of a range is a constant")
    return made


def _range(f: Frame, text: Value) -> Range:
    """A range from its text; its ends are constants, and the lower one comes first."""
    found = _RANGE.fullmatch(a_string(text))
    if found is None:
        raise ValueError("not the text of a range")
    ends = [_end(part) if part.strip() else None for part in (found[2], found[3])]
    closed = (found[1] == "[", found[4] == "]")
    if any(has and end is None for has, end in zip(closed, ends, strict=True)):
        raise ValueError("an end that is left out belongs to no range")
    if ends == [None, None] or (None not in ends and LESS(f, ends[1], ends[0]) is not False):
        raise ValueError("the ends of the range do not fit each other")
    return Range(ends[0], ends[1], found[1] == "[", found[4] == "]")


_PARTS: Final = "year, month, day, hour, minute, second, offset?"
DATES: Final[dict[str, tuple[str, Function]]] = {
    "date": ("from | year, month, day", _date),
    "time": ("from | hour, minute, second, offset?", _time),
    "date and time": (f"from | date, time | {_PARTS}", _moment),
    "duration": ("from", _duration),
    "years and months duration": ("from, to", _between),
    "is": ("value1, value2", _is),
    "range": ("from", _range),
    "now": ("", lambda f: f.context.now.astimezone(f.zone)),
    "today": ("", lambda f: f.context.now.astimezone(f.zone).date()),
    "day of week": ("date", lambda f, day: _DAYS[day.weekday()]),
    "day of year": ("date", lambda f, day: day.timetuple().tm_yday),
    "month of year": ("date", lambda f, day: _MONTHS[day.month - 1]),
    "week of year": ("date", lambda f, day: day.isocalendar()[1]),
    "last day of month": ("date", _last_day),
}


def _builtin(name: str, signature: str, function: Function) -> Builtin:
    """``a, b? | c...``: spellings of the parameters, ``?`` those that may be left out."""
    spellings: list[tuple[str, ...]] = []
    arities: list[tuple[int, int]] = []
    for spelling in signature.split("|"):
        listed = [part.strip() for part in spelling.split(",") if part.strip()]
        endless = bool(listed) and listed[-1].endswith("...")
        spellings.append(tuple([part.rstrip("?.") for part in listed]))
        least = sum(not part.endswith("?") for part in listed)
        arities.append((least, 1_000 if endless else len(listed)))
    guarded = lenient(function)
    least, most = min(low for low, _ in arities), max(high for _, high in arities)

    def run(f: Frame, *args: Value) -> Value:
        f.burn(4)
        if not any(low <= len(args) <= high for low, high in arities):
            return noted(f, f"'{name}' does not take {len(args)} arguments")
        return guarded(f, *[plain(arg) for arg in args])

    return Builtin(spellings[0], least, most, run, tuple(spellings), tuple(arities))


BUILTINS: Final[dict[str, Builtin]] = {
    name: _builtin(name, *entry)
    for table in (TEXTS, NUMBERS, LISTS, CONTEXTS, RANGES, DATES)
    for name, entry in table.items()
}
"""All built-in functions by name."""
