"""Transaction: a sub-process that can be called off, so that what it did is undone.

BPMN 2.0.2, 10.3.5 and 13.5.5. It succeeds as any sub-process. Cancelled from inside, it stops
what is active in it, compensates what is done and is left by the cancel event at its boundary. An
error that leaves it is a hazard: nothing is undone, the error's catcher takes over. jBPM knows no
cancel events, so its files run the same way. ``method`` says how a transaction is meant to be
undone; whatever it says, it is by compensation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.sub_process import SubProcess
from procession.bpmn.elements.event_definitions.cancel_event_definition import is_cancel
from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition

_COMPENSATE: Final = "compensate"


@element("transaction")
@dataclass(frozen=True, kw_only=True)
class Transaction(SubProcess):
    """A sub-process that ends in success, by cancellation or in a hazard."""

    is_transaction: ClassVar[bool] = True
    method: str = _COMPENSATE

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read a sub-process and the method."""
        return replace(super().read(xml), method=xml.attribute("method") or _COMPENSATE)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done when nothing moves inside any more, or when all has been undone."""
        if not is_cancel(t.definition.nodes[child.node]):
            super().child_ended(t, me, child)
            return
        way_out = cancel_event(t.definition, self)
        if way_out is not None:
            way_out.triggered(t, me, None, None)
        else:
            t.cancel(me)
            t.ask_scope(me)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """It is no event sub-process, and there should be a way out for a cancellation."""
        yield from super().check(graph)
        if self.triggered_by_event:
            yield error(self, "a transaction is not triggered by an event")
        if self.method.lstrip("#").lower() != _COMPENSATE:
            text = f"method {self.method} is not supported: it is undone by compensation"
            report = warning if graph.semantics.jbpm_checks else error
            yield report(self, text, rule="unsupported")
        cancels = [node for node in graph.nodes.values() if _cancels(graph, self, node)]
        if cancels and cancel_event(graph, self) is None:
            text = f"{cancels[0].id} cancels it, and no cancel event at its boundary goes on"
            yield warning(self, text, rule="structure")


def cancel_event(graph: ProcessDefinition, transaction: Transaction) -> FlowNode | None:
    """The event at the boundary by which a cancelled transaction is left."""
    events = graph.boundary_events.get(transaction.id, ())
    return next((event for event in events if is_cancel(event)), None)


def _cancels(graph: ProcessDefinition, transaction: Transaction, node: FlowNode) -> bool:
    """Whether an end event calls off this transaction: the nearest one around it."""
    if not is_cancel(node) or hasattr(node, "attached_to"):
        return False
    at = graph.nodes.get(node.container)
    while at is not None and not isinstance(at, Transaction):
        at = graph.nodes.get(at.container)
    return at is not None and at.id == transaction.id
