"""Connections to PostgreSQL that come back by themselves.

A :class:`Line` is one connection, used by one thread at a time and opened again when it was lost.
All are in autocommit; whoever needs a transaction says ``begin``.
"""

from __future__ import annotations

import select
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from procession.errors import (
    Conflict,
    Fault,
    InvalidValue,
    Occupied,
    StoreFault,
    StoreUnavailable,
)
from procession.store.arrays import Context
from procession.store.composed import Composed
from procession.store.nearness import Nearness
from procession.store.trips import Rows, Trips

Raw = psycopg.Connection[TupleRow]
_TOLD: Final = (psycopg.Error, DBAPIError, Fault)


def fault(error: Exception) -> Fault:
    """A driver's error in our words."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, Exception):
        error = error.orig
    match error:
        case Fault():
            return error
        case psycopg.errors.DivisionByZero():  # see composing.py
            return Conflict("another turn changed the same thing first; try again")
        case psycopg.errors.SerializationFailure() | psycopg.errors.DeadlockDetected():
            return Conflict("the database was too busy with the same rows; try again")
        case psycopg.IntegrityError():
            return Conflict("a row that must be there once is there already; try again")
        case psycopg.DataError() | UnicodeEncodeError() | OverflowError() | struct.error():
            return InvalidValue("the database cannot hold a value: text with NUL, or out of range")
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return StoreUnavailable(f"the database does not answer; try again ({_first(error)})")
        case _:
            return StoreFault(f"the database refused a statement: {type(error).__name__}")


def unwritten(error: Exception, raw: Raw) -> Fault:
    """Why something was not written; :class:`StoreUnavailable` where nobody knows whether it was.

    What the server refuses is undone, and so is what was left before the end. But where the answer
    was not taken, or the connection has not survived it, all of it may be durable.
    """
    told = fault(error)
    is_known = not raw.closed and isinstance(error, _TOLD)
    if is_known or isinstance(told, StoreUnavailable):
        return told
    return StoreUnavailable(
        "the database's answer was lost; look whether it was done before you try again"
    )


def _first(error: Exception) -> str:
    """The first line of what the driver says: host and port, without a password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _has_news(file: int) -> bool:
    """Whether there is something to read; ``select`` itself knows only the first 1024 files."""
    if sys.platform == "win32":
        return bool(select.select([file], [], [], 0)[0])
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


class Session:
    """An open connection: the driver's, trips for our own SQL, and SQLAlchemy's view of it."""

    __slots__ = ("_composed", "_connection", "raw", "trips")

    def __init__(self, raw: Raw, composed: Composed) -> None:
        self.raw = raw
        self.trips = Trips(raw, Context(raw))
        self._composed = composed
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """What statements that are composed go through; it is made for the first of them."""
        if self._connection is None:
            self._connection = self._composed.over(self.raw)
        return self._connection

    def run(self, text: str, parameters: Sequence[Any] = ()) -> Rows:
        """The rows of a statement of our own, with ``$1`` parameters."""
        return self.trips.ask(((text, parameters),))[0]

    def seconds_of_a_trip(self) -> float:
        """How long asking for nothing takes."""
        begun = time.perf_counter()
        self.run("select 1")
        return time.perf_counter() - begun

    def say(self, command: bytes) -> None:
        """A command without parameters or rows, the quick way."""
        result = self.raw.pgconn.exec_(command)
        if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)

    @property
    def is_quiet(self) -> bool:
        """Whether it can be used without asking the server."""
        return not (self.raw.closed or self.raw.broken or _has_news(self.raw.fileno()))

    @property
    def is_usable(self) -> bool:
        """Whether the server has not hung up (an idle connection has nothing to say)."""
        if self.raw.closed or self.raw.broken:
            return False
        try:
            self.trips.settle()
        except psycopg.Error:
            return False
        return not _has_news(self.raw.fileno()) or not self._has_hung_up()

    def _has_hung_up(self) -> bool:
        try:
            self.say(b"set application_name = 'procession'")
        except psycopg.Error:
            return True
        return False

    @property
    def is_whole(self) -> bool:
        """Whether the connection stands, outside of any transaction."""
        if self.raw.closed or self.raw.broken:
            return False
        return self.raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE

    def let_go(self) -> bool:
        """End the transaction without waiting for it; whether the session can be used again."""
        if self.raw.closed or self.raw.broken:
            return False
        if self.raw.info.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
            return False
        try:
            self.trips.leave(b"rollback")
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self.raw.close()


class Line:
    """One connection behind a lock."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open = open_session
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._is_closed = False

    @contextmanager
    def use(self, hurry: Nearness | None = None) -> Iterator[Session]:
        """The session for one thread; anything left open is rolled back.

        For an event loop, who hurries, only if it is there and nobody uses it: raises
        :class:`procession.errors.Occupied` else.
        """
        if not self._lock.acquire(blocking=hurry is None):
            raise Occupied
        try:
            if hurry is not None and not (self._session and self._session.is_quiet):
                raise Occupied
            if self._is_closed:
                raise StoreUnavailable("the database is closed")
            if self._session is not None and not self._session.is_usable:
                self._session.close()
                self._session = None
            if self._session is None:
                try:
                    self._session = self._open()
                except (psycopg.Error, DBAPIError) as error:
                    raise fault(error) from error
            session = self._session
            session.trips.hurry = hurry
            try:
                yield session
            finally:
                session.trips.hurry = None
                settle(session)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close for good."""
        with self._lock:
            self._is_closed = True
            if self._session is not None:
                self._session.close()
                self._session = None


def settle(session: Session) -> bool:
    """End a transaction that was left open; whether the session can be used again."""
    if session.raw.closed or session.raw.broken:
        return False
    if session.raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        try:
            session.say(b"rollback")
        except psycopg.Error:
            return False
    return True
