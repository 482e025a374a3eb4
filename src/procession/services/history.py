"""What happened, to whom, when: questions to the audit.

``reference/jbpm-rest-api.md`` 2.5. Lists about an instance that does not exist, or that the actor
may not see, are empty; see :mod:`procession.services.access`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select

from procession.errors import NotFound
from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import Service, change, query
from procession.services.paging import PageRequest
from procession.services.views import NodeLogView, Page, ProcessLogView, VariableLogView
from procession.store.repositories import history as logs
from procession.store.tables import node_log, process_log, variable_log
from procession.values import EMPTY, Map

T = TypeVar("T")
_ALL: Final = PageRequest()


class HistoryService(Service):
    """The audit of process instances, their nodes and variables."""

    # -- process logs ------------------------------------------------------------------------

    @query
    def instances(
        self, actor: Actor, *, active: bool = False, page: PageRequest = _ALL
    ) -> Page[ProcessLogView]:
        """All process instances; with ``active`` those that have not ended."""
        where = (logs.is_active(),) if active else ()
        return self._processes(actor, logs.process_logs, where, page)

    @query
    def instance(self, actor: Actor, instance_id: int) -> ProcessLogView:
        """One process instance, running or ended. Raises :class:`NotFound`."""
        statement = logs.process_logs(process_log.c.instance_id == instance_id)
        found = self._of_instance(actor, instance_id, statement, _ALL, process_log_view).items
        if not found:
            raise NotFound(
                f"there is no audit of a process instance {instance_id}", reason="instance"
            )
        return found[0]

    @query
    def children(
        self, actor: Actor, instance_id: int, page: PageRequest = _ALL
    ) -> Page[ProcessLogView]:
        """The instances that an instance has called, not those that they have called."""
        where = (process_log.c.parent_id == instance_id,)
        return self._processes(actor, logs.process_logs, where, page)

    @query
    def by_process(
        self,
        actor: Actor,
        process_id: str,
        status: int | None = None,
        page: PageRequest = _ALL,
    ) -> Page[ProcessLogView]:
        """All instances of a process; status 1 means those that have not ended."""
        where = [process_log.c.process_id == process_id]
        if status is not None:
            where.append(logs.has_status(status))
        return self._processes(actor, logs.process_logs, tuple(where), page)

    @query
    def instances_by_variable(
        self,
        actor: Actor,
        variable_id: str,
        value: str | None = None,
        *,
        active: bool = False,
        page: PageRequest = _ALL,
    ) -> Page[ProcessLogView]:
        """The instances in which a variable was set: once for each time, so they repeat."""
        where = logs.of_variable(variable_id, value)
        if active:
            where = (*where, logs.is_active())
        return self._processes(actor, logs.logs_by_variable, where, page)

    # -- node and variable logs --------------------------------------------------------------

    @query
    def nodes(
        self,
        actor: Actor,
        instance_id: int,
        node_id: str | None = None,
        page: PageRequest = _ALL,
    ) -> Page[NodeLogView]:
        """The nodes an instance has entered and left, or one of them."""
        where = [node_log.c.instance_id == instance_id]
        if node_id is not None:
            where.append(node_log.c.node_id == node_id)
        return self._of_instance(actor, instance_id, logs.node_logs(*where), page, node_log_view)

    @query
    def variables(
        self,
        actor: Actor,
        instance_id: int,
        variable_id: str | None = None,
        page: PageRequest = _ALL,
    ) -> Page[VariableLogView]:
        """Every time a variable of an instance was set, or one of them."""
        where = [variable_log.c.instance_id == instance_id]
        if variable_id is not None:
            where.append(variable_log.c.variable_id == variable_id)
        return self._of_instance(
            actor, instance_id, logs.variable_logs(*where), page, variable_log_view
        )

    @query
    def by_variable(
        self,
        actor: Actor,
        variable_id: str,
        value: str | None = None,
        *,
        active: bool = False,
        page: PageRequest = _ALL,
    ) -> Page[VariableLogView]:
        """Every time a variable was set in any instance, or set to exactly that text."""
        self.room.access.check(actor, "history.read")
        columns = variable_log.c
        where = logs.of_variable(variable_id, value)
        where = (*where, self.room.access.visible(actor, columns.instance_id))
        if active:
            where = (*where, logs.of_active_instance(columns.instance_id))
        return self._page(logs.variable_logs(*where), page, variable_log_view)

    @query
    def last_variables(self, actor: Actor, instance_id: int) -> Map:
        """The last logged text of each process variable of an instance, running or ended."""
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            if not self.room.access.sees_instance(reader, actor, instance_id):
                return EMPTY
            rows = reader.execute(logs.last_values(instance_id))
        return Map([(row.variable_id, row.value) for row in rows])

    # -- forgetting --------------------------------------------------------------------------

    @change
    def clear(self, actor: Actor, *, everything: bool = False) -> None:
        """Forget the audit of all instances that have ended.

        With ``everything`` that of running ones too, as jBPM 6.0 did. Tasks keep their own events.
        """
        self.room.access.check(actor, "history.clear")
        statements = logs.forget_everything() if everything else logs.forget_ended()
        for statement in statements:
            self.turn.uow.execute(statement)

    # -- inside ------------------------------------------------------------------------------

    def _processes(
        self,
        actor: Actor,
        question: Callable[..., Select[Any]],
        where: tuple[ColumnElement[bool], ...],
        page: PageRequest,
    ) -> Page[ProcessLogView]:
        access = self.room.access
        access.check(actor, "history.read")
        seen = access.visible(actor, process_log.c.instance_id)
        return self._page(question(*where, seen), page, process_log_view)

    def _of_instance(
        self,
        actor: Actor,
        instance_id: int,
        statement: Select[Any],
        page: PageRequest,
        view: Callable[[Any], T],
    ) -> Page[T]:
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            if not self.room.access.sees_instance(reader, actor, instance_id):
                return Page((), None, page.number, page.size)
            rows = reader.execute(_cut(statement, page))
        return Page(tuple([view(row) for row in rows]), None, page.number, page.size)

    def _page(self, statement: Select[Any], page: PageRequest, view: Callable[[Any], T]) -> Page[T]:
        with self.room.store.read() as reader:
            rows = reader.execute(_cut(statement, page))
        return Page(tuple([view(row) for row in rows]), None, page.number, page.size)


def _cut(statement: Select[Any], page: PageRequest) -> Select[Any]:
    if page.limit is not None:
        statement = statement.limit(page.limit)
    return statement.offset(page.offset) if page.offset else statement


def process_log_view(row: Any) -> ProcessLogView:
    """A row of the process log as services answer it."""
    return ProcessLogView(
        id=row.id,
        process_instance_id=row.instance_id,
        uuid=row.uuid,
        process_id=row.process_id,
        process_name=row.process_name,
        process_version=row.process_version,
        deployment_id=row.deployment_id,
        start=from_ms(row.started_at),
        end=None if row.ended_at is None else from_ms(row.ended_at),
        status=row.status,
        parent_process_instance_id=row.parent_id,
        outcome=row.outcome,
        duration=row.duration,
        identity=row.identity,
        correlation_key=row.correlation_key,
        description=row.description,
    )


def node_log_view(row: Any) -> NodeLogView:
    """A row of the node log as services answer it."""
    return NodeLogView(
        id=row.id,
        process_instance_id=row.instance_id,
        process_id=row.process_id,
        deployment_id=row.deployment_id,
        date=from_ms(row.at),
        type=row.type,
        node_instance_id=str(row.node_instance_id),
        node_id=row.node_id,
        node_name=row.node_name,
        node_type=row.node_type,
        work_item_id=row.work_item_id,
        connection=row.connection,
    )


def variable_log_view(row: Any) -> VariableLogView:
    """A row of the variable log as services answer it."""
    return VariableLogView(
        id=row.id,
        process_instance_id=row.instance_id,
        process_id=row.process_id,
        deployment_id=row.deployment_id,
        date=from_ms(row.at),
        variable_instance_id=row.variable_instance_id,
        variable_id=row.variable_id,
        value=row.value,
        old_value=row.old_value,
    )
