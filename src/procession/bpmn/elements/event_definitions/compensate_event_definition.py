"""Compensation: undoes what has been completed, from the last to the first.

BPMN 2.0.2, 10.5.1, 10.7 and 13.5.5; ``reference/jbpm-engine.md`` 4.6; what it does is in
``core/compensation.py``. Thrown, it names an activity or means all that is done in its scope.
At a boundary it is tied by an association to the one activity that undoes its host; as the start
of an event sub-process it undoes the sub-process around that, which sees the data as they were; in
a process, the process when its call is undone (``core/recalling.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.problems import Problem, error, warning
from procession.bpmn.reader import Reader
from procession.core import compensation
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("compensateEventDefinition")
@dataclass(frozen=True, kw_only=True)
class CompensateEventDefinition(EventDefinition):
    """What is to be undone (``""``: all that is done), and whether the thrower waits for it."""

    positions: ClassVar[frozenset[str]] = frozenset({"event start", "boundary", "throw", "end"})
    kind: ClassVar[str] = "compensation"
    activity: str = ""
    wait_for_completion: bool = True

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what to undo."""
        return cls(
            id=xml.id,
            line=xml.line,
            activity=xml.root_element(xml.attribute("activityRef")),
            wait_for_completion=xml.flag("waitForCompletion", True),
        )

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Have it undone, and go on when that is done."""
        if compensation.throw(t, me, self.activity, self.wait_for_completion):
            node.thrown(t, me)

    def compensates(self, graph: ProcessDefinition, node: FlowNode) -> str:
        """The host of a boundary event; what an event sub-process stands in, be it the process."""
        if hasattr(node, "attached_to"):
            return str(node.attached_to)
        inner = graph.nodes.get(node.container)
        if hasattr(node, "is_interrupting") and getattr(inner, "triggered_by_event", False):
            return inner.container or graph.id if inner else ""
        return ""

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        """Who undoes what must be clear, and what is named must be in reach."""
        if hasattr(node, "attached_to"):
            yield from self._check_boundary(graph, node)
        elif hasattr(node, "is_interrupting"):
            yield from self._check_start(graph, node)
        else:
            yield from self._check_throw(graph, node)
        activity = self.compensates(graph, node)
        if activity and getattr(node, "definition", None) is not self:
            text = "an event that begins compensation can have no other definition"
            yield error(node, text, rule="position")
            return
        if activity and graph.compensation.catches.get(activity) != node.id:
            yield error(node, f"{activity} has two compensation handlers", rule="compensation")

    def _check_boundary(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        handlers = compensation.handlers_of(graph, node)
        if len(handlers) != 1:
            text = "an association leads to exactly one activity with isForCompensation"
            yield error(node, f"{text}, not to {len(handlers)}", rule="compensation")
        for handler in handlers:
            if handler.container != node.container:
                yield error(node, f"{handler.id} is not in the same scope", rule="compensation")
        if node.outgoing:
            yield error(node, "no flow leaves a compensation event at a boundary")
        host = graph.nodes.get(getattr(node, "attached_to", ""))
        if getattr(host, "is_for_compensation", False):
            yield error(node, "what compensates is not compensated itself", rule="compensation")

    def _check_start(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        inner = graph.nodes.get(node.container)
        if inner is not None and not inner.container and graph.semantics.jbpm_checks:
            text = "compensation of the process itself is not supported"
            yield error(node, text, rule="unsupported")
        if not getattr(node, "is_interrupting", True):
            text = "an event sub-process that starts by compensation must be interrupting"
            yield error(node, text, rule="isInterrupting")

    def _check_throw(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        if graph.semantics.jbpm_checks and not self.wait_for_completion:
            yield error(node, "waitForCompletion false is not supported", rule="unsupported")
        if not self.activity:
            return
        activity = graph.nodes.get(self.activity)
        if activity is None:
            text = f"activityRef {self.activity} is no activity here"
            yield error(node, text, rule="reference")
        elif not _is_in_reach(graph, node, activity):
            text = f"{self.activity} stands neither in the scope of the event nor around it"
            yield error(node, text, rule="compensation")
        elif not _can_be_undone(graph, activity, node):
            text = f"{self.activity} has no compensation handler"
            report = error if graph.semantics.jbpm_checks else warning
            yield report(node, text, rule="compensation")


def _is_in_reach(graph: ProcessDefinition, node: FlowNode, activity: FlowNode) -> bool:
    return activity.container in _around(graph, node)


def _can_be_undone(graph: ProcessDefinition, activity: FlowNode, node: FlowNode) -> bool:
    return activity.id in graph.compensation.remembered or activity.id in _around(graph, node)


def _around(graph: ProcessDefinition, node: FlowNode) -> list[str]:
    """The containers that a node stands in, the innermost first; ``""`` is the process."""
    found = [node.container]
    while found[-1]:
        found.append(graph.nodes[found[-1]].container)
    return found
