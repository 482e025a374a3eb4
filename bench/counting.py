"""Counts what a call makes the database do: exact numbers, the same on every machine.

An engine without threads on a SQLite file, so that one call is one turn and one commit. Every
statement is seen by SQLite's own trace; rows are what SQLite says it changed; *steps* are
instructions of SQLite's machine, which is how many rows were looked at, however quick that was.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from procession.engine import Engine
from procession.identity.model import Actor
from procession.runtime.clock import ManualClock
from procession.store.sqlite import SqliteStore

_CONTROL = re.compile(r"(begin|commit|rollback|pragma|savepoint|release|--)\b")
_WRITE = re.compile(r"(insert into|update|delete from)\b")


class Counts(msgspec.Struct, frozen=True):
    """What one call did."""

    reads: int
    """Selects."""
    writes: int
    """Inserts, updates and deletes, several rows each."""
    commits: int
    rows: int
    """Rows inserted, updated or deleted."""
    state_bytes: int
    """Bytes of the states of all living instances afterwards."""
    journal_bytes: int
    """Bytes of journal written."""
    steps: int = 0
    """Instructions of SQLite's machine while reading."""


class Meter:
    """An engine whose every statement is counted."""

    def __init__(self, engine: Engine, connections: list[sqlite3.Connection], path: Path) -> None:
        self.engine = engine
        self._path = path
        self.admin: Actor = engine.admin
        self._connections = connections
        self._statements: list[str] = []
        self._steps = 0

    def count(self, call: Callable[[], Any]) -> tuple[Any, Counts]:
        """Do something; what it answered, and what the database did for it."""
        for connection in self._connections:
            self.watch(connection)
        rows, journal = self._changes(), self._bytes("journal", "body")
        self._statements.clear()
        self._steps = 0
        answer = call()
        told = [text.strip().lower() for text in self._statements]
        work = [text for text in told if not _CONTROL.match(text)]
        writes = sum(1 for text in work if _WRITE.match(text))
        return answer, Counts(
            len(work) - writes,
            writes,
            told.count("commit"),
            self._changes() - rows,
            self._bytes("process_instance", "state"),
            self._bytes("journal", "body") - journal,
            self._steps,
        )

    def watch(self, connection: sqlite3.Connection) -> None:
        """Count what a connection does."""

        def step() -> int:
            self._steps += 1
            return 0

        connection.set_trace_callback(self._statements.append)
        if connection.total_changes == 0:  # a reading one
            connection.set_progress_handler(step, 1)

    def _changes(self) -> int:
        return sum(connection.total_changes for connection in self._connections)

    def _bytes(self, table: str, column: str) -> int:
        own = sqlite3.connect(self._path)
        try:
            (total,) = own.execute(f"select total(length({column})) from {table}").fetchone()
        finally:
            own.close()
        return int(total)


@contextmanager
def metered(folder: Path, unit: str, files: dict[str, bytes]) -> Iterator[Meter]:
    """An engine on a fresh SQLite file with one deployment, and its meter."""
    connections: list[sqlite3.Connection] = []
    plain = SqliteStore._connect

    def connect(store: SqliteStore) -> sqlite3.Connection:
        connection = plain(store)
        connections.append(connection)
        return connection

    SqliteStore._connect = connect  # type: ignore[method-assign, assignment]
    try:
        path = folder / "counted.db"
        with Engine.open(f"sqlite:///{path}", threads=False, clock=ManualClock()) as engine:
            engine.deployments.deploy(engine.admin, unit, files)
            yield Meter(engine, connections, path)
    finally:
        SqliteStore._connect = plain  # type: ignore[method-assign]
