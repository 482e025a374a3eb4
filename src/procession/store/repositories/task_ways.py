"""Which way a search among tasks goes: from a list, through what is offered, or by walking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from procession.store.phrases import Phrase
from procession.store.repositories import task_offers as offers
from procession.store.repositories import task_sizes as sizes
from procession.store.repositories.task_bounds import BY_DATE, BY_PRIORITY, bound
from procession.store.repositories.task_conditions import Condition
from procession.store.repositories.task_search import is_both
from procession.store.store import Reader

BY_ID: Final = "task.id"
BY_ID_DOWN: Final = "task.id desc"
BY_URGENCY: Final = "task.priority desc, task.created_at, task.id"
BY_DUE: Final = "task.expires_at, task.id"
"""Orders; that of work lists is by urgency (``reference/oneweb-rest-api.md`` 1.7)."""
INDEXES: Final = {
    BY_ID: "ix_task_open",
    BY_ID_DOWN: "ix_task_open",
    BY_URGENCY: "ix_task_urgency",
    BY_DUE: "ix_task_due",
}
BOUNDS: Final = {BY_URGENCY: BY_PRIORITY, BY_DUE: BY_DATE}
BY_NUMBER: Final = frozenset({BY_ID, BY_ID_DOWN})


class Way(msgspec.Struct, frozen=True):
    """How to begin: with a list, with what is offered, or (neither) by walking."""

    start: Condition | None = None
    is_offered: bool = False
    is_by_name: bool = False
    """The first of each name are enough."""
    sets: tuple[Condition, ...] = ()
    """Conditions whose checks are worth a set."""
    length: int = 0
    """Of the list, if that was counted to its end."""
    joins: tuple[Condition, ...] = ()
    """Conditions with lists that are read beside all that is offered."""
    told: tuple[Condition, ...] = ()
    """Conditions that hold for all that the list has."""
    is_state: bool = False
    """With all tasks of a state, by an index that knows what is narrow."""
    bound: Phrase | None = None
    """Only tasks so far in the order are looked at, which may be too few."""
    stretch: tuple[int, int, int] | None = None
    """The first and the last id, and in how many of them there is likely to be a page."""


def way_offered(conditions: Sequence[Condition]) -> Condition | None:
    """What is offered to somebody, if that is asked for."""
    if not any(one.is_open for one in conditions):
        return None
    offered = (one for one in conditions if any(each.singles for each in one.sources))
    return next(offered, None)


def begin(
    reader: Reader,
    conditions: Sequence[Condition],
    order: str,
    reach: int,
    passes: Phrase | None = None,
    *,
    is_bounded: bool = True,
) -> Way:
    """Where to begin if the first that fit are read.

    ``passes``: what the order has behind it, where it goes on. ``is_bounded``: as far as a sample
    tells that it has to be gone through.
    """
    if order not in INDEXES:
        return begin_all(reader, conditions, sorted_=True)
    start = way_offered(conditions)
    lengths = _lengths(reader, conditions, start)
    least = min(lengths, key=lengths.__getitem__, default=None)
    if least is not None and lengths[least] <= sizes.FEW:
        return Way(least)
    between = sizes.span(reader)
    if start is not None:
        way = _begin_offered(reader, start, lengths, between, order, reach)
        if is_bounded and order in BOUNDS and way.is_offered and not way.is_by_name:
            return _bounded(reader, start, lengths, between, order, reach, passes) or way
        return way
    tasks = between.tasks
    far = sizes.steps(tasks, tuple(lengths.values()), reach)
    # States that exclude what is asked for besides are found far behind where chance has them.
    odd = next((one for one in lengths if one.is_claimed), None) if len(lengths) > 1 else None
    if odd is not None:
        far = sizes.sampled(reader, odd, between)
    if least is not None and lengths[least] < min(sizes.START, far / sizes.LISTED):
        return Way(least, length=lengths[least])
    if odd is not None and _is_narrow(odd, lengths, far, tasks):
        return _begin_of_state(reader, odd, lengths, between)
    shared = _begin_shared(reader, lengths, between, reach)
    if shared is not None:
        return shared
    if odd is not None:
        return _begin_of_state(reader, odd, lengths, between)
    return Way(sets=_sets_beside(reader, lengths, tasks, reach))


def _begin_shared(
    reader: Reader, lengths: dict[Condition, int], between: sizes.Span, reach: int
) -> Way | None:
    """The same with what two conditions of process instances share, one of which has few.

    A walk would go as far, and look closely at each task that fits the other.
    """
    known = [one for one, many in lengths.items() if one.instances and many != sizes.LONG]
    large = [one for one, many in lengths.items() if one.instances and many == sizes.LONG]
    if not known or not large:
        return None
    few, mine = min(known, key=lengths.__getitem__), large[0]
    many = max(1, sizes.sampled(reader, mine, between))
    looked = reach * between.tasks / many
    others = [known for one, known in lengths.items() if one not in (few, mine)]
    walked = sizes.steps(between.tasks, others, looked * between.tasks / max(1, lengths[few]))
    if many > min(sizes.MOST_AMONG, (walked + sizes.LISTED * looked) / sizes.SHARED):
        return None
    return Way(is_both(mine, few), told=(mine, few))


def _is_narrow(odd: Condition, lengths: Mapping[Condition, int], many: float, tasks: int) -> bool:
    """Whether the index of a state, which is not long, leaves few to be looked at closely."""
    others = {one: known for one, known in lengths.items() if one is not odd}
    if many > sizes.MOST_OF_STATE or not any(one.is_narrow for one in others):
        return False
    light = [known for one, known in others.items() if one.weight == 1]
    return many / sizes.steps(tasks, light, 1) <= sizes.FEW


def _begin_of_state(
    reader: Reader, odd: Condition, lengths: dict[Condition, int], between: sizes.Span
) -> Way:
    """The same where a state is wanted that tasks seldom have which fit otherwise."""
    many = sizes.sampled(reader, odd, between)
    others = {one: known for one, known in lengths.items() if one is not odd}
    light = [known for one, known in others.items() if one.weight == 1]
    left = many / sizes.steps(between.tasks, light, 1)
    narrow = [known for one, known in others.items() if one.is_narrow]
    looked = many / sizes.steps(between.tasks, narrow, 1)
    sets = tuple(
        one
        for one, known in others.items()
        if sizes.worth_a_set(reader, one, looked if one.weight == 1 else left, known)
    )
    is_few = many <= sizes.MOST_OF_STATE * (4 if light else 1)
    return Way(odd, is_state=True, sets=sets) if is_few else Way(sets=sets)


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
    is_by_name = order in BY_NUMBER and offers.has_firsts((*lengths, start), start)
    if is_by_name and not looked:
        return Way(start, True, True)
    many, tasks = sizes.offered(reader, start, between), between.tasks
    least = min(lengths, key=lengths.__getitem__, default=None)
    if least is not None and sizes.is_shorter(lengths[least], many):
        return _begin_with_few(least, lengths[least], start)
    needed = sizes.steps(tasks, tuple(looked.values()), reach)
    if is_by_name and needed * 4 < many:
        stretch = None
        # Of a list that was not counted to its end too much might lie within a stretch.
        is_known = all(one.between and size != sizes.LONG for one, size in looked.items())
        if is_known and needed > sizes.SHORT / 2:
            narrow = sizes.steps(tasks, tuple(lengths.values()), reach) / needed
            ids = sizes.STRETCH * needed * narrow / many * (between.last - between.first)
            stretch = (between.first, between.last, int(ids) + 1)
        return Way(start, True, True, stretch=stretch)
    # What offers know may depend on whom they are for, so a walk could be far longer than chance.
    is_free = all(one.is_unclaimed for one in lengths)
    is_walked = is_free or looked or many > sizes.MOST_OFFERED
    if is_walked and sizes.steps(tasks, (*lengths.values(), many), reach) * 4 < many:
        return Way()
    told = [size for one, size in lengths.items() if one not in looked]
    rows = many / sizes.steps(tasks, told, 1)
    return Way(start, True, sets=_sets(reader, looked, rows))


def _begin_with_few(few: Condition, length: int, start: Condition) -> Way:
    """The same with a list that is shorter than what is offered, and mostly offered to others."""
    mine = offers.narrowed(few, start) if length > sizes.FEW else None
    return Way(few) if mine is None else Way(mine, told=(few,))


def _bounded(
    reader: Reader,
    start: Condition,
    lengths: dict[Condition, int],
    between: sizes.Span,
    order: str,
    reach: int,
    passes: Phrase | None,
) -> Way | None:
    """The same as far as the order has to be gone through, if a condition looks at other rows."""
    looked = {one: many for one, many in lengths.items() if offers.looks(one)}
    if not looked:
        return None
    needed = sizes.steps(between.tasks, tuple(lengths.values()), reach)
    found = bound(reader, (*lengths, start), start, between, BOUNDS[order], passes, needed)
    if found is None:
        return None
    passes, many = found
    return Way(start, True, sets=_sets(reader, looked, many), bound=passes)


def begin_all(reader: Reader, conditions: Sequence[Condition], *, sorted_: bool = False) -> Way:
    """Where to begin if all that fit are read; ``sorted_`` by what offers do not know."""
    start = way_offered(conditions)
    if start is not None and not sorted_:
        lengths = _lengths(reader, conditions, start)
        between = sizes.span(reader)
        many = sizes.offered(reader, start, between) if lengths else 0
        least = min(lengths, key=lengths.__getitem__, default=None)
        if least is not None and sizes.is_shorter(lengths[least], many):
            return _begin_with_few(least, lengths[least], start)
        looked = {one: size for one, size in lengths.items() if offers.looks(one)}
        told = [size for one, size in lengths.items() if one not in looked]
        many = round(many / sizes.steps(between.tasks, told, 1))
        sets = _sets(reader, looked, many)
        rest = [one for one, size in looked.items() if one not in sets and size == sizes.LONG]
        joins = tuple(one for one in rest if sizes.worth_a_join(reader, one, many))
        return Way(start, True, sets=sets, joins=joins)
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
    found = {}
    for one in others:
        if one.weight > 1 and one.samples:
            found[one] = sizes.heavy(reader, one)
        elif start is None or one.is_unclaimed or offers.looks(one):
            found[one] = sizes.capped(reader, one, sizes.START)
        else:
            found[one] = sizes.capped(reader, one, sizes.SAMPLE)
    return found


def _sets(reader: Reader, others: Mapping[Condition, int], rows: float) -> tuple[Condition, ...]:
    """Conditions that so many rows are checked for sooner by a set; those of a list never are.

    PostgreSQL would take a set for a reason to read all tasks and search the list for each.
    """
    return tuple(
        one for one, known in others.items() if sizes.worth_a_set(reader, one, rows, known)
    )


def _sets_beside(
    reader: Reader, lengths: Mapping[Condition, int], tasks: int, reach: int
) -> tuple[Condition, ...]:
    """The same in a walk: what is narrow is checked first, and what is heavy last."""
    found = []
    for one, known in lengths.items():
        before = [
            many
            for other, many in lengths.items()
            if not other.is_narrow and other.weight >= one.weight
        ]
        rows = sizes.steps(tasks, before, reach)
        found += [one] if sizes.worth_a_set(reader, one, rows, known) else []
    return tuple(found)
