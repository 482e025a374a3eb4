"""Keeping a task: its priority, dates and texts, its people, reminders, saved output."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from procession.errors import Invalid, NotPermitted
from procession.identity.model import Actor
from procession.runtime.clock import to_ms
from procession.runtime.lanes import change, query
from procession.services.tasks import showing
from procession.services.tasks.desk import Desk, Sheet
from procession.services.tasks.deskwork import Deskwork
from procession.services.tasks.telling import Telling
from procession.services.views import ContentView, TaskView
from procession.store.repositories import tasks as repository
from procession.store.rows import TaskPersonRow
from procession.tasks import deadlines
from procession.tasks.changes import (
    ADMINISTRATORS,
    KEEPERS,
    RELATIONS,
    STRATEGIES,
    changed,
    related_anew,
    require_moment,
    require_part,
    require_priority,
)
from procession.tasks.lifecycle import Candidate
from procession.tasks.people import RECIPIENT, USER, Part, related
from procession.values import Map, freeze_all


class Keeping(Deskwork):
    """The part of the task service that changes what a task says and whom it concerns."""

    # -- its fields --------------------------------------------------------------------------

    @change
    def set_priority(self, actor: Actor, task_id: int, priority: int) -> TaskView:
        """Another priority; 0 is the highest by jBPM's custom, 99 ONEWEB's."""
        require_priority(priority)
        return self._set(actor, task_id, {"priority": priority})

    @change
    def set_expiration_date(self, actor: Actor, task_id: int, date: datetime | None) -> TaskView:
        """When the task is due; deadlines count from its creation and stay as they are."""
        at = _ms(date)
        return self._set(actor, task_id, {"expires_at": at, "due_at": at})

    @change
    def cancel_deadlines(self, actor: Actor, task_id: int, *, start: bool, end: bool) -> TaskView:
        """Call off what waits for the task to be started, or for its end; nobody is told then."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        gone = (deadlines.UNTIL_STARTED if start else 0) | (deadlines.UNTIL_ENDED if end else 0)
        if sheet.task.deadlines & gone:
            self._require(desk, sheet, KEEPERS)
            self._apply(desk, sheet, {"deadlines": sheet.task.deadlines & ~gone})
        return desk.view(sheet)

    @change
    def set_follow_up_date(self, actor: Actor, task_id: int, date: datetime | None) -> TaskView:
        """When somebody wants to look at it again."""
        return self._set(actor, task_id, {"follow_up_at": _ms(date)})

    @change
    def set_skipable(self, actor: Actor, task_id: int, skipable: bool) -> TaskView:
        """Whether the task may be left out."""
        return self._set(actor, task_id, {"skipable": skipable}, ADMINISTRATORS)

    @change
    def set_sub_task_strategy(self, actor: Actor, task_id: int, strategy: str) -> TaskView:
        """What becomes of it with its sub-tasks."""
        if strategy not in STRATEGIES:
            raise Invalid(f"the strategy is none of {', '.join(STRATEGIES)}")
        return self._set(actor, task_id, {"sub_task_strategy": strategy})

    @change
    def set_texts(
        self,
        actor: Actor,
        task_id: int,
        *,
        name: str | None = None,
        subject: str | None = None,
        description: str | None = None,
    ) -> TaskView:
        """Another name, subject or description; what is not given stays."""
        given = {"name": name, "subject": subject, "description": description}
        if name is not None and not name.strip():
            raise Invalid("a task needs a name")
        return self._set(actor, task_id, {k: v for k, v in given.items() if v is not None})

    @change
    def save_output(self, actor: Actor, task_id: int, output: Map) -> TaskView:
        """Keep results before the task is completed; what is given later is merged over it."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        self._require(desk, sheet, frozenset({Part.OWNER, Part.ADMINISTRATOR}))
        together = desk.saved_output(sheet).with_items(freeze_all(output))
        number = desk.write_document(sheet, "output", together)
        fields = {"output_content_id": number}
        self._apply(desk, sheet, fields, f"output saved: {', '.join(sorted(map(str, output)))}")
        return desk.view(sheet)

    @change
    def save_fault(self, actor: Actor, task_id: int, faults: Map) -> TaskView:
        """Write down what is wrong before the task is given up; it goes on as it is."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        self._require(desk, sheet, frozenset({Part.OWNER, Part.ADMINISTRATOR}))
        number = desk.write_document(sheet, "fault", freeze_all(faults))
        fields = {"fault_content_id": number}
        self._apply(desk, sheet, fields, f"fault saved: {', '.join(sorted(map(str, faults)))}")
        return desk.view(sheet)

    @query
    def output(self, actor: Actor, task_id: int) -> ContentView | None:
        """What was saved or given at the end; ``None`` if there is nothing."""
        return self._document(actor, task_id, "output_content_id")

    @query
    def fault(self, actor: Actor, task_id: int) -> ContentView | None:
        """What was told with a failure; ``None`` if there is nothing."""
        return self._document(actor, task_id, "fault_content_id")

    # -- its people --------------------------------------------------------------------------

    @change
    def relate(
        self,
        actor: Actor,
        task_id: int,
        relation: str,
        add: Iterable[Candidate] = (),
        remove: Iterable[Candidate] = (),
    ) -> TaskView:
        """Add people to and remove them from one relation to the task; for its administrators."""
        if relation not in RELATIONS:
            raise Invalid(f"the relation is none of {', '.join(RELATIONS)}")
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        self._require(desk, sheet, ADMINISTRATORS)
        known = [desk.candidate(sheet, one.name) if one.kind == USER else one for one in add]
        more = [TaskPersonRow(task_id, relation, one.kind, one.name) for one in known]
        less = [TaskPersonRow(task_id, relation, one.kind, one.name) for one in remove]
        message = f"{relation}: +{_names(more)} -{_names(less)}"
        sheet.people = related_anew(sheet.people, relation, more, less)
        self._apply(desk, sheet, {}, message)
        return desk.view(sheet)

    @change
    def remove(self, actor: Actor, task_id: int) -> TaskView:
        """Want to hear no more of a task one is a recipient of."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        mine = [r for r in related(sheet.people, RECIPIENT) if r.name == desk.who.name]
        if not mine:
            raise desk.refusal(
                sheet,
                NotPermitted(
                    f"User '[UserImpl:'{desk.who.name}']' does not have permissions to execute "
                    f"operation 'Remove' on task id {task_id}",
                    reason="person",
                ),
            )
        sheet.people = related_anew(sheet.people, RECIPIENT, (), mine)
        self._apply(desk, sheet, {}, f"recipient: -{desk.who.name}")
        return desk.view(sheet)

    @change
    def remind(self, actor: Actor, task_id: int, text: str = "") -> TaskView:
        """Tell who is to do the task that it waits, by mail: its owner, else who could take it."""
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        self._require(desk, sheet, KEEPERS | {Part.STAKEHOLDER})
        Telling(self.room).remind(desk, sheet, text)
        return desk.view(sheet)

    # -- inside ------------------------------------------------------------------------------

    def _set(
        self,
        actor: Actor,
        task_id: int,
        fields: dict[str, Any],
        who: frozenset[Part] = KEEPERS,
    ) -> TaskView:
        desk = self._desk(actor)
        sheet = desk.take(task_id)
        self._require(desk, sheet, who)
        self._apply(desk, sheet, fields)
        return desk.view(sheet)

    def _apply(self, desk: Desk, sheet: Sheet, fields: dict[str, Any], message: str = "") -> None:
        applied = changed(sheet.task, sheet.people, desk.who, desk.turn.now_ms, fields, message)
        desk.note(sheet, applied)
        desk.save(sheet)

    def _require(self, desk: Desk, sheet: Sheet, wanted: frozenset[Part]) -> None:
        try:
            require_part(sheet.task, sheet.people, desk.who, wanted)
        except NotPermitted as refusal:
            raise desk.refusal(sheet, refusal) from None

    def _document(self, actor: Actor, task_id: int, field: str) -> ContentView | None:
        self.room.access.check(actor, "task.read")
        with self.room.store.read() as reader:
            found, _ = self._see(reader, actor, task_id)
            number = getattr(found, field)
            row = repository.find_content(reader, number) if number else None
            return showing.content_view(row) if row else None


def _names(rows: Iterable[TaskPersonRow]) -> str:
    return ", ".join(row.name for row in rows)


def _ms(date: datetime | None) -> int | None:
    if date is None:
        return None
    require_moment(date)
    return to_ms(date)
