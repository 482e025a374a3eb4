"""The store's contract: what is read, and how the writes of a batch of turns become durable.

``reference/architecture.md`` sections 9.1a and 10. ``sqlite.py`` and ``postgresql.py`` hold what
differs. Reads and writes never mix: a turn is computed from reads, gathers its writes in a
:class:`UnitOfWork`, and :meth:`Store.commit` writes a batch of them in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Executable

from procession.store.node_pages import Entry
from procession.store.patience import Patience
from procession.store.rows import ProcessInstanceRow, Row, TaskPersonRow, TaskRow

Question = tuple[str, tuple[Any, ...]]
"""A prepared read by name, with its parameters; lists in them are tuples."""


class UnitOfWork(Protocol):
    """The writes of one turn, in memory. Nothing here touches the database.

    Writes of one kind are carried out together, in the order: process instances, then inserts of
    new rows by table, updates, deletes, then :meth:`execute` in the order given. A *guarded* write
    that finds its row changed makes the whole turn fall out of the batch with
    :class:`procession.errors.Conflict`.
    """

    def insert(self, row: Row) -> None:
        """A new row of the table that belongs to the row's class."""

    def log_nodes(
        self, instance_id: int, root_id: int, process_id: str, deployment_id: str, at: int
    ) -> list[Entry]:
        """Where entries of the node log are added, for one instance and moment (epoch ms)."""
        ...

    def save_instance(self, row: ProcessInstanceRow, read_version: int | None) -> None:
        """Insert (``read_version`` ``None``) or, guarded by the version read, update.

        An update writes ``revision``, ``status``, ``version`` and ``state``, nothing else.
        """

    def end_instance(self, instance_id: int, read_version: int) -> None:
        """Delete the row of an ended instance, guarded by the version read."""

    def save_task(self, row: TaskRow, read_version: int | None) -> None:
        """Insert or, guarded by the version read, update all but what a task is born with.

        Its ids, where it comes from, and by whom and when it was made, never change.
        """

    def set_people(self, task_id: int, people: Sequence[TaskPersonRow]) -> None:
        """Replace everybody in every relation to an existing task."""

    def delete_wait(self, instance_id: int, wait_id: int) -> None:
        """A wait is closed: its row and every job that hangs on it go."""

    def finish_job(self, job_id: int, lease_owner: str) -> None:
        """Delete a job, guarded: the lease must still be ours."""

    def end_process_log(
        self, instance_id: int, ended_at: int, status: int, outcome: str | None, duration: int
    ) -> None:
        """Complete the audit row of a process instance that started in an earlier turn."""

    def execute(self, statement: Executable, *, guard: int | None = None) -> None:
        """A free-form statement; with ``guard`` it must touch exactly so many rows."""

    def is_bounded(self) -> bool:
        """Whether it holds no free-form statement, which may touch any number of rows."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        ...


class Ahead(Protocol):
    """Questions under way, while nobody waits for the answers."""

    file: int
    """Where answers arrive."""

    @property
    def is_waiting(self) -> bool:
        """Whether all is sent and only answers are waited for."""
        ...

    def advance(self) -> bool:
        """Take what has arrived, without waiting; whether the answers are at hand."""
        ...


class Beside(Protocol):
    """A second connection that reads the snapshot of the first."""

    def set_out(self, text: str, parameters: Sequence[Any]) -> None:
        """Send a read as in :meth:`Reader.ask`; one at a time."""
        ...

    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Its rows, for which this waits."""
        ...


class Reader(Protocol):
    """A consistent snapshot, without locks."""

    def execute(self, statement: Executable) -> Sequence[Any]:
        """All rows of a SQLAlchemy Core select, as named tuples."""
        ...

    def hot(self, name: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of one of the prepared reads of ``store/hot.py``, as plain tuples."""
        ...

    def ahead(self, *questions: Question) -> None:
        """Say what is going to be asked of :meth:`hot`, and asked in these very words.

        Where each question takes a trip they are asked in one, and what they gave is kept for the
        snapshot's life; elsewhere nothing happens.
        """
        ...

    def beside(self) -> AbstractContextManager[Beside | None]:
        """A second connection that reads this snapshot, if there is one to be had at once."""
        ...

    def ask(self, text: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a select written in the manner of ``store/hot.py``, as plain tuples.

        For questions put together of constant pieces (``store/phrases.py``): the text is prepared
        once, so it must never carry a value.
        """
        ...


class LoopReader(Reader, Protocol):
    """A reader of an event loop, which goes on while it is answered."""

    asked_more: bool
    """Whether more was asked than was set out first."""
    is_closed: bool
    """Whether who asks more is told :class:`procession.errors.Occupied`."""

    def set_out(self, *questions: Question, alone: bool = False) -> Ahead | None:
        """As :meth:`ahead`, for a loop that is told when the answers arrive.

        Until they are at hand nothing else may be asked. Nothing if they are already. ``alone``:
        the snapshot ends with them, and whoever asks more of it is told
        :class:`procession.errors.Occupied`.
        """
        ...

    def keep(self, questions: Sequence[Question], answers: Sequence[Any]) -> None:
        """Have at hand what was learned in other words."""
        ...


class Sent(Protocol):
    """A batch that is being written while nobody waits for it."""

    file: int
    """Where answers arrive."""

    @property
    def outcomes(self) -> list[BaseException | None] | None:
        """In the end, as of :meth:`Store.commit`; ``None`` if nothing of it is written and the
        batch is to be given to that."""
        ...

    def advance(self) -> bool:
        """Take what has arrived, without waiting; whether it is over."""
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether all is sent and only answers are waited for."""
        ...

    def finish(self) -> None:
        """Wait until it is over."""


class Store(Protocol):
    """One database."""

    url: str
    is_shared: bool
    """Whether other processes may be writing to it."""
    is_asked_by_trips: bool
    """Whether what is asked together is answered sooner than one by one."""
    patience: Patience
    """How long one search may take."""

    @property
    def is_near(self) -> bool:
        """Whether reads are answered so quickly, now, that an event loop may wait for them."""
        ...

    def read(self, *, wait: bool = True, taken: Any = None) -> AbstractContextManager[Reader]:
        """A snapshot on this thread's own reading connection, or on a reader ``taken`` before.

        Blocks inside each other, on one thread, share the snapshot of the outermost. Without
        ``wait``, for an event loop, it and what is asked of it raises
        :class:`procession.errors.Occupied` where it would take longer than a moment.
        """
        ...

    def take_reader(self) -> LoopReader:
        """A reader for an event loop, as without ``wait``; it is given back by :meth:`read`."""
        ...

    def unit_of_work(self) -> UnitOfWork:
        """An empty one."""
        ...

    def commit(self, batch: Sequence[UnitOfWork]) -> list[BaseException | None]:
        """Write a batch in one transaction and make it durable (one fsync) before returning.

        If any write fails or a guard does not hold, the batch is rolled back and repeated one unit
        at a time; the answer has ``None`` for each unit that is durable, and our own error for
        each that is not (nothing of it is written).
        """
        ...

    def set_out(self, batch: Sequence[UnitOfWork]) -> Sent:
        """Write a batch, for an event loop: in a file at once, else it is told of answers.

        Raises :class:`procession.errors.Occupied`, and nothing is written, where the loop would
        have to wait for others: :meth:`commit` does it on a thread that may.
        """
        ...

    def next_ids(self, sequence: str, count: int, *, wait: bool = True) -> range:
        """Draw ascending numbers: ``public`` (instances, tasks, work items), ``job``, ``content``,
        ``revision``. Gaps are allowed, going back is not, not even after a crash. ``wait`` as in
        :meth:`read`."""
        ...

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
        """Take due jobs that nobody holds, oldest first, as :class:`JobRow`.

        A job is free if it was never leased or its lease ended before ``now``. The lease is stored
        before this returns; two workers never get the same job while a lease lasts.
        """
        ...

    def next_due(self, now: int) -> int | None:
        """When the next ready job is due or its lease runs out; ``None`` if there is none."""
        ...

    def notify(self, channel: str, payload: str) -> None:
        """Tell the other nodes (a hint; nobody relies on it). ``definitions`` and ``jobs``."""

    def listen(self, heard: Callable[[str, str], None]) -> None:
        """Call back with channel and payload of what other nodes tell.

        Nobody else is there on SQLite, but for siblings (``store/siblings.py``).
        """

    def close(self) -> None:
        """Let go of the database."""
