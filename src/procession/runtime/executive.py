"""The executive: computes turns, one at a time, and answers after the commit.

``reference/architecture.md`` 9.1a. Turns are computed *on duty*: who holds that lock may touch
claims, loaded instances and what is ready. That is the executive's thread, to which requests come
through one queue. On a database nearby an event loop goes on duty itself if nobody is: a short turn
takes two hops between threads less; a long one is dropped and left to the executive. What is ready
goes to the writer, who makes the whole batch durable with one commit; then everybody in it is
answered with one wake-up of each event loop. Meanwhile the next batch is computed; what needs an
instance that is not durable yet waits for it (:mod:`procession.runtime.claims`). What is ready on
an event loop that loop may write itself (:mod:`procession.runtime.batches`).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

from procession.core.ports import Limits
from procession.errors import Occupied
from procession.runtime.batches import Batches
from procession.runtime.claims import Claims, Deferred, Freed
from procession.runtime.clock import Clock
from procession.runtime.definitions import Definitions
from procession.runtime.held import Held
from procession.runtime.inbox import Inbox
from procession.runtime.loaded import LoadedInstances
from procession.runtime.projection import Projector
from procession.runtime.reactions import Reactions
from procession.runtime.requests import (
    Handled,
    HandlerNeeded,
    HandlerPool,
    NotQuick,
    Numbers,
    Parked,
    Ready,
    Request,
    Written,
    answer,
    quick,
    stopped,
)
from procession.runtime.turn import Turn
from procession.runtime.writer import Writer
from procession.store.store import Reader, Store

R = TypeVar("R")
log = logging.getLogger("procession.runtime")

PATIENCE = 0.002
"""Seconds the writer waits to go on duty; longer would keep others from their answers."""


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
        self.quick_limits = quick(self.limits)
        self.zone = zone
        self.claims = Claims()
        self.threads = threads
        self.turns = 0
        self.wake_worker: Callable[[datetime], None] = lambda due: None
        self._most = batch_size
        self._is_shared = store.is_shared
        self._numbers = Numbers(store, 1 if store.is_near else 32)
        self.loaded = LoadedInstances(definitions, cached_instances, store)
        self._turn: Turn | None = None
        self._reader: Reader | None = None
        self._thread_id = 0
        self._inbox = Inbox()
        self._again: deque[Request] = deque()
        self._parked = 0
        self._stopping = False
        self._has_ended = False
        self._lock = threading.RLock()
        self._duty = threading.Lock()
        self._handlers = HandlerPool()
        self._writer = Writer(store, self._written, lambda due: self.wake_worker(due))
        self._batches = Batches(store, self._writer, self._duty, self._call, batch_size)
        self._thread = threading.Thread(target=self._run, name="procession-executive", daemon=True)
        if threads:
            self._thread.start()
            self._writer.start()

    @property
    def commits(self) -> int:
        """How many batches were written."""
        return self._writer.commits

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

    def submit_async(
        self,
        work: Callable[[], R],
        *,
        actor: str,
        future: asyncio.Future[R] | None = None,
        freed: Freed | None = None,
    ) -> asyncio.Future[R]:
        """The same for the running event loop, with one wake-up a batch.

        ``freed``: what became free since this thread's snapshot was taken.
        """
        loop = asyncio.get_running_loop()
        future = future or loop.create_future()
        request = Request(work, actor, future, loop, self.clock.now())
        if not self.store.is_near or not self._duty.acquire(blocking=False):
            self._accept(request)
        else:
            try:
                self._compute_quickly(request, loop, freed)
            finally:
                self._duty.release()
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
        if self.threads:
            self._inbox.put(None)
            self._thread.join()
            self._writer.join()
            self._inbox.refuse_all()
        self._handlers.close()

    def draw(self, sequence: str, *, wait: bool) -> int:
        """The next number of a sequence."""
        return self._numbers.draw(sequence, wait)

    def load(self, instance_id: int) -> Held | None:
        """A living instance."""
        return self.loaded.load(self.reader, instance_id)

    def aside(self, action: Callable[[], object]) -> None:
        """Do something that may block, after a turn and apart from it."""
        if self.threads:
            self._handlers.submit(action)
        else:
            action()

    def forget(self) -> None:
        """Drop all instances from memory (their rows are the truth)."""
        self.between_turns(self.loaded.clear)

    def between_turns(self, action: Callable[[], object]) -> None:
        """Do something when no turn is being computed, and so no older snapshot is in use.

        What is submitted later is computed later.
        """

        def act() -> None:
            self.claims.outdate()
            action()

        if self.threads:
            self._inbox.put(act)
        else:
            action()

    # -- the executive's thread --------------------------------------------------------------

    def _accept(self, request: Request) -> None:
        if self._stopping:
            answer([(request, None, stopped())])
        else:
            self._inbox.put(request)

    def _run(self) -> None:
        going = True
        batches = self._batches
        while going or self._parked or batches.ready or self._again or batches.is_writing:
            item = self._inbox.wait()
            with self._duty:
                going = self._drain(item) and going
                while self._again and batches.room > 0:
                    self._compute_some(self._again, batches.room)
                    batches.hand_over()
                    going = self._drain() and going
                batches.hand_over()
        with self._duty:
            self._has_ended = True
        self._writer.put(None)

    def _drain(self, item: Any = ()) -> bool:
        return self._inbox.drain(self._again, self._most, item)

    def _call(self) -> None:
        self._inbox.put(())

    def _compute_quickly(
        self, request: Request, loop: asyncio.AbstractEventLoop, freed: Freed | None
    ) -> None:
        """Compute a turn on the event loop that asks for it, unless others were there first."""
        is_full = self._batches.room <= 0
        is_late = freed is not None and freed.is_everything
        if self._has_ended or self._again or is_full or is_late or not self._inbox.is_empty():
            self._accept(request)
            return
        request.is_quick, request.freed = True, freed
        self._compute_some(deque((request,)), 1, wait=False)
        request.is_quick, request.freed = False, None  # what is left of it is for the thread
        self._batches.gather(loop)
        if self._again:
            self._call()

    def _compute_some(self, requests: deque[Request], room: int, *, wait: bool = True) -> None:
        self._thread_id = threading.get_ident()
        taken: list[Request] = []
        try:
            with self.store.read(wait=wait) as reader:
                self._reader = reader
                while requests and room > 0:
                    taken = [requests.popleft()]
                    self._compute(taken[0])
                    room -= 1
        except (NotQuick, Occupied):
            for request in (*taken, *requests):
                self._release(request)
                request.start_over()
                self._inbox.put(request)
        except Exception as error:  # the database is not to be had
            for request in (*taken, *requests):
                self._refuse(request, error)
            requests.clear()
        finally:
            self._reader = None

    def _refuse(self, request: Request, error: Exception) -> None:
        self._release(request)
        answer([(request, None, error)])

    def _compute(self, request: Request) -> None:
        if self.claims.keeps_waiting(request.needs, request):
            return
        request.needs = None
        self.loaded.begin()
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
            if not self._was_outdated(request, None):
                self._park(request, turn, needed)
            return
        except Exception as error:
            if not self._was_outdated(request, None):
                self._refuse(request, error)
            return
        finally:
            self._turn = None
        if self._was_outdated(request, turn):
            return
        self.turns += 1
        if turn.uow.is_empty():
            self._release(request)
            self._writer.after(turn)
            answer([(request, value, None)])
            return
        self._hold(request, turn)
        self._batches.ready.append(Ready(request, turn, value))
        request.is_quick = False

    def _was_outdated(self, request: Request, turn: Turn | None) -> bool:
        """Whether another node has moved what the turn relied on: then it is computed again.

        What it writes is guarded by versions; the rest, and what made it fail (``None``), is not.
        """
        if not self._is_shared or not self.loaded.drop_outdated(self._reader, turn):
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
        parked.start(self._handlers)

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
        self._batches.is_over()
        for ready in written.durable:
            self.loaded.moved(ready.turn)
            self._release(ready.request)
        for ready in (*written.refused, *written.again):
            self.loaded.lost(ready.turn.keys)
            self._release(ready.request)
        self._again.extendleft(written.once_more())
        self._batches.hand_over(written.here)

    def _written(self, written: Written) -> None:
        """Settle at once if nobody is on duty for long, else leave it to the executive's thread."""
        if not self._duty.acquire(timeout=PATIENCE):
            written.here = None
            self._inbox.put(lambda: self._settle(written))
            return
        try:
            self._settle(written)
            is_awaited = bool(self._again) or self._stopping
        finally:
            self._duty.release()
        if is_awaited:
            self._call()

    def _compute_all(self) -> None:
        """One request after the other, each a batch of its own, until nothing is left."""
        while True:
            self._drain()
            if not self._again and not self._batches.ready:
                return
            self._compute_some(self._again, self._batches.room)
            batch = self._batches.take()
            if batch:
                self._writer.write(batch)
