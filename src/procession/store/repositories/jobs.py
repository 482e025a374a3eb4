"""Jobs and incidents: listed, retried, cancelled; and what external workers do with theirs.

To take jobs is :meth:`procession.store.store.Store.lease_jobs`, to complete one is
:meth:`procession.store.store.UnitOfWork.finish_job`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from procession.store.repositories.deployments import page
from procession.store.rows import IncidentRow, JobRow
from procession.store.store import Reader, UnitOfWork
from procession.store.tables import incident, job, wait

READY: Final = "ready"
FAILED: Final = "failed"
EXTERNAL: Final = "external"


def job_by_id(reader: Reader, job_id: int) -> JobRow | None:
    """A job that is not done."""
    rows = reader.hot("jobs", ((job_id,),))
    return JobRow(*rows[0]) if rows else None


def of_wait(reader: Reader, instance_id: int, wait_id: int) -> list[JobRow]:
    """The jobs that hang on a wait."""
    return [JobRow(*row) for row in reader.hot("jobs_of_wait", (instance_id, wait_id))]


def jobs(
    reader: Reader,
    *,
    state: str | None = None,
    kind: str | None = None,
    topic: str | None = None,
    instance_id: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[JobRow], int]:
    """Jobs by due time, and how many there are."""
    query = select(job)
    wanted = {"state": state, "kind": kind, "topic": topic, "instance_id": instance_id}
    for name, value in wanted.items():
        if value is not None:
            query = query.where(job.c[name] == value)
    rows, total = page(reader, query, (job.c.due_at, job.c.id), offset, limit)
    return [JobRow(*row) for row in rows], total


def incidents(
    reader: Reader,
    *,
    instance_id: int | None = None,
    job_id: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[IncidentRow], int]:
    """Incidents, oldest first, and how many there are."""
    query = select(incident)
    if instance_id is not None:
        query = query.where(incident.c.instance_id == instance_id)
    if job_id is not None:
        query = query.where(incident.c.job_id == job_id)
    rows, total = page(reader, query, (incident.c.id,), offset, limit)
    return [IncidentRow(*row) for row in rows], total


def retry(uow: UnitOfWork, row: JobRow, retries: int, due_at: int, state: str = READY) -> None:
    """Try a job again from ``due_at`` on; its incident is settled. Guarded by its failures.

    ``state`` is ``external`` for a job that a worker elsewhere does.
    """
    uow.execute(delete(incident).where(incident.c.job_id == row.id))
    uow.execute(
        update(job)
        .where(job.c.id == row.id, job.c.failures == row.failures, job.c.state == row.state)
        .values(state=state, retries=retries, due_at=due_at, lease_owner=None, lease_until=None),
        guard=1,
    )


def wake(uow: UnitOfWork, instance_id: int, now: int) -> None:
    """An instance is resumed: what was put off is due again, timers when they were due.

    Deadlines of tasks come when they come: of those that were put off the next look is soon.
    """
    timer = select(wait.c.due_at).where(
        wait.c.instance_id == job.c.instance_id, wait.c.wait_id == job.c.wait_id
    )
    due = func.coalesce(timer.scalar_subquery(), now)
    mine = update(job).where(job.c.instance_id == instance_id, job.c.state == READY)
    uow.execute(mine.where(job.c.kind != "task_deadline").values(due_at=due))


def cancel(uow: UnitOfWork, job_id: int) -> None:
    """Delete a job and its incident, whoever holds it."""
    uow.execute(delete(job).where(job.c.id == job_id), guard=1)


def _mine(row: JobRow, worker: str) -> Any:
    return update(job).where(job.c.id == row.id, job.c.lease_owner == worker)


def extend(uow: UnitOfWork, row: JobRow, worker: str, now: int, until: int) -> None:
    """Keep a job longer, if the lease still lasts."""
    uow.execute(
        _mine(row, worker).where(job.c.lease_until > now).values(lease_until=until), guard=1
    )


def fail(
    uow: UnitOfWork,
    row: JobRow,
    worker: str,
    message: str,
    retries: int,
    due_at: int,
    at: int,
    node: str | None,
) -> None:
    """Count a failure: with retries left it is due again at ``due_at``, else an incident."""
    values: dict[str, Any] = {
        "retries": max(retries, 0),
        "failures": row.failures + 1,
        "lease_owner": None,
        "lease_until": None,
        "last_error": message,
    }
    if retries > 0:
        values["due_at"] = due_at
    else:
        values["state"] = FAILED
        uow.insert(
            IncidentRow(
                None,
                row.id,
                row.root_id,
                row.instance_id,
                row.deployment_id,
                row.kind,
                row.topic,
                node,
                message,
                at,
            )
        )
    uow.execute(_mine(row, worker).values(**values), guard=1)


def of_ids(reader: Reader, ids: Sequence[int]) -> list[JobRow]:
    """The jobs among ``ids`` that are not done."""
    return [JobRow(*row) for row in reader.hot("jobs", (ids,))]
