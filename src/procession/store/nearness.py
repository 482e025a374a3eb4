"""Whether a database answers so quickly that an event loop may wait for it.

Handing a question to a thread and the answer back costs more than a server of the same machine
needs to answer. So an event loop asks such a server itself; but never waits longer than a moment,
and leaves the asking to threads for a while when the server is slow.
"""

from __future__ import annotations

from time import monotonic
from typing import Final

A_MOMENT: Final = 0.05
"""Seconds that an event loop waits at most for one answer."""
CLOSE: Final = 0.0005
"""Seconds: who answers nothing in less time at best is on this machine, or as good as that."""
_SLOW: Final = 0.003
_OF_LATE: Final = 32
_PAUSE: Final = 1.0
_LONGEST: Final = 60.0


class Nearness:
    """Of one database. Touched by event loops; the worst of a race is one slow question more."""

    def __init__(self) -> None:
        self._is_close = False
        self._seconds = 0.0
        self._far_until = 0.0
        self._pause = _PAUSE

    def measured(self, seconds: float) -> None:
        """How long the shortest of some trips took."""
        self._is_close = seconds < CLOSE

    @property
    def is_near(self) -> bool:
        """Whether an event loop may ask now."""
        return self._is_close and monotonic() >= self._far_until

    def took(self, seconds: float) -> None:
        """An event loop waited so long for an answer."""
        self._seconds += (seconds - self._seconds) / _OF_LATE
        if self._seconds > _SLOW:
            self.was_slow()
        elif self._seconds < _SLOW / 2:
            self._pause = _PAUSE

    def was_slow(self) -> None:
        """An event loop waited too long: threads ask for a while, ever longer."""
        self._far_until = monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST)
        self._seconds = _SLOW * 2 / 3
