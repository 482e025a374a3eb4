"""``LocalDate``, ``LocalTime`` and ``LocalDateTime``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer
from procession.scripting.library.moments import (
    EPOCH,
    Instant,
    LocalDate,
    LocalDateTime,
    LocalTime,
    Moment,
    Zoned,
    plus_months,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.temporal_operations import (
    DAY_NAMES,
    MONTH_NAMES,
    NANOS,
    built,
    date_of,
    date_time_of,
    given_zone,
    here_at,
    is_ordered,
    like,
    moved_by,
    part_of,
    plus_amount,
    shifted,
    time_of,
    until_of,
    with_part,
)
from procession.scripting.throwables import throw
from procession.values import Long, Value

PARENTS: Final = ("java.time.temporal.Temporal", "java.lang.Comparable", "java.lang.Object")
DATE_PARTS: Final = {
    "int getYear()": part_of("year"),
    "int getMonthValue()": part_of("month"),
    "Month getMonth()": lambda f, o: MONTH_NAMES[o.held.month - 1],
    "int getDayOfMonth()": part_of("day"),
    "int getDayOfYear()": lambda f, o: int(o.held.timetuple().tm_yday),
    "DayOfWeek getDayOfWeek()": lambda f, o: DAY_NAMES[o.held.weekday()],
    "Object withYear(int)": with_part("year"),
    "Object withMonth(int)": with_part("month"),
    "Object withDayOfMonth(int)": with_part("day"),
    "Object withDayOfYear(int)": with_part("year_day"),
    **{
        f"Object plus{name}(long)": moved_by(name.upper(), 1)
        for name in ("Years", "Months", "Weeks", "Days")
    },
    **{
        f"Object minus{name}(long)": moved_by(name.upper(), -1)
        for name in ("Years", "Months", "Weeks", "Days")
    },
}
TIME_PARTS: Final = {
    "int getHour()": part_of("hour"),
    "int getMinute()": part_of("minute"),
    "int getSecond()": part_of("second"),
    "int getNano()": lambda f, o: int(o.held.microsecond) * 1000,
    "Object withHour(int)": with_part("hour"),
    "Object withMinute(int)": with_part("minute"),
    "Object withSecond(int)": with_part("second"),
    "Object withNano(int)": with_part("nano"),
    **{
        f"Object plus{name}(long)": moved_by(name.upper(), 1)
        for name in ("Hours", "Minutes", "Seconds", "Nanos")
    },
    **{
        f"Object minus{name}(long)": moved_by(name.upper(), -1)
        for name in ("Hours", "Minutes", "Seconds", "Nanos")
    },
}
ORDER: Final = {
    "Object plus(Object)": plus_amount(1),
    "Object minus(Object)": plus_amount(-1),
    "Object plus(long, ChronoUnit)": plus_amount(1),
    "Object minus(long, ChronoUnit)": plus_amount(-1),
    "boolean isBefore(Object)": is_ordered(-1),
    "boolean isAfter(Object)": is_ordered(1),
    "boolean isEqual(Object)": is_ordered(0),
    "Object until(Object)": until_of,
    "long until(Object, ChronoUnit)": until_of,
    "Object with(Object)": lambda f, o, change: adjusted(f, o, change),
    "Object truncatedTo(ChronoUnit)": lambda f, o, unit: _truncated(o, unit.name),
}


def adjusted(f: Frame, o: Value, change: Value) -> Value:
    """``with``: an adjuster, a date or a time."""
    from procession.scripting.library.functions import invoke

    if isinstance(change, LocalTime):
        return like(o, datetime.combine(o.held.date(), change.held, o.held.tzinfo))
    if isinstance(change, LocalDate):
        return like(o, datetime.combine(change.held, o.held.timetz()))
    return invoke(f, change, o)


def _truncated(o: Value, unit: str) -> Value:
    if unit not in NANOS or unit == "WEEKS":
        raise throw(
            "java.time.temporal.UnsupportedTemporalTypeException",
            "Unit is too large to be used for truncation",
        )
    size, held = NANOS[unit] // 1000, o.held
    micros = ((held.hour * 60 + held.minute) * 60 + held.second) * 1_000_000 + held.microsecond
    kept = micros - micros % max(1, size)
    start = {"hour": kept // 3_600_000_000, "minute": kept // 60_000_000 % 60}
    rest = {"second": kept // 1_000_000 % 60, "microsecond": kept % 1_000_000}
    return like(o, held.replace(**start, **rest))


def temporal_class(name: str, host: type[Moment], *families: dict[str, Function]) -> JavaClass:
    """A class of ``java.time`` with these families of methods."""
    made = JavaClass(f"java.time.{name}", host, parents=PARENTS)
    for family in families:
        made.all(family)
    return made


LOCAL_DATE: Final = temporal_class("LocalDate", LocalDate, DATE_PARTS, ORDER)
LOCAL_DATE.constants = {
    "MIN": LocalDate(date.min),
    "MAX": LocalDate(date.max),
    "EPOCH": LocalDate(EPOCH.date()),
}
LOCAL_DATE.all(
    {
        "static LocalDate of(int, int, int)": date_of,
        "static LocalDate now()": lambda f: LocalDate(here_at(f).date()),
        "static LocalDate now(ZoneId)": lambda f, z: LocalDate(here_at(f, z).date()),
        "static LocalDate ofEpochDay(long)": lambda f, n: LocalDate(
            EPOCH.date() + timedelta(days=integer(n))
        ),
        "static LocalDate ofYearDay(int, int)": lambda f, y, n: LocalDate(
            built(date, integer(y), 1, 1) + timedelta(days=integer(n) - 1)
        ),
        "long toEpochDay()": lambda f, o: Long((o.held - EPOCH.date()).days),
        "boolean isLeapYear()": lambda f, o: _leap(o.held.year),
        "int lengthOfMonth()": lambda f, o: (
            (plus_months(o.held.replace(day=1), 1) - o.held.replace(day=1)).days
        ),
        "int lengthOfYear()": lambda f, o: 366 if _leap(o.held.year) else 365,
        "LocalDateTime atStartOfDay()": lambda f, o: LocalDateTime(
            datetime.combine(o.held, time())
        ),
        "ZonedDateTime atStartOfDay(ZoneId)": lambda f, o, z: Zoned(
            datetime.combine(o.held, time(), given_zone(f, z).info), z.held
        ),
        "LocalDateTime atTime(LocalTime)": lambda f, o, t: LocalDateTime(
            datetime.combine(o.held, t.held)
        ),
        "LocalDateTime atTime(int, int)": lambda f, o, *p: date_time_of(f, o, time_of(f, *p)),
        "LocalDateTime atTime(int, int, int)": lambda f, o, *p: date_time_of(f, o, time_of(f, *p)),
        "Stream datesUntil(LocalDate)": lambda f, o, end: _dates_until(f, o, end),
    }
)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _dates_until(f: Frame, o: Value, end: Value) -> Value:
    from procession.scripting.library.streams import StreamObject

    count = max(0, (end.held - o.held).days)
    return StreamObject(LocalDate(o.held + timedelta(days=at)) for at in range(count))


LOCAL_TIME: Final = temporal_class("LocalTime", LocalTime, TIME_PARTS, ORDER)
LOCAL_TIME.constants = {
    "MIDNIGHT": LocalTime(time()),
    "NOON": LocalTime(time(12)),
    "MIN": LocalTime(time()),
}
LOCAL_TIME.all(
    {
        "static LocalTime of(int, int)": time_of,
        "static LocalTime of(int, int, int)": time_of,
        "static LocalTime of(int, int, int, int)": time_of,
        "static LocalTime now()": lambda f: LocalTime(here_at(f).time()),
        "static LocalTime ofSecondOfDay(long)": lambda f, n: shifted(
            LocalTime(time()), integer(n), "SECONDS"
        ),
        "int toSecondOfDay()": lambda f, o: (o.held.hour * 60 + o.held.minute) * 60 + o.held.second,
        "LocalDateTime atDate(LocalDate)": lambda f, o, d: LocalDateTime(
            datetime.combine(d.held, o.held)
        ),
    }
)
LOCAL_DATE_TIME: Final = temporal_class(
    "LocalDateTime", LocalDateTime, DATE_PARTS, TIME_PARTS, ORDER
)
for _count in (2, 5, 6, 7):
    LOCAL_DATE_TIME.add(f"static LocalDateTime of({', '.join(['Object'] * _count)})", date_time_of)
LOCAL: Final = {
    "LocalDate toLocalDate()": lambda f, o: LocalDate(o.held.date()),
    "LocalTime toLocalTime()": lambda f, o: LocalTime(o.held.time()),
}
LOCAL_DATE_TIME.all(
    {
        "static LocalDateTime now()": lambda f: LocalDateTime(here_at(f)),
        "static LocalDateTime now(ZoneId)": lambda f, z: LocalDateTime(here_at(f, z)),
        "static LocalDateTime ofInstant(Instant, ZoneId)": lambda f, i, z: LocalDateTime(
            i.held.astimezone(given_zone(f, z).info).replace(tzinfo=None)
        ),
        "static LocalDateTime ofEpochSecond(long, int, ZoneOffset)": lambda f, s, n, z: (
            LocalDateTime(
                (EPOCH + timedelta(seconds=integer(s), microseconds=integer(n) // 1000))
                + (given_zone(f, z).info.utcoffset(None) or timedelta())
            )
        ),
        **LOCAL,
        "ZonedDateTime atZone(ZoneId)": lambda f, o, z: Zoned(
            o.held.replace(tzinfo=given_zone(f, z).info), z.held
        ),
        "OffsetDateTime atOffset(ZoneOffset)": lambda f, o, z: Zoned(
            o.held.replace(tzinfo=given_zone(f, z).info)
        ),
        "Instant toInstant(ZoneOffset)": lambda f, o, z: Instant(
            o.held.replace(tzinfo=given_zone(f, z).info).astimezone(UTC)
        ),
        "long toEpochSecond(ZoneOffset)": lambda f, o, z: Long(
            int(
                (
                    o.held.replace(tzinfo=given_zone(f, z).info) - EPOCH.replace(tzinfo=UTC)
                ).total_seconds()
                // 1
            )
        ),
    }
)

CLASSES: Final = [LOCAL_DATE, LOCAL_TIME, LOCAL_DATE_TIME]
