"""The journal: every record of an instance's life, turn by turn."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import delete

from procession.core.records import Record
from procession.store.codec import decode_records
from procession.store.rows import JournalRow
from procession.store.store import Reader, UnitOfWork
from procession.store.tables import journal


class Entry(msgspec.Struct, frozen=True):
    """A record with its number in the instance's life and its time (epoch ms)."""

    seq: int
    at: int
    record: Record


def turns(reader: Reader, instance_id: int) -> list[JournalRow]:
    """The rows of an instance, oldest first."""
    return [JournalRow(*row) for row in reader.hot("journal", (instance_id,))]


def entries(reader: Reader, instance_id: int) -> Iterator[Entry]:
    """The records of an instance, oldest first."""
    for row in turns(reader, instance_id):
        for place, record in enumerate(decode_records(row.body)):
            yield Entry(row.seq + place, row.at, record)


def records(reader: Reader, instance_id: int) -> list[Record]:
    """The bare records, oldest first; applied to an empty state they give the instance's own."""
    return [entry.record for entry in entries(reader, instance_id)]


def trim(uow: UnitOfWork, instance_id: int) -> None:
    """Forget how an instance came to be what it is."""
    uow.execute(delete(journal).where(journal.c.instance_id == instance_id))
