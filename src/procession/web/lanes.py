"""Lanes: on which thread a route's handler runs, and how its answer comes back to the event loop.

``turn`` goes to the executive, which answers a whole batch with one wake-up. ``read`` goes to a
few readers over one queue, who answer in the same manner: whatever is done when the loop looks is
delivered together. A ``glance`` reads a few rows by their numbers: where the database is near that
is done on the event loop, because the way to a reader and back costs more. ``pool`` is for what may
block, ``here`` for what is quicker than any hop.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from procession.errors import Occupied
from procession.web.http import Reply, Request, Route
from procession.web.together import Together, Waiting

if TYPE_CHECKING:
    from procession.engine import Engine
    from procession.services.tasks.foreseeing import Foreseen

T = TypeVar("T")
Work = Callable[[], Any]
OPEN = frozenset({"public", "authenticated"})


class Readers:
    """A few threads that answer questions, with one wake-up of the loop for many answers."""

    def __init__(self, threads: int) -> None:
        self._inbox: queue.SimpleQueue[tuple[Work, asyncio.Future[Any]] | None]
        self._inbox = queue.SimpleQueue()
        self._answers: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._is_woken = False
        self._threads = [
            threading.Thread(target=self._run, name=f"procession-reader-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Work, future: asyncio.Future[Any] | None = None) -> asyncio.Future[Any]:
        """Have work done by a reader; to be called on a running event loop."""
        future = future or asyncio.get_running_loop().create_future()
        self._inbox.put((work, future))
        return future

    def close(self) -> None:
        """Finish what is in the queue and end the threads."""
        for _ in self._threads:
            self._inbox.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (item := self._inbox.get()) is not None:
            work, future = item
            answer: tuple[asyncio.Future[Any], Any, BaseException | None]
            try:
                answer = (future, work(), None)
            except Exception as error:
                answer = (future, None, error)
            self._answers.append(answer)
            if not self._is_woken:
                self._is_woken = True
                self._wake(future.get_loop())

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:  # the loop is closed: nobody waits any more
            self._is_woken = False

    def _deliver(self) -> None:
        self._is_woken = False
        while self._answers:
            future, value, error = self._answers.popleft()
            if future.done():
                continue
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)


class Lanes:
    """Runs handlers where their routes say, after asking whether the actor may."""

    def __init__(self, engine: Engine, *, readers: int, pool: int) -> None:
        self._engine = engine
        self._readers = Readers(readers)
        self._pool = ThreadPoolExecutor(pool, "procession-pool")
        self._together = Together(engine, self._apart)

    async def run(self, route: Route, request: Request) -> Reply:
        """The handler's reply; a change is durable when this returns."""
        engine, handler, permission = self._engine, route.handler, route.permission

        def work() -> Reply:
            if permission not in OPEN:
                engine.access.check(request.actor, permission)
            return handler(request, engine)

        store = engine.room.store
        if route.foresees and store.is_asked_by_trips and store.is_near:
            foreseen = self._foreseen(route, request)
            if foreseen is not None:
                return await self._together.stand(route, request, work, foreseen)
        match route.lane:
            case "turn":
                return await engine.executive.submit_async(work, actor=request.actor.name)
            case "glance" if store.is_near:
                try:
                    with store.read(wait=False):
                        return work()
                except Occupied:
                    again: Reply = await self._readers.submit(work)
                    return again
            case "read" | "glance":
                reply: Reply = await self._readers.submit(work)
                return reply
            case "pool":
                return await self.in_pool(work)
            case _:
                return work()

    def _foreseen(self, route: Route, request: Request) -> Foreseen | None:
        """What it is going to ask; nothing where it is no good, which its handler says."""
        with suppress(Exception):
            return route.foresees(request, self._engine) if route.foresees else None
        return None

    def _apart(self, one: Waiting) -> None:
        if one.route.lane == "turn":
            actor = one.request.actor.name
            self._engine.executive.submit_async(one.work, actor=actor, future=one.future)
        else:
            self._readers.submit(one.work, one.future)

    async def in_pool(self, work: Callable[[], T]) -> T:
        """Run something that may block."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """End the threads when what they have in hand is done."""
        self._readers.close()
        self._pool.shutdown()
