"""The errors of SQLite's driver in our words."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from procession.errors import Conflict, Fault, InvalidValue, StoreFault, StoreUnavailable

_UNUSABLE: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
"""Trouble with the file, not with what was asked."""


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary error code; -1 for an error of the Python module itself."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF if error.args else -1


def fault(error: Exception) -> Fault:
    """A driver's error in our words."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, DBAPIError) and isinstance(error.orig, Exception):
        error = error.orig
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return InvalidValue("the database cannot hold a value: a text or number is out of range")
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict("a row that must be there once is there already; try again")
    if isinstance(error, sqlite3.Error) and _code(error) in _UNUSABLE:
        return StoreUnavailable(f"the database cannot be used now: {error}")
    return StoreFault(f"the database refused a statement: {error}")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program is writing."""
    return _code(error) == sqlite3.SQLITE_BUSY


def is_key(error: BaseException) -> bool:
    """Whether a correlation key was taken."""
    return isinstance(error, sqlite3.IntegrityError) and "correlation_key" in str(error)
