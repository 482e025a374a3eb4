"""Moves: what can happen to an instance at rest, and what comes of it.

Everything from outside can happen in any order: waits are met, work fails with an error that is
caught, timers fire, data change, activities of an ad hoc scope are begun. What listens on after it
has fired fires once in a trace, so that it does not fill the process with tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from procession.bpmn.elements.activities.ad_hoc_sub_process import begins_itself
from procession.bpmn.elements.events.start_event import StartEvent
from procession.bpmn.elements.gateways.exclusive_gateway import ExclusiveGateway
from procession.bpmn.soundness.choices import Choices
from procession.bpmn.soundness.loosening import throwable
from procession.bpmn.starts import start_subscriptions
from procession.core import commands as c
from procession.core.continuing import NAME
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env, Limits
from procession.core.state import InstanceState, InstanceStatus, Role, Wait, WaitKind, empty_state
from procession.core.step import Outcome, step
from procession.errors import (
    ExecutionFailure,
    LimitExceeded,
    NoOutgoingFlow,
    Rejected,
    ScriptFailure,
)
from procession.values import EMPTY, Map

NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A time like any other: timers fire when they like."""
BRANCHES: Final = 256
"""The most ways a step is followed."""


@dataclass(frozen=True)
class Move:
    """A command, and what must not happen again after it: ``""`` if it may.

    ``owner`` is the element instance whose wait is met, 0 if it is no wait.
    """

    command: c.Command
    once: str = ""
    owner: int = 0
    is_error: bool = False


@dataclass(kw_only=True)
class Mover:
    """Carries out moves, every way they can go, and counts what that costs.

    ``records`` counts those the engine made, and what else a step costs as if it were records.
    ``doubts`` counts what could not be followed to its end; ``endless`` has what the
    engine said of a step that went on and on.
    """

    definition: ProcessDefinition
    records: int = 0
    doubts: int = 0
    endless: str = ""
    limits: Limits = field(default_factory=Limits)
    throwable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.throwable = throwable(self.definition)

    def beginning(self) -> InstanceState:
        """Before anything."""
        return empty_state(1, self.definition.key)

    def starts(self) -> Iterator[Move]:
        """Every way the process can begin."""
        yield Move(c.StartProcess(root=1))
        known = set()
        for kind, name, node in start_subscriptions(self.definition):
            known.add(node)
            yield Move(c.StartProcess(start_event=node, root=1, trigger=(kind, name, None)))
        for start in self.definition.members.get("", ()):
            if isinstance(start, StartEvent) and start.definition and start.id not in known:
                yield Move(c.StartProcess(start_event=start.id, root=1))

    def moves(self, state: InstanceState, spent: frozenset[str]) -> Iterator[Move]:
        """What can happen to an instance at rest."""
        for wait in state.waits.values():
            is_met = (
                bool(wait.handler) and wait.name != NAME and wait.kind is not WaitKind.CONDITION
            )
            if is_met and _place(wait) not in spent:
                yield from self._met(state, wait)
        handlers = {state.waits[number].handler for number in state.conditions}
        if any(not self.definition.node(handler).settles for handler in handlers - spent):
            yield Move(c.SetVariables(Map({"@data": 1})))
        yield from self._admitted(state, spent)

    def outcomes(
        self, state: InstanceState, move: Move, spent: frozenset[str]
    ) -> Iterator[tuple[Outcome, int]]:
        """What comes of a move, for every choice on the way, and how many decisions that took."""
        todo: list[tuple[int, ...]] = [()]
        tried = 0
        while todo and tried < BRANCHES:
            tried += 1
            choices = Choices(todo.pop(), self.throwable, spent)
            env = Env(NOW, self.limits, globals=choices)
            try:
                outcome = step(self.definition, state, move.command, env)
            except (NoOutgoingFlow, ScriptFailure, Rejected):
                self.records += 10  # no way leads on from here
            except LimitExceeded as fault:
                self.records += self.limits.records_per_step
                self.endless = self.endless or fault.message
            except Exception as fault:
                # Made-up data may be what an element never meets: nothing is known of what follows.
                is_uncaught = move.is_error and isinstance(fault, ExecutionFailure)
                self.doubts += not is_uncaught
            else:
                active = len(outcome.state.elements) + len(outcome.state.waits)
                self.records += 10 + len(outcome.records) + 3 * active
                yield outcome, self._decisions(choices)
            todo.extend(choices.others())
        if todo:
            self.doubts += 1

    def _decisions(self, choices: Choices) -> int:
        """The conditions of an exclusive gateway are one decision; others could be at odds."""
        nodes = self.definition.nodes
        single = {at for at in choices.at if isinstance(nodes.get(at), ExclusiveGateway)}
        return len(single) + sum(at not in single for at in choices.at)

    def _met(self, state: InstanceState, wait: Wait) -> Iterator[Move]:
        payload = EMPTY
        if wait.kind is WaitKind.CALLED_PROCESS:
            payload = Map(status=int(InstanceStatus.COMPLETED), outcome=None, variables=EMPTY)
        yield Move(c.TriggerWait(wait.id, payload), _place(wait), wait.owner)
        if wait.kind not in (WaitKind.WORK_ITEM, WaitKind.CALLED_PROCESS):
            return
        for code in self.throwable.get(wait.handler, ()):
            if wait.kind is WaitKind.WORK_ITEM:
                yield Move(c.FailWait(wait.id, code), owner=wait.owner, is_error=True)
            else:
                failed = Map(status=int(InstanceStatus.ABORTED), outcome=code, variables=EMPTY)
                yield Move(c.TriggerWait(wait.id, failed), owner=wait.owner, is_error=True)

    def _admitted(self, state: InstanceState, spent: frozenset[str]) -> Iterator[Move]:
        if not self.definition.semantics.ad_hoc_begins_nothing:
            return
        for element in state.elements.values():
            container = self.definition.node(element.node)
            if not getattr(container, "is_ad_hoc", False) or element.role is Role.BODY:
                continue
            for node in self.definition.entrances.get(element.node, ()):
                waits = isinstance(node, StartEvent) or begins_itself(node)
                if not waits and f"+{node.id}" not in spent:
                    yield Move(c.ActivateElement(node.id, element.id), f"+{node.id}")


def spent_by(move: Move, before: InstanceState, after: InstanceState) -> frozenset[str]:
    """What a move used up: what listens on, where it did, and conditions that hold."""
    waits = (after.waits[number] for number in after.conditions)
    held = frozenset(wait.handler for wait in waits if wait.parameters)
    command = move.command
    if isinstance(command, c.TriggerWait):
        place = _place(before.waits[command.wait])
        owned = after.owned.get(before.waits[command.wait].owner, ())
        if not any(_place(after.waits[number]) == place for number in owned):
            return held
    return held | {move.once} if move.once else held


def _place(wait: Wait) -> str:
    return f"{wait.handler}/{wait.part}"
