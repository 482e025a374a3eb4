"""Spans: lengths of time that know months, days of the wall clock and exact seconds apart.

A day of ISO 8601 is a day of the calendar: ``P1D`` after 12:00 is 12:00 even when a clock change
lies between, ``PT24H`` is not. jBPM counts every day as 24 hours, so there it is exact.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

import isodate
import msgspec

from procession.bpmn.timer_expressions.business_zone import BusinessZone
from procession.errors import Invalid

_ENGINE_TIME: Final = re.compile(
    r"(?P<sign>[+-])?\s*(?:(?P<days>\d+)\s*d)?\s*(?:(?P<hours>\d+)\s*h)?"
    r"\s*(?:(?P<minutes>\d+)\s*m)?\s*(?:(?P<seconds>\d+)\s*s)?"
    r"\s*(?:(?P<milliseconds>\d+)\s*(?:ms)?)?",
    re.IGNORECASE | re.ASCII,
)
_ISO_PERIOD: Final = re.compile(r"(?P<sign>[+-]?)P(?P<date>[^T]*)(?:T(?P<time>.+))?", re.ASCII)
_MEAN_MONTH: Final = 30.436875 * 86_400


class Span(msgspec.Struct, frozen=True):
    """A length of time; ``is_endless`` is the engine time string ``*``, which never passes.

    ``whole_days`` is how much of ``exact`` was said in days: a business day has fewer hours.
    """

    months: int = 0
    days: timedelta = timedelta()
    exact: timedelta = timedelta()
    is_endless: bool = False
    whole_days: int = 0

    @property
    def mean_seconds(self) -> float:
        """How long it is, as far as that can be said without a date."""
        return self.months * _MEAN_MONTH + (self.days + self.exact).total_seconds()

    def after(self, anchor: datetime, zone: tzinfo, times: int = 1) -> datetime | None:
        """The moment that many spans after the anchor, in UTC; ``None`` beyond the calendar.

        Months are counted from the anchor's own day: a month after 31 January is the last of
        February, two months are 31 March.
        """
        if self.is_endless and times:
            return None
        try:
            if isinstance(zone, BusinessZone) and times > 0 and not self.months:
                return zone.after(anchor, self._working(zone) * times)
            moment = anchor
            if self.months or self.days:
                local = anchor.astimezone(zone)
                wall = _add_months(local.replace(tzinfo=None), self.months * times)
                wall += self.days * times
                moment = wall.replace(tzinfo=zone, fold=local.fold)
            return moment.astimezone(UTC) + self.exact * times
        except (OverflowError, ValueError):
            return None

    def _working(self, zone: BusinessZone) -> timedelta:
        """As working time."""
        days = self.days.days + self.whole_days
        return zone.day * days + self.days + self.exact - timedelta(days=days)

    def whole_spans(self, anchor: datetime, now: datetime, zone: tzinfo) -> int:
        """The number of the last of the moments ``anchor + n spans`` that is not after ``now``."""
        number = int((now - anchor).total_seconds() // self.mean_seconds)
        if isinstance(zone, BusinessZone):
            return self._last_before(anchor, now, zone, number * 24)
        while _is_after(self.after(anchor, zone, number), now):
            number -= 1
        while not _is_after(self.after(anchor, zone, number + 1), now):
            number += 1
        return number

    def _last_before(self, anchor: datetime, now: datetime, zone: tzinfo, most: int) -> int:
        """The same by halving: working time passes at no steady pace."""
        low, high = 0, max(most, 1)
        while low < high:
            middle = (low + high + 1) // 2
            if _is_after(self.after(anchor, zone, middle), now):
                high = middle - 1
            else:
                low = middle
        return low


def _is_after(moment: datetime | None, now: datetime) -> bool:
    return moment is None or moment > now


def _add_months(wall: datetime, months: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    day = min(wall.day, monthrange(year, month + 1)[1])
    return wall.replace(year=year, month=month + 1, day=day)


def engine_time(text: str) -> Span | None:
    """Read an engine time string (``1d2h``, ``500ms``, ``-3s``, ``250``, ``*``), else ``None``."""
    text = text.strip()
    if text == "*":
        return Span(is_endless=True)
    match = _ENGINE_TIME.fullmatch(text)
    if match is None or not any(match.group(name) for name in _UNITS):
        return None
    try:
        length = timedelta(**{name: int(match[name] or 0) for name in _UNITS})
        days = int(match["days"] or 0)
    except OverflowError:
        raise Invalid(f"the time {text!r} is longer than any calendar") from None
    if match["sign"] == "-":
        return Span(exact=-length)
    return Span(exact=length, whole_days=days)


_UNITS: Final = ("days", "hours", "minutes", "seconds", "milliseconds")


def iso_period(text: str, *, is_jbpm: bool, with_months: bool) -> Span | None:
    """Read an ISO 8601 duration; ``None`` if the text does not begin like one."""
    match = _ISO_PERIOD.fullmatch(text.strip())
    if match is None:
        return None
    sign = "-" if match["sign"] == "-" else ""
    if not (match["date"] or match["time"]):
        raise _bad_period(text, "it names no length, such as PT5S")
    months, days = _parts(text, f"{sign}P{match['date']}") if match["date"] else (0, timedelta())
    _, exact = _parts(text, f"{sign}PT{match['time']}") if match["time"] else (0, timedelta())
    if months and not with_months:
        raise _bad_period(text, "years and months have no fixed length and are not allowed here")
    if is_jbpm:
        return Span(months=months, exact=days + exact, whole_days=max(days.days, 0))
    return Span(months=months, days=days, exact=exact)


def _parts(text: str, period: str) -> tuple[int, timedelta]:
    """Whole months, and the rest."""
    try:
        length = isodate.parse_duration(period, as_timedelta_if_possible=False)
    except (isodate.ISO8601Error, OverflowError, ValueError):
        raise _bad_period(text, "expected something like P1Y2M3DT4H5M6S, P2W or PT0.5S") from None
    months = Decimal(length.years) * 12 + Decimal(length.months)
    if months != int(months):
        raise _bad_period(text, "a part of a month has no length")
    return int(months), length.tdelta


def _bad_period(text: str, why: str) -> Invalid:
    return Invalid(f"the period {text.strip()!r} cannot be used: {why}")
