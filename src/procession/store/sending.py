"""A batch under way to PostgreSQL, for an event loop that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import psycopg

from procession.errors import Occupied, StoreUnavailable
from procession.store.composing import compose, phases
from procession.store.lines import Line, fault
from procession.store.nearness import Nearness
from procession.store.trips import Asked, Rows, Trip
from procession.store.writing import Step, Writes, plan

_BEGIN: Final = ("begin", ())
_COMMIT: Final = ("commit", ())


class Drawing(NamedTuple):
    """What else a batch's transaction asks; ``took`` is told the answers."""

    asked: Sequence[Asked]
    took: Callable[[Sequence[Rows]], None]


def composed(steps: Sequence[Step], further: Sequence[Asked] = ()) -> Sequence[Asked]:
    """Steps as statements that are one transaction, and what it asks in the end."""
    asked = [compose(group) for group in phases(steps)]
    # A trip is a transaction by itself.
    return (*asked, *further) if len(asked) < 2 else (_BEGIN, *asked, *further, _COMMIT)


def set_out(line: Line, batch: Sequence[Writes], nearness: Nearness, drawing: Drawing) -> Sending:
    """Begin; raises :class:`procession.errors.Occupied` where somebody would have to wait."""
    work = plan(batch)
    if work.statements:
        raise Occupied
    asked = composed(work.steps, drawing.asked)
    sending = Sending(line.use(nearness), len(batch), drawing)
    sending.begin(asked)
    return sending


class Sending:
    """:class:`procession.store.store.Sent`; it holds the connection until it is over."""

    def __init__(self, use: Any, count: int, drawing: Drawing) -> None:
        self.file = -1
        self.outcomes: list[BaseException | None] | None = None
        self._use = use
        self._trip: Trip | None = None
        self._count = count
        self._drawing = drawing
        self._drawn = slice(0)

    def begin(self, asked: Sequence[Asked]) -> None:
        """Take the connection and send."""
        session = self._use.__enter__()
        drawing = self._drawing.asked
        if drawing:
            first = asked.index(drawing[0])
            self._drawn = slice(first, first + len(drawing))
        try:
            self.file = session.raw.fileno()
            self._trip = session.trips.set_out(asked)
        except psycopg.OperationalError as error:  # a part of it may have been sent, and done
            self.ended(error)
        except BaseException as error:
            self._use.__exit__(type(error), error, error.__traceback__)
            raise

    @property
    def is_waiting(self) -> bool:
        """Whether all is sent and only answers are waited for."""
        return self._trip is not None and self._trip.is_sent

    def advance(self) -> bool:
        """Take what has arrived, without waiting; whether it is over."""
        if self.outcomes is not None:
            return True
        try:
            if self._trip is not None and not self._took(self._trip.advance()):
                return False
        except Exception as error:
            self.ended(error)
        else:
            self.ended(None)
        return True

    def finish(self) -> None:
        """Wait until it is over."""
        try:
            if self._trip is not None:
                self._took(self._trip.finish())
        except Exception as error:
            self.ended(error)
        else:
            self.ended(None)

    def _took(self, rows: Sequence[Rows] | None) -> bool:
        if rows is None:
            return False
        if self._drawing.asked:
            self._drawing.took(rows[self._drawn])
        return True

    def ended(self, error: Exception | None) -> None:
        """Say what came of it. If the connection broke nobody knows, so it is not tried again."""
        self._use.__exit__(None, None, None)
        if error is None:
            self.outcomes = [None] * self._count
        elif isinstance(told := fault(error), StoreUnavailable):
            self.outcomes = [told] * self._count
