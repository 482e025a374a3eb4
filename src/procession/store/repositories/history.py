"""Questions to the audit tables, and who takes part in an instance.

Every list is sorted by deployment, process, process instance and log row
(``reference/jbpm-rest-api.md`` 2.5), and cut to the page by the database.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Delete, Select, and_, delete, func, or_, select, union

from procession.store.tables import (
    node_log,
    process_instance,
    process_log,
    task,
    task_person,
    variable_log,
)

RUNNING = 1
_WORKING = ("potential_owner", "business_administrator", "stakeholder")

# -- who takes part --------------------------------------------------------------------------


class Part(msgspec.Struct, frozen=True):
    """The names under which rows may belong to somebody; rows older than ``since`` do not.

    They belong to an earlier user of the same name (``since`` in epoch ms).
    """

    name: str
    since: int = 0
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def is_named(self, kind: str, name: str) -> bool:
        """Whether a user, group, role or work party of that name is or includes them."""
        match kind:
            case "USER":
                return name == self.name
            case "GROUP":
                return name in self.groups
            case "ROLE":
                return name in self.roles
            case _:
                return name in self.parties


def visible_to(part: Part, instance_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The rows of instances that somebody started, themselves or their root, or works in.

    The same as :meth:`procession.services.access.Access.sees_instance` asks about one instance.
    One list of numbers, so that a database may as well begin with it.
    """
    begun = select(process_log.c.instance_id).where(_began(part))
    running = select(process_instance.c.id).where(_runs(part))
    worked = (task.c.created_at >= part.since, task.c.instance_id.is_not(None))
    own = select(task.c.instance_id).where(task.c.actual_owner == part.name, *worked)
    offered = (
        select(task.c.instance_id)
        .join(task_person, task_person.c.task_id == task.c.id)
        .where(_named(part), *worked)
    )
    return instance_id.in_(
        union(
            begun,
            running,
            select(process_log.c.instance_id).where(process_log.c.root_id.in_(begun)),
            select(process_instance.c.id).where(process_instance.c.root_id.in_(running)),
            own,
            offered,
        )
    )


def _began(part: Part) -> ColumnElement[bool]:
    return and_(process_log.c.identity == part.name, process_log.c.started_at >= part.since)


def _runs(part: Part) -> ColumnElement[bool]:
    return and_(
        process_instance.c.started_by == part.name, process_instance.c.started_at >= part.since
    )


def _named(part: Part) -> ColumnElement[bool]:
    """Rows of ``task_person`` that name somebody, themselves or by group, role or party."""
    kinds = {"GROUP": part.groups, "ROLE": part.roles, "PARTY": part.parties}
    named = [and_(task_person.c.kind == "USER", task_person.c.name == part.name)]
    named += [
        and_(task_person.c.kind == kind, task_person.c.name.in_(names))
        for kind, names in kinds.items()
        if names
    ]
    return and_(task_person.c.relation.in_(_WORKING), or_(*named))


# -- questions -------------------------------------------------------------------------------


def process_logs(*where: ColumnElement[bool]) -> Select[Any]:
    """Process logs."""
    return (
        select(process_log)
        .where(*where)
        .order_by(
            process_log.c.deployment_id,
            process_log.c.process_id,
            process_log.c.instance_id,
            process_log.c.id,
        )
    )


def node_logs(*where: ColumnElement[bool]) -> Select[Any]:
    """Node logs."""
    return (
        select(node_log)
        .where(*where)
        .order_by(
            node_log.c.deployment_id,
            node_log.c.process_id,
            node_log.c.instance_id,
            node_log.c.id,
        )
    )


def variable_logs(*where: ColumnElement[bool]) -> Select[Any]:
    """Variable logs."""
    return (
        select(variable_log)
        .where(*where)
        .order_by(
            variable_log.c.deployment_id,
            variable_log.c.process_id,
            variable_log.c.instance_id,
            variable_log.c.id,
        )
    )


def logs_by_variable(*where: ColumnElement[bool]) -> Select[Any]:
    """Process logs of the instances of variable logs: one for each of those, so they repeat."""
    return (
        select(process_log)
        .join(variable_log, variable_log.c.instance_id == process_log.c.instance_id)
        .where(*where)
        .order_by(
            process_log.c.deployment_id,
            process_log.c.process_id,
            process_log.c.instance_id,
            variable_log.c.id,
        )
    )


def is_active() -> ColumnElement[bool]:
    """Process logs without an end."""
    return process_log.c.ended_at.is_(None)


def has_status(status: int) -> ColumnElement[bool]:
    """Process logs of a status; *active* means that there is no end."""
    return is_active() if status == RUNNING else process_log.c.status == status


def of_active_instance(instance_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Log rows whose process instance has no end."""
    running = select(process_log.c.id).where(process_log.c.instance_id == instance_id, is_active())
    return running.exists()


def of_variable(variable_id: str, value: str | None) -> tuple[ColumnElement[bool], ...]:
    """Variable logs of a variable, and with exactly that text."""
    named = variable_log.c.variable_id == variable_id
    return (named,) if value is None else (named, variable_log.c.value == value)


def last_values(instance_id: int) -> Select[Any]:
    """The last text of each process variable, in the order in which they were last set."""
    last = (
        select(func.max(variable_log.c.id))
        .where(
            variable_log.c.instance_id == instance_id,
            variable_log.c.variable_id == variable_log.c.variable_instance_id,
        )
        .group_by(variable_log.c.variable_id)
    )
    return (
        select(variable_log.c.variable_id, variable_log.c.value)
        .where(variable_log.c.id.in_(last))
        .order_by(variable_log.c.id)
    )


# -- forgetting ------------------------------------------------------------------------------


def forget_ended(before: int | None = None) -> tuple[Delete, ...]:
    """Delete the logs of instances that have ended, or ended before a time (epoch ms)."""
    ended: ColumnElement[bool] = process_log.c.ended_at.is_not(None)
    if before is not None:
        ended = process_log.c.ended_at < before
    numbers = select(process_log.c.instance_id).where(ended)
    return (
        delete(node_log).where(node_log.c.instance_id.in_(numbers)),
        delete(variable_log).where(variable_log.c.instance_id.in_(numbers)),
        delete(process_log).where(ended),
    )


def forget_everything() -> tuple[Delete, ...]:
    """Delete all audit, that of running instances included."""
    return (delete(node_log), delete(variable_log), delete(process_log))
