"""Work items that wait for the world outside: look, complete, abort."""

from __future__ import annotations

from procession.core.commands import FailWait, TriggerWait
from procession.core.state import Wait
from procession.errors import NotFound, NotPermitted
from procession.identity.model import Actor
from procession.runtime.lanes import Service, change, query
from procession.runtime.reactions import find_work_item, public_parameters
from procession.runtime.work_items import HUMAN_TASK, INTERNAL
from procession.services import required_roles
from procession.services.access import WORKER
from procession.services.views import WorkItemView
from procession.store.codec import decode_state
from procession.store.hot import load_instances
from procession.values import EMPTY, Map, freeze_all


class WorkItemService(Service):
    """Open work items by their public ids."""

    @query
    def get(self, actor: Actor, work_item_id: int) -> WorkItemView:
        """An open work item. Raises :class:`NotFound` for finished and unknown ones alike."""
        self.room.access.check(actor, "process.read")
        with self.room.store.read() as reader:
            rows = reader.hot("wait_by_public_id", (work_item_id,))
            if not rows:
                raise _missing(work_item_id)
            instance_id, wait_id = rows[0][0], rows[0][1]
            is_seen = self.room.access.sees_instance(reader, actor, instance_id)
            loaded = load_instances(reader, (instance_id,))
        if not loaded:
            raise _missing(work_item_id)
        state, _ = decode_state(loaded[0].state)
        wait = state.waits.get(wait_id)
        if wait is None or not (is_seen or _is_for_workers(actor, wait)):
            raise _missing(work_item_id)
        required_roles.require(self.room, actor, loaded[0].deployment_id, "view")
        return _view(work_item_id, instance_id, loaded[0].deployment_id, wait)

    @change
    def complete(
        self,
        actor: Actor,
        work_item_id: int,
        results: Map = EMPTY,
        *,
        missing_ok: bool = True,
    ) -> None:
        """Complete a work item with results; one that is gone is no error unless asked."""
        place = self._place(actor, work_item_id, missing_ok)
        if place is not None:
            command = TriggerWait(place[1], freeze_all(results))
            self.turn.execute(command, instance_id=place[0])

    @change
    def abort(self, actor: Actor, work_item_id: int, *, missing_ok: bool = True) -> None:
        """Give a work item up: the flow goes on without output mapping."""
        place = self._place(actor, work_item_id, missing_ok)
        if place is not None:
            self.turn.execute(FailWait(place[1]), instance_id=place[0])

    def _place(self, actor: Actor, work_item_id: int, missing_ok: bool) -> tuple[int, int] | None:
        self.room.access.check(actor, "work_item")
        place = find_work_item(self.turn, work_item_id)
        if place is not None and not self._moves(actor, work_item_id, place):
            place = None
        if place is None and not missing_ok:
            raise _missing(work_item_id)
        if place is not None:
            unit = self.turn.held(place[0]).definition.key.deployment
            required_roles.require(self.room, actor, unit)
        return place

    def _moves(self, actor: Actor, work_item_id: int, place: tuple[int, int]) -> bool:
        """Whether the actor has a part in the instance, or fetches such work as a worker.

        A human task is done by its people, by the table of tasks: to start a process is no right
        to approve in it. Who manages processes may, to repair. Raises :class:`NotPermitted`.
        """
        instance_id, wait_id = place
        access, wait = self.room.access, self.turn.held(instance_id).state.waits[wait_id]
        if _is_for_workers(actor, wait):
            return True
        if not access.moves_instance(self.turn.reader, actor, instance_id):
            return False
        if wait.name == HUMAN_TASK and not access.manages_processes(actor):
            raise NotPermitted(
                f"work item {work_item_id} is a human task: complete the task instead",
                reason="person",
            )
        return True


def _is_for_workers(actor: Actor, wait: Wait) -> bool:
    return WORKER in actor.roles and wait.name not in INTERNAL


def _view(number: int, instance_id: int, deployment: str, wait: Wait) -> WorkItemView:
    return WorkItemView(
        id=number,
        name=wait.name or "",
        state=0,
        parameters=public_parameters(wait),
        results=EMPTY,
        process_instance_id=instance_id,
        deployment_id=deployment,
        node_id=wait.handler,
    )


def _missing(number: int) -> NotFound:
    return NotFound(
        f"work item {number} could not be found: unknown, finished, or not yours",
        reason="work_item",
    )
