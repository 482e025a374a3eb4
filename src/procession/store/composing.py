"""A batch as PostgreSQL statements: one for all its steps, if it can be.

Every step is a data-modifying part of one ``with`` and gets its rows as one JSON text, which both
sides handle in a piece; an array for each column would cost most of what a short batch takes. Bytes
go in arrays of their own, as they are.
The parts of one statement do not see each other's work, so steps that must are put into the next
statement (a *phase*). A guarded part that touches too few rows divides by zero, which undoes the
whole statement on the server; so a batch of one phase needs no transaction around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from msgspec import defstruct
from msgspec.json import Encoder
from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary

from procession.store.arrays import NUMBER, Blobs, pack_number
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

_BYTES: Final = "bytea"
_JSON: Final = 114
"""The type as the server knows it."""
_written: Final = Encoder().encode
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


class _Field(NamedTuple):
    """A column of what is given: its name there, and its type in SQL."""

    name: str
    kind: str


def _kind(table: str, name: str) -> str:
    column = metadata.tables[table].c[name].type
    if isinstance(column, Boolean):
        return "boolean"
    if isinstance(column, Integer | BigInteger):
        return "bigint"
    return _BYTES if isinstance(column, LargeBinary) else "text"


def _named(write: Write, numbered: bool) -> tuple[str, ...]:
    return (*(write.values[1:] if numbered else write.values), *write.keys)


@cache
def _fields(write: Write, numbered: bool) -> tuple[_Field, ...]:
    names = _named(write, numbered)
    return tuple(_Field(f"c{n}", _kind(write.table, name)) for n, name in enumerate(names))


@cache
def _packing(write: Write, numbered: bool) -> tuple[Any, tuple[int, ...]]:
    """A class whose instances are written as rows, and the places of what is left out: bytes."""
    fields = _fields(write, numbered)
    row = defstruct("Row", [(field.name, Any) for field in fields if field.kind != _BYTES])
    return row, tuple(n for n, field in enumerate(fields) if field.kind == _BYTES)


def _given(fields: Sequence[_Field], first: int) -> str:
    """The rows as a table: its parameters, counted from ``first``, are the texts and numbers of all
    of them, then each column of bytes."""
    told = ", ".join(f"{field.name} {field.kind}" for field in fields if field.kind != _BYTES)
    rows = f"json_to_recordset(${first}::json) as"
    blobs = [field.name for field in fields if field.kind == _BYTES]
    if not blobs:
        return f"{rows} given({told})"
    apart = "".join(f", unnest(${first + n}::{Blobs.cast})" for n in range(1, len(blobs) + 1))
    names = [field.name for field in fields if field.kind != _BYTES] + blobs
    return f"rows from ({rows} ({told}){apart}) as given({', '.join(names)})"


def _part(write: Write, numbered: bool, first: int) -> str:
    """One step's SQL, its parameters counted from ``first``."""
    fields = _fields(write, numbered)
    given = _given(fields, first)
    names = [f'"{name}"' for name in _named(write, numbered)]
    if write.verb in ("insert", "put"):
        taken = ", ".join(f"given.{field.name}" for field in fields)
        text = f"insert into {write.table} ({', '.join(names)}) select {taken} from {given}"  # noqa: S608
        return text + _put(write) if write.verb == "put" else text
    pairs = [f"{name} = given.{field.name}" for name, field in zip(names, fields, strict=True)]
    count = len(write.values)
    same = " and ".join(f"t.{pair}" for pair in pairs[count:])
    if write.sparing:
        old = ", ".join(f"t.{name}" for name in names[:count])
        new = ", ".join(f"given.{field.name}" for field in fields[:count])
        same += f" and ({old}) is distinct from ({new})"
    if write.verb == "delete":
        return f"delete from {write.table} as t using {given} where {same}"  # noqa: S608
    changes = ", ".join(pairs[:count])
    return f"update {write.table} as t set {changes} from {given} where {same}"  # noqa: S608


def _put(write: Write) -> str:
    keys = ", ".join(f'"{name}"' for name in write.keys)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in write.values)
    return f" on conflict ({keys}) do update set {changes}"


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
        blobs = len(_packing(write, numbered)[1])
        place += 1 + blobs
        types += [_JSON, *[Blobs.oid] * blobs]
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
        rows = [row[1:] for row in step.rows] if numbered else step.rows
        kinds.append((write, numbered))
        row, blobs = _packing(write, numbered)
        if blobs:
            columns = list(zip(*rows, strict=True))
            apart = [Blobs.pack(columns.pop(place)) for place in reversed(blobs)]
            values.append(_written([row(*told) for told in zip(*columns, strict=True)]))
            values += reversed(apart)
        else:
            values.append(_written([row(*told) for told in rows]))
        if write.guarded:
            counts.append(pack_number(len(rows)))
    return Packed(*_shape(tuple(kinds)), values + counts)
