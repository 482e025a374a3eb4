"""Batches: what is ready to be written, and who writes it.

``reference/architecture.md`` 9.1a. On a database of this machine an event loop that computes turns
also writes what arrived together: no thread waits for another, what a turn has made is still near
the processor, and who arrives meanwhile is the next batch. It writes to a file itself, as long as
commits are short; to a server it sends the batch, and is told of the answer. Where a disk is slow,
a turn writes much, or the database is far, the writer's thread does it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from procession.errors import Occupied
from procession.runtime.requests import Ready
from procession.runtime.under_way import UnderWay
from procession.runtime.writer import Writer
from procession.store.store import Store

SHORT: Final = 0.005
"""Seconds: where commits take longer, beside what their turns need of the processor, they do not
keep an event loop from its readers."""
_A_TURN: Final = 0.0003
AGAIN_AFTER: Final = 1.0
"""Seconds after which an event loop tries whether the disk is quicker now; ever longer, if not."""
_LONGEST: Final = 60.0
_OTHERS: Final = 0.1
"""Seconds that an event loop leaves writing to the writer where somebody else writes too."""
_OF_LATE: Final = 12
_ROUNDS: Final = 3
"""How often an event loop looks for more before it writes: who was answered together asks again
together, and a commit costs nearly the same for one turn and for eight."""


class Batches:
    """All of it is touched on duty; ``call`` has the executive's thread go on duty soon."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        duty: threading.Lock,
        call: Callable[[], None],
        size: int,
    ) -> None:
        self.ready: list[Ready] = []
        self.is_writing = False
        self._store = store
        self._writer = writer
        self._duty = duty
        self._call = call
        self._size = size
        self._under_way: UnderWay | None = None
        self._gathering: asyncio.AbstractEventLoop | None = None
        self._seconds = 0.0
        """How long a commit keeps an event loop, mostly the last dozen."""
        self._slow_until = 0.0
        self._pause = AGAIN_AFTER

    @property
    def room(self) -> int:
        """How many turns the next batch may still take."""
        return self._size - len(self.ready)

    def take(self) -> list[Ready]:
        """What is ready, to be written now; nothing while something is being written."""
        if self._under_way is not None and self._under_way.is_left():
            self._writer.put(self._under_way.finish)
        if self.is_writing or not self.ready:
            return []
        self.is_writing = True
        batch, self.ready = self.ready, []
        return batch

    def is_over(self) -> None:
        """What was being written is written, or refused."""
        self.is_writing = False
        self._under_way = None

    def hand_over(self, here: asyncio.AbstractEventLoop | None = None) -> None:
        """Give the writer what is ready, if nothing is being written; ``here`` asks on a loop."""
        if here is not None and self.ready:
            self.gather(here)
            return
        batch = self.take()
        if batch:
            self._writer.put(batch)

    def gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what is ready written; near, when the loop has seen what came with it."""
        if not self._store.is_near or monotonic() < self._slow_until:
            self.hand_over()
        elif self._gathering is not loop:
            self._gathering = loop
            loop.call_soon(self._write_gathered, loop, 0, _ROUNDS)

    def _write_gathered(self, loop: asyncio.AbstractEventLoop, seen: int, rounds: int) -> None:
        now = len(self.ready)
        if rounds and seen < now < self._size:
            loop.call_soon(self._write_gathered, loop, now, rounds - 1)
            return
        self._gathering = None
        if not self._duty.acquire(blocking=False):  # whoever is on duty hands over in the end
            self._call()
            return
        try:
            batch = self.take()
        finally:
            self._duty.release()
        if not all(ready.is_short for ready in batch):
            self._writer.put(batch)
        elif batch:
            self._set_out(batch, loop)

    def _set_out(self, batch: list[Ready], loop: asyncio.AbstractEventLoop) -> None:
        begun = monotonic()
        try:
            sent = self._store.set_out([ready.turn.uow for ready in batch])
        except (Exception, Occupied):  # who may wait sees what is wrong, or that nothing is
            self._slow_until = monotonic() + _OTHERS
            self._writer.put(batch)
        else:
            self._under_way = UnderWay(sent, batch, self._writer, loop)
            self._under_way.start()
            if not sent.is_waiting:
                self._took(len(batch), begun, monotonic())

    def _took(self, turns: int, begun: float, ended: float) -> None:
        took = ended - begun - turns * _A_TURN
        self._seconds += (took - self._seconds) / _OF_LATE
        if self._seconds > SHORT:
            self._slow_until = ended + self._pause
            self._pause = min(2 * self._pause, _LONGEST)
            self._seconds = SHORT / 2
        elif took < SHORT:
            self._pause = AGAIN_AFTER
