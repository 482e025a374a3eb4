"""The writer: makes batches of turns durable, a commit for each.

``reference/architecture.md`` 9.1a. Its thread waits for nothing but the database; an event loop may
write a batch itself (:mod:`procession.runtime.batches`). What a batch came to is told to whoever
computes turns (:mod:`procession.runtime.executive`) before anybody is answered.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from procession.runtime.clock import from_ms
from procession.runtime.requests import Ready, Written, answer
from procession.runtime.turn import Turn
from procession.store.store import Store

log = logging.getLogger("procession.runtime")

TRIES = 12
"""How often a turn that lost a race is computed again."""


Batch = list[Ready] | Callable[[], None]


class Writer:
    """Commits, tells what came of it, answers."""

    def __init__(
        self,
        store: Store,
        settle: Callable[[Written], None],
        wake_worker: Callable[[datetime], None],
    ) -> None:
        self.commits = 0
        self._store = store
        self._settle = settle
        self._wake_worker = wake_worker
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; without it :meth:`write` is called directly."""
        self._thread = threading.Thread(target=self._run, name="procession-writer", daemon=True)
        self._thread.start()

    def put(self, batch: Batch | None) -> None:
        """Have a batch written, or what was begun brought to its end; ``None`` ends the thread."""
        self._batches.put(batch)

    def join(self) -> None:
        """Wait for the thread's end."""
        if self._thread is not None:
            self._thread.join()

    def write(self, batch: list[Ready]) -> None:
        """Make a batch durable and answer everybody in it."""
        outcomes: Sequence[BaseException | None]
        try:
            outcomes = self._store.commit([ready.turn.uow for ready in batch])
        except Exception as error:
            log.exception("the batch could not be written")
            outcomes = [error] * len(batch)
        self.tell(batch, outcomes, None)

    def tell(
        self,
        batch: list[Ready],
        outcomes: Sequence[BaseException | None],
        here: asyncio.AbstractEventLoop | None,
    ) -> None:
        """Say what came of a batch, and do what was to follow."""
        self.commits += 1
        written = Written(batch, outcomes, TRIES, here)
        self._settle(written)
        for ready in written.durable:
            self.after(ready.turn)
        answer(written.answers, here)

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            if callable(batch):
                batch()
            else:
                self.write(batch)

    def after(self, turn: Turn) -> None:
        """Do what was to follow a turn when it is durable."""
        for instance, line in turn.printed:
            log.info("%s", line, extra={"instance": instance})
        if turn.next_due is not None:
            self._wake_worker(from_ms(turn.next_due))
        for action in turn.afterwards():
            try:
                action()
            except Exception:
                log.exception("what was to follow a turn failed")
