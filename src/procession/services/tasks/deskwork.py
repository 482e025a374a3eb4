"""What every part of the task service begins with: the desk to work at, and what may be seen."""

from __future__ import annotations

from procession.identity.model import Actor
from procession.runtime.lanes import Service
from procession.services.tasks.desk import Desk, missing, sees_task
from procession.services.views import TaskView
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskPersonRow, TaskRow
from procession.store.store import Reader
from procession.tasks.lifecycle import Operation
from procession.tasks.people import Who, who_is


class Deskwork(Service):
    """The parts of :class:`procession.services.tasks.TaskService` share this."""

    def _desk(self, actor: Actor) -> Desk:
        self.room.access.check(actor, "task.act")
        return Desk(self.room, self.turn, actor)

    def _who(self, actor: Actor) -> Who:
        return who_is(actor, self.room.directory)

    def _operate(
        self, actor: Actor, task_id: int, operation: Operation, target: str | None = None
    ) -> TaskView:
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        desk.do(sheet, operation, () if target is None else (desk.candidate(sheet, target),))
        desk.save(sheet)
        return desk.view(sheet)

    def _see(
        self, reader: Reader, actor: Actor, task_id: int
    ) -> tuple[TaskRow, tuple[TaskPersonRow, ...]]:
        reader.ahead(*repository.asked_of_task(task_id))
        found = repository.find(reader, task_id)
        if found is None:
            raise missing(task_id)
        people = repository.people_of(reader, (task_id,))[task_id]
        who = self._who(actor)
        if not sees_task(self.room.access, reader, actor, who, found, people):
            raise missing(task_id)
        return found, people
