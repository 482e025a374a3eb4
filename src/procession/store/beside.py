"""A second connection to PostgreSQL that reads the snapshot of the first, side by side with it.

One process of the server answers one question at a time, on one processor. What has to read much,
and can be asked in halves, is answered by two in half the time. Who reads beside others asks alone:
the processors have enough to do, and halves are a little more work than a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from procession.errors import Fault
from procession.store.trips import Rows

if TYPE_CHECKING:
    from procession.store.postgresql_reading import PostgresqlReader, Search


class Beside:
    """The second connection (:class:`procession.store.store.Beside`)."""

    __slots__ = ("_reader", "_search")

    def __init__(self, reader: PostgresqlReader) -> None:
        self._reader = reader
        self._search: Search | None = None

    def set_out(self, text: str, parameters: Sequence[Any]) -> None:
        """Send a read in our own spelling; one at a time."""
        self._search = self._reader.search(text, parameters)

    def rows(self) -> Rows:
        """Its rows, for which this waits."""
        assert self._search is not None
        return self._search.rows()


class Lending:
    """Lends the second connection to readers of one store; ``busy``: how many there are now."""

    __slots__ = ("_busy", "_give_back", "_only", "_take")

    def __init__(
        self,
        take: Callable[[], PostgresqlReader],
        give_back: Callable[[PostgresqlReader], None],
        busy: Callable[[], int],
    ) -> None:
        self._take = take
        self._give_back = give_back
        self._busy = busy
        self._only = threading.Lock()

    @contextmanager
    def beside(self, reader: PostgresqlReader) -> Iterator[Beside | None]:
        """A block with a connection beside a reader's, or none if others read or it is not had."""
        if reader.is_hurried or self._busy() > 1 or not self._only.acquire(blocking=False):
            yield None
            return
        other: PostgresqlReader | None = None
        try:
            other = self._following(reader.snapshot())
            yield None if other is None else Beside(other)
        finally:
            if other is not None:
                self._give_back(other)
            self._only.release()

    def _following(self, snapshot: str) -> PostgresqlReader | None:
        try:
            other = self._take()
        except Fault:
            return None
        if other.follow(snapshot):
            return other
        self._give_back(other)
        return None
