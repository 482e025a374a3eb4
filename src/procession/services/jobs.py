"""Durable work: look, retry, cancel; and what external workers do with theirs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from procession.core.state import InstanceStatus
from procession.errors import Invalid, NotFound, Rejected
from procession.identity.model import Actor
from procession.runtime.clock import from_ms, to_ms
from procession.runtime.held import from_row
from procession.runtime.jobs import Jobs
from procession.runtime.lanes import Room, Service, change, query
from procession.runtime.reactions import public_parameters
from procession.runtime.work_items import Mode
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.views import IncidentView, JobView, Page
from procession.store.hot import load_instances
from procession.store.repositories import jobs as repository
from procession.store.repositories.waits import node_of
from procession.store.rows import IncidentRow, JobRow
from procession.values import EMPTY, Map, Value, freeze, freeze_all

MAX_FETCH = 200
MAX_LEASE_MS = 24 * 60 * 60 * 1000


class JobService(Service):
    """Jobs and incidents for operators, work items for external workers."""

    def __init__(self, room: Room, jobs: Jobs) -> None:
        super().__init__(room)
        self._jobs = jobs

    # -- for operators -----------------------------------------------------------------------

    @query
    def list(
        self,
        actor: Actor,
        *,
        state: str | None = None,
        kind: str | None = None,
        page: PageRequest = EVERYTHING,
    ) -> Page[JobView]:
        """Jobs by due time."""
        self.room.access.check(actor, "job.read")
        with self.room.store.read() as reader:
            rows, total = repository.jobs(
                reader, state=state, kind=kind, offset=page.offset, limit=page.limit
            )
        return page.of(map(_view, rows), total)

    @query
    def incidents(self, actor: Actor, page: PageRequest = EVERYTHING) -> Page[IncidentView]:
        """Incidents, oldest first."""
        self.room.access.check(actor, "job.read")
        with self.room.store.read() as reader:
            rows, total = repository.incidents(reader, offset=page.offset, limit=page.limit)
        return page.of(map(_incident, rows), total)

    @change
    def retry(self, actor: Actor, job_id: int, retries: int = 3) -> JobView:
        """Try a job again, now; its incident is settled."""
        self.room.access.check(actor, "job.write")
        if not 1 <= retries <= 100:
            raise Invalid("retries must be between 1 and 100")
        turn = self.turn
        turn.touch("job", job_id)
        row = self._row(job_id)
        state = "ready"
        if row.kind == "work_item" and row.topic is not None:
            mode = self.room.handlers.mode(row.topic)
            state = "external" if mode is Mode.EXTERNAL else "ready"
        repository.retry(turn.uow, row, retries, turn.now_ms, state)
        turn.wake_at(turn.now_ms)
        due = turn.now_ms
        return _view(
            replace(
                row, state=state, retries=retries, due_at=due, lease_owner=None, lease_until=None
            )
        )

    @change
    def cancel(self, actor: Actor, job_id: int) -> None:
        """Delete a job and its incident. What waits for it goes on waiting."""
        self.room.access.check(actor, "job.write")
        self.turn.touch("job", job_id)
        self._row(job_id)
        repository.cancel(self.turn.uow, job_id)

    # -- for external workers ----------------------------------------------------------------

    def fetch(
        self, actor: Actor, worker: str, topics: Sequence[str], limit: int, lease_ms: int
    ) -> tuple[JobView, ...]:
        """Take work items of the given names and lock them for a while, oldest first."""
        if isinstance(actor, str):
            actor = self.room.actor(actor)
        self.room.access.check(actor, "worker")
        _check_lease(worker, lease_ms)
        if not topics or not 1 <= limit <= MAX_FETCH:
            raise Invalid(f"name at least one topic, and fetch 1 to {MAX_FETCH} at a time")
        now = to_ms(self.room.clock.now())
        rows = self.room.store.lease_jobs(
            worker, now, now + lease_ms, limit, state="external", topics=topics
        )
        with self.room.store.read() as reader:
            instances = {
                row.id: row
                for row in load_instances(reader, [row.instance_id or 0 for row in rows])
            }
        found = []
        for row in rows:
            stored = instances.get(row.instance_id or 0)
            if stored is None:
                continue
            held = from_row(stored, self.room.definitions)
            wait = held.state.waits.get(row.wait_id or 0)
            if wait is not None:
                key = f"{held.id}-{wait.id}"
                found.append(_view(row, public_parameters(wait), key))
        return tuple(found)

    @change
    def complete(self, actor: Actor, job_id: int, worker: str, results: Map = EMPTY) -> None:
        """The work is done; the process goes on with the results."""
        row = self._locked(actor, job_id, worker)
        self._need_active(row)
        self._jobs.conclude(row, worker, freeze_all(results))

    @change
    def fail(
        self,
        actor: Actor,
        job_id: int,
        worker: str,
        message: str,
        *,
        code: str | None = None,
        value: Value = None,
        retries: int | None = None,
        delay_ms: int = 0,
    ) -> None:
        """The work failed.

        With ``code`` an error event of the model may catch it. Else it is offered again after
        ``delay_ms``, until its retries are used up and an incident is stored.
        """
        row = self._locked(actor, job_id, worker)
        if code is not None:
            self._need_active(row)
            self._jobs.conclude(row, worker, EMPTY, (code, freeze(value)))
            return
        left = row.retries - 1 if retries is None else retries
        if left < 0 or delay_ms < 0:
            raise Invalid("retries and delay must not be negative")
        now = self.turn.now_ms
        node = node_of(self.turn.reader, row.instance_id, row.wait_id)
        due = now + delay_ms
        repository.fail(self.turn.uow, row, worker, message[:2000], left, due, now, node)

    @change
    def extend(self, actor: Actor, job_id: int, worker: str, lease_ms: int) -> None:
        """Keep a work item locked longer, counted from now."""
        _check_lease(worker, lease_ms)
        row = self._locked(actor, job_id, worker)
        now = self.turn.now_ms
        repository.extend(self.turn.uow, row, worker, now, now + lease_ms)

    # -- inside ------------------------------------------------------------------------------

    def _row(self, job_id: int) -> JobRow:
        row = repository.job_by_id(self.turn.reader, job_id)
        if row is None:
            raise NotFound(f"there is no job {job_id}", reason="job")
        return row

    def _locked(self, actor: Actor, job_id: int, worker: str) -> JobRow:
        self.room.access.check(actor, "worker")
        self.turn.touch("job", job_id)
        row = self._row(job_id)
        if row.lease_owner != worker or (row.lease_until or 0) <= self.turn.now_ms:
            raise Rejected(f"job {job_id} is not locked by {worker} any more; fetch it again")
        return row

    def _need_active(self, row: JobRow) -> None:
        state = self.turn.held(row.instance_id or 0).state
        if state.status is InstanceStatus.SUSPENDED:
            raise Rejected(f"process instance {state.id} is suspended; report again later")


def _check_lease(worker: str, lease_ms: int) -> None:
    if not worker or len(worker) > 200:
        raise Invalid("a worker needs a name of 1 to 200 characters")
    if not 1 <= lease_ms <= MAX_LEASE_MS:
        raise Invalid(f"a lock lasts 1 to {MAX_LEASE_MS} milliseconds")


def _view(row: JobRow, parameters: Map = EMPTY, key: str = "") -> JobView:
    return JobView(
        id=row.id,
        kind=row.kind,
        topic=row.topic,
        process_instance_id=row.instance_id,
        deployment_id=row.deployment_id,
        due=from_ms(row.due_at),
        state=row.state,
        retries=row.retries,
        failures=row.failures,
        last_error=row.last_error,
        locked_by=row.lease_owner,
        locked_until=from_ms(row.lease_until) if row.lease_until else None,
        parameters=parameters,
        key=key,
        status=_status(row),
    )


def _status(row: JobRow) -> str:
    if row.state == repository.FAILED:
        return "ERROR"
    if row.lease_until:
        return "RUNNING"
    return "RETRYING" if row.failures else "QUEUED"


def _incident(row: IncidentRow) -> IncidentView:
    return IncidentView(
        id=row.id or 0,
        job_id=row.job_id,
        kind=row.kind,
        topic=row.topic,
        process_instance_id=row.instance_id,
        deployment_id=row.deployment_id,
        node_id=row.node_id,
        message=row.message,
        at=from_ms(row.at),
    )
