"""Delivery of signals and messages to who waits for them, and to the starts that listen.

``reference/jbpm-engine.md`` 3.3. Receivers are looked up before the first is triggered, so whoever
begins to listen meanwhile hears nothing. More receivers than ``limits.signals_per_turn`` are handed
over as jobs, one each.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from procession.core.commands import ActivateElement, StartProcess, TriggerWait
from procession.core.graph import ProcessDefinition
from procession.core.state import InstanceStatus, Role, Wait, WaitKind
from procession.errors import NotFound, Rejected
from procession.runtime.definitions import Definitions
from procession.runtime.messages import Messages, Reach
from procession.store.codec import encode_value
from procession.store.rows import JobRow
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.runtime.turn import Turn

ASYNC: Final = "ASYNC-"
"""Before the name of a signal: deliver it by a job (``reference/jbpm-engine.md`` 3.3)."""


class Delivery:
    """Brings signals and messages to their receivers, as part of a turn."""

    def __init__(self, definitions: Definitions, keep_for: timedelta = timedelta()) -> None:
        self._definitions = definitions
        self.messages = Messages(definitions, self, keep_for)

    def signal(
        self,
        turn: Turn,
        name: str,
        value: Value,
        *,
        instance: int | None = None,
        deployment: str | None = None,
        but: int = 0,
        allowed: Reach | None = None,
    ) -> int:
        """Deliver a signal; how many received it.

        ``but`` is an instance that has heard it, ``allowed`` says what the sender may reach.

        Instances that begin to listen while it is delivered do not hear it, for the receivers are
        looked up first. ``Message-<name>`` reaches the waiters of a message (jBPM's spelling);
        ``ASYNC-<name>`` is delivered by a job. A signal to one instance also begins what stands in
        its ad hoc scopes under that name.
        """
        if name.startswith(ASYNC):
            if allowed is None or instance is not None:
                return self.later(turn, name, value, instance=instance, deployment=deployment)
            name = name.removeprefix(ASYNC)  # a job would not know whom the sender may reach
        if name.startswith("Message-"):
            name = name.removeprefix("Message-")
            send = partial(self.message, instance=instance, deployment=deployment)
            return send(turn, name, None, value, allowed=allowed)
        if instance is not None:
            receivers = self._waits_of(turn, instance, WaitKind.SIGNAL, name)
        else:
            receivers = turn.waits(WaitKind.SIGNAL, name, deployment=deployment)
            receivers = [pair for pair in receivers if pair[0] != but]
        if allowed is not None:
            receivers = [pair for pair in receivers if allowed.instance(pair[0])]
        if instance is not None:
            chosen = self._ad_hoc(turn, instance, name)
            return self.deliver(turn, receivers, value) + self._begin(turn, instance, chosen)
        starts = self.starts(WaitKind.SIGNAL, name, deployment)
        if allowed is not None:
            starts = [pair for pair in starts if allowed.unit(pair[0].key.deployment)]
        count = self.deliver(turn, receivers, value)
        return count + self._start(turn, name, value, receivers, starts)

    def _start(
        self,
        turn: Turn,
        name: str,
        value: Value,
        receivers: list[tuple[int, Wait]],
        starts: list[tuple[ProcessDefinition, str]],
    ) -> int:
        """Begin what a signal starts, unless a receiver has been waiting for it to begin."""
        count = 0
        for definition, node in starts:
            if not _is_gathered(turn, receivers, definition, node):
                trigger = ("signal", name, None)
                command = StartProcess(start_event=node, payload=value, trigger=trigger)
                turn.start(definition, command)
                count += 1
        return count

    def later(
        self,
        turn: Turn,
        name: str,
        value: Value,
        *,
        instance: int | None = None,
        deployment: str | None = None,
    ) -> int:
        """Have a signal delivered by a job, in a turn of its own; 0 if its instance is gone."""
        what = Map(name=name.removeprefix(ASYNC), value=value, instance=instance)
        try:
            held = turn.held(instance) if instance is not None else None
        except NotFound:
            return 0
        turn.uow.insert(
            JobRow(
                turn.next_id("job"),
                "signal",
                what["name"],
                held.root_id if held else None,
                instance,
                None,
                deployment,
                None,
                turn.now_ms,
                "ready",
                3,
                0,
                None,
                None,
                None,
                encode_value(what),
            )
        )
        turn.wake_at(turn.now_ms)
        return 1

    def activate(self, turn: Turn, instance: int, name: str, variables: Map = EMPTY) -> int:
        """Begin what stands in the ad hoc scopes of an instance under a name; how often."""
        return self._begin(turn, instance, self._ad_hoc(turn, instance, name), variables)

    def _ad_hoc(self, turn: Turn, instance: int, name: str) -> list[tuple[str, int]]:
        """Nodes of ad hoc scopes by name or id, each with the element instance of its scope."""
        try:
            held = turn.held(instance)
        except NotFound:
            return []
        nodes = held.definition.ad_hoc_nodes.get(name, ())
        if not nodes or held.state.status is not InstanceStatus.ACTIVE:
            return []
        return [
            (node.id, element.id)
            for element in held.state.elements.values()
            for node in nodes
            if element.node == node.container and element.role is not Role.BODY
        ]

    def _begin(
        self, turn: Turn, instance: int, chosen: list[tuple[str, int]], variables: Map = EMPTY
    ) -> int:
        count = 0
        for node, scope in chosen:
            if scope not in turn.held(instance).state.elements:
                continue
            command = ActivateElement(node, scope, variables)
            try:
                turn.execute(command, instance_id=instance)
            except Rejected as rejected:
                if rejected.reason != "enough":
                    raise
            else:
                count += 1
        return count

    def message(
        self,
        turn: Turn,
        name: str,
        key: str | None,
        value: Value,
        *,
        instance: int | None = None,
        deployment: str | None = None,
        allowed: Reach | None = None,
    ) -> int:
        """Deliver a message from outside (:class:`procession.runtime.messages.Messages`).

        To one instance it goes whatever that correlates. Who waits goes before who would be
        started by it.
        """
        if instance is None:
            return self.messages.send(
                turn, name, key, value, deployment=deployment, allowed=allowed
            )
        receivers = self._waits_of(turn, instance, WaitKind.MESSAGE, name)
        if allowed is not None:
            receivers = [pair for pair in receivers if allowed.instance(pair[0])]
        if key is not None:
            receivers = [pair for pair in receivers if pair[1].key == key][:1]
        return self.deliver(turn, receivers, value)

    def deliver(self, turn: Turn, receivers: list[tuple[int, Wait]], value: Value) -> int:
        """Meet several waits, or have jobs do it if they are many; how many."""
        limits = turn.limits
        if len(receivers) > limits.signals_per_turn:
            for instance, wait in receivers:
                self.put_off(turn, instance, wait.id, value)
            return len(receivers)
        count = 0
        for instance, wait in receivers:
            count += self.trigger(turn, instance, wait.id, value)
        return count

    def put_off(self, turn: Turn, instance: int, wait: int, value: Value) -> None:
        """Have a wait met by a job, which rests while the instance is suspended."""
        found = turn.held(instance).state.waits[wait]
        turn.uow.insert(_delivery(turn, instance, found, value))
        turn.wake_at(turn.now_ms)

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

    def starts(
        self, kind: WaitKind, name: str, deployment: str | None
    ) -> list[tuple[ProcessDefinition, str]]:
        """Start events that listen, of one deployment or of all."""
        return [
            (self._definitions.get(unit, process, revision), node)
            for unit, process, revision, node in self._definitions.starts(int(kind), name)
            if deployment is None or unit == deployment
        ]


def _is_gathered(
    turn: Turn, receivers: list[tuple[int, Wait]], definition: ProcessDefinition, node: str
) -> bool:
    """Whether an instance that this would begin has begun, and only needed this as well."""
    from procession.bpmn.starts import gathers

    return gathers(definition, node) and any(
        wait.handler == node and turn.held(instance).definition.id == definition.id
        for instance, wait in receivers
    )


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
