"""Trips to PostgreSQL: statements sent together, past the driver's cursors, and answered together.

Every answer that is waited for costs the waiting thread its turn at the interpreter, and a cursor
builds anew for each statement what is the same each time. So a trip goes through libpq's pipeline:
all its statements are under way before the first is answered. Each is prepared under a name the
first time its text and the types of its parameters are seen.

The server keeps the plan of each until it counts the rows of a table anew, which it does once in a
minute. What was planned when a table was counted as empty goes through all of it (to the planner
every way costs the same), so plans are dropped from time to time, soon at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

import psycopg
from psycopg import pq
from psycopg.abc import AdaptContext, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch, fetch_many, send
from psycopg.rows import TupleRow
from psycopg.waiting import Ready, Wait

from procession.errors import Occupied
from procession.store.arrays import Column
from procession.store.nearness import A_MOMENT, Nearness

Rows = list[tuple[Any, ...]]


class Packed(NamedTuple):
    """A statement with its parameters as they go to the server."""

    text: str
    types: tuple[int, ...]
    formats: Sequence[pq.Format]
    values: Sequence[bytes | None]


Asked = tuple[str, Sequence[Any]] | Packed
"""A statement with ``$1`` parameters, and their values."""

Key = tuple[str, tuple[int, ...]]
Dumping = tuple[Callable[[Any], Any], int, pq.Format]
_SIMPLE: Final = (int, str, bytes, Column)
T = TypeVar("T")

MOST_NAMES: Final = 200
"""Statements that stay prepared."""

_PLANNED_FOR_LEAST: Final = 16
_PLANNED_FOR_MOST: Final = 4096
"""Trips until plans are dropped: at first, and at last."""
_TIMES_LONGER: Final = 4


class Trips:
    """The way to the server on one connection, for one thread at a time."""

    __slots__ = (
        "_awaited",
        "_dumpers",
        "_given",
        "_loaded",
        "_names",
        "_number",
        "_pg",
        "_planned_for",
        "_raw",
        "_until_planned",
        "hurry",
    )

    def __init__(self, raw: psycopg.Connection[TupleRow], adapters: AdaptContext) -> None:
        self._raw = raw
        self._pg = raw.pgconn
        self._given = Transformer(adapters)
        self._dumpers: dict[type, Dumping] = {}
        self._loaded = Transformer(adapters)
        self._names: dict[Key, bytes] = {}
        self._number = 0
        self._awaited = False
        self._planned_for = self._until_planned = _PLANNED_FOR_LEAST
        self.hurry: Nearness | None = None
        """Set while an event loop waits for the answers, or takes what has arrived."""

    def ask(self, asked: Sequence[Asked]) -> list[Rows]:
        """The rows of each statement, in order; none for what answers none.

        Outside a transaction they are one by themselves: the first that fails undoes those before
        it and keeps those behind it from being tried. Raises :class:`psycopg.Error`, and
        :class:`procession.errors.Occupied` where an event loop would wait.
        """
        return self.set_out(asked).finish()

    def set_out(self, asked: Sequence[Asked]) -> Trip:
        """Send statements; the answers are taken later. Until then nothing else may be asked."""
        self.settle()
        packed = [one if isinstance(one, Packed) else self._packed(*one) for one in asked]
        commands: list[Callable[[], None]] = []
        shown: list[int] = []
        made: list[Key] = []
        if self._is_to_plan():
            commands.append(partial(self._pg.send_query_params, b"discard plans", None))
        for text, types, formats, values in packed:
            key = (text, types)
            name = self._names.pop(key, None)
            if name is None:
                name = self._new_name()
                made.append(key)
                commands.append(partial(self._pg.send_prepare, name, text.encode(), types))
            self._names[key] = name  # the last used is the last forgotten
            shown.append(len(commands))
            show = partial(self._pg.send_query_prepared, name, values, formats)
            commands.append(partial(show, result_format=pq.Format.BINARY))
        self._pg.enter_pipeline_mode()
        try:
            for command in commands:
                command()
            self._pg.pipeline_sync()
        except BaseException:  # what is still under way belongs to nobody
            self._raw.close()
            raise
        return Trip(self, self._answers(len(commands)), shown, made)

    def _is_to_plan(self) -> bool:
        """Whether the plans have served for long enough."""
        self._until_planned -= 1
        if self._until_planned:
            return False
        self._planned_for = min(self._planned_for * _TIMES_LONGER, _PLANNED_FOR_MOST)
        self._until_planned = self._planned_for
        return True

    def take(self, results: Sequence[pq.abc.PGresult], shown: Sequence[int]) -> list[Rows]:
        """The trip is over: the rows of what was to be shown. Raises :class:`psycopg.Error`."""
        self._pg.exit_pipeline_mode()
        for result in results:
            _check(result)
        rows = [self._rows(results[place]) for place in shown]
        self._forget()
        return rows

    def abandon(self) -> None:
        """What is still under way belongs to nobody."""
        self._raw.close()

    def forget(self, made: Sequence[Key]) -> None:
        """Statements that may not have been prepared."""
        for key in made:
            self._names.pop(key, None)

    def leave(self, command: bytes) -> None:
        """Send a command whose answer nobody needs; it is taken before the next trip."""
        self._pg.send_query(command)
        self._pg.flush()
        self._awaited = True

    def settle(self) -> None:
        """Take the answer to what was left behind. Raises :class:`psycopg.Error`."""
        if self._awaited:
            self._awaited = False
            while (result := self.wait(fetch(self._pg))) is not None:
                _check(result)

    def wait(self, answers: PQGen[T]) -> T:
        """Wait for answers; no longer than a moment where there is one who hurries."""
        try:
            if self.hurry is None:
                return self._raw.wait(answers)
            begun = monotonic()
            value = self._raw.wait(_within(answers, begun + A_MOMENT), A_MOMENT / 2)
        except BaseException as error:  # what is still under way belongs to nobody
            self._raw.close()
            if self.hurry is not None and isinstance(error, Occupied):
                self.hurry.was_slow()
            raise
        self.hurry.took(monotonic() - begun)
        return value

    def _new_name(self) -> bytes:
        self._number += 1
        return b"p%d" % self._number

    def _packed(self, text: str, parameters: Sequence[Any]) -> Packed:
        values: list[Any] = []
        types: list[int] = []
        formats: list[pq.Format] = []
        for value in parameters:
            if value is None:
                values.append(None)
                types.append(0)
                formats.append(pq.Format.TEXT)
                continue
            dump, oid, form = self._dumpers.get(type(value)) or self._dumper(value)
            values.append(dump(value))
            types.append(oid)
            formats.append(form)
        return Packed(text, tuple(types), formats, values)

    def _dumper(self, value: Any) -> Dumping:
        """How a value is written; of our own kinds that depends on nothing but the class."""
        dumper = self._given.get_dumper(value, PyFormat.AUTO)
        found = (dumper.dump, dumper.oid, dumper.format)
        if isinstance(value, _SIMPLE):
            self._dumpers[type(value)] = found
        return found

    def _answers(self, count: int) -> PQGen[list[pq.abc.PGresult]]:
        yield from send(self._pg)
        results = []
        for _ in range(count):
            some = yield from fetch_many(self._pg)
            if not some:
                raise psycopg.OperationalError("the connection was lost")
            if self._pg.status != pq.ConnStatus.OK:
                _check(some[0])
            results.append(some[0])
        yield from fetch_many(self._pg)  # the end of the trip
        return results

    def _rows(self, result: pq.abc.PGresult) -> Rows:
        if result.status != pq.ExecStatus.TUPLES_OK or not result.ntuples:
            return []
        self._loaded.set_pgresult(result)
        return self._loaded.load_rows(0, result.ntuples, tuple)

    def _forget(self) -> None:
        """Let go of the statements that were not used for longest, if there are too many.

        What the trip did is done, so nothing is raised here; the next finds what is wrong.
        """
        while len(self._names) > MOST_NAMES:
            name = self._names.pop(next(iter(self._names)))
            self._pg.exec_(b"deallocate " + name)


class Trip:
    """Statements that are under way."""

    __slots__ = ("_answers", "_made", "_shown", "_trips", "_wanted")

    def __init__(
        self,
        trips: Trips,
        answers: PQGen[list[pq.abc.PGresult]],
        shown: list[int],
        made: list[Key],
    ) -> None:
        self._trips = trips
        self._answers = answers
        self._shown = shown
        self._made = made
        self._wanted: Wait | None = None
        """What it waits for since it began to."""

    @property
    def is_sent(self) -> bool:
        """Whether only answers are waited for."""
        return self._wanted == Wait.R

    def finish(self) -> list[Rows]:
        """Wait for the answers: the rows of each statement. Raises as :meth:`Trips.ask`."""
        wanted = self._wanted
        answers = self._answers if wanted is None else _resumed(self._answers, wanted)
        try:
            return self._trips.take(self._trips.wait(answers), self._shown)
        except BaseException:
            self._trips.forget(self._made)
            raise

    def advance(self) -> list[Rows] | None:
        """Take what has arrived, without waiting; the rows when that is all of it."""
        try:
            if self._wanted is None:
                self._wanted = next(self._answers)
            elif self.is_sent:
                self._wanted = self._answers.send(Ready.R)
        except StopIteration as end:
            try:
                return self._trips.take(end.value, self._shown)
            except BaseException:
                self._trips.forget(self._made)
                raise
        except BaseException:
            self._trips.abandon()
            raise
        return None


def _within(answers: PQGen[T], until: float) -> PQGen[T]:
    """The same; raises :class:`Occupied` when it takes too long."""
    try:
        wanted = next(answers)
        while True:
            ready = yield wanted
            if not ready and monotonic() > until:
                raise Occupied
            wanted = answers.send(ready)
    except StopIteration as end:
        value: T = end.value
        return value


def _resumed(answers: PQGen[T], wanted: Wait) -> PQGen[T]:
    """The same, for who begins to wait in the middle of it, when ``wanted`` is waited for."""
    try:
        while True:
            wanted = answers.send((yield wanted))
    except StopIteration as end:
        value: T = end.value
        return value


def _check(result: pq.abc.PGresult) -> None:
    if result.status == pq.ExecStatus.FATAL_ERROR:
        raise psycopg.errors.error_from_result(result)
