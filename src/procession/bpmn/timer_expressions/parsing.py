"""Reads the texts of timer event definitions; ``reference/jbpm-engine.md`` 3.1 lists the forms."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import isodate

from procession.bpmn.timer_expressions.forms import (
    After,
    At,
    Delayed,
    Form,
    Repeating,
    in_utc,
)
from procession.bpmn.timer_expressions.spans import Span, engine_time, iso_period
from procession.cron import cron
from procession.errors import Invalid
from procession.values import Value

_MAX_LENGTH: Final = 255
_REPEAT: Final = re.compile(r"R(-1|\d{0,9})", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-[\dW]|\d{4}W|\d{7,8}T", re.ASCII)


def text_of(kind: str, text: Value) -> str:
    """The words to read: a text as it stands, or how a number or a date would be written."""
    match text:
        case str():
            words = text.strip()
        case datetime():
            words = text.isoformat()
        case int() if not isinstance(text, bool):
            words = str(int(text))
        case _:
            raise Invalid(f"{kind} needs a text, a number of milliseconds or a date: {text!r:.80}")
    if not words:
        raise Invalid(f"{kind} is empty")
    if len(words) > _MAX_LENGTH:
        raise Invalid(f"{kind} is longer than {_MAX_LENGTH} characters")
    return words


def read_form(kind: str, text: str, exact_days: bool) -> Form:
    """What a text means in a ``timeDuration``, ``timeDate`` or ``timeCycle``."""
    match kind:
        case "timeDuration":
            return After(_span(kind, text, exact_days, with_months=not exact_days))
        case "timeDate":
            return _date(text, exact_days)
        case "timeCycle":
            return _cycle(text, exact_days)
        case _:
            raise Invalid(f"{kind!r} is none of timeDuration, timeDate, timeCycle")


def _date(text: str, exact_days: bool) -> Form:
    if _DATE.match(text):
        return At(_moment(text))
    span = engine_time(text) or iso_period(text, is_jbpm=exact_days, with_months=True)
    if span is None:
        raise Invalid(
            f"timeDate {text!r} is not understood: expected a date and time such as "
            "2030-01-31T12:00:00+01:00, or a time from now such as 1d2h"
        )
    return After(span)


def _cycle(text: str, exact_days: bool) -> Form:
    if "###" in text:
        delay, _, period = text.partition("###")
        return Delayed(_span("delay", delay, exact_days), _not_negative(period, exact_days))
    first, slash, _ = text.partition("/")
    if slash and _REPEAT.fullmatch(first.strip()):
        return _repeating(text, exact_days)
    plain = engine_time(text) or iso_period(text, is_jbpm=exact_days, with_months=True)
    if plain is not None:
        return After(plain, repeats_on_start=True)
    found = cron(text)
    if found is None:
        raise Invalid(
            f"timeCycle {text!r} is not understood: expected R3/PT10S, R/2030-01-31T12:00:00Z/P1D, "
            "a cron expression such as 0 0/5 * * * ?, 1m###5m or 30s"
        )
    return found


def _repeating(text: str, exact_days: bool) -> Form:
    repeat, *parts = (part.strip() for part in text.split("/"))
    count = None if repeat in ("R", "R-1") else int(repeat[1:])
    match parts:
        case [period]:
            form = Repeating(count, _positive(period, count, exact_days))
        case [start, finish] if _DATE.match(start) and _DATE.match(finish):
            begin, end = _moment(start), _moment(finish)
            form = Repeating(count, _between(text, begin, end), start=begin)
        case [start, period] if _DATE.match(start):
            form = Repeating(count, _positive(period, count, exact_days), start=_moment(start))
        case ["", period]:
            form = Repeating(count, _positive(period, count, exact_days))
        case [period, finish] if _DATE.match(finish):
            form = Repeating(
                count, _positive(period, 1 if count == 0 else None, exact_days), end=_moment(finish)
            )
        case _:
            raise Invalid(
                f"timeCycle {text!r} is not understood: after R comes a period, a start and a "
                "period, a start and an end, or a period and an end"
            )
    return form


def _between(text: str, start: datetime, end: datetime) -> Span:
    """The exact time between two moments, which must be written alike."""
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise Invalid(f"timeCycle {text!r}: give both start and end an offset, or neither")
    if end <= start:
        raise Invalid(f"timeCycle {text!r}: the end must come after the start")
    if start.tzinfo is None:
        return Span(days=end - start)
    return Span(exact=end - start)


def _span(what: str, text: str, exact_days: bool, *, with_months: bool = True) -> Span:
    span = engine_time(text) or iso_period(text, is_jbpm=exact_days, with_months=with_months)
    if span is None:
        raise Invalid(
            f"{what} {text.strip()!r} is not understood: expected an ISO 8601 duration such as "
            "PT5S or P1DT2H, or a time such as 1d2h, 30s, 500ms"
        )
    return span


def _not_negative(text: str, exact_days: bool) -> Span:
    span = _span("period", text, exact_days)
    if span.mean_seconds < 0:
        raise Invalid(f"the period {text.strip()!r} of a cycle must not be negative")
    return span


def _positive(text: str, count: int | None, exact_days: bool) -> Span:
    """A period that gets on; nothing at all is allowed when the number of rounds is limited."""
    span = _not_negative(text, exact_days)
    if span.is_endless:
        raise Invalid("the period * never passes; leave the cycle out")
    if count is None and span.mean_seconds == 0:
        raise Invalid(f"the period {text.strip()!r} of a cycle without end must be longer than 0")
    return span


def _moment(text: str) -> datetime:
    """A date, or a date and time, with or without an offset."""
    words = text.replace(" ", "T", 1) if "T" not in text else text
    try:
        if "T" in words:
            moment: datetime = isodate.parse_datetime(words)
        else:
            day = isodate.parse_date(words)
            moment = datetime(day.year, day.month, day.day)
        if moment.tzinfo is not None:
            moment = in_utc(moment, moment.tzinfo)
    except (isodate.ISO8601Error, ValueError, OverflowError):
        raise Invalid(
            f"the date {text!r} is not understood: expected 2030-01-31T12:00:00+01:00, "
            "with or without the offset"
        ) from None
    return moment
