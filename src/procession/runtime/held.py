"""A process instance in memory, and the row that stores it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from procession.core.graph import ProcessDefinition
from procession.core.state import InstanceState
from procession.store.codec import decode_state, encode_state
from procession.store.rows import ProcessInstanceRow

if TYPE_CHECKING:
    from procession.runtime.definitions import Definitions


class Held(msgspec.Struct):
    """An instance in memory: its state, the version of its row (0: no row yet), its public ids.

    ``numbers`` maps the waits of open work items to their public ids.
    """

    id: int
    uuid: str
    root_id: int
    definition: ProcessDefinition
    state: InstanceState
    version: int
    numbers: dict[int, int]
    started_at: int


def from_row(row: ProcessInstanceRow, definitions: Definitions) -> Held:
    """A stored instance in memory."""
    definition = definitions.get(row.deployment_id, row.process_id, row.revision)
    state, numbers = decode_state(row.state)
    return Held(
        row.id, row.uuid, row.root_id, definition, state, row.version, numbers, row.started_at
    )


def to_row(held: Held) -> ProcessInstanceRow:
    """The row that stores it, one version on."""
    state = held.state
    key = held.definition.key
    return ProcessInstanceRow(
        held.id,
        held.uuid,
        held.root_id,
        key.revision,
        key.deployment,
        key.process,
        int(state.status),
        held.version + 1,
        state.caller.instance if state.caller else None,
        state.correlation_key,
        state.started_by,
        held.started_at,
        encode_state(state, held.numbers),
    )
