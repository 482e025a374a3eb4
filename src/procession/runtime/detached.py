"""What the jobs of work items carry: their plan, and an item that goes on without its instance.

A detached work item completes at once and leaves a job that belongs to nobody, so that neither the
end of its instance nor its abort takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from procession.runtime.work_items import Plan, Registration, WorkItem
from procession.store.codec import decode_value, encode_value
from procession.store.rows import JobRow
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.runtime.held import Held
    from procession.runtime.turn import Turn

USUAL: Final = Plan().priority


def detach(turn: Turn, held: Held, item: WorkItem, found: Registration) -> None:
    """Store a job that does the work whatever becomes of the instance."""
    plan = found.plan_of(item.parameters)
    due = turn.now_ms + plan.delay
    turn.wake_at(due)
    turn.uow.insert(
        JobRow(
            turn.next_id("job"),
            "work_item",
            item.name,
            None,
            None,
            None,
            held.definition.key.deployment,
            held.definition.key.revision,
            due,
            "ready",
            plan.retries,
            0,
            None,
            None,
            None,
            payload_of(plan, item),
        )
    )


def payload_of(plan: Plan, item: WorkItem | None = None) -> bytes:
    """What a job's row keeps of its plan; nothing if there is nothing to keep."""
    said: dict[str, Value] = {}
    if plan.pauses:
        said["pauses"] = plan.pauses
    if plan.priority != USUAL:
        said["priority"] = plan.priority
    if item is not None:
        said["item"] = Map(msgspec.structs.asdict(item))
    return encode_value(Map(said)) if said else b""


def detached_item(job: JobRow) -> WorkItem | None:
    """The work item that a job carries by itself."""
    item = _said(job).get("item")
    return msgspec.structs.replace(WorkItem(**item), attempt=job.failures + 1) if item else None


def pauses_of(job: JobRow) -> tuple[int, ...]:
    """The pauses between the tries of a job, in milliseconds; none: the usual ones."""
    return tuple(_said(job).get("pauses", ()))


def priority_of(job: JobRow) -> int:
    """The priority of a job among those that are taken with it."""
    return int(_said(job).get("priority", USUAL))


def _said(job: JobRow) -> Mapping[str, Value]:
    if job.kind != "work_item" or not job.payload:
        return EMPTY
    said: Mapping[str, Value] = decode_value(job.payload)
    return said
