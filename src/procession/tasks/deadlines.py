"""The jobs of a task's deadlines: made with the task, gone with its start or its end.

``reference/jbpm-engine.md`` 5.8. Times count from the task's creation. A task remembers which kinds
lie ahead (``TaskRow.deadlines``), so that tasks without any, nearly all, cost nothing. What is done
when one is due stands in ``services/tasks/escalating.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Final

from sqlalchemy import delete

from procession.bpmn.deadlines import DEADLINES, read_deadlines
from procession.bpmn.timer_expressions import Firing, TimerExpression
from procession.errors import Invalid
from procession.runtime.clock import to_ms
from procession.runtime.projection import ProjectingTurn
from procession.store.codec import encode_value
from procession.store.rows import JobRow, TaskRow
from procession.store.store import UnitOfWork
from procession.store.tables import job as job_table
from procession.tasks.forms import as_text
from procession.values import Map

JOB: Final = "task_deadline"
"""The kind of the jobs."""
UNTIL_STARTED: Final = 1
UNTIL_ENDED: Final = 2
"""What lies ahead, as ``TaskRow.deadlines`` adds it up."""
RETRIES: Final = 3
_WORDS: Final = {UNTIL_STARTED: "start", UNTIL_ENDED: "end"}
_OPEN: Final = frozenset({"Created", "Ready", "Reserved", "InProgress", "Suspended"})
_NOT_STARTED: Final = frozenset({"Created", "Ready", "Reserved"})


def topic(task_id: int, kind: int) -> str:
    """By what the jobs of one kind of a task are found."""
    return f"task {task_id} {_WORDS[kind]}"


def acts_on(kind: int, status: str) -> bool:
    """Whether a deadline of that kind still means anything to a task in that state."""
    return status in (_NOT_STARTED if kind == UNTIL_STARTED else _OPEN)


def ahead(deadlines: int, status: str) -> int:
    """What still lies ahead of a task that has come to that state: suspending cancels nothing."""
    if status not in _OPEN:
        return 0
    return deadlines & ~UNTIL_STARTED if status == "InProgress" else deadlines


def cancel(uow: UnitOfWork, task_id: int, before: int, after: int) -> None:
    """Delete the jobs of the kinds that no longer lie ahead."""
    for kind in (UNTIL_STARTED, UNTIL_ENDED):
        if before & kind and not after & kind:
            mine = job_table.c.topic == topic(task_id, kind)
            uow.execute(delete(job_table).where(mine, job_table.c.kind == JOB))


def plan(
    task: TaskRow, given: Map, turn: ProjectingTurn, zone: tzinfo, revision: int | None
) -> tuple[list[JobRow], list[str]]:
    """The jobs of a new task, and what of its deadlines could not be read.

    What is written in the model was read when it was deployed; here values of variables come in.
    """
    jobs: list[JobRow] = []
    problems: list[str] = []
    for name in DEADLINES:
        text = as_text(given.get(name)).strip()
        if not text:
            continue
        try:
            jobs.extend(_jobs(name, text, task, turn, zone, revision))
        except Invalid as error:
            problems.append(f"{name}: {error.message}")
    return jobs, problems


def job(
    task: TaskRow, kind: int, payload: Map, firing: Firing, number: int, revision: int | None
) -> JobRow:
    """The job of one deadline; it goes with its task's wait, too."""
    return JobRow(
        number,
        JOB,
        topic(task.id, kind),
        task.root_id,
        task.instance_id,
        task.wait_id,
        task.deployment_id,
        revision,
        to_ms(firing.due),
        "ready",
        RETRIES,
        0,
        None,
        None,
        None,
        encode_value(payload.with_items({"firing": firing.to_value()})),
    )


def _jobs(
    name: str, text: str, task: TaskRow, turn: ProjectingTurn, zone: tzinfo, revision: int | None
) -> Iterator[JobRow]:
    what = DEADLINES[name]
    kind = UNTIL_STARTED if what.until_started else UNTIL_ENDED
    for deadline in read_deadlines(name, text):
        for time in deadline.times:
            firing = time.first(turn.now, zone)
            if firing is None:
                continue
            payload = Map(
                task=task.id,
                name=name,
                fields=Map(deadline.fields),
                time=time.to_value(),
            )
            task.deadlines |= kind
            turn.wake_at(to_ms(firing.due))
            yield job(task, kind, payload, firing, turn.next_id("job"), revision)


def following(payload: Map, now: datetime, zone: tzinfo) -> Firing | None:
    """The next time of a deadline that repeats."""
    time = TimerExpression.from_value(payload["time"])
    return time.next(Firing.from_value(payload["firing"]), now, zone)
