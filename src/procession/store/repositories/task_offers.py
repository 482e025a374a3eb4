"""Searching by the rows of potential owners, which know what inboxes ask of their tasks.

The index of these rows holds, behind the name, the task's place and how it stands
(:mod:`procession.store.standing`). So what is offered to somebody is narrowed, sorted and counted
without looking at a single task; only those of the page are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from procession.store.columns import OPEN
from procession.store.phrases import ALWAYS, Phrase, all_of, join
from procession.store.repositories.task_conditions import Condition, Half, Source
from procession.store.repositories.task_search import MOST_BRANCHES, NOTHING
from procession.store.standing import CLAIMED, UNCLAIMED

_KNOWN: Final = {
    "id": "task_id",
    "instance_id": "instance_id",
    "priority": "priority",
    "created_at": "created_at",
    "expires_at": "expires_at",
}
_COLUMN: Final = re.compile(r"\btask\.(\w+)")
_MANY: Final = 2**40
_UNCLAIMED: Final = "task.actual_owner is null"
_ORDERED: Final = ("id", "priority", "created_at", "expires_at")
_OF_OFFER: Final = ", ".join(f"offer.{_KNOWN[name]} as {name}" for name in _ORDERED)
_OF_TASK: Final = ", ".join(f"task.{name} as {name}" for name in _ORDERED)
_ONCE: Final = f"(select distinct {', '.join(_ORDERED)} from ("  # noqa: S608 - constants
_EACH_ONCE: Final = (
    "(select count(*) filter (where offered.is_shared = 0)"
    " + count(distinct offered.id) filter (where offered.is_shared <> 0) from ("
)
_MINE: Final = f"select own.id from task own where own.{OPEN} and "  # noqa: S608 - constants
_PERSONS: Final = ") as listed cross join task_person person where person.task_id = listed.id and "
_NEAR: Final = "offer.task_id as task_id, offer.instance_id as instance_id"
_NEAR_TASK: Final = "task.id as task_id, task.instance_id as instance_id"
_NEAR_NONE: Final = Phrase(f"select {_NEAR_TASK} from task where 1 = 0")  # noqa: S608 - constants
_NONE: Final = Phrase(f"select {_OF_TASK} from task where 1 = 0")  # noqa: S608 - constants


def looks(one: Condition) -> bool:
    """Whether checking a potential owner's row takes a look at other rows."""
    told = asked_of_offers(one)
    return told is None or "select" in told.text


def asked_of_offers(one: Condition) -> Phrase | None:
    """A condition in words of a potential owner's row, if that can tell."""
    if one.offer is not None:
        return one.offer
    return _of_offer(one.check)


def sources(conditions: Iterable[Condition], start: Condition) -> list[Source]:
    """Where what is offered is found, as far as states leave it possible."""
    conditions = list(conditions)
    no_claimed = any(one.is_unclaimed for one in conditions)
    only_claimed = any(one.is_claimed for one in conditions)
    found = []
    for one in start.sources:
        claims = tuple(
            number
            for number in one.claims
            if not (number == CLAIMED and no_claimed) and not (number == UNCLAIMED and only_claimed)
        )
        if claims or not one.singles:
            found.append(msgspec.structs.replace(one, claims=claims))
    return found


def listed(
    conditions: Sequence[Condition],
    start: Condition,
    sets: Iterable[Condition],
    passes: Phrase | None,
    order: str,
    limit: int,
) -> Phrase:
    """The first ids in an order, each once, of all that the sources of a condition offer."""
    rest = _rest(conditions, start, sets, passes)
    some = sources(conditions, start)
    rows = join(" union all ", [_rows(one, rest) for one in some] or [_NONE])
    # A task may be offered to many of the names, so as many more are taken before they are merged.
    names = sum(max(1, len(one.singles)) for one in some) if limit < _MANY else 1
    order = order.replace("task.", "many.")
    first = rows.within("select * from (", f") as many order by {order} limit ?")
    first = first.then("", limit * max(1, names))
    return first.within(_ONCE, ") as twice)")


def some_of(
    conditions: Iterable[Condition],
    start: Condition,
    passes: Phrase | None,
    column: str,
    ids: range,
) -> Phrase:
    """What is known of those offers alone whose tasks have such ids."""
    within = Phrase("task.id >= ? and task.id < ?", (ids.start, ids.stop))
    rest = _rest((), start, (), within if passes is None else all_of(passes, within))
    some = [one for one in sources(conditions, start) if one.singles]
    rows = [_rows(msgspec.structs.replace(one, also=ALWAYS), rest, None, column) for one in some]
    return join(" union all ", rows or [NOTHING])


def near(
    conditions: Sequence[Condition],
    start: Condition,
    passes: Phrase | None,
    ids: tuple[int, int],
) -> Phrase:
    """All whose ids lie between two, which count; what looks at other rows is one set for all.

    Of a list no more is gathered than lies between the first and the last of the tasks, so it may
    be long. It is asked for by ``between``: every condition that looks must have it.
    """
    within = Phrase("task.id >= ? and task.id <= ?", ids)
    looking = [one for one in conditions if one is not start and one.between is not None]
    told = [one for one in conditions if one not in looking]
    rest = _rest(told, start, (), within if passes is None else all_of(within, passes))
    some = [_rows(one, rest, None, _NEAR, _NEAR_TASK) for one in sources(conditions, start)]
    checks = all_of(*(one.between for one in looking if one.between is not None))
    gathered = join(" union all ", some or [_NEAR_NONE]).within("(with near as materialized (", ")")
    found = checks.within(" select distinct offer.task_id as id from near as offer where ", ")")
    return join("", (gathered, found))


def firsts(
    conditions: Sequence[Condition],
    start: Condition,
    sets: Iterable[Condition],
    passes: Phrase | None,
    order: str,
    limit: int,
) -> Phrase:
    """The same in order of ids, which the index keeps for each name: little more is read."""
    rest = _rest(conditions, start, sets, passes)
    parts = []
    for one in sources(conditions, start):
        if not one.singles:
            # Few, and in order a database might look for them among all.
            parts.append(_rows(one, rest, of_task="task.id as id"))
            continue
        tail = f" order by {order.replace('task.id', 'offer.task_id')} limit ?) as first"
        for where in (_open(single, (claim,)) for single in one.singles for claim in one.claims):
            rows = _rows(one, rest, where, "offer.task_id as id")
            parts.append(rows.within("select first.id from (", tail).then("", limit))
    return join(" union ", parts or [NOTHING]).within("(", ")")


def narrowed(few: Condition, start: Condition) -> Condition | None:
    """A short list cut down to what is offered to somebody or theirs, before any task is read.

    It still has to be checked what is offered. Nothing if that is not told by indexes alone.
    """
    if few.exact != few.lists or few.weight > 1 or not start.sources:
        return None
    listed = join(" union all ", few.exact)
    lists = tuple(_narrowed(listed, one) for one in start.sources)
    return Condition(few.check, lists, lists)


def _narrowed(listed: Phrase, source: Source) -> Phrase:
    if source.singles:
        rows = listed.within("select person.task_id as id from (", _PERSONS)
        return join("", (rows, source.named))
    mine = Phrase(source.where.text.replace("task.", "own."), source.where.values)
    return join(" and ", (mine.within(_MINE, ""), listed.within("(own.id in (", ")) is true")))


def counted(
    conditions: Sequence[Condition],
    start: Condition,
    sets: Iterable[Condition],
    joins: Iterable[Condition] = (),
    half: Half | None = None,
) -> Phrase:
    """How many all are, each counted once; or those in a half."""
    rest = _rest(conditions, start, sets, None, joins, half)
    some = sources(conditions, start)
    if _are_apart(some):
        parts = [_sum(one, rest) for one in some] or [Phrase("0")]
        found = join(" + ", parts).within("select ", "")
    else:
        rows = [_rows(one, rest, None, "offer.task_id as id", "task.id as id") for one in some]
        # Sorting them, as this does, is quicker than a table of those that were seen.
        found = join(" union all ", rows).within(
            "select count(distinct twice.id) from (", ") as twice"
        )
    return found.then(" @merging") if rest.joins else found


def _are_apart(some: Sequence[Source]) -> bool:
    """Whether no task is in two of them: one is of offers of what nobody has claimed."""
    of_offers = [one for one in some if one.singles]
    return len(some) < 2 or (
        len(some) == 2 and len(of_offers) == 1 and of_offers[0].claims == (UNCLAIMED,)
    )


def _sum(source: Source, rest: _Rest) -> Phrase:
    """How many one source has; a task that is offered to one alone can only be found once."""
    if not source.singles:
        return _rows(source, rest).within("(select count(*) from (", ") as own)")
    if len(source.singles) == 1 and not rest.joins:
        return _rows(source, rest, None, "1 as one").within("(select count(*) from (", ") as own)")
    known = "offer.task_id as id, offer.is_shared as is_shared"
    return _rows(source, rest, None, known).within(_EACH_ONCE, ") as offered)")


def has_firsts(conditions: Iterable[Condition], start: Condition) -> bool:
    """Whether there are few names, so that each one's first tasks may be merged."""
    some = sources(conditions, start)
    return sum(len(one.singles) * len(one.claims) for one in some) <= MOST_BRANCHES


class _Rest:
    """What must hold besides, for rows of either kind."""

    def __init__(self, phrases: Sequence[tuple[Phrase, Phrase | None]], *, joins: bool) -> None:
        self.joins = joins
        self.of_task = all_of(*(check for check, _ in phrases))
        self.told = [told for _, told in phrases if told is not None]
        self.untold = [check for check, told in phrases if told is None]


def _rest(
    conditions: Sequence[Condition],
    start: Condition,
    sets: Iterable[Condition],
    passes: Phrase | None,
    joins: Iterable[Condition] = (),
    half: Half | None = None,
) -> _Rest:
    sets, joins = list(sets), list(joins)
    # What is told by the row itself comes first: a database may check in this order.
    first = ([] if passes is None else [passes]) + ([] if half is None else [half.check])
    phrases = [(one, _of_offer(one)) for one in first]
    for one in conditions:
        if one is start or one.is_all_open:
            continue
        if one in sets and one.among is not None:
            # A set is for many rows; what somebody owns is little, and would gather it again.
            told = _of_offer(one.among)
            phrases.append((one.check if told is not None else one.among, told))
            if one.is_among_enough:
                continue
        if one in joins and one.joined is not None:
            check = one.joined.within(half)
            phrases.append((check, _of_offer(check)))
            continue
        phrases.append((one.check, asked_of_offers(one)))
    return _Rest(phrases, joins=bool(joins))


def _rows(
    source: Source,
    rest: _Rest,
    where: Phrase | None = None,
    columns: str = _OF_OFFER,
    of_task: str = _OF_TASK,
) -> Phrase:
    if not source.singles:
        found = all_of(source.also, rest.of_task)
        mine = Phrase(source.where.text.replace("task.", "own."), source.where.values)
        # They are few, so nothing else is to be looked up by another index.
        own = mine.within(_MINE, " @apart")
        each = own.within("(", ") as mine cross join task where task.id = mine.id and ")
        head = f"select {of_task} from "  # noqa: S608 - constants
        return join("", (each, found)).within(head, "")
    also = _of_offer(source.also)
    told = [
        where or _open(source.where, source.claims),
        *rest.told,
        *([also] if also is not None else []),
    ]
    untold = [*rest.untold, *([source.also] if also is None else [])]
    offered = Phrase(f"select {columns} from task_person offer")  # noqa: S608 - constants
    if not untold:
        return join(" where ", (offered, all_of(*told)))
    found = all_of(*told, Phrase("task.id = offer.task_id"), *untold)
    return join(" cross join task where ", (offered, found))


def _open(where: Phrase, claims: Sequence[int]) -> Phrase:
    """Of open tasks; by equality where there is one, so that the index keeps the order."""
    if len(claims) == 1:
        return where.then(f" and offer.is_open = {claims[0]}")
    return where.then(f" and offer.is_open in ({', '.join(map(str, claims))})")


def _of_offer(check: Phrase) -> Phrase | None:
    if check == ALWAYS:
        return check
    text = _told(check.text)
    return None if text is None else Phrase(text, check.values)


@lru_cache(1000)
def _told(text: str) -> str | None:
    text = text.replace(_UNCLAIMED, f"offer.is_open = {UNCLAIMED}")
    if not set(_COLUMN.findall(text)) <= _KNOWN.keys():
        return None
    return _COLUMN.sub(lambda found: f"offer.{_KNOWN[found[1]]}", text)
