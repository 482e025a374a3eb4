"""``Duration``, ``Period`` and ``DateTimeFormatter``: lengths of time, and times as text."""

from __future__ import annotations

import re
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.arguments import integer, text
from procession.scripting.library.local_times import LOCAL_DATE
from procession.scripting.library.moments import (
    SECOND,
    Duration,
    Period,
)
from procession.scripting.library.table import Function, JavaClass
from procession.scripting.library.temporal_operations import (
    amount_between,
    shifted,
)
from procession.scripting.throwables import throw
from procession.values import Long, Value

_SECONDS: Final = {"Days": 86_400, "Hours": 3_600, "Minutes": 60, "Seconds": 1}


def _whole(value: int, size: int) -> Long:
    return Long(abs(value) // size * (1 if value >= 0 else -1))


def _of(nanos: int) -> Function:
    return lambda f, amount: Duration(integer(amount) * nanos)


def _to(nanos: int) -> Function:
    return lambda f, o: (
        Long(o.held // nanos) if nanos < SECOND else _whole(o.held // SECOND, nanos // SECOND)
    )


def _part(nanos: int, size: int) -> Function:
    return lambda f, o: int(_whole(o.held // SECOND, nanos // SECOND) % size)


def _added(nanos: int, sign: int) -> Function:
    return lambda f, o, amount: Duration(o.held + sign * integer(amount) * nanos)


def _both(sign: int) -> Function:
    return lambda f, o, other: Duration(o.held + sign * other.held)


_DURATION: Final = re.compile(
    r"([-+]?)P(?:([-+]?\d{1,12})D)?(T(?:([-+]?\d{1,12})H)?(?:([-+]?\d{1,12})M)?"
    r"(?:([-+]?\d{1,12})(?:[.,](\d{0,9}))?S)?)?",
    re.IGNORECASE,
)
_PERIOD: Final = re.compile(
    r"([-+]?)P(?:([-+]?\d{1,6})Y)?(?:([-+]?\d{1,6})M)?(?:([-+]?\d{1,6})W)?(?:([-+]?\d{1,8})D)?",
    re.IGNORECASE,
)


def _parse_duration(f: Frame, value: Value) -> Duration:
    given = text(value)
    found = _DURATION.fullmatch(given)
    if found is None or not any(found.group(n) for n in (2, 4, 5, 6)):
        raise no_text("Text cannot be parsed to a Duration")
    sign, days, _, hours, minutes, seconds, fraction = found.groups()
    total = int(days or 0) * 86_400 + int(hours or 0) * 3_600 + int(minutes or 0) * 60
    nanos = (total + int(seconds or 0)) * SECOND
    part = int((fraction or "").ljust(9, "0"))
    nanos += -part if (seconds or "").startswith("-") else part
    return Duration(-nanos if sign == "-" else nanos)


def _parse_period(f: Frame, value: Value) -> Period:
    found = _PERIOD.fullmatch(text(value))
    if found is None or not any(found.groups()[1:]):
        raise no_text("Text cannot be parsed to a Period")
    factor = -1 if found.group(1) == "-" else 1
    years, months, weeks, days = (int(part or 0) * factor for part in found.groups()[1:])
    return Period((years, months, weeks * 7 + days))


def no_text(message: str) -> Exception:
    """The exception for a text that is no date."""
    return throw("java.time.format.DateTimeParseException", message)


def _between(f: Frame, one: Value, other: Value) -> Duration:
    return Duration(amount_between("NANOS", one, other))


DURATION: Final = JavaClass("java.time.Duration", Duration, parents=("java.lang.Comparable",))
DURATION.constants = {"ZERO": Duration(0)}
DURATION.all(
    {
        **{f"static Duration of{name}(long)": _of(n * SECOND) for name, n in _SECONDS.items()},
        "static Duration ofMillis(long)": _of(1_000_000),
        "static Duration ofNanos(long)": _of(1),
        "static Duration of(long, ChronoUnit)": lambda f, n, unit: shifted(
            Duration(0), integer(n), unit.name
        ),
        "static Duration between(Object, Object)": _between,
        "static Duration parse(CharSequence)": _parse_duration,
        **{f"long to{name}()": _to(n * SECOND) for name, n in _SECONDS.items()},
        "long toMillis()": _to(1_000_000),
        "long toNanos()": _to(1),
        "long getSeconds()": lambda f, o: Long(o.held // SECOND),
        "int getNano()": lambda f, o: o.held % SECOND,
        "int toHoursPart()": _part(3_600 * SECOND, 24),
        "int toMinutesPart()": _part(60 * SECOND, 60),
        "int toSecondsPart()": _part(SECOND, 60),
        **{f"Duration plus{name}(long)": _added(n * SECOND, 1) for name, n in _SECONDS.items()},
        **{f"Duration minus{name}(long)": _added(n * SECOND, -1) for name, n in _SECONDS.items()},
        "Duration plusMillis(long)": _added(1_000_000, 1),
        "Duration minusMillis(long)": _added(1_000_000, -1),
        "Duration plus(Duration)": _both(1),
        "Duration minus(Duration)": _both(-1),
        "Duration multipliedBy(long)": lambda f, o, n: Duration(o.held * integer(n)),
        "Duration dividedBy(long)": lambda f, o, n: Duration(
            int(_whole(o.held, max(1, abs(integer(n)))))
        ),
        "Duration negated()": lambda f, o: Duration(-o.held),
        "Duration abs()": lambda f, o: Duration(abs(o.held)),
        "boolean isZero()": lambda f, o: o.held == 0,
        "boolean isNegative()": lambda f, o: o.held < 0,
    }
)


def _period_part(at: int) -> Function:
    return lambda f, o: o.held[at]


def _period_plus(at: int, sign: int) -> Function:
    def plus(f: Frame, o: Period, amount: Value) -> Period:
        held = list(o.held)
        held[at] += sign * integer(amount)
        return Period(tuple(held))

    return plus


PERIOD: Final = JavaClass("java.time.Period", Period)
PERIOD.constants = {"ZERO": Period((0, 0, 0))}
PERIOD.all(
    {
        "static Period of(int, int, int)": lambda f, *p: Period(tuple(integer(part) for part in p)),
        "static Period ofYears(int)": lambda f, n: Period((integer(n), 0, 0)),
        "static Period ofMonths(int)": lambda f, n: Period((0, integer(n), 0)),
        "static Period ofWeeks(int)": lambda f, n: Period((0, 0, integer(n) * 7)),
        "static Period ofDays(int)": lambda f, n: Period((0, 0, integer(n))),
        "static Period between(LocalDate, LocalDate)": lambda f, a, b: LOCAL_DATE.methods[
            "until", 1
        ].function(f, a, b),
        "static Period parse(CharSequence)": _parse_period,
        **{
            f"int get{name}()": _period_part(at)
            for at, name in enumerate(("Years", "Months", "Days"))
        },
        **{
            f"Period plus{name}(long)": _period_plus(at, 1)
            for at, name in enumerate(("Years", "Months", "Days"))
        },
        **{
            f"Period minus{name}(long)": _period_plus(at, -1)
            for at, name in enumerate(("Years", "Months", "Days"))
        },
        "long toTotalMonths()": lambda f, o: Long(o.held[0] * 12 + o.held[1]),
        "Period negated()": lambda f, o: Period(tuple(-part for part in o.held)),
        "boolean isZero()": lambda f, o: not any(o.held),
        "boolean isNegative()": lambda f, o: any(part < 0 for part in o.held),
    }
)
CLASSES: Final = [DURATION, PERIOD]
