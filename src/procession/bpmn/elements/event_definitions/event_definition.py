"""What all event definitions share: the hooks that a position calls.

``reference/architecture.md`` section 7: the *position* (start, catch, boundary, throw, end) owns
flow and scope, the *definition* (timer, message, ...) owns what is waited for or thrown. A new
definition is one file; ``positions`` says where the specification lets it stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.values import Value

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws."""

    id: str = ""
    line: int = 0

    positions: ClassVar[frozenset[str]] = frozenset()
    kind: ClassVar[str] = ""
    caught_as: ClassVar[str] = "EventNode"
    ended_as: ClassVar[str] = "EndNode"

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Open the wait; ``owner`` ends it, ``handler`` acts when it is met."""

    def goes_on(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> bool:
        """A wait was met and its owner lives on: whether there is still something to wait for."""
        return True

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Do what the event is for, and complete ``me`` when that is done."""
        t.complete(me)

    def catches(self, codes: tuple[str, ...]) -> int:
        """How well an error is caught (:meth:`procession.core.graph.FlowNode.catches`)."""
        return 0

    def payload_of(self, payload: Value) -> Value:
        """What is mapped to variables of what came in."""
        return payload
