"""Opening a SQLite file the way we use it."""

from __future__ import annotations

import sqlite3
import time
from typing import Final

BUSY_MS: Final = 10_000
"""How long a connection waits for another one's lock."""


def connect(path: str, *, is_durable: bool) -> sqlite3.Connection:
    """A connection in write-ahead mode; with ``is_durable`` a commit is on the disk."""
    raw = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    raw.execute(f"pragma busy_timeout = {BUSY_MS}")
    _write_ahead(raw)
    raw.execute(f"pragma synchronous = {'full' if is_durable else 'off'}")
    raw.execute("pragma foreign_keys = on")
    raw.execute("pragma case_sensitive_like = on")  # as PostgreSQL
    raw.execute("pragma temp_store = memory")
    raw.execute("pragma cache_size = -8000")  # KiB; searches among many tasks come back to pages
    raw.execute("pragma secure_delete = fast")
    raw.execute("pragma wal_autocheckpoint = 4000")  # pages; each costs two more fsyncs
    return raw


def in_memory() -> sqlite3.Connection:
    """A connection to an empty database of its own."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Switch the mode; SQLite does not wait by itself for another connection that does the same."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            raw.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)
