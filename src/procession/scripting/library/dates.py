"""``Date``, ``Calendar``, ``SimpleDateFormat``, ``TimeUnit``: now is the turn's."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import Final

from procession.scripting.equality import millis, moment
from procession.scripting.frame import Frame
from procession.scripting.library.arguments import date, integer, mismatch, text
from procession.scripting.library.formatting import date_pattern, parse_date, tokens_of
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.rendering import DAYS, MONTHS
from procession.scripting.throwables import throw
from procession.values import Long, Value


class Formatter:
    """``java.text.SimpleDateFormat``."""

    __slots__ = ("pattern",)
    type_name = "java.text.SimpleDateFormat"

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern


class CalendarObject:
    """``java.util.Calendar``, in the zone of the engine; a process keeps its date."""

    __slots__ = ("at",)
    type_name = "java.util.GregorianCalendar"

    def __init__(self, at: datetime) -> None:
        self.at = at

    def plain(self) -> datetime:
        """What a process keeps of it."""
        return self.at

    def shown(self) -> str:
        """What it prints as."""
        return f"{self.type_name}[time={millis(self.at)}]"


def _now(f: Frame) -> datetime:
    return moment(millis(f.context.now))


def _new_date(f: Frame, ms: Value = None) -> datetime:
    if ms is None:
        return _now(f)
    return date(ms) if isinstance(ms, datetime) else moment(integer(ms))


def _date_of(f: Frame, *parts: Value) -> datetime:
    made = CalendarObject(
        _now(f).astimezone(f.zone).replace(microsecond=0, hour=0, minute=0, second=0)
    )
    _write_date(f, made, integer(parts[0]) + 1900, *parts[1:])
    return made.at


def _part(get: str, base: int = 0) -> Function:
    def part(f: Frame, d: datetime) -> int:
        return int(getattr(d.astimezone(f.zone), get)) - base

    return part


DATE: Final = JavaClass("java.util.Date", datetime, parents=("java.lang.Comparable",))
DATE.all(
    {
        "Date()": _new_date,
        "Date(long)": _new_date,
        "Date(int, int, int)": _date_of,
        "Date(int, int, int, int, int)": _date_of,
        "Date(int, int, int, int, int, int)": _date_of,
        "long getTime()": lambda f, d: Long(millis(d)),
        "boolean before(Date)": lambda f, d, o: d < date(o),
        "boolean after(Date)": lambda f, d, o: d > date(o),
        "int getYear()": _part("year", 1900),
        "int getMonth()": _part("month", 1),
        "int getDate()": _part("day"),
        "int getHours()": _part("hour"),
        "int getMinutes()": _part("minute"),
        "int getSeconds()": _part("second"),
        "int getDay()": lambda f, d: (d.astimezone(f.zone).weekday() + 1) % 7,
    }
)


def _format_of(f: Frame, pattern: Value) -> Formatter:
    given = text(pattern)
    for letter, _, literal in tokens_of(given):
        if literal is None and letter not in "GyYMLwWDdFEuaHkKhmsSzZX":
            raise throw("IllegalArgumentException", f"Illegal pattern character '{letter}'")
    return Formatter(given)


FORMAT: Final = JavaClass("java.text.SimpleDateFormat", Formatter)
FORMAT.all(
    {
        "SimpleDateFormat(String)": _format_of,
        "SimpleDateFormat(String, Locale)": lambda f, p, locale: _format_of(f, p),
        "void setLenient(boolean)": lambda f, o, lenient: None,
        "void setTimeZone(TimeZone)": lambda f, o, zone: None,
        "String format(Date)": lambda f, o, d: date_pattern(date(d), o.pattern, f.zone),
        "Date parse(String)": lambda f, o, t: parse_date(text(t), o.pattern, f.zone),
        "String toPattern()": lambda f, o: o.pattern,
    }
)
_FIELDS: Final = {
    "YEAR": 1, "MONTH": 2, "DATE": 5, "DAY_OF_MONTH": 5, "DAY_OF_YEAR": 6, "DAY_OF_WEEK": 7,
    "AM_PM": 9, "HOUR": 10, "HOUR_OF_DAY": 11, "MINUTE": 12, "SECOND": 13, "MILLISECOND": 14,
}  # fmt: skip
_STEPS: Final = {
    5: timedelta(days=1),
    6: timedelta(days=1),
    7: timedelta(days=1),
    10: timedelta(hours=1),
    11: timedelta(hours=1),
    12: timedelta(minutes=1),
    13: timedelta(seconds=1),
    14: timedelta(milliseconds=1),
}


def _out_of_range() -> Exception:
    return throw("IllegalArgumentException", "a date outside of the years 1 to 9999")


def _plus_months(local: datetime, months: int) -> datetime:
    total = local.year * 12 + local.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise _out_of_range()
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def _add(f: Frame, o: CalendarObject, field: Value, amount: Value) -> None:
    which, by = integer(field), integer(amount)
    local = o.at.astimezone(f.zone)
    try:
        if which in (1, 2):
            o.at = _plus_months(local, by * 12 if which == 1 else by)
        elif which in _STEPS:
            o.at = local + _STEPS[which] * by
        else:
            raise throw("IllegalArgumentException", f"field {which}")
    except OverflowError:
        raise _out_of_range() from None


def _read(f: Frame, o: CalendarObject, field: Value) -> int:
    d = o.at.astimezone(f.zone)
    values = {
        1: d.year,
        2: d.month - 1,
        5: d.day,
        6: d.timetuple().tm_yday,
        7: (d.weekday() + 1) % 7 + 1,
        9: d.hour // 12,
        10: d.hour % 12,
        11: d.hour,
        12: d.minute,
        13: d.second,
        14: d.microsecond // 1000,
    }
    which = integer(field)
    if which not in values:
        raise throw("IllegalArgumentException", f"field {which}")
    return values[which]


def _write(f: Frame, o: CalendarObject, field: Value, value: Value) -> None:
    _add(f, o, field, integer(value) - _read(f, o, field))


def _write_date(f: Frame, o: CalendarObject, *parts: Value) -> None:
    o.at = o.at.astimezone(f.zone).replace(day=1)
    for field, value in zip((1, 2, 5, 11, 12, 13), parts, strict=False):
        _write(f, o, field, value)


def _set_time(f: Frame, o: CalendarObject, d: Value) -> None:
    o.at = date(d)


def _other(o: Value) -> datetime:
    if not isinstance(o, CalendarObject):
        raise mismatch("a Calendar", o)
    return o.at


def _calendar(f: Frame, *_: Value) -> CalendarObject:
    return CalendarObject(_now(f))


def _maximum(f: Frame, o: CalendarObject, field: Value) -> int:
    local, which = o.at.astimezone(f.zone), integer(field)
    if which == 5:
        return calendar.monthrange(local.year, local.month)[1]
    if which == 6:
        return 366 if calendar.isleap(local.year) else 365
    known = {2: 11, 7: 7, 9: 1, 10: 11, 11: 23, 12: 59, 13: 59, 14: 999}
    if which not in known:
        raise throw("IllegalArgumentException", f"field {which}")
    return known[which]


def _roll(f: Frame, o: CalendarObject, field: Value, by: Value) -> None:
    """Add to one field and leave the larger ones alone."""
    if integer(field) != 2:
        raise throw("IllegalArgumentException", "scripts can roll months only; use add")
    local = o.at.astimezone(f.zone)
    month = (local.month - 1 + integer(by)) % 12 + 1
    o.at = _plus_months(local, month - local.month)


CALENDAR: Final = JavaClass("java.util.Calendar", CalendarObject)
_MONTHS: Final = [name.upper() for name in MONTHS]
_DAYS: Final = [DAYS[at - 1].upper() for at in range(7)]
CALENDAR.constants = {
    **_FIELDS,
    **dict(zip(_MONTHS, range(12), strict=True)),
    **dict(zip(_DAYS, range(1, 8), strict=True)),
}
CALENDAR.all(
    {
        "static Calendar getInstance()": _calendar,
        "Date getTime()": lambda f, o: o.at,
        "void setTime(Date)": _set_time,
        "long getTimeInMillis()": lambda f, o: Long(millis(o.at)),
        "void setTimeInMillis(long)": lambda f, o, ms: _set_time(f, o, moment(integer(ms))),
        "int getActualMaximum(int)": _maximum,
        "void roll(int, int)": _roll,
        "Object clone()": lambda f, o: CalendarObject(o.at),
        "void clear()": lambda f, o: _set_time(f, o, moment(0)),
        "void add(int, int)": _add,
        "int get(int)": _read,
        "void set(int, int)": _write,
        "void set(int, int, int)": _write_date,
        "void set(int, int, int, int, int)": _write_date,
        "void set(int, int, int, int, int, int)": _write_date,
        "boolean before(Calendar)": lambda f, o, c: o.at < _other(c),
        "boolean after(Calendar)": lambda f, o, c: o.at > _other(c),
    }
)
GREGORIAN: Final = JavaClass("java.util.GregorianCalendar", parents=("java.util.Calendar",))
GREGORIAN.add("GregorianCalendar()", _calendar)
for _count in (3, 5, 6):
    GREGORIAN.add(
        f"GregorianCalendar({', '.join(['int'] * _count)})",
        lambda f, year, *parts: CalendarObject(_date_of(f, integer(year) - 1900, *parts)),
    )
CLASSES: Final = [DATE, FORMAT, CALENDAR, GREGORIAN]
