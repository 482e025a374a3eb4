"""Searching by runs: stretches of indexes in which ids stand in order, read side by side.

What somebody owns in one state, what is offered to one name, the tasks of one state: each of these
is a run. A page of several of them, or of one that is long, takes the first ids of each and merges
these as far as every run has been read; more are read only if too few of them fit whatever else is
asked for. So a page costs as many steps as there are runs, however much is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from procession.store.phrases import Phrase, join
from procession.store.repositories.task_conditions import Condition, Names, Run
from procession.store.repositories.task_sizes import PORTION, START
from procession.store.standing import CLAIMED, OFFER, OVER, STATES, UNCLAIMED
from procession.store.store import Reader

MOST_RUNS: Final = 64
"""More are not read side by side."""
FASTER: Final = 4
"""Each portion has so many times as many ids as the one before."""
MOST: Final = 2**62


_OWNED: Final = (
    "select task.id from task @ix_task_owner where task.actual_owner = ? and task.status = ?"
)
_IN_STATE: Final = "select task.id from task @ix_task_status where task.status = ?"
_STANDING_IN: Final = (
    "select person.task_id as id from task_person person @ix_task_person_name where person.who = ?"
    " and person.is_open = {claim}"
)


class Beginning(msgspec.Struct, frozen=True):
    """The runs of one condition, and which conditions they leave to be checked."""

    runs: tuple[Run, ...]
    rest: tuple[Condition, ...]


def beginning(reader: Reader, conditions: Sequence[Condition]) -> Beginning | None:
    """Where to begin, if runs are a good beginning.

    They are if nothing else is asked for, if they are of owners and not long, and if they are of
    states and to look at a row is heavy: what somebody sees depends on many rows. What is offered
    and has to be looked at besides is sooner found in other ways (``task_ways.py``).
    """
    states = next((frozenset(one.states) for one in conditions if one.states), None)
    found = []
    is_heavy = any(one.weight > 1 for one in conditions)
    for one in conditions:
        runs = one.runs if states is None else tuple(r for r in one.runs if _fits(r, states))
        if one.is_all_open or not one.runs or len(runs) > MOST_RUNS:
            continue
        knows_state = all(run.state for run in runs)
        rest = [other for other in conditions if other is not one]
        if knows_state:
            rest = [other for other in rest if not other.states]
        if one.exact != one.lists:
            rest.append(one)
        if not rest:
            return Beginning(runs, ())
        if knows_state and (one.sources or is_heavy):
            found.append(Beginning(runs, tuple(rest)))
    lengths = [(_length(reader, each.runs), number) for number, each in enumerate(found)]
    least, number = min(lengths, default=(START, 0))
    return found[number] if least < START or (found and is_heavy) else None


def in_states(conditions: Sequence[Condition]) -> list[Condition]:
    """The same, where tasks of process instances are listed in the states alone that are asked for.

    An instance that has gone round and round has had many more tasks than it has.
    """
    states = next((one.states for one in conditions if one.states), None)
    if states is None:
        return list(conditions)
    found = []
    for one in conditions:
        if one.in_states is not None:
            lists = (one.in_states.then("", states),)
            one = msgspec.structs.replace(one, lists=lists, exact=lists, sizes=())
        found.append(one)
    return found


def narrowed(conditions: Sequence[Condition]) -> list[Condition]:
    """The same, where owners are listed in the states alone that are asked for besides."""
    states = next((frozenset(one.states) for one in conditions if one.states), None)
    if states is None:
        return list(conditions)
    found = []
    for one in conditions:
        if one.sources and one.runs and all(run.state for run in one.runs):
            lists = tuple(run.rows for run in one.runs if _fits(run, states))
            one = msgspec.structs.replace(one, lists=lists, exact=lists, sizes=())
        found.append(one)
    return found


def _fits(run: Run, states: frozenset[str]) -> bool:
    """Whether tasks in these states can be in a run."""
    if run.state:
        return run.state in states
    if run.is_open is None:
        return True
    if run.is_open == 0:
        return not states.isdisjoint(OVER)
    never = _NEVER.get(run.is_open, OVER) if run.is_offer else OVER
    return not states <= never


_NEVER: Final = {
    UNCLAIMED: OVER | {"Reserved", "InProgress"},
    CLAIMED: OVER | {"Created", "Ready"},
}


def _length(reader: Reader, runs: Sequence[Run]) -> int:
    if not runs:
        return 0
    rows = join(" union all ", [run.rows for run in runs])
    counted = rows.within("select count(*) from (", " limit ?) as listed")
    return int(reader.ask(counted.text, (*counted.values, START))[0][0])


def portions(
    reader: Reader, runs: Sequence[Run], *, is_falling: bool, size: int
) -> Iterator[list[int]]:
    """The ids of all runs in order, each once, in portions that grow."""
    left, size = list(runs), max(PORTION, size)
    behind = MOST if is_falling else -1
    while left:
        listed = _read(reader, left, is_falling, behind, size)
        unread = [run for run, ids in zip(left, listed, strict=True) if len(ids) == size]
        ends = [ids[-1] for ids in listed if len(ids) == size]
        among = {number for ids in listed for number in ids}
        if ends:
            bound = max(ends) if is_falling else min(ends)
            among = {n for n in among if (n >= bound if is_falling else n <= bound)}
            # A run that has been read to its end may have ids behind the bound.
            kept = [
                run
                for run, ids in zip(left, listed, strict=True)
                if run in unread or (ids and ids[-1] not in among)
            ]
            left, behind = kept, bound
        else:
            left = []
        yield sorted(among, reverse=is_falling)
        size *= FASTER


def _read(
    reader: Reader, runs: Sequence[Run], is_falling: bool, behind: int, size: int
) -> list[list[int]]:
    sign, order = ("<", " desc") if is_falling else (">", "")
    parts = []
    for number, run in enumerate(runs):
        tail = f" and {run.number} {sign} ? order by {run.number}{order} limit ?) as run"
        head = f"select {number} as number, run.id from ("  # noqa: S608 - a number of ours
        parts.append(run.rows.within(head, tail).then("", behind, size))
    question = join(" union all ", parts)
    found: list[list[int]] = [[] for _ in runs]
    for number, task_id in reader.ask(question.text, question.values):
        found[number].append(task_id)
    for ids in found:
        ids.sort(reverse=is_falling)
    return found


def of_tasks(column: str, values: Sequence[Any], check: Phrase) -> tuple[Run, ...]:
    """The indexes of owners and states have their ids in order; other lists are short."""
    match column:
        case "actual_owner":
            return tuple(
                Run(Phrase(_OWNED, (owner, state)), "task.id", state)
                for owner in values
                for state in STATES
            )
        case "status":
            return tuple(Run(Phrase(_IN_STATE, (state,)), "task.id", state) for state in values)
        case "created_by":
            return ()
        case _:
            return (Run(check.within("select task.id from task where ", ""), "task.id"),)


def of_people(relations: Sequence[str], names: Names) -> tuple[Run, ...]:
    """What one name stands for in one relation: still to be done, claimed by somebody, or over."""
    return tuple(
        Run(
            Phrase(_STANDING_IN.format(claim=claim), (number,)),
            "person.task_id",
            is_open=claim,
            is_offer=relation == OFFER,
        )
        for relation in relations
        for number in names.numbers((relation,))
        for claim in ((0, UNCLAIMED, CLAIMED) if relation == OFFER else (0, 1))
    )
