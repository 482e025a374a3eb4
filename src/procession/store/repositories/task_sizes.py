"""How long lists are, and how far a walk would go: what a search decides by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from procession.store.columns import OPEN
from procession.store.phrases import Phrase, join
from procession.store.repositories.task_conditions import Condition
from procession.store.store import Reader

FEW: Final = 100
"""A list so short that no other needs to be looked at."""
SHORT: Final = 1_000
"""A list that is sorted and counted in one question."""
START: Final = 16_000
"""Lists up to this length may be worth starting from, where walking is the other way."""
BOUNDS: Final = (START, 4 * START, 16 * START)
"""The same where every task that fits is read anyway, to be counted or sorted: tried in turn."""
MOST_HEAVY: Final = START // 2
"""The same for lists of which each id takes several look-ups."""
LONG: Final = 2**62
PAGES: Final = 2
"""A list of more than so many pages is checked in portions, of which the first may be enough."""
PORTION: Final = 50
"""The first portion has at least so many ids, each further one four times as many."""
SLICES: Final = 64
SAMPLE: Final = 4_000
"""What offers know of themselves is counted so far: is it a list to begin with instead?"""
MOST_OFFERED: Final = 12 * START
"""More than these are not all looked at where a walk may do."""
LISTED: Final = 32
"""To look a listed id up takes as long as so many steps of a walk."""
SHARED: Final = 1.5
"""To look whether an instance is among those of another list takes so many steps of a walk."""
MOST_OF_STATE: Final = 4 * START
"""Up to so many tasks of a claimed state are all looked at."""
TIMES_SHORTER: Final = 10
"""So much shorter than what is offered is a list to begin with: each id of it is looked up."""
MOST_AMONG: Final = 20 * START
"""Sets are gathered up to this size."""
CHECKED: Final = 4
"""So many entries of a list are gathered into a set in the time of a look-up."""
JOINED: Final = 12
"""So many entries of a list are read in the time of a look-up."""
PLACES: Final = 8
"""Where an order is sampled (``task_bounds.py``), spread over all ids."""
SHARE: Final = 64
"""All places together are that part of the ids."""
ENOUGH: Final = 2
"""So many times as many as are likely to be needed are looked at."""
LEAST: Final = 12
"""With fewer of the sample among them it would be chance."""
STRETCH: Final = 1.25
"""So many times as many as are likely to hold a page are looked at first, by their ids."""
STRETCHES: Final = 2
"""After so many of them the rest is looked at in order."""
IDS_PER_TASK: Final = 3
"""About so many ids are given out for each task: to its instance and its work item, too."""


def length(reader: Reader, condition: Condition, bound: int) -> int:
    """How many ids are listed; those beyond the bound do not matter."""
    if not condition.lists:
        return 0
    listed = join(" union all ", condition.sizes or condition.lists)
    ids = listed.within("select count(*) from (", " limit ?) as listed")
    return int(reader.ask(ids.text, (*ids.values, bound))[0][0])


def capped(reader: Reader, condition: Condition, bound: int) -> int:
    """The same, and :data:`LONG` for a list of that length or longer."""
    many = length(reader, condition, bound)
    return many if many < bound else LONG


def heavy(reader: Reader, condition: Condition) -> int:
    """The same where many lists are one after the other: what is long is estimated sooner."""
    many = capped(reader, condition, min(START, SAMPLE))
    if many == LONG:
        many = max(SAMPLE, sampled(reader, condition, span(reader)))
    return many if many < MOST_HEAVY else LONG


def shortest(reader: Reader, conditions: Sequence[Condition], bound: int) -> Condition | None:
    """The condition with the shortest list, if that is shorter than the bound."""
    least, start = bound, None
    for one in conditions:
        if least > FEW and not one.is_all_open:
            many = length(reader, one, least)
            if many < least:
                least, start = many, one
    return start


class Span(msgspec.Struct, frozen=True):
    """The ids of the first and the last open task."""

    first: int
    last: int

    @property
    def tasks(self) -> int:
        """About how many open tasks there are."""
        return max(1, (self.last - self.first) // IDS_PER_TASK)

    @property
    def newest(self) -> int:
        """Where the last of the slices begins."""
        return self.last - (self.last - self.first) // SLICES


def span(reader: Reader) -> Span:
    """Between which ids the open tasks are."""
    ends = " union all ".join(
        f"select {end}(task.id) from task @ix_task_open where task.{OPEN}"  # noqa: S608 - constants
        for end in ("min", "max")
    )
    first, last = (row[0] or 0 for row in reader.ask(ends, ()))
    return Span(first, last)


def offered(reader: Reader, start: Condition, between: Span) -> int:
    """About how many tasks are offered: as many as among the newest, so many times."""
    rows = [
        one.where.within("select offer.task_id from task_person offer where ", _NEWEST)
        for one in start.sources
        if one.singles
    ]
    return _estimated(reader, rows, between)


def sampled(reader: Reader, one: Condition, between: Span) -> int:
    """About how long a list is."""
    return _estimated(reader, one.samples, between)


_NEWEST: Final = " and offer.is_open in (1, 2) and offer.task_id >= ?"


def _estimated(reader: Reader, rows: Sequence[Phrase], between: Span) -> int:
    newest = join(" union all ", [one.then("", between.newest) for one in rows])
    counted = newest.within("select count(*) from (", ") as newest")
    return SLICES * int(reader.ask(counted.text, counted.values)[0][0])


def is_shorter(listed: int, offered: int) -> bool:
    """Whether a list is the better beginning than all that is offered."""
    return max(1, listed) * TIMES_SHORTER <= offered


def steps(tasks: int, lengths: Sequence[int], reach: float) -> float:
    """How many tasks a walk passes until so many fit, if nothing depends on anything else."""
    passed = float(reach)
    for many in lengths:
        passed *= max(1.0, tasks / likely(many, tasks))
    return passed


def likely(many: int, tasks: float) -> float:
    """How long a list is that may not have been counted to its end: then between that and all."""
    return max(1.0, (START * tasks) ** 0.5 if many >= START else many)


def worth_a_set(reader: Reader, one: Condition, rows: float, known: int = LONG) -> bool:
    """Whether so many rows are checked by a set gathered once sooner than one by one.

    ``known``: how long its list is, if that has been counted.
    """
    if one.among is None or not one.lists:
        return False
    bound = int(min(MOST_AMONG, rows * one.weight * CHECKED))
    if bound <= FEW or known != LONG:
        return known <= bound and bound > FEW
    if one.samples:
        return _estimated(reader, one.samples, span(reader)) <= bound
    return length(reader, one, bound + 1) <= bound


def worth_a_join(reader: Reader, one: Condition, rows: int) -> bool:
    """Whether a list that is no set is read beside so many rows sooner than looked up for each."""
    if one.joined is None or rows <= SHORT:
        return False
    return _estimated(reader, one.samples, span(reader)) <= rows * JOINED
