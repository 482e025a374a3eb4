"""``timer(…)`` and ``duration``: a row goes on when its time has come, and again at intervals.

Times are kept with the rows and looked at when rules are fired; nothing runs by itself. What came
due several times since rules were last fired goes on once, as in Drools.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import NONE, Handle, Row, Staged, drop
from procession.rules.matcher.watching import Watched, watched


@watched
class Alarm(Watched):
    """When a row goes on next; since when it waits, when it last went on, how often it may have."""

    __slots__ = ("at", "created", "last", "times")

    def __init__(self, created: datetime) -> None:
        self.at: datetime | None = None
        self.created = created
        self.last: datetime | None = None
        self.times = 1


class Schedule(Protocol):
    """When rows go on."""

    def first(
        self, run: Any, facts: tuple[Handle, ...], now: datetime, before: Alarm | None
    ) -> datetime | None:
        """The first time for a row that has come, or has changed after it waited ``before``."""
        ...

    def after(
        self, run: Any, facts: tuple[Handle, ...], alarm: Alarm, now: datetime
    ) -> datetime | None:
        """The next time later than now; counts ``alarm.times`` up by the times it has passed."""
        ...


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A timer behind the last pattern of a rule."""

    schedule: Schedule

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed, and let go on what is due."""
        out = Staged()
        now: datetime = run.context.now
        for row in src.deleted():
            memory.peers.pop(row, None)
            child = row.children.get(None)
            if child is not None:
                drop(child, out)
        for row in src.updated():
            self._begin(run, memory, row, now)
        for row in src.inserted():
            self._begin(run, memory, row, now)
        for row in self._due(memory, now):
            self._go_on(run, memory, row, now, out)
        return out

    def _begin(self, run: Any, memory: BetaMemory, row: Row, now: datetime) -> None:
        before: Alarm | None = row.extra
        alarm = row.extra = Alarm(now if before is None else before.created)
        alarm.last = None if before is None else before.last
        alarm.at = self.schedule.first(run, row.facts, now, before)
        memory.peers.pop(row, None)
        if alarm.at is not None:
            memory.peers[row] = row

    def _due(self, memory: BetaMemory, now: datetime) -> list[Row]:
        return [row for row in memory.peers if row.extra.at is not None and row.extra.at <= now]

    def _go_on(self, run: Any, memory: BetaMemory, row: Row, now: datetime, out: Staged) -> None:
        alarm: Alarm = row.extra
        alarm.last = alarm.at
        alarm.at = self.schedule.after(run, row.facts, alarm, now)
        if alarm.at is None:
            del memory.peers[row]
        child = row.children.get(None)
        if child is None:
            out.insert(row.child(None, row.facts, row.cause))
        else:
            child.staged = NONE
            out.update(child)

    def next_due(self, memory: BetaMemory) -> datetime | None:
        """When the next row goes on."""
        times = [row.extra.at for row in memory.peers if row.extra.at is not None]
        return min(times) if times else None
