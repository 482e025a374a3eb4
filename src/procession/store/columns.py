"""What tables are made of: the lists they are in, numbers, and indexes of what is seldom known."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Identity,
    Index,
    Integer,
    MetaData,
    desc,
    text,
)

metadata = MetaData()
views = MetaData()
"""What is read like a table and is none."""

Id = BigInteger().with_variant(Integer, "sqlite")


def own_id() -> Column[int]:
    """A primary key that the database numbers by itself."""
    return Column("id", Id, Identity(always=False), primary_key=True)


def where_known(name: str, column: str) -> Index:
    """An index of the rows that have the column, where most have not."""
    return where(name, f"{column} is not null", column)


ODD = "status not in (1, 2)"
"""Of process logs that are neither active nor completed, which are few."""


CALLED = "root_id <> instance_id"
"""Of process logs of instances that another one called."""


CLUSTERED = {"journal", "wait", "variable_now", "task_person", "task_variable"}
"""Tables whose rows SQLite keeps in the order of their key, without a number of its own.

``schema.create_schema`` says so, and says to either database the conditions of indexes: said here
both dialects would be loaded for all, and few statements need any.
"""


BY_BYTES = {"ix_variable_log_variable": "value", "ix_task_instance": "status"}
"""Columns of indexes that patterns are looked for in, or stretches of texts that no other index
shall be taken for; PostgreSQL has to be told.
"""


def where(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows for which a condition holds; a question repeats it word by word."""
    return Index(name, *columns, info={"where": text(condition)})


OPEN = "status in ('Created', 'Ready', 'Reserved', 'InProgress', 'Suspended')"
"""Of tasks that are still to be done. A search that says it with these words may use the indexes
that :func:`where_open` makes.
"""
_OPEN: Final = re.compile(r"((?:\w+\.)?status) in \(('Created', [^()]*'Suspended')\)")


def one_by_one(condition: str) -> str:
    """The words of :data:`OPEN` as SQLite had best get them: it makes a table of a list of texts,
    anew for each index whose rows it decides on.
    """

    def each(found: re.Match[str]) -> str:
        return "(" + " or ".join(f"{found[1]} = {value}" for value in found[2].split(", ")) + ")"

    return _OPEN.sub(each, condition)


def where_open(name: str, *columns: str, known: str = "") -> Index:
    """An index of the open tasks alone, as long as the work and not as the history.

    A name with ``desc`` behind it is kept in falling order; ``known`` leaves out where it is null.
    """
    where = f"{OPEN} and {known} is not null" if known else OPEN
    said = {"where": text(where), "sqlite_where": text(one_by_one(where))}
    return Index(name, *map(_ordered, columns), info=said)


def _ordered(column: str) -> str | ColumnElement[Any]:
    return desc(column.removesuffix(" desc")) if column.endswith(" desc") else column
