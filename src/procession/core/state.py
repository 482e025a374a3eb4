"""What a process instance is between two commands: plain values, no behaviour.

``reference/architecture.md`` 5.2. Tokens are not objects and are not counted: a token is an element
instance, or a flow parked at a join.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import msgspec

from procession.values import EMPTY, Map

ROOT = 1
"""Id of the element instance that stands for the process itself."""
PRIVATE: Final = "@node"
"""Parameter of a work item that is for the house and not for handlers: what the model says of it.

A map with the keys that apply: ``lane``, ``form_key``, ``form_parameters``, ``priority``,
``due_date``, ``allocation``, ``message``, ``message_name``. Doors and handlers never see it.
"""


class InstanceStatus(IntEnum):
    """jBPM's numbers (``reference/jbpm-engine.md`` 4.1)."""

    PENDING = 0
    ACTIVE = 1
    COMPLETED = 2
    ABORTED = 3
    SUSPENDED = 4


class Role(IntEnum):
    """What an element instance is to a loop: on its own, the loop as a whole, or one round.

    ``COMPENSATION`` stands around handlers that undo something (``core/compensation.py``).
    """

    SINGLE = 0
    BODY = 1
    ITERATION = 2
    COMPENSATION = 3


class WaitKind(IntEnum):
    """What would meet a wait."""

    WORK_ITEM = 1
    TIMER = 2
    MESSAGE = 3
    SIGNAL = 4
    CONDITION = 5
    CALLED_PROCESS = 6


class DefinitionKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Which compiled definition: deployment id, process id, and the deployment's revision.

    The revision is the store's number of the deployment, so that a deployment id that is undeployed
    and deployed anew never changes a running instance.
    """

    deployment: str
    process: str
    revision: int


class Caller(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The call activity that an instance answers to."""

    instance: int
    wait: int
    independent: bool = True


class ElementInstance(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One visit of a flow node; ``node`` is ``""`` for the process itself.

    ``memo`` is private to the node's file. ``log`` is what has been done inside and can be undone
    (``core/compensation.py``), in chunks, so that one more entry costs the same however many there
    are.
    """

    id: int
    node: str
    scope: int
    role: Role = Role.SINGLE
    memo: Any = None
    log: tuple[tuple[Any, ...], ...] = ()


class Wait(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something the instance waits for: closed with its owner, acted on by its handler.

    ``part`` is the number, from 1, of the definition that listens, if its handler has several.
    """

    id: int
    owner: int
    handler: str
    kind: WaitKind
    name: str | None = None
    key: str | None = None
    due: datetime | None = None
    parameters: Any = EMPTY
    part: int = 0


class Parked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Tokens that wait at a join, oldest first: the flows they came by.

    ``numbers`` has for each the element id of the firing that it will take part in.
    """

    numbers: tuple[int, ...]
    flows: tuple[str, ...]


class InstanceState(msgspec.Struct, array_like=True):
    """One process instance at rest. Assigned to by :func:`procession.core.evolve.evolve` alone.

    ``children`` is an index over ``elements``, ``owned`` and ``conditions`` (those of kind
    ``CONDITION``) over ``waits``; they are not stored but rebuilt by :func:`reindex`.
    """

    id: int
    definition: DefinitionKey
    status: InstanceStatus = InstanceStatus.PENDING
    seq: int = 0
    next_id: int = ROOT
    root: int = 0
    caller: Caller | None = None
    started_by: str = ""
    correlation_key: str | None = None
    outcome: str | None = None
    elements: dict[int, ElementInstance] = {}
    parked: dict[tuple[int, str], Parked] = {}
    waits: dict[int, Wait] = {}
    variables: dict[int, dict[str, Any]] = {}
    children: dict[int, dict[int, None]] = {}
    owned: dict[int, dict[int, None]] = {}
    conditions: dict[int, None] = {}

    @property
    def is_over(self) -> bool:
        """Whether the instance has ended."""
        return self.status in (InstanceStatus.COMPLETED, InstanceStatus.ABORTED)

    def fork(self) -> InstanceState:
        """A copy that can be evolved without touching this one; cost follows what is active."""
        return InstanceState(
            self.id,
            self.definition,
            self.status,
            self.seq,
            self.next_id,
            self.root,
            self.caller,
            self.started_by,
            self.correlation_key,
            self.outcome,
            self.elements.copy(),
            self.parked.copy(),
            self.waits.copy(),
            {scope: names.copy() for scope, names in self.variables.items()},
            {scope: members.copy() for scope, members in self.children.items()},
            {owner: waits.copy() for owner, waits in self.owned.items()},
            self.conditions.copy(),
        )


def empty_state(instance: int, definition: DefinitionKey) -> InstanceState:
    """The state before the first record."""
    return InstanceState(
        instance,
        definition,
        elements={},
        parked={},
        waits={},
        variables={},
        children={},
        owned={},
        conditions={},
    )


def reindex(state: InstanceState) -> InstanceState:
    """Rebuild the indexes that are not stored; gives the state back."""
    children: dict[int, dict[int, None]] = {}
    for element in state.elements.values():
        children.setdefault(element.scope, {})[element.id] = None
    owned: dict[int, dict[int, None]] = {}
    for wait in state.waits.values():
        owned.setdefault(wait.owner, {})[wait.id] = None
    state.children, state.owned = children, owned
    waits = state.waits.values()
    state.conditions = {wait.id: None for wait in waits if wait.kind is WaitKind.CONDITION}
    return state


def root_variables(state: InstanceState) -> Map:
    """The process variables by name."""
    return Map(state.variables.get(ROOT, EMPTY))
