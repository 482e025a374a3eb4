"""Implicit throw event: what a multi-instance activity throws of itself when a round is done.

BPMN 2.0.2, 10.3.8 and 10.5.4. It is drawn nowhere and is no node: the round that ends throws it,
so what stands at the boundary of the activity hears it. It carries the numbers of the loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self, cast

from procession.bpmn.element import REGISTRY
from procession.bpmn.elements.events.event import Event
from procession.bpmn.reader import Reader
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.event_definitions.event_definition import EventDefinition

KINDS: Final = frozenset({"signal", "message", "error", "escalation"})
"""What is heard at a boundary or outside, and needs no element instance to be thrown."""


@dataclass(frozen=True, kw_only=True)
class ImplicitThrowEvent(Event):
    """A definition that is thrown without an event in the diagram."""

    position: ClassVar[str] = "throw"
    what: ClassVar[str] = "an implicit throw event"

    @classmethod
    def of(cls, xml: Reader, inner: Reader) -> Self | None:
        """The event that throws the definition ``inner``, for the loop that ``xml`` describes."""
        known = REGISTRY.get(inner.tag)
        definition = cast("EventDefinition | None", known and known.read(inner))  # type: ignore[attr-defined]
        kind = definition.kind if definition else inner.tag
        by_handler = kind == "message" and xml.document.semantics.messages_are_work_items
        if definition is None or kind not in KINDS or by_handler:
            xml.refuse(f"a loop that throws a {kind} definition")
            return None
        return cls(id=inner.id or xml.id, line=inner.line, definition=definition)

    def value(self, t: Transition, me: ElementInstance) -> Value:
        """The numbers of the loop that ``me`` is a round of."""
        body = t.state.elements[me.scope]
        loop = t.definition.nodes[me.node].loop
        if loop is None:
            return None
        names = sorted(loop.attributes)
        return Map({name: loop.attribute(t.state, body, name) for name in names})

    def throw(self, t: Transition, me: ElementInstance) -> bool:
        """Throw it from the round ``me``; whether the round goes on to its end."""
        if self.definition is not None:
            self.definition.throw(t, me, self)
        return me.id in t.state.elements
