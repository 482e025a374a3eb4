"""``timer(…)`` and ``duration``: a row goes on when its time has come, and again at intervals.

Times are kept with the rows and looked at when rules are fired; nothing runs by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import NONE, Handle, Row, Staged, drop

Schedule: TypeAlias = Callable[[Any, tuple[Handle, ...], datetime, int], datetime | None]
"""From the run, the facts, now and how often it went already, to when a row goes on (again)."""


class Alarm:
    """When a row goes on next, how often it did, and whether it is in the rule now."""

    __slots__ = ("at", "times")

    def __init__(self, at: datetime | None) -> None:
        self.at = at
        self.times = 0


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
            child = row.children.get(None)
            if child is not None:
                drop(child, out)
            row.extra = Alarm(self.schedule(run, row.facts, now, 0))
            memory.peers.pop(row, None)
            memory.peers[row] = row
        for row in src.inserted():
            row.extra = Alarm(self.schedule(run, row.facts, now, 0))
            memory.peers[row] = row
        for row in self._due(memory, now):
            self._go_on(run, memory, row, now, out)
        return out

    def _due(self, memory: BetaMemory, now: datetime) -> list[Row]:
        return [row for row in memory.peers if row.extra.at is not None and row.extra.at <= now]

    def _go_on(self, run: Any, memory: BetaMemory, row: Row, now: datetime, out: Staged) -> None:
        alarm: Alarm = row.extra
        alarm.times += 1
        at = alarm.at
        alarm.at = self.schedule(run, row.facts, at or now, alarm.times)
        if alarm.at is None:
            del memory.peers[row]
        elif at is not None and alarm.at <= now:
            alarm.at = max(alarm.at, now + timedelta(microseconds=1))
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
