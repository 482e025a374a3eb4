"""Searching among many tasks: begin with a short list, with what is offered, or walk in order.

A search counts, up to a bound, how many ids each condition lists. It starts from the shortest list
if one is short, and checks the rest row by row. What is offered to somebody is narrowed and sorted
by the index of the offers alone (``task_offers.py``). If every list is long, rows that fit are
frequent, so the tasks are walked through by the index of the order until the page is full; a
condition that many rows are checked for is gathered into a set once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from procession.store.columns import OPEN
from procession.store.hot import task_row
from procession.store.phrases import Phrase, all_of, any_of, join
from procession.store.repositories import task_offers as offers
from procession.store.repositories import task_runs as runs
from procession.store.repositories import task_sizes as sizes
from procession.store.repositories.task_conditions import Condition
from procession.store.repositories.task_halves import counted_offers
from procession.store.repositories.task_search import NOTHING
from procession.store.repositories.task_ways import (
    BY_DUE,
    BY_ID_DOWN,
    BY_NUMBER,
    INDEXES,
    Way,
    begin,
    begin_all,
    way_offered,
)
from procession.store.rows import TaskRow
from procession.store.store import Reader

EVERYTHING: Final = 2**62
MOST_BY_RUNS: Final = 5_000
"""Pages that end behind so many tasks are not put together from runs."""
_IS_OPEN: Final = f"task.{OPEN}"
_COLUMNS: Final = ", ".join(f'task."{name}"' for name in TaskRow.__struct_fields__)


class Leg(msgspec.Struct, frozen=True):
    """A stretch of a walk: an order that an index of the open tasks keeps, and what it passes."""

    order: str
    passes: Phrase | None = None


def search(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[TaskRow]:
    """Tasks for which every condition holds, in order, cut out by the database."""
    conditions = runs.in_states(conditions)
    reach = EVERYTHING if limit is None else min(EVERYTHING, offset + limit)
    if order in BY_NUMBER and reach <= MOST_BY_RUNS and way_offered(conditions) is None:
        begun = runs.beginning(reader, conditions)
        if begun is not None:
            return _by_runs(reader, conditions, begun, order, offset, reach)
    way = begin(reader, conditions, order, reach)
    if limit is not None and order in BY_NUMBER and way.length > sizes.PAGES * reach:
        return _in_portions(reader, conditions, way, order, offset, limit)
    most = EVERYTHING if limit is None else limit
    rows = _first(reader, conditions, way, Leg(order), offset, most)
    return [task_row(row) for row in rows]


def _by_runs(
    reader: Reader,
    conditions: Sequence[Condition],
    begun: runs.Beginning,
    order: str,
    offset: int,
    reach: int,
) -> list[TaskRow]:
    """The same from stretches of indexes, merged: what they tell is not checked again."""
    checks = _checks(begun.rest, Way())
    size = 2 * reach if checks else reach
    listed = runs.portions(reader, begun.runs, is_falling=order == BY_ID_DOWN, size=size)
    return _checked(reader, listed, checks, _head(conditions, begun.rest), order, offset, reach)


def _in_portions(
    reader: Reader, conditions: Sequence[Condition], way: Way, order: str, offset: int, limit: int
) -> list[TaskRow]:
    """The same from a list by ids: no more of it is checked than the page needs."""
    start = way.start
    assert start is not None
    listed = join(" union ", start.lists)
    ids = sorted({row[0] for row in reader.ask(listed.text, listed.values)})
    if order == BY_ID_DOWN:
        ids.reverse()
    others = [one for one in conditions if one is not start]
    checks = _checks(others, way) + ([start.check] if start.exact != start.lists else [])
    reach = offset + limit
    listed_ids = _growing(ids, max(sizes.PORTION, 2 * reach))
    head = _head(conditions, others)
    return _checked(reader, listed_ids, checks, head, order, offset, reach)


def _head(conditions: Sequence[Condition], others: Sequence[Condition]) -> str:
    """What a portion of ids is looked at by."""
    if any(one.is_open for one in conditions) and any(one.is_narrow for one in others):
        return f"select task.id as id from task @ix_task_open where {_IS_OPEN} and "  # noqa: S608
    return "select task.id as id from task @rowid where "


def _growing(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    begun = 0
    while begun < len(ids):
        yield ids[begun : begun + size]
        begun, size = begun + size, 4 * size


def _checked(
    reader: Reader,
    listed: Iterable[Sequence[int]],
    checks: Sequence[Phrase],
    head: str,
    order: str,
    offset: int,
    reach: int,
) -> list[TaskRow]:
    """Of ids in order those for which everything holds, as far as the page goes."""
    found: list[TaskRow] = []
    for ids in listed:
        left = reach - len(found)
        some = Phrase("task.id in ??", (tuple(ids if checks else ids[:left]),))
        where = all_of(some, *checks).within(head, "")
        found += [task_row(row) for row in _cut(reader, where, order, 0, left)]
        if len(found) >= reach:
            break
    return found[offset:reach]


def search_and_count(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[TaskRow], int]:
    """The same, and for how many tasks every condition holds."""
    is_offered = way_offered(conditions) is not None
    start = sizes.shortest(reader, conditions, sizes.SHORT if is_offered else sizes.START)
    if start is None:
        found = search(reader, conditions, order, offset=offset, limit=limit)
        return found, count(reader, conditions)
    where = _listed(conditions, Way(start))
    wanted = where.within("select task.id as id, count(*) over () as total from ", "")
    rows = _cut(reader, wanted, order, offset, limit, ", page.total")
    if rows or not offset:
        return [task_row(row[:-1]) for row in rows], rows[0][-1] if rows else 0
    return [], count(reader, conditions)


def count(reader: Reader, conditions: Sequence[Condition]) -> int:
    """For how many tasks every condition holds, exactly."""
    conditions = runs.in_states(conditions)
    way = begin_all(reader, conditions)
    is_open = any(one.is_open for one in conditions)
    if way.is_offered and way.start is not None:
        return counted_offers(reader, conditions, way)
    if way.start is None:
        checks = all_of(*_checks(conditions, way))
        where = checks.within(f"{'task @ix_task_open' if is_open else 'task'} where ", "")
    else:
        where = _listed(conditions, way, "task @ix_task_open" if is_open else "task")
    if is_open:
        where = where.then(f" and {_IS_OPEN}")
    question = where.within("select count(*) from ", "")
    return int(reader.ask(question.text, question.values)[0][0])


def instances(reader: Reader, conditions: Sequence[Condition]) -> Phrase | None:
    """The process instances of the shortest list, if there is one to begin with."""
    start = sizes.shortest(reader, runs.narrowed(conditions), sizes.START)
    if start is None:
        return None
    ids = _ids(start, is_late=start.is_late)
    where = join("", (ids, Phrase("task where task.id = listed.id")))
    return where.within("select task.instance_id from ", "")


def walk(
    reader: Reader, conditions: Sequence[Condition], legs: Sequence[Leg], limit: int
) -> list[TaskRow]:
    """The first tasks for which every condition holds, one leg after the other."""
    found: list[TaskRow] = []
    conditions = runs.in_states(conditions)
    whole = _at_once(legs)
    way = begin(reader, conditions, legs[0].order, limit, whole.passes)
    for leg in legs if way.start is None else (whole,):
        if len(found) >= limit:
            break
        more = limit - len(found)
        rows = _first(reader, conditions, way, leg, 0, more)
        found += [task_row(row) for row in rows]
    return found


def _first(
    reader: Reader,
    conditions: Sequence[Condition],
    way: Way,
    leg: Leg,
    offset: int,
    limit: int,
) -> Sequence[tuple[Any, ...]]:
    """The rows of a page; once more, if what was asked of the first alone left too few."""
    if way.stretch is not None and not offset:
        return _by_stretches(reader, conditions, way, leg, limit)
    reach = min(EVERYTHING, offset + limit)
    rows = _cut(reader, _stretch(conditions, way, leg, reach), leg.order, offset, limit)
    if way.bound is not None and len(rows) < limit:
        order = BY_DUE if leg.order == _DUE_LAST else leg.order
        way = begin(reader, conditions, order, reach, is_bounded=False)
        rows = _cut(reader, _stretch(conditions, way, leg, reach), leg.order, offset, limit)
    return rows


def _by_stretches(
    reader: Reader, conditions: Sequence[Condition], way: Way, leg: Leg, limit: int
) -> Sequence[tuple[Any, ...]]:
    """The same by stretches of ids, each behind the one before, and at last by what is left."""
    assert way.start is not None
    assert way.stretch is not None
    first, last, many = way.stretch
    is_falling = leg.order == BY_ID_DOWN
    if leg.passes is not None:  # the last value of a key is an id, or what a client made of it
        after = max(0, min(EVERYTHING, leg.passes.values[-1]))
        first, last = (first, after) if is_falling else (after, last)
    found: list[tuple[Any, ...]] = []
    passes = leg.passes
    for number in range(sizes.STRETCHES):
        if is_falling:
            ids, last = (last - many + 1, EVERYTHING if number == 0 else last), last - many
        else:
            ids, first = (0 if number == 0 else first, first + many - 1), first + many
        told = offers.near(conditions, way.start, leg.passes, ids)
        named = told.within("select task.id as id from ", " as task where 1 = 1")
        found += _cut(reader, named, leg.order, 0, limit - len(found))
        if len(found) >= limit:
            return found
    behind = Phrase("task.id <= ?", (last,)) if is_falling else Phrase("task.id >= ?", (first,))
    rest = Leg(leg.order, behind if passes is None else all_of(passes, behind))
    whole = msgspec.structs.replace(way, stretch=None)
    return [*found, *_first(reader, conditions, whole, rest, 0, limit - len(found))]


def _at_once(legs: Sequence[Leg]) -> Leg:
    """All legs as one, for a list that is sorted anyway: what lacks a date comes last."""
    if len(legs) == 1:
        return legs[0]
    order = legs[0].order
    passes = any_of(*(leg.passes for leg in legs if leg.passes is not None))
    return Leg(_DUE_LAST if order == BY_DUE else order, passes)


def _stretch(conditions: Sequence[Condition], way: Way, leg: Leg, limit: int) -> Phrase:
    """The ids of one leg."""
    if way.start is not None and way.is_offered:
        passes = leg.passes
        if way.bound is not None:
            passes = way.bound if passes is None else all_of(passes, way.bound)
        told = (conditions, way.start, way.sets, passes, leg.order, limit)
        ids = offers.firsts(*told) if way.is_by_name else offers.listed(*told)
        return ids.within("select task.id as id from ", " as task where 1 = 1")
    if way.is_state:
        where = _of_state(conditions, way)
    elif way.start is None:
        where = _walked(conditions, leg.order, way)
    else:
        where = _listed(conditions, way)
        if leg.order in INDEXES or leg.order == _DUE_LAST:
            where = _kept(conditions, way) or where.within(_READ, _AS_TASK)
    if leg.passes is not None:
        where = join(" and ", (where, leg.passes))
    return where.within("select task.id as id from ", "")


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


# -- phrases ---------------------------------------------------------------------------------

_DUE_LAST: Final = f"task.expires_at is null, {BY_DUE}"
_AS_TASK: Final = " @apart) as task where 1 = 1"
"""Kept apart from the order, by which PostgreSQL would walk and search the list for each task."""
_READ: Final = "(select task.id, task.priority, task.created_at, task.expires_at from "
_EACH: Final = " as listed cross join task where task.id = listed.id"


def _checks(conditions: Iterable[Condition], way: Way) -> list[Phrase]:
    """What must hold, condition by condition."""
    checks = []
    for one in conditions:
        if one in way.sets and one.among is not None:
            checks.append(one.among)
            if one.is_among_enough:
                continue
        # That a task is open is said in the words that the indexes of open tasks know.
        checks.append(Phrase(_IS_OPEN) if one.is_all_open else one.check)
    return checks


def _early(check: Phrase, number: str) -> Phrase:
    """A check that looks at people and variables of a task before the task itself is read."""
    return Phrase(check.text.replace("task_id = task.id", f"task_id = {number}"), check.values)


def _walked(conditions: Sequence[Condition], order: str, way: Way) -> Phrase:
    """Every task in order; the open ones by their index."""
    rest = all_of(*_checks(conditions, way))
    if order in BY_NUMBER and any(one.is_claimed and one.is_single for one in conditions):
        return rest.within("task @ix_task_status where ", "")
    if any(one.is_open for one in conditions) and order in INDEXES:
        return rest.within(f"task @{INDEXES[order]} where {_IS_OPEN} and ", "")
    hint = " @rowid" if order in BY_NUMBER else ""
    return rest.within(f"task{hint} where ", "")


def _of_state(conditions: Sequence[Condition], way: Way) -> Phrase:
    """The tasks of a state for which the others hold; few are left to be sorted.

    They are found by an index alone and then read, whatever order is asked for.
    """
    checks = all_of(*_checks(conditions, way))
    ids = checks.within("(select task.id from task @ix_task_status where ", " @apart)")
    return ids.within(_READ, f"{_EACH}{_AS_TASK}")


def _kept(conditions: Sequence[Condition], way: Way) -> Phrase | None:
    """The same from a list that reads the tasks themselves, so that none is looked up twice."""
    if way.start is None or way.start.tasks is None:
        return None
    others = [one for one in conditions if one is not way.start and one not in way.told]
    found = join(" and ", (way.start.tasks, all_of(*_checks(others, Way(way.start)))))
    return found.within(_READ.replace("select", "select distinct"), _AS_TASK)


def _listed(conditions: Sequence[Condition], way: Way, table: str = "task @rowid") -> Phrase:
    """The tasks of one condition's list for which the others hold, and itself where need be.

    Where a rarer state is wanted, it is looked up in the index of the open tasks, which is small.
    """
    start = way.start
    assert start is not None
    others = [one for one in conditions if one is not start and one not in way.told]
    checks = _checks(others, way)
    # What the others leave is little: a list that looks at tasks itself would look at all of them.
    looks = start.exact != start.lists and not all(one.is_all_open for one in others)
    is_late = start.is_late or looks
    if is_late:
        checks.append(start.check)
    rest = _early(all_of(*checks), "listed.id")
    if any(one.is_open for one in conditions) and any(one.is_narrow for one in conditions):
        table, rest = "task @ix_task_open", rest.within(f"{_IS_OPEN} and ", "")
    ids = _ids(start, is_late=is_late)
    return join("", (ids, rest.within(f"{table} where task.id = listed.id and ", "")))


def _ids(start: Condition, *, is_late: bool) -> Phrase:
    """The ids of a list, each once, to be joined with the tasks."""
    lists = (start.lists if is_late else start.exact) or (NOTHING,)
    listed = join(" union ", lists)
    if len(lists) < 2:
        listed = listed.within("select distinct one.id from (", ") as one")
    # SQLite takes the tables of a cross join in the order given.
    return listed.within("(", ") as listed cross join ")
