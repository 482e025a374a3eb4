"""Adding tasks that no process asked for, alone or as sub-tasks of others."""

from __future__ import annotations

from procession.bpmn.deadlines import DEADLINES
from procession.errors import Invalid, NotFound, NotPermitted
from procession.identity.model import Actor
from procession.runtime.kept_tasks import TASK, TASK_PEOPLE
from procession.runtime.lanes import change, query
from procession.services.tasks import ruling, showing
from procession.services.tasks.desk import Desk, Sheet, sees_task
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import TaskView
from procession.store.codec import encode_value
from procession.store.hot import load_instances
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskContentRow
from procession.tasks import deadlines
from procession.tasks.ad_hoc import NewTask, made
from procession.tasks.changes import (
    KEEPERS,
    STRATEGIES,
    require_moment,
    require_part,
    require_priority,
)
from procession.tasks.lifecycle import event_of
from procession.tasks.variables import variables
from procession.values import EMPTY, Map, freeze_all


class Adding(Deskwork):
    """The part of the task service that makes tasks."""

    @change
    def add(self, actor: Actor, new: NewTask, document: Map = EMPTY) -> TaskView:
        """Make a task with its input document; gives it with its id.

        A sub-task is added by who keeps the parent (owner, initiator, administrator), a task of a
        process instance by who may move that. Raises :class:`Invalid` for what makes no sense.
        """
        desk = self._desk(actor)
        _check(new)
        root = self._place(desk, new)
        task, people = made(new, desk.turn, self.room.directory, self._creator(desk, new), root)
        document = freeze_all(document)
        ruling.ask(desk.turn, ruling.ADD, task, document)
        wanted = Map(new.deadlines)
        zone = self.room.executive.zone
        jobs, problems = deadlines.plan(task, wanted, desk.turn, zone, None)
        if problems:
            raise Invalid("; ".join(problems), reason="deadline")
        uow = desk.turn.uow
        task.input_content_id = desk.turn.next_id("content")
        desk.turn.touch(TASK, task.id)
        desk.turn.objects[TASK, task.id] = task
        desk.turn.objects[TASK_PEOPLE, task.id] = people
        uow.save_task(task, None)
        for row in (*people, *jobs):
            uow.insert(row)
        uow.insert(TaskContentRow(task.input_content_id, task.id, "input", encode_value(document)))
        for variable in variables(task.id, "INPUT", document):
            uow.insert(variable)
        uow.insert(event_of(task, "ADDED", desk.who, desk.turn.now_ms, None))
        return desk.view(Sheet(task, people, task.version, people, []))

    @query
    def sub_tasks(self, actor: Actor, task_id: int) -> tuple[TaskView, ...]:
        """The sub-tasks of a task, as far as the actor may see them."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            self._see(reader, actor, task_id)
            found = repository.sub_tasks(reader, task_id)
            people = repository.people_of(reader, [row.id for row in found])
            who, access = self._who(actor), self.room.access
            seen = [r for r in found if sees_task(access, reader, actor, who, r, people[r.id])]
            return showing.views(reader, seen, people)

    def _creator(self, desk: Desk, new: NewTask) -> str:
        """Who asked for it; only an administrator may name somebody else."""
        if new.created_by and desk.actor.is_administrator:
            directory, name = self.room.directory, new.created_by
            if directory.exists_user(name) or directory.exists_group(name):
                return name
        return desk.who.name

    def _place(self, desk: Desk, new: NewTask) -> int | None:
        """Check what the task is to belong to; gives the outermost instance."""
        if new.parent_id is not None:
            parent = desk.take(new.parent_id)
            try:
                require_part(parent.task, parent.people, desk.who, KEEPERS, "Add sub-task")
            except NotPermitted as refusal:
                raise desk.refusal(parent, refusal) from None
        number = new.process_instance_id
        if number is None:
            return None
        rows = load_instances(desk.turn.reader, (number,))
        access = self.room.access
        if not rows or not access.moves_instance(desk.turn.reader, desk.actor, number):
            raise NotFound(f"process instance '{number}' not found", reason="instance")
        return rows[0].root_id


def _check(new: NewTask) -> None:
    if not new.name.strip():
        raise Invalid("a task needs a name")
    if new.sub_task_strategy not in STRATEGIES:
        raise Invalid(f"sub_task_strategy is none of {', '.join(STRATEGIES)}")
    require_priority(new.priority)
    require_moment(new.expires_at)
    require_moment(new.follow_up_at)
    unknown = sorted(new.deadlines.keys() - DEADLINES.keys())
    if unknown:
        raise Invalid(f"{', '.join(unknown)}: known deadlines are {', '.join(DEADLINES)}")
