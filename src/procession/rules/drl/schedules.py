"""``timer(int: …)``, ``timer(cron: …)``, ``timer(expr: …)``, ``duration``: when rows go on.

Intervals are counted as Drools 6.5 counts them, which is surprising in three places: a row that
changes goes on when it would have gone on without the change, ``repeat-limit=3`` lets a row go on
twice, and with an ``end`` a row does not begin at all when its second time would be too late.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from procession.core.ports import ScriptThrow
from procession.cron import Cron, cron
from procession.errors import Invalid
from procession.rules.drl import attributes
from procession.rules.drl.lexer import TEXT, Token, tokens
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Attribute, Piece
from procession.rules.matcher.network import Reader
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.timers import Alarm, Schedule

Facts = tuple[Handle, ...]
_OPTION: Final = re.compile(r"(start|end|repeat-limit)\s*=\s*([^;,]*)$")
_KIND: Final = re.compile(r"(\w+)\s*:")
_FAULT: Final = "java.lang.IllegalArgumentException"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """``start``, ``end`` and ``repeat-limit``; the first two are read from the facts."""

    start: Reader | None = None
    end: Reader | None = None
    limit: int | None = None

    def begin(self, run: Any, facts: Facts) -> datetime | None:
        """The moment before which nothing goes on."""
        return None if self.start is None else _moment(self.start(run, facts))

    def too_late(self, run: Any, facts: Facts, at: datetime) -> bool:
        """Whether a moment lies behind the end."""
        end = None if self.end is None else _moment(self.end(run, facts))
        return end is not None and at > end

    def spent(self, alarm: Alarm) -> bool:
        """Whether a row has gone on as often as it may."""
        return self.limit is not None and alarm.times >= self.limit


@dataclass(frozen=True, kw_only=True)
class Interval:
    """After a delay, then at intervals."""

    delay: Reader
    period: Reader
    bounds: Bounds

    def first(self, run: Any, facts: Facts, now: datetime, before: Alarm | None) -> datetime | None:
        """After the delay; counted from when the row came, or last went on."""
        delay, period = _span(self.delay(run, facts)), _span(self.period(run, facts))
        if before is not None:
            since = before.created + delay if before.last is None else before.last + period
            delay = max(since - now, timedelta())
        start = self.bounds.begin(run, facts)
        at = (now if start is None else start) + delay
        if at < now:
            at = now + (-((now - at) % period) % period if period else timedelta())
        late = self.bounds.too_late
        if late(run, facts, at) or (period and late(run, facts, at + period)):
            return None
        return at

    def after(self, run: Any, facts: Facts, alarm: Alarm, now: datetime) -> datetime | None:
        """The next interval that ends later than now."""
        period = _span(self.period(run, facts))
        if not period or alarm.last is None:
            return None
        passed = max((now - alarm.last) // period + 1, 1)
        alarm.times += passed
        at = alarm.last + period * passed
        if self.bounds.spent(alarm) or self.bounds.too_late(run, facts, at):
            return None
        return at


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """At the times of a cron expression."""

    expression: Cron
    bounds: Bounds

    def first(self, run: Any, facts: Facts, now: datetime, before: Alarm | None) -> datetime | None:
        """The first time after now; a start counts itself."""
        start = self.bounds.begin(run, facts)
        since = now if start is None or start <= now else start - timedelta(seconds=1)
        return self._next(run, facts, since)

    def after(self, run: Any, facts: Facts, alarm: Alarm, now: datetime) -> datetime | None:
        """The next time after now."""
        alarm.times += 1
        return None if self.bounds.spent(alarm) else self._next(run, facts, now)

    def _next(self, run: Any, facts: Facts, since: datetime) -> datetime | None:
        at = self.expression.after(since, run.zone)
        return None if at is None or self.bounds.too_late(run, facts, at) else at


def schedule_of(one: Attribute, source: str, reader: Callable[[Piece], Reader]) -> Schedule:
    """``timer( int: 30s 10s; repeat-limit=3 )``, ``timer( cron: 0 0 8 * * ? )``, …"""
    place = (one.line, one.column)
    text = _text(one, source)
    found = _KIND.match(text)
    kind = found[1] if found is not None else "int"
    body, _, rest = (text[found.end() :] if found is not None else text).partition(";")
    body, options = _options(body, rest, place)

    def expression(written: str) -> Reader:
        return reader(_piece(written, place))

    def moment(written: str | None) -> Reader | None:
        if written is None:
            return None
        literal = attributes.date_of(written.strip().strip('"'))
        return expression(written) if literal is None else (lambda run, facts: literal)

    limit = options.get("repeat-limit")
    if limit is not None and not limit.isdigit():
        raise Mistake(f"repeat-limit needs a number, not '{limit}'", *place)
    bounds = Bounds(
        start=moment(options.get("start")),
        end=moment(options.get("end")),
        limit=None if limit is None else int(limit),
    )
    match kind:
        case "int":
            return _fixed(body, bounds, place)
        case "cron":
            return Calendar(expression=_cron(body, place), bounds=bounds)
        case "expr":
            parts = [part.strip() for part in body.split(",")]
            if not all(parts) or len(parts) > 2:
                raise Mistake(f"'{body}' is no delay and period", *place)
            delay, period = expression(parts[0]), _constant(timedelta())
            if len(parts) > 1:
                period = expression(parts[1])
            return Interval(delay=delay, period=period, bounds=bounds)
    raise Mistake(f"timers of the kind '{kind}' do not exist; use 'int', 'cron' or 'expr'", *place)


def _text(one: Attribute, source: str) -> str:
    piece = attributes.bare(one.piece)
    if len(piece) == 1 and piece[0].kind == TEXT:
        return str(attributes.word(Attribute(one.line, one.column, one.name, piece))).strip()
    return source[piece[0].start : piece[-1].end].strip() if piece else ""


def _options(body: str, rest: str, place: tuple[int, int]) -> tuple[str, dict[str, str]]:
    """The options behind ``;``, and those that stand behind a comma of the body."""
    options: dict[str, str] = {}
    for part in re.split(r"[;,]", rest):
        if not part.strip():
            continue
        found = _OPTION.match(part.strip())
        if found is None:
            raise Mistake(f"the timer option '{part.strip()}' is not supported", *place)
        options[found[1]] = found[2].strip()
    return body.strip(), options


def _piece(written: str, place: tuple[int, int]) -> Piece:
    """The words of an expression, all at the place of the timer."""
    words = tokens(written)[:-1]
    return tuple(Token(w.kind, w.text, w.start, w.end, *place) for w in words)


def _fixed(body: str, bounds: Bounds, place: tuple[int, int]) -> Interval:
    times = [attributes.duration(part) for part in body.split()]
    if not times or len(times) > 2 or times[0] is None or None in times:
        raise Mistake(f"'{body}' is no duration such as 30s or 1h30m", *place)
    period = times[1] if len(times) > 1 and times[1] is not None else timedelta()
    return Interval(delay=_constant(times[0]), period=_constant(period), bounds=bounds)


def _constant(value: timedelta) -> Reader:
    return lambda run, facts: value


def _cron(body: str, place: tuple[int, int]) -> Cron:
    """A cron expression of Quartz, with seconds."""
    try:
        found = cron(body) if len(body.split()) in (6, 7) else None
    except Invalid as wrong:
        raise Mistake(str(wrong), *place) from None
    if found is None:
        raise Mistake(f"'{body}' is no cron expression of six or seven fields", *place)
    return found


def _span(value: Any) -> timedelta:
    """A duration as texts, milliseconds or durations say it."""
    if isinstance(value, timedelta):
        return value
    found = attributes.duration(value) if isinstance(value, str) else None
    if found is None and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        found = timedelta(milliseconds=int(value))
    if found is None:
        raise ScriptThrow(_FAULT, f"a timer needs a duration, not {value!r}")
    return found


def _moment(value: Any) -> datetime:
    """A moment as dates, milliseconds or texts say it."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC)
    found = attributes.date_of(value) if isinstance(value, str) else None
    if found is None:
        raise ScriptThrow(_FAULT, f"a timer needs a date, not {value!r}")
    return found
