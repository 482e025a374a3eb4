"""Where the time comes from."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1, 1, 3, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 29, tzinfo=UTC)


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def wait(self, condition: threading.Condition, until: datetime | None) -> None:
        """Wait on a held condition until somebody notifies or the moment has come."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, condition: threading.Condition, until: datetime | None) -> None:
        """Wait at most a minute, so that a clock set back does not strand the worker."""
        seconds = 60.0
        if until is not None:
            seconds = min(seconds, max(0.0, (until - self.now()).total_seconds()))
        condition.wait(seconds)


class ManualClock:
    """A clock that stands until it is moved: deterministic tests, to the millisecond."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment the clock was last set to."""
        return self._now

    def advance(self, by: timedelta | float) -> datetime:
        """Move on by a duration or a number of seconds."""
        self._now += by if isinstance(by, timedelta) else timedelta(seconds=by)
        return self._now

    def wait(self, condition: threading.Condition, until: datetime | None) -> None:
        """Wait shortly: the clock is moved by somebody else."""
        condition.wait(0.01)


def to_ms(moment: datetime) -> int:
    """Epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def is_showable(moment: datetime) -> bool:
    """Whether an aware moment has a date in every time zone, near the ends of the calendar too."""
    return _FIRST <= moment <= _LAST


def from_ms(ms: int) -> datetime:
    """The aware UTC moment of epoch milliseconds."""
    return _EPOCH + timedelta(0, 0, 0, ms)


def now_ms() -> int:
    """The machine's time in epoch milliseconds."""
    return time.time_ns() // 1_000_000
