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
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from procession.errors import Conflict, Fault, Occupied, StoreUnavailable
from procession.store.composed import Composed
from procession.store.contests import key_taken, lost
from procession.store.filelock import FileLock
from procession.store.numbering import SEQUENCES, Blocks
from procession.store.patience import Patience
from procession.store.reading import Readers, Reading
from procession.store.rows import JobRow
from procession.store.schema import is_present, prepare_schema
from procession.store.siblings import Gate, Siblings
from procession.store.sqlite_faults import fault, is_busy, is_key
from procession.store.sqlite_file import BUSY_MS, connect, in_memory
from procession.store.sqlite_reading import SqliteReader
from procession.store.sqlite_writing import row_text, rows_text
from procession.store.writing import Plan, Step, Writes, plan

BLOCK: Final = 1000
"""How many numbers are reserved at a time, and so lost at most by a crash."""
_SHARED_BLOCK: Final = 64
_A_MOMENT: Final = 3
"""Milliseconds that others wait for who does not wait; commands of the shell write no longer."""
_LOOK_AGAIN: Final = 0.001
_KEEP_AHEAD: Final = 1.0
"""Among siblings few numbers are reserved and not kept for long: those of all rise together."""
_SIZES: Final = (64, 16)
_LARGEST_OWN: Final = 8
"""Up to so many rows are one statement: what eight callers did together."""
_MANY: Final = ("insert", "put")
_COLUMNS: Final = ", ".join(f'"{name}"' for name in JobRow.__struct_fields__)
_RESERVE: Final = (
    "insert into counter (name, value) values (?1, ?2)"
    " on conflict (name) do update set value = value + ?2 returning value"
)


class AtOnce:
    """A batch that is written: :class:`procession.store.store.Sent`."""

    file = -1
    is_waiting = False

    def __init__(self, outcomes: list[BaseException | None]) -> None:
        self.outcomes = outcomes

    def advance(self) -> bool:
        """It is over."""
        return True

    def finish(self) -> None:
        """It is over."""


class SqliteStore:
    """One SQLite database (:class:`procession.store.store.Store`)."""

    is_near = True
    is_asked_by_trips = False

    def __init__(
        self,
        url: str,
        path: str,
        *,
        create: bool = True,
        exclusive: bool = False,
        siblings: Siblings | None = None,
    ) -> None:
        self.url = url
        self.is_shared = siblings is not None
        self.patience = Patience()
        self._scratch: weakref.finalize[..., SqliteStore] | None = None
        if not path:
            folder = tempfile.mkdtemp(prefix="procession-")
            self._scratch = weakref.finalize(self, shutil.rmtree, folder, True)
            path = f"{folder}/memory.db"
        self._path = path
        if not create and not Path(path).exists():
            raise StoreUnavailable(f"there is no database at {path}")
        is_claimed = self._scratch is not None or siblings is not None
        self._file_lock = FileLock(f"{path}.lock") if exclusive and not is_claimed else None
        self._siblings = siblings
        self._write_lock = siblings.gate(path) if siblings else threading.Lock()
        self._block = _SHARED_BLOCK if siblings else BLOCK
        self._drawn_at = dict.fromkeys(SEQUENCES, 0.0)
        self._composed = Composed("sqlite", in_memory)
        self._idle: deque[SqliteReader] = deque()
        self._readers = Readers(self._take_reader, self._return_reader)
        self._is_open = True
        self._numbers = Blocks(self._reserve_now)
        with suppress(OSError):  # a new file is its owner's alone; SQLite gives its kin that mode
            Path(path).touch(0o600, exist_ok=False)
        try:
            self._raw = self._connect()
            self._raw.execute("pragma cache_size = -16000")
            self._raw.execute("pragma busy_timeout = 0")  # whoever begins waits as he may
            if not self._is_present():
                with self._writing():
                    prepare_schema(self._writer, create=create)
        except BaseException as error:
            self._hang_up()
            self._release()
            if isinstance(error, DBAPIError | sqlite3.Error):
                raise fault(error) from error
            raise

    @cached_property
    def _writer(self) -> Connection:
        """What composed statements are written through."""
        return self._composed.over(self._raw)

    def _is_present(self) -> bool:
        try:
            return is_present(lambda text: self._raw.execute(text).fetchall())
        except sqlite3.Error:
            return False

    def _connect(self) -> sqlite3.Connection:
        return connect(self._path, is_durable=not self._scratch)

    def read(
        self, *, wait: bool = True, taken: SqliteReader | None = None
    ) -> Reading[SqliteReader]:
        """A snapshot on a reading connection of this thread."""
        return self._readers.read(taken=taken)

    def take_reader(self) -> SqliteReader:
        """A reading connection."""
        return self._take_reader()

    def _take_reader(self, wait: bool = True) -> SqliteReader:
        if not self._is_open:
            raise StoreUnavailable("the database is closed")
        if self._siblings:
            self._siblings.catch_up()
        try:
            reader = self._idle.pop() if self._idle else self._open_reader()
        except IndexError:
            reader = self._open_reader()
        return reader

    def _open_reader(self) -> SqliteReader:
        return SqliteReader(self._connect(), self._composed, self.patience)

    def _return_reader(self, reader: SqliteReader) -> None:
        reader.end()
        if self._is_open:
            self._idle.append(reader)
        else:
            reader.close()

    def unit_of_work(self) -> Writes:
        """An empty one."""
        return Writes()

    def commit(self, batch: Sequence[Any]) -> list[BaseException | None]:
        """Write a batch in one transaction; see :meth:`procession.store.store.Store.commit`."""
        return self._outcomes(batch, wait=True)

    def set_out(self, batch: Sequence[Any]) -> AtOnce:
        """Write a batch; see :meth:`procession.store.store.Store.set_out`."""
        return AtOnce(self._outcomes(batch, wait=False))

    def _outcomes(self, batch: Sequence[Any], *, wait: bool) -> list[BaseException | None]:
        try:
            self._commit(batch, wait)
        except Exception as error:
            told = fault(error)
            if len(batch) == 1:
                return [key_taken(batch[0], told, is_key(error))]
            if isinstance(told, StoreUnavailable):
                return [told] * len(batch)
        else:
            return [None] * len(batch)
        return [answer for unit in batch for answer in self.commit([unit])]

    def _commit(self, batch: Sequence[Writes], wait: bool) -> None:
        work = plan(batch)
        low = self._numbers.low(self._block // 2)  # who draws waits for the file, not we for him
        with self._writing(wait):
            self._carry_out(work)
            blocks = {name: self._reserve(name, self._block) for name in low}
        self._numbers.add(blocks)

    @contextmanager
    def _writing(self, wait: bool = True) -> Iterator[None]:
        """The writing connection in a transaction that is durable when the block ends."""
        until = time.monotonic() + (BUSY_MS if wait else _A_MOMENT) / 1000
        while True:
            with self._write_lock:
                if self._has_begun(wait, until):
                    try:
                        yield
                        self._raw.execute("commit")
                    except BaseException:
                        if self._raw.in_transaction:
                            self._raw.execute("rollback")
                        raise
                    return
            time.sleep(_LOOK_AGAIN)

    def _has_begun(self, wait: bool, until: float) -> bool:
        """Begin, unless another program is writing: who waits for it keeps nobody here waiting."""
        if not self._is_open:
            raise StoreUnavailable("the database is closed")
        try:
            self._raw.execute("begin immediate")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            if time.monotonic() < until:
                return False
            if wait:
                raise
            raise Occupied from error
        return True

    def _carry_out(self, work: Plan) -> None:
        cursor = self._raw.cursor()
        for step in work.steps:
            if step.write.verb in _MANY:
                _insert(cursor, step)
                continue
            text = row_text(step.write)
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

    def next_ids(self, sequence: str, count: int, *, wait: bool = True) -> range:
        """Draw ascending numbers."""
        if self._siblings:
            now = time.monotonic()
            if now - self._drawn_at[sequence] > _KEEP_AHEAD:
                self._numbers.forget(sequence)
            self._drawn_at[sequence] = now
        return self._numbers.draw(sequence, count, wait)

    def _reserve(self, name: str, count: int) -> range:
        (last,) = self._raw.execute(_RESERVE, (name, count)).fetchone()
        return range(last - count + 1, last + 1)

    def _reserve_now(self, name: str, count: int, wait: bool) -> dict[str, range]:
        try:
            with self._writing(wait):
                return {name: self._reserve(name, max(count, self._block))}
        except sqlite3.Error as error:
            raise fault(error) from error

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
            raise fault(error) from error
        jobs = [JobRow(*row) for row in rows]
        jobs.sort(key=lambda job: (job.due_at, job.id))
        return jobs

    def next_due(self, now: int) -> int | None:
        """When the next ready job is due or its lease runs out."""
        with self._readers.fresh() as reader:
            rows = reader.hot("next_due", (now, now))
        return rows[0][0]  # type: ignore[no-any-return]

    def notify(self, channel: str, payload: str) -> None:
        """Tell the siblings, if there are any."""
        if self._siblings:
            self._siblings.tell(channel, payload)

    def listen(self, heard: Callable[[str, str], None]) -> None:
        """Call back, on a thread of our own, with what siblings tell."""
        if self._siblings:
            self._siblings.listen(heard)

    def close(self) -> None:
        """Let go of the file. Readers that are still lent out close when they are given back."""
        if not self._is_open:
            return
        if self._siblings:
            self._siblings.close()
        with suppress(Fault, sqlite3.Error):  # else the numbers are lost, as in a crash
            self._give_back()
        self._is_open = False
        while self._idle:
            self._idle.pop().close()
        with self._write_lock:
            self._hang_up()
        self._release()

    def _hang_up(self) -> None:
        """Close the writing connection, what speaks through it first."""
        for name in ("_writer", "_raw"):
            if name in vars(self):
                vars(self)[name].close()

    def _release(self) -> None:
        self._is_open = False
        if isinstance(self._write_lock, Gate):
            self._write_lock.close()
        if self._file_lock:
            self._file_lock.release()
        if self._scratch:
            self._scratch()


def _insert(cursor: sqlite3.Cursor, step: Step) -> None:
    """Insert in as few statements as the sizes allow."""
    rows, start, left = step.rows, 0, len(step.rows)
    while left:
        size = left
        if left > _LARGEST_OWN:
            size = next((one for one in _SIZES if one <= left), _LARGEST_OWN)
        some = rows[start : start + size]
        values = some[0] if size == 1 else tuple(chain.from_iterable(some))
        cursor.execute(rows_text(step.write, size), values)
        start += size
        left -= size
