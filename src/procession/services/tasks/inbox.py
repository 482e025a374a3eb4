"""Inboxes: tasks by any combination of questions, sorted, page after page by key.

A page begins behind the last task of the one before, whatever has been done meanwhile; it costs
the same wherever it lies. Which combinations indexes answer: ``docs/how-to/find-tasks.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from procession.errors import Invalid
from procession.identity.model import Actor
from procession.runtime.lanes import query
from procession.services.tasks import criteria as lists
from procession.services.tasks import picking, showing
from procession.services.tasks.criteria import TaskCriteria
from procession.services.tasks.deskwork import Deskwork
from procession.services.views import TaskView
from procession.store.phrases import Phrase
from procession.store.remembering import Remembering
from procession.store.repositories import task_search as found
from procession.store.repositories import task_walks as walks
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_conditions import Condition
from procession.store.repositories.task_walks import Leg
from procession.store.repositories.task_ways import BY_DUE, BY_ID, BY_ID_DOWN, BY_URGENCY
from procession.store.rows import TaskRow
from procession.store.store import Reader
from procession.tasks.lifecycle import OPEN
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    POTENTIAL_OWNER,
    STAKEHOLDER,
    Who,
    known_as,
)

Sort = Literal["oldest", "newest", "urgency", "due"]
_OPEN_ONLY: Final = ("urgency", "due")
MOST: Final = 500
_OPEN: Final = tuple(str(status) for status in OPEN)
_DUE: Final = "task.expires_at is not null"
_LATER: Final = "task.expires_at is null"


class InboxQuery(msgspec.Struct, frozen=True):
    """What tasks are wanted: values of one field are alternatives, fields intersect.

    ``inbox_of``: what those users have claimed or may claim. ``statuses``: without any, the open
    ones. ``variables`` are of the process as they stand, ``task_variables`` inputs and outputs.
    """

    inbox_of: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    potential_owners: tuple[str, ...] = ()
    business_administrators: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    task_ids: tuple[int, ...] = ()
    work_item_ids: tuple[int, ...] = ()
    process_instance_ids: tuple[int, ...] = ()
    deployment_ids: tuple[str, ...] = ()
    process_ids: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    task_variables: tuple[tuple[str, str], ...] = ()


class InboxPart(msgspec.Struct, frozen=True):
    """Which part of the list: so many behind ``after``, the ``next`` of the part before.

    ``total``: tell how many there are in all, exactly; that costs more than the page.
    """

    sort: Sort = "oldest"
    size: int = 20
    after: str = ""
    total: bool = False


class InboxPage(msgspec.Struct, frozen=True):
    """Tasks; ``next`` is where the part behind them begins, ``None`` at the end."""

    items: tuple[TaskView, ...]
    next: str | None = None
    total: int | None = None


EVERY: Final = InboxQuery()
FIRST: Final = InboxPart()


class Inbox(Deskwork):
    """The part of the task service that searches."""

    @query
    def inbox(self, actor: Actor, wanted: InboxQuery = EVERY, part: InboxPart = FIRST) -> InboxPage:
        """Tasks that fit, as far as the actor may see them."""
        self.room.access.check(actor, "task.query")
        if not 1 <= part.size <= MOST:
            raise Invalid(f"size must be 1 to {MOST}", reason="parameter")
        who = self._who(actor)
        legs = _legs(part)
        if part.sort in _OPEN_ONLY and not set(lists.status_names(wanted.statuses)) <= set(_OPEN):
            raise Invalid(f"only open tasks are sorted by {part.sort}", reason="parameter")
        with self.room.store.read() as lent:
            reader = Remembering(lent)
            conditions = [*self._wanted(reader, wanted), *self._seen(actor, who, wanted)]
            rows = walks.walk(reader, conditions, legs, part.size + 1)
            following = _key(part.sort, rows[part.size - 1]) if len(rows) > part.size else None
            rows = rows[: part.size]
            people = repository.people_of(reader, [row.id for row in rows])
            # The search goes by names: what an earlier namesake had is dropped row by row.
            rows = picking.seen(rows, people, self.room.access, reader, actor, who)
            total = walks.count(reader, conditions) if part.total else None
            return InboxPage(showing.views(reader, rows, people), following, total)

    def _wanted(self, reader: Reader, asked: InboxQuery) -> list[Condition]:
        directory = self.room.directory
        statuses = lists.status_names(asked.statuses) or _OPEN
        wanted = [found.is_one_of("status", statuses)]
        of_open = wanted[0].is_open
        for column, values in (
            ("id", asked.task_ids),
            ("work_item_id", asked.work_item_ids),
            ("instance_id", asked.process_instance_ids),
            ("actual_owner", asked.owners),
            ("created_by", asked.created_by),
            ("deployment_id", asked.deployment_ids),
        ):
            if values:
                wanted.append(found.is_one_of(column, values))
        for relation, users in (
            (POTENTIAL_OWNER, asked.potential_owners),
            (BUSINESS_ADMINISTRATOR, asked.business_administrators),
            (STAKEHOLDER, asked.stakeholders),
        ):
            if users:
                some = lists.names(users, directory)
                wanted.append(found.is_related_to((relation,), some, is_open=of_open))
        if asked.inbox_of:
            people = [known_as(name, directory) for name in asked.inbox_of]
            wanted.append(found.either(*(lists.inbox(reader, one, statuses) for one in people)))
        wanted += [found.has_variable(name, value) for name, value in asked.variables]
        wanted += [found.has_task_variable(name, value) for name, value in asked.task_variables]
        if asked.process_ids:
            process = Phrase("task.process_id in $$", (asked.process_ids,))
            wanted[0] = found.both(wanted[0], process)
        return wanted

    def _seen(self, actor: Actor, who: Who, asked: InboxQuery) -> list[Condition]:
        """What the actor must be to a task to see it, if what is asked for does not say so."""
        own = {who.name}
        named = (asked.inbox_of, asked.owners, asked.potential_owners, asked.created_by)
        if any(names and own.issuperset(names) for names in named):
            return []
        everything = self.room.access.sees_everything(actor)
        return lists.visible(TaskCriteria(), who, sees_everything=everything, restricted=False)


# -- keys ------------------------------------------------------------------------------------

_KEYS: Final[dict[str, Callable[[TaskRow], tuple[int, ...]]]] = {
    "oldest": lambda row: (row.id,),
    "newest": lambda row: (row.id,),
    "urgency": lambda row: (row.priority, row.created_at, row.id),
    "due": lambda row: (row.expires_at, row.id) if row.expires_at is not None else (row.id,),
}


def _key(sort: Sort, row: TaskRow) -> str:
    """Where the part behind a task begins."""
    return f"{sort}:{':'.join(map(str, _KEYS[sort](row)))}"


def _legs(part: InboxPart) -> Sequence[Leg]:
    """The way through the tasks in that order, from the key on."""
    key = _numbers(part)
    match part.sort:
        case "oldest":
            return (Leg(BY_ID, Phrase("task.id > ?", key) if key else None),)
        case "newest":
            return (Leg(BY_ID_DOWN, Phrase("task.id < ?", key) if key else None),)
        case "urgency":
            if not key:
                return (Leg(BY_URGENCY),)
            behind = Phrase("task.priority = ? and (task.created_at, task.id) > (?, ?)", key)
            return (Leg(BY_URGENCY, behind), Leg(BY_URGENCY, Phrase("task.priority < ?", key[:1])))
    later = Leg(BY_ID, Phrase(_LATER))
    if not key:
        return (Leg(BY_DUE, Phrase(_DUE)), later)
    if len(key) == 1:
        return (Leg(BY_ID, Phrase(f"{_LATER} and task.id > ?", key)),)
    return (Leg(BY_DUE, Phrase(f"{_DUE} and (task.expires_at, task.id) > (?, ?)", key)), later)


def _numbers(part: InboxPart) -> tuple[int, ...] | None:
    if not part.after:
        return None
    sort, *numbers = part.after.split(":")
    widths = {"oldest": (1,), "newest": (1,), "urgency": (3,), "due": (1, 2)}
    try:
        key = tuple(map(int, numbers))
    except ValueError:
        key = ()
    fits = sort == part.sort and len(key) in widths[part.sort]
    if not fits or not all(-(2**63) <= number < 2**63 for number in key):
        raise Invalid("after must be the next of a list in the same order", reason="parameter")
    return key
