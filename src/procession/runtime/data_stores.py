"""What the data stores of deployments hold (``core/data_stores.py``), as a turn sees and sets it.

A turn that looks at a store claims it until its batch is durable, so that turns which share a store
follow one another; on a shared database a version on the row does the same between nodes. Values
stay when a deployment goes: they belong to its id, and are there again when it comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert, update

from procession.store.codec import decode_value, encode_value
from procession.store.tables import data_store
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.runtime.turn import Turn


class Stored(msgspec.Struct):
    """A store in a turn; version 0 has no row yet."""

    value: Value
    version: int


def read(turn: Turn, deployment: str, name: str) -> Value:
    """What a store holds, with what this turn has written."""
    return _stored(turn, deployment, name).value


def write(turn: Turn, deployment: str, name: str, value: Value) -> None:
    """Have a store hold something else when the turn is durable."""
    held = _stored(turn, deployment, name)
    body = encode_value(Map(value=value))
    if held.version == 0:
        row = {"deployment_id": deployment, "name": name, "version": 1, "value": body}
        turn.uow.execute(insert(data_store).values(**row))
    else:
        mine = update(data_store).where(
            data_store.c.deployment_id == deployment,
            data_store.c.name == name,
            data_store.c.version == held.version,
        )
        turn.uow.execute(mine.values(version=held.version + 1, value=body), guard=1)
    held.value, held.version = value, held.version + 1


def _stored(turn: Turn, deployment: str, name: str) -> Stored:
    kind = f"data store {deployment} {name}"
    found = turn.objects.get((kind, 0))
    if found is None:
        turn.touch(kind, 0)
        rows = turn.reader.hot("data_store", (deployment, name))
        found = Stored(None, 0)
        if rows:
            found = Stored(decode_value(rows[0][0])["value"], int(rows[0][1]))
        turn.objects[kind, 0] = found
    assert isinstance(found, Stored)
    return found
