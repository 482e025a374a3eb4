"""PostgreSQL: what is different here.

A batch is one statement (``composing.py``) on the writing connection, whose planner is
kept from joining its rows to whole tables. Reads run on connections of their own, one per thread
that reads, in a read-only snapshot. Numbers, leases and notifications have a third connection, so
that they never wait for a batch. Any number of nodes may work on one database: versions decide.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from procession.errors import Conflict, Fault, Occupied, StoreUnavailable
from procession.store.arrays import Texts
from procession.store.beside import Lending
from procession.store.composed import Composed
from procession.store.composing import compose, phases
from procession.store.contests import key_taken
from procession.store.lines import Line, Session, fault, unwritten
from procession.store.listening import Listener
from procession.store.nearness import Nearness
from procession.store.numbering import SEQUENCES, Blocks
from procession.store.patience import Patience
from procession.store.postgresql_reading import ERRORS, READER, PostgresqlReader
from procession.store.reading import Readers, Reading
from procession.store.rows import JobRow
from procession.store.schema import is_present, prepare_schema
from procession.store.sending import Drawing, Sending, composed, set_out
from procession.store.trips import Rows
from procession.store.writing import Plan, Writes, plan

_LOST_RACES: Final = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_TRIES: Final = 4
_FASTER: Final = 8
_SLOWER: Final = 2
_MOST_AHEAD: Final = 64
_KEEP_AHEAD: Final = 1.0
_SCHEMA_LOCK: Final = 0x70726F63
_WRITER: Final = (
    "set enable_hashjoin = off",
    "set enable_mergejoin = off",
    "set enable_seqscan = off",
    "set plan_cache_mode = force_generic_plan",
)
_BEGIN: Final = ("begin", ())
_DRAW: Final = {
    name: f"select nextval('{name}_seq') from generate_series(1, $1)"  # noqa: S608
    for name in SEQUENCES
}
_COLUMNS: Final = ", ".join(f'j."{name}"' for name in JobRow.__struct_fields__)


@lru_cache(8)
def address_of(url: str) -> str:
    """What the driver is given; nodes find it worked out by the process that split them off."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return make_conninfo(address, application_name="procession")
    except psycopg.Error as error:
        raise fault(error) from error


class PostgresqlStore:
    """One PostgreSQL database (:class:`procession.store.store.Store`)."""

    is_shared = True
    is_asked_by_trips = True

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = url
        self.patience = Patience()
        self._address = address_of(url)
        self._composed = Composed("postgresql+psycopg", self._connect)
        self._is_open = True
        self._nearness = Nearness()
        self._readers = Readers(self._take_reader, self._return_reader)
        self._idle: deque[PostgresqlReader] = deque()
        self._busy: set[PostgresqlReader] = set()
        self._lending = Lending(
            lambda: self._take_reader(True), self._return_reader, lambda: len(self._busy)
        )
        self._writer = Line(lambda: self._open_session(*_WRITER))
        self._side = Line(self._open_session)
        self._numbers = Blocks(self._reserve)
        self._ahead = dict.fromkeys(SEQUENCES, 1)
        self._reserved_at = dict.fromkeys(SEQUENCES, 0.0)
        self._listener = Listener(self._connect)
        try:
            self._prepare(create)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._address, autocommit=True)

    def _open_session(self, *settings: str) -> Session:
        session = Session(self._connect(), self._composed)
        try:
            for setting in settings:
                session.raw.execute(setting.encode())
        except BaseException:
            session.close()
            raise
        return session

    def _prepare(self, create: bool) -> None:
        """Several nodes may start at once on an empty database: one of them makes the schema."""
        with self._side.use() as session:
            self._nearness.measured(min(session.seconds_of_a_trip() for _ in range(5)))
            with suppress(psycopg.Error):
                if is_present(session.run):
                    return
            session.say(b"begin")
            session.run("select pg_advisory_xact_lock($1)", (_SCHEMA_LOCK,))
            prepare_schema(session.connection, create=create)
            session.say(b"commit")

    # --- reading -------------------------------------------------------------------------------

    @property
    def is_near(self) -> bool:
        """Whether it answers so quickly, now, that an event loop may wait for it."""
        return self._nearness.is_near

    def read(
        self, *, wait: bool = True, taken: PostgresqlReader | None = None
    ) -> Reading[PostgresqlReader]:
        """A snapshot on a reading connection of this thread."""
        return self._readers.read(wait, taken)

    def take_reader(self) -> PostgresqlReader:
        """A reading connection for an event loop."""
        return self._take_reader(False)

    def _take_reader(self, wait: bool) -> PostgresqlReader:
        if not self._is_open:
            raise StoreUnavailable("the database is closed")
        try:
            reader = self._idle_reader(None if wait else self._nearness)
            if reader is None and not wait:
                raise Occupied
            reader = reader or self._open_reader()
            self._busy.add(reader)
            return reader
        except ERRORS as error:
            raise fault(error) from error

    def _open_reader(self) -> PostgresqlReader:
        limit = f"set statement_timeout = {round(self.patience.seconds * 1000)}"
        session = self._open_session(*READER, limit)
        return PostgresqlReader(session, self.patience, self._lending)

    def _idle_reader(self, hurry: Nearness | None) -> PostgresqlReader | None:
        while True:
            try:
                reader = self._idle.pop()
            except IndexError:
                return None
            reader.session.trips.hurry = hurry
            if reader.session.is_usable:
                return reader
            reader.session.close()

    def _return_reader(self, reader: PostgresqlReader) -> None:
        self._busy.discard(reader)
        if reader.end() and self._is_open:
            self._idle.append(reader)
        else:
            reader.session.close()

    # --- writing -------------------------------------------------------------------------------

    def unit_of_work(self) -> Writes:
        """An empty one."""
        return Writes()

    def commit(self, batch: Sequence[Any]) -> list[BaseException | None]:
        """Write a batch in one transaction; see :meth:`procession.store.store.Store.commit`.

        If the connection breaks nobody knows what became of the batch; it is not tried again, and
        each unit is answered with :class:`StoreUnavailable`.
        """
        for left in reversed(range(_TRIES)):
            try:
                self._commit(batch)
                return [None] * len(batch)
            except Exception as error:
                found = error
            if not isinstance(_original(found), _LOST_RACES) or not left:
                break
            time.sleep(0.005 * (_TRIES - left))
        told = fault(found)
        if len(batch) == 1:
            return [key_taken(batch[0], told, _is_key(found))]
        if isinstance(told, StoreUnavailable):
            return [told] * len(batch)
        return [answer for unit in batch for answer in self.commit([unit])]

    def set_out(self, batch: Sequence[Any]) -> Sending:
        """Begin to write a batch; see :meth:`procession.store.store.Store.set_out`.

        Numbers that are going to be needed soon are drawn with it: who draws by himself waits.
        """
        low = self._running_low()
        drawing = Drawing([(_DRAW[name], (_MOST_AHEAD,)) for name in low], partial(self._add, low))
        return set_out(self._writer, batch, self._nearness, drawing)

    def _commit(self, batch: Sequence[Writes]) -> None:
        work = plan(batch)
        with self._writer.use() as session:
            try:
                self._carry_out(session, work)
            except Exception as error:
                if session.raw.closed:
                    raise unwritten(error, session.raw) from error
                raise

    def _carry_out(self, session: Session, work: Plan) -> None:
        if not work.statements:
            session.trips.ask(composed(work.steps))
        else:
            session.trips.ask((_BEGIN, *map(compose, phases(work.steps))))
            self._execute(session, work)
            session.say(b"commit")

    def _execute(self, session: Session, work: Plan) -> None:
        for statement, guard in work.statements:
            count = session.connection.execute(statement).rowcount
            if guard is not None and count != guard:
                raise Conflict("another turn changed the same thing first; try again")

    # --- numbers -------------------------------------------------------------------------------

    def next_ids(self, sequence: str, count: int, *, wait: bool = True) -> range:
        """Draw ascending numbers, a few ahead while many are asked for."""
        if time.monotonic() - self._reserved_at[sequence] > _KEEP_AHEAD:
            self._numbers.forget(sequence)
        return self._numbers.draw(sequence, count, wait)

    def _is_busy(self, name: str, now: float) -> bool:
        return now - self._reserved_at[name] < _KEEP_AHEAD / 4

    def _running_low(self) -> list[str]:
        """The sequences of which a batch that is sent now had better bring some."""
        now = time.monotonic()
        low = self._numbers.low(_MOST_AHEAD)
        return [n for n in low if self._ahead[n] > 1 and self._is_busy(n, now)]

    def _add(self, names: Sequence[str], drawn: Sequence[Rows]) -> None:
        self._reserved_at.update(dict.fromkeys(names, time.monotonic()))
        self._numbers.add(dict(zip(names, map(_last_in_a_row, drawn), strict=True)))

    def _reserve(self, name: str, count: int, wait: bool) -> dict[str, range]:
        """Numbers in a row; other nodes draw too, so a row may be broken and is drawn again.

        A load that begins once more is going to need what the last one needed: that is drawn in the
        same trip.
        """
        now = time.monotonic()
        wanted = {name: max(count, self._step(name, now))}
        for other, ahead in self._ahead.items():
            if ahead > _SLOWER and now - self._reserved_at[other] > _KEEP_AHEAD:
                wanted[other] = self._step(other, now)
        while True:
            asked = [(_DRAW[one], (many,)) for one, many in wanted.items()]
            try:
                with self._side.use(None if wait else self._nearness) as session:
                    told = session.trips.ask(asked)
            except ERRORS as error:
                raise fault(error) from error
            drawn = dict(zip(wanted, map(_last_in_a_row, told), strict=True))
            if len(drawn[name]) >= count:
                return drawn
            wanted[name] *= 2

    def _step(self, name: str, now: float) -> int:
        """How many to draw: ever more while a load lasts, and fewer for each that begins."""
        ahead = self._ahead[name]
        busy = self._is_busy(name, now)
        self._ahead[name] = min(ahead * _FASTER, _MOST_AHEAD) if busy else max(ahead // _SLOWER, 1)
        self._reserved_at[name] = now
        return self._ahead[name]

    # --- jobs ----------------------------------------------------------------------------------

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
        """Take due jobs that nobody holds, oldest first; passes over those being taken now."""
        condition = "state = $1 and due_at <= $2 and (lease_until is null or lease_until <= $2)"
        values: list[Any] = [state, now, limit, worker, until]
        if topics is not None:
            condition += " and topic = any($6::text[])"
            values.append(Texts(topics))
        statement = (
            f"with due as (select id from job where {condition} order by due_at, id"  # noqa: S608
            " limit $3 for update skip locked)"
            " update job as j set lease_owner = $4, lease_until = $5 from due where j.id = due.id"
            f" returning {_COLUMNS}"
        )
        try:
            with self._side.use() as session:
                rows = session.run(statement, values)
        except ERRORS as error:
            raise fault(error) from error
        jobs = [JobRow(*row) for row in rows]
        jobs.sort(key=lambda job: (job.due_at, job.id))
        return jobs

    def next_due(self, now: int) -> int | None:
        """When the next ready job is due or its lease runs out."""
        with self._readers.fresh() as reader:
            rows = reader.hot("next_due", (now, now))
        return rows[0][0]  # type: ignore[no-any-return]

    # --- other nodes ---------------------------------------------------------------------------

    def notify(self, channel: str, payload: str) -> None:
        """Tell the other nodes; that it fails is no failure of the caller."""
        try:
            with self._side.use() as session:
                session.run(*self._listener.tell(channel, payload))
        except (*ERRORS, Fault):
            return

    def listen(self, heard: Callable[[str, str], None]) -> None:
        """Call back, on a thread of our own, with what other nodes tell."""
        self._listener.start(heard)

    def close(self) -> None:
        """Let go of the database."""
        if not self._is_open:
            return
        self._listener.stop(lambda: self.notify("", ""))
        self._is_open = False
        while (reader := self._idle_reader(None)) is not None:
            reader.session.close()
        self._writer.close()
        self._side.close()


def _last_in_a_row(drawn: Rows) -> range:
    """Of ascending numbers those behind the last gap."""
    numbers = [row[0] for row in drawn]
    first = len(numbers) - 1
    while first and numbers[first - 1] == numbers[first] - 1:
        first -= 1
    return range(numbers[first], numbers[-1] + 1)


def _original(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _is_key(error: BaseException) -> bool:
    found = _original(error)
    return isinstance(found, psycopg.errors.UniqueViolation) and "correlation_key" in (
        found.diag.constraint_name or ""
    )
