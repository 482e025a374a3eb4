"""A batch under way to PostgreSQL, for an event loop that goes on meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from procession.errors import Occupied, StoreUnavailable
from procession.store.composing import compose, phases
from procession.store.lines import Line, fault
from procession.store.nearness import Nearness
from procession.store.trips import Asked, Trip
from procession.store.writing import Step, Writes, plan

_BEGIN: Final = ("begin", ())
_COMMIT: Final = ("commit", ())


def composed(steps: Sequence[Step]) -> Sequence[Asked]:
    """Steps as statements that are one transaction."""
    asked = [compose(group) for group in phases(steps)]
    return asked if len(asked) < 2 else (_BEGIN, *asked, _COMMIT)


def set_out(line: Line, batch: Sequence[Writes], nearness: Nearness) -> Sending:
    """Begin; raises :class:`procession.errors.Occupied` where somebody would have to wait."""
    work = plan(batch)
    if work.statements:
        raise Occupied
    asked = composed(work.steps)
    use = line.use(nearness)
    session = use.__enter__()
    try:
        file = session.raw.fileno()
        return Sending(use, file, session.trips.set_out(asked), len(batch))
    except psycopg.OperationalError as error:  # a part of it may have been sent, and done
        broken = Sending(use, -1, None, len(batch))
        broken.ended(error)
        return broken
    except BaseException as error:
        use.__exit__(type(error), error, error.__traceback__)
        raise


class Sending:
    """:class:`procession.store.store.Sent`; it holds the connection until it is over."""

    def __init__(self, use: Any, file: int, trip: Trip | None, count: int) -> None:
        self.file = file
        self.outcomes: list[BaseException | None] | None = None
        self._use = use
        self._trip = trip
        self._count = count

    @property
    def is_waiting(self) -> bool:
        """Whether all is sent and only answers are waited for."""
        return self._trip is not None and self._trip.is_sent

    def advance(self) -> bool:
        """Take what has arrived, without waiting; whether it is over."""
        if self.outcomes is not None:
            return True
        try:
            if self._trip is not None and self._trip.advance() is None:
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
                self._trip.finish()
        except Exception as error:
            self.ended(error)
        else:
            self.ended(None)

    def ended(self, error: Exception | None) -> None:
        """Say what came of it. If the connection broke nobody knows, so it is not tried again."""
        self._use.__exit__(None, None, None)
        if error is None:
            self.outcomes = [None] * self._count
        elif isinstance(told := fault(error), StoreUnavailable):
            self.outcomes = [told] * self._count
