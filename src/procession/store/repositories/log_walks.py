"""Searching among process instances, running or ended, in the order of their numbers.

Every criterion can be checked for one process log. Some also know a list of the numbers that fit,
which an index gives. A search begins with the shortest list if one is short; else what fits is
frequent, and the logs are walked through by their index until the page is full, from the smallest
number on that a criterion allows. Few names are found by jumping along an index from one to the
next, however many rows have them, so a pattern of names becomes a list of names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from procession.store import phrases
from procession.store.digests import KINDS, who
from procession.store.phrases import ALWAYS, Phrase, all_of, join
from procession.store.rows import ProcessLogRow
from procession.store.store import Reader

FEW: Final = 200
_DEAR: Final = 8_000
"""The bound for a list of which each number costs a look at many rows."""
MOST_NAMES: Final = 5_000
"""So many different names are looked through; where there are more, rows are."""
_MOST_PLACES: Final = 100
_COLUMNS: Final = ", ".join(f'process_log."{name}"' for name in ProcessLogRow.__struct_fields__)
_SELECT: Final = f"select {_COLUMNS} from "  # noqa: S608 - constants
_BY_NUMBER: Final = "process_log @ix_process_log_instance where "
_BY_LIFE: Final = (
    "process_instance @rowid cross join process_log"
    " where process_log.instance_id = process_instance.id and "
)


class Start(msgspec.Struct, frozen=True):
    """Where a search may begin.

    ``ids`` is a select of the numbers that fit, perhaps of more, perhaps twice; ``size`` counts as
    much and is quicker. ``is_dear``: many rows are looked at for each number. ``least`` finds a
    number below which nothing fits.
    """

    ids: Phrase
    size: Phrase | None = None
    is_dear: bool = False
    least: Callable[[Reader], int] | None = None
    is_range: bool = False
    """The list is of a range of dates, each number once."""
    living: Phrase | None = None
    """The same numbers of instances that live, if that is quicker known than by looking each up."""


def search(
    reader: Reader,
    starts: Sequence[Start],
    checks: Phrase,
    *,
    limit: int,
    offset: int,
    is_active: bool = False,
) -> list[ProcessLogRow]:
    """The process logs for which the checks hold; ``is_active``: only living instances can fit."""
    numbers = _shortest(reader, starts)
    if numbers is None and is_active:
        numbers = _living(reader, starts)
    if numbers is not None:
        return _of_list(reader, numbers, checks, limit, offset)
    numbers = None if is_active else _firsts(reader, starts, offset + limit)
    if numbers is not None:
        found = _of_list(reader, numbers, checks, limit, offset)
        if len(found) == limit:
            return found
    number, source = ("process_instance.id", _BY_LIFE) if is_active else _WALKED
    least = max((one.least(reader) for one in starts if one.least is not None), default=0)
    begins = Phrase(f"{number} >= ?", (least,)) if least else ALWAYS
    wanted = all_of(begins, checks).within(_SELECT + source, "")
    question = wanted.then(f" order by {number} limit ? offset ?", limit, offset)
    return [ProcessLogRow(*row) for row in reader.ask(question.text, question.values)]


def _of_list(
    reader: Reader, numbers: Sequence[int], checks: Phrase, limit: int, offset: int
) -> list[ProcessLogRow]:
    """A page of what fits of a sorted list; no more of it is looked at than the page needs."""
    found: list[ProcessLogRow] = []
    begin, size, reach = 0, max(_SOME, 2 * (offset + limit)), offset + limit
    while begin < len(numbers) and len(found) < reach:
        some = Phrase("process_log.instance_id in ??", (tuple(numbers[begin : begin + size]),))
        wanted = all_of(some, checks).within(_FROM_LIST, _ORDERED)
        question = wanted.then("", reach - len(found))
        found += [ProcessLogRow(*row) for row in reader.ask(question.text, question.values)]
        begin, size = begin + size, 4 * size
    return found[offset:reach]


_SOME: Final = 50
_FROM_LIST: Final = f"select * from ({_SELECT}{_BY_NUMBER}"  # noqa: S608 - constants
_ORDERED: Final = " @apart) as listed order by listed.instance_id limit ?"
"""Apart, or a database might rather walk through all than look up what is listed."""
_WALKED: Final = ("process_log.instance_id", _BY_NUMBER)


def _shortest(reader: Reader, starts: Sequence[Start]) -> list[int] | None:
    """The shortest list of numbers, if that is short; in order, each once."""
    shortest, found = phrases.LONG, None
    for one in starts:
        if shortest <= FEW or one.is_dear:
            continue
        size = (one.size or one.ids).within("select count(*) from (", " limit ?) as listed")
        length = int(reader.ask(size.text, (*size.values, shortest))[0][0])
        if length < shortest:
            shortest, found = length, one.ids
    if found is not None:
        return _numbers(reader.ask(found.text, found.values))
    for one in starts:
        if one.is_dear:
            question = one.ids.then(" limit ?", _DEAR)
            rows = reader.ask(question.text, question.values)
            if len(rows) < _DEAR:
                return _numbers(rows)
    return None


def _living(reader: Reader, starts: Sequence[Start]) -> list[int] | None:
    """The living instances of a list that is not too long: often few, and often far apart."""
    for one in starts:
        if not one.is_dear and not phrases.is_long(reader, one.size or one.ids, _MOST_LISTED):
            some = one.living or one.ids.within("select listed.instance_id from (", _LIVING)
            return _numbers(reader.ask(some.text, some.values))
    return None


_MOST_LISTED: Final = 50_000
_LIVING: Final = (
    ") as listed where exists (select 1 from process_instance run"
    " where run.id = listed.instance_id @apart)"
)


def _firsts(reader: Reader, starts: Sequence[Start], reach: int) -> list[int] | None:
    """The smallest numbers of a range of dates: one old instance would make a walk begin early."""
    for one in starts:
        if one.is_range and not phrases.is_long(reader, one.ids, _MOST_SORTED):
            first = one.ids.within("select ranged.instance_id from (", _SMALLEST)
            return _numbers(reader.ask(first.text, (*first.values, 2 * reach + _SOME)))
    return None


_MOST_SORTED: Final = 250_000
_SMALLEST: Final = " @apart) as ranged order by ranged.instance_id limit ?"


def _numbers(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    return sorted({row[0] for row in rows if row[0] is not None})


_THESE: Final = "select these.instance_id from process_log these where these.instance_id in ??"

# -- names -----------------------------------------------------------------------------------


def names(
    reader: Reader, table: str, column: str, check: Phrase = ALWAYS
) -> tuple[str, ...] | None:
    """The different texts of an indexed column that fit; ``None`` if there are very many.

    ``check`` speaks of ``known.name``.
    """
    head = _JUMP.format(table=table, column=column)
    question = check.within(f"{head} and ((", f") or known.place = {MOST_NAMES})")
    rows = reader.ask(question.text, question.values)
    if any(row[1] >= MOST_NAMES for row in rows):
        return None
    return tuple(row[0] for row in rows)


def names_of_people(reader: Reader, check: Phrase) -> tuple[str, ...] | None:
    """The same of the people of tasks, whose index knows a number for each in each relation."""
    question = check.within(f"{_JUMP_PEOPLE} where (", f") or known.place = {_MOST_PEOPLE}")
    rows = reader.ask(question.text, question.values)
    if any(row[1] >= _MOST_PEOPLE for row in rows):
        return None
    return tuple(sorted({row[0] for row in rows}))


_MOST_PEOPLE: Final = 2 * MOST_NAMES
_JUMP_PEOPLE: Final = (
    "with recursive jumped(who, place) as ("  # noqa: S608 - names of ours
    "select min(who), 1 from task_person union all"
    " select (select min(who) from task_person where who > jumped.who), jumped.place + 1"
    f" from jumped where jumped.who is not null and jumped.place < {_MOST_PEOPLE}),"
    " known(name, place) as (select (select person.name from task_person person where"
    " person.who = jumped.who limit 1), jumped.place from jumped where jumped.who is not null)"
    " select known.name, known.place from known"
)
_JUMP: Final = (
    "with recursive known(name, place) as ("  # noqa: S608 - names of ours
    "select min({column}), 1 from {table} where {column} is not null union all"
    " select (select min({column}) from {table} where {column} > known.name), known.place + 1"
    f" from known where known.name is not null and known.place < {MOST_NAMES})"
    " select name, place from known where name is not null"
)


def like_on(column: str, pattern: str, prefix: str) -> Phrase:
    """A column fits a pattern of SQL; its beginning without wildcards is for an index."""
    fits = Phrase(f"{column} like ? escape '!'", (pattern,))
    if not prefix:
        return fits
    bounds = Phrase(f"{column} @from ? and {column} @below ?", (prefix, prefix + chr(0x10FFFF)))
    return all_of(bounds, fits)


# -- where to begin --------------------------------------------------------------------------


def of_numbers(numbers: Sequence[Any]) -> Start:
    """These instances."""
    return Start(Phrase(_THESE, (tuple(numbers),)))


def of_seen(condition: Phrase) -> Start:
    """Instances that somebody may see; the condition speaks of ``l.instance_id``."""
    return Start(condition.within("select l.instance_id from process_log l where ", ""))


def of_task_ids(bounds: Phrase) -> Start:
    """Instances of tasks whose ids are within bounds, which speak of ``t.id``."""
    return Start(bounds.within("select t.instance_id from task t where ", ""))


def of_people(relation: str, people: Sequence[str]) -> Start:
    """Instances of tasks in which one of some names has a part."""
    numbers = tuple(who(relation, kind, name) for kind in KINDS for name in people)
    named = Phrase("p.who in ??", (numbers,))
    ids = named.within(
        "select t.instance_id from task_person p cross join task t where t.id = p.task_id and ", ""
    )
    return Start(ids, named.within("select 1 from task_person p where ", ""))


def of_range(column: str, bounds: Phrase, *, is_below: bool) -> Start:
    """Instances whose number or date is within bounds, which speak of ``l``."""
    index = _RANGES[column]
    known = " and l.ended_at is not null" if column == "ended_at" else ""
    ids = bounds.within(f"select l.instance_id from process_log l @{index} where ", known)  # noqa: S608

    def least(reader: Reader) -> int:
        question = ids.within("select min(those.instance_id) from (", " @apart) as those")
        return int(reader.ask(question.text, question.values)[0][0] or 0)

    return Start(ids, least=least if is_below else None, is_range=is_below)


_RANGES: Final = {
    "instance_id": "ix_process_log_instance",
    "started_at": "ix_process_log_started",
    "ended_at": "ix_process_log_ended",
}


def of_odd_status(statuses: Sequence[Any]) -> Start:
    """Instances neither active nor completed."""
    text = (
        "select l.instance_id from process_log l @ix_process_log_odd"
        " where l.status not in (1, 2) and l.status in ??"
    )
    return Start(Phrase(text, (tuple(statuses),)))


def of_processes(values: Sequence[str]) -> Start:
    """Instances of some processes."""
    return _of_place("process_id", "deployment_id", "ix_process_log_process", values)


def of_deployments(values: Sequence[str]) -> Start:
    """Instances of some deployments."""
    return _of_place("deployment_id", "process_id", "ix_process_log_order", values)


def _of_place(first: str, second: str, index: str, values: Sequence[str]) -> Start:
    source = f"process_log l @{index} where l.{first}"
    ids = Phrase(f"select l.instance_id from {source} in $$", (tuple(values),))  # noqa: S608
    step = f"select l.{second}, l.instance_id from {source} = ? and l.{second} > ?"  # noqa: S608
    step += f" order by l.{second}, l.instance_id limit 1"
    return Start(ids, least=lambda reader: _least(reader, (step,), [(value,) for value in values]))


def of_variables(values: Sequence[str]) -> Start:
    """Instances in which variables were ever set."""
    source = "variable_log l @ix_variable_log_order where l.variable_id"
    ids = Phrase(f"select l.instance_id from {source} in $$", (tuple(values),))  # noqa: S608
    head = f"select l.deployment_id, l.process_id, l.instance_id from {source} = ?"  # noqa: S608
    tail = " order by l.deployment_id, l.process_id, l.instance_id limit 1"
    steps = (
        f"{head} and l.deployment_id > ?{tail}",
        f"{head} and l.deployment_id = ? and l.process_id > ?{tail}",
    )
    return Start(ids, least=lambda reader: _least(reader, steps, [(value,) for value in values]))


def _least(reader: Reader, steps: Sequence[str], keys: Sequence[tuple[str, ...]]) -> int:
    """The smallest number of any place (deployment, process): each keeps its own in order.

    From each place to the next by one look at the index, to the next deployment if there is no
    other process in this one.
    """
    found: list[int] = []
    for key in keys:
        place: tuple[Any, ...] = ("",)
        for _ in range(_MOST_PLACES):
            rows = reader.ask(steps[-1], (*key, *place)) if len(place) == len(steps) else ()
            if (not rows and len(steps) > 1) or len(place) < len(steps):
                rows = reader.ask(steps[0], (*key, place[0]))
            if not rows:
                break
            *names_of_place, number = rows[0]
            place = tuple(names_of_place)
            found.append(int(number))
        else:
            return 0
    return min(found, default=0)


def of_values(pairs: Sequence[tuple[str, str]]) -> Start:
    """Instances in which a variable ever had its value."""
    ids = join(" union all ", [Phrase(_VALUE, pair) for pair in pairs])
    living = join(" union all ", [Phrase(_VALUE + _LIVES, pair) for pair in pairs])
    return Start(ids, least=lambda reader: _least(reader, _VALUE_STEPS, pairs), living=living)


def of_patterns(named: Sequence[tuple[str, Phrase]]) -> Start:
    """Instances in which a variable ever fitted; the condition speaks of ``v.value``."""
    selects = [join(" and ", (Phrase(_PATTERN, (name,)), condition)) for name, condition in named]
    return Start(join(" union all ", selects), is_dear=True)


_VALUE: Final = (
    "select v.instance_id from variable_log v @ix_variable_log_variable"
    " where v.variable_id = ? and v.value = ?"
)
_LIVES: Final = (
    " and exists (select 1 from process_instance run @ix_process_instance_deployment"
    " where run.deployment_id = v.deployment_id and run.process_id = v.process_id"
    " and run.id = v.instance_id @apart)"
)
_TO_PLACES: Final = _VALUE.replace(
    "v.instance_id", "v.deployment_id, v.process_id, v.instance_id", 1
)
_IN_ORDER: Final = " order by v.deployment_id, v.process_id, v.instance_id limit 1"
_VALUE_STEPS: Final = (
    f"{_TO_PLACES} and v.deployment_id > ?{_IN_ORDER}",
    f"{_TO_PLACES} and v.deployment_id = ? and v.process_id > ?{_IN_ORDER}",
)
_PATTERN: Final = (
    "select v.instance_id from variable_log v @ix_variable_log_variable where v.variable_id = ?"
)
