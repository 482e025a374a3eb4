"""What dates and times of ``java.time`` have in common: making, adding, comparing, cutting.

Between the years 1 and 9999, to the microsecond; now is the turn's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from procession.scripting.equality import millis
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, mismatch
from procession.scripting.library.moments import (
    EPOCH,
    SECOND,
    Duration,
    Instant,
    LocalDate,
    LocalDateTime,
    LocalTime,
    Named,
    Period,
    Zone,
    Zoned,
    no_date,
    plus_months,
)
from procession.scripting.library.table import Function
from procession.scripting.rendering import DAYS, MONTHS
from procession.scripting.throwables import throw
from procession.values import Long, Value

NANOS: Final = {
    "NANOS": 1,
    "MICROS": 1_000,
    "MILLIS": 1_000_000,
    "SECONDS": SECOND,
    "MINUTES": 60 * SECOND,
    "HOURS": 3_600 * SECOND,
    "HALF_DAYS": 43_200 * SECOND,
    "DAYS": 86_400 * SECOND,
    "WEEKS": 604_800 * SECOND,
}
_MONTHS_OF: Final = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200}
UNITS: Final = {
    name: Named("java.time.temporal.ChronoUnit", at, name)
    for at, name in enumerate((*NANOS, *_MONTHS_OF))
}
DAY_NAMES: Final = [Named("java.time.DayOfWeek", at + 1, d.upper()) for at, d in enumerate(DAYS)]
MONTH_NAMES: Final = [Named("java.time.Month", at + 1, m.upper()) for at, m in enumerate(MONTHS)]


def now_of(f: Frame) -> datetime:
    """The time of the turn."""
    return EPOCH.replace(tzinfo=UTC) + timedelta(milliseconds=millis(f.context.now))


def _number(value: Value) -> int:
    return int(value.held) if isinstance(value, Named) else integer(value)


def built(make: Callable[..., Value], *parts: int) -> Value:
    """A date or a time of these parts, or Java's complaint."""
    names = ("Year", "MonthOfYear", "DayOfMonth") if make is date else ()
    limits = (("Year", 1, 9999), ("MonthOfYear", 1, 12), ("DayOfMonth", 1, 31))
    times = (("HourOfDay", 0, 23), ("MinuteOfHour", 0, 59), ("SecondOfMinute", 0, 59))
    checks = (limits if names else ()) + (times if make is time else ())
    for value, (name, low, high) in zip(parts, checks, strict=False):
        if not low <= value <= high:
            spread = f"{low} - {28}/{31}" if name == "DayOfMonth" else f"{low} - {high}"
            raise no_date(f"Invalid value for {name} (valid values {spread}): {value}")
    try:
        return make(*parts)
    except ValueError:
        year, month, day = (*parts, 0, 0, 0)[:3]
        if (month, day) == (2, 29):
            raise no_date(f"Invalid date 'February 29' as '{year}' is not a leap year") from None
        raise no_date(f"Invalid date '{MONTHS[month - 1].upper()} {day}'") from None
    except OverflowError:
        raise no_date("a date outside of the years 1 to 9999") from None


def date_of(f: Frame, *parts: Value) -> LocalDate:
    """``LocalDate.of``."""
    return LocalDate(built(date, *[_number(part) for part in parts]))


def time_of(f: Frame, *parts: Value) -> LocalTime:
    """``LocalTime.of``."""
    given = [_number(part) for part in parts]
    if len(given) == 4:
        given[3] //= 1000
    return LocalTime(built(time, *given))


def date_time_of(f: Frame, *parts: Value) -> LocalDateTime:
    """``LocalDateTime.of``."""
    if len(parts) == 2:
        return LocalDateTime(datetime.combine(parts[0].held, parts[1].held))
    day, hour = date_of(f, *parts[:3]).held, time_of(f, *parts[3:]).held
    return LocalDateTime(datetime.combine(day, hour))


_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")


def zone_of(name: str) -> Zone:
    """A zone by its name."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return Zone(name, UTC)
    found = _OFFSET.fullmatch(name)
    try:
        if found:
            minutes = int(found.group(2)) * 60 + int(found.group(3) or 0)
            sign = -1 if found.group(1) == "-" else 1
            return Zone(name, timezone(timedelta(minutes=sign * minutes)))
        return Zone(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = f"Unknown time-zone ID: {name[:60]}"
        raise throw("java.time.zone.ZoneRulesException", what) from None


def given_zone(f: Frame, value: Value) -> Zone:
    """A zone."""
    if not isinstance(value, Zone):
        raise mismatch("a ZoneId", value)
    return value


def default_zone(f: Frame) -> Zone:
    """The zone of the engine."""
    return Zone(getattr(f.zone, "key", None) or str(f.zone), f.zone)


def here_at(f: Frame, *zone: Value) -> datetime:
    """The time of the turn, on the clock of a zone."""
    info: tzinfo = given_zone(f, zone[0]).info if zone else f.zone
    return now_of(f).astimezone(info).replace(tzinfo=None)


# -- adding ------------------------------------------------------------------------------------


def shifted(o: Value, amount: int, unit: str) -> Value:
    """``plus(amount, unit)`` of anything."""
    held = o.held
    try:
        if isinstance(o, Duration):
            return Duration(held + amount * NANOS[unit])
        if unit in _MONTHS_OF and not isinstance(o, LocalTime | Instant):
            return like(o, plus_months(held, amount * _MONTHS_OF[unit]))
        if isinstance(o, LocalTime):
            micros = (amount * NANOS[unit] // 1000) % (86_400 * 1_000_000)
            return LocalTime(
                (datetime.combine(date(2000, 1, 1), held) + timedelta(microseconds=micros)).time()
            )
        if isinstance(o, LocalDate) and unit not in ("DAYS", "WEEKS"):
            raise _unsupported(unit)
        return like(o, held + timedelta(microseconds=amount * NANOS[unit] // 1000))
    except KeyError:
        raise _unsupported(unit) from None
    except OverflowError:
        raise no_date("a date outside of the years 1 to 9999") from None


def _unsupported(unit: str) -> Exception:
    name = UNITS[unit].shown()
    return throw("java.time.temporal.UnsupportedTemporalTypeException", f"Unsupported unit: {name}")


def like(o: Value, held: Value) -> Value:
    """The same kind of thing, holding something else."""
    return Zoned(held, o.zone) if isinstance(o, Zoned) else type(o)(held)


def moved_by(unit: str, sign: int) -> Function:
    """``plusDays`` and its sisters."""
    return lambda f, o, amount: shifted(o, sign * integer(amount), unit)


def plus_amount(sign: int) -> Function:
    """``plus`` and ``minus``."""

    def plus(f: Frame, o: Value, amount: Value, unit: Value = None) -> Value:
        if isinstance(unit, Named):
            return shifted(o, sign * integer(amount), unit.name)
        if isinstance(amount, Duration):
            return shifted(o, sign * amount.held, "NANOS")
        if isinstance(amount, Period):
            years, months, days = amount.held
            moved = shifted(o, sign * (years * 12 + months), "MONTHS") if years or months else o
            return shifted(moved, sign * days, "DAYS")
        raise mismatch("a Duration or a Period", amount)

    return plus


def with_part(part: str) -> Function:
    """``withYear`` and its sisters."""

    def change(f: Frame, o: Value, value: Value) -> Value:
        given = _number(value)
        held = o.held
        if part == "year_day":
            start = held.replace(month=1, day=1)
            return like(o, start + timedelta(days=given - 1))
        if part == "nano":
            return like(o, held.replace(microsecond=given // 1000))
        if part == "month" or part == "year":
            months = (given - held.month) if part == "month" else (given - held.year) * 12
            if part == "month" and not 1 <= given <= 12:
                raise no_date(f"Invalid value for MonthOfYear (valid values 1 - 12): {given}")
            return like(o, plus_months(held, months))
        parts = [held.year, held.month, held.day] if part == "day" else []
        if part == "day":
            built(date, *parts[:2], given)
        elif not 0 <= given <= (23 if part == "hour" else 59):
            name = {"hour": "HourOfDay", "minute": "MinuteOfHour", "second": "SecondOfMinute"}[part]
            top = 23 if part == "hour" else 59
            raise no_date(f"Invalid value for {name} (valid values 0 - {top}): {given}")
        return like(o, held.replace(**{part: given}))

    return change


def part_of(part: str) -> Function:
    """``getYear`` and its sisters."""
    return lambda f, o: int(getattr(o.held, part))


def is_ordered(wanted: int) -> Function:
    """``isBefore``, ``isAfter`` and ``isEqual``."""
    return lambda f, o, other: (
        wanted == 0 if o.held == other.held else (1 if o.held > other.held else -1) == wanted
    )


# -- between -----------------------------------------------------------------------------------


def _instant(o: Value) -> datetime:
    held = o.held
    if isinstance(held, datetime):
        return held if held.tzinfo is None else held.astimezone(UTC).replace(tzinfo=None)
    if isinstance(held, time):
        return datetime.combine(date(2000, 1, 1), held)
    return datetime.combine(held, time())


def _nanos_between(one: Value, other: Value) -> int:
    return (_instant(other) - _instant(one)) // timedelta(microseconds=1) * 1000


def _months_between(one: Value, other: Value) -> int:
    first, last = _instant(one), _instant(other)
    months = (last.year - first.year) * 12 + last.month - first.month
    begun, ended = (first.day, first.time()), (last.day, last.time())
    if months > 0 and ended < begun:
        return months - 1
    return months + 1 if months < 0 and ended > begun else months


def between_units(f: Frame, unit: Value, one: Value, other: Value) -> Long:
    """``ChronoUnit.between``."""
    return Long(amount_between(unit.name, one, other))


def amount_between(unit: str, one: Value, other: Value) -> int:
    """Whole units between two moments."""
    if unit in _MONTHS_OF:
        total, size = _months_between(one, other), _MONTHS_OF[unit]
    else:
        if isinstance(one, LocalDate) and unit not in ("DAYS", "WEEKS"):
            raise _unsupported(unit)
        total, size = _nanos_between(one, other), NANOS[unit]
    whole = abs(total) // size
    return whole if total >= 0 else -whole


def _period_between(f: Frame, one: Value, other: Value) -> Period:
    first, last = one.held, other.held
    months = (last.year - first.year) * 12 + last.month - first.month
    days = last.day - first.day
    if months > 0 and days < 0:
        months -= 1
        days = (last - plus_months(first, months)).days
    elif months < 0 and days > 0:
        months += 1
        length = (plus_months(last.replace(day=1), 1) - last.replace(day=1)).days
        days -= length
    sign = 1 if months >= 0 else -1
    years, months = divmod(abs(months), 12)
    return Period((sign * years, sign * months, days))


def until_of(f: Frame, o: Value, other: Value, unit: Value = None) -> Value:
    """``until``."""
    return _period_between(f, o, other) if unit is None else between_units(f, unit, o, other)
