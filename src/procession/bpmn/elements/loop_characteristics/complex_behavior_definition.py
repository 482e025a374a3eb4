"""Complex behavior definition: an event that a loop throws after a round if a condition holds.

BPMN 2.0.2, 10.3.8, table 10.31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.events.implicit_throw_event import ImplicitThrowEvent
from procession.bpmn.elements.loop_characteristics.loop_characteristics import expression
from procession.bpmn.reader import Reader
from procession.core.ports import Purpose, Script


@element("complexBehaviorDefinition")
@dataclass(frozen=True, kw_only=True)
class ComplexBehaviorDefinition:
    """A condition, and what is thrown if it holds (``None``: nothing)."""

    condition: Script
    event: ImplicitThrowEvent | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self | None:
        """Read the definition; ``None`` if it has a fault, which is then reported."""
        condition = expression(xml, "condition", Purpose.CONDITION)
        if condition is None:
            if xml.child("condition") is None or not xml.text("condition"):
                xml.problem("error", "a complex behavior needs a condition", rule="loop")
            return None
        return cls(condition=condition, event=_event(xml))


def _event(xml: Reader) -> ImplicitThrowEvent | None:
    event = xml.child("event")
    if event is None:
        return None
    if any(True for _ in event.children("dataInput")):
        event.refuse("an implicit throw event with data of its own")
    found = [child for child in event.children() if child.tag.endswith("EventDefinition")]
    shared = xml.document.root_elements.event_definitions
    for child in event.children("eventDefinitionRef"):
        reference = xml.root_element(child.text())
        if reference in shared:
            found.append(shared[reference].at(xml))
        else:
            child.problem("error", f"{reference} is not declared", rule="reference")
    if len(found) > 1:
        event.refuse("an implicit throw event with several definitions")
    return ImplicitThrowEvent.of(xml, found[0]) if found else None
