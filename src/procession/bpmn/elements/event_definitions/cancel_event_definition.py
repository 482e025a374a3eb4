"""Cancel: a transaction is called off, and what is done in it undone.

BPMN 2.0.2, 10.3.5, 10.5.1 and 13.5.5. Thrown at an end inside a transaction, however deep; what
is active there is stopped, what is done compensated, and then the transaction is left by the
cancel event at its boundary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import compensation
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Role
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("cancelEventDefinition")
@dataclass(frozen=True, kw_only=True)
class CancelEventDefinition(EventDefinition):
    """The calling off of the transaction around an end, or at whose boundary it stands."""

    positions: ClassVar[frozenset[str]] = frozenset({"boundary", "end"})
    kind: ClassVar[str] = "cancel"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """There is nothing to read but its place."""
        return cls(id=xml.id, line=xml.line)

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Call off the nearest transaction around; one that is done in rounds, with all of them."""
        scope = t.state.elements[me.scope]
        while not _is_transaction(t.definition.node(scope.node)):
            scope = t.state.elements[scope.scope]
        if scope.role is Role.ITERATION:
            scope = t.state.elements[scope.scope]
        compensation.cancel(t, me, scope)

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        """There must be a transaction, and one way out of it."""
        host = getattr(node, "attached_to", "")
        if not host:
            at = graph.nodes.get(node.container)
            while at is not None and not _is_transaction(at):
                at = graph.nodes.get(at.container)
            if at is None:
                yield error(node, "a cancel end event stands in a transaction", rule="position")
            return
        if not _is_transaction(graph.nodes.get(host)):
            text = "a cancel event stands at the boundary of a transaction"
            yield error(node, text, rule="position")
        if not getattr(node, "cancel_activity", True):
            yield error(node, "a cancel event always interrupts", rule="position")
        others = [b for b in graph.boundary_events.get(host, ()) if is_cancel(b)]
        if others and others[0].id != node.id:
            yield error(node, f"{host} has two cancel events at its boundary", rule="structure")


def is_cancel(node: FlowNode) -> bool:
    """Whether a node is an event with this definition, be it one of several."""
    parts = getattr(getattr(node, "definition", None), "parts", ())
    return any(isinstance(part, CancelEventDefinition) for part in parts)


def _is_transaction(node: FlowNode | None) -> bool:
    return getattr(node, "is_transaction", False)
