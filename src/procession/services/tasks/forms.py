"""The form of a task: shown to who sees the task, and held against what the task ends with."""

from __future__ import annotations

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.runtime.lanes import Room, query
from procession.services.tasks.desk import Desk
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import FormView
from procession.store.codec import decode_value
from procession.store.hot import load_instances
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskRow
from procession.store.store import Reader
from procession.tasks.form_schemas import Form
from procession.values import Map, freeze


class Forms(Deskwork):
    """The part of the task service that shows forms."""

    @query
    def form(self, actor: Actor, task_id: int) -> FormView:
        """The form of a task, as it was deployed, with the data to fill in."""
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            task, _ = self._see(reader, actor, task_id)
            found = find(self.room, reader, task)
            number = task.input_content_id
            row = repository.find_content(reader, number) if number else None
        if found is None:
            raise NotFound(f"task {task_id} has no form", reason="form")
        data = decode_value(bytes(row.body)) if row else Map()
        return FormView(
            task_id=task_id,
            key=task.form_name or task.load_entity or "",
            schema=freeze(found.schema),
            data=data,
        )


def find(room: Room, reader: Reader, task: TaskRow, revision: int | None = None) -> Form | None:
    """The form that a task's key names, in the revision its instance runs in, or ran in last."""
    keys = (task.form_name, task.load_entity)
    if task.deployment_id is None or not any(keys):
        return None
    if revision is None:
        rows = load_instances(reader, (task.instance_id or 0,))
        if rows:
            revision = rows[0].revision
        else:
            units = reader.hot("deployment_by_id", (task.deployment_id,))
            revision = units[0][0] if units else None
    return None if revision is None else room.shelf.find(reader, revision, *keys)


def check(desk: Desk, task: TaskRow, document: Map) -> None:
    """Raise :class:`Invalid` with all that does not fit the task's form, if it has one."""
    revision = None
    if task.instance_id is not None and task.wait_id is not None:
        revision = desk.turn.held(task.instance_id).definition.key.revision
    found = find(desk.room, desk.turn.reader, task, revision)
    faults = found.faults(document) if found else ()
    if faults:
        key = task.form_name or task.load_entity
        raise Invalid(f"the form {key} is not filled in: {'; '.join(faults)}", reason="form")
