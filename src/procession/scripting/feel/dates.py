"""FEEL's built-in functions over dates, times and durations, and the table of all functions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from procession.scripting.feel.contexts import CONTEXTS, RANGES
from procession.scripting.feel.lists import LISTS
from procession.scripting.feel.operators import lenient
from procession.scripting.feel.temporal import (
    months_between,
    offset_zone,
    read_date,
    read_duration,
    read_moment,
    read_time,
    seconds_of,
)
from procession.scripting.feel.texts import NUMBERS, TEXTS, Function
from procession.scripting.feel.values import KINDS, Months, kind_of, plain
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


def _date(f: Frame, *parts: Value) -> Value:
    if len(parts) == 3:
        return date(*[int(part) for part in parts])
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


def _moment(f: Frame, source: Value, clock: Value = None) -> Value:
    if clock is not None:
        day = source.date() if isinstance(source, datetime) else source
        return datetime.combine(day, clock)
    if isinstance(source, datetime):
        return source
    if isinstance(source, date):
        return datetime.combine(source, time())
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
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


DATES: Final[dict[str, tuple[str, Function]]] = {
    "date": ("from, month?, day?", _date),
    "time": ("from, minute?, second?, offset?", _time),
    "date and time": ("from, time?", _moment),
    "duration": ("from", _duration),
    "years and months duration": ("from, to", _between),
    "is": ("value1, value2", _is),
    "now": ("", lambda f: f.context.now.astimezone(f.zone)),
    "today": ("", lambda f: f.context.now.astimezone(f.zone).date()),
    "day of week": ("date", lambda f, day: _DAYS[day.weekday()]),
    "day of year": ("date", lambda f, day: day.timetuple().tm_yday),
    "month of year": ("date", lambda f, day: _MONTHS[day.month - 1]),
    "week of year": ("date", lambda f, day: day.isocalendar()[1]),
    "last day of month": ("date", _last_day),
}


def _builtin(signature: str, function: Function) -> Builtin:
    listed = [part.strip() for part in signature.split(",") if part.strip()]
    names = tuple([part.rstrip("?.") for part in listed])
    endless = bool(listed) and listed[-1].endswith("...")
    least = sum(not part.endswith("?") for part in listed)
    guarded = lenient(function)

    def run(f: Frame, *args: Value) -> Value:
        f.burn(4)
        return guarded(f, *[plain(arg) for arg in args])

    return Builtin(names, least, 1_000 if endless else len(names), run)


BUILTINS: Final[dict[str, Builtin]] = {
    name: _builtin(*entry)
    for table in (TEXTS, NUMBERS, LISTS, CONTEXTS, RANGES, DATES)
    for name, entry in table.items()
}
"""All built-in functions by name."""
TYPES: Final = frozenset({name for name, _ in KINDS}) | {"Any", "Null"}
