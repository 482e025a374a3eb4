"""Cron expressions: Quartz with seconds first (six or seven fields) and Unix (five fields).

cronsim does the searching. It reads neither ``?`` nor Quartz' numbers of days (1 is Sunday), so
fields are rewritten for it; what it does not know at all (``15W``, ``L-3``, the year) is left open
in its expression and decided here, day by day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

import msgspec
from cronsim import CronSim, CronSimError

from procession.errors import Invalid

_DAY_NAMES: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NEAREST_WORKDAY: Final = re.compile(r"(\d{1,2})W")
_BEFORE_LAST: Final = re.compile(r"L-(\d{1,2})(W?)")
_RANGE: Final = re.compile(r"(\d+)-(\d+)(?:/(\d+))?")
_YEARS: Final = (1970, 2199)
_PATIENCE: Final = 200
"""Years after which the search is given up; enough for every year one may name."""
_BOUNDS: Final = {0: (0, 59), 1: (0, 59), 2: (0, 23), 3: (1, 31), 4: (1, 12)}


class DayRule(msgspec.Struct, frozen=True):
    """A day of the month that has to be worked out: nearest working day, or days before the last.

    ``day`` counts from the first if positive, backwards from the last (0) otherwise.
    """

    day: int
    is_workday: bool

    def matches(self, day: date) -> bool:
        """Whether this is the day meant in its month."""
        last = monthrange(day.year, day.month)[1]
        number = self.day if self.day > 0 else last + self.day
        if not 1 <= number <= last:
            return False
        return day.day == (_nearest_workday(day, number, last) if self.is_workday else number)


def _nearest_workday(day: date, number: int, last: int) -> int:
    """The working day next to a date, without leaving its month."""
    match day.replace(day=number).weekday():
        case 5:
            return number - 1 if number > 1 else number + 2
        case 6:
            return number + 1 if number < last else number - 2
        case _:
            return number


class Cron(msgspec.Struct, frozen=True):
    """A cron expression: ``pattern`` in cronsim's words, and what it cannot say."""

    pattern: str
    second: int | None = None
    days: tuple[DayRule, ...] = ()
    years: frozenset[int] | None = None

    def after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The first time after a moment, in UTC; ``None`` when there is none.

        A time of day that a clock change skips happens at the end of the gap; one that comes twice
        happens once, unless the expression names its seconds or hours with ``*`` or steps.
        """
        shift = timedelta(seconds=self.second or 0)
        local = (moment - shift).astimezone(zone)
        while True:
            found = next(CronSim(self.pattern, local), None)
            if found is None or found.year > moment.year + _PATIENCE:
                return None
            day = found.date()
            if self.years is not None and day.year not in self.years:
                later = [year for year in self.years if year > day.year]
                if not later:
                    return None
                local = _just_before(date(min(later), 1, 1), zone)
            elif self.days and not any(rule.matches(day) for rule in self.days):
                local = _just_before(day + timedelta(days=1), zone)
            else:
                return found.astimezone(UTC) + shift


def _just_before(day: date, zone: tzinfo) -> datetime:
    midnight = datetime.combine(day, time(), tzinfo=zone)
    return (midnight.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone)


def cron(text: str) -> Cron | None:
    """Read a cron expression; ``None`` if the text does not have five, six or seven fields."""
    fields = text.upper().split()
    if len(fields) not in (5, 6, 7):
        return None
    try:
        compiled = _unix(fields) if len(fields) == 5 else _quartz(fields)
        CronSim(compiled.pattern, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise Invalid(f"the cron expression {text.strip()!r} is wrong: {error}") from None
    return compiled


def _unix(fields: list[str]) -> Cron:
    return Cron(" ".join("*" if field == "?" else field for field in fields))


def _quartz(fields: list[str]) -> Cron:
    years = _year_set(fields[6]) if len(fields) == 7 else None
    second, minute, hour, of_month, month, of_week = (
        "*" if field == "?" else field for field in fields[:6]
    )
    if of_month != "*" and of_week != "*":
        raise CronSimError("give a day of the month or a day of the week, and ? for the other")
    rules = tuple(_day_rule(term) for term in of_month.split(",")) if _needs_rule(of_month) else ()
    plain = [_unwrap(term, place) for place, term in enumerate((second, minute, hour))]
    plain += ["*" if rules else _unwrap(of_month, 3), _unwrap(month, 4), _week_days(of_week)]
    if second.isdigit() and int(second) < 60:
        return Cron(" ".join(plain[1:]), int(second), rules, years)
    return Cron(" ".join(plain), None, rules, years)


def _needs_rule(of_month: str) -> bool:
    return any(
        _NEAREST_WORKDAY.fullmatch(term) or _BEFORE_LAST.fullmatch(term)
        for term in of_month.split(",")
    )


def _day_rule(term: str) -> DayRule:
    if nearest := _NEAREST_WORKDAY.fullmatch(term):
        return DayRule(_day_number(term, int(nearest[1])), True)
    if before_last := _BEFORE_LAST.fullmatch(term):
        if int(before_last[1]) > 30:
            raise CronSimError(f"Bad day-of-month {term}")
        return DayRule(-int(before_last[1]), bool(before_last[2]))
    if term in ("L", "LW"):
        return DayRule(0, term == "LW")
    if term.isdigit():
        return DayRule(_day_number(term, int(term)), False)
    raise CronSimError(f"Bad day-of-month {term}")


def _day_number(term: str, number: int) -> int:
    if not 1 <= number <= 31:
        raise CronSimError(f"Bad day-of-month {term}")
    return number


def _unwrap(field: str, place: int) -> str:
    """Write ranges that run over the end (``22-4``) as lists."""
    low, high = _BOUNDS[place]
    terms: list[str] = []
    for term in field.split(","):
        match = _RANGE.fullmatch(term)
        if match and low <= int(match[2]) < int(match[1]) <= high:
            numbers = [*range(int(match[1]), high + 1), *range(low, int(match[2]) + 1)]
            terms.extend(str(number) for number in numbers[:: _step(match[3])])
        else:
            terms.append(term)
    return ",".join(terms)


def _step(text: str | None) -> int:
    if text is not None and int(text) == 0:
        raise CronSimError("a step of 0 leads nowhere")
    return int(text or 1)


def _week_days(field: str) -> str:
    """Quartz' days of the week (1 or SUN to 7 or SAT) in cronsim's numbers (0 to 6)."""
    if field == "*":
        return field
    return ",".join(text for term in field.split(",") for text in _week_days_of(term))


def _week_days_of(term: str) -> list[str]:
    if term == "L":
        return ["6"]
    if term.endswith("L"):
        return [f"{_week_day(term[:-1])}L"]
    if "#" in term:
        name, _, which = term.partition("#")
        return [f"{_week_day(name)}#{which}"]
    days, _, step = term.partition("/")
    first, dash, last = days.partition("-")
    if days == "*":
        numbers = list(range(7))
    elif dash:
        start = _week_day(first)
        length = (_week_day(last) - start) % 7 + 1
        numbers = [(start + offset) % 7 for offset in range(length)]
    else:
        numbers = list(range(_week_day(first), 7)) if step else [_week_day(first)]
    if step and not step.isdigit():
        raise CronSimError(f"Bad day-of-week {term}")
    return [str(number) for number in numbers[:: _step(step or None)]]


def _week_day(text: str) -> int:
    if text in _DAY_NAMES:
        return _DAY_NAMES.index(text)
    if text.isdigit() and 1 <= int(text) <= 7:
        return int(text) - 1
    raise CronSimError(f"Bad day-of-week {text!r}: 1 is Sunday, 7 is Saturday")


def _year_set(field: str) -> frozenset[int] | None:
    if field in ("*", "?"):
        return None
    years: set[int] = set()
    for term in field.split(","):
        match = re.fullmatch(r"(\*|\d{4})(?:-(\d{4}))?(?:/(\d{1,3}))?", term)
        if match is None:
            raise CronSimError(f"Bad year {term}")
        first = _YEARS[0] if match[1] == "*" else int(match[1])
        last = int(match[2]) if match[2] else (_YEARS[1] if match[3] else first)
        if not _YEARS[0] <= first <= last <= _YEARS[1]:
            raise CronSimError(f"Bad year {term}")
        years.update(range(first, last + 1, _step(match[3])))
    return frozenset(years)
