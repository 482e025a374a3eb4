"""The forms a timer expression can take, as plain data."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final, TypeAlias

import msgspec

from procession.bpmn.timer_expressions.spans import Span
from procession.core.flags import Semantics
from procession.cron import Cron
from procession.errors import Invalid


class Ways(msgspec.Struct, frozen=True):
    """How texts are meant where jBPM differs (the flags on timers in ``core/semantics.py``)."""

    exact_days: bool = False
    after_a_second: bool = False
    late_begin_now: bool = False


PLAIN: Final = Ways()
JBPM: Final = Ways(True, True, True)


def ways_of(semantics: Semantics) -> Ways:
    """The ways of timers among all the flags."""
    return Ways(
        semantics.timer_days_are_exact,
        semantics.cycles_begin_after_a_second,
        semantics.late_cycles_begin_now,
    )


class After(msgspec.Struct, frozen=True):
    """Once, after a span. ``repeats_on_start``: a start event fires again after every span."""

    span: Span
    repeats_on_start: bool = False


class At(msgspec.Struct, frozen=True):
    """Once, at a moment; a naive one is meant in the zone that is given later."""

    moment: datetime


class Delayed(msgspec.Struct, frozen=True):
    """``delay###period``: after the delay, then every period without end."""

    delay: Span
    period: Span


class Repeating(msgspec.Struct, frozen=True):
    """An ISO 8601 repeating interval; ``count`` ``None`` is without end.

    With ``start`` the first firing is at the start, with ``end`` alone the last one is at the end.
    """

    count: int | None
    period: Span
    start: datetime | None = None
    end: datetime | None = None


Form: TypeAlias = After | At | Delayed | Repeating | Cron


def in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in UTC; a naive one is meant in the zone."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise Invalid(f"the date {moment.isoformat()} lies outside the calendar") from None
