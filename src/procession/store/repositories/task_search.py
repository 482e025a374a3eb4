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
from procession.store.standing import CLAIMED, OFFER, UNCLAIMED, standings

MOST_BRANCHES: Final = 16
_NUMBERS: Final = frozenset({"id", "instance_id", "work_item_id"})
_BESIDE_ID: Final = frozenset({"instance_id", "actual_owner", "deployment_id"})
_CLAIMED: Final = frozenset({"Reserved", "InProgress"})
_UNCLAIMED: Final = frozenset({"Created", "Ready"})
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


class Source(msgspec.Struct, frozen=True):
    """Where open tasks that fit a condition are found: rows of potential owners, or tasks.

    ``singles`` say the same as ``where`` for each name; tasks have none. ``also`` must hold of the
    task besides.
    """

    where: Phrase
    singles: tuple[Phrase, ...] = ()
    claims: tuple[int, ...] = ()
    """``is_open`` of the offers: of unclaimed tasks, of claimed ones, or both."""
    also: Phrase = ALWAYS


class Condition(msgspec.Struct, frozen=True):
    """What tasks are wanted: ``check`` decides about one row.

    The ``lists`` together hold at least the ids that fit, perhaps twice, and are quickly counted;
    ``exact`` hold no others. ``is_open``: only tasks that are still to be done fit.
    """

    check: Phrase
    lists: tuple[Phrase, ...]
    exact: tuple[Phrase, ...]
    is_open: bool = False
    sources: tuple[Source, ...] = ()
    """Of offers and open tasks: together they have all that fit."""
    offer: Phrase | None = None
    """The check of a potential owner's row."""
    among: Phrase | None = None
    """The check by a set that is gathered once, for where many rows are checked."""
    is_among_enough: bool = False
    """The set holds nothing that does not fit."""
    samples: tuple[Phrase, ...] = ()
    """What is listed from an id on, which is still to be given: to estimate long lists."""
    weight: int = 1
    """How many look-ups the check of a row takes."""
    sizes: tuple[Phrase, ...] = ()
    """What is quicker counted than ``lists`` and about as long."""
    is_late: bool = False
    """The check is best made last, so a search begins with ``lists``."""
    is_all_open: bool = False
    """Every open task fits, and no other."""
    is_claimed: bool = False
    """Only claimed tasks fit: seldom those that somebody could claim."""
    is_unclaimed: bool = False
    """No claimed task fits."""
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
        sources = (Source(check),) if column == "actual_owner" else ()
        return Condition(check, lists, lists, sizes=sizes, is_narrow=is_narrow, sources=sources)
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
        is_unclaimed=_UNCLAIMED.issuperset(values),
        is_narrow=not is_all,
        offer=_stands(values) if is_open else None,
    )


def has_variable(name: str, value: str) -> Condition:
    """A variable of its process instance has that value now."""
    named = Phrase("v.variable_id = ? and v.value = ?", (name, value))
    listed = named.within(_VALUED + " where ", "")
    check = named.within(_VALUE_OF, f" and {_LAST} @apart)")
    sizes = (named.within("select v.instance_id as id from variable_log v where ", ""),)
    samples = (sizes[0].then(" and v.instance_id >= ?"),)
    exact = (listed.then(f" and {_LAST}"),)
    among = named.within(_INSTANCE_AMONG + _VALUES, ")) is true")
    return Condition(
        check, (listed,), exact, sizes=sizes, is_late=True, among=among, samples=samples
    )


def has_task_variable(name: str, value: str) -> Condition:
    """An input or output of the task has that value."""
    named = Phrase("v.name = ? and v.value = ?", (name, value))
    listed = named.within("select v.task_id as id from task_variable v where ", "")
    check = named.within(_TASK_VALUE_OF, " @apart)")
    among = listed.within("(task.id in (", ")) is true")
    return Condition(
        check,
        (listed,),
        (listed,),
        among=among,
        is_among_enough=True,
        samples=(listed.then(" and v.task_id >= ?"),),
    )


def is_related_to(relations: Sequence[str], names: Names, *, is_open: bool = False) -> Condition:
    """One of the names stands in one of the relations.

    ``is_open``: another condition wants open tasks anyway, so those of the past are not listed.
    """
    of_open = " and person.is_open in (1, 2)" if is_open else ""
    lists = tuple(
        each.within("select person.task_id as id from task_person person where ", of_open)
        for each in _persons(relations, names)
    )
    check = _named("task", relations, names)
    if not is_open or tuple(relations) != (OFFER,):
        return Condition(check, lists, lists)
    sources = (_offers(names),) if names.pairs() else ()
    return Condition(check, lists, lists, sources=sources)


def _offers(names: Names) -> Source:
    """All kinds in one stretch, so that what is gathered to check them is gathered once."""
    pairs = names.pairs()
    every = tuple(dict.fromkeys(name for _, some in pairs for name in some))
    kinds = ", ".join(f"'{kind}'" for kind, _ in pairs) or "null"
    # An *or* would be taken apart by PostgreSQL, and each part looked up by itself.
    of_kind = join(
        "", [Phrase(f" when '{kind}' then offer.name in $$", (some,)) for kind, some in pairs]
    ).within("case offer.kind", " end")
    where = Phrase(f"offer.name in $$ and offer.kind in ({kinds}) and {_OFFER} and ", (every,))
    singles = tuple(
        Phrase(f"offer.name = ? and offer.kind = '{kind}' and {_OFFER}", (name,))
        for kind, some in pairs
        for name in some
    )
    return Source(join("", (where, of_kind)), singles, (UNCLAIMED, CLAIMED))


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


def is_seen_by(relations: Sequence[str], names: Names) -> Condition:
    """Either of these: what somebody sees. As a set it is gathered by process instances."""
    of, beside = is_of(relations, names), is_in_instance_of(relations, names)
    begun = Phrase("log.identity in $$", (names.users,))
    persons = _persons(relations, names)
    instances = (
        begun.within("select log.instance_id from process_log log where ", ""),
        begun.within(_FAMILIES, ""),
        Phrase("own.actual_owner in $$", (names.users,)).within(_OWN, ""),
        Phrase("own.created_by in $$", (names.creators,)).within(_OWN, ""),
        *(
            each.within("select person.instance_id from task_person person where ", _PLACED)
            for each in persons
        ),
    )
    among = any_of(
        join(" union all ", instances).within(_INSTANCE_AMONG, ")) is true"),
        Phrase(of.check.text.replace("task.", "own."), of.check.values).within(_LOOSE, " @apart)"),
    )
    samples = tuple(
        each.within("select person.task_id from task_person person where ", _FROM)
        for each in persons
    )
    return msgspec.structs.replace(
        either(of, beside), among=among, is_among_enough=True, weight=5, samples=samples
    )


NOTHING: Final = NEVER.within("select task.id from task where ", "")
_OFFER: Final = f"offer.relation = '{OFFER}'"
_FAMILIES: Final = (
    "select each.instance_id from process_log log cross join process_log each"
    " where each.root_id = log.instance_id and each.root_id <> each.instance_id and "
)
_OWN: Final = "select own.instance_id from task own where own.instance_id is not null and "
_FROM: Final = " and person.is_open in (0, 1, 2) and person.task_id >= ?"
_PLACED: Final = " and person.instance_id is not null"
_LOOSE: Final = (
    "task.instance_id is null and exists (select 1 from task own where own.id = task.id and "
)
_INSTANCE_AMONG: Final = "(task.instance_id in ("
_VALUES: Final = "select v.instance_id from variable_log v where "
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
    f" where person.is_open in (1, 2) and other.{OPEN} and "
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
        sources=_together(conditions),
    )


def _together(conditions: Sequence[Condition]) -> tuple[Source, ...]:
    """The sources of conditions of which one must hold, if that is how all are found."""
    if not all(one.sources for one in conditions):
        return ()
    sources = [each for one in conditions for each in one.sources]
    return tuple(sources) if any(each.singles for each in sources) else ()


def both(first: Condition, *checks: Phrase) -> Condition:
    """A condition, and things that are only looked up row by row."""
    rest = all_of(*checks)
    each_of = _EACH_OPEN if first.sources else _EACH
    exact = (
        each.within("select task.id from (", each_of).then(rest.text, *rest.values)
        for each in first.exact
    )
    check = all_of(first.check, rest)
    free = is_unclaimed() in checks
    sources = tuple(
        msgspec.structs.replace(
            one,
            also=all_of(one.also, rest),
            claims=tuple(number for number in one.claims if number == UNCLAIMED or not free),
        )
        for one in first.sources
    )
    return Condition(check, first.lists, tuple(exact), first.is_open, sources)


def neither(condition: Condition) -> Phrase:
    """The condition does not hold; for those that list few. Only looked up row by row."""
    if not condition.exact:
        return ALWAYS
    return join(" union all ", condition.exact).within("task.id not in (", ")")


def _stands(statuses: Sequence[str]) -> Phrase:
    """Numbers of our own, so there are few such texts."""
    numbers = ", ".join(map(str, standings(statuses)))
    return Phrase(f"offer.standing in ({numbers})") if numbers else NEVER


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
