"""Opening a store by its address."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from procession.errors import Invalid
from procession.store.filelock import FileLock
from procession.store.siblings import Siblings
from procession.store.store import Store


def open_store(
    url: str, *, create: bool = True, exclusive: bool = False, siblings: Siblings | None = None
) -> Store:
    """Open ``sqlite://`` (in memory), ``sqlite:///file`` or ``postgresql://user@host/name``.

    An empty database gets the schema if ``create``; one with an older or newer schema is refused
    with :class:`procession.errors.StoreUnavailable`. ``exclusive`` is for a serving process: a
    second one on the same SQLite file is refused; ``siblings`` are other processes that share the
    file with it on purpose, and whoever started them has claimed it (:func:`claim`). Neither means
    anything on PostgreSQL.
    """
    parts = _parts(url)
    match parts.get_backend_name():
        case "sqlite":
            from procession.store.sqlite import SqliteStore

            path = parts.database or ""
            path = "" if path == ":memory:" else path
            return SqliteStore(url, path, create=create, exclusive=exclusive, siblings=siblings)
        case _:
            from procession.store.postgresql import PostgresqlStore

            return PostgresqlStore(url, create=create)


def claim(url: str) -> FileLock | None:
    """Keep other servers from a SQLite file without opening it; nobody is kept from PostgreSQL."""
    parts = _parts(url)
    if parts.get_backend_name() != "sqlite" or not parts.database:
        return None
    return FileLock(f"{parts.database}.lock")


def load(url: str) -> None:
    """Load what :func:`open_store` would, and connect to nothing."""
    match _parts(url).get_backend_name():
        case "sqlite":
            import sqlalchemy.dialects.sqlite

            import procession.store.sqlite  # noqa: F401
        case "postgresql":
            import sqlalchemy.dialects.postgresql  # noqa: F401

            from procession.store.postgresql import address_of

            address_of(url)


@lru_cache(8)
def _parts(url: str) -> URL:
    try:
        parts = make_url(url)
    except ArgumentError:
        raise Invalid(
            "the database address is not understood; use sqlite:// or postgresql://"
        ) from None
    name = parts.drivername.partition("+")[0]
    if name not in ("sqlite", "postgresql"):
        raise Invalid(f"no support for {name} databases; use sqlite:// or postgresql://")
    return parts
