"""Slowing down those who guess: failed sign-ins cost more and more time."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from procession.errors import Unauthenticated


class _Failures(msgspec.Struct):
    count: int
    closed_until: float
    forgotten_at: float


class Throttle:
    """Counts failures for each name and client, in bounded memory.

    ``free`` failures cost nothing; from then on every further one closes the door for twice as
    long as the one before, from ``first`` up to ``longest`` seconds. Being shut out is not a
    failure. After ``forget`` quiet seconds, or a success, all is forgiven.
    """

    def __init__(
        self,
        *,
        free: int = 5,
        first: float = 1.0,
        longest: float = 300.0,
        forget: float = 900.0,
        capacity: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._free, self._first, self._longest = free, first, longest
        self._forget, self._capacity = forget, capacity
        self._now = now
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, name: str, client: str) -> None:
        """Raise :class:`Unauthenticated` (reason ``throttled``) while the door is closed."""
        with self._lock:
            entry = self._failures.get((name, client))
            left = entry.closed_until - self._now() if entry else 0.0
        if left > 0:
            seconds = math.ceil(left)
            raise Unauthenticated(
                f"too many failed attempts; try again in {seconds} s", reason="throttled"
            )

    def failed(self, name: str, client: str) -> None:
        """Another wrong attempt."""
        now = self._now()
        with self._lock:
            entry = self._failures.pop((name, client), None)
            if entry is None or entry.forgotten_at <= now:
                entry = _Failures(0, 0.0, 0.0)
            entry.count += 1
            over = entry.count - self._free
            if over > 0:
                pause = min(self._longest, self._first * 2.0 ** min(over - 1, 30))
                entry.closed_until = now + pause
            entry.forgotten_at = max(entry.closed_until, now) + self._forget
            self._make_room(now)
            self._failures[name, client] = entry

    def succeeded(self, name: str, client: str) -> None:
        """A right one: nothing is held against this name and client any more."""
        with self._lock:
            self._failures.pop((name, client), None)

    def __len__(self) -> int:
        return len(self._failures)

    def _make_room(self, now: float) -> None:
        while self._failures:
            oldest = next(iter(self._failures.values()))
            if len(self._failures) < self._capacity and oldest.forgotten_at > now:
                return
            self._failures.popitem(last=False)
