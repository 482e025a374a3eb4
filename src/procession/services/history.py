"""What happened, to whom, when: questions to the audit.

``reference/jbpm-rest-api.md`` 2.5. Lists about an instance that does not exist, or that the actor
may not see, are empty; see :mod:`procession.services.access`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from sqlalchemy import Delete

from procession.errors import Invalid, NotFound
from procession.identity.model import Actor
from procession.runtime.clock import from_ms
from procession.runtime.lanes import Service, change, query
from procession.services.paging import EVERYTHING, PageRequest
from procession.services.views import NodeLogView, Page, ProcessLogView, VariableLogView
from procession.store.phrases import ALWAYS, Phrase, all_of
from procession.store.repositories import history as logs
from procession.store.repositories import made_order
from procession.store.repositories.history import Log
from procession.store.repositories.visibility import Part, visible_by_row
from procession.store.rows import NodeLogRow, ProcessLogRow, Row, VariableLogRow
from procession.store.store import Reader
from procession.values import EMPTY, Map

PORTION: Final = 200
"""So many instances are forgotten in one turn."""
MOST: Final = 50_000
"""A list that is longer is told in pages only, lest one answer takes all memory."""
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
        if active:
            return self._processes(actor, page, logs.ACTIVE_LOGS, logs.has_status(logs.RUNNING))
        return self._processes(actor, page, logs.PROCESS_LOGS, ALWAYS)

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
        where = [logs.is_("process_log.parent_id", instance_id)]
        part = self._part(actor)
        if part is not None:
            where.append(visible_by_row(part, "process_log.instance_id"))
        self.room.access.check(actor, "history.read")
        return self._of_one(page, logs.PROCESS_LOGS, where, process_log_view)

    @query
    def by_process(
        self,
        actor: Actor,
        process_id: str,
        status: int | None = None,
        page: PageRequest = EVERYTHING,
    ) -> Page[ProcessLogView]:
        """All instances of a process; status 1 means those that have not ended."""
        named = logs.is_("process_log.process_id", process_id)
        where = named if status is None else all_of(named, logs.has_status(status))
        return self._processes(actor, page, logs.of_process(status), where)

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
        wanted = logs.Values(variable_id, value, active)
        return self._values(actor, wanted, page, _instances_of)

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
            actor, instance_id, page, logs.VARIABLES_OF_ONE, where, variable_log_view
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
        wanted = logs.Values(variable_id, value, active)
        return self._values(actor, wanted, page, _themselves)

    @query
    def last_variables(self, actor: Actor, instance_id: int) -> Map:
        """The last logged text of each process variable of an instance, running or ended."""
        self.room.access.check(actor, "history.read")
        with self.room.store.read() as reader:
            if not self.room.access.sees_instance(reader, actor, instance_id):
                return EMPTY
            return Map(logs.last_texts(reader, instance_id))

    # -- forgetting --------------------------------------------------------------------------

    def clear(self, actor: Actor, *, everything: bool = False) -> None:
        """Forget the audit of all instances that have ended.

        With ``everything`` that of running ones too, as jBPM 6.0 did. Tasks keep their own events.
        A portion at a time, each a turn of its own, so that others are served in between; within a
        turn all at once.
        """
        actor = self.room.actor(actor) if isinstance(actor, str) else actor
        self.room.access.check(actor, "history.clear")
        with self.room.store.read() as reader:
            last = logs.last_number(reader)
        if self.room.executive.is_computing:
            self._clear(actor, logs.forget_everything(last) if everything else logs.forget_ended())
            return
        while self._clear_some(actor, last, everything=everything):
            pass
        if everything:
            self._clear(actor, logs.forget_everything(last))

    @change
    def _clear_some(self, actor: Actor, last: int, *, everything: bool) -> bool:
        """One portion; whether there may be more."""
        numbers = logs.oldest(self.turn.reader, last, PORTION, everything=everything)
        for statement in logs.forget(numbers):
            self.turn.uow.execute(statement)
        return len(numbers) == PORTION

    @change
    def _clear(self, actor: Actor, statements: Iterable[Delete]) -> None:
        for statement in statements:
            self.turn.uow.execute(statement)

    # -- inside ------------------------------------------------------------------------------

    def _part(self, actor: Actor) -> Part | None:
        """Whose instances are to be seen; ``None`` for everybody's."""
        access = self.room.access
        return None if access.sees_all_instances(actor) else access.part_of(actor)

    def _processes(
        self, actor: Actor, page: PageRequest, log: Log[ProcessLogRow], where: Phrase
    ) -> Page[ProcessLogView]:
        """What the actor may see of all instances."""
        self.room.access.check(actor, "history.read")
        part = self._part(actor)
        with self.room.store.read() as reader:
            if page.as_made:
                rows = made_order.process_logs(reader, where, part, *_reach(page))
            else:
                rows = logs.process_logs(reader, log, where, part, *_reach(page))
            total = logs.count_process_logs(reader, where, part) if page.counted else None
        return page.of(map(process_log_view, _bounded(rows)), total, len(rows))

    def _values(
        self,
        actor: Actor,
        wanted: logs.Values,
        page: PageRequest,
        show: Callable[[Reader, Sequence[VariableLogRow]], Iterable[T]],
    ) -> Page[T]:
        """What the actor may see of all variable logs."""
        self.room.access.check(actor, "history.read")
        part = self._part(actor)
        with self.room.store.read() as reader:
            ask = made_order.variable_logs if page.as_made else logs.variable_logs
            rows = ask(reader, wanted, part, *_reach(page))
            total = logs.count_variable_logs(reader, wanted, part) if page.counted else None
            return page.of(show(reader, _bounded(rows)), total, len(rows))

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
            return self._of_one(page, log, where, view)

    def _of_one(
        self, page: PageRequest, log: Log[R], where: Sequence[Phrase], view: Callable[[R], T]
    ) -> Page[T]:
        log = made_order.as_made(log) if page.as_made else log
        with self.room.store.read() as reader:
            rows = log.read(reader, all_of(*where), *_reach(page))
            total = log.count(reader, all_of(*where)) if page.counted else None
        return page.of(map(view, _bounded(rows)), total, len(rows))


def _reach(page: PageRequest) -> tuple[int, int]:
    """How many rows to read, one more than may be told, and how many come before them."""
    return min(page.limit or MOST + 1, MOST + 1), page.offset


def _bounded(rows: list[R]) -> list[R]:
    if len(rows) > MOST:
        raise Invalid(
            f"there are more than {MOST} entries; ask for a page at a time, with 'page' and"
            " 'pageSize'",
            reason="parameter",
        )
    return rows


def _themselves(reader: Reader, rows: Sequence[VariableLogRow]) -> list[VariableLogView]:
    return [variable_log_view(row) for row in rows]


def _instances_of(reader: Reader, rows: Sequence[VariableLogRow]) -> list[ProcessLogView]:
    """The process logs of the instances, one for each row."""
    numbers = tuple({row.instance_id for row in rows})
    found = reader.hot("process_logs", (numbers,)) if numbers else ()
    views = {log.instance_id: process_log_view(log) for log in (ProcessLogRow(*r) for r in found)}
    return [views[row.instance_id] for row in rows if row.instance_id in views]


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
