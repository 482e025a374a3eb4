"""Batches: what is ready to be written, and who writes it.

``reference/architecture.md`` 9.1a. While one batch is written the next one gathers. Mostly the
writer's thread does it. Among siblings on one file an event loop that computes turns also writes
what arrived together, as long as commits are short: while a writer waits for its interpreter, none
of the siblings writes. A disk that is slow, or a batch that is long, is left to the writer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from procession.runtime.requests import Ready
from procession.runtime.writer import Writer
from procession.store.store import Store

SHORT: Final = 0.005
"""Seconds, of late: a commit that takes longer does not keep an event loop from its readers."""


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
        self._gathering: asyncio.AbstractEventLoop | None = None

    @property
    def room(self) -> int:
        """How many turns the next batch may still take."""
        return self._size - len(self.ready)

    def take(self) -> list[Ready]:
        """What is ready, to be written now; nothing while something is being written."""
        if self.is_writing or not self.ready:
            return []
        self.is_writing = True
        batch, self.ready = self.ready, []
        return batch

    def hand_over(self) -> None:
        """Give the writer what is ready, if it has nothing in hand."""
        batch = self.take()
        if batch:
            self._writer.put(batch)

    def gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what is ready written: among siblings when the loop has seen what came with it."""
        if not self._store.is_shared or self._writer.seconds > SHORT:
            self.hand_over()
        elif self._gathering is not loop:
            self._gathering = loop
            loop.call_soon(self._write_gathered)

    def _write_gathered(self) -> None:
        self._gathering = None
        if not self._duty.acquire(blocking=False):  # whoever is on duty hands over in the end
            self._call()
            return
        try:
            batch = self.take()
        finally:
            self._duty.release()
        if batch:
            self._writer.write(batch)
