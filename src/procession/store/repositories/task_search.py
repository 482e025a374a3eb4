"""Searching among many tasks: conditions that can be listed or looked up, and which to do.

Every condition comes in two forms: selects of the ids that fit, which an index answers, and a
check of one row. A search counts, up to a bound, how many ids each condition lists; it starts from
the shortest list and checks the rest row by row. If every list is long, rows that fit are frequent,
so the tasks are walked through in the order asked for until the page is full. Either way the cost
follows the page and the shortest list, not the number of tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from procession.store.hot import task_row
from procession.store.phrases import ALWAYS, NEVER, Phrase, all_of, any_of, ask, join
from procession.store.rows import TaskRow
from procession.store.store import Reader

SHORT: Final = 50_000
"""Lists up to this length are worth starting from."""
FEW: Final = 100
"""A list so short that no other needs to be looked at."""
EVERYTHING: Final = 2**62
BY_ID: Final = "task.id"
BY_ID_DOWN: Final = "task.id desc"
BY_URGENCY: Final = "task.priority desc, task.created_at, task.id"
"""Orders; that of work lists is by urgency (``reference/oneweb-rest-api.md`` 1.7)."""

_NUMBERS: Final = frozenset({"id", "instance_id", "work_item_id"})
_COLUMNS: Final = ", ".join(f'task."{name}"' for name in TaskRow.__struct_fields__)


class Names(msgspec.Struct, frozen=True):
    """Names to look for among a task's people, by kind."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def pairs(self) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Kind and names, without the kinds that have none."""
        kinds = (
            ("USER", self.users),
            ("GROUP", self.groups),
            ("ROLE", self.roles),
            ("PARTY", self.parties),
        )
        return [(kind, names) for kind, names in kinds if names]

    @property
    def creators(self) -> tuple[str, ...]:
        """Under which names somebody may stand as the one who brought a task about."""
        return (*self.users, *self.groups)


class Condition(msgspec.Struct, frozen=True):
    """What tasks are wanted: ``check`` decides about one row.

    The ``lists`` together hold at least the ids that fit, perhaps twice, and are quickly counted;
    ``exact`` hold no others.
    """

    check: Phrase
    lists: tuple[Phrase, ...]
    exact: tuple[Phrase, ...]


def is_one_of(column: str, values: Sequence[Any]) -> Condition:
    """The column has one of the values; there is an index on it."""
    among = "in ??" if column in _NUMBERS else "in $$"
    check = Phrase(f"task.{column} {among}", (tuple(values),))
    lists = (check.within("select task.id from task where ", ""),)
    return Condition(check, lists, lists)


def is_related_to(relations: Sequence[str], names: Names) -> Condition:
    """One of the names stands in one of the relations."""
    lists = tuple(
        each.within("select person.task_id as id from task_person person where ", "")
        for each in _persons(relations, names)
    )
    return Condition(_named("task", relations, names), lists, lists)


def is_of(relations: Sequence[str], names: Names) -> Condition:
    """Somebody owns it, brought it about, or stands in one of the relations."""
    owned = is_one_of("actual_owner", names.users)
    made = is_one_of("created_by", names.creators)
    return either(owned, made, is_related_to(relations, names))


def is_in_instance_of(relations: Sequence[str], names: Names) -> Condition:
    """Somebody started its process instance or the outermost one, or has a task in its instance."""
    begun = Phrase("log.identity in $$", (names.users,))
    owned = Phrase("other.actual_owner in $$", (names.users,))
    made = Phrase("other.created_by in $$", (names.creators,))
    mine = any_of(owned, made, _named("other", relations, names))
    lists = (
        begun.within(_BEGUN + "task.instance_id where ", ""),
        begun.within(_BEGUN + "task.root_id where ", ""),
        owned.within(_BESIDE + " where ", ""),
        made.within(_BESIDE + " where ", ""),
        *(each.within(_BESIDE + _PEOPLE + " where ", "") for each in _persons(relations, names)),
    )
    check = any_of(
        begun.within(_LOG_OF + "task.instance_id and ", ")"),
        begun.within(_LOG_OF + "task.root_id and ", ")"),
        mine.within(_BESIDE_OF, ")"),
    )
    return Condition(check, lists, lists)


_EACH: Final = ") as listed cross join task where task.id = listed.id and "
_NOTHING: Final = NEVER.within("select task.id from task where ", "")
_LOG_OF: Final = "exists (select 1 from process_log log where log.instance_id = "
_BEGUN: Final = "select task.id from task join process_log log on log.instance_id = "
_BESIDE: Final = "select task.id from task join task other on other.instance_id = task.instance_id"
_BESIDE_OF: Final = (
    "exists (select 1 from task other where other.instance_id = task.instance_id and "
)
_PEOPLE: Final = " join task_person person on person.task_id = other.id"


def is_unclaimed() -> Phrase:
    """Nobody has claimed it; only looked up row by row."""
    return Phrase("task.actual_owner is null")


def either(*conditions: Condition) -> Condition:
    """At least one of the conditions holds."""
    return Condition(
        any_of(*(one.check for one in conditions)),
        tuple(each for one in conditions for each in one.lists),
        tuple(each for one in conditions for each in one.exact),
    )


def both(first: Condition, *checks: Phrase) -> Condition:
    """A condition, and things that are only looked up row by row."""
    rest = all_of(*checks)
    exact = (
        each.within("select task.id from (", _EACH).then(rest.text, *rest.values)
        for each in first.exact
    )
    return Condition(all_of(first.check, rest), first.lists, tuple(exact))


def neither(condition: Condition) -> Phrase:
    """The condition does not hold; for those that list few. Only looked up row by row."""
    if not condition.exact:
        return ALWAYS
    return join(" union all ", condition.exact).within("task.id not in (", ")")


def _persons(relations: Sequence[str], names: Names) -> list[Phrase]:
    """Rows of people in the relations, one phrase for each kind."""
    related = _relation(relations)
    return [
        Phrase(f"(person.kind = '{kind}' and person.name in $$ and {related})", (some,))
        for kind, some in names.pairs()
    ]


def _named(tasks: str, relations: Sequence[str], names: Names) -> Phrase:
    """Whether one of the names stands in a relation to the row of ``tasks``."""
    meant = [
        Phrase(f"(person.kind = '{kind}' and person.name in $$)", (some,))
        for kind, some in names.pairs()
    ]
    where = f"person.task_id = {tasks}.id and {_relation(relations)} and "
    head = f"exists (select 1 from task_person person where {where}"  # noqa: S608 - constants
    return any_of(*meant).within(head, ")")


def _relation(relations: Iterable[str]) -> str:
    """The relations are constants of :mod:`procession.tasks.people`."""
    return "person.relation in (" + ", ".join(f"'{one}'" for one in relations) + ")"


# -- searching -------------------------------------------------------------------------------


def search(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[TaskRow]:
    """Tasks for which every condition holds, in order, cut out by the database."""
    walks = order in (BY_ID, BY_ID_DOWN)
    wanted = _narrowed(reader, conditions, walks=walks).within("select task.id as id from ", "")
    rows = _cut(reader, wanted, order, offset, limit)
    return [task_row(row) for row in rows]


def search_and_count(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[TaskRow], int]:
    """The same, and for how many tasks every condition holds."""
    where = _narrowed(reader, conditions, walks=False)
    wanted = where.within("select task.id as id, count(*) over () as total from ", "")
    rows = _cut(reader, wanted, order, offset, limit, ", page.total")
    if rows or not offset:
        return [task_row(row[:-1]) for row in rows], rows[0][-1] if rows else 0
    counted = ask(reader, (Phrase("select count(*) from"), where))
    return [], int(counted[0][0])


def _cut(
    reader: Reader, wanted: Phrase, order: str, offset: int, limit: int | None, more: str = ""
) -> Sequence[tuple[Any, ...]]:
    """The rows of the tasks wanted; only those of the page are read whole."""
    wanted = wanted.then(f" order by {order}")
    if limit is not None or offset:
        limit = EVERYTHING if limit is None else limit
        wanted = wanted.then(" limit ? offset ?", limit, offset)
    head = f"select {_COLUMNS}{more} from ("  # noqa: S608 - constants
    tail = f") as page cross join task where task.id = page.id order by {order}"
    question = wanted.within(head, tail)
    return reader.ask(question.text, question.values)


def _narrowed(reader: Reader, conditions: Sequence[Condition], *, walks: bool) -> Phrase:
    """What to read and what must hold: beginning with the shortest list, if one is short.

    Who ``walks`` through ids in order stops when the page is full, and checks no more than that.
    """
    shortest, start = SHORT + 1, None
    for one in conditions:
        if shortest > FEW:
            length = _length(reader, one, shortest)
            if length < shortest:
                shortest, start = length, one
    rest = all_of(*(one.check for one in conditions if one is not start))
    if start is None:
        return rest.within("task where ", "")
    if walks:
        listed = join(" union all ", start.exact or (_NOTHING,))
        return join("", (listed.within("task where task.id in (", ") and "), rest))
    listed = join(" union ", start.exact or (_NOTHING,))
    if len(start.exact) < 2:
        listed = listed.within("select distinct one.id from (", ") as one")
    # SQLite takes the tables of a cross join in the order given.
    head = listed.within("(", ") as listed cross join task where task.id = listed.id and ")
    return join("", (head, rest))


def _length(reader: Reader, condition: Condition, bound: int) -> int:
    """How many ids are listed; those beyond the bound do not matter."""
    if not condition.lists:
        return 0
    listed = join(" union all ", condition.lists)
    ids = listed.within("select count(*) from (", " limit ?) as listed")
    return int(reader.ask(ids.text, (*ids.values, bound))[0][0])
