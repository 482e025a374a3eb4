"""Ascending numbers drawn from blocks, so that drawing one rarely asks the database.

A block is reserved durably before any number of it is given out. A crash therefore loses at most
the rest of a block, and never gives a number twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

SEQUENCES = ("public", "job", "content", "revision")


class Blocks:
    """Free numbers by sequence.

    ``reserve(name, count, wait)`` gets a new block, durably, and one of others that have none that
    is to be used.
    """

    def __init__(self, reserve: Callable[[str, int, bool], Mapping[str, range]]) -> None:
        self._reserve = reserve
        self._lock = threading.Lock()
        self._free: dict[str, list[range]] = {name: [] for name in SEQUENCES}
        self._last = dict.fromkeys(SEQUENCES, 0)

    def draw(self, name: str, count: int, wait: bool = True) -> range:
        """So many numbers in a row, above all drawn before. Asks the database if it must."""
        with self._lock:
            free = self._free[name]
            while not free or len(free[0]) < count:
                if len(free) > 1:
                    free.pop(0)
                else:
                    self._take(name, self._reserve(name, count, wait))
            block = free[0]
            drawn, free[0] = block[:count], block[count:]
            return drawn

    def add(self, blocks: Mapping[str, range]) -> None:
        """Blocks that were reserved on the side. One that lies below the last known is left out."""
        with self._lock:
            for name, block in blocks.items():
                self._add(name, block)

    def low(self, below: int) -> list[str]:
        """The sequences in use that have fewer numbers left than ``below``.

        Does not wait for who is reserving at this moment.
        """
        if not self._lock.acquire(blocking=False):
            return []
        try:
            return [
                name
                for name, free in self._free.items()
                if self._last[name] and sum(map(len, free)) < below
            ]
        finally:
            self._lock.release()

    def forget(self, name: str) -> None:
        """Never give out what is free now."""
        with self._lock:
            self._free[name].clear()

    def rest(self) -> dict[str, range]:
        """Give up what is free; the part that nobody drew behind gives the sequence back."""
        with self._lock:
            left = {name: free[-1] for name, free in self._free.items() if free and free[-1]}
            for free in self._free.values():
                free.clear()
            return left

    def _take(self, wanted: str, blocks: Mapping[str, range]) -> None:
        for name, block in blocks.items():
            if name != wanted:
                self._free[name].clear()
            self._add(name, block)

    def _add(self, name: str, block: range) -> None:
        if block.start <= self._last[name]:
            return
        free = self._free[name]
        if free and free[-1] and free[-1].stop == block.start:
            free[-1] = range(free[-1].start, block.stop)
        else:
            free.append(block)
        self._last[name] = block.stop - 1
