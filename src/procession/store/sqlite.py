"""SQLite: what is different here.

One file, WAL, ``synchronous=FULL``, one writing connection behind a lock, and reading connections
that are lent out one per thread. Rows of a table are inserted many to a statement, because each
statement that is stepped gives up and takes back the interpreter lock.

``sqlite://`` is a file too: a private one in the temporary directory, gone with the store and never
waited for. SQLite's own databases in memory either lock readers out while somebody writes or show
them what is not committed; this way the embedded default behaves as the served one.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Engine, Executable, create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from procession.errors import Conflict, Fault, InvalidValue, StoreFault, StoreUnavailable
from procession.store.contests import key_taken, lost
from procession.store.filelock import FileLock
from procession.store.hot import HotRead, Spelling
from procession.store.numbering import Blocks
from procession.store.reading import Readers, Reading
from procession.store.rows import JobRow
from procession.store.schema import prepare_schema
from procession.store.sqlite_file import connect
from procession.store.writing import WRITES, Plan, Step, Write, Writes, plan

BLOCK: Final = 1000
"""How many numbers are reserved at a time, and so lost at most by a crash."""
_SIZES: Final = (64, 16, 4, 1)
_LIST: Final = "in (select value from json_each(?))"
_SPELLING: Final = Spelling("?", _LIST, _LIST, " indexed by #")
_COLUMNS: Final = ", ".join(f'"{name}"' for name in JobRow.__struct_fields__)
_RESERVE: Final = (
    "insert into counter (name, value) values (?1, ?2)"
    " on conflict (name) do update set value = value + ?2 returning value"
)


def _texts(write: Write) -> tuple[str, ...]:
    """The SQL of a write; for inserts one text per size of :data:`_SIZES`."""
    if write.verb == "insert":
        columns = ", ".join(f'"{name}"' for name in write.values)
        row = "(" + ", ".join("?" * len(write.values)) + ")"
        head = f"insert into {write.table} ({columns}) values "  # noqa: S608
        return tuple(head + ", ".join([row] * size) for size in _SIZES)
    where = " and ".join(f'"{name}" = ?' for name in write.keys)
    if write.verb == "delete":
        return (f"delete from {write.table} where {where}",)  # noqa: S608
    values = ", ".join(f'"{name}" = ?' for name in write.values)
    return (f"update {write.table} set {values} where {where}",)  # noqa: S608


_UNUSABLE: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
"""Trouble with the file, not with what was asked."""

_SQL: Final = {write: _texts(write) for write in WRITES}


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary error code; -1 for an error of the Python module itself."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF if error.args else -1


def _fault(error: Exception) -> Fault:
    """A driver's error in our words."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, DBAPIError) and isinstance(error.orig, Exception):
        error = error.orig
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return InvalidValue("the database cannot hold a value: a text or number is out of range")
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict("a row that must be there once is there already; try again")
    if isinstance(error, sqlite3.Error) and _code(error) in _UNUSABLE:
        return StoreUnavailable(f"the database cannot be used now: {error}")
    return StoreFault(f"the database refused a statement: {error}")


class _Reader:
    """A snapshot; lent to one thread at a time."""

    __slots__ = ("connection", "has_begun", "raw")

    def __init__(self, engine: Engine) -> None:
        self.connection: Connection = engine.connect()
        self.raw: sqlite3.Connection = _raw(self.connection)
        self.has_begun = False

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

    def execute(self, statement: Executable) -> Sequence[Any]:
        """All rows of a select, as named tuples."""
        try:
            self.begin()
            return self.connection.execute(statement).all()
        except (DBAPIError, sqlite3.Error) as error:
            raise _fault(error) from error

    def hot(self, name: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a prepared read."""
        return self._run(_SPELLING.named[name], parameters)

    def ask(self, text: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a read in our own spelling."""
        return self._run(_SPELLING.of(text), parameters)

    def _run(self, read: HotRead, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        values = parameters
        try:
            if read.lists:
                values = list(parameters)
                for place, _ in read.lists:
                    values[place] = msgspec.json.encode(list(values[place])).decode()
            return self.begin().execute(read.sql, values).fetchall()
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            raise _fault(error) from error


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


class SqliteStore:
    """One SQLite database (:class:`procession.store.store.Store`)."""

    def __init__(
        self, url: str, path: str, *, create: bool = True, exclusive: bool = False
    ) -> None:
        self.url = url
        self._scratch: weakref.finalize[..., SqliteStore] | None = None
        if not path:
            folder = tempfile.mkdtemp(prefix="procession-")
            self._scratch = weakref.finalize(self, shutil.rmtree, folder, True)
            path = f"{folder}/memory.db"
        self._path = path
        if not create and not Path(path).exists():
            raise StoreUnavailable(f"there is no database at {path}")
        self._file_lock = FileLock(f"{path}.lock") if exclusive and not self._scratch else None
        self._write_lock = threading.Lock()
        self._idle: deque[_Reader] = deque()
        self._readers = Readers(self._take_reader, self._return_reader)
        self._is_open = True
        self._numbers = Blocks(self._reserve_now)
        with suppress(OSError):  # a new file is its owner's alone; SQLite gives its kin that mode
            Path(path).touch(0o600, exist_ok=False)
        try:
            self._engine = create_engine(
                "sqlite://", creator=self._connect, poolclass=NullPool, query_cache_size=1000
            )
            self._writer = self._engine.connect()
            self._raw = _raw(self._writer)
            self._raw.execute("pragma cache_size = -16000")
            with self._writing():
                prepare_schema(self._writer, create=create)
        except BaseException as error:
            if hasattr(self, "_writer"):
                self._writer.close()
            self._release()
            if isinstance(error, DBAPIError | sqlite3.Error):
                raise _fault(error) from error
            raise

    def _connect(self) -> sqlite3.Connection:
        return connect(self._path, is_durable=not self._scratch)

    def read(self) -> Reading[_Reader]:
        """A snapshot on a reading connection of this thread."""
        return self._readers.read()

    def _take_reader(self) -> _Reader:
        if not self._is_open:
            raise StoreUnavailable("the database is closed")
        try:
            reader = self._idle.pop() if self._idle else _Reader(self._engine)
        except IndexError:
            reader = _Reader(self._engine)
        return reader

    def _return_reader(self, reader: _Reader) -> None:
        reader.end()
        if self._is_open:
            self._idle.append(reader)
        else:
            reader.connection.close()

    def unit_of_work(self) -> Writes:
        """An empty one."""
        return Writes()

    def commit(self, batch: Sequence[Any]) -> list[BaseException | None]:
        """Write a batch in one transaction; see :meth:`procession.store.store.Store.commit`."""
        try:
            self._commit(batch)
        except Exception as error:
            told = _fault(error)
            if len(batch) == 1:
                return [key_taken(batch[0], told, _is_key(error))]
            if isinstance(told, StoreUnavailable):
                return [told] * len(batch)
        else:
            return [None] * len(batch)
        return [answer for unit in batch for answer in self.commit([unit])]

    def _commit(self, batch: Sequence[Writes]) -> None:
        work = plan(batch)
        low = self._numbers.low(BLOCK // 2)
        with self._writing():
            self._carry_out(work)
            blocks = {name: self._reserve(name, BLOCK) for name in low}
        self._numbers.add(blocks)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The writing connection in a transaction that is durable when the block ends."""
        with self._write_lock:
            if not self._is_open:
                raise StoreUnavailable("the database is closed")
            self._raw.execute("begin immediate")
            try:
                yield
                self._raw.execute("commit")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("rollback")
                raise

    def _carry_out(self, work: Plan) -> None:
        cursor = self._raw.cursor()
        for step in work.steps:
            if step.write.verb == "insert":
                _insert(cursor, step)
                continue
            (text,) = _SQL[step.write]
            if len(step.rows) == 1:
                cursor.execute(text, step.rows[0])
            else:
                cursor.executemany(text, step.rows)
            if step.write.guarded and cursor.rowcount != len(step.rows):
                raise lost(step.write)
        for statement, guard in work.statements:
            count = self._writer.execute(statement).rowcount
            if guard is not None and count != guard:
                raise Conflict("another turn changed the same thing first; try again")

    def next_ids(self, sequence: str, count: int) -> range:
        """Draw ascending numbers."""
        return self._numbers.draw(sequence, count)

    def _reserve(self, name: str, count: int) -> range:
        (last,) = self._raw.execute(_RESERVE, (name, count)).fetchone()
        return range(last - count + 1, last + 1)

    def _reserve_now(self, name: str, count: int) -> range:
        try:
            with self._writing():
                return self._reserve(name, max(count, BLOCK))
        except sqlite3.Error as error:
            raise _fault(error) from error

    def _give_back(self) -> None:
        """Nobody has drawn behind our last block: the next start goes on without a gap."""
        left = self._numbers.rest()
        if left:
            with self._writing():
                self._raw.executemany(
                    "update counter set value = ? where name = ? and value = ?",
                    [(block.start - 1, name, block.stop - 1) for name, block in left.items()],
                )

    def lease_jobs(
        self,
        worker: str,
        now: int,
        until: int,
        limit: int,
        *,
        state: str = "ready",
        topics: Iterable[str] | None = None,
    ) -> list[Any]:
        """Take due jobs that nobody holds, oldest first."""
        condition = "state = ? and due_at <= ? and (lease_until is null or lease_until <= ?)"
        values: list[Any] = [state, now, now]
        if topics is not None:
            condition += " and topic in (select value from json_each(?))"
            values.append(msgspec.json.encode(list(topics)).decode())
        chosen = f"select id from job where {condition} order by due_at, id limit ?"  # noqa: S608
        values.append(limit)
        try:
            with self._readers.fresh() as reader:
                if not reader.raw.execute(chosen, values).fetchone():
                    return []
            with self._writing():
                rows = self._raw.execute(
                    f"update job set lease_owner = ?, lease_until = ? where id in ({chosen})"  # noqa: S608
                    f" returning {_COLUMNS}",
                    (worker, until, *values),
                ).fetchall()
        except sqlite3.Error as error:
            raise _fault(error) from error
        jobs = [JobRow(*row) for row in rows]
        jobs.sort(key=lambda job: (job.due_at, job.id))
        return jobs

    def next_due(self, now: int) -> int | None:
        """When the next ready job is due or its lease runs out."""
        with self._readers.fresh() as reader:
            rows = reader.hot("next_due", (now, now))
        return rows[0][0]  # type: ignore[no-any-return]

    def notify(self, channel: str, payload: str) -> None:
        """Nobody to tell: one process serves a file."""

    def listen(self, heard: Callable[[str, str], None]) -> None:
        """Nobody tells."""

    def close(self) -> None:
        """Let go of the file. Readers that are still lent out close when they are given back."""
        if not self._is_open:
            return
        with suppress(Fault, sqlite3.Error):  # else the numbers are lost, as in a crash
            self._give_back()
        self._is_open = False
        while self._idle:
            self._idle.pop().connection.close()
        with self._write_lock:
            self._writer.close()
        self._release()

    def _release(self) -> None:
        self._is_open = False
        if self._file_lock:
            self._file_lock.release()
        if self._scratch:
            self._scratch()


def _insert(cursor: sqlite3.Cursor, step: Step) -> None:
    """Insert in as few statements as the sizes allow."""
    rows, texts = step.rows, _SQL[step.write]
    start, left = 0, len(rows)
    for size, text in zip(_SIZES, texts, strict=True):
        while left >= size:
            some = rows[start : start + size]
            cursor.execute(text, some[0] if size == 1 else tuple(chain.from_iterable(some)))
            start += size
            left -= size


def _is_key(error: BaseException) -> bool:
    return isinstance(error, sqlite3.IntegrityError) and "correlation_key" in str(error)
