"""Living process instances, and what the audit remembers of ended ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from procession.store.hot import load_instances
from procession.store.repositories.deployments import page
from procession.store.rows import ProcessInstanceRow, ProcessLogRow
from procession.store.store import Reader
from procession.store.tables import node_log, process_instance, process_log


def instance(reader: Reader, instance_id: int) -> ProcessInstanceRow | None:
    """A living instance."""
    rows = load_instances(reader, (instance_id,))
    return rows[0] if rows else None


def running(
    reader: Reader,
    deployment_id: str | None,
    where: ColumnElement[bool] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[ProcessInstanceRow], int]:
    """Living instances, oldest first, and how many there are; ``where`` hides some."""
    query = select(process_instance)
    if deployment_id is not None:
        query = query.where(process_instance.c.deployment_id == deployment_id)
    if where is not None:
        query = query.where(where)
    rows, total = page(reader, query, (process_instance.c.id,), offset, limit)
    return [ProcessInstanceRow(*row) for row in rows], total


def of_root(reader: Reader, root_id: int) -> list[int]:
    """The ids of an instance and of all that it called, directly or not, ended ones too."""
    query = select(process_log.c.instance_id).where(process_log.c.root_id == root_id)
    return [row.instance_id for row in reader.execute(query.order_by(process_log.c.instance_id))]


def count(reader: Reader, deployment_id: str | None = None) -> int:
    """How many instances live."""
    query = select(func.count()).select_from(process_instance)
    if deployment_id is not None:
        query = query.where(process_instance.c.deployment_id == deployment_id)
    total: int = reader.execute(query)[0][0]
    return total


def last_known(reader: Reader, instance_id: int) -> ProcessLogRow | None:
    """What the audit knows of an instance, living or ended."""
    rows = reader.hot("process_logs", ((instance_id,),))
    return ProcessLogRow(*rows[0]) if rows else None


def last_known_all(reader: Reader, ids: Sequence[int]) -> dict[int, ProcessLogRow]:
    """The same for many, by id."""
    rows: Sequence[Any] = reader.hot("process_logs", (ids,)) if ids else ()
    logs = [ProcessLogRow(*row) for row in rows]
    return {log.instance_id: log for log in logs}


def visited_nodes(reader: Reader, instance_id: int) -> set[str]:
    """The ids of the nodes that the instance has left."""
    query = select(node_log.c.node_id).distinct()
    query = query.where(node_log.c.instance_id == instance_id, node_log.c.type == 1)
    return {row.node_id for row in reader.execute(query)}
