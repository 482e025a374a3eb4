"""What all event definitions share: the hooks that a position calls.

``reference/architecture.md`` section 7: the *position* (start, catch, boundary, throw, end) owns
flow and scope, the *definition* (timer, message, ...) owns what is waited for or thrown. A new
definition is one file; ``positions`` says where the specification lets it stand: ``start`` (of a
process), ``event start`` (of an event sub-process), ``catch``, ``boundary``, ``throw``, ``end``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from procession.bpmn.problems import Problem
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.values import Value

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


ANONYMOUS: Final = frozenset({"timer", "conditional"})
"""Events of which nothing tells to which instance they belong."""


class Start(NamedTuple):
    """What starts a process from outside: its ``kind``, and the name that it goes by, if any."""

    kind: str
    name: str
    definition: EventDefinition | None


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws."""

    id: str = ""
    line: int = 0

    positions: ClassVar[frozenset[str]] = frozenset()
    always_interrupts: ClassVar[bool] = False
    kind: ClassVar[str] = ""
    caught_as: ClassVar[str] = "EventNode"
    ended_as: ClassVar[str] = "EndNode"

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Open the wait; ``owner`` ends it, ``handler`` acts when it is met."""

    def met(
        self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait | None
    ) -> bool:
        """A wait was met: whether that is all that was waited for."""
        return True

    def goes_on(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> bool:
        """A wait was met and its owner lives on: whether there is still something to wait for."""
        return True

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Do what the event is for, and call ``node.thrown`` when that is done."""
        node.thrown(t, me)

    def look(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> None:
        """Variables have been set: whether a condition that is waited for holds now."""

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """How well what is thrown is caught (:meth:`procession.core.graph.FlowNode.catches`)."""
        return 0

    def compensates(self, graph: ProcessDefinition, node: FlowNode) -> str:
        """The activity that ``node`` undoes (:class:`procession.core.graph.FlowNode`)."""
        return ""

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterable[Problem]:
        """What is wrong with the definition where it stands."""
        return ()

    @property
    def parts(self) -> tuple[EventDefinition, ...]:
        """The definitions it stands for: itself, unless it is several (``multiple.py``)."""
        return (self,)

    @property
    def happens_once(self) -> bool:
        """Whether it cannot come again while the same owner waits."""
        return False

    @property
    def starts(self) -> tuple[Start, ...]:
        """By what it starts a process."""
        return ()

    def payload_of(self, payload: Value) -> Value:
        """What is mapped to variables of what came in."""
        return payload


def openers(kinds: Sequence[frozenset[str]]) -> tuple[int, ...]:
    """Numbers of those among events that must all come which begin the instance that waits.

    A message or signal tells to which instance it belongs. Timers and conditions do not: they are
    waited for inside the instance, unless there is nothing else; then the first begins it.
    """
    named = tuple(n for n, kind in enumerate(kinds, 1) if not kind & ANONYMOUS)
    return named or (1,)


def interrupts(node: FlowNode) -> bool:
    """Whether what catches an event there stops its host or scope."""
    return getattr(node, "cancel_activity", True) and getattr(node, "is_interrupting", True)
