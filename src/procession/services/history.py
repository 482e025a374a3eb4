"""What happened, to whom, when: questions to the audit.

``reference/jbpm-rest-api.md`` 2.5. Lists about an instance that does not exist, or that the actor
may not see, are empty; see :mod:`procession.services.access`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from procession.errors import NotFound
from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import Service, change, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.views import NodeLogView, Page, ProcessLogView, VariableLogView
from procession.store.phrases import Phrase, all_of
from procession.store.repositories import history as logs
from procession.store.repositories.history import Log
from procession.store.rows import NodeLogRow, ProcessLogRow, Row, VariableLogRow
from procession.values import EMPTY, Map

R = TypeVar("R", bound=Row)
T = TypeVar("T")


class HistoryService(Service):
    """The audit of process instances, their nodes and variables."""

    # -- process logs ------------------------------------------------------------------------

    @query
    def instances(
        self, actor: Actor, *, active: bool = False, page: PageRequest = EVERYTHING
    ) -> Page[ProcessLogView]:
        """All process instances; with ``active`` those that have not ended."""
        return self._processes(actor, page, *([logs.is_active()] if active else []))

    @query
    def instance(self, actor: Actor, instance_id: int) -> ProcessLogView:
        """One process instance, running or ended. Raises :class:`NotFound`."""
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            rows = reader.hot("process_logs", ((instance_id,),))
            if not rows or not self.room.access.sees_instance(reader, actor, instance_id):
                raise NotFound(
                    f"there is no audit of a process instance {instance_id}", reason="instance"
                )
        return process_log_view(ProcessLogRow(*rows[0]))

    @query
    def children(
        self, actor: Actor, instance_id: int, page: PageRequest = EVERYTHING
    ) -> Page[ProcessLogView]:
        """The instances that an instance has called, not those that they have called."""
        return self._processes(actor, page, logs.is_("process_log.parent_id", instance_id))

    @query
    def by_process(
        self,
        actor: Actor,
        process_id: str,
        status: int | None = None,
        page: PageRequest = EVERYTHING,
    ) -> Page[ProcessLogView]:
        """All instances of a process; status 1 means those that have not ended."""
        where = [logs.is_("process_log.process_id", process_id)]
        if status is not None:
            where.append(logs.has_status(status))
        return self._processes(actor, page, *where)

    @query
    def instances_by_variable(
        self,
        actor: Actor,
        variable_id: str,
        value: str | None = None,
        *,
        active: bool = False,
        page: PageRequest = EVERYTHING,
    ) -> Page[ProcessLogView]:
        """The instances in which a variable was set: once for each time, so they repeat."""
        where = [logs.of_variable(variable_id, value), *([logs.is_active()] if active else [])]
        return self._processes(actor, page, *where, log=logs.LOGS_BY_VARIABLE)

    # -- node and variable logs --------------------------------------------------------------

    @query
    def nodes(
        self,
        actor: Actor,
        instance_id: int,
        node_id: str | None = None,
        page: PageRequest = EVERYTHING,
    ) -> Page[NodeLogView]:
        """Every node entered and left in an instance, or one of them."""
        where = [logs.is_("node_log.instance_id", instance_id)]
        if node_id is not None:
            where.append(logs.is_("node_log.node_id", node_id))
        return self._of_instance(actor, instance_id, page, logs.NODE_LOGS, where, node_log_view)

    @query
    def variables(
        self,
        actor: Actor,
        instance_id: int,
        variable_id: str | None = None,
        page: PageRequest = EVERYTHING,
    ) -> Page[VariableLogView]:
        """Every time a variable of an instance was set, or one of them."""
        where = [logs.is_("variable_log.instance_id", instance_id)]
        if variable_id is not None:
            where.append(logs.is_("variable_log.variable_id", variable_id))
        return self._of_instance(
            actor, instance_id, page, logs.VARIABLE_LOGS, where, variable_log_view
        )

    @query
    def by_variable(
        self,
        actor: Actor,
        variable_id: str,
        value: str | None = None,
        *,
        active: bool = False,
        page: PageRequest = EVERYTHING,
    ) -> Page[VariableLogView]:
        """Every time a variable was set in any instance, or set to exactly that text."""
        where = [logs.of_variable(variable_id, value)]
        if active:
            where.append(logs.of_active_instance("variable_log.instance_id"))
        return self._list(actor, page, logs.VARIABLE_LOGS, where, variable_log_view)

    @query
    def last_variables(self, actor: Actor, instance_id: int) -> Map:
        """The last logged text of each process variable of an instance, running or ended."""
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            if not self.room.access.sees_instance(reader, actor, instance_id):
                return EMPTY
            return Map(logs.last_texts(reader, instance_id))

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
        page: PageRequest,
        *where: Phrase,
        log: Log[ProcessLogRow] = logs.PROCESS_LOGS,
    ) -> Page[ProcessLogView]:
        return self._list(actor, page, log, where, process_log_view)

    def _list(
        self,
        actor: Actor,
        page: PageRequest,
        log: Log[R],
        where: Sequence[Phrase],
        view: Callable[[R], T],
    ) -> Page[T]:
        """What the actor may see of all instances."""
        access = self.room.access
        access.check(actor, "history.read")
        seen = access.visible(actor, f"{log.table}.instance_id")
        where = where if seen is None else (*where, seen)
        with self.room.store.read() as reader:
            rows = log.read(reader, all_of(*where), page.limit, page.offset)
            total = log.count(reader, all_of(*where)) if page.counted else None
        return page.of(map(view, rows), total)

    def _of_instance(
        self,
        actor: Actor,
        instance_id: int,
        page: PageRequest,
        log: Log[R],
        where: Sequence[Phrase],
        view: Callable[[R], T],
    ) -> Page[T]:
        """All of one instance, if the actor may see it."""
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            if not self.room.access.sees_instance(reader, actor, instance_id):
                return page.of(())
            rows = log.read(reader, all_of(*where), page.limit, page.offset)
            total = log.count(reader, all_of(*where)) if page.counted else None
        return page.of(map(view, rows), total)


def process_log_view(row: ProcessLogRow) -> ProcessLogView:
    """A row of the process log as services answer it."""
    return ProcessLogView(
        id=row.id or 0,
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


def node_log_view(row: NodeLogRow) -> NodeLogView:
    """A row of the node log as services answer it."""
    return NodeLogView(
        id=row.id or 0,
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


def variable_log_view(row: VariableLogRow) -> VariableLogView:
    """A row of the variable log as services answer it."""
    return VariableLogView(
        id=row.id or 0,
        process_instance_id=row.instance_id,
        process_id=row.process_id,
        deployment_id=row.deployment_id,
        date=from_ms(row.at),
        variable_instance_id=row.variable_instance_id,
        variable_id=row.variable_id,
        value=row.value,
        old_value=row.old_value,
    )
