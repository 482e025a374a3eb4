"""Databases of the SQL handler. Loaded with the first statement.

On SQLite a statement can neither attach other files nor change how the database works; time limits
are kept by the database itself on PostgreSQL and by interrupting it on SQLite.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from procession.errors import InvalidValue
from procession.runtime.handlers.given import wrong
from procession.runtime.work_items import WorkFailed
from procession.values import Value, freeze

JAVA: Final = "java.sql.SQLException"
TOO_MANY: Final = "SQL_TOO_MANY_ROWS"
_DENIED: Final = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA})
_PASSING: Final = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE after which the same statement may succeed."""
_TEXT_MARK: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|\?", re.S)


class Database:
    """One named database; a connection of its own for each statement."""

    def __init__(self, name: str, url: str, limit: float) -> None:
        self._name = name
        self._limit = limit
        try:
            place = make_url(url)
            if place.drivername in ("postgresql", "postgres"):
                place = place.set(drivername="postgresql+psycopg")
            self._is_sqlite = place.get_backend_name() == "sqlite"
            if not self._is_sqlite and place.get_backend_name() != "postgresql":
                raise ArgumentError("neither SQLite nor PostgreSQL")
            waits = {"timeout": limit} if self._is_sqlite else {"connect_timeout": int(limit) or 1}
            self._engine = create_engine(
                place, poolclass=NullPool, hide_parameters=True, connect_args=waits
            )
        except (SQLAlchemyError, ImportError) as error:
            raise wrong(f"connection {name!r} is not a database this server can use") from error
        event.listen(self._engine, "connect", self._guard)

    def run(self, statement: str, bound: Any, most: int) -> Mapping[str, Value]:
        """Run one statement in a transaction; rows as objects."""
        clause, values = _positional(statement, bound)
        try:
            prepared = text(clause)
            known = prepared.compile().params
            if missing := sorted(known.keys() - values.keys()):
                raise wrong(f"the statement needs values for {', '.join(missing)}")
            with self._engine.begin() as connection:
                found = connection.execute(prepared, {name: _bind(values[name]) for name in known})
                if not found.returns_rows:
                    return {"Result": (), "RowCount": max(found.rowcount, 0)}
                rows = found.mappings().fetchmany(most + 1)
                if len(rows) > most:
                    raise WorkFailed(
                        f"the statement answers more than {most} rows", TOO_MANY, is_final=True
                    )
                result = freeze([{k: _plain(v) for k, v in row.items()} for row in rows])
                return {"Result": result, "RowCount": len(rows)}
        except DBAPIError as error:
            raise self._failure(error) from error
        except (SQLAlchemyError, InvalidValue) as error:
            raise wrong("the statement or one of its values cannot be used") from error

    def _guard(self, raw: Any, record: object) -> None:
        """Bound a new connection in time and, on SQLite, in what it may do."""
        if not self._is_sqlite:
            with raw.cursor() as cursor:
                cursor.execute(f"set statement_timeout = {int(self._limit * 1000)}")
            raw.commit()
            return
        end = time.monotonic() + self._limit
        raw.set_authorizer(_authorize)
        raw.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)

    def _failure(self, error: DBAPIError) -> WorkFailed:
        """The database's own words, without the values it complains of."""
        cause = error.orig
        state = getattr(cause, "sqlstate", None)
        lines = str(cause).splitlines() or [type(cause).__name__]
        codes = [f"SQL_{state}"] if state else []
        is_integrity = isinstance(error, IntegrityError)
        if is_integrity:
            codes.append("SQL_INTEGRITY")
        if state is None and self._is_sqlite:
            is_final = not any(word in lines[0] for word in ("locked", "busy", "interrupted"))
        else:
            is_final = state is not None and not state.startswith(_PASSING)
        return WorkFailed(
            f"the database {self._name} refused: {lines[0][:300]}",
            *codes,
            "SQL_ERROR",
            JAVA,
            is_final=is_final or is_integrity,
        )


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action in _DENIED else sqlite3.SQLITE_OK


def _positional(statement: str, bound: Any) -> tuple[str, Mapping[str, Any]]:
    """A statement with ``?`` as one with names; a mark within a text or comment is no mark."""
    if isinstance(bound, Mapping):
        return statement, bound
    count = 0

    def name(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] != "?":
            return found[0]
        count += 1
        return f":p{count}"

    clause = _TEXT_MARK.sub(name, statement)
    if count != len(bound):
        raise wrong(f"the statement has {count} marks for {len(bound)} values")
    return clause, {f"p{place}": value for place, value in enumerate(bound, 1)}


def _bind(value: Value) -> Any:
    """A value as drivers take it; lists and objects as JSON."""
    if value is None or isinstance(value, bool | bytes):
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, Mapping | tuple):
        import msgspec

        return msgspec.json.encode(value, enc_hook=str).decode()
    return value


def _plain(value: Any) -> Any:
    """What a driver gives, as something a process can hold."""
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    try:
        return freeze(value)
    except InvalidValue:
        return str(value)
