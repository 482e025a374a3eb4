"""Searching among many tasks: begin with a short list, with what is offered, or walk in order.

A search counts, up to a bound, how many ids each condition lists. It starts from the shortest list
if one is short, and checks the rest row by row. What is offered to somebody is narrowed and sorted
by the index of the offers alone (``task_offers.py``). If every list is long, rows that fit are
frequent, so the tasks are walked through by the index of the order until the page is full; a
condition that many rows are checked for is gathered into a set once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from procession.store.columns import OPEN
from procession.store.hot import task_row
from procession.store.phrases import Phrase, all_of, any_of, join
from procession.store.repositories import task_offers as offers
from procession.store.repositories import task_sizes as sizes
from procession.store.repositories.task_search import NOTHING, Condition
from procession.store.rows import TaskRow
from procession.store.store import Reader

EVERYTHING: Final = 2**62
_IS_OPEN: Final = f"task.{OPEN}"
_COLUMNS: Final = ", ".join(f'task."{name}"' for name in TaskRow.__struct_fields__)


class Leg(msgspec.Struct, frozen=True):
    """A stretch of a walk: an order that an index of the open tasks keeps, and what it passes."""

    order: str
    passes: Phrase | None = None


BY_ID: Final = "task.id"
BY_ID_DOWN: Final = "task.id desc"
BY_URGENCY: Final = "task.priority desc, task.created_at, task.id"
BY_DUE: Final = "task.expires_at, task.id"
"""Orders; that of work lists is by urgency (``reference/oneweb-rest-api.md`` 1.7)."""
_INDEXES: Final = {
    BY_ID: "ix_task_open",
    BY_ID_DOWN: "ix_task_open",
    BY_URGENCY: "ix_task_urgency",
    BY_DUE: "ix_task_due",
}
_BY_NUMBER: Final = frozenset({BY_ID, BY_ID_DOWN})


def search(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[TaskRow]:
    """Tasks for which every condition holds, in order, cut out by the database."""
    reach = EVERYTHING if limit is None else min(EVERYTHING, offset + limit)
    way = begin(reader, conditions, order, reach)
    wanted = _stretch(conditions, way, Leg(order), reach)
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
    way = begin_all(reader, conditions)
    is_open = any(one.is_open for one in conditions)
    if way.is_offered and way.start is not None:
        where = offers.counted(conditions, way.start, way.sets).then(" as listed")
        is_open = False
    elif way.start is None:
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
    start = sizes.shortest(reader, conditions, sizes.START)
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
    way = begin(reader, conditions, legs[0].order, limit)
    for leg in legs if way.start is None else (_at_once(legs),):
        if len(found) >= limit:
            break
        more = limit - len(found)
        wanted = _stretch(conditions, way, leg, more)
        rows = _cut(reader, wanted, leg.order, 0, more)
        found += [task_row(row) for row in rows]
    return found


def _at_once(legs: Sequence[Leg]) -> Leg:
    """All legs as one, for a list that is sorted anyway: what lacks a date comes last."""
    if len(legs) == 1:
        return legs[0]
    order = legs[0].order
    passes = any_of(*(leg.passes for leg in legs if leg.passes is not None))
    return Leg(f"task.expires_at is null, {order}" if order == BY_DUE else order, passes)


def _stretch(conditions: Sequence[Condition], way: Way, leg: Leg, limit: int) -> Phrase:
    """The ids of one leg."""
    if way.start is not None and way.is_offered:
        first = offers.firsts if way.is_by_name else offers.listed
        ids = first(conditions, way.start, way.sets, leg.passes, leg.order, limit)
        return ids.within("select task.id as id from ", _EACH)
    where = _walked(conditions, leg.order, way) if way.start is None else _listed(conditions, way)
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


# -- how to begin ----------------------------------------------------------------------------


class Way(msgspec.Struct, frozen=True):
    """How to begin: with a list, with what is offered, or (neither) by walking."""

    start: Condition | None = None
    is_offered: bool = False
    is_by_name: bool = False
    """The first of each name are enough."""
    sets: tuple[Condition, ...] = ()
    """Conditions whose checks are worth a set."""


def way_offered(conditions: Sequence[Condition]) -> Condition | None:
    """What is offered to somebody, if that is asked for."""
    if not any(one.is_open for one in conditions):
        return None
    offered = (one for one in conditions if any(each.singles for each in one.sources))
    return next(offered, None)


def begin(reader: Reader, conditions: Sequence[Condition], order: str, reach: int) -> Way:
    """Where to begin if the first that fit are read."""
    if order not in _INDEXES:
        return begin_all(reader, conditions, sorted_=True)
    start = way_offered(conditions)
    lengths = _lengths(reader, conditions, start)
    least = min(lengths, key=lengths.__getitem__, default=None)
    if least is not None and lengths[least] <= sizes.FEW:
        return Way(least)
    between = sizes.span(reader)
    if start is not None:
        return _begin_offered(reader, start, lengths, between, order, reach)
    far = sizes.steps(between.tasks, tuple(lengths.values()), reach)
    is_odd = any(one.is_claimed for one in lengths)
    heaviest = max((one.weight for one in lengths if one is not least), default=1)
    if least is not None and lengths[least] < sizes.START and lengths[least] * heaviest <= far:
        return Way(least)
    # States that exclude what is asked for besides are found far behind where chance has them.
    return Way(sets=_sets(reader, lengths, between.tasks if is_odd else far))


def _begin_offered(
    reader: Reader,
    start: Condition,
    lengths: dict[Condition, int],
    between: sizes.Span,
    order: str,
    reach: int,
) -> Way:
    """The same where something is offered to somebody."""
    looked = {one: many for one, many in lengths.items() if offers.looks(one)}
    is_by_name = order in _BY_NUMBER and offers.has_firsts((*lengths, start), start)
    if is_by_name and not looked:
        return Way(start, True, True)
    many, tasks = sizes.offered(reader, start, between), between.tasks
    least = min(lengths, key=lengths.__getitem__, default=None)
    if least is not None and sizes.is_shorter(lengths[least], many):
        return Way(least)
    if is_by_name and sizes.steps(tasks, tuple(looked.values()), reach) * 4 < many:
        return Way(start, True, True)
    # What offers know may depend on whom they are for, so a walk could be far longer than chance.
    is_walked = not lengths or looked or many > sizes.MOST_OFFERED
    if is_walked and sizes.steps(tasks, (*lengths.values(), many), reach) * 4 < many:
        return Way()
    return Way(start, True, sets=_sets(reader, looked, many))


def begin_all(reader: Reader, conditions: Sequence[Condition], *, sorted_: bool = False) -> Way:
    """Where to begin if all that fit are read; ``sorted_`` by what offers do not know."""
    start = way_offered(conditions)
    if start is not None and not sorted_:
        lengths = _lengths(reader, conditions, start)
        many = sizes.offered(reader, start, sizes.span(reader)) if lengths else 0
        least = min(lengths, key=lengths.__getitem__, default=None)
        if least is not None and sizes.is_shorter(lengths[least], many):
            return Way(least)
        looked = {one: size for one, size in lengths.items() if offers.looks(one)}
        return Way(start, True, sets=_sets(reader, looked, many))
    tries = (sizes.shortest(reader, conditions, bound) for bound in sizes.BOUNDS)
    first = next((found for found in tries if found is not None), None)
    if first is not None:
        return Way(first)
    return Way(sets=_sets(reader, dict.fromkeys(conditions, sizes.LONG), sizes.BOUNDS[-1]))


def _lengths(
    reader: Reader, conditions: Sequence[Condition], start: Condition | None
) -> dict[Condition, int]:
    """How many ids the other conditions list."""
    others = [one for one in conditions if one is not start and not one.is_all_open]
    bounds = (sizes.START if start is None or offers.looks(one) else sizes.SAMPLE for one in others)
    return {
        one: sizes.capped(reader, one, bound) for one, bound in zip(others, bounds, strict=True)
    }


def _sets(reader: Reader, others: Mapping[Condition, int], rows: float) -> tuple[Condition, ...]:
    """Conditions that so many rows are checked for sooner by a set; those of a list never are.

    PostgreSQL would take a set for a reason to read all tasks and search the list for each.
    """
    return tuple(
        one for one, known in others.items() if sizes.worth_a_set(reader, one, rows, known)
    )


# -- phrases ---------------------------------------------------------------------------------

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
    if any(one.is_open for one in conditions) and order in _INDEXES:
        return rest.within(f"task @{_INDEXES[order]} where {_IS_OPEN} and ", "")
    hint = " @rowid" if order in _BY_NUMBER else ""
    return rest.within(f"task{hint} where ", "")


def _listed(conditions: Sequence[Condition], way: Way, table: str = "task") -> Phrase:
    """The tasks of one condition's list for which the others hold, and itself where need be.

    Where a rarer state is wanted, it is looked up in the index of the open tasks, which is small.
    """
    start = way.start
    assert start is not None
    others = [one for one in conditions if one is not start]
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
