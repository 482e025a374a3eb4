"""A timer expression as plain data, and the rhythm in which it fires.

The n-th due time is worked out from the first one, never from the moment the one before was
served, so a cycle does not drift. It needs no memory but the last :class:`Firing`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import assert_never

import msgspec

from procession.bpmn.timer_expressions.forms import (
    JBPM,
    PLAIN,
    After,
    At,
    Delayed,
    Form,
    Repeating,
    Ways,
    in_utc,
)
from procession.bpmn.timer_expressions.parsing import read_form, text_of
from procession.bpmn.timer_expressions.spans import Span
from procession.cron import Cron
from procession.errors import Invalid
from procession.values import Map, Value

_REGISTRATION = timedelta(seconds=1)
"""jBPM begins a cycle without a start about a second after it was asked for."""


class Firing(msgspec.Struct, frozen=True):
    """One firing: when it is due, how many come after it, and its place in the rhythm."""

    due: datetime
    remaining: int | None
    anchor: datetime
    index: int = 0

    def to_value(self) -> Map:
        """As a value that a wait can hold."""
        return Map(due=self.due, remaining=self.remaining, anchor=self.anchor, index=self.index)

    @staticmethod
    def from_value(value: Value) -> Firing:
        """Back from :meth:`to_value`."""
        return Firing(value["due"], value["remaining"], value["anchor"], int(value["index"]))


class TimerExpression(msgspec.Struct, frozen=True):
    """When a timer fires, made by :func:`procession.bpmn.timer_expressions.parse`."""

    kind: str
    text: str
    form: Form
    language: str = ""
    ways: Ways = PLAIN

    def first(self, now: datetime, zone: tzinfo, *, start_event: bool = False) -> Firing | None:
        """The first firing; ``None`` if there is none, ever. It may be due already."""
        form = self.form
        match form:
            case After():
                repeats = start_event and form.repeats_on_start and form.span.mean_seconds > 0
                return _firing(form.span, now, zone, 1, None if repeats else 0)
            case At():
                moment = in_utc(form.moment, zone)
                return Firing(moment, 0, moment)
            case Delayed():
                begin = form.delay.after(now, zone)
                repeats = form.period.mean_seconds > 0
                return None if begin is None else Firing(begin, None if repeats else 0, begin)
            case Repeating():
                return self._first_of_cycle(form, now, zone)
            case Cron():
                late = self.ways.after_a_second and start_event
                begin = form.after(now + _REGISTRATION if late else now, zone)
                return None if begin is None else Firing(begin, None, begin)
            case _:
                assert_never(form)

    def next(
        self, previous: Firing, now: datetime, zone: tzinfo, *, catch_up: bool = False
    ) -> Firing | None:
        """The firing after one that has been served; ``None`` if that was the last.

        A cycle without end that has missed several (the server stood still) makes up for them
        with one, at once, and goes on in its rhythm; with ``catch_up`` with all of them.
        """
        if previous.remaining == 0:
            return None
        left = None if previous.remaining is None else previous.remaining - 1
        coalesce = left is None and not catch_up
        form = self.form
        if isinstance(form, Cron):
            due = form.after(previous.due, zone)
            if due is not None and coalesce and due <= now:
                due = now.astimezone(UTC)
            return None if due is None else Firing(due, None, previous.anchor, previous.index + 1)
        period = _period(form)
        index = previous.index + 1
        if coalesce and not period.is_endless:
            index = max(index, period.whole_spans(previous.anchor, now, zone))
        return _firing(period, previous.anchor, zone, index, left)

    def _first_of_cycle(self, form: Repeating, now: datetime, zone: tzinfo) -> Firing | None:
        if form.count == 0:
            return None
        left = None if form.count is None else form.count - 1
        period = form.period
        if form.start is not None:
            start, index = in_utc(form.start, zone), 0
            if start < now and self.ways.late_begin_now:
                start = now.astimezone(UTC)
            elif start < now and period.mean_seconds > 0 and not period.is_endless:
                index = period.whole_spans(start, now, zone)
            return _firing(period, start, zone, index, left)
        if form.end is not None:
            end = in_utc(form.end, zone)
            passed = period.whole_spans(end, now, zone)
            index = min(0, passed + 1 if left is None else max(-left, passed))
            return _firing(period, end, zone, index, -index)
        if self.ways.after_a_second:
            return _firing(period, now.astimezone(UTC) + _REGISTRATION, zone, 0, left)
        return _firing(period, now, zone, 1, left)

    def to_value(self) -> Map:
        """As a value that a wait can hold."""
        ways: Value = msgspec.structs.astuple(self.ways)
        if self.ways in (PLAIN, JBPM):
            ways = self.ways == JBPM
        return Map(kind=self.kind, text=self.text, language=self.language, is_jbpm=ways)

    @staticmethod
    def from_value(value: Value) -> TimerExpression:
        """Back from :meth:`to_value`."""
        ways = value["is_jbpm"]
        ways = Ways(*ways) if isinstance(ways, tuple) else JBPM if ways else PLAIN
        return parse(value["kind"], value["text"], language=value["language"], ways=ways)


def parse(
    kind: str, text: Value, *, language: str = "", is_jbpm: bool = False, ways: Ways | None = None
) -> TimerExpression:
    """Read the text of a ``timeDuration``, ``timeDate`` or ``timeCycle``.

    Beside text, a number (milliseconds) and a date are taken as they come out of an expression.
    ``is_jbpm`` stands for all of jBPM's ways.
    Raises :class:`Invalid` saying what was found and what would do.
    """
    words = text_of(kind, text)
    ways = ways or (JBPM if is_jbpm else PLAIN)
    return TimerExpression(kind, words, read_form(kind, words, ways.exact_days), language, ways)


def _period(form: Form) -> Span:
    match form:
        case After():
            return form.span
        case Delayed() | Repeating():
            return form.period
        case _:
            raise Invalid("only cycles fire again")


def _firing(
    period: Span, anchor: datetime, zone: tzinfo, index: int, remaining: int | None
) -> Firing | None:
    due = period.after(anchor, zone, index)
    return None if due is None else Firing(due, remaining, anchor.astimezone(UTC), index)
