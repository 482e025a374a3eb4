"""How far an order has to be gone through, told by a sample: what lies behind is not looked at.

What is offered to somebody is read whole to be sorted by urgency or due date. If a condition takes
a look at other rows, most of that time goes into looks at tasks that no page shows. So the priority
or the date of some offers is read, here and there, and only what is more urgent than enough of them
is looked at. That is exact if the page gets full; else it is asked again without.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from procession.store.phrases import Phrase, join
from procession.store.repositories import task_offers as offers
from procession.store.repositories import task_sizes as sizes
from procession.store.repositories.task_conditions import Condition
from procession.store.store import Reader


class Bound:
    """An order, the column that leads it, and which values come first."""

    def __init__(self, column: str, sign: str, *, is_falling: bool) -> None:
        self.column = f"offer.{column}"
        self.passes = f"task.{column} {sign} ?"
        self.is_falling = is_falling


BY_PRIORITY: Final = Bound("priority", ">=", is_falling=True)
BY_DATE: Final = Bound("expires_at", "<=", is_falling=False)


def bound(
    reader: Reader,
    conditions: Sequence[Condition],
    start: Condition,
    between: sizes.Span,
    by: Bound,
    passes: Phrase | None,
    needed: float,
) -> tuple[Phrase, float] | None:
    """What tasks must be to be among the first that are needed, and about how many are."""
    if needed > between.tasks:
        return None
    apart = (between.last - between.first) // sizes.PLACES
    part = max(1, apart // sizes.SHARE)
    begins = [between.first + place * apart for place in range(sizes.PLACES)]
    question = join(
        " union all ",
        [
            offers.some_of(conditions, start, passes, by.column, range(first, first + part))
            for first in begins
        ],
    )
    values = [row[0] for row in reader.ask(question.text, question.values)]
    known: list[Any] = sorted((v for v in values if v is not None), reverse=by.is_falling)
    last = max(sizes.LEAST, int(sizes.ENOUGH * needed / sizes.SHARE))
    if 2 * last >= len(values) or last >= len(known):
        return None
    limit = known[last]
    among = sum(v >= limit if by.is_falling else v <= limit for v in known)
    return Phrase(by.passes, (limit,)), float(among * sizes.SHARE)
