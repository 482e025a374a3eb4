"""The worker: leases due jobs, runs them, counts failures."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import update

from procession.errors import Conflict, Fault, StoreFault, logged
from procession.runtime.clock import Clock, from_ms, to_ms
from procession.runtime.detached import priority_of
from procession.runtime.executive import Executive
from procession.runtime.jobs import Jobs
from procession.store.rows import JobRow
from procession.store.store import Store
from procession.store.tables import job as job_table

log = logging.getLogger("procession.worker")

_GROWTH: Final = 5
"""How many times as many jobs are taken at once while nothing but turns is due, and plenty of it.

A lease and a batch of turns are a commit each, so few jobs at once cost more than many; with too
many at once a client would wait behind them.
"""


class Worker:
    """Carries out due jobs: turns on the executive, handlers in a pool of its own.

    Leases are short, so that the jobs of a server that died are soon taken over; what a handler
    works on is renewed in time. ``sole`` says that no other server can be working on this
    database, so leases found at the start belong to nobody.

    It sleeps until the next job is due, or until it is woken because a turn made an earlier one.
    On a shared database it looks every few seconds as well, since another node's hint may be lost.
    """

    def __init__(
        self,
        store: Store,
        executive: Executive,
        jobs: Jobs,
        clock: Clock,
        *,
        threads: int = 8,
        batch: int = 50,
        lease: timedelta = timedelta(seconds=10),
        poll: timedelta = timedelta(seconds=5),
        sole: bool = False,
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(3).hex()}"
        self._store = store
        self._executive = executive
        self._jobs = jobs
        self._clock = clock
        self._threads = threads
        self._batch = self._taken = batch
        self._lease_time = lease
        self._poll = poll
        self._sole = sole
        self._running: set[int] = set()
        self._renewed = clock.now()
        self._pool: ThreadPoolExecutor | None = None
        self._free = threading.Semaphore(threads * 2)
        self._condition = threading.Condition()
        self._woken_for: datetime | None = None
        self._woken = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work in the background."""
        if self._thread is None and self._threads:
            if self._sole and self._are_leased():
                self._executive.run(self._free_leases, actor="system")
            self._executive.wake_worker = self.wake
            self._thread = threading.Thread(target=self._run, name="procession-worker", daemon=True)
            self._thread.start()

    def wake(self, due: datetime) -> None:
        """There is a job that is due at that moment."""
        with self._condition:
            if self._woken_for is None or due < self._woken_for:
                self._woken = True
                self._condition.notify()

    def stop(self) -> None:
        """Finish what is running and stop."""
        self._stopping = True
        with self._condition:
            self._woken = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()
        if self._pool is not None:
            self._pool.shutdown()

    def run_due(self, limit: int = 10_000) -> int:
        """Run everything that is due now, in the caller's thread; how many jobs were run."""
        count = 0
        while count < limit and (jobs := self._lease(self._batch)):
            for job in jobs:
                self._one(job)
            count += len(jobs)
        return count

    # -- the worker's thread -----------------------------------------------------------------

    def _run(self) -> None:
        self._pool = ThreadPoolExecutor(self._threads, "procession-job")
        while not self._stopping:
            try:
                self._renew()
                if not self._round():
                    self._sleep()
            except StoreFault as fault:
                log.warning("the worker cannot reach the database: %s", fault)
                with self._condition:
                    self._condition.wait(1.0)
            except Exception:
                log.exception("the worker stumbled")
                with self._condition:
                    self._condition.wait(1.0)

    def _round(self) -> bool:
        with self._condition:
            self._woken = False
            self._woken_for = None
        jobs = self._lease(self._taken)
        waiting: list[tuple[JobRow, Future[None]]] = []
        for job in jobs:
            if self._jobs.is_quick(job):
                work = partial(self._jobs.take_effect, job, self.name)
                waiting.append((job, self._executive.submit(work, actor="system")))
            else:
                while not self._free.acquire(timeout=self._lease_time.total_seconds() / 4):
                    self._renew()
                self._running.add(job.id)
                assert self._pool is not None
                self._pool.submit(self._perform, job)
        is_busy = len(waiting) == len(jobs) == self._taken
        self._taken = min(self._taken * 2, self._batch * _GROWTH) if is_busy else self._batch
        for job, future in waiting:
            self._conclude(job, future.result)
        return bool(jobs)

    def _are_leased(self) -> bool:
        held = "select id from job where state = 'ready' and lease_until is not null limit 1"
        with self._store.read() as reader:
            return bool(reader.ask(held, ()))

    def _free_leases(self) -> None:
        free = update(job_table).where(job_table.c.state == "ready")
        free = free.where(job_table.c.lease_owner.is_not(None))
        self._executive.turn.uow.execute(free.values(lease_owner=None, lease_until=None))

    def _renew(self) -> None:
        """Hold on to what handlers are working on."""
        now = self._clock.now()
        mine = sorted(self._running)
        if not mine or now - self._renewed < self._lease_time / 4:
            return
        self._renewed = now
        until = to_ms(now + self._lease_time)
        held = update(job_table).where(job_table.c.id.in_(mine))
        held = held.where(job_table.c.lease_owner == self.name).values(lease_until=until)
        self._executive.run(lambda: self._executive.turn.uow.execute(held), actor="system")

    def _sleep(self) -> None:
        due_ms = self._store.next_due(to_ms(self._clock.now()))
        due = from_ms(due_ms) if due_ms is not None else None
        if self._store.is_shared:
            poll = self._clock.now() + self._poll
            due = poll if due is None else min(due, poll)
        if self._running:
            soon = self._clock.now() + self._lease_time / 4
            due = soon if due is None else min(due, soon)
        with self._condition:
            if self._woken or self._stopping:
                return
            self._woken_for = due
            self._clock.wait(self._condition, due)

    def _perform(self, job: JobRow) -> None:
        try:
            self._conclude(job, partial(self._jobs.perform, job, self.name))
        finally:
            self._running.discard(job.id)
            self._free.release()

    def _one(self, job: JobRow) -> None:
        if self._jobs.is_quick(job):
            work = partial(self._jobs.take_effect, job, self.name)
            self._conclude(job, partial(self._executive.run, work, actor="system"))
        else:
            self._conclude(job, partial(self._jobs.perform, job, self.name))

    def _conclude(self, job: JobRow, result: Callable[[], Any]) -> None:
        try:
            result()
        except Conflict:
            log.info("job %d was taken over or is gone", job.id)
        except Exception as error:
            log.warning("job %d (%s) failed: %s", job.id, job.kind, logged(error))
            self._fail(job, error)

    def _fail(self, job: JobRow, error: Exception) -> None:
        if self._jobs.may_be_caught(job, error):
            catch = partial(self._jobs.catch, job, self.name, error)
            try:
                self._executive.run(catch, actor="system")
                return
            except Fault as uncaught:
                log.debug("job %d: %s", job.id, logged(uncaught))
        try:
            work = partial(self._jobs.failed, job, self.name, error)
            self._executive.run(work, actor="system")
        except Exception as second:
            log.warning("the failure of job %d could not be counted: %s", job.id, logged(second))

    def _lease(self, limit: int) -> list[JobRow]:
        now = self._clock.now()
        until = to_ms(now + self._lease_time)
        found = self._store.lease_jobs(self.name, to_ms(now), until, limit)
        return sorted(found, key=priority_of, reverse=True)
