"""Searching among many tasks: begin with a short list of ids, or walk in the order asked for.

A search counts, up to a bound, how many ids each condition lists. It starts from the shortest list
if one is short, and checks the rest row by row. If every list is long, rows that fit are frequent,
so the tasks are walked through by the index of the order until the page is full. Among a million,
either way looks at some thousands of rows; the cost follows the page, not the number of tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from procession.store.columns import OPEN
from procession.store.hot import task_row
from procession.store.phrases import Phrase, all_of, any_of, join
from procession.store.repositories.task_search import NOTHING, Condition
from procession.store.rows import TaskRow
from procession.store.store import Reader

FEW: Final = 100
"""A list so short that no other needs to be looked at."""
START: Final = 16_000
"""Lists up to this length may be worth starting from, where walking is the other way."""
BOUNDS: Final = (START, 4 * START, 16 * START)
"""The same where every task that fits is read anyway, to be counted or sorted: tried in turn."""
IDS_PER_TASK: Final = 3
"""About so many ids are given out for each task: to its instance and its work item, too."""
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
    reach = None if limit is None else offset + limit
    wanted = _narrowed(reader, conditions, order, reach).within("select task.id as id from ", "")
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
    start = _shortest(reader, conditions, START)
    if start is None:
        found = search(reader, conditions, order, offset=offset, limit=limit)
        return found, count(reader, conditions)
    where = _listed(conditions, start)
    wanted = where.within("select task.id as id, count(*) over () as total from ", "")
    rows = _cut(reader, wanted, order, offset, limit, ", page.total")
    if rows or not offset:
        return [task_row(row[:-1]) for row in rows], rows[0][-1] if rows else 0
    return [], count(reader, conditions)


def count(reader: Reader, conditions: Sequence[Condition]) -> int:
    """For how many tasks every condition holds, exactly."""
    start = _start_of_all(reader, conditions)
    is_open = any(one.is_open for one in conditions)
    table = "task @ix_task_open" if is_open else "task"
    if start is not None and _is_listed_alone(conditions, start):
        where = join(" union ", start.exact).within("(", ") as listed")
        is_open = False
    elif start is None:
        where = all_of(*(one.check for one in conditions)).within(f"{table} where ", "")
    else:
        where = _listed(conditions, start, table)
    if is_open:
        where = where.then(f" and {_IS_OPEN}")
    question = where.within("select count(*) from ", "")
    return int(reader.ask(question.text, question.values)[0][0])


def instances(reader: Reader, conditions: Sequence[Condition]) -> Phrase | None:
    """The process instances of the shortest list, if there is one to begin with."""
    tries = (_shortest(reader, conditions, bound) for bound in BOUNDS[:1])
    start = next((found for found in tries if found is not None), None)
    if start is None:
        return None
    ids = _ids(start, is_late=start.is_late)
    where = join("", (ids, Phrase("task where task.id = listed.id")))
    return where.within("select task.instance_id from ", "")


def _is_listed_alone(conditions: Sequence[Condition], start: Condition) -> bool:
    """Whether the list holds what is wanted and nothing else: open tasks of some people."""
    lists_open = bool(start.branches) and start.exact == start.lists
    return lists_open and all(one is start or one.is_all_open for one in conditions)


def walk(
    reader: Reader, conditions: Sequence[Condition], legs: Sequence[Leg], limit: int
) -> list[TaskRow]:
    """The first tasks for which every condition holds, one leg after the other."""
    found: list[TaskRow] = []
    start = _start_of_walk(reader, conditions, legs[0].order, limit)
    for leg in legs if start is None else (_at_once(legs),):
        if len(found) >= limit:
            break
        more = limit - len(found)
        wanted = _stretch(conditions, start, leg, more)
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


def _stretch(
    conditions: Sequence[Condition], start: Condition | None, leg: Leg, limit: int
) -> Phrase:
    """The ids of one leg."""
    if start is not None:
        where = _listed(conditions, start)
    else:
        where = _branched(conditions, leg.order, limit, leg.passes) or _walked(
            conditions, leg.order
        )
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


def _narrowed(
    reader: Reader, conditions: Sequence[Condition], order: str, reach: int | None
) -> Phrase:
    """What to read and what must hold, for a search in some order."""
    start = _start_of_walk(reader, conditions, order, EVERYTHING if reach is None else reach)
    if start is not None:
        return _listed(conditions, start)
    branched = None if reach is None else _branched(conditions, order, reach)
    return branched or _walked(conditions, order)


def _branched(
    conditions: Sequence[Condition], order: str, limit: int, passes: Phrase | None = None
) -> Phrase | None:
    """The first tasks of each name that one condition asks for, in order of ids; all by index."""
    start = next((one for one in conditions if one.branches), None)
    if start is None or order not in _BY_NUMBER:
        return None
    rest = _rest(conditions, start)
    if passes is not None:
        rest = all_of(Phrase(passes.text.replace("task.id", "offer.task_id"), passes.values), rest)
    tail = order.replace("task.id", "offer.task_id")
    firsts = [
        join(" and ", (branch, _early(rest, "offer.task_id")))
        .within(_BRANCH, f" order by {tail} limit ?) as first")
        .then("", limit)
        for branch in start.branches
    ]
    return join(" union ", firsts).within("(", _EACH)


_BRANCH: Final = (
    "select first.id from (select offer.task_id as id from task_person offer cross join task"
    " where task.id = offer.task_id and "
)
_EACH: Final = ") as listed cross join task where task.id = listed.id and 1 = 1"


def _rest(conditions: Sequence[Condition], start: Condition) -> Phrase:
    """What else must hold of the tasks of a name."""
    checks = [_checked(one) for one in conditions if one is not start]
    if start.exact != start.lists:
        checks.append(start.check)
    return all_of(*checks)


def _checked(one: Condition) -> Phrase:
    """A check; that a task is open is said in the words that the indexes of open tasks know."""
    return Phrase(_IS_OPEN) if one.is_all_open else one.check


def _early(check: Phrase, number: str) -> Phrase:
    """A check that looks at people and variables of a task before the task itself is read."""
    return Phrase(check.text.replace("task_id = task.id", f"task_id = {number}"), check.values)


def _walked(conditions: Sequence[Condition], order: str) -> Phrase:
    """Every task in order; the open ones by their index."""
    rest = all_of(*map(_checked, conditions))
    if any(one.is_open for one in conditions) and order in _INDEXES:
        return rest.within(f"task @{_INDEXES[order]} where {_IS_OPEN} and ", "")
    hint = " @rowid" if order in _BY_NUMBER else ""
    return rest.within(f"task{hint} where ", "")


def _listed(conditions: Sequence[Condition], start: Condition, table: str = "task") -> Phrase:
    """The tasks of one condition's list for which the others hold, and itself where need be.

    Where a rarer state is wanted, it is looked up in the index of the open tasks, which is small.
    """
    others = [one for one in conditions if one is not start]
    checks = [_checked(one) for one in others]
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


def _start_of_walk(
    reader: Reader, conditions: Sequence[Condition], order: str, reach: int
) -> Condition | None:
    """Where to begin if the first that fit are read; ``None``: at the beginning of the order."""
    if order not in _INDEXES or any(one.is_claimed for one in conditions):
        return _start_of_all(reader, conditions)
    start, shortest, lengths = None, START, []
    for one in conditions:
        if one.is_all_open or shortest <= FEW:
            continue
        length = _length(reader, one, START)
        if length < shortest:
            shortest, start = length, one
        is_walked = bool(one.branches) and order in _BY_NUMBER
        if not is_walked:
            lengths.append(length)
    if start is None or shortest <= FEW:
        return start
    return start if shortest <= _steps(reader, lengths, reach) else None


def _steps(reader: Reader, lengths: Sequence[int], reach: int) -> float:
    """How many tasks a walk passes until so many fit, if nothing depends on anything else."""
    ends = " union all ".join(
        f"select {end}(task.id) from task @ix_task_open where {_IS_OPEN}"  # noqa: S608 - constants
        for end in ("min", "max")
    )
    first, last = (row[0] or 0 for row in reader.ask(ends, ()))
    tasks = max(1, (last - first) / IDS_PER_TASK)
    steps = float(reach)
    for length in lengths:
        steps *= max(1.0, tasks / _likely(length, tasks))
    return steps


def _likely(length: int, tasks: float) -> float:
    """How long a list is that may not have been counted to its end: then between that and all."""
    return float((START * tasks) ** 0.5) if length >= START else max(1.0, length)


def _start_of_all(reader: Reader, conditions: Sequence[Condition]) -> Condition | None:
    """Where to begin if all that fit are read."""
    tries = (_shortest(reader, conditions, bound) for bound in BOUNDS)
    return next((start for start in tries if start is not None), None)


def _shortest(reader: Reader, conditions: Sequence[Condition], bound: int) -> Condition | None:
    """The condition with the shortest list, if that is shorter than the bound."""
    shortest, start = bound, None
    for one in conditions:
        if shortest > FEW and not one.is_all_open:
            length = _length(reader, one, shortest)
            if length < shortest:
                shortest, start = length, one
    return start


def _length(reader: Reader, condition: Condition, bound: int) -> int:
    """How many ids are listed; those beyond the bound do not matter."""
    if not condition.lists:
        return 0
    listed = join(" union all ", condition.sizes or condition.lists)
    ids = listed.within("select count(*) from (", " limit ?) as listed")
    return int(reader.ask(ids.text, (*ids.values, bound))[0][0])
