"""Reading connections of SQLite, each lent to one thread at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from math import inf
from typing import Any, Final

import msgspec
from sqlalchemy import Executable
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from procession.errors import StoreUnavailable
from procession.store.columns import one_by_one
from procession.store.composed import Composed
from procession.store.hot import HotRead, Spelling
from procession.store.patience import Patience
from procession.store.sqlite_faults import fault
from procession.store.store import Ahead, Question

_LIST: Final = "in (select value from json_each(?))"
_SPELLING: Final = Spelling("?", _LIST, _LIST, " indexed by #", "= ?", one_by_one)
_LOOK_UP: Final = 100_000
"""After so many of its own steps SQLite asks whether to go on; a millisecond or so."""


class SqliteReader:
    """A snapshot; lent to one thread at a time."""

    __slots__ = (
        "_composed",
        "_connection",
        "asked_more",
        "has_begun",
        "is_closed",
        "patience",
        "raw",
        "until",
    )

    def __init__(self, raw: sqlite3.Connection, composed: Composed, patience: Patience) -> None:
        self.patience = patience
        self.until = inf
        self.raw = raw
        self._composed = composed
        self._connection: Connection | None = None
        self.has_begun = False
        self.asked_more = self.is_closed = False
        self.raw.set_progress_handler(lambda: time.monotonic() > self.until, _LOOK_UP)

    def begin(self) -> sqlite3.Connection:
        """Fix the snapshot with the first question: many turns ask none."""
        if not self.has_begun:
            self.raw.execute("begin")
            self.has_begun = True
        return self.raw

    def end(self) -> None:
        """Let the snapshot go."""
        self.has_begun = False
        if self.raw.in_transaction:
            self.raw.execute("rollback")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self.raw.close()

    def execute(self, statement: Executable) -> Sequence[Any]:
        """All rows of a select, as named tuples."""
        try:
            if self._connection is None:
                self._connection = self._composed.over(self.raw)
            self.begin()
            return self._connection.execute(statement).all()
        except (DBAPIError, sqlite3.Error) as error:
            raise fault(error) from error

    def hot(self, name: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a prepared read."""
        return self._run(_SPELLING.named[name], parameters)

    def ahead(self, *questions: Question) -> None:
        """Nothing is gained by asking now what is going to be asked."""

    def set_out(self, *questions: Question, alone: bool = False) -> Ahead | None:
        """The same."""
        return None

    def keep(self, questions: Sequence[Question], answers: Sequence[Any]) -> None:
        """Nothing is kept."""

    def beside(self) -> AbstractContextManager[None]:
        """Two connections cannot be told to read the same snapshot."""
        return nullcontext()

    def ask(self, text: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a read in our own spelling, unless that takes too long."""
        self.until = time.monotonic() + self.patience.seconds
        try:
            return self._run(_SPELLING.of(text), parameters)
        except StoreUnavailable:
            if time.monotonic() < self.until:
                raise
            raise self.patience.lost() from None
        finally:
            self.until = inf

    def _run(self, read: HotRead, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        sql, values = read.sql, parameters
        try:
            if read.lists:
                values = list(parameters)
                given = [(place, list(values[place])) for place, _ in read.lists]
                if all(len(several) == 1 for _, several in given):
                    sql = read.each
                    for place, (one,) in given:
                        values[place] = one
                else:
                    for place, several in given:
                        values[place] = msgspec.json.encode(several).decode()
            return self.begin().execute(sql, values).fetchall()
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            raise fault(error) from error
