"""A batch under way to PostgreSQL, for an event loop that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

import psycopg

from procession.errors import Occupied, StoreUnavailable
from procession.store.composing import compose, phases
from procession.store.lines import Line, Session, unwritten
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

    def __init__(self, use: AbstractContextManager[Session], count: int, drawing: Drawing) -> None:
        self.outcomes: list[BaseException | None] | None = None
        self._use = use
        self._session = use.__enter__()
        self.file = self._session.raw.fileno()
        self._trip: Trip | None = None
        self._count = count
        self._drawing = drawing
        self._drawn = slice(0)

    def begin(self, asked: Sequence[Asked]) -> None:
        """Send."""
        drawing = self._drawing.asked
        if drawing:
            first = asked.index(drawing[0])
            self._drawn = slice(first, first + len(drawing))
        try:
            self._trip = self._session.trips.set_out(asked)
        except psycopg.OperationalError as error:
            self.ended(error)
        except BaseException as error:
            if isinstance(error, Exception) and self._session.raw.closed:
                self.ended(error)
            else:  # nothing was sent
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
        """Wait until it is over, on a thread that may."""
        try:
            if self._trip is not None:
                self._session.trips.hurry = None
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
        """Say what came of it. If nobody knows it is not tried again."""
        told = None if error is None else unwritten(error, self._session.raw)
        self._use.__exit__(None, None, None)
        if error is None:
            self.outcomes = [None] * self._count
        elif isinstance(told, StoreUnavailable):
            self.outcomes = [told] * self._count
