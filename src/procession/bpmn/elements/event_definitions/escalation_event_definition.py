"""Escalation: tells those further out that something should be looked at, and goes on.

BPMN 2.0.2, 10.5.1 and 13.5.3; ``reference/jbpm-engine.md`` 1.5 to 1.7. It goes outwards scope by
scope to the nearest event that catches its code, and from a called process to the call activity.
Who throws it goes on unless what catches it stops the scope. A definition without an escalation, or
an escalation without a code, catches all. Uncaught it has no effect but a record; in jBPM's files
it ends the instance as aborted, with the code as outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.problems import Problem, Severity, error, warning
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.throwing import throw_escalation
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("escalationEventDefinition")
@dataclass(frozen=True, kw_only=True)
class EscalationEventDefinition(EventDefinition):
    """The escalation meant: thrown by its code, caught by it or whatever it is."""

    positions: ClassVar[frozenset[str]] = frozenset({"event start", "boundary", "throw", "end"})
    kind: ClassVar[str] = "escalation"
    ended_as: ClassVar[str] = "FaultNode"
    code: str = ""
    catches_all: bool = True

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read which escalation; without a code it is thrown by its id."""
        reference = xml.root_element(xml.attribute("escalationRef"))
        known = xml.document.root_elements.escalations.get(reference)
        code = known.code if known is not None else reference
        if known is None and reference:
            severity: Severity = "error" if xml.document.semantics.jbpm_checks else "warning"
            xml.problem(severity, f"escalation {reference} is not declared", rule="reference")
        return cls(id=xml.id, line=xml.line, code=code or reference, catches_all=not code)

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Throw outwards, and go on if what catches it lets the scope be."""
        throw_escalation(t, self.code, me, node.value(t, me))
        if me.id in t.state.elements:
            node.thrown(t, me)

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """By its code best, else as one that catches all."""
        if kind != "escalation":
            return 0
        if not self.catches_all and self.code in codes:
            return 2
        return 1 if self.catches_all else 0

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterable[Problem]:
        """What is thrown needs a code to be caught by."""
        if self.catches_all and getattr(node, "position", "") in ("throw", "end"):
            text = "the escalation that is thrown has no code: only what catches all hears it"
            report = error if graph.semantics.jbpm_checks else warning
            yield report(node, text, rule="escalationCode")
