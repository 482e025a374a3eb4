"""The life of a human task: one table, and the one function that reads it.

``reference/jbpm-engine.md`` 5.2 in the behaviour of jBPM 6.5, with ``reference/rulings.md`` 14 and
15. A line says from which states an operation leads where, and what one must be to the task.
ONEWEB's words are operations of their own where they mean something else: *take* and *open* (claim
of what is offered to nobody), *give back* (unclaim), *assign* (a new set of candidates).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from procession.errors import NotPermitted, Rejected
from procession.store.rows import TaskEventRow, TaskPersonRow, TaskRow
from procession.tasks import deadlines
from procession.tasks.people import (
    POTENTIAL_OWNER,
    USER,
    Part,
    Who,
    is_open_to_all,
    parts,
    with_candidates,
)


class Status(StrEnum):
    """States of a task (``reference/jbpm-engine.md`` 5.1)."""

    CREATED = "Created"
    READY = "Ready"
    RESERVED = "Reserved"
    IN_PROGRESS = "InProgress"
    SUSPENDED = "Suspended"
    COMPLETED = "Completed"
    FAILED = "Failed"
    ERROR = "Error"
    EXITED = "Exited"
    OBSOLETE = "Obsolete"


S = Status
OPEN: Final = (S.CREATED, S.READY, S.RESERVED, S.IN_PROGRESS, S.SUSPENDED)
FINAL: Final = (S.COMPLETED, S.FAILED, S.ERROR, S.EXITED, S.OBSOLETE)
CLAIMED: Final = (S.RESERVED, S.IN_PROGRESS)


class Operation(StrEnum):
    """What may be done to a task; the value is its name in messages."""

    ACTIVATE = "Activate"
    CLAIM = "Claim"
    START = "Start"
    STOP = "Stop"
    RELEASE = "Release"
    SUSPEND = "Suspend"
    RESUME = "Resume"
    SKIP = "Skip"
    DELEGATE = "Delegate"
    FORWARD = "Forward"
    NOMINATE = "Nominate"
    COMPLETE = "Complete"
    FAIL = "Fail"
    EXIT = "Exit"
    OPEN = "Open"
    TAKE = "Take"
    GIVE_BACK = "Give back"
    ASSIGN = "Assign"


class Line(msgspec.Struct, frozen=True):
    """One row of the table. ``to`` lists where it may lead; with several the effect decides.

    ``previous`` narrows the line to tasks that came from one of these states; ``needs`` names what
    else must hold: ``skipable`` of the task, ``listed`` (by name) of the actor.
    """

    operation: Operation
    states: tuple[Status, ...]
    who: frozenset[Part]
    to: tuple[Status, ...]
    previous: tuple[Status, ...] = ()
    needs: str = ""


_PO, _AO, _BA, _IN = Part.POTENTIAL_OWNER, Part.OWNER, Part.ADMINISTRATOR, Part.INITIATOR
_OFFERED = frozenset({_PO, _BA})
_OWNED = frozenset({_AO, _BA})
_ADMIN = frozenset({_BA})
Op = Operation

TABLE: Final = (
    Line(Op.CLAIM, (S.READY,), _OFFERED, (S.RESERVED,)),
    Line(Op.START, (S.READY,), _OFFERED, (S.IN_PROGRESS,)),
    Line(Op.START, (S.RESERVED,), frozenset({_AO}), (S.IN_PROGRESS,)),
    # Not in 5.2: clients start what nobody was named for without activating it first.
    Line(Op.START, (S.CREATED,), _ADMIN, (S.IN_PROGRESS,)),
    Line(Op.STOP, (S.IN_PROGRESS,), _OWNED, (S.RESERVED,)),
    Line(Op.RELEASE, CLAIMED, _OWNED, (S.READY,)),
    Line(Op.SUSPEND, (S.READY,), _OFFERED, (S.SUSPENDED,)),
    Line(Op.SUSPEND, CLAIMED, _OWNED, (S.SUSPENDED,)),
    Line(Op.RESUME, (S.SUSPENDED,), _OFFERED, (S.READY,), previous=(S.READY,)),
    Line(Op.RESUME, (S.SUSPENDED,), _OWNED, (S.RESERVED,), previous=(S.RESERVED,)),
    Line(Op.RESUME, (S.SUSPENDED,), _OWNED, (S.IN_PROGRESS,), previous=(S.IN_PROGRESS,)),
    Line(Op.SKIP, (S.CREATED,), frozenset({_IN, _BA}), (S.OBSOLETE,), needs="skipable"),
    Line(Op.SKIP, (S.READY,), _OFFERED, (S.OBSOLETE,), needs="skipable"),
    Line(Op.SKIP, CLAIMED, _OWNED, (S.OBSOLETE,), needs="skipable"),
    Line(Op.DELEGATE, (S.READY,), _OFFERED, (S.RESERVED, S.READY)),
    Line(Op.DELEGATE, CLAIMED, _OWNED, (S.RESERVED, S.READY)),
    Line(Op.FORWARD, (S.READY,), _OFFERED, (S.READY,), needs="listed"),
    Line(Op.FORWARD, CLAIMED, _OWNED, (S.READY,), needs="listed"),
    Line(Op.COMPLETE, (S.IN_PROGRESS,), _OWNED, (S.COMPLETED,)),
    Line(Op.FAIL, (S.IN_PROGRESS,), _OWNED, (S.FAILED,)),
    Line(Op.ACTIVATE, (S.CREATED,), _OWNED, (S.READY,)),
    Line(Op.NOMINATE, (S.CREATED,), _ADMIN, (S.RESERVED, S.READY)),
    Line(Op.EXIT, OPEN, _ADMIN, (S.EXITED,)),
    Line(Op.OPEN, (S.CREATED,), _OFFERED | {Part.ANYONE}, (S.READY,)),
    Line(Op.TAKE, (S.READY,), _OFFERED | {Part.ANYONE}, (S.RESERVED,)),
    Line(Op.GIVE_BACK, CLAIMED, _OWNED, (S.READY, S.CREATED)),
)
"""``assign`` is not here: who may do it is no question of the task (``tasks/offers.py``)."""

EVENTS: Final = {
    Op.ACTIVATE: "ACTIVATED",
    Op.CLAIM: "CLAIMED",
    Op.START: "STARTED",
    Op.STOP: "STOPPED",
    Op.RELEASE: "RELEASED",
    Op.SUSPEND: "SUSPENDED",
    Op.RESUME: "RESUMED",
    Op.SKIP: "SKIPPED",
    Op.DELEGATE: "DELEGATED",
    Op.FORWARD: "FORWARDED",
    Op.NOMINATE: "NOMINATED",
    Op.COMPLETE: "COMPLETED",
    Op.FAIL: "FAILED",
    Op.EXIT: "EXITED",
    Op.OPEN: "ACTIVATED",
    Op.TAKE: "CLAIMED",
    Op.GIVE_BACK: "RELEASED",
    Op.ASSIGN: "NOMINATED",
}
_LINES: Final[dict[Operation, tuple[Line, ...]]] = {
    operation: tuple(line for line in TABLE if line.operation is operation) for operation in Op
}
_SPOKEN: Final = {
    Op.OPEN: "Activate",
    Op.TAKE: "Claim",
    Op.GIVE_BACK: "Release",
    Op.ASSIGN: "Nominate",
}


class Candidate(msgspec.Struct, frozen=True):
    """Somebody a task is handed or offered to."""

    kind: str
    name: str


class Applied(msgspec.Struct, frozen=True):
    """What an operation makes of a task: the row, everybody's relations, and what to remember."""

    task: TaskRow
    people: tuple[TaskPersonRow, ...]
    event: TaskEventRow


class _Change(msgspec.Struct):
    """The fields an effect decides."""

    status: Status
    owner: str | None
    people: tuple[TaskPersonRow, ...]


def apply(
    task: TaskRow,
    people: Sequence[TaskPersonRow],
    operation: Operation,
    who: Who,
    at: int,
    targets: Sequence[Candidate] = (),
) -> Applied:
    """Do an operation to a task, as far as the task is concerned; what was given stays as it was.

    ``targets`` are whom a task is delegated or forwarded to (one) or the nominees. Raises
    :class:`NotPermitted` with the words of ``reference/jbpm-engine.md`` 5.2.
    """
    line = require(task, people, operation, who)
    change = _Change(line.to[0], task.actual_owner, tuple(people))
    effect = _EFFECTS.get(operation)
    if effect is not None:
        effect(change, task, who, targets)
    applied = finish_change(task, operation, who, at, change.status, change.owner, change.people)
    applied.event.message = handed_to(targets)
    return applied


def handed_to(targets: Sequence[Candidate]) -> str | None:
    """How the audit tells to whom a task was handed or offered."""
    return f"to {', '.join(one.name for one in targets)}"[:2000] if targets else None


def finish_change(
    task: TaskRow,
    operation: Operation,
    who: Who,
    at: int,
    status: Status,
    owner: str | None,
    people: tuple[TaskPersonRow, ...],
) -> Applied:
    """The row after a change of state, with its event."""
    changed = msgspec.structs.replace(
        task,
        version=task.version + 1,
        status=str(status),
        previous_status=task.status if status != task.status else task.previous_status,
        actual_owner=owner,
        deadlines=deadlines.ahead(task.deadlines, status) if task.deadlines else 0,
    )
    return Applied(changed, people, event_of(changed, EVENTS[operation], who, at, task.status))


def event_of(task: TaskRow, kind: str, who: Who, at: int, old_status: str | None) -> TaskEventRow:
    """What is remembered of one thing done to a task."""
    return TaskEventRow(
        None,
        task.id,
        task.root_id,
        task.instance_id,
        task.work_item_id,
        kind,
        who.actor or who.name,
        who.name if who.actor and who.actor != who.name else None,
        old_status,
        task.status,
        None,
        at,
    )


def require(task: TaskRow, people: Sequence[TaskPersonRow], operation: Operation, who: Who) -> Line:
    """The line of the table that allows an operation. Raises :class:`NotPermitted`."""
    fits = [line for line in _LINES[operation] if _fits(line, task)]
    name = _SPOKEN.get(operation, operation.value)
    user = f"User '[UserImpl:'{who.name}']'"
    owner = f", {task.actual_owner}'s" if task.actual_owner else ""
    if not fits:
        raise NotPermitted(
            f"{user} was unable to execute operation '{name}' on task id {task.id} "
            f"due to a no 'current status' match: the task is {task.status}{owner}",
            reason="status",
        )
    has = parts(task, people, who)
    for line in fits:
        if not has & line.who:
            continue
        if line.needs == "skipable" and not task.skipable:
            continue
        if line.needs == "listed" and Part.LISTED not in has:
            continue
        return line
    raise NotPermitted(
        f"{user} does not have permissions to execute operation '{name}' on task id {task.id}",
        reason="person",
    )


def may(task: TaskRow, people: Sequence[TaskPersonRow], operation: Operation, who: Who) -> bool:
    """Whether :func:`apply` would do it."""
    try:
        require(task, people, operation, who)
    except NotPermitted:
        return False
    return True


def require_active(task: TaskRow, *, suspended_too: bool = True) -> None:
    """Refuse what is over or suspended, with ONEWEB's reasons."""
    if task.status in FINAL:
        raise Rejected(f"task {task.id} is over: it is {task.status}", reason="inactive")
    if suspended_too and task.status == S.SUSPENDED:
        raise Rejected(f"task {task.id} is suspended; resume it first", reason="suspended")


def claimed_by_another(task: TaskRow) -> Rejected:
    """The refusal that names the present owner."""
    return Rejected(
        f"task {task.id} is claimed by {task.actual_owner}; "
        f"release it first or act as {task.actual_owner}",
        reason="claimed",
    )


# -- reading the table -----------------------------------------------------------------------


def _fits(line: Line, task: TaskRow) -> bool:
    if task.status not in line.states:
        return False
    return not line.previous or task.previous_status in line.previous


# -- effects beyond the status ---------------------------------------------------------------


def _own(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    change.owner = who.name


def _disown(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    change.owner = None


def _start(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    if task.status != S.RESERVED:
        change.owner = who.name


def _delegate(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    """To a user: reserved for them. To a group: offered to its members."""
    (target,) = targets
    change.people = _offered_to(change.people, task.id, target)
    if target.kind == USER:
        change.owner = target.name
    else:
        change.owner, change.status = None, S.READY


def _forward(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    me = TaskPersonRow(task.id, POTENTIAL_OWNER, USER, who.name)
    change.people = tuple(row for row in change.people if row != me)
    change.people = _offered_to(change.people, task.id, targets[0])
    change.owner = None


def _nominate(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    change.people = with_candidates(change.people, task.id, targets)
    if len(targets) == 1 and targets[0].kind == USER:
        change.owner = targets[0].name
    else:
        change.status = S.READY


def _give_back(change: _Change, task: TaskRow, who: Who, targets: Sequence[Candidate]) -> None:
    change.owner = None
    if is_open_to_all(change.people):
        change.status = S.CREATED


def _offered_to(
    people: tuple[TaskPersonRow, ...], task_id: int, target: Candidate
) -> tuple[TaskPersonRow, ...]:
    row = TaskPersonRow(task_id, POTENTIAL_OWNER, target.kind, target.name)
    return people if row in people else (*people, row)


_Effect = Callable[[_Change, TaskRow, Who, Sequence[Candidate]], None]
_EFFECTS: Final[dict[Operation, _Effect]] = {
    Op.CLAIM: _own,
    Op.TAKE: _own,
    Op.START: _start,
    Op.RELEASE: _disown,
    Op.GIVE_BACK: _give_back,
    Op.DELEGATE: _delegate,
    Op.FORWARD: _forward,
    Op.NOMINATE: _nominate,
}
