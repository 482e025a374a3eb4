"""What tasks are wanted: conditions that can be listed, or looked up row by row.

Every condition comes in two forms: selects of the ids that fit, which an index answers, and a
check of one row. :mod:`procession.store.repositories.task_walks` decides which to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from procession.store.columns import OPEN
from procession.store.digests import digest, place
from procession.store.phrases import ALWAYS, NEVER, Phrase, all_of, any_of, join
from procession.store.repositories.task_conditions import Condition, Joined, Names, Source
from procession.store.repositories.task_runs import of_people, of_tasks
from procession.store.standing import CLAIMED, OFFER, UNCLAIMED, standings

MOST_BRANCHES: Final = 16
_NUMBERS: Final = frozenset({"id", "instance_id", "work_item_id"})
_BESIDE_ID: Final = frozenset({"instance_id", "actual_owner", "deployment_id"})
_CLAIMED: Final = frozenset({"Reserved", "InProgress"})
_UNCLAIMED: Final = frozenset({"Created", "Ready"})
_OPEN: Final = frozenset({"Created", "Ready", "Reserved", "InProgress", "Suspended"})


def is_one_of(column: str, values: Sequence[Any]) -> Condition:
    """The column has one of the values; there is an index on it."""
    if len(values) == 1:
        check = Phrase(f"task.{column} = ?", tuple(values))
    else:
        among = "in ??" if column in _NUMBERS else "in $$"
        check = Phrase(f"task.{column} {among}", (tuple(values),))
    lists = (check.within("select task.id from task where ", ""),)
    sizes: tuple[Phrase, ...] = (check.within("select 1 as id from task where ", ""),)
    if column != "status":
        is_narrow = column in _BESIDE_ID
        is_place = column == "deployment_id"
        sources = (Source(check),) if column == "actual_owner" else ()
        return Condition(
            check,
            lists,
            lists,
            sizes=sizes,
            is_narrow=is_narrow,
            sources=sources,
            runs=of_tasks(column, values, check),
            offer=_lies_in(values) if is_place else None,
            in_states=check.within(_OF_INSTANCE, _STATED) if column == "instance_id" else None,
        )
    sizes = tuple(Phrase(_IN_STATE, (value,)) for value in values)
    is_open, is_all = _OPEN.issuperset(values), set(values) == _OPEN
    is_claimed = _CLAIMED.issuperset(values)
    return Condition(
        check,
        lists,
        lists,
        is_open,
        sizes=sizes,
        is_all_open=is_all,
        samples=(check.within("select task.id from task where ", " and task.id >= ?"),),
        is_claimed=is_claimed,
        is_single=len(values) == 1,
        is_unclaimed=_UNCLAIMED.issuperset(values),
        is_narrow=not is_all,
        offer=_stands(values) if is_open else None,
        runs=of_tasks(column, values, check),
        states=tuple(values),
    )


def has_variable(name: str, value: str) -> Condition:
    """A variable of its process instance has that value now."""
    named = Phrase("v.digest = ?", (digest(name, value),))
    valued = named.within(_VALUES, "")
    listed = named.within(_VALUED, "")
    return Condition(
        named.within(_VALUE_OF, " @apart)"),
        (listed,),
        (listed,),
        among=valued.within(_INSTANCE_AMONG, ")) is true"),
        is_among_enough=True,
        joined=Joined(named.within(_VALUE_OF, ""), "task.instance_id", "v.instance_id"),
        tasks=named.within(_VALUED_TASKS, ""),
        instances=valued,
        sizes=(valued,),
        samples=(valued.then(" and v.instance_id >= ?"),),
        between=valued.within("(offer.instance_id in (", _NEAR.format(of="instance_id")),
    )


def has_task_variable(name: str, value: str) -> Condition:
    """An input or output of the task has that value."""
    named = Phrase("v.digest = ?", (digest(name, value),))
    listed = named.within("select v.task_id as id from task_variable v where ", "")
    return Condition(
        named.within(_TASK_VALUE_OF, " @apart)"),
        (listed,),
        (listed,),
        among=listed.within("(task.id in (", ")) is true"),
        is_among_enough=True,
        joined=Joined(named.within(_TASK_VALUE_OF, ""), "task.id", "v.task_id"),
        samples=(listed.then(" and v.task_id >= ?"),),
        between=listed.within("(offer.task_id in (", _NEAR.format(of="task_id")),
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
    runs = of_people(relations, names)
    if not is_open or tuple(relations) != (OFFER,):
        return Condition(check, lists, lists, runs=runs)
    sources = (_offers(names),) if names.pairs() else ()
    return Condition(check, lists, lists, sources=sources, runs=runs)


def _offers(names: Names) -> Source:
    """All of them in one go, so that what is gathered to check them is gathered once."""
    numbers = names.numbers((OFFER,))
    singles = tuple(Phrase("offer.who = ?", (number,)) for number in numbers)
    where = singles[0] if len(singles) == 1 else Phrase("offer.who in ??", (numbers,))
    return Source(where, singles, (UNCLAIMED, CLAIMED), named=_stand((OFFER,), names))


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
        *(each.within(_BESIDE_TASK, _OTHER) for each in persons),
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
    taken_part_in = join(" union all ", instances)
    among = any_of(
        taken_part_in.within(_INSTANCE_AMONG, ")) is true"),
        Phrase(of.check.text.replace("task.", "own."), of.check.values).within(_LOOSE, " @apart)"),
    )
    samples = tuple(
        each.within("select person.task_id from task_person person where ", _FROM)
        for each in persons
    )
    whole = either(of, beside)
    # A walk along an index reads no task for what the index does not know, but for this.
    own = Phrase(whole.check.text.replace("task.", "own."), whole.check.values)
    check = own.within("exists (select 1 from task own where own.id = task.id and ", " @apart)")
    return msgspec.structs.replace(
        whole,
        check=check,
        among=among,
        is_among_enough=True,
        weight=5,
        samples=samples,
        instances=taken_part_in,
    )


def is_both(one: Condition, other: Condition) -> Condition:
    """Two conditions of process instances, of which one lists few: what they share is listed."""
    assert one.instances is not None
    assert other.instances is not None
    mine = one.instances.within("(select distinct mine.instance_id from (", ") as mine where ")
    shared = other.instances.within("(mine.instance_id in (", ")) is true) as shared cross join ")
    tasks = join("", (mine, shared, Phrase(_SHARED_TASKS)))
    listed = tasks.within("select task.id from ", "")
    return Condition(all_of(one.check, other.check), (listed,), (listed,), tasks=tasks)


_IN_STATE: Final = (
    "select sized.id from (select task.id from task where task.status = ? order by task.id)"
    " as sized"
)
"""In the order of ``ix_task_status``: PostgreSQL would read that of owners, from end to end."""
_OF_INSTANCE: Final = "select task.id from task @ix_task_instance where "
_STATED: Final = " and task.status in $$"
NOTHING: Final = NEVER.within("select task.id from task where ", "")
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
_VALUES: Final = "select v.instance_id from variable_now v where "
_NEAR: Final = (
    " and v.{of} >= (select min(near.{of}) from near)"
    " and v.{of} <= (select max(near.{of}) from near))) is true"
)
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
_BESIDE_TASK: Final = (
    "select task.id from task_person person cross join task @ix_task_instance where "
)
_OTHER: Final = " and task.instance_id = person.instance_id and task.id <> person.task_id"
_BESIDE_OF: Final = (
    "exists (select 1 from task other where other.instance_id = task.instance_id"
    " and other.id <> task.id and "
)
_VALUED_TASKS: Final = (
    "variable_now v cross join task @ix_task_instance where task.instance_id = v.instance_id and "
)
_SHARED_TASKS: Final = "task @ix_task_instance where task.instance_id = shared.instance_id"
_VALUED: Final = f"select task.id from {_VALUED_TASKS}"  # noqa: S608 - constants
_VALUE_OF: Final = (
    "exists (select 1 from variable_now v where v.instance_id = task.instance_id and "
)
_TASK_VALUE_OF: Final = "exists (select 1 from task_variable v where v.task_id = task.id and "


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
        runs=tuple(run for one in conditions for run in one.runs)
        if all(one.runs for one in conditions)
        else (),
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
    listed = join(" union all ", condition.exact)
    # Mostly there is nobody to leave out, which is asked once.
    none = listed.within("(not exists (", ")")
    return join(" or ", (none, listed.within("task.id not in (", "))")))


def _stands(statuses: Sequence[str]) -> Phrase:
    """Numbers of our own, so there are few such texts."""
    numbers = ", ".join(map(str, standings(statuses)))
    return Phrase(f"offer.standing in ({numbers})") if numbers else NEVER


def _lies_in(deployments: Sequence[str]) -> Phrase:
    """The same of a row of people."""
    places = tuple(map(place, deployments))
    return (
        Phrase("offer.place = ?", places)
        if len(places) == 1
        else Phrase("offer.place in ??", (places,))
    )


def _persons(relations: Sequence[str], names: Names) -> list[Phrase]:
    """Rows of people in the relations, if there is any name."""
    numbers = names.numbers(relations)
    return [Phrase("person.who in ??", (numbers,))] if numbers else []


def _named(tasks: str, relations: Sequence[str], names: Names) -> Phrase:
    """Whether one of the names stands in a relation to the row of ``tasks``."""
    where = f"person.task_id = {tasks}.id and "
    head = f"exists (select 1 from task_person person where {where}"  # noqa: S608 - constants
    return _stand(relations, names).within(head, " @apart)")


def _stand(relations: Sequence[str], names: Names) -> Phrase:
    """The same of a row of a person."""
    meant = [
        Phrase(f"(person.kind = '{kind}' and person.name in $$)", (some,))
        for kind, some in names.pairs()
    ]
    return any_of(*meant).within(_relation(relations) + " and ", "")


def _relation(relations: Iterable[str]) -> str:
    """The relations are constants of :mod:`procession.tasks.people`."""
    return "person.relation in (" + ", ".join(f"'{one}'" for one in relations) + ")"
