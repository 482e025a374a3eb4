"""Tasks on the desk: taken up in a turn, worked on by the life cycle's table, put back whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from procession.core.commands import Command
from procession.errors import Denied, Fault, Invalid, NotFound, NotPermitted, Rejected
from procession.identity.model import Actor
from procession.runtime.kept_tasks import TASK, TASK_PEOPLE, People
from procession.runtime.lanes import Room
from procession.runtime.turn import Turn
from procession.services import required_roles
from procession.services.access import Access
from procession.services.tasks import showing
from procession.services.views import TaskView
from procession.store.codec import decode_value, encode_value
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskContentRow, TaskEventRow, TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.tasks import deadlines
from procession.tasks.lifecycle import OPEN, Applied, Candidate, Operation, apply
from procession.tasks.people import GROUP, USER, Who, has_part, is_open_to_all, who_is
from procession.values import EMPTY, Map


class Sheet(msgspec.Struct):
    """A task in hand. ``read_version`` guards the row: nobody else may have changed it."""

    task: TaskRow
    people: People
    read_version: int
    read_people: People
    events: list[TaskEventRow]
    read_deadlines: int = 0


class Desk:
    """Where one actor works on tasks in one turn."""

    def __init__(self, room: Room, turn: Turn, actor: Actor) -> None:
        self.room = room
        self.turn = turn
        self.actor = actor

    @cached_property
    def who(self) -> Who:
        """Whose rights count."""
        return who_is(self.actor, self.room.directory)

    def take(self, task_id: int) -> Sheet:
        """Take a task up. Raises :class:`NotFound`; whether the actor may see it comes later."""
        turn = self.turn
        turn.touch(TASK, task_id)
        task = turn.objects.get((TASK, task_id))
        people = turn.objects.get((TASK_PEOPLE, task_id))
        if task is None:
            task, people = self._recalled(task_id) or self._read(task_id)
        if people is None:
            people = repository.people_of(turn.reader, (task_id,))[task_id]
        sheet = Sheet(task, people, task.version, people, [], task.deadlines)
        lacking = self.lacking(task)
        if lacking is not None:
            raise self.refusal(sheet, lacking)
        return sheet

    def _recalled(self, task_id: int) -> tuple[TaskRow, People] | None:
        """What this node knows of it, on an event loop alone: who may wait had better read."""
        request = self.turn.request
        if not request.is_quick or request.freed is not None:
            return None
        return self.turn.executive.loaded.tasks.recall(task_id)

    def _read(self, task_id: int) -> tuple[TaskRow, People]:
        reader = self.turn.reader
        reader.ahead(*repository.asked_of_task(task_id))
        task = repository.find(reader, task_id)
        if task is None:
            raise missing(task_id)
        return task, repository.people_of(reader, (task_id,))[task_id]

    def lacking(self, task: TaskRow) -> Denied | None:
        """Why the task's unit does not let the actor work, if it asks for roles."""
        return required_roles.refusal(self.room, self.actor, task.deployment_id, "execute")

    def do(self, sheet: Sheet, operation: Operation, targets: Sequence[Candidate] = ()) -> None:
        """Do an operation to the task in hand, if the table allows."""
        try:
            applied = apply(
                sheet.task, sheet.people, operation, self.who, self.turn.now_ms, targets
            )
        except NotPermitted as refusal:
            raise self.refusal(sheet, refusal) from None
        self.note(sheet, applied)

    def note(self, sheet: Sheet, applied: Applied) -> None:
        """Take over what an operation made of the task."""
        sheet.task, sheet.people = applied.task, applied.people
        sheet.events.append(applied.event)

    def refusal(self, sheet: Sheet, refusal: Fault) -> Fault:
        """How to refuse: to who must not see the task it does not exist."""
        seen = sees_task(
            self.room.access, self.turn.reader, self.actor, self.who, sheet.task, sheet.people
        )
        return refusal if seen else missing(sheet.task.id)

    def save(self, sheet: Sheet) -> None:
        """Put the task back: row, people if they changed, and what was done to it."""
        turn, task = self.turn, sheet.task
        turn.objects[TASK, task.id] = task
        turn.objects[TASK_PEOPLE, task.id] = sheet.people
        turn.uow.save_task(task, sheet.read_version)
        deadlines.cancel(turn.uow, task.id, sheet.read_deadlines, task.deadlines)
        if sheet.people != sheet.read_people:
            turn.uow.set_people(task.id, sheet.people)
        for event in sheet.events:
            turn.uow.insert(event)

    def write_document(self, sheet: Sheet, kind: str, value: Map) -> int:
        """Keep an output or fault document; gives its id."""
        number = self.turn.next_id("content")
        self.turn.uow.insert(TaskContentRow(number, sheet.task.id, kind, encode_value(value)))
        return number

    def saved_output(self, sheet: Sheet) -> Map:
        """Output that was saved before the task is completed."""
        number = sheet.task.output_content_id
        row = repository.find_content(self.turn.reader, number) if number else None
        value = decode_value(bytes(row.body)) if row else EMPTY
        return value if isinstance(value, Map) else EMPTY

    def move(self, sheet: Sheet, command: Command) -> None:
        """Let the process go on, in the same turn; a task without a process has none."""
        if sheet.task.instance_id is not None:
            self.turn.execute(command, instance_id=sheet.task.instance_id)

    def view(self, sheet: Sheet) -> TaskView:
        """The task as it is now."""
        task = self.turn.objects.get((TASK, sheet.task.id), sheet.task)
        people = {task.id: sheet.people}
        known = {}
        if task.instance_id and (uuid := self.turn.executive.loaded.uuid_of(task.instance_id)):
            known[task.instance_id] = uuid
        return showing.views(self.turn.reader, (task,), people, known)[0]

    def candidate(self, sheet: Sheet, name: str) -> Candidate:
        """The user or group of that name. Raises :class:`Invalid` if there is neither.

        Said only to who may see the task: anybody else would learn that it exists.
        """
        directory = self.room.directory
        if directory.exists_user(name):
            return Candidate(USER, name)
        if directory.exists_group(name):
            return Candidate(GROUP, name)
        unknown = Invalid(f"there is no user or group {name!r}", reason="unknown_target")
        raise self.refusal(sheet, unknown)


def sees_task(
    access: Access,
    reader: Reader,
    actor: Actor,
    who: Who,
    task: TaskRow,
    people: Sequence[TaskPersonRow],
) -> bool:
    """Whether the actor may see a task: their own or their groups', or one of their instances'.

    What is offered to nobody may be taken by anyone who knows its id, so they may look at it too.
    """
    if access.sees_everything(actor):
        return True
    if has_part(task, people, who) or (task.status in OPEN and is_open_to_all(people)):
        return True
    if task.instance_id is None:
        return False
    return access.sees_instance(reader, actor, task.instance_id, task.root_id)


def missing(task_id: int) -> NotFound:
    """Said of what does not exist and of what one must not see, alike."""
    return NotFound(f"Task '{task_id}' not found", reason="task")


def suspended(instance_id: int | None) -> Rejected:
    """The refusal for tasks of a process instance that rests or is over."""
    return Rejected(f"process instance {instance_id} has ended or is suspended", reason="suspended")
