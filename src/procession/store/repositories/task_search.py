"""What tasks are wanted: conditions that can be listed, or looked up row by row.

Every condition comes in two forms: selects of the ids that fit, which an index answers, and a
check of one row. :mod:`procession.store.repositories.task_walks` decides which to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from procession.store.columns import OPEN
from procession.store.phrases import ALWAYS, NEVER, Phrase, all_of, any_of, join

MOST_BRANCHES: Final = 16
_NUMBERS: Final = frozenset({"id", "instance_id", "work_item_id"})
_BESIDE_ID: Final = frozenset({"instance_id", "actual_owner", "deployment_id"})
_CLAIMED: Final = frozenset({"Reserved", "InProgress"})
_OPEN: Final = frozenset({"Created", "Ready", "Reserved", "InProgress", "Suspended"})


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
    ``exact`` hold no others. ``is_open``: only tasks that are still to be done fit.
    """

    check: Phrase
    lists: tuple[Phrase, ...]
    exact: tuple[Phrase, ...]
    is_open: bool = False
    branches: tuple[Phrase, ...] = ()
    """Of people and open tasks: one for each name, which an index keeps in the order of ids."""
    sizes: tuple[Phrase, ...] = ()
    """What is quicker counted than ``lists`` and about as long."""
    is_late: bool = False
    """The check is best made last, so a search begins with ``lists``."""
    is_all_open: bool = False
    """Every open task fits, and no other."""
    is_claimed: bool = False
    """Only claimed tasks fit: seldom those that somebody could claim."""
    is_narrow: bool = False
    """The index of the open tasks knows what the check asks for."""


def is_one_of(column: str, values: Sequence[Any]) -> Condition:
    """The column has one of the values; there is an index on it."""
    among = "in ??" if column in _NUMBERS else "in $$"
    check = Phrase(f"task.{column} {among}", (tuple(values),))
    lists = (check.within("select task.id from task where ", ""),)
    sizes = (check.within("select 1 as id from task where ", ""),)
    if column != "status":
        is_narrow = column in _BESIDE_ID
        return Condition(check, lists, lists, sizes=sizes, is_narrow=is_narrow)
    is_open, is_all = _OPEN.issuperset(values), set(values) == _OPEN
    is_claimed = _CLAIMED.issuperset(values)
    return Condition(
        check,
        lists,
        lists,
        is_open,
        sizes=sizes,
        is_all_open=is_all,
        is_claimed=is_claimed,
        is_narrow=not is_all,
    )


def has_variable(name: str, value: str) -> Condition:
    """A variable of its process instance has that value now."""
    named = Phrase("v.variable_id = ? and v.value = ?", (name, value))
    listed = named.within(_VALUED + " where ", "")
    check = named.within(_VALUE_OF, f" and {_LAST} @apart)")
    sizes = (named.within("select v.instance_id as id from variable_log v where ", ""),)
    exact = (listed.then(f" and {_LAST}"),)
    return Condition(check, (listed,), exact, sizes=sizes, is_late=True)


def has_task_variable(name: str, value: str) -> Condition:
    """An input or output of the task has that value."""
    named = Phrase("v.name = ? and v.value = ?", (name, value))
    listed = named.within("select v.task_id as id from task_variable v where ", "")
    check = named.within(_TASK_VALUE_OF, " @apart)")
    return Condition(check, (listed,), (listed,))


def is_related_to(relations: Sequence[str], names: Names, *, is_open: bool = False) -> Condition:
    """One of the names stands in one of the relations.

    ``is_open``: another condition wants open tasks anyway, so those of the past are not listed.
    """
    of_open = " and person.is_open = 1" if is_open else ""
    lists = tuple(
        each.within("select person.task_id as id from task_person person where ", of_open)
        for each in _persons(relations, names)
    )
    check = _named("task", relations, names)
    single = [(kind, name) for kind, some in names.pairs() for name in some]
    if not is_open or len(relations) != 1 or len(single) > MOST_BRANCHES:
        return Condition(check, lists, lists)
    branches = [
        Phrase(f"{_BRANCH} offer.kind = '{kind}' and offer.relation = '{relations[0]}'", (name,))
        for kind, name in single
    ]
    return Condition(check, lists, lists, branches=tuple(branches))


def is_of(relations: Sequence[str], names: Names) -> Condition:
    """Somebody owns it, brought it about, or stands in one of the relations."""
    owned = is_one_of("actual_owner", names.users)
    made = is_one_of("created_by", names.creators)
    return either(owned, made, is_related_to(relations, names))


def is_in_instance_of(relations: Sequence[str], names: Names) -> Condition:
    """Somebody started its process instance or the outermost one, or has another task there."""
    begun = Phrase("log.identity in $$", (names.users,))
    owned = Phrase("other.actual_owner in $$", (names.users,))
    made = Phrase("other.created_by in $$", (names.creators,))
    mine = any_of(owned, made, _named("other", relations, names))
    persons = _persons(relations, names)
    lists = (
        begun.within(_BEGUN + "task.instance_id where ", ""),
        begun.within(_BEGUN + "task.root_id where ", ""),
        owned.within(_BESIDE, ""),
        made.within(_BESIDE, ""),
        *(each.within(_BESIDE_OPEN, _OTHER) for each in persons),
        *(each.within(_BESIDE_OVER, _OTHER) for each in persons),
    )
    sizes = (
        begun.within("select log.instance_id as id from process_log log where ", ""),
        *(one.within("select other.id from task other where ", "") for one in (owned, made)),
        *(
            each.within("select person.task_id from task_person person where ", "")
            for each in persons
        ),
    )
    check = any_of(
        begun.within(_LOG_OF + "task.instance_id and ", " @apart)"),
        begun.within(
            "task.root_id <> task.instance_id and " + _LOG_OF + "task.root_id and ", " @apart)"
        ),
        mine.within(_BESIDE_OF, " @apart)"),
    )
    return Condition(check, lists, lists, sizes=sizes)


NOTHING: Final = NEVER.within("select task.id from task where ", "")
_BRANCH: Final = "offer.is_open = 1 and offer.name = ? and"
_EACH: Final = ") as listed cross join task where task.id = listed.id and "
_EACH_OPEN: Final = (
    f") as listed cross join task @ix_task_open where task.id = listed.id and task.{OPEN} and "
)
_LOG_OF: Final = "exists (select 1 from process_log log where log.instance_id = "
_BEGUN: Final = "select task.id from task join process_log log on log.instance_id = "
_BESIDE: Final = (
    "select task.id from task other cross join task"
    " where task.instance_id = other.instance_id and task.id <> other.id and "
)
_BESIDE_OPEN: Final = (
    "select task.id"  # noqa: S608 - constants
    " from task_person person cross join task other @ix_task_open cross join task"
    f" where person.is_open = 1 and other.{OPEN} and "
)
_BESIDE_OVER: Final = (
    "select task.id from task_person person cross join task other cross join task"
    " where person.is_open = 0 and "
)
_OTHER: Final = (
    " and other.id = person.task_id"
    " and task.instance_id = other.instance_id and task.id <> other.id"
)
_BESIDE_OF: Final = (
    "exists (select 1 from task other where other.instance_id = task.instance_id"
    " and other.id <> task.id and "
)
_VALUED: Final = "select task.id from variable_log v join task on task.instance_id = v.instance_id"
_VALUE_OF: Final = (
    "exists (select 1 from variable_log v where v.instance_id = task.instance_id and "
)
_TASK_VALUE_OF: Final = "exists (select 1 from task_variable v where v.task_id = task.id and "
_LAST: Final = (
    "not exists (select 1 from variable_log later where later.instance_id = v.instance_id"
    " and later.variable_instance_id = v.variable_instance_id and later.id > v.id @apart)"
)


def is_unclaimed() -> Phrase:
    """Nobody has claimed it; only looked up row by row."""
    return Phrase("task.actual_owner is null")


def either(*conditions: Condition) -> Condition:
    """At least one of the conditions holds."""
    return Condition(
        any_of(*(one.check for one in conditions)),
        tuple(each for one in conditions for each in one.lists),
        tuple(each for one in conditions for each in one.exact),
        bool(conditions) and all(one.is_open for one in conditions),
        sizes=tuple(each for one in conditions for each in one.sizes or one.lists),
        is_late=any(one.is_late for one in conditions),
    )


def both(first: Condition, *checks: Phrase) -> Condition:
    """A condition, and things that are only looked up row by row."""
    rest = all_of(*checks)
    each_of = _EACH_OPEN if first.branches else _EACH
    exact = (
        each.within("select task.id from (", each_of).then(rest.text, *rest.values)
        for each in first.exact
    )
    check = all_of(first.check, rest)
    return Condition(check, first.lists, tuple(exact), first.is_open, first.branches)


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
    return any_of(*meant).within(head, " @apart)")


def _relation(relations: Iterable[str]) -> str:
    """The relations are constants of :mod:`procession.tasks.people`."""
    return "person.relation in (" + ", ".join(f"'{one}'" for one in relations) + ")"
