"""Counting what is offered in halves, side by side, where a long list is read beside it.

A value that a quarter of all tasks have is a list of some hundred thousand: to read it, and the
offers in the order of it, is all that such a count does. Both can be cut at a number of the tasks
or their process instances, so two connections to the same snapshot read a half each.
"""

from __future__ import annotations

from collections.abc import Sequence

from procession.store.phrases import Phrase
from procession.store.repositories import task_offers as offers
from procession.store.repositories import task_sizes as sizes
from procession.store.repositories.task_conditions import Condition, Half
from procession.store.repositories.task_ways import Way
from procession.store.store import Reader


def counted_offers(reader: Reader, conditions: Sequence[Condition], way: Way) -> int:
    """How many tasks a way through what is offered finds."""
    if not way.joins:
        return _number(reader, _counted(conditions, way))
    with reader.beside() as other:
        if other is None:
            return _number(reader, _counted(conditions, way))
        first, second = _halves(reader, way)
        later = _counted(conditions, way, second)
        other.set_out(later.text, later.values)
        return _number(reader, _counted(conditions, way, first)) + int(other.rows()[0][0])


def _halves(reader: Reader, way: Way) -> tuple[Half, Half]:
    """Every task with what the first list goes by is in one of them; others have no value there.

    Ids of tasks and of instances come from the same row of numbers.
    """
    joined = way.joins[0].joined
    assert joined is not None
    between = sizes.span(reader)
    middle = (between.first + between.last) // 2
    return Half(joined.of_task, "<", middle), Half(joined.of_task, ">=", middle)


def _counted(conditions: Sequence[Condition], way: Way, half: Half | None = None) -> Phrase:
    assert way.start is not None
    return offers.counted(conditions, way.start, way.sets, way.joins, half)


def _number(reader: Reader, question: Phrase) -> int:
    return int(reader.ask(question.text, question.values)[0][0])
