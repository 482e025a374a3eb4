"""What a job is: one function per kind.

A job's effect and its deletion are one turn, guarded by the lease, so that it takes effect exactly
once (``reference/architecture.md`` 9.4). Handlers of work items run before that turn, with no
transaction and no lock; the world may see them twice if the machine dies in between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import update

from procession.bpmn.timer_expressions import Firing, TimerExpression
from procession.core.commands import FailWait, StartProcess, TriggerWait
from procession.core.state import InstanceStatus
from procession.errors import Conflict, ExecutionFailure, ModelError, NotFound
from procession.runtime.clock import to_ms
from procession.runtime.detached import detached_item, pauses_of
from procession.runtime.reactions import Reactions, work_item
from procession.runtime.work_items import Handlers, Pending, WorkFailed, WorkItem, caught_as
from procession.store.codec import decode_value, encode_value
from procession.store.repositories.waits import node_of
from procession.store.rows import IncidentRow, JobRow
from procession.store.tables import job as job_table
from procession.values import EMPTY, Map, freeze_all

if TYPE_CHECKING:
    from procession.runtime.definitions import Definitions
    from procession.runtime.executive import Executive
    from procession.runtime.turn import Turn

BACK_OFF: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
PAUSE: Final = timedelta(minutes=1)
"""How long a job of a suspended instance is put off, time and again, unless it is resumed."""


class Rests:
    """In place of a work item: its instance is suspended."""


class Jobs:
    """Runs leased jobs. ``zone`` is the server's, for timers that speak of local time."""

    def __init__(
        self,
        executive: Executive,
        definitions: Definitions,
        handlers: Handlers,
        reactions: Reactions,
        zone: Any,
    ) -> None:
        self._executive = executive
        self._definitions = definitions
        self._handlers = handlers
        self._reactions = reactions
        self._zone = zone
        self._turns: dict[str, Callable[[Turn, JobRow], None]] = {
            "timer": self._timer,
            "continuation": self._timer,
            "delivery": self._timer,
            "signal": self._signal,
            "start_timer": self._start_timer,
            "message": self._message,
            "rules": self._rules,
        }

    def also(self, kind: str, turn: Callable[[Turn, JobRow], None]) -> None:
        """Jobs of another kind are such a turn."""
        self._turns[kind] = turn

    def is_quick(self, job: JobRow) -> bool:
        """Whether the job is a turn and nothing else."""
        return job.kind in self._turns

    def take_effect(self, job: JobRow, worker: str) -> None:
        """The turn of a quick job; to be computed on the executive."""
        turn = self._executive.turn
        turn.touch("job", job.id)
        self._need_lease(turn, job, worker)
        if self._rests(turn, job, worker):
            return
        self._turns[job.kind](turn, job)
        turn.uow.finish_job(job.id, worker)

    def perform(self, job: JobRow, worker: str) -> None:
        """Run a work item's handler, then its turn; to be called where it may block."""
        item = self._executive.run(lambda: self._item(job, worker), actor="system")
        if isinstance(item, Rests):
            return
        if item is None:
            self._executive.run(lambda: self._drop(job, worker), actor="system")
            return
        found = self._handlers.find(item.name, item.parameters)
        if found is None:
            raise ExecutionFailure(f"nobody handles {item.name!r} on this server")
        code: tuple[str, Any] | None = None
        results: Any = None
        try:
            results = found.execute(item)
        except ModelError as error:
            code = (error.code, error.value)
        if isinstance(results, Pending):
            self._executive.run(lambda: self._drop(job, worker), actor="system")
            return
        values = freeze_all(results or {}) if code is None else EMPTY
        self._executive.run(lambda: self.conclude(job, worker, values, code), actor="system")

    def conclude(
        self, job: JobRow, worker: str, results: Map, code: tuple[str, Any] | None = None
    ) -> None:
        """The turn that ends a work item job: with results, or with an error for the model."""
        turn = self._executive.turn
        turn.touch("job", job.id)
        self._need_lease(turn, job, worker)
        if self._rests(turn, job, worker):
            return
        turn.uow.finish_job(job.id, worker)
        instance, wait = _place(job)
        if job.instance_id is None:
            if code is not None:
                raise ExecutionFailure(f"nobody is left to catch the error {code[0]}")
        elif turn.is_waiting(instance, wait):
            command: Any = TriggerWait(wait, results)
            if code is not None:
                command = FailWait(wait, code[0], code[1], (code[0],))
            turn.execute(command, instance_id=instance)

    def failed(self, job: JobRow, worker: str, error: BaseException) -> None:
        """Count a failure: try again later, or store an incident. Computed on the executive."""
        turn = self._executive.turn
        turn.touch("job", job.id)
        self._need_lease(turn, job, worker)
        message = f"{type(error).__name__}: {error}"[:2000]
        left = 0 if _is_final(error) else job.retries - 1
        values: dict[str, Any] = {
            "retries": max(left, 0),
            "failures": job.failures + 1,
            "lease_owner": None,
            "lease_until": None,
            "last_error": message,
        }
        if left > 0:
            values["due_at"] = to_ms(turn.now + _pause(job, error))
            turn.wake_at(values["due_at"])
        else:
            values["state"] = "failed"
            turn.uow.insert(
                IncidentRow(
                    None,
                    job.id,
                    job.root_id,
                    job.instance_id,
                    job.deployment_id,
                    job.kind,
                    job.topic,
                    node_of(turn.reader, job.instance_id, job.wait_id),
                    message,
                    turn.now_ms,
                )
            )
        mine = update(job_table).where(job_table.c.id == job.id)
        mine = mine.where(job_table.c.lease_owner == worker)
        turn.uow.execute(mine.values(**values), guard=1)

    def may_be_caught(self, job: JobRow, error: BaseException) -> bool:
        """Whether a failure is the last one of a handler: the model may catch it by its class."""
        is_last = job.retries <= 1 or _is_final(error)
        return job.kind == "work_item" and job.instance_id is not None and is_last

    def catch(self, job: JobRow, worker: str, error: BaseException) -> None:
        """Offer a failure to the model, as a turn of its own; raises if it catches nothing."""
        turn = self._executive.turn
        turn.touch("job", job.id)
        instance, wait = _place(job)
        turn.uow.finish_job(job.id, worker)
        turn.execute(FailWait(wait, *caught_as(error)), instance_id=instance)

    def _need_lease(self, turn: Turn, job: JobRow, worker: str) -> None:
        """A turn that lost a race need not be repeated if what it lost was the lease."""
        if turn.request.tries:
            rows = turn.reader.hot("jobs", ((job.id,),))
            if not rows or JobRow(*rows[0]).lease_owner != worker:
                raise Conflict(f"job {job.id} was taken over or is gone")

    def _rests(self, turn: Turn, job: JobRow, worker: str) -> bool:
        """Put a job off while its instance is suspended; resuming makes it due at once."""
        if job.instance_id is None:
            return False
        try:
            status = turn.held(job.instance_id).state.status
        except NotFound:
            return False
        if status is not InstanceStatus.SUSPENDED:
            return False
        mine = update(job_table).where(job_table.c.id == job.id)
        mine = mine.where(job_table.c.lease_owner == worker)
        due = to_ms(turn.now + PAUSE)
        turn.uow.execute(mine.values(lease_owner=None, lease_until=None, due_at=due), guard=1)
        turn.wake_at(due)
        return True

    def _timer(self, turn: Turn, job: JobRow) -> None:
        instance, wait = _place(job)
        payload = decode_value(job.payload)["value"] if job.payload else None
        if turn.is_waiting(instance, wait):
            turn.execute(TriggerWait(wait, payload), instance_id=instance)

    def _signal(self, turn: Turn, job: JobRow) -> None:
        """A signal that was thrown to be delivered later."""
        what = decode_value(job.payload)
        self._reactions.delivery.signal(
            turn,
            what["name"],
            what["value"],
            instance=what["instance"],
            deployment=job.deployment_id,
        )

    def _rules(self, turn: Turn, job: JobRow) -> None:
        """Rules whose time has come."""
        from procession.runtime.rule_sessions import fire_due

        fire_due(turn, job)

    def _message(self, turn: Turn, job: JobRow) -> None:
        """A message that nobody has received so far."""
        self._reactions.delivery.messages.retry(turn, job)

    def _start_timer(self, turn: Turn, job: JobRow) -> None:
        payload = decode_value(job.payload)
        definition = self._definitions.get(
            job.deployment_id or "", payload["process"], job.revision or 0
        )
        rows = turn.reader.hot("definition", (job.revision or 0, payload["process"]))
        if rows and rows[0][10]:  # a unit that is not active takes no starts
            turn.start(definition, StartProcess(start_event=payload["node"], started_by="timer"))
        again = next_start(turn, job, payload, self._zone)
        if again is not None:
            turn.uow.insert(again)
            turn.wake_at(again.due_at)

    def _item(self, job: JobRow, worker: str) -> WorkItem | Rests | None:
        if job.instance_id is None:
            return detached_item(job)
        instance, wait_id = _place(job)
        if self._rests(self._executive.turn, job, worker):
            return Rests()
        try:
            held = self._executive.turn.held(instance)
        except NotFound:
            return None
        wait = held.state.waits.get(wait_id)
        if wait is None:
            return None
        return work_item(held, wait, held.numbers[wait_id], job.failures + 1)

    def _drop(self, job: JobRow, worker: str) -> None:
        self._executive.turn.uow.finish_job(job.id, worker)


def next_start(turn: Turn, job: JobRow, payload: Map, zone: Any) -> JobRow | None:
    """The job of a repeating timer start event after this one, reckoned from when it was due."""
    expression = TimerExpression.from_value(payload["timer"])
    previous = Firing.from_value(payload["firing"])
    firing = expression.next(previous, turn.now, zone)
    if firing is None:
        return None
    body = encode_value(payload.with_items({"firing": firing.to_value()}))
    return JobRow(
        turn.next_id("job"),
        "start_timer",
        None,
        None,
        None,
        None,
        job.deployment_id,
        job.revision,
        to_ms(firing.due),
        "ready",
        3,
        0,
        None,
        None,
        None,
        body,
    )


def _is_final(error: BaseException) -> bool:
    """Whether trying again is pointless."""
    return isinstance(error, WorkFailed) and error.is_final


def _pause(job: JobRow, error: BaseException) -> timedelta:
    """How long to wait before the next try: as the failure says, the item, or the house."""
    if isinstance(error, WorkFailed) and error.pause is not None:
        return error.pause
    own = [timedelta(milliseconds=pause) for pause in pauses_of(job)]
    pauses = own or BACK_OFF
    return pauses[min(job.failures, len(pauses) - 1)]


def _place(job: JobRow) -> tuple[int, int]:
    return job.instance_id or 0, job.wait_id or 0
