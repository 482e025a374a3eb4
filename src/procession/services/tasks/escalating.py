"""What happens when a deadline of a human task is due: it is handed on, or people are told.

``reference/jbpm-engine.md`` 5.8. Handing on is part of the job's own turn; telling is jobs of
their own, made in it (``telling.py``).
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from procession.bpmn.deadlines import DEADLINES
from procession.errors import NotFound
from procession.identity.model import SYSTEM
from procession.runtime.clock import to_ms
from procession.runtime.lanes import Room
from procession.runtime.turn import Turn
from procession.services.tasks.desk import Desk, Sheet
from procession.services.tasks.telling import Telling, story
from procession.store.codec import decode_value
from procession.store.rows import JobRow
from procession.tasks import deadlines
from procession.tasks.creation import names
from procession.tasks.lifecycle import Candidate
from procession.tasks.offers import reassign
from procession.tasks.people import GROUP, USER
from procession.values import Map


class Escalation:
    """Takes effect for due deadlines; ``zone`` is the server's, for times of the calendar."""

    def __init__(self, room: Room, zone: tzinfo) -> None:
        self._room = room
        self._zone = zone
        self._telling = Telling(room)

    def take_effect(self, turn: Turn, job: JobRow) -> None:
        """The turn of one deadline, and the job of the next one if it repeats."""
        payload: Map = decode_value(job.payload)
        what = DEADLINES[payload["name"]]
        kind = deadlines.UNTIL_STARTED if what.until_started else deadlines.UNTIL_ENDED
        desk = Desk(self._room, turn, SYSTEM)
        try:
            sheet = desk.take(payload["task"])
        except NotFound:
            return
        if not deadlines.acts_on(kind, sheet.task.status):
            if sheet.task.deadlines & kind:
                self._again(turn, job, sheet, kind, payload)
            return
        if what.notifies:
            key = f"{job.id}-{int(payload['firing']['index'])}"
            self._telling.tell(desk, sheet, payload["name"], payload["fields"], key)
        else:
            self._reassign(desk, sheet, payload)
        self._again(turn, job, sheet, kind, payload)

    def _again(self, turn: Turn, job: JobRow, sheet: Sheet, kind: int, payload: Map) -> None:
        firing = deadlines.following(payload, turn.now, self._zone)
        if firing is None:
            return
        number = turn.next_id("job")
        turn.uow.insert(deadlines.job(sheet.task, kind, payload, firing, number, job.revision))
        turn.wake_at(to_ms(firing.due))

    # -- handing on --------------------------------------------------------------------------

    def _reassign(self, desk: Desk, sheet: Sheet, payload: Map) -> None:
        fields, directory = payload["fields"], self._room.directory
        wanted = [Candidate(USER, name) for name in names(fields.get("users"))]
        wanted += [Candidate(GROUP, name) for name in names(fields.get("groups"))]
        known = [
            one
            for one in wanted
            if (directory.exists_user if one.kind == USER else directory.exists_group)(one.name)
        ]
        said = _listed(one.name for one in known)
        missing = _listed(one.name for one in wanted if one not in known)
        message = f"{payload['name']}: offered to {said or 'nobody new'}"
        if missing:
            message += f"; there is no {missing}"
        if known:
            applied = reassign(sheet.task, known, sheet.people, desk.who, desk.turn.now_ms)
            applied.event.message = message
            desk.note(sheet, applied)
            desk.save(sheet)
        else:
            desk.turn.uow.insert(story(desk, sheet, message))


def _listed(some: Any) -> str:
    return ", ".join(some)
