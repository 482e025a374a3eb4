"""A business calendar: a time zone in which only working time passes.

``reference/jbpm-engine.md`` 3.1. Durations and periods of timers and the deadlines of tasks are
counted in working hours; dates and cron expressions are what they say. It is handed on as the zone
it is, so whatever reckons with a zone honours it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from procession.errors import Invalid

_KNOWN: Final = {
    "business.days.per.week": 5,
    "business.hours.per.week": 5,
    "business.hours.per.day": 8,
    "business.start.hour": 9,
    "business.end.hour": 17,
}
_LATEST: Final = 366 * 50
"""Days that are looked through for working time before a calendar counts as having none."""


class Holiday(NamedTuple):
    """From a day to a day, both included; without a year it comes every year."""

    first: tuple[int | None, int, int]
    last: tuple[int | None, int, int]

    def has(self, day: date) -> bool:
        """Whether a day is in it."""
        of_year = (day.month, day.day)
        if self.first[0] is None or self.last[0] is None:
            first, last = self.first[1:], self.last[1:]
            if first <= last:
                return first <= of_year <= last
            return of_year >= first or of_year <= last  # over the turn of the year
        return self.first <= (day.year, *of_year) <= self.last


class BusinessZone(tzinfo):
    """The zone ``base`` with working hours ``start`` to ``end``; times in it are those of ``base``.

    ``weekend`` holds weekdays as Python counts them (Monday is 0).
    """

    def __init__(
        self,
        base: tzinfo,
        *,
        start: int = 9,
        end: int = 17,
        hours_per_day: int = 8,
        weekend: frozenset[int] = frozenset({5, 6}),
        holidays: tuple[Holiday, ...] = (),
    ) -> None:
        if not (0 <= start < end <= 24 and 0 < hours_per_day <= 24 and len(weekend) < 7):
            raise Invalid("the business calendar has no working hours")
        self.base = base
        self.start, self.end = timedelta(hours=start), timedelta(hours=end)
        self.day = timedelta(hours=hours_per_day)
        self.weekend = weekend
        self.holidays = holidays

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """As in the base."""
        return self.base.utcoffset(moment and moment.replace(tzinfo=self.base))

    def dst(self, moment: datetime | None) -> timedelta | None:
        """As in the base."""
        return self.base.dst(moment and moment.replace(tzinfo=self.base))

    def tzname(self, moment: datetime | None) -> str | None:
        """As in the base."""
        return self.base.tzname(moment and moment.replace(tzinfo=self.base))

    def fromutc(self, moment: datetime) -> datetime:
        """As in the base."""
        local = self.base.fromutc(moment.replace(tzinfo=self.base))
        return local.replace(tzinfo=self)

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works that day."""
        return day.weekday() not in self.weekend and not any(h.has(day) for h in self.holidays)

    def after(self, moment: datetime, working: timedelta) -> datetime:
        """The moment, in UTC, when that much working time has passed since ``moment``.

        A moment outside working hours counts from their next beginning. Raises
        :class:`OverflowError` if the calendar has no such time.
        """
        local = moment.astimezone(self.base).replace(tzinfo=None)
        day = local.date()
        for _ in range(_LATEST):
            opens = datetime.combine(day, time()) + self.start
            closes = datetime.combine(day, time()) + self.end
            begin = max(local, opens)
            if self.is_working_day(day) and begin < closes:
                if working < closes - begin or (working == closes - begin and working):
                    return (begin + working).replace(tzinfo=self.base).astimezone(UTC)
                working -= closes - begin
            day += timedelta(days=1)
        raise OverflowError("the business calendar has no working days ahead")


def read_properties(text: str) -> dict[str, str]:
    """Names and values of a Java properties file, as far as a calendar needs it: one a line."""
    found = {}
    for line in text.splitlines():
        name, is_given, value = line.strip().partition("=")
        if is_given and not name.startswith(("#", "!")):
            found[name.strip()] = value.strip()
    return found


def read_calendar(
    properties: Mapping[str, str], zone: tzinfo, find: Callable[[str], tzinfo]
) -> BusinessZone:
    """The calendar that the properties of jBPM describe; ``find`` gives a zone by its name.

    Raises :class:`Invalid` naming the property.
    """
    numbers = {name: _number(properties, name, default) for name, default in _KNOWN.items()}
    named = properties.get("business.cal.timezone", "").strip()
    if named:
        zone = find(named)
    weekend = frozenset(
        (number - 2) % 7
        for text in properties.get("business.weekend.days", "1,7").split(",")
        if (number := _whole("business.weekend.days", text))
    )
    return BusinessZone(
        zone,
        start=numbers["business.start.hour"],
        end=numbers["business.end.hour"],
        hours_per_day=numbers["business.hours.per.day"],
        weekend=weekend,
        holidays=_holidays(properties),
    )


def _number(properties: Mapping[str, str], name: str, default: int) -> int:
    return _whole(name, properties.get(name, str(default)))


def _whole(name: str, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise Invalid(f"{name}: {text.strip()!r} is no whole number") from None


def _holidays(properties: Mapping[str, str]) -> tuple[Holiday, ...]:
    pattern = properties.get("business.holiday.date.format", "yyyy-MM-dd").strip()
    found = []
    for text in properties.get("business.holidays", "").split(","):
        if text.strip():
            first, _, last = text.partition(":")
            found.append(Holiday(_day(first, pattern), _day(last or first, pattern)))
    return tuple(found)


def _day(text: str, pattern: str) -> tuple[int | None, int, int]:
    """A day as the pattern writes it; ``*`` stands for any year."""
    text = text.strip()
    is_yearly = "*" in text
    form = pattern.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    try:
        day = datetime.strptime(text.replace("*", "2024"), form)
    except ValueError:
        raise Invalid(f"business.holidays: {text!r} is no day written {pattern}") from None
    return None if is_yearly else day.year, day.month, day.day
