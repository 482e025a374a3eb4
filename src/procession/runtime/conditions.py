"""Conditions that start processes: what a deployment looks at when it is told of data.

BPMN 2.0.2, 10.5.2. No instance is there whose variables could be looked at: a condition is
evaluated over data that somebody gives from outside, or when a data store of its deployment has
been set. What is given begins an instance for each condition that holds; a store only does when a
condition that names it becomes true. Names without a value are null.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from procession.core.commands import StartProcess
from procession.core.evaluation import holds_outside
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env
from procession.core.state import WaitKind
from procession.runtime import data_stores
from procession.runtime.delivery import Delivery
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.event_definitions.conditional_event_definition import (
        ConditionalEventDefinition,
    )
    from procession.runtime.turn import Turn

Listener = tuple[ProcessDefinition, str, "tuple[ConditionalEventDefinition, ...]"]


class Conditions:
    """Looks at the conditional start events of active deployments."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def that_hold(
        self, turn: Turn, variables: Map, deployment: str | None
    ) -> list[tuple[ProcessDefinition, str]]:
        """The start events with a condition that is true over ``variables``, by deployment.

        A data store that a condition names is seen unless a variable has that name.
        """
        return [
            (definition, node)
            for definition, node, parts in self._listening(deployment)
            if any(_holds(turn, definition, node, part, variables) for part in parts)
        ]

    def store_changed(self, turn: Turn, deployment: str, name: str, value: Value) -> None:
        """Set a data store, and queue a start for each condition that this makes true."""
        asked = [
            (definition, node, part)
            for definition, node, parts in self._listening(deployment)
            for part in parts
            if any(store == name for _, store in part.stores)
        ]
        idle = [found for found in asked if not _holds(turn, *found, EMPTY)]
        data_stores.write(turn, deployment, name, value)
        begun = {(d.id, node): d for d, node, part in idle if _holds(turn, d, node, part, EMPTY)}
        for (_, node), definition in begun.items():
            turn.later(partial(turn.start, definition, started_at(node)))

    def _listening(self, deployment: str | None) -> Iterator[Listener]:
        from procession.bpmn.starts import start_conditions

        for definition, node in self._delivery.starts(WaitKind.CONDITION, "", deployment):
            yield definition, node, start_conditions(definition, node)


def started_at(node: str, variables: Map = EMPTY, by: str = "") -> StartProcess:
    """The command that begins an instance whose condition holds."""
    return StartProcess(
        variables, start_event=node, started_by=by, trigger=("conditional", "", None)
    )


def _holds(
    turn: Turn,
    definition: ProcessDefinition,
    node: str,
    part: ConditionalEventDefinition,
    variables: Map,
) -> bool:
    """Whether one condition is true; on the executive's thread, as nothing bounds how many are."""
    turn.need_not_be_quick()
    stores = dict(part.stores)

    def lookup(name: str) -> Value:
        if name in variables or name not in stores:
            return variables.get(name)
        return data_stores.read(turn, definition.key.deployment, stores[name])

    env = Env(turn.now, turn.limits, turn.request.seed)
    condition = part.condition
    return condition is not None and holds_outside(
        definition, condition, definition.nodes[node], env, lookup
    )
