"""A batch that is being written while the event loop that computed it goes on.

The loop is told when the database's answer arrives, and nobody waits for it. Where a loop cannot be
told, or has ended, the writer's thread waits instead.
"""

from __future__ import annotations

import asyncio

from procession.runtime.requests import Ready
from procession.runtime.writer import Writer
from procession.store.store import Sent


class UnderWay:
    """One batch."""

    def __init__(
        self, sent: Sent, batch: list[Ready], writer: Writer, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._sent = sent
        self._batch = batch
        self._writer = writer
        self._loop = loop
        self._has_ended = False
        """Or somebody waits for its end."""

    def start(self) -> None:
        """Have the loop told."""
        if self._sent.advance():
            self._end(self._loop)
            return
        try:
            if self._sent.is_waiting:
                self._loop.add_reader(self._sent.file, self._arrived)
                return
        except NotImplementedError:  # a loop of Windows
            pass
        self._has_ended = True
        self._writer.put(self.finish)

    def is_left(self) -> bool:
        """Whether the loop has ended before the answer came; said once."""
        if self._has_ended or not self._loop.is_closed():
            return False
        self._has_ended = True
        return True

    def finish(self) -> None:
        """Wait for the answer."""
        self._sent.finish()
        self._end(None)

    def _arrived(self) -> None:
        if self._sent.advance():
            self._loop.remove_reader(self._sent.file)
            self._end(self._loop)

    def _end(self, here: asyncio.AbstractEventLoop | None) -> None:
        self._has_ended = True
        if self._sent.outcomes is None:
            self._writer.put(self._batch)
        else:
            self._writer.tell(self._batch, self._sent.outcomes, here)
