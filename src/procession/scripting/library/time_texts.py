"""``DateTimeFormatter``, the texts of ``java.time``, and its adjusters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.amounts import no_text
from procession.scripting.library.arguments import mismatch, text
from procession.scripting.library.formatting import date_part, parse_parts, tokens_of
from procession.scripting.library.local_times import LOCAL_DATE, LOCAL_DATE_TIME, LOCAL_TIME
from procession.scripting.library.moments import (
    Instant,
    LocalDate,
    LocalDateTime,
    LocalTime,
    Moment,
    Zoned,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.temporal import INSTANT, OFFSET, ZONED
from procession.scripting.library.temporal_operations import (
    built,
    shifted,
    zone_of,
)
from procession.scripting.throwables import Thrown, throw
from procession.values import Value


class Formatter:
    """``DateTimeFormatter``; an empty pattern stands for the ISO form of what is written."""

    __slots__ = ("pattern",)
    type_name = "java.time.format.DateTimeFormatter"

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern


def _format(f: Frame, o: Formatter, value: Value) -> str:
    if not isinstance(value, Moment):
        raise mismatch("a date or a time", value)
    if not o.pattern:
        return value.shown()
    held = value.held
    if isinstance(held, time):
        held = datetime.combine(date(2000, 1, 1), held)
    if not isinstance(held, datetime):
        held = datetime.combine(held, time())
    parts = []
    for letter, width, literal in tokens_of(o.pattern):
        if literal is not None:
            parts.append(literal)
            continue
        _check(letter, value)
        parts.append(_letter(held, letter, width))
    return "".join(parts)


def _check(letter: str, value: Value) -> None:
    names = {"H": "HourOfDay", "h": "ClockHourOfAmPm", "m": "MinuteOfHour", "s": "SecondOfMinute"}
    dates = {"y": "YearOfEra", "M": "MonthOfYear", "d": "DayOfMonth", "E": "DayOfWeek"}
    missing = names.get(letter) if isinstance(value, LocalDate) else None
    missing = dates.get(letter) if isinstance(value, LocalTime) else missing
    if missing:
        what = f"Unsupported field: {missing}"
        raise throw("java.time.temporal.UnsupportedTemporalTypeException", what)


def _letter(held: datetime, letter: str, width: int) -> str:
    if letter == "S":
        return f"{held.microsecond:06d}000"[:width].ljust(width, "0")
    if letter == "n":
        return str(held.microsecond * 1000).zfill(width)
    if letter == "e":
        return str((held.weekday() + 1) % 7 + 1).zfill(width)
    return date_part(held, letter, width)


def _parsed(f: Frame, value: Value, pattern: str) -> tuple[dict[str, str | None], str]:
    given = text(value)
    found = parse_parts(given, pattern)
    if found is None:
        raise no_text(f"Text '{given[:60]}' could not be parsed at index 0")
    return found, given


_ISO: Final = {
    "LocalDate": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "LocalTime": re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"),
}


def _iso(given: str, kind: str) -> tuple[date | None, time | None]:
    day, moment = given, given
    if kind == "LocalDateTime":
        day, _, moment = given.partition("T")
    made: list[Value] = [None, None]
    for at, (name, piece) in enumerate((("LocalDate", day), ("LocalTime", moment))):
        if kind not in (name, "LocalDateTime"):
            continue
        found = _ISO[name].fullmatch(piece)
        if found is None:
            raise no_text(f"Text '{given[:60]}' could not be parsed at index 0")
        numbers = [int(part or 0) for part in found.groups()[:3]]
        micros = int((found.groups()[3] or "").ljust(9, "0")[:6] or 0) if at else 0
        made[at] = _strict(given, numbers, micros, at == 0)
    return made[0], made[1]


def _strict(given: str, numbers: list[int], micros: int, is_date: bool) -> Value:
    try:
        return built(date, *numbers) if is_date else built(time, *numbers, micros)
    except Thrown as thrown:
        why = thrown.throwable.message
        raise no_text(f"Text '{given[:60]}' could not be parsed: {why}") from None


def _parser(kind: str) -> Function:
    make = {"LocalDate": LocalDate, "LocalTime": LocalTime, "LocalDateTime": LocalDateTime}[kind]

    def parse(f: Frame, value: Value, form: Value = None) -> Value:
        if form is None or not form.pattern:
            day, moment = _iso(text(value), kind)
        else:
            found, given = _parsed(f, value, form.pattern)
            day, moment = _from_parts(found, given)
        if kind == "LocalDate":
            return make(day)
        return make(moment if kind == "LocalTime" else datetime.combine(day, moment))  # type: ignore[arg-type]

    return parse


def _from_parts(found: dict[str, str | None], given: str) -> tuple[date, time]:
    def number(key: str, default: int) -> int:
        return int(found.get(key) or default)

    year = number("y", 1970)
    year += 2000 if len(found.get("y") or "") == 2 else 0
    month = number("M", 1)
    if found.get("N"):
        month = number("N", 1)
    hour = number("H", -1)
    if hour < 0:
        hour = number("h", 0) % 12 + (12 if (found.get("a") or "").lower() == "pm" else 0)
    day = _strict(given, [year, month, number("d", 1)], 0, True)
    micros = int((found.get("S") or "").ljust(6, "0")[:6] or 0)
    return day, _strict(given, [hour, number("m", 0), number("s", 0)], micros, False)


def _parse_instant(f: Frame, value: Value) -> Instant:
    return Instant(_parse_zoned(f, value).held.astimezone(UTC))


_ZONED: Final = re.compile(r"(.*T[0-9:.]+?)(Z|[+-]\d{2}:\d{2}(?::\d{2})?)(?:\[([^\]]+)\])?")


def _parse_zoned(f: Frame, value: Value) -> Zoned:
    given = text(value)
    found = _ZONED.fullmatch(given[:100])
    if found is None:
        raise no_text(f"Text '{given[:60]}' could not be parsed at index 0")
    day, moment = _iso(found.group(1), "LocalDateTime")
    zone = zone_of(found.group(3) or found.group(2))
    return Zoned(datetime.combine(day, moment, zone.info), zone.held)  # type: ignore[arg-type]


def _offset(f: Frame, value: Value) -> Zoned:
    return Zoned(_parse_zoned(f, value).held)


FORMATTER: Final = JavaClass("java.time.format.DateTimeFormatter", Formatter)
FORMATTER.constants = {
    **{
        name: Formatter("")
        for name in (
            *("ISO_LOCAL_DATE", "ISO_DATE", "ISO_INSTANT", "ISO_ZONED_DATE_TIME"),
            "ISO_OFFSET_DATE_TIME",
        )
    },
    "ISO_LOCAL_DATE_TIME": Formatter(""),
    "ISO_DATE_TIME": Formatter(""),
    "ISO_LOCAL_TIME": Formatter(""),
    "ISO_TIME": Formatter(""),
    "BASIC_ISO_DATE": Formatter("yyyyMMdd"),
}
FORMATTER.all(
    {
        "static DateTimeFormatter ofPattern(String)": lambda f, p: Formatter(_pattern(text(p))),
        "static DateTimeFormatter ofPattern(String, Locale)": lambda f, p, _: Formatter(
            _pattern(text(p))
        ),
        "String format(Object)": _format,
        "DateTimeFormatter withZone(ZoneId)": lambda f, o, z: o,
        "DateTimeFormatter withLocale(Locale)": lambda f, o, z: o,
    }
)


def _pattern(given: str) -> str:
    for letter, _, literal in tokens_of(given):
        if literal is None and letter not in "yuMLdEeahHkKmsSnzZXxVDQ":
            what = f"Unknown pattern letter: {letter}"
            raise throw("IllegalArgumentException", what)
    return given


def _formatted(f: Frame, o: Value, form: Value) -> str:
    if not isinstance(form, Formatter):
        raise mismatch("a DateTimeFormatter", form)
    return _format(f, form, o)


for _class in (LOCAL_DATE, LOCAL_TIME, LOCAL_DATE_TIME, ZONED):
    _class.add("String format(DateTimeFormatter)", _formatted)
for _class in (LOCAL_DATE, LOCAL_TIME, LOCAL_DATE_TIME):
    _class.add(f"static {_class.simple} parse(CharSequence)", _parser(_class.simple))
    _class.add(
        f"static {_class.simple} parse(CharSequence, DateTimeFormatter)", _parser(_class.simple)
    )
INSTANT.add("static Instant parse(CharSequence)", _parse_instant)
ZONED.add("static ZonedDateTime parse(CharSequence)", _parse_zoned)
OFFSET.add("static OffsetDateTime parse(CharSequence)", _offset)


def _adjuster(change: Function) -> Function:
    from procession.scripting.objects import FunctionObject

    def make(f: Frame, *given: Value) -> FunctionObject:
        return FunctionObject(1, lambda f, o: change(o, *given))

    return make


def _month_edge(o: Value, months: int, days: int) -> Value:
    start = shifted(o, 1 - o.held.day, "DAYS")
    return shifted(shifted(start, months, "MONTHS"), days, "DAYS")


def _next_day(o: Value, day: Value, sign: int, same: bool) -> Value:
    away = (day.held - 1 - o.held.weekday()) * sign % 7
    away = away if away or same else 7
    return shifted(o, sign * away, "DAYS")


ADJUSTERS: Final = JavaClass("java.time.temporal.TemporalAdjusters")
ADJUSTERS.all(
    {
        "static TemporalAdjuster firstDayOfMonth()": _adjuster(lambda o: _month_edge(o, 0, 0)),
        "static TemporalAdjuster lastDayOfMonth()": _adjuster(lambda o: _month_edge(o, 1, -1)),
        "static TemporalAdjuster firstDayOfNextMonth()": _adjuster(lambda o: _month_edge(o, 1, 0)),
        "static TemporalAdjuster next(DayOfWeek)": _adjuster(
            lambda o, d: _next_day(o, d, 1, False)
        ),
        "static TemporalAdjuster nextOrSame(DayOfWeek)": _adjuster(
            lambda o, d: _next_day(o, d, 1, True)
        ),
        "static TemporalAdjuster previous(DayOfWeek)": _adjuster(
            lambda o, d: _next_day(o, d, -1, False)
        ),
    }
)
CLASSES: Final = [FORMATTER, ADJUSTERS]
