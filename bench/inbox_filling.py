"""Writes the rows of ``inbox_data.py`` into a database, and has it in memory before it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from bench.inbox_data import PORTION, TABLES, Copies

_LOOKED_AT: Final = (
    "process_instance", "process_log", "variable_now", "task_content", "task_variable",
    "task_person", "task",
)  # fmt: skip


def fill(url: str, copies: Copies, say: Callable[[str], None]) -> None:
    """Write everything, without indexes first and with them in the end."""
    into = _Sqlite(url) if url.startswith("sqlite") else _PostgreSQL(url)
    into.drop_indexes()
    for portion in copies.portions():
        for table in TABLES:
            into.write(table, copies.columns(table), copies.rows(table, portion))
        if (done := portion[-1][0] + 1) % (5 * PORTION) == 0:
            say(f"  {done:,} tasks")
    say("  indexes …")
    into.finish(copies.last)


def warm(url: str) -> None:
    """Have everything in memory that a server which has run for a while would have there."""
    if url.startswith("sqlite"):
        with Path(url.removeprefix("sqlite:///")).open("rb", buffering=0) as file:
            while file.read(2**24):
                pass
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection, suppress(psycopg.Error):
        connection.execute(b"create extension if not exists pg_prewarm")
        indexes = [name for name, _ in _indexes()]
        for name in (*_LOOKED_AT, *(f"{table}_pkey" for table in _LOOKED_AT), *indexes):
            connection.execute("select pg_prewarm(%s)", (name,))


def _indexes() -> Iterator[tuple[str, str]]:
    from procession.store.tables import metadata

    for name in TABLES:
        for index in metadata.tables[name].indexes:
            yield str(index.name), name


class _Sqlite:
    def __init__(self, url: str) -> None:
        self._raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._raw.execute("pragma synchronous = off")
        self._raw.execute("pragma cache_size = -400000")
        self._made: list[str] = []

    def drop_indexes(self) -> None:
        for index, _ in _indexes():
            wanted = "select sql from sqlite_master where name = ?"
            self._made.append(self._raw.execute(wanted, (index,)).fetchone()[0])
            self._raw.execute(f'drop index "{index}"')

    def write(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
        self._raw.execute("begin")
        self._raw.executemany(f"insert into {table} ({names}) values ({marks})", rows)
        self._raw.execute("commit")

    def finish(self, last: int) -> None:
        for sql in self._made:
            self._raw.execute(sql)
        self._raw.execute(
            "update counter set value = ? where name in ('public', 'content')", (last,)
        )
        self._raw.execute("analyze")
        self._raw.execute("pragma wal_checkpoint(truncate)")
        self._raw.close()


class _PostgreSQL:
    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True)
        self._made: list[str] = []

    def drop_indexes(self) -> None:
        for index, _ in _indexes():
            wanted = "select indexdef from pg_indexes where indexname = %s"
            (found,) = self._connection.execute(wanted, (index,)).fetchone() or ("",)
            self._made.append(found)
            self._connection.execute(f'drop index "{index}"'.encode())

    def write(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{c}"' for c in columns)
        wanted = f"copy {table} ({names}) from stdin".encode()
        with self._connection.cursor() as cursor, cursor.copy(wanted) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self, last: int) -> None:
        for sql in self._made:
            self._connection.execute(sql.encode())
        for name in ("public", "content"):
            self._connection.execute(f"select setval('{name}_seq', {last + 10_000})".encode())
        self._connection.execute(b"vacuum analyze")
        self._connection.close()
