"""SQLAlchemy over connections that are open already.

Nearly all that a server asks and writes is SQL of our own. Only statements that are composed need
SQLAlchemy's engine, whose making touches memory all over that processes of one server could share.
So it is made for the first of these.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool


class Composed:
    """Lends SQLAlchemy's connections, each over one of ours.

    ``dialect`` is the beginning of an address; ``connect`` opens a connection for the engine to
    look about on: ours may be in the middle of a transaction.
    """

    def __init__(self, dialect: str, connect: Callable[[], Any]) -> None:
        self._dialect = dialect
        self._connect = connect
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._given: Any = None

    def over(self, raw: Any) -> Connection:
        """A connection that speaks through that one, and closes it with itself.

        Raises what ``connect`` raises.
        """
        with self._lock:
            if self._engine is None:
                self._engine = self._made()
            self._given = raw
            return self._engine.connect()

    def _made(self) -> Engine:
        """The engine, after it has looked about: it rolls back the first connection it is given."""
        engine = create_engine(
            f"{self._dialect}://", creator=self._take, poolclass=NullPool, query_cache_size=1000
        )
        self._given = self._connect()
        engine.connect().close()
        return engine

    def _take(self) -> Any:
        given, self._given = self._given, None
        assert given is not None
        return given
