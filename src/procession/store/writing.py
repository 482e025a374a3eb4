"""What a batch of turns writes: gathered by kind, the same on every database.

A :class:`Writes` is the unit of work of one turn. :func:`plan` merges a batch into a short list of
:class:`Step`: one declared :class:`Write` (a table, what is written, what is matched) with all its
rows. The databases differ only in how they carry out a step.

Turns of one batch may build on each other, so what they say about one instance or task is merged
first: three saves of an instance are one row, guarded by the version that the first turn read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import astuple, replace
from sqlalchemy import Executable

from procession.errors import Conflict
from procession.store import digests, standing
from procession.store.closed_waits import drop_closed
from procession.store.node_pages import Entry, Shared, paged
from procession.store.rows import (
    IncidentRow,
    JobRow,
    JournalRow,
    NodeLogRow,
    NodePageRow,
    ProcessInstanceRow,
    ProcessLogRow,
    Row,
    StoredPersonRow,
    TaskAttachmentRow,
    TaskCommentRow,
    TaskContentRow,
    TaskEventRow,
    TaskPersonRow,
    TaskRow,
    TaskVariableRow,
    VariableLogRow,
    WaitRow,
)


class Write(msgspec.Struct, frozen=True, eq=False):
    """A kind of write: ``values`` are the columns written, ``keys`` the columns matched.

    A guarded one must touch a row for every tuple it is given.
    """

    verb: Literal["insert", "update", "delete", "put"]
    """``put``: insert, or update the row that has the keys already."""
    table: str
    values: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    guarded: bool = False
    sparing: bool = False
    """Rows that have the values already are not touched."""

    @property
    def subject(self) -> str:
        """What it writes, in words."""
        return self.table.replace("_", " ")


ROWS: dict[type[Row], str] = {
    ProcessInstanceRow: "process_instance",
    JournalRow: "journal",
    WaitRow: "wait",
    JobRow: "job",
    IncidentRow: "incident",
    TaskRow: "task",
    TaskPersonRow: "task_person",
    TaskEventRow: "task_event",
    TaskContentRow: "task_content",
    TaskVariableRow: "task_variable",
    TaskCommentRow: "task_comment",
    TaskAttachmentRow: "task_attachment",
    ProcessLogRow: "process_log",
    NodePageRow: "node_page",
    VariableLogRow: "variable_log",
}
"""The table of each row, in the order in which they are inserted."""

INSERTS = {
    kind: Write("insert", table, tuple(kind.__struct_fields__)) for kind, table in ROWS.items()
}
INSERTS[TaskPersonRow] = Write("insert", "task_person", tuple(StoredPersonRow.__struct_fields__))
_INSTANCE_VALUES = ("revision", "status", "version", "state")
_TASK_FIXED = frozenset(
    "id uuid root_id instance_id wait_id work_item_id deployment_id process_id process_name node_id"
    " created_by created_at parent_id".split()
)
_TASK_VALUES = tuple(name for name in TaskRow.__struct_fields__ if name not in _TASK_FIXED)

UPDATE_INSTANCE = Write(
    "update", "process_instance", _INSTANCE_VALUES, ("id", "version"), guarded=True
)
DELETE_INSTANCE = Write("delete", "process_instance", (), ("id", "version"), guarded=True)
UPDATE_TASK = Write("update", "task", _TASK_VALUES, ("id", "version"), guarded=True)
END_LOG = Write(
    "update", "process_log", ("ended_at", "status", "outcome", "duration"), ("instance_id",)
)
TELL_PEOPLE = Write(
    "update",
    "task_person",
    ("is_open", "standing", "priority", "expires_at"),
    ("task_id", "relation"),
    sparing=True,
)
CLOSE_PEOPLE = Write("update", "task_person", ("is_open",), ("task_id",))
DELETE_PEOPLE = Write("delete", "task_person", (), ("task_id",))
PUT_VALUES = Write("put", "variable_now", ("digest",), ("instance_id", "variable"))
FINISH_JOB = Write("delete", "job", (), ("id", "lease_owner"), guarded=True)
DELETE_WAIT = Write("delete", "wait", (), ("instance_id", "wait_id"))
DELETE_WAIT_JOBS = Write("delete", "job", (), ("instance_id", "wait_id"))

WRITES: tuple[Write, ...] = (
    *INSERTS.values(),
    UPDATE_INSTANCE,
    DELETE_INSTANCE,
    UPDATE_TASK,
    END_LOG,
    TELL_PEOPLE,
    CLOSE_PEOPLE,
    DELETE_PEOPLE,
    PUT_VALUES,
    FINISH_JOB,
    DELETE_WAIT,
    DELETE_WAIT_JOBS,
)
"""All of them; the databases prepare their SQL from this list."""


class Writes:
    """The unit of work of one turn (:class:`procession.store.store.UnitOfWork`)."""

    __slots__ = (
        "closed_waits",
        "ended",
        "ended_logs",
        "finished_jobs",
        "inserts",
        "instances",
        "nodes",
        "people",
        "statements",
        "tasks",
    )

    def __init__(self) -> None:
        self.inserts: dict[type[Row], list[Row]] = {}
        self.instances: list[tuple[int, ProcessInstanceRow | None, int | None]] = []
        self.nodes: list[tuple[Shared, list[Entry]]] = []
        self.tasks: list[tuple[int, TaskRow | None, int | None]] = []
        self.people: dict[int, Sequence[TaskPersonRow]] = {}
        self.closed_waits: list[tuple[int, int]] = []
        self.finished_jobs: list[tuple[int, str]] = []
        self.ended_logs: list[tuple[Any, ...]] = []
        self.statements: list[tuple[Executable, int | None]] = []

    def insert(self, row: Row) -> None:
        """A new row of the table that belongs to the row's class."""
        kind = type(row)
        rows = self.inserts.get(kind)
        if rows is not None:
            rows.append(row)
        elif isinstance(row, ProcessInstanceRow):
            self.save_instance(row, None)
        elif isinstance(row, TaskRow):
            self.save_task(row, None)
        elif isinstance(row, NodeLogRow):
            values = astuple(row)
            self.log_nodes(*values[1:6]).append(values[6:])
        else:
            self.inserts[kind] = [row]

    def log_nodes(
        self, instance_id: int, root_id: int, process_id: str, deployment_id: str, at: int
    ) -> list[Entry]:
        """What was logged last, if that of the same instance; entries are added behind it."""
        shared = (instance_id, root_id, process_id, deployment_id, at)
        if not self.nodes or self.nodes[-1][0] != shared:
            self.nodes.append((shared, []))
        return self.nodes[-1][1]

    def save_instance(self, row: ProcessInstanceRow, read_version: int | None) -> None:
        """Insert, or update ``revision``, ``status``, ``version`` and ``state``."""
        self.instances.append((row.id, row, read_version))

    def end_instance(self, instance_id: int, read_version: int) -> None:
        """Delete the row of an ended instance."""
        self.instances.append((instance_id, None, read_version))

    def save_task(self, row: TaskRow, read_version: int | None) -> None:
        """Insert, or update all but what a task is born with."""
        self.tasks.append((row.id, row, read_version))

    def set_people(self, task_id: int, people: Sequence[TaskPersonRow]) -> None:
        """Replace everybody in every relation to an existing task."""
        self.people[task_id] = people

    def delete_wait(self, instance_id: int, wait_id: int) -> None:
        """A wait is closed: its row and every job that hangs on it go."""
        self.closed_waits.append((instance_id, wait_id))

    def finish_job(self, job_id: int, lease_owner: str) -> None:
        """Delete a job whose lease is still ours."""
        self.finished_jobs.append((job_id, lease_owner))

    def end_process_log(
        self, instance_id: int, ended_at: int, status: int, outcome: str | None, duration: int
    ) -> None:
        """Complete the audit row of a process instance."""
        self.ended_logs.append((ended_at, status, outcome, duration, instance_id))

    def execute(self, statement: Executable, *, guard: int | None = None) -> None:
        """A free-form statement."""
        self.statements.append((statement, guard))

    def is_bounded(self) -> bool:
        """Whether it holds no free-form statement, which may touch any number of rows."""
        return not self.statements

    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (
            self.inserts
            or self.instances
            or self.nodes
            or self.tasks
            or self.people
            or self.closed_waits
            or self.finished_jobs
            or self.ended_logs
            or self.statements
        )

    def correlation_keys(self) -> list[str]:
        """The keys of the instances it starts, for a message."""
        return [
            row.correlation_key
            for _, row, version in self.instances
            if row is not None and version is None and row.correlation_key is not None
        ]


class Step(msgspec.Struct, gc=False):
    """One write and its rows, as tuples: values first, then keys."""

    write: Write
    rows: list[tuple[Any, ...]]


class Plan(msgspec.Struct):
    """A batch in the order in which it is carried out."""

    steps: list[Step]
    statements: list[tuple[Executable, int | None]]


_Change = tuple[int, Any, int | None]


def _merge(changes: Iterable[_Change]) -> tuple[list[Any], list[_Change], list[tuple[int, int]]]:
    """New rows, updates (with the version first read) and deletes (likewise), one per id."""
    merged: dict[int, tuple[Any, int | None]] = {}
    for number, row, read in changes:
        if number in merged:
            last, first_read = merged[number]
            if last is None or last.version != read:
                raise Conflict(f"{number} was changed by another turn first")
            merged[number] = (row, first_read)
        else:
            merged[number] = (row, read)
    new: list[Any] = []
    updates: list[_Change] = []
    deletes: list[tuple[int, int]] = []
    for number, (row, read) in merged.items():
        if read is None:
            if row is not None:
                new.append(row)
        elif row is None:
            deletes.append((number, read))
        else:
            updates.append((number, row, read))
    return new, updates, deletes


def _merge_saved(
    batch: Sequence[Writes], steps: list[Step], inserts: dict[type[Row], list[Any]]
) -> None:
    """Instances and tasks: first what is guarded, because it may fail."""
    instances = [change for unit in batch for change in unit.instances]
    if instances:
        new, updates, deletes = _merge(instances)
        if new:
            inserts[ProcessInstanceRow] = new
        if updates:
            rows = [
                (row.revision, row.status, row.version, row.state, number, read)
                for number, row, read in updates
            ]
            steps.append(Step(UPDATE_INSTANCE, rows))
        if deletes:
            steps.append(Step(DELETE_INSTANCE, list(deletes)))
    tasks = [change for unit in batch for change in unit.tasks]
    if tasks:
        new, updates, _ = _merge(tasks)
        if new:
            inserts[TaskRow] = new
        if updates:
            columns = (*_TASK_VALUES, "id")
            rows = [
                (*[getattr(row, column) for column in columns], read) for _, row, read in updates
            ]
            steps.append(Step(UPDATE_TASK, rows))
        anew = {number for unit in batch for number in unit.people}
        over, told = standing.news(row for _, row, _ in updates if row.id not in anew)
        steps += [Step(*one) for one in ((CLOSE_PEOPLE, over), (TELL_PEOPLE, told)) if one[1]]


def plan(batch: Sequence[Writes]) -> Plan:
    """Merge a batch; raises :class:`Conflict` if its turns contradict each other."""
    steps: list[Step] = []
    inserts: dict[type[Row], list[Any]] = {}
    _merge_saved(batch, steps, inserts)
    people: dict[int, Sequence[TaskPersonRow]] = {}
    pages = [page for unit in batch if unit.nodes for page in paged(unit.nodes)]
    if pages:
        inserts[NodePageRow] = pages
    for unit in batch:
        for kind, rows in unit.inserts.items():
            if kind in inserts:
                inserts[kind].extend(rows)
            else:
                inserts[kind] = rows.copy()
        if unit.people:
            people.update(unit.people)
    ends = _plan_ends(batch, inserts)
    tasks = {number: row for unit in batch for number, row, _ in unit.tasks if row is not None}
    for kind in (kind for kind in ROWS if kind in inserts):
        new = inserts[kind]
        told = standing.stored(new, tasks) if kind is TaskPersonRow else map(astuple, new)
        steps.append(Step(INSERTS[kind], list(told)))
        if kind is VariableLogRow:
            saved = (change for unit in batch for change in unit.instances)
            values = digests.present(new, saved, tasks.values())
            steps += [Step(PUT_VALUES, values)] if values else []
    if people:
        steps.append(Step(DELETE_PEOPLE, [(task,) for task in people]))
        present = standing.stored((row for group in people.values() for row in group), tasks)
        if present:
            steps.append(Step(INSERTS[TaskPersonRow], present))
    steps.extend(ends)
    return Plan(steps, [statement for unit in batch for statement in unit.statements])


def _plan_ends(batch: Sequence[Writes], inserts: dict[type[Row], list[Any]]) -> list[Step]:
    """What is completed or taken away; what began in the same batch is merged into ``inserts``."""
    steps: list[Step] = []
    logs = {row[-1]: row for unit in batch for row in unit.ended_logs}
    if logs and ProcessLogRow in inserts:
        inserts[ProcessLogRow] = [_end_log(row, logs) for row in inserts[ProcessLogRow]]
    if logs:
        steps.append(Step(END_LOG, list(logs.values())))
    finished = [row for unit in batch for row in unit.finished_jobs]
    if finished:
        steps.append(Step(FINISH_JOB, list(finished)))
    closed: dict[tuple[int, int], Any] = {row: None for unit in batch for row in unit.closed_waits}
    if closed:
        drop_closed(closed, inserts)
    if closed:
        steps.append(Step(DELETE_WAIT, list(closed)))
        steps.append(Step(DELETE_WAIT_JOBS, list(closed)))
    return steps


def _end_log(row: ProcessLogRow, logs: dict[int, tuple[Any, ...]]) -> ProcessLogRow:
    end = logs.pop(row.instance_id, None)
    if end is None:
        return row
    ended_at, status, outcome, duration, _ = end
    return replace(row, ended_at=ended_at, status=status, outcome=outcome, duration=duration)
