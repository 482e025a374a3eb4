"""Opening a store by its address."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from procession.errors import Invalid
from procession.store.siblings import Siblings
from procession.store.store import Store


def open_store(
    url: str, *, create: bool = True, exclusive: bool = False, siblings: Siblings | None = None
) -> Store:
    """Open ``sqlite://`` (in memory), ``sqlite:///file`` or ``postgresql://user@host/name``.

    An empty database gets the schema if ``create``; one with an older or newer schema is refused
    with :class:`procession.errors.StoreUnavailable`. ``exclusive`` is for a serving process: a
    second one on the same SQLite file is refused; ``siblings`` are other processes that share the
    file with it on purpose. Neither means anything on PostgreSQL.
    """
    try:
        parts = make_url(url)
    except ArgumentError:
        raise Invalid(
            "the database address is not understood; use sqlite:// or postgresql://"
        ) from None
    match parts.get_backend_name():
        case "sqlite":
            from procession.store.sqlite import SqliteStore

            path = parts.database or ""
            path = "" if path == ":memory:" else path
            return SqliteStore(url, path, create=create, exclusive=exclusive, siblings=siblings)
        case "postgresql":
            from procession.store.postgresql import PostgresqlStore

            return PostgresqlStore(url, create=create)
        case other:
            raise Invalid(f"no support for {other} databases; use sqlite:// or postgresql://")
