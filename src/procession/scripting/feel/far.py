"""Dates before the year 1 and after 9999, which Python's dates do not reach.

The calendar repeats itself every 400 years, to the day of the week. So a far date is a near one, of
the years 2000 to 2399, and the number of such eras it is away. It is a ``date`` for everything
that asks for month, day, weekday or time; what asks for the year or the order is told here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, SupportsIndex

YEARS: Final = 400
DAYS: Final = 146_097
FIRST: Final = 2_000
MOST: Final = 999_999_999
_EPOCH: Final = datetime(FIRST, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_ERA: Final = DAYS * 86_400_000_000


class FarDate(date):
    """A far date."""

    era: int

    @property
    def near(self) -> date:
        """The same day of an era that Python knows."""
        return date(date.year.__get__(self), self.month, self.day)

    @property
    def year(self) -> int:
        """The year, as it is counted."""
        return int(date.year.__get__(self)) + YEARS * self.era

    def toordinal(self) -> int:
        """The day, counted as for near dates."""
        return self.near.toordinal() + DAYS * self.era

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FarDate) and (self.era, self.near) == (other.era, other.near)

    def __hash__(self) -> int:
        return hash((self.era, self.near))


class FarMoment(datetime):
    """A far date with a time."""

    era: int

    @property
    def near(self) -> datetime:
        """The same moment of an era that Python knows."""
        day = date(datetime.year.__get__(self), self.month, self.day)
        return datetime.combine(day, self.timetz())

    @property
    def year(self) -> int:
        """The year, as it is counted."""
        return int(datetime.year.__get__(self)) + YEARS * self.era

    def date(self) -> date:
        """Its day."""
        return day_of(self.year, self.month, self.day)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FarMoment) and (self.era, self.near) == (other.era, other.near)

    def __hash__(self) -> int:
        return hash((self.era, self.near))


FAR: Final = (FarDate, FarMoment)


def day_of(year: int, month: SupportsIndex, day: SupportsIndex) -> date:
    """A date of any year but 0 and those beyond nine digits."""
    if 1 <= year <= 9_999:
        return date(year, month, day)
    if not -MOST <= year <= MOST:
        raise ValueError("the year is out of range")
    made = FarDate(FIRST + year % YEARS, month, day)
    made.era = (year - FIRST) // YEARS
    return made


def moment_of(day: date, clock: time) -> datetime:
    """A date and a time together."""
    if not isinstance(day, FAR):
        return datetime.combine(day, clock)
    made: FarMoment = FarMoment.combine(day.near, clock)
    made.era = day.era
    return made


def moved(value: datetime, span: timedelta) -> datetime:
    """A date and time so much later, of any year."""
    eras, rest = divmod(span, timedelta(days=DAYS))
    near = value.near if isinstance(value, FarMoment) else value
    away = value.era if isinstance(value, FarMoment) else 0
    shift = (near.year - FIRST) // YEARS
    base = near.replace(year=near.year - shift * YEARS)
    later = base + rest
    day = day_of(later.year + (away + eras + shift) * YEARS, later.month, later.day)
    return moment_of(day, later.timetz())


def micros(value: date) -> int:
    """Microseconds since the year 2000, by which far and near moments are ordered."""
    near = value.near if isinstance(value, FAR) else value
    away = value.era if isinstance(value, FAR) else 0
    if not isinstance(near, datetime):
        near = datetime(near.year, near.month, near.day, tzinfo=UTC)
    elif near.tzinfo is None:
        near = near.replace(tzinfo=UTC)
    return (near - _EPOCH) // _MICRO + away * _ERA


def year_text(year: int) -> str:
    """A year as it is written: four digits at least, and a sign if it is before the first."""
    return f"{'-' if year < 0 else ''}{abs(year):04d}"
