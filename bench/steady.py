"""Runs on a machine that is shared: it has minutes in which everything takes twice as long.

How fast it is, is told by an addition in a Python loop, so it does not depend on what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from bench import machine

SLOW: Final = 1.3
"""Times the fastest that was seen."""
_LOOK_AGAIN: Final = 1.0


class Steady:
    """Waits while the machine is slower than it can be, and repeats what a slow minute has met.

    For no more than ``seconds`` in all: then it takes things as they come.
    """

    def __init__(self, seconds: float = 0, look: Callable[[], float] = machine.slowest_ns) -> None:
        self.seconds = seconds
        self.spent = 0.0
        self._look = look
        self._fastest = look() if seconds else 0.0

    @property
    def is_patient(self) -> bool:
        """Whether it still waits."""
        return self.spent < self.seconds

    def run(self, one: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A run that is over, with ``loop_ns``: an addition before or after it, the longer one."""
        while True:
            before = self._wait()
            begun = time.perf_counter()
            result = one()
            result["loop_ns"] = loop_ns = max(before, self._look())
            if not (self.is_patient and self._is_slow(loop_ns)):
                return result
            self.spent += time.perf_counter() - begun

    def _wait(self) -> float:
        while self._is_slow(loop_ns := self._look()) and self.is_patient:
            time.sleep(_LOOK_AGAIN)
            self.spent += _LOOK_AGAIN
        return loop_ns

    def _is_slow(self, loop_ns: float) -> bool:
        self._fastest = min(self._fastest, loop_ns)
        return loop_ns > SLOW * self._fastest
