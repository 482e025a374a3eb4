"""Telling people of a task, by mail and by calls to other systems.

``reference/jbpm-engine.md`` 5.8. Mails and calls become jobs in the present turn, done by the
handlers ``Email`` and ``Webhook`` with their settings, retries and incidents. Their keys are those
of what they tell of, so that a receiver knows one that comes twice. Names are looked up in the
directory; addresses stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from procession.runtime.clock import from_ms
from procession.runtime.detached import payload_of
from procession.runtime.lanes import Room
from procession.runtime.turn import Turn
from procession.runtime.work_items import Plan, WorkItem
from procession.services.tasks.desk import Desk, Sheet
from procession.store.codec import decode_value
from procession.store.repositories import tasks as repository
from procession.store.rows import JobRow, TaskEventRow
from procession.tasks.creation import names
from procession.tasks.lifecycle import event_of
from procession.tasks.people import POTENTIAL_OWNER, USER, related
from procession.tasks.templates import fill, fill_line
from procession.values import EMPTY, Map

_SESSION: Final = 1
_REMINDER: Final = "Reminder: ${task.name}"
_WAITS: Final = "Task ${taskId}, ${task.name}, waits for you."


class Telling:
    """Writes what is to be told, and gives it to the handlers."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def remind(self, desk: Desk, sheet: Sheet, text: str) -> None:
        """Tell who has the task, or else who could take it; work parties by their members."""
        task = sheet.task
        people: list[str] = []
        for row in () if task.actual_owner else related(sheet.people, POTENTIAL_OWNER):
            if row.kind == USER:
                people.append(row.name)
            else:
                people += self._room.directory.members_of(row.name, row.kind)
        given = Map(
            tousers=",".join(people) or task.actual_owner or "",
            subject=_REMINDER,
            body=text or _WAITS,
        )
        self.tell(desk, sheet, "Reminder", given, f"task-{task.id}-{desk.turn.next_id('job')}")

    def tell(self, desk: Desk, sheet: Sheet, name: str, given: Map, key: str) -> None:
        """Fill the texts in and hand them over; ``key`` is the same for every try of this."""
        values = self._values(desk, sheet)
        fields = Map({key: fill_line(text, values) for key, text in given.items() if key != "body"})
        addresses, without = self._addresses(fields)
        told = Map(
            {
                "From": self._address(fields.get("from", "")),
                "To": tuple(addresses),
                "Reply-To": self._address(fields.get("replyto", "")),
                "Subject": fields.get("subject", ""),
                "Body": fill(given.get("body", ""), values),
            }
        )
        told = Map({name: value for name, value in told.items() if value})
        if addresses:
            self._hand_over(desk.turn, sheet, "Email", f"{key}-mail", told)
        hooks = [fields.get("webhook", ""), self._room.settings.task_webhook]
        for number, hook in enumerate(dict.fromkeys(filter(None, hooks))):
            call = self._call(sheet, name, told, hook)
            self._hand_over(desk.turn, sheet, "Webhook", f"{key}-hook{number}", call)
        message = f"{name}: told {_listed(addresses) or 'nobody by mail'}"
        if without:
            message += f"; no address is known of {_listed(without)}"
        desk.turn.uow.insert(story(desk, sheet, message))

    def _call(self, sheet: Sheet, name: str, told: Map, hook: str) -> Map:
        task = sheet.task
        said = Map(
            deadline=name,
            task=task.id,
            name=task.name,
            status=task.status,
            owner=task.actual_owner,
            subject=told.get("Subject"),
            body=told.get("Body"),
            to=told.get("To", ()),
        )
        call = Map(Url=hook, Event="task.deadline", Payload=said)
        secret = self._room.settings.task_webhook_secret
        return call.with_items({"Secret": secret}) if secret else call

    def _hand_over(self, turn: Turn, sheet: Sheet, name: str, key: str, parameters: Map) -> None:
        """A job for a handler that goes on by itself, whatever becomes of the task."""
        task = sheet.task
        found = self._room.handlers.find(name)
        plan = found.plan_of(parameters) if found else Plan()
        item = WorkItem(
            task.work_item_id or 0,
            key,
            name,
            parameters,
            task.instance_id or 0,
            task.process_id or "",
            task.deployment_id or "",
            task.node_id or "",
            1,
            task.uuid,
        )
        turn.uow.insert(
            JobRow(
                turn.next_id("job"),
                "work_item",
                name,
                None,
                None,
                None,
                task.deployment_id,
                None,
                turn.now_ms,
                "ready",
                plan.retries,
                0,
                None,
                None,
                None,
                payload_of(plan, item),
            )
        )
        turn.wake_at(turn.now_ms)

    def _addresses(self, fields: Map) -> tuple[list[str], list[str]]:
        """Where mails go, and who has no address; a name with ``@`` is an address itself."""
        directory = self._room.directory
        people = names(fields.get("tousers"))
        for group in names(fields.get("togroups")):
            people += directory.members_of(group, "GROUP")
        found = names(fields.get("toemails"))
        without = []
        for name in dict.fromkeys(people):
            address = self._address(name)
            if address:
                found.append(address)
            else:
                without.append(name)
        return list(dict.fromkeys(found)), without

    def _address(self, name: str) -> str:
        if not name or "@" in name:
            return name
        person = self._room.directory.person(name)
        return (person.email or "") if person else ""

    def _values(self, desk: Desk, sheet: Sheet) -> dict[str, Any]:
        task = sheet.task
        number = task.input_content_id
        row = repository.find_content(desk.turn.reader, number) if number else None
        document = decode_value(bytes(row.body)) if row else EMPTY
        owners = related(sheet.people, POTENTIAL_OWNER)
        return {
            "taskId": task.id,
            "processInstanceId": task.instance_id,
            "workItemId": task.work_item_id,
            "processSessionId": _SESSION,
            "expirationTime": from_ms(task.expires_at) if task.expires_at else None,
            "owners": tuple({"id": row.name} for row in owners),
            "doc": document,
            "task": {
                "id": task.id,
                "name": task.name,
                "subject": task.subject,
                "description": task.description,
                "priority": task.priority,
                "status": task.status,
                "actualOwner": task.actual_owner,
            },
        }


def story(desk: Desk, sheet: Sheet, message: str) -> TaskEventRow:
    """What happened to a task without changing it."""
    task = sheet.task
    event = event_of(task, "UPDATED", desk.who, desk.turn.now_ms, task.status)
    event.message = message
    return event


def _listed(some: Iterable[str]) -> str:
    return ", ".join(some)
