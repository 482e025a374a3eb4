"""Claiming, giving back and finishing tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from procession.core.commands import FailWait, SetVariables, TriggerWait
from procession.core.state import InstanceStatus
from procession.errors import NotPermitted, Rejected
from procession.services.tasks import families, forms, ruling
from procession.services.tasks.desk import Desk, Sheet, suspended
from procession.services.tasks.merging import merged
from procession.store.rows import TaskPersonRow, TaskRow
from procession.tasks.forms import as_text
from procession.tasks.lifecycle import (
    CLAIMED,
    Operation,
    Status,
    claimed_by_another,
    may,
    require_active,
)
from procession.tasks.people import Part, Who, parts
from procession.tasks.variables import variables
from procession.values import Map

P = ParamSpec("P")


def guarded(
    desk: Desk,
    sheet: Sheet,
    check: Callable[[TaskRow, tuple[TaskPersonRow, ...], Operation, Who], object],
    operation: Operation,
) -> None:
    """Check a task in hand; to who must not see it, it does not exist."""
    try:
        check(sheet.task, sheet.people, operation, desk.who)
    except (NotPermitted, Rejected) as refusal:
        raise desk.refusal(sheet, refusal) from None


def require_work(desk: Desk, sheet: Sheet) -> None:
    """Refuse what is over, suspended, or claimed by somebody else, saying which."""
    try:
        require_active(sheet.task)
        if sheet.task.status in CLAIMED and sheet.task.actual_owner != desk.who.name:
            raise claimed_by_another(sheet.task)
    except Rejected as refusal:
        raise desk.refusal(sheet, refusal) from None


def take(desk: Desk, sheet: Sheet, *, activate: bool, again_ok: bool) -> bool:
    """Claim; ``False`` if it was the actor's already and that is all right."""
    require_work(desk, sheet)
    if sheet.task.status in CLAIMED and again_ok:
        return False
    if sheet.task.status == Status.CREATED and activate:
        desk.do(sheet, Operation.OPEN)
    desk.do(sheet, Operation.TAKE)
    return True


def claim_if_ready(desk: Desk, sheet: Sheet) -> bool:
    """Claim a task that a search found, unless it has changed since."""
    if not may(sheet.task, sheet.people, Operation.CLAIM, desk.who):
        return False
    desk.do(sheet, Operation.CLAIM)
    desk.save(sheet)
    return True


def give_back(desk: Desk, sheet: Sheet) -> None:
    """End a claim: one's own, or as an administrator anybody's."""
    task = sheet.task
    try:
        require_active(task)
        if task.status not in CLAIMED:
            raise Rejected(f"task {task.id} is not claimed", reason="not_claimed")
        has = parts(task, sheet.people, desk.who)
        if task.actual_owner != desk.who.name and Part.ADMINISTRATOR not in has:
            raise claimed_by_another(task)
    except Rejected as refusal:
        raise desk.refusal(sheet, refusal) from None
    desk.do(sheet, Operation.GIVE_BACK)


def complete(desk: Desk, sheet: Sheet, output: Map) -> None:
    """The two facts of completing: the task's row and document, and the work item's results.

    The results are what was saved before, what is given now, and ``ActorId``
    (``reference/jbpm-engine.md`` 5.4).
    """
    results = desk.saved_output(sheet).with_items(output)
    ruling.ask(desk.turn, ruling.COMPLETE, sheet.task, results)
    _finish(desk, sheet, results, results)


def fail(desk: Desk, sheet: Sheet, faults: Map) -> None:
    """The task has failed; its work item is given up."""
    task = sheet.task
    task.fault_name = as_text(faults.get("faultName")) or None
    task.fault_type = as_text(faults.get("faultType")) or None
    if faults:
        task.fault_content_id = desk.write_document(sheet, "fault", faults)
    desk.save(sheet)
    if task.wait_id is not None:
        desk.move(sheet, FailWait(task.wait_id))
    families.ended(desk, sheet)


def finish(desk: Desk, sheet: Sheet, objects: Map) -> None:
    """Claim, start and complete, as far as it is not done yet, and merge the objects."""
    require_work(desk, sheet)
    instance_id, wait_id = sheet.task.instance_id, sheet.task.wait_id
    if sheet.task.status == Status.CREATED:
        desk.do(sheet, Operation.OPEN)
    if sheet.task.status == Status.READY:
        desk.do(sheet, Operation.TAKE)
    if sheet.task.status == Status.RESERVED:
        desk.do(sheet, Operation.START)
    desk.do(sheet, Operation.COMPLETE)
    families.require_free(desk, sheet)
    if instance_id is None or wait_id is None:
        complete(desk, sheet, objects)
        return
    held = desk.turn.held(instance_id)
    wait = held.state.waits.get(wait_id)
    if wait is None or held.state.status is not InstanceStatus.ACTIVE:
        raise suspended(instance_id)
    ruling.ask(desk.turn, ruling.COMPLETE, sheet.task, objects)
    found = merged(held.definition, held.state, wait, objects)
    if found.variables:
        desk.turn.execute(SetVariables(found.variables), instance_id=instance_id)
    _finish(desk, sheet, objects, found.results)


def _finish(desk: Desk, sheet: Sheet, document: Map, results: Map) -> None:
    task = sheet.task
    if task.form_name or task.load_entity:
        forms.check(desk, task, document)
    if document:
        task.output_content_id = desk.write_document(sheet, "output", document)
        for variable in variables(task.id, "OUTPUT", document):
            desk.turn.uow.insert(variable)
    desk.save(sheet)
    if task.wait_id is not None:
        owner = {"ActorId": task.actual_owner} if task.actual_owner else {}
        desk.move(sheet, TriggerWait(task.wait_id, results.with_items(owner)))
    families.ended(desk, sheet)
