"""SQLAlchemy over connections of SQLite that are open already.

Nearly all that a server asks and writes is SQL of our own. Only statements that are composed need
SQLAlchemy's engine, whose making touches memory all over that processes of one server could share.
So it is made for the first of these.
"""

from __future__ import annotations

import sqlite3
import threading

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool


class Composed:
    """Lends SQLAlchemy's connections, each over one of ours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._given: sqlite3.Connection | None = None

    def over(self, raw: sqlite3.Connection) -> Connection:
        """A connection that speaks through that one, and closes it with itself."""
        with self._lock:
            if self._engine is None:
                self._engine = self._made()
            self._given = raw
            return self._engine.connect()

    def _made(self) -> Engine:
        """The engine, after it has looked about: it rolls back the first connection it is given."""
        engine = create_engine(
            "sqlite://", creator=self._take, poolclass=NullPool, query_cache_size=1000
        )
        self._given = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        engine.connect().close()
        return engine

    def _take(self) -> sqlite3.Connection:
        given, self._given = self._given, None
        assert given is not None
        return given
