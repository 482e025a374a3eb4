"""Reading connections of PostgreSQL, each lent to one thread at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import psycopg
from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError

from procession.errors import Occupied
from procession.store.arrays import Numbers, Texts
from procession.store.beside import Beside, Lending
from procession.store.hot import TIMELESS, HotRead, Spelling
from procession.store.lines import Session, fault
from procession.store.patience import Patience
from procession.store.store import Question
from procession.store.trips import Asked, Rows, Trip

ERRORS: Final = (psycopg.Error, DBAPIError, UnicodeEncodeError)
READER: Final = (
    "set enable_hashjoin = off",
    "set enable_mergejoin = off",
    "set enable_seqscan = off",
    "set max_parallel_workers_per_gather = 0",
    "set jit = off",
    "set work_mem = '64MB'",
    "set plan_cache_mode = force_generic_plan",
    "set default_transaction_isolation = 'repeatable read'",
    "set default_transaction_read_only = on",
)
"""Reads are written to go from index to index. Joining whole tables, other processes and compiled
plans are for reads of millions of rows; a wrong guess at how many there are costs a second. A set
that is guessed not to fit the memory would be read anew for every row. A trip without ``begin`` is
a transaction by itself, and so has one snapshot too.
"""
_PLANNING: Final = (
    "select set_config('plan_cache_mode', $1, true), set_config('enable_mergejoin', $2, true),"
    " set_config('enable_seqscan', $3, true)"
)
_NAMED: Final = ("force_generic_plan", "off", "off")
_FREE: Final = ("auto", "off", "on")
_MERGING: Final = ("force_custom_plan", "on", "on")
"""How reads are planned. Named ones go by number or name, so the plan never depends on the values;
the server would plan those anew each time whose values look rare, which takes longer than reading.
Nor do they depend on how few rows there were when they were planned: they always take an index.
For a search, and more so for one that says it may merge, the values tell how long its lists are.
"""
_BEGIN_READ: Final = "begin isolation level repeatable read read only"
_FOLLOW: Final = "set transaction snapshot"
SPELLING: Final = Spelling("$#", "= any($#::bigint[])", "= any($#::text[])", "", "= $#")


class PostgresqlReader:
    """A snapshot; lent to one thread at a time. It is taken with the first question."""

    __slots__ = (
        "_ahead",
        "_has_set_out",
        "_lending",
        "_planned",
        "asked_more",
        "has_begun",
        "is_closed",
        "patience",
        "session",
    )

    def __init__(self, session: Session, patience: Patience, lending: Lending) -> None:
        self._lending = lending
        self.session = session
        self.patience = patience
        self.has_begun = False
        self.asked_more = self.is_closed = False
        self._has_set_out = False
        self._planned = _NAMED
        self._ahead: dict[str, list[tuple[Sequence[Any], Rows]]] = {}

    def execute(self, statement: Executable) -> Sequence[Any]:
        """All rows of a select, as named tuples."""
        self._ask((), _FREE)
        try:
            return self.session.connection.execute(statement).all()
        except ERRORS as error:
            raise fault(error) from error

    def hot(self, name: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a prepared read."""
        known = self._known(name, parameters)
        if known is not None:
            return known
        asked = (_worded(SPELLING.named[name], parameters),)
        if name in TIMELESS and self._is_over:
            return self._answers(asked)[0]
        return self._ask(asked)[0]

    def ahead(self, *questions: Question) -> None:
        """Ask in one trip what is going to be asked; it is then at hand."""
        new = self._unknown(questions)
        if new:
            self.keep(new, self._ask([_worded(SPELLING.named[name], one) for name, one in new]))

    def set_out(self, *questions: Question, alone: bool = False) -> Ahead | None:
        """The same for an event loop; see :class:`procession.store.store.LoopReader`."""
        new = self._unknown(questions)
        if not new:
            return None
        asked = [_worded(SPELLING.named[name], one) for name, one in new]
        is_first = not (self.has_begun or self._has_set_out)
        before = [] if alone and is_first else self._before(_NAMED)
        self._has_set_out = True
        try:
            trip = self.session.trips.set_out((*before, *asked))
        except ERRORS as error:
            raise fault(error) from error
        return Ahead(self, trip, new, len(before))

    def keep(self, questions: Sequence[Question], answers: Sequence[Rows]) -> None:
        """Have answers at hand."""
        for (name, values), rows in zip(questions, answers, strict=True):
            self._ahead.setdefault(name, []).append((values, rows))

    @property
    def _is_over(self) -> bool:
        """Whether nothing may be asked beyond what was set out."""
        return self._has_set_out and (self.is_closed or not self.has_begun)

    def _unknown(self, questions: Sequence[Question]) -> list[Question]:
        return [one for one in questions if self._known(*one) is None]

    def _known(self, name: str, parameters: Sequence[Any]) -> Rows | None:
        for asked, rows in self._ahead.get(name, ()):
            if asked == parameters:
                return rows
        return None

    def ask(self, text: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a read in our own spelling."""
        read = SPELLING.of(text)
        return self._ask((_worded(read, parameters),), _MERGING if read.is_merging else _FREE)[0]

    def beside(self) -> AbstractContextManager[Beside | None]:
        """A second connection that reads this snapshot, if there is one."""
        return self._lending.beside(self)

    @property
    def is_hurried(self) -> bool:
        """Whether an event loop waits for the answers."""
        return self.session.trips.hurry is not None

    def snapshot(self) -> str:
        """The name under which another connection finds this snapshot while it lasts."""
        found = self._ask((("select pg_export_snapshot()", ()),), self._planned)
        return str(found[0][0][0])

    def follow(self, snapshot: str) -> bool:
        """Begin with the snapshot of another; whether that is possible."""
        try:
            self.session.trips.leave(f"{_BEGIN_READ}; {_FOLLOW} '{snapshot}'".encode())
            self.session.trips.settle()
        except psycopg.Error:
            self.session.close()
            return False
        self.has_begun = True
        return True

    def search(self, text: str, parameters: Sequence[Any]) -> Search:
        """Send a read in our own spelling, whose answer is taken later."""
        read = SPELLING.of(text)
        before = self._before(_MERGING if read.is_merging else _FREE)
        try:
            trip = self.session.trips.set_out((*before, _worded(read, parameters)))
        except ERRORS as error:
            raise fault(error) from error
        return Search(trip, self.patience)

    def end(self) -> bool:
        """Let the snapshot go; whether the session can be used again."""
        self._ahead.clear()
        self._planned = _NAMED
        self._has_set_out = self.asked_more = self.is_closed = False
        has_begun, self.has_begun = self.has_begun, False
        return self.session.let_go() if has_begun else self.session.is_whole

    def _ask(self, asked: Sequence[Asked], planned: tuple[str, str, str] = _NAMED) -> list[Rows]:
        before = self._before(planned)
        if not (before or asked):
            return []
        return self._answers((*before, *asked))[len(before) :]

    def _answers(self, asked: Sequence[Asked]) -> list[Rows]:
        try:
            return self.session.trips.ask(asked)
        except psycopg.errors.QueryCanceled:
            raise self.patience.lost() from None
        except ERRORS as error:
            raise fault(error) from error

    def _before(self, planned: tuple[str, str, str]) -> list[Asked]:
        """What has to be said first."""
        if self._has_set_out:
            self.asked_more = True
            if self._is_over:
                raise Occupied
        before: list[Asked] = []
        if not self.has_begun:
            before.append((_BEGIN_READ, ()))
        if planned != self._planned:
            before.append((_PLANNING, planned))
        self.has_begun, self._planned = True, planned
        return before


class Search:
    """A read under way."""

    __slots__ = ("_patience", "_trip")

    def __init__(self, trip: Trip, patience: Patience) -> None:
        self._trip = trip
        self._patience = patience

    def rows(self) -> Rows:
        """Wait for its rows."""
        try:
            return self._trip.finish()[-1]
        except psycopg.errors.QueryCanceled:
            raise self._patience.lost() from None
        except ERRORS as error:
            raise fault(error) from error


class Ahead:
    """Questions under way (:class:`procession.store.store.Ahead`)."""

    __slots__ = ("_questions", "_reader", "_skipped", "_trip", "file")

    def __init__(
        self, reader: PostgresqlReader, trip: Trip, questions: list[Question], skipped: int
    ) -> None:
        self.file = reader.session.raw.fileno()
        self._reader = reader
        self._trip = trip
        self._questions = questions
        self._skipped = skipped

    @property
    def is_waiting(self) -> bool:
        """Whether all is sent and only answers are waited for."""
        return self._trip.is_sent

    def advance(self) -> bool:
        """Take what has arrived, without waiting; whether the answers are at hand."""
        try:
            rows = self._trip.advance()
        except ERRORS as error:
            raise fault(error) from error
        if rows is None:
            return False
        self._reader.keep(self._questions, rows[self._skipped :])
        return True


def _worded(read: HotRead, parameters: Sequence[Any]) -> Asked:
    """A read and its parameters; lists of one are plain ones, whose plan is kept."""
    if not read.lists:
        return read.sql, parameters
    values = list(parameters)
    given = [(place, is_texts, list(values[place])) for place, is_texts in read.lists]
    if all(len(several) == 1 for _, _, several in given):
        for place, _, several in given:
            values[place] = several[0]
        return read.each, values
    for place, is_texts, several in given:
        values[place] = Texts(several) if is_texts else Numbers(several)
    return read.sql, values
