"""Deployments: units, their files, definitions and start subscriptions.

Writes are added to a turn's unit of work; none of this is on the hot path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update

from procession.store import tables
from procession.store.codec import decode_value
from procession.store.phrases import Phrase
from procession.store.store import Reader, UnitOfWork
from procession.values import Map

DEPLOYED: Final = "DEPLOYED"


class Unit(msgspec.Struct, frozen=True):
    """A deployed unit; the columns of ``deployment``. ``options`` is an encoded value."""

    revision: int
    id: str
    status: str
    strategy: str
    is_active: bool
    deployed_at: int
    deployed_by: str
    message: str | None
    options: bytes
    digest: str


class Definition(msgspec.Struct, frozen=True):
    """A process definition; the columns of ``process_definition``."""

    revision: int
    process_id: str
    deployment_id: str
    name: str
    version: str
    package: str
    unique_id: str
    resource: str
    variables: bytes


_UNITS: Final = f"select {', '.join(Unit.__struct_fields__)} from deployment"  # noqa: S608
_DEFINITIONS: Final = (
    f"select {', '.join(f'p.{name}' for name in Definition.__struct_fields__)}"  # noqa: S608
    " from process_definition p join deployment d on d.revision = p.revision where "
)
_STARTABLE: Final = Phrase("d.status = ? and d.is_active", (DEPLOYED,))
_FILES: Final = "select name, content from resource where revision = ?"


def is_any(reader: Reader) -> bool:
    """Whether a unit is deployed; asked at each start, so without composing a statement."""
    return bool(reader.ask("select 1 from deployment where status = ? limit 1", (DEPLOYED,)))


def semantics_in(options: bytes) -> Map:
    """What a unit chose of ``core/semantics.py``, from its encoded ``options``."""
    chosen = decode_value(options).get("semantics") if options else None
    return chosen if isinstance(chosen, Map) else Map()


def required_roles_in(options: bytes) -> tuple[str, ...]:
    """The roles that a unit asks for, from its encoded ``options``."""
    stored = decode_value(options).get("required_roles") if options else None
    return tuple(str(one) for one in stored) if isinstance(stored, tuple) else ()


def data_types_in(options: bytes) -> str:
    """The classes that a unit brings, as text, from its encoded ``options``."""
    stored = decode_value(options).get("data_types") if options else None
    return stored if isinstance(stored, str) else ""


# -- reading ---------------------------------------------------------------------------------


def unit(reader: Reader, deployment_id: str) -> Unit | None:
    """The latest revision of a deployment id, deployed or not."""
    latest = f"{_UNITS} where id = ? order by revision desc limit 1"
    for row in reader.ask(latest, (deployment_id,)):
        found = Unit(*row)
        return msgspec.structs.replace(found, is_active=bool(found.is_active))
    return None


def units(reader: Reader, offset: int, limit: int | None) -> tuple[list[Unit], int]:
    """Deployed units by id, and how many there are."""
    deployed = select(tables.deployment).where(tables.deployment.c.status == DEPLOYED)
    rows, total = page(reader, deployed, (tables.deployment.c.id,), offset, limit)
    return [Unit(*row) for row in rows], total


def definitions(
    reader: Reader, deployment_id: str | None, offset: int, limit: int | None
) -> tuple[list[Definition], int]:
    """Definitions of deployed units by deployment and process id, and how many there are."""
    table = tables.process_definition
    wanted = select(table).join(tables.deployment, tables.deployment.c.revision == table.c.revision)
    wanted = wanted.where(tables.deployment.c.status == DEPLOYED)
    if deployment_id is not None:
        wanted = wanted.where(table.c.deployment_id == deployment_id)
    order = (table.c.deployment_id, table.c.process_id)
    rows, total = page(reader, wanted, order, offset, limit)
    return [Definition(*row) for row in rows], total


def startable(
    reader: Reader, *, name: str | None = None, key: str | None = None
) -> list[Definition]:
    """Definitions that take starts, latest first, by name or process id, and by unique id."""
    where = _STARTABLE
    if name:
        where = where.then(" and (p.name = ? or p.process_id = ?)", name, name)
    if key:
        where = where.then(" and (p.unique_id = ? or p.process_id = ?)", key, key)
    wanted = where.within(_DEFINITIONS, " order by p.revision desc, p.process_id")
    return [Definition(*row) for row in reader.ask(wanted.text, wanted.values)]


def resources(reader: Reader, revision: int) -> list[tuple[str, bytes]]:
    """The files of a unit by name."""
    return list(reader.ask(f"{_FILES} order by name", (revision,)))


def forms(reader: Reader, revision: int) -> list[tuple[str, bytes]]:
    """The files of a unit that are forms, by name."""
    return list(reader.ask(f"{_FILES} and name like '%.form' order by name", (revision,)))


def count_running(reader: Reader, revision: int) -> int:
    """How many instances of a unit are running."""
    wanted = select(tables.process_instance.c.id).where(
        tables.process_instance.c.revision == revision
    )
    return _count(reader, wanted)


# -- writing ---------------------------------------------------------------------------------


def add_unit(uow: UnitOfWork, new: Unit, files: Mapping[str, bytes]) -> None:
    """A new unit with its files."""
    uow.execute(insert(tables.deployment).values(**msgspec.structs.asdict(new)))
    for name, content in files.items():
        uow.execute(
            insert(tables.resource).values(revision=new.revision, name=name, content=content)
        )


def add_definition(uow: UnitOfWork, new: Definition) -> None:
    """A definition of a new unit."""
    uow.execute(insert(tables.process_definition).values(**msgspec.structs.asdict(new)))


def add_start(
    uow: UnitOfWork,
    revision: int,
    process_id: str,
    node_id: str,
    deployment_id: str,
    kind: int,
    name: str,
) -> None:
    """A start event that listens for a signal, a message or a condition."""
    uow.execute(
        insert(tables.start_subscription).values(
            revision=revision,
            process_id=process_id,
            node_id=node_id,
            deployment_id=deployment_id,
            kind=kind,
            name=name,
        )
    )


def set_status(uow: UnitOfWork, revision: int, status: str) -> None:
    """The status of a unit."""
    table = tables.deployment
    uow.execute(update(table).where(table.c.revision == revision).values(status=status), guard=1)


def take_away(uow: UnitOfWork, revision: int) -> None:
    """A unit is undeployed, unless an instance of it has been started in the meantime."""
    table, running = tables.deployment, tables.process_instance
    some = select(running.c.id).where(running.c.revision == revision).exists()
    gone = update(table).where(table.c.revision == revision, ~some).values(status="UNDEPLOYED")
    uow.execute(gone, guard=1)


def set_active(uow: UnitOfWork, revision: int, active: bool) -> None:
    """Whether a unit takes new starts."""
    table = tables.deployment
    changed = update(table).where(table.c.revision == revision).values(is_active=active)
    uow.execute(changed, guard=1)


def remove_starts(uow: UnitOfWork, revision: int) -> None:
    """A unit no longer listens, and its timer start events no longer fire."""
    starts, jobs = tables.start_subscription, tables.job
    uow.execute(delete(starts).where(starts.c.revision == revision))
    uow.execute(delete(jobs).where(jobs.c.revision == revision, jobs.c.kind == "start_timer"))


def page(
    reader: Reader,
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    offset: int,
    limit: int | None,
) -> tuple[Sequence[Any], int]:
    """One page of a select in that order, and how many rows the whole has."""
    total = _count(reader, query)
    query = query.order_by(*order)
    query = query.offset(offset) if offset else query
    query = query.limit(limit) if limit is not None else query
    return reader.execute(query), total


def _count(reader: Reader, wanted: Select[Any]) -> int:
    return int(reader.execute(select(func.count()).select_from(wanted.subquery()))[0][0])
