"""Projector: open waits, and the jobs they need."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from procession.core import continuing
from procession.core.records import WaitClosed, WaitOpened
from procession.core.state import Wait, WaitKind
from procession.runtime.clock import to_ms
from procession.runtime.detached import payload_of
from procession.runtime.projection import InstanceContext, ProjectingTurn, Recorded
from procession.runtime.reactions import public_parameters
from procession.runtime.work_items import Handlers, Mode
from procession.store.rows import JobRow, WaitRow

_WAITS = frozenset({WaitOpened, WaitClosed})


class WaitsProjector:
    """Rows for waits that outlive the turn; jobs for timers and for handlers that run as jobs."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    def project(self, batch: Sequence[Recorded], turn: ProjectingTurn) -> None:
        """Waits that were opened and closed within the turn leave no trace."""
        opened: dict[tuple[int, int], tuple[Wait, InstanceContext]] = {}
        for recorded in batch:
            if recorded.kinds.isdisjoint(_WAITS):
                continue
            instance = recorded.instance
            for record in recorded.records:
                if isinstance(record, WaitOpened):
                    opened[instance.id, record.wait.id] = (record.wait, instance)
                elif isinstance(record, WaitClosed):
                    key = (instance.id, record.wait)
                    if opened.pop(key, None) is None:
                        turn.uow.delete_wait(*key)
        for wait, instance in opened.values():
            self._insert(wait, instance, turn)

    def _insert(self, wait: Wait, instance: InstanceContext, turn: ProjectingTurn) -> None:
        public_id = None
        due = to_ms(wait.due) if wait.due is not None else None
        if wait.kind is WaitKind.WORK_ITEM:
            public_id = turn.work_item_id(instance.id, wait.id)
        turn.uow.insert(
            WaitRow(
                instance.id,
                wait.id,
                instance.root_id,
                instance.definition.key.deployment,
                int(wait.kind),
                wait.name,
                wait.key,
                wait.handler,
                public_id,
                due,
            )
        )
        if wait.kind is WaitKind.TIMER and due is not None:
            kind = "continuation" if wait.name == continuing.NAME else "timer"
            turn.uow.insert(_job(turn, kind, None, wait, instance, due, "ready", 3))
        elif wait.kind is WaitKind.WORK_ITEM and wait.name is not None:
            self._work_item(wait, wait.name, instance, turn)

    def _work_item(
        self, wait: Wait, name: str, instance: InstanceContext, turn: ProjectingTurn
    ) -> None:
        mode = self._handlers.mode(name, wait.parameters)
        found = self._handlers.find(name, wait.parameters)
        if mode is Mode.JOB and found is not None:
            plan = found.plan_of(public_parameters(wait))
            due = turn.now_ms + plan.delay
            job = _job(turn, "work_item", name, wait, instance, due, "ready", plan.retries)
            turn.uow.insert(replace(job, payload=payload_of(plan)))
        elif mode is Mode.EXTERNAL:
            retries = found.retries if found else 3
            now = turn.now_ms
            turn.uow.insert(_job(turn, "work_item", name, wait, instance, now, "external", retries))


def _job(
    turn: ProjectingTurn,
    kind: str,
    topic: str | None,
    wait: Wait,
    instance: InstanceContext,
    due: int,
    state: str,
    retries: int,
) -> JobRow:
    key = instance.definition.key
    if state == "ready":
        turn.wake_at(due)
    return JobRow(
        turn.next_id("job"),
        kind,
        topic,
        instance.root_id,
        instance.id,
        wait.id,
        key.deployment,
        key.revision,
        due,
        state,
        retries,
        0,
        None,
        None,
        None,
        b"",
    )
