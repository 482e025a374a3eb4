"""A batch as PostgreSQL statements: one for all its steps, if it can be.

Every step is a data-modifying part of one ``with`` and gets its rows as arrays, one per column.
The parts of one statement do not see each other's work, so steps that must are put into the next
statement (a *phase*). A guarded part that touches too few rows divides by zero, which undoes the
whole statement on the server; so a batch of one phase needs no transaction around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary

from procession.store.arrays import (
    NUMBER,
    Blobs,
    Column,
    Flags,
    Numbers,
    Texts,
    pack_number,
)
from procession.store.rows import TaskPersonRow
from procession.store.tables import metadata
from procession.store.trips import Packed
from procession.store.writing import (
    DELETE_PEOPLE,
    DELETE_WAIT_JOBS,
    FINISH_JOB,
    INSERTS,
    Step,
    Write,
)

_PEOPLE = INSERTS[TaskPersonRow]
_MUST_FOLLOW: Final[dict[Write, frozenset[Write]]] = {
    DELETE_WAIT_JOBS: frozenset({FINISH_JOB}),
    DELETE_PEOPLE: frozenset({_PEOPLE}),
    _PEOPLE: frozenset({DELETE_PEOPLE}),
}


def phases(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps that may stand in one statement, in order."""
    found: list[list[Step]] = []
    seen: set[Write] = set()
    for step in steps:
        if not found or seen & _MUST_FOLLOW.get(step.write, frozenset()):
            found.append([])
            seen = set()
        found[-1].append(step)
        seen.add(step.write)
    return found


def _kind(table: str, name: str) -> type[Column]:
    column = metadata.tables[table].c[name].type
    if isinstance(column, Boolean):
        return Flags
    if isinstance(column, Integer | BigInteger):
        return Numbers
    return Blobs if isinstance(column, LargeBinary) else Texts


@cache
def _kinds(write: Write, numbered: bool) -> tuple[type[Column], ...]:
    names = write.values[1:] if numbered else write.values
    return tuple(_kind(write.table, name) for name in (*names, *write.keys))


def _part(write: Write, numbered: bool, first: int) -> str:
    """One step's SQL, its parameters counted from ``first``."""
    arrays = ", ".join(
        f"${first + place}::{kind.cast}" for place, kind in enumerate(_kinds(write, numbered))
    )
    if write.verb == "insert":
        columns = ", ".join(
            f'"{name}"' for name in (write.values[1:] if numbered else write.values)
        )
        return f"insert into {write.table} ({columns}) select * from unnest({arrays})"  # noqa: S608
    if write.verb == "put":
        return _put(write, arrays)
    values = [f"v{place}" for place in range(len(write.values))]
    keys = [f"k{place}" for place in range(len(write.keys))]
    given = f"unnest({arrays}) as given({', '.join([*values, *keys])})"
    same = " and ".join(
        f't."{name}" = given.{key}' for name, key in zip(write.keys, keys, strict=True)
    )
    if write.sparing:
        old = ", ".join(f't."{name}"' for name in write.values)
        same += f" and ({old}) is distinct from ({', '.join(values)})"
    if write.verb == "delete":
        return f"delete from {write.table} as t using {given} where {same}"  # noqa: S608
    changes = ", ".join(
        f'"{name}" = given.{value}' for name, value in zip(write.values, values, strict=True)
    )
    return f"update {write.table} as t set {changes} from {given} where {same}"  # noqa: S608


def _put(write: Write, arrays: str) -> str:
    columns = ", ".join(f'"{name}"' for name in (*write.values, *write.keys))
    keys = ", ".join(f'"{name}"' for name in write.keys)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in write.values)
    return (
        f"insert into {write.table} ({columns}) select * from unnest({arrays})"  # noqa: S608
        f" on conflict ({keys}) do update set {changes}"
    )


class Shape(NamedTuple):
    """A phase without its rows: its text, and what its parameters are."""

    text: str
    types: tuple[int, ...]
    formats: tuple[Format, ...]


@cache
def _shape(steps: tuple[tuple[Write, bool], ...]) -> Shape:
    """The statement of a phase; the expected counts of guarded parts are its last parameters."""
    parts: list[str] = []
    checks: list[str] = []
    place = 1
    types: list[int] = []
    for number, (write, numbered) in enumerate(steps):
        part = _part(write, numbered, place)
        place += len(_kinds(write, numbered))
        types += [kind.oid for kind in _kinds(write, numbered)]
        if write.guarded:
            part += " returning 1"
            checks.append(f"(select count(*) from s{number})")  # noqa: S608
        parts.append(f"s{number} as ({part})")
    text = "with " + ", ".join(parts) + " select 1"
    for check in checks:
        text += f" / (case when {check} = ${place}::bigint then 1 else 0 end)"
        place += 1
    types += [NUMBER] * len(checks)
    return Shape(text, tuple(types), (Format.BINARY,) * len(types))


def compose(steps: Sequence[Step]) -> Packed:
    """The statement of a phase. Rows without an id of their own are numbered by the table."""
    kinds: list[tuple[Write, bool]] = []
    values: list[bytes] = []
    counts: list[bytes] = []
    for step in steps:
        write = step.write
        numbered = write.verb == "insert" and step.rows[0][0] is None
        columns = list(zip(*step.rows, strict=True))
        if numbered:
            del columns[0]
        kinds.append((write, numbered))
        for kind, column in zip(_kinds(write, numbered), columns, strict=True):
            values.append(kind.pack(column))
        if write.guarded:
            counts.append(pack_number(len(step.rows)))
    return Packed(*_shape(tuple(kinds)), values + counts)
