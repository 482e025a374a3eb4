"""Tasks and their sub-tasks: what the end of one means for the other.

``reference/jbpm-engine.md`` 5.7. With ``EndParentOnAllSubTasksEnd`` the parent is completed by the
system with its last sub-task, and by nobody before that; with ``SkipAllSubTasksOnParentSkip`` its
open sub-tasks are skipped with it. Changes of one family follow one another: whoever ends or adds a
sub-task touches the parent, so that no two can both think another one is left.
"""

from __future__ import annotations

from msgspec.structs import replace

from procession.core.commands import FailWait, TriggerWait
from procession.errors import NotFound, NotPermitted
from procession.identity.model import SYSTEM
from procession.runtime.kept_tasks import TASK
from procession.services.tasks.desk import Desk, Sheet
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskRow
from procession.tasks.lifecycle import OPEN, Operation, Status, finish_change
from procession.tasks.people import known_as

END_PARENT = "EndParentOnAllSubTasksEnd"
SKIP_ALL = "SkipAllSubTasksOnParentSkip"


def require_free(desk: Desk, sheet: Sheet) -> None:
    """Refuse to complete a parent that its sub-tasks complete, while one of them is open."""
    task = sheet.task
    if task.sub_task_strategy != END_PARENT:
        return
    left = _open_children(desk, task.id)
    if left:
        refusal = NotPermitted(
            f"task {task.id} ends with its sub-tasks, and task {left[0].id} is still "
            f"{left[0].status}",
            reason="sub_tasks",
        )
        raise desk.refusal(sheet, refusal)


def ended(desk: Desk, sheet: Sheet) -> None:
    """A task has ended by somebody's doing: its parent may end with it."""
    parent_id = sheet.task.parent_id
    if parent_id is None:
        return
    system = Desk(desk.room, desk.turn, SYSTEM)
    try:
        parent = system.take(parent_id)
    except NotFound:
        return
    if parent.task.sub_task_strategy != END_PARENT:
        return
    if parent.task.status not in OPEN or parent.task.status == Status.SUSPENDED:
        return
    if not _open_children(system, parent_id):
        _complete(system, parent)
        return
    # Another server may be ending another sub-task at this moment: one of the two comes second.
    parent.task = replace(parent.task, version=parent.task.version + 1)
    system.save(parent)


def skipped(desk: Desk, sheet: Sheet) -> None:
    """A task was skipped: its open sub-tasks may be, too, and theirs."""
    if sheet.task.sub_task_strategy != SKIP_ALL:
        return
    system = Desk(desk.room, desk.turn, SYSTEM)
    for child in _open_children(system, sheet.task.id):
        one = system.take(child.id)
        _end(system, one, Operation.SKIP, Status.OBSOLETE)
        if one.task.wait_id is not None:
            system.move(one, FailWait(one.task.wait_id))
        skipped(system, one)


def _complete(desk: Desk, sheet: Sheet) -> None:
    _end(desk, sheet, Operation.COMPLETE, Status.COMPLETED)
    task = sheet.task
    if task.wait_id is not None:
        results = desk.saved_output(sheet).with_items({"ActorId": task.actual_owner})
        desk.move(sheet, TriggerWait(task.wait_id, results))
    ended(desk, sheet)


def _end(desk: Desk, sheet: Sheet, operation: Operation, status: Status) -> None:
    """What the system does needs nobody's leave and goes from any open state."""
    task, who = sheet.task, known_as(SYSTEM.name, desk.room.directory)
    owner = task.actual_owner
    if operation is Operation.COMPLETE:
        owner = owner or who.name
    applied = finish_change(task, operation, who, desk.turn.now_ms, status, owner, sheet.people)
    desk.note(sheet, applied)
    desk.save(sheet)


def _open_children(desk: Desk, parent_id: int) -> list[TaskRow]:
    """As this turn sees them."""
    turn = desk.turn
    found = {row.id: row for row in repository.open_sub_tasks(turn.reader, parent_id)}
    for (kind, number), row in turn.objects.items():
        if kind == TASK and (row.parent_id == parent_id or number in found):
            found[number] = row
    return [row for _, row in sorted(found.items()) if row.status in OPEN]
