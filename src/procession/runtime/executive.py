"""The executive: one thread that computes turns, batch by batch, and answers after the commit.

``reference/architecture.md`` 9.1a. Requests come through one queue. The executive drains it,
computes turn after turn, and hands what is ready to the writer, who makes the whole batch durable
with one commit; then everybody in it is answered with one wake-up of each event loop. While the
writer works the executive computes the next batch; whatever needs an instance that is not durable
yet waits for it (:mod:`procession.runtime.claims`).
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

from procession.core.ports import Limits
from procession.runtime.claims import Claims, Deferred
from procession.runtime.clock import Clock, from_ms
from procession.runtime.definitions import Definitions
from procession.runtime.loaded import LoadedInstances
from procession.runtime.projection import Projector
from procession.runtime.reactions import Reactions
from procession.runtime.requests import (
    Handled,
    HandlerNeeded,
    Parked,
    Ready,
    Request,
    Written,
    answer,
    refuse_all,
    stopped,
)
from procession.runtime.turn import Held, Turn
from procession.store.store import Reader, Store

R = TypeVar("R")
log = logging.getLogger("procession.runtime")

TRIES = 12


class Executive:
    """Computes turns. With ``threads=False`` everything happens in the caller's thread."""

    def __init__(
        self,
        store: Store,
        definitions: Definitions,
        reactions: Reactions,
        projectors: Sequence[Projector],
        clock: Clock,
        *,
        limits: Limits | None = None,
        zone: tzinfo = UTC,
        batch_size: int = 128,
        cached_instances: int = 10_000,
        threads: bool = True,
    ) -> None:
        self.store = store
        self.definitions = definitions
        self.reactions = reactions
        self.projectors = tuple(projectors)
        self.clock = clock
        self.limits = limits or Limits()
        self.zone = zone
        self.claims = Claims()
        self.threads = threads
        self.commits = 0
        self.turns = 0
        self.wake_worker: Callable[[datetime], None] = lambda due: None
        self._batch_size = batch_size
        self._is_shared = store.url.startswith("postgresql")
        self._id_block = 32 if self._is_shared else 1
        self._ids: dict[str, deque[int]] = {}
        self._loaded = LoadedInstances(definitions, cached_instances)
        self._turn: Turn | None = None
        self._reader: Reader | None = None
        self._thread_id = 0
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._again: deque[Request] = deque()
        self._ready: list[Ready] = []
        self._parked = 0
        self._writing = False
        self._stopping = False
        self._has_stopped = False
        self._lock = threading.RLock()
        self._handler_pool: ThreadPoolExecutor | None = None
        self._to_write: queue.SimpleQueue[list[Ready] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        if threads:
            self._begin()

    def _begin(self) -> None:
        for work, name in ((self._run, "executive"), (self._write, "writer")):
            thread = threading.Thread(target=work, name=f"procession-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    # -- for callers -------------------------------------------------------------------------

    @property
    def is_computing(self) -> bool:
        """Whether the calling thread is in the middle of a turn."""
        return self._turn is not None and self._thread_id == threading.get_ident()

    @property
    def turn(self) -> Turn:
        """The turn being computed on this thread."""
        if not self.is_computing or self._turn is None:
            raise RuntimeError("no turn is being computed on this thread")
        return self._turn

    @property
    def reader(self) -> Reader:
        """The executive's own snapshot; only inside a turn."""
        if self._reader is None:
            raise RuntimeError("no turn is being computed on this thread")
        return self._reader

    def submit(self, work: Callable[[], R], *, actor: str) -> Future[R]:
        """Have work done as one turn; the future is done when the turn is durable."""
        future: Future[R] = Future()
        self._accept(Request(work, actor, future, None, self.clock.now()))
        return future

    def submit_async(self, work: Callable[[], R], *, actor: str) -> asyncio.Future[R]:
        """The same for the running event loop, with one wake-up a batch."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._accept(Request(work, actor, future, loop, self.clock.now()))
        return future

    def run(self, work: Callable[[], R], *, actor: str) -> R:
        """Have work done as one turn and wait for it."""
        if self.is_computing:
            return work()
        if self.threads:
            return self.submit(work, actor=actor).result()
        with self._lock:
            future = self.submit(work, actor=actor)
            self._compute_all()
        return future.result()

    def close(self) -> None:
        """Finish what is in hand, refuse what comes, stop the threads."""
        self._stopping = True
        if self._threads:
            self._inbox.put(None)
            for thread in self._threads:
                thread.join()
            self._has_stopped = True
            refuse_all(self._inbox)
        if self._handler_pool is not None:
            self._handler_pool.shutdown()

    # -- for turns ---------------------------------------------------------------------------

    def draw(self, sequence: str) -> int:
        """The next number of a sequence; on a shared database drawn in small blocks."""
        block = self._ids.get(sequence)
        if not block:
            block = self._ids[sequence] = deque(self.store.next_ids(sequence, self._id_block))
        return block.popleft()

    def load(self, instance_id: int) -> Held | None:
        """A living instance."""
        return self._loaded.load(self.reader, instance_id)

    def aside(self, action: Callable[[], object]) -> None:
        """Do something that may block, after a turn and apart from it."""
        if self.threads:
            self._pool().submit(action)
        else:
            action()

    def forget(self) -> None:
        """Drop all instances from memory (their rows are the truth)."""
        self.between_turns(self._loaded.clear)

    def between_turns(self, action: Callable[[], object]) -> None:
        """Do something when no turn is being computed, and so no older snapshot is in use.

        What is submitted later is computed later.
        """
        if self.threads:
            self._inbox.put(action)
        else:
            action()

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._handler_pool is None:
                self._handler_pool = ThreadPoolExecutor(8, "procession-handler")
            return self._handler_pool

    # -- the executive's thread --------------------------------------------------------------

    def _accept(self, request: Request) -> None:
        if self._stopping:
            answer([(request, None, stopped())])
            return
        self._inbox.put(request)
        if self._has_stopped:
            refuse_all(self._inbox)

    def _run(self) -> None:
        stop = False
        while True:
            stop = not self._drain(wait=not self._again and not self._ready) or stop
            self._compute_drained()
            if self._ready:
                if self._writing:
                    stop = not self._drain(wait=True) or stop
                else:
                    self._writing = True
                    batch, self._ready = self._ready, []
                    self._to_write.put(batch)
            if stop and not (self._parked or self._ready or self._again or self._writing):
                break
        self._to_write.put(None)

    def _drain(self, *, wait: bool) -> bool:
        """Take what has arrived; False when told to stop."""
        going = True
        try:
            item = self._inbox.get() if wait else self._inbox.get_nowait()
            while True:
                if item is None:
                    going = False
                elif type(item) is Request:
                    self._again.append(item)
                else:
                    item()
                if len(self._again) >= self._batch_size:
                    break
                item = self._inbox.get_nowait()
        except queue.Empty:
            pass
        return going

    def _compute_drained(self) -> None:
        room = self._batch_size - len(self._ready)
        if not self._again or room <= 0:
            return
        self._thread_id = threading.get_ident()
        try:
            with self.store.read() as reader:
                self._reader = reader
                while self._again and room > 0:
                    self._compute(self._again.popleft())
                    room -= 1
        except Exception as error:  # the database is not to be had
            while self._again:
                self._refuse(self._again.popleft(), error)
        finally:
            self._reader = None

    def _refuse(self, request: Request, error: Exception) -> None:
        self._release(request)
        answer([(request, None, error)])

    def _compute(self, request: Request) -> None:
        if self.claims.keeps_waiting(request.needs, request):
            return
        request.needs = None
        self._loaded.begin()
        turn = self._turn = Turn(self, request)
        try:
            value = request.work()
            turn.finish()
        except Deferred as deferred:
            self._release(request)
            request.start_over()
            request.needs = deferred.key
            self.claims.wait_for(deferred.key, request)
            return
        except HandlerNeeded as needed:
            if not self._was_outdated(request, ()):
                self._park(request, turn, needed)
            return
        except Exception as error:
            if not self._was_outdated(request, ()):
                self._refuse(request, error)
            return
        finally:
            self._turn = None
        if self._was_outdated(request, turn.changed):
            return
        self.turns += 1
        if turn.uow.is_empty():
            self._release(request)
            self._after(turn)
            answer([(request, value, None)])
            return
        self._hold(request, turn)
        self._ready.append(Ready(request, turn, value))

    def _was_outdated(self, request: Request, guarded: Collection[int]) -> bool:
        """Whether another node has moved what the turn relied on: then it is computed again.

        What the turn writes is ``guarded`` by versions; the rest, and what made it fail, is not.
        """
        if not self._is_shared or not self._loaded.drop_outdated(self._reader, guarded):
            return False
        self._release(request)
        request.start_over()
        self._again.appendleft(request)
        return True

    def _park(self, request: Request, turn: Turn, needed: HandlerNeeded) -> None:
        """Keep what the turn touched claimed, run the handler in the pool, then compute again."""
        self._hold(request, turn)
        self._parked += 1

        def resume(handled: Handled) -> None:
            self._parked -= 1
            request.handled[needed.item.key] = handled
            self._again.appendleft(request)

        parked = Parked(needed, lambda handled: self._inbox.put(lambda: resume(handled)))
        parked.start(self._pool())

    def _hold(self, request: Request, turn: Turn) -> None:
        self.claims.hold(turn.keys, request)
        request.held_keys |= turn.keys

    def _release(self, request: Request) -> None:
        if request.held_keys:
            waiting = self.claims.release(request.held_keys, request)
            self._again.extendleft(reversed(waiting))
            request.held_keys = set()

    def _settle(self, written: Written) -> None:
        """The writer is done: what is durable is free, what lost a race is computed again."""
        self._writing = False
        for ready in written.durable:
            self._loaded.moved(ready.turn.changed.values())
            self._release(ready.request)
        for ready in (*written.refused, *written.again):
            self._loaded.lost(ready.turn.keys)
            self._release(ready.request)
        for ready in reversed(written.again):
            ready.request.tries += 1
            ready.request.start_over()
            self._again.appendleft(ready.request)

    # -- the writer's thread -----------------------------------------------------------------

    def _write(self) -> None:
        while (batch := self._to_write.get()) is not None:
            self._commit(batch)

    def _commit(self, batch: list[Ready]) -> None:
        outcomes: Sequence[BaseException | None]
        try:
            outcomes = self.store.commit([ready.turn.uow for ready in batch])
        except Exception as error:
            log.exception("the batch could not be written")
            outcomes = [error] * len(batch)
        self.commits += 1
        written = Written(batch, outcomes, TRIES)
        self._inbox.put(lambda: self._settle(written))
        for ready in written.durable:
            self._after(ready.turn)
        answer(written.answers)

    def _after(self, turn: Turn) -> None:
        for instance, line in turn.printed:
            log.info("%s", line, extra={"instance": instance})
        if turn.next_due is not None:
            self.wake_worker(from_ms(turn.next_due))
        for action in turn.afterwards():
            try:
                action()
            except Exception:
                log.exception("what was to follow a turn failed")

    # -- without threads ---------------------------------------------------------------------

    def _compute_all(self) -> None:
        """One request after the other, each a batch of its own, until nothing is left."""
        while True:
            self._drain(wait=False)
            if not self._again and not self._ready:
                return
            self._compute_drained()
            batch, self._ready = self._ready, []
            if batch:
                self._commit(batch)
