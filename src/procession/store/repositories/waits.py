"""Open waits: what instances wait for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from procession.store.rows import WaitRow
from procession.store.store import Reader
from procession.store.tables import wait


def of_instances(reader: Reader, ids: Sequence[int]) -> list[WaitRow]:
    """Every open wait of some instances."""
    return [WaitRow(*row) for row in reader.hot("waits_of_instances", (ids,))]


def node_of(reader: Reader, instance_id: int | None, wait_id: int | None) -> str | None:
    """The node that an open wait belongs to."""
    if instance_id is None:
        return None
    waits = of_instances(reader, (instance_id,))
    return next((each.node_id for each in waits if each.wait_id == wait_id), None)


def by_public_id(reader: Reader, number: int) -> WaitRow | None:
    """The open work item of that number."""
    rows = reader.hot("wait_by_public_id", (number,))
    return WaitRow(*rows[0]) if rows else None


def waiting_for(
    reader: Reader,
    kind: int,
    name: str,
    *,
    key: str | None = None,
    deployment_id: str | None = None,
) -> list[WaitRow]:
    """Who waits for a message or signal; ``key`` and ``deployment_id`` narrow it."""
    if key is None and deployment_id is None:
        rows = reader.hot("waits_by_name", (kind, name))
    elif key is None:
        rows = reader.hot("waits_by_name_in", (kind, name, deployment_id))
    elif deployment_id is None:
        rows = reader.hot("waits_by_key", (kind, name, key))
    else:
        rows = reader.hot("waits_by_key_in", (kind, name, deployment_id, key))
    return [WaitRow(*row) for row in rows]


def of_kind(reader: Reader, kind: int, deployment_id: str | None = None) -> list[WaitRow]:
    """Every open wait of a kind, oldest instance first."""
    query = select(wait).where(wait.c.kind == kind)
    if deployment_id is not None:
        query = query.where(wait.c.deployment_id == deployment_id)
    return [WaitRow(*row) for row in reader.execute(query.order_by(wait.c.instance_id))]
