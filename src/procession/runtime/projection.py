"""Projectors turn records into rows: the contract (``reference/architecture.md`` 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from procession.core.graph import ProcessDefinition
from procession.core.records import Record
from procession.core.state import InstanceState
from procession.store.store import Reader, UnitOfWork


class InstanceContext(msgspec.Struct):
    """The instance that a record is about. ``state`` is the state after the turn.

    ``parent_id`` is the calling instance (0: none), ``uuid`` the second half of the public id.
    """

    id: int
    uuid: str
    root_id: int
    parent_id: int
    definition: ProcessDefinition
    state: InstanceState
    started_at: int
    is_new: bool


class Recorded(msgspec.Struct, frozen=True):
    """What one step recorded of an instance, oldest first.

    ``first`` is the number of the first record in the instance's life, ``at`` the time of all
    (epoch ms). ``kinds`` are the classes among them: most projectors look for a few and have
    nothing to do otherwise.
    """

    records: Sequence[Record]
    instance: InstanceContext
    first: int
    at: int
    kinds: frozenset[type[Record]]


def recorded(records: Sequence[Record], instance: InstanceContext, first: int, at: int) -> Recorded:
    """Records of one instance, as projectors read them."""
    return Recorded(records, instance, first, at, frozenset(map(type, records)))


class ProjectingTurn(Protocol):
    """What a projector may use of the turn."""

    uow: UnitOfWork
    now: datetime
    now_ms: int
    actor: str
    caller: str
    objects: dict[tuple[str, int], Any]

    @property
    def reader(self) -> Reader:
        """The database as it was before this batch."""
        ...

    def next_id(self, sequence: str = "public") -> int:
        """A new number."""
        ...

    def new_uuid(self) -> str:
        """A new random UUID."""
        ...

    def touch(self, kind: str, number: int) -> None:
        """Claim something for this turn, before it is read; may drop and repeat the turn."""

    def wake_at(self, due_ms: int) -> None:
        """There is a job now that is due at that moment (epoch ms)."""

    def work_item_id(self, instance_id: int, wait_id: int) -> int | None:
        """The public id of a work item that is open, or was closed in this turn."""
        ...


class Projector(Protocol):
    """Reads records, writes rows.

    It does not commit, does not call out, does not look at live objects and does not veto. It runs
    once a turn, when the turn is at rest, with everything the turn recorded, step by step, oldest
    first.
    """

    def project(self, batch: Sequence[Recorded], turn: ProjectingTurn) -> None:
        """Write what follows from the records."""
