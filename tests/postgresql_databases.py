"""PostgreSQL databases for tests: each is as new, few are made anew.

Making a database and dropping it costs the server more than most tests do, so one that a test is
done with is emptied and given to a later one: under another name, which nobody left over from the
earlier test knows. One whose tables, statistics or size a test has changed is dropped instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from procession.store.opening import open_store
from procession.store.schema import VERSION_TABLE
from procession.store.tables import metadata

_CATALOGS = ("attribute", "class", "constraint", "index", "namespace", "proc", "trigger")
_NOT_AS_NEW = " union all ".join(
    (
        # a change of the catalog leaves a row of a later transaction, a drop leaves one less
        *(f"select count(*), max(xmin::text::bigint) from pg_{name}" for name in _CATALOGS),
        "select count(*), 0 from pg_statistic",
        "select count(*), sum(reltuples)::bigint from pg_class where relkind in ('r', 'i')"
        " and relnamespace = 'public'::regnamespace",
        "select count(*), 0 from pg_db_role_setting",
        f"select count(*), hashtext(min(version_num)) from {VERSION_TABLE}",
        # pages tell the planner how many rows to expect
        "select count(*), 0 from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind = 'r' and pg_relation_size(oid) > 160 * 1024",
    )
)
_EMPTY = "; ".join(
    (
        *(f'delete from "{table.name}"' for table in reversed(metadata.sorted_tables)),
        "select setval(format('%I.%I', schemaname, sequencename), start_value, false)"
        " from pg_sequences where last_value is not null",
    )
)
_HANG_UP = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s"


class Databases:
    """Those of one test process on one server."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._connection = psycopg.connect(server, autocommit=True)
        self._template = f"template_{uuid4().hex[:12]}"
        self._do(f"create database {self._template}")
        open_store(self._address(self._template)).close()
        self._spare: list[str] = []
        self._as_new: dict[str, Any] = {}

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of a prepared database without rows."""
        name = self._spare.pop() if self._spare else self._make(self._template)
        yield self._address(name)
        try:
            self._spare.append(self._empty(name))
        except psycopg.Error:
            self._drop(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database without tables."""
        name = self._make("template0")
        yield self._address(name)
        self._drop(name)

    def close(self) -> None:
        """Leave nothing behind on the server."""
        for name in (*self._spare, self._template):
            self._drop(name)
        self._connection.close()

    def _make(self, template: str) -> str:
        name = f"test_{uuid4().hex[:12]}"
        self._do(f"create database {name} template {template}")
        if template == self._template and not self._as_new:
            with psycopg.connect(self._address(name)) as connection:
                self._as_new["state"] = connection.execute(_NOT_AS_NEW).fetchall()
        return name

    def _empty(self, name: str) -> str:
        """Empty it and answer its new name."""
        self._connection.execute(_HANG_UP, (name,))
        new = f"test_{uuid4().hex[:12]}"
        self._do(f"alter database {name} rename to {new}")
        try:
            with psycopg.connect(self._address(new)) as connection:
                connection.execute(_EMPTY)
                if connection.execute(_NOT_AS_NEW).fetchall() == self._as_new["state"]:
                    return new
            raise psycopg.DataError("not as new")
        except psycopg.Error:
            self._drop(new)
            raise

    def _drop(self, name: str) -> None:
        self._do(f"drop database if exists {name} with (force)")

    def _do(self, statement: str) -> None:
        self._connection.execute(statement)

    def _address(self, name: str) -> str:
        address = make_url(self._server).set(database=name)
        return address.render_as_string(hide_password=False)
