"""Work items named ``Human Task`` become tasks; what closes them closes the task.

Opening makes the row, its people, its input document and its first events
(``reference/jbpm-engine.md`` 5.3). A wait that is closed while its task is open exits the task:
the process was aborted, a boundary event interrupted it, or somebody completed the work item past
the task (5.4). A task of a swimlane that has an actor is claimed for them (5.6). What the rules of
the unit refuse is not made, and the node waits without it (4.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any, Protocol

from procession.bpmn.deadlines import DEADLINES
from procession.core.records import WaitClosed, WaitOpened
from procession.core.state import WaitKind
from procession.identity.model import ADMINISTRATOR
from procession.runtime.kept_tasks import TASK, TASK_PEOPLE
from procession.runtime.projection import ProjectingTurn, Recorded
from procession.runtime.work_items import HUMAN_TASK
from procession.store.codec import encode_value
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskContentRow, TaskEventRow, TaskPersonRow, TaskRow
from procession.tasks import deadlines
from procession.tasks.allocation import Custom
from procession.tasks.creation import Draft, draft
from procession.tasks.lifecycle import (
    FINAL,
    Operation,
    Status,
    apply,
    event_of,
    finish_change,
    may,
)
from procession.tasks.loads import StoredLoads
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    USER,
    People,
    Who,
    known_as,
    related,
)
from procession.tasks.variables import variables
from procession.values import EMPTY, Map

_WAITS = frozenset({WaitOpened, WaitClosed})

MayAdd = Callable[[Any, str, int, TaskRow, Map], bool]
"""Asks the rules of a unit (name, revision) whether a task with that document may be, in a turn."""


class HasDirectory(Protocol):
    """Whoever can say who the people are; asked late, when the directory stands."""

    directory: Any


class TaskProjector:
    """Keeps the tasks in step with the waits."""

    def __init__(
        self, room: HasDirectory, zone: tzinfo = UTC, may_add: MayAdd | None = None
    ) -> None:
        self._room = room
        self._zone = zone
        self._may_add = may_add

    def project(self, batch: Sequence[Recorded], turn: ProjectingTurn) -> None:
        """Write the tasks that follow from the records."""
        work: _Work | None = None
        for recorded in batch:
            if recorded.kinds.isdisjoint(_WAITS):
                continue
            for record in recorded.records:
                if isinstance(record, WaitOpened):
                    if record.wait.name == HUMAN_TASK and record.wait.kind is WaitKind.WORK_ITEM:
                        work = work or _Work(turn, self._room, self._zone, self._may_add)
                        work.open(recorded, record)
                elif isinstance(record, WaitClosed) and record.name == HUMAN_TASK:
                    work = work or _Work(turn, self._room, self._zone, self._may_add)
                    work.close(recorded, record)
        if work is not None:
            work.write()


class _Work:
    """The tasks of one turn."""

    def __init__(
        self, turn: ProjectingTurn, room: HasDirectory, zone: tzinfo, may_add: MayAdd | None
    ) -> None:
        self._turn = turn
        self._may_add = may_add
        self._loads = StoredLoads(turn)
        self._own: Mapping[str, Custom] = getattr(room, "policies", EMPTY)
        self._zone = zone
        self._people: People = room.directory
        self._drafts: dict[tuple[int, int], Draft] = {}
        self._events: list[TaskEventRow] = []
        self._closed: dict[int, int] = {}
        self._changed = {
            (row.instance_id, row.wait_id): row
            for (kind, _), row in turn.objects.items()
            if kind == TASK
        }

    # -- one record after the other ----------------------------------------------------------

    def open(self, recorded: Recorded, record: WaitOpened) -> None:
        """A task begins, unless the unit's rules refuse it."""
        made = draft(recorded, record.wait, self._turn, self._people, self._loads, self._own)
        task, key = made.task, recorded.instance.definition.key
        if self._may_add is not None and not self._may_add(
            self._turn, key.deployment, key.revision, task, made.document
        ):
            return
        if task.parent_id is not None:
            self._turn.touch(TASK, task.parent_id)
        by = Who(self._turn.actor or ADMINISTRATOR, actor=self._turn.caller)
        self._events.append(event_of(task, "ADDED", by, self._turn.now_ms, None))
        self._drafts[recorded.instance.id, record.wait.id] = made
        self._set_deadlines(made, by, key.revision)
        self._claim_for_lane(made)

    def close(self, recorded: Recorded, record: WaitClosed) -> None:
        """A task's work item is over; what the task has to do with it decides what follows."""
        if record.kind is not WaitKind.WORK_ITEM:
            return
        key = (recorded.instance.id, record.wait)
        made = self._drafts.get(key)
        if made is not None:
            made.task = self._exited(made.task, made.people)
            return
        task = self._changed.get(key)
        if task is None:
            number = self._turn.work_item_id(*key)
            if number is not None:
                self._closed[number] = recorded.instance.id
        elif task.status not in FINAL:
            self._exit_stored(task)

    # -- everything at once ------------------------------------------------------------------

    def write(self) -> None:
        """Put it all into the unit of work."""
        self._exit_closed()
        for made in self._drafts.values():
            self._insert(made)
        for event in self._events:
            self._turn.uow.insert(event)

    def _insert(self, made: Draft) -> None:
        turn, task = self._turn, made.task
        content = turn.next_id("content")
        task.input_content_id = content
        turn.touch(TASK, task.id)
        turn.objects[TASK, task.id] = task
        turn.objects[TASK_PEOPLE, task.id] = made.people
        turn.uow.save_task(task, None)
        for row in made.people:
            turn.uow.insert(row)
        for job in made.jobs if task.deadlines else ():
            turn.uow.insert(job)
        turn.uow.insert(TaskContentRow(content, task.id, "input", encode_value(made.document)))
        for variable in variables(task.id, "INPUT", made.document):
            turn.uow.insert(variable)

    def _exit_closed(self) -> None:
        if not self._closed:
            return
        reader = self._turn.reader
        found = repository.of_work_items(reader, list(self._closed))
        found = [task for task in found if task.status not in FINAL]
        for task in found:
            self._turn.touch(TASK, task.id)
        people = repository.people_of(reader, [task.id for task in found])
        for task in found:
            self._exit_stored(task, people[task.id])

    def _exit_stored(self, task: TaskRow, people: tuple[TaskPersonRow, ...] | None = None) -> None:
        turn = self._turn
        if people is None:
            known = turn.objects.get((TASK_PEOPLE, task.id))
            people = known or repository.people_of(turn.reader, [task.id])[task.id]
        exited = self._exited(task, people)
        turn.objects[TASK, task.id] = exited
        turn.uow.save_task(exited, task.version)
        deadlines.cancel(turn.uow, task.id, task.deadlines, exited.deadlines)

    def _exited(self, task: TaskRow, people: Sequence[TaskPersonRow]) -> TaskRow:
        """Exit, as the first personal administrator other than the system; nobody is asked."""
        applied = finish_change(
            task,
            Operation.EXIT,
            Who(_exiter(people)),
            self._turn.now_ms,
            Status.EXITED,
            task.actual_owner,
            tuple(people),
        )
        self._events.append(applied.event)
        return applied.task

    def _set_deadlines(self, made: Draft, by: Who, revision: int) -> None:
        """What cannot be read is told where the task's story is told."""
        if made.given.keys().isdisjoint(DEADLINES):
            return
        task = made.task
        jobs, problems = deadlines.plan(task, made.given, self._turn, self._zone, revision)
        made.jobs = tuple(jobs)
        for problem in problems:
            event = event_of(task, "UPDATED", by, self._turn.now_ms, task.status)
            event.message = f"no deadline: {problem}"
            self._events.append(event)

    def _claim_for_lane(self, made: Draft) -> None:
        """Claim for who works in the lane; if they may not, nothing happens."""
        if not made.lane_actor:
            return
        who = known_as(made.lane_actor, self._people)
        if may(made.task, made.people, Operation.CLAIM, who):
            applied = apply(made.task, made.people, Operation.CLAIM, who, self._turn.now_ms)
            made.task = applied.task
            self._events.append(applied.event)


def _exiter(people: Sequence[TaskPersonRow]) -> str:
    for row in related(people, BUSINESS_ADMINISTRATOR):
        if row.kind == USER and row.name != ADMINISTRATOR:
            return row.name
    return ADMINISTRATOR
