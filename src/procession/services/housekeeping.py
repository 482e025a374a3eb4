"""Housekeeping: what ended long ago is forgotten, and files that belong to nothing are swept up.

With the setting ``history_days`` a job does it every day, a portion at a time; by hand an
administrator may do it whenever they like, and look first what it would take away.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import delete, select

from procession.errors import Invalid
from procession.identity.model import Actor
from procession.runtime.clock import to_ms
from procession.runtime.lanes import Service, change, query
from procession.runtime.turn import Turn
from procession.store.codec import decode_value, encode_value
from procession.store.repositories import forgetting
from procession.store.rows import JobRow
from procession.store.tables import job as job_table
from procession.values import EMPTY

JOB: Final = "housekeeping"
"""The kind of the daily job."""
PORTION: Final = 200
EVERY: Final = timedelta(days=1)
SOON: Final = timedelta(seconds=1)
_RETRIES: Final = 1_000_000


class Forgotten(msgspec.Struct, frozen=True):
    """How much is gone, or would be; ``is_all``: nothing as old is left."""

    instances: int
    tasks: int
    is_all: bool = True


class Housekeeping(Service):
    """Takes away what nobody needs any more."""

    @query
    def preview(self, actor: Actor, days: int) -> Forgotten:
        """What :meth:`purge` would forget."""
        self.room.access.check(actor, "history.clear")
        before = self._before(days)
        with self.room.store.read() as reader:
            return Forgotten(*forgetting.counts(reader, before))

    @change
    def purge(self, actor: Actor, days: int) -> Forgotten:
        """Forget a portion of what ended more than so many days ago, the oldest first."""
        self.room.access.check(actor, "history.clear")
        return self._forget(self.turn, self._before(days))

    @query
    def sweep(self, actor: Actor) -> int:
        """Take away attachments' files that no row names; how many there were."""
        self.room.access.check(actor, "history.clear")
        return self._sweep()

    # -- the daily job -----------------------------------------------------------------------

    def plan(self) -> None:
        """See to it that there is a job if there is anything to do; asked when a worker starts."""
        settings = self.room.settings
        if not (settings.history_days or settings.attachment_dir):
            return
        with self.room.store.read() as reader:
            known = reader.execute(select(job_table.c.id).where(job_table.c.kind == JOB))
        if not known:
            self.room.executive.run(lambda: self._next(self.turn, timedelta()), actor="system")

    def take_effect(self, turn: Turn, job: JobRow) -> None:
        """One portion, and the job of the next."""
        # Two nodes may have made one each; what this turn makes has a higher number.
        others = (job_table.c.kind == JOB, job_table.c.id < job.id)
        turn.uow.execute(delete(job_table).where(*others))
        days, done = self.room.settings.history_days, True
        if days:
            done = self._forget(turn, self._before(days)).is_all
        if done:
            turn.after_commit(lambda: turn.aside(self._sweep))
        if days or self.room.settings.attachment_dir:
            self._next(turn, EVERY if done else SOON)

    # -- inside ------------------------------------------------------------------------------

    def _forget(self, turn: Turn, before: int) -> Forgotten:
        some = forgetting.portion(turn.reader, before, PORTION)
        for statement in forgetting.forget(some):
            turn.uow.execute(statement)
        cabinet = self.room.cabinet
        for body in some.files if cabinet is not None else ():
            reference = decode_value(body)
            turn.after_commit(partial(cabinet.drop, reference))
        is_all = len(some.instances) < PORTION and len(some.tasks) < PORTION
        return Forgotten(len(some.instances), len(some.tasks), is_all)

    def _before(self, days: int) -> int:
        if days < 1:
            raise Invalid("days must be 1 or more", reason="parameter")
        try:
            return to_ms(self.room.clock.now() - timedelta(days=days))
        except OverflowError:
            raise Invalid("so many days ago there was nothing", reason="parameter") from None

    def _next(self, turn: Turn, pause: timedelta) -> None:
        due = to_ms(turn.now + pause)
        number = turn.next_id("job")
        turn.uow.insert(
            JobRow(
                number, JOB, None, None, None, None, None, None, due, "ready", _RETRIES, 0,
                None, None, None, encode_value(EMPTY),
            )
        )  # fmt: skip
        turn.wake_at(due)

    def _sweep(self) -> int:
        cabinet = self.room.cabinet
        if cabinet is None:
            return 0

        def known(tasks: list[int]) -> list[str]:
            with self.room.store.read() as reader:
                bodies = forgetting.files_of(reader, tasks)
            return [decode_value(body)["file"] for body in bodies]

        swept: int = cabinet.sweep(known)
        return swept
