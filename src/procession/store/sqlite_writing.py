"""The SQL of SQLite's writes."""

from __future__ import annotations

from functools import cache

from procession.store.writing import Write


@cache
def rows_text(write: Write, size: int) -> str:
    """The SQL that inserts so many rows."""
    names = (*write.values, *write.keys)
    columns = ", ".join(f'"{name}"' for name in names)
    row = "(" + ", ".join("?" * len(names)) + ")"
    head = f"insert into {write.table} ({columns}) values "  # noqa: S608
    return head + ", ".join([row] * size) + (_instead(write) if write.verb == "put" else "")


@cache
def row_text(write: Write) -> str:
    """The SQL of an update or a delete, by its keys."""
    where = " and ".join(f'"{name}" = ?' for name in write.keys)
    if write.verb == "delete":
        return f"delete from {write.table} where {where}"  # noqa: S608
    values = ", ".join(f'"{name}" = ?' for name in write.values)
    if write.sparing:
        named = list(enumerate((*write.values, *write.keys), 1))
        values = ", ".join(f'"{name}" = ?{at}' for at, name in named[: len(write.values)])
        other = values.replace(" = ", " is not ").replace(", ", " or ")
        same = " and ".join(f'"{name}" = ?{at}' for at, name in named[len(write.values) :])
        where = f"{same} and ({other})"
    return f"update {write.table} set {values} where {where}"  # noqa: S608


def _instead(write: Write) -> str:
    keys = ", ".join(f'"{name}"' for name in write.keys)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in write.values)
    return f" on conflict ({keys}) do update set {changes}"
