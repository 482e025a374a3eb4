"""Delivery of signals and messages to who waits for them, and to the starts that listen.

``reference/jbpm-engine.md`` 3.3. Receivers are looked up before the first is triggered, so whoever
begins to listen meanwhile hears nothing. More receivers than ``limits.signals_per_turn`` are handed
over as jobs, one each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from procession.core.commands import StartProcess, TriggerWait
from procession.core.graph import ProcessDefinition
from procession.core.state import Wait, WaitKind
from procession.errors import NotFound
from procession.runtime.definitions import Definitions
from procession.store.codec import encode_value
from procession.store.rows import JobRow
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.runtime.turn import Turn


class Delivery:
    """Brings signals and messages to their receivers, as part of a turn."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def signal(
        self,
        turn: Turn,
        name: str,
        value: Value,
        *,
        instance: int | None = None,
        deployment: str | None = None,
        but: int = 0,
        allowed: Callable[[int], bool] | None = None,
    ) -> int:
        """Deliver a signal; how many received it.

        ``but`` is an instance that has heard it, ``allowed`` says which instances the sender may
        reach.

        Instances that begin to listen while it is delivered do not hear it, for the receivers are
        looked up first. ``Message-<name>`` reaches the waiters of a message (jBPM's spelling).
        """
        if name.startswith("Message-"):
            return self.message(
                turn,
                name.removeprefix("Message-"),
                None,
                value,
                instance=instance,
                deployment=deployment,
                allowed=allowed,
            )
        if instance is not None:
            receivers = self._waits_of(turn, instance, WaitKind.SIGNAL, name)
        else:
            receivers = turn.waits(WaitKind.SIGNAL, name, deployment=deployment)
            receivers = [pair for pair in receivers if pair[0] != but]
        if allowed is not None:
            receivers = [pair for pair in receivers if allowed(pair[0])]
        starts = [] if instance is not None else self._starts(WaitKind.SIGNAL, name, deployment)
        count = self._deliver(turn, receivers, value)
        for definition, node in starts:
            turn.start(definition, StartProcess(start_event=node, payload=value))
        return count + len(starts)

    def message(
        self,
        turn: Turn,
        name: str,
        key: str | None,
        value: Value,
        *,
        instance: int | None = None,
        deployment: str | None = None,
        allowed: Callable[[int], bool] | None = None,
    ) -> int:
        """Deliver a message: to the one waiter of its key, or without a key to all that wait.

        Who waits goes before who would be started by it.
        """
        if instance is not None:
            receivers = self._waits_of(turn, instance, WaitKind.MESSAGE, name)
        else:
            receivers = turn.waits(WaitKind.MESSAGE, name, deployment=deployment)
        if allowed is not None:
            receivers = [pair for pair in receivers if allowed(pair[0])]
        if key is not None:
            receivers = [pair for pair in receivers if pair[1].key == key][:1]
        if receivers:
            return self._deliver(turn, receivers, value)
        if instance is not None:
            return 0
        starts = self._starts(WaitKind.MESSAGE, name, deployment)
        for definition, node in starts:
            turn.start(definition, StartProcess(start_event=node, payload=value))
        return len(starts)

    def _deliver(self, turn: Turn, receivers: list[tuple[int, Wait]], value: Value) -> int:
        limits = turn.limits
        if len(receivers) > limits.signals_per_turn:
            for instance, wait in receivers:
                turn.uow.insert(_delivery(turn, instance, wait, value))
            turn.wake_at(turn.now_ms)
            return len(receivers)
        count = 0
        for instance, wait in receivers:
            count += self.trigger(turn, instance, wait.id, value)
        return count

    def trigger(self, turn: Turn, instance: int, wait: int, payload: Value) -> int:
        """Meet one wait; 0 if it is gone, or if its instance is suspended."""
        if not turn.is_waiting(instance, wait):
            return 0
        turn.execute(TriggerWait(wait, payload), instance_id=instance)
        return 1

    def _waits_of(
        self, turn: Turn, instance: int, kind: WaitKind, name: str
    ) -> list[tuple[int, Wait]]:
        try:
            state = turn.held(instance).state
        except NotFound:
            return []
        return [
            (instance, wait)
            for wait in state.waits.values()
            if wait.kind is kind and wait.name == name
        ]

    def _starts(
        self, kind: WaitKind, name: str, deployment: str | None
    ) -> list[tuple[ProcessDefinition, str]]:
        return [
            (self._definitions.get(unit, process, revision), node)
            for unit, process, revision, node in self._definitions.starts(int(kind), name)
            if deployment is None or unit == deployment
        ]


def _delivery(turn: Turn, instance: int, wait: Wait, value: Value) -> JobRow:
    held = turn.held(instance)
    payload = encode_value(Map(value=value))
    return JobRow(
        turn.next_id("job"),
        "delivery",
        wait.name,
        held.root_id,
        instance,
        wait.id,
        held.definition.key.deployment,
        held.definition.key.revision,
        turn.now_ms,
        "ready",
        3,
        0,
        None,
        None,
        None,
        payload,
    )
