"""Task lists by what somebody is to the tasks: candidate, owner or administrator.

``reference/jbpm-rest-api.md`` 5.6.2. These are the lists of jBPM's clients, newest first; what one
may not see in a search is in none of them either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from procession.errors import Invalid
from procession.identity.model import Actor
from procession.runtime.lanes import Service, query
from procession.services.tasks import criteria as lists
from procession.services.tasks import picking, showing
from procession.services.tasks.criteria import UNPAGED_LIMIT, TaskCriteria
from procession.services.views import Page, TaskView
from procession.store.phrases import ALWAYS, NEVER, Phrase, all_of, any_of
from procession.store.repositories import task_search as found
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_conditions import Condition, Names
from procession.store.repositories.task_walks import search
from procession.store.repositories.task_ways import BY_ID, BY_ID_DOWN
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    POTENTIAL_OWNER,
    STAKEHOLDER,
    who_is,
)

RELATIONS: Final = {
    "potential_owner": POTENTIAL_OWNER,
    "business_administrator": BUSINESS_ADMINISTRATOR,
    "stakeholder": STAKEHOLDER,
    "excluded_owner": EXCLUDED_OWNER,
}
NUMBERS: Final = {
    "task_id": "id", "process_instance_id": "instance_id", "work_item_id": "work_item_id",
    "parent_id": "parent_id", "priority": "priority",
}  # fmt: skip
TIMES: Final = {
    "created_at": "created_at", "activated_at": "activated_at", "expires_at": "expires_at",
}  # fmt: skip
TEXTS: Final = {
    "process_id": "process_id", "deployment_id": "deployment_id", "owner": "actual_owner",
    "created_by": "created_by", "status": "status", "name": "name", "subject": "subject",
    "description": "description", "form_name": "form_name",
    "sub_task_strategy": "sub_task_strategy",
}  # fmt: skip
CONSTANTS: Final[dict[str, object]] = {"archived": False, "session_id": showing.SESSION}
_INDEXED: Final = frozenset({"id", "instance_id", "work_item_id", "actual_owner", "status"})
LONGEST_PATTERN: Final = 1_000
Kind = Literal["equal", "like", "range"]


class Asked(msgspec.Struct, frozen=True):
    """Whose tasks: ``user`` and everything they belong to, and ``groups`` besides.

    ``unclaimed``: as a candidate only of tasks that nobody else has claimed.
    """

    part: Literal["potential_owner", "business_administrator", "owner"]
    user: str = ""
    groups: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    unclaimed: bool = False


class Part(msgspec.Struct, frozen=True):
    """Which part of a list, in which order: by a field of the summary, else newest first."""

    offset: int = 0
    limit: int | None = None
    order: str = ""
    ascending: bool = True


WHOLE: Final = Part()


class Criterion(msgspec.Struct, frozen=True):
    """A field of a task compared with values, or (without a field) criteria among themselves.

    ``joins_or``: it is an alternative to what stands before it; *and* binds no closer than *or*.
    """

    field: str = ""
    values: tuple[object, ...] = ()
    kind: Kind = "equal"
    joins_or: bool = False
    group: tuple[Criterion, ...] = ()


class TaskListService(Service):
    """Lists of tasks, in descending order of their ids."""

    @query
    def of(self, actor: Actor, asked: Asked, part: Part = WHOLE) -> Page[TaskView]:
        """The tasks in which somebody has a part."""
        statuses = lists.status_names(asked.statuses)
        wanted = [found.is_one_of("status", statuses)] if statuses else []
        if asked.part == "owner":
            wanted.append(found.is_one_of("actual_owner", (asked.user,)))
        else:
            wanted.append(self._related(asked))
        return self._search(actor, wanted, part)

    @query
    def where(
        self, actor: Actor, criteria: Sequence[Criterion], part: Part = WHOLE
    ) -> Page[TaskView]:
        """The tasks that fit a combination of criteria."""
        if not criteria:
            return self._search(actor, [], part)
        check, narrow = self._joined(criteria), self._narrow(criteria)
        if not narrow:
            whole = (check.within("select task.id from task where ", ""),)
            return self._search(actor, [Condition(check, whole, whole)], part)
        return self._search(actor, [found.both(narrow[0], check), *narrow[1:]], part)

    # -- inside ------------------------------------------------------------------------------

    def _related(self, asked: Asked) -> Condition:
        named = self._names((asked.user,) if asked.user else (), asked.groups)
        statuses = lists.status_names(asked.statuses)
        of_open = bool(statuses) and lists.OPEN_STATUSES.issuperset(statuses)
        condition = found.is_related_to((RELATIONS[asked.part],), named, is_open=of_open)
        checks = []
        if asked.part == "potential_owner" and asked.user:
            own = self._names((asked.user,))
            checks.append(found.neither(found.is_related_to((EXCLUDED_OWNER,), own)))
        if asked.unclaimed:
            mine = found.is_one_of("actual_owner", (asked.user,)).check
            checks.append(any_of(found.is_unclaimed(), mine))
        return found.both(condition, *checks) if checks else condition

    def _names(self, users: Sequence[str], groups: Sequence[str] = ()) -> Names:
        some = lists.names(users, self.room.directory)
        more = tuple(dict.fromkeys((*some.groups, *groups)))
        return msgspec.structs.replace(some, groups=more)

    def _joined(self, criteria: Sequence[Criterion]) -> Phrase:
        """The criteria from left to right, as they were put together."""
        joined = self._check(criteria[0])
        for one in criteria[1:]:
            both = any_of if one.joins_or else all_of
            joined = both(joined, self._check(one))
        return joined

    def _check(self, one: Criterion) -> Phrase:
        if one.group:
            return self._joined(one.group)
        if one.field in RELATIONS:
            named = self._names([str(value) for value in one.values])
            return found.is_related_to((RELATIONS[one.field],), named).check
        return _compared(one)

    def _narrow(self, criteria: Sequence[Criterion]) -> list[Condition]:
        """What every task must fulfil and an index answers: where the search may begin."""
        if any(one.joins_or for one in criteria[1:]):
            return []
        narrow = []
        for one in criteria:
            column = NUMBERS.get(one.field) or TEXTS.get(one.field, "")
            if one.kind != "equal" or not one.values:
                continue
            if column in _INDEXED:
                narrow.append(found.is_one_of(column, one.values))
            elif one.field in RELATIONS:
                named = self._names([str(value) for value in one.values])
                narrow.append(found.is_related_to((RELATIONS[one.field],), named))
        return narrow

    def _search(self, actor: Actor, wanted: list[Condition], part: Part) -> Page[TaskView]:
        self.room.access.check(actor, "task.query")
        room, who = self.room, who_is(actor, self.room.directory)
        seen = lists.visible(
            TaskCriteria(),
            who,
            sees_everything=room.access.sees_everything(actor),
            restricted=False,
        )
        limit = UNPAGED_LIMIT if part.limit is None else part.limit
        order = _order(part)
        with room.store.read() as reader:
            rows = search(reader, [*wanted, *seen], order, offset=part.offset, limit=limit)
            people = repository.people_of(reader, [row.id for row in rows])
            rows = picking.seen(rows, people, room.access, reader, actor, who)
            return Page(showing.views(reader, rows, people))


def _order(part: Part) -> str:
    column = {**NUMBERS, **TIMES, **TEXTS}.get(part.order)
    if column is None or column == "id":
        return BY_ID if column and part.ascending else BY_ID_DOWN
    return f"task.{column} {'asc' if part.ascending else 'desc'}, task.id desc"


def _compared(one: Criterion) -> Phrase:
    if one.field in CONSTANTS:
        return ALWAYS if CONSTANTS[one.field] in one.values else NEVER
    if one.field == "skipable":
        return any_of(*(Phrase("task.skipable = ?", (bool(value),)) for value in one.values))
    column = {**NUMBERS, **TIMES, **TEXTS}[one.field]
    if one.kind == "range":
        low, high = (*one.values, None, None)[:2]
        bounds = [("<=" if n else ">=", v) for n, v in enumerate((low, high)) if v is not None]
        return all_of(*(Phrase(f"task.{column} {sign} ?", (value,)) for sign, value in bounds))
    if one.kind == "like":
        patterns = [like(str(value)) for value in one.values]
        return any_of(*(Phrase(f"task.{column} like ? escape '!'", (each,)) for each in patterns))
    among = "in $$" if one.field in TEXTS else "in ??"
    values = tuple(value for value in one.values if value is not None)
    return Phrase(f"task.{column} {among}", (values,))


def like(pattern: str) -> str:
    """A pattern of the clients (``*`` any text, ``.`` one character) as SQL has it.

    Databases match it in time that grows with text times pattern, so a long one is refused.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Invalid(f"a pattern has at most {LONGEST_PATTERN} characters, not {len(pattern)}")
    pattern = re.sub(r"\*+", "*", pattern)
    for plain, escaped in (("!", "!!"), ("%", "!%"), ("_", "!_"), ("*", "%"), (".", "_")):
        pattern = pattern.replace(plain, escaped)
    return pattern
