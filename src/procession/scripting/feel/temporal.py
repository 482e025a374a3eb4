"""Dates, times and durations: read from text, made of parts, asked for their parts."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from procession.scripting.feel.far import FIRST, YEARS, day_of, moment_of, moved
from procession.scripting.feel.values import Months
from procession.values import Value

_DATE: Final = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME: Final = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[\w/+-]{1,64})?", re.ASCII
)
_MONTHS: Final = re.compile(r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_SPAN: Final = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)


_MAX_OFFSET: Final = timedelta(hours=18)


def add_months(value: date, count: int) -> date:
    """The date so many months on; a day that the month has not got becomes its last."""
    years, month = divmod(value.month - 1 + count, 12)
    year = value.year + years
    last = calendar.monthrange(FIRST + year % YEARS, month + 1)[1]
    day = day_of(year, month + 1, min(value.day, last))
    return moment_of(day, value.timetz()) if isinstance(value, datetime) else day


def add_days(value: date, count: int) -> date:
    """The date so many days on."""
    return moved(moment_of(value, time()), timedelta(count)).date()


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = [int(part) for part in text[1:].split(":")]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    if span > _MAX_OFFSET or minutes > 59:
        raise ValueError("an offset is of 18 hours at most")
    return timezone(-span if text[0] == "-" else span)


def read_date(text: str) -> date | None:
    """A date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = [int(part) for part in found.groups()]
    if not year:
        raise ValueError("there is no year 0 in a text")
    return day_of(year, month, day)


def read_time(text: str) -> time | None:
    """A time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = [int(part) for part in found.groups()[:3]]
    micro = int((found[4] or "0").ljust(6, "0")[:6])
    return time(hour, minute, second, micro, _zone(found[5]))


def read_moment(text: str) -> datetime | None:
    """A date and time; a date alone is its midnight."""
    day, mark, clock = text.partition("T")
    found = read_date(day)
    if found is None:
        return None
    if clock.startswith("24:00:00"):
        at = read_time("00:00:00" + clock[8:])
        is_midnight = at is not None and at.replace(tzinfo=None) == time()
        return moment_of(add_days(found, 1), at) if at is not None and is_midnight else None
    at = read_time(clock) if mark else time()
    return None if at is None else moment_of(found, at)


def read_duration(text: str) -> timedelta | Months | None:
    """A duration of either kind."""
    months = _MONTHS.fullmatch(text)
    if months and (months[2] or months[3]):
        count = int(months[2] or 0) * 12 + int(months[3] or 0)
        return Months(-count if months[1] else count)
    found = _SPAN.fullmatch(text)
    if found is None or not any(found.groups()[1:]) or text.endswith("T"):
        return None
    days, hours, minutes, seconds = [int(part or 0) for part in found.groups()[1:5]]
    micro = int((found[6] or "0").ljust(6, "0")[:6])
    span = timedelta(days, seconds, micro, 0, minutes, hours)
    return -span if found[1] else span


def read_any(text: str) -> Value:
    """What ``@"…"`` means."""
    for read in (read_date, read_moment, read_time, read_duration):
        try:
            found = read(text)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            return found
    return None


def property_of(value: Value, name: str) -> Value:
    """A part of a date, time or duration; None if it has no such part."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.count), 12)
        sign = -1 if value.count < 0 else 1
        return {"years": sign * years, "months": sign * months}.get(name)
    if isinstance(value, timedelta):
        sign = -1 if value < timedelta() else 1
        rest = abs(value)
        parts = {
            "days": rest.days,
            "hours": rest.seconds // 3600,
            "minutes": rest.seconds // 60 % 60,
            "seconds": rest.seconds % 60,
        }
        return sign * parts[name] if name in parts else None
    if isinstance(value, date) and name in ("year", "month", "day"):
        return getattr(value, name)
    if isinstance(value, date) and name == "weekday":
        return value.isoweekday()
    if isinstance(value, datetime | time):
        if name in ("hour", "minute", "second"):
            return getattr(value, name)
        if name == "time offset":
            return value.utcoffset()
        if name == "timezone" and value.tzinfo is not None:
            return getattr(value.tzinfo, "key", None)
    return None


def months_between(start: date, end: date) -> Months:
    """The whole months from one date to another."""
    if end.toordinal() < start.toordinal():
        return Months(-months_between(end, start).count)
    count = (end.year - start.year) * 12 + end.month - start.month
    return Months(count - 1 if end.day < start.day else count)


def offset_zone(span: timedelta | None) -> tzinfo | None:
    """The zone of a fixed offset."""
    return None if span is None else timezone(span)


def seconds_of(value: Value) -> tuple[int, int]:
    """Whole seconds and microseconds of a number."""
    made = Decimal(value)
    return int(made), int((made - int(made)) * 1_000_000)
