"""Link: a token goes on at the catching event of the same name, as if a flow led there.

BPMN 2.0.2, 10.5.1 and 10.5.5; ``reference/jbpm-engine.md`` 1.5. Several events may throw to one
that catches; both stand in the same process or sub-process. It is no sequence flow: nothing leaves
the one and nothing leads to the other, but what looks for paths follows it
(:attr:`procession.core.graph.ProcessDefinition.links`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("linkEventDefinition")
@dataclass(frozen=True, kw_only=True)
class LinkEventDefinition(EventDefinition):
    """The name that both ends have."""

    positions: ClassVar[frozenset[str]] = frozenset({"catch", "throw"})
    kind: ClassVar[str] = "link"
    name: str = ""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the name. ``source`` and ``target`` say no more than the names do."""
        return cls(id=xml.id, line=xml.line, name=(xml.attribute("name") or "").strip())

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Go on at the other end."""
        there = t.definition.links[node.id]
        t.conclude(me)
        t.note(t.activate(there, me.scope), "met")

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        """A link has a name, one end that catches, and at least one that throws."""
        if not self.name:
            yield error(node, "the link has no name", rule="link")
            return
        throwing, catching = graph.link_ends[node.container, self.name]
        if getattr(node, "link_caught", ""):
            if catching[0].id != node.id:
                text = f"{catching[0].id} catches the link {self.name} already"
                yield error(node, text, rule="link")
            if not throwing:
                yield error(node, f"nothing here throws the link {self.name}", rule="link")
            if node.incoming:
                yield error(node, "no flow leads to a link event that catches", rule="link")
            return
        if not catching:
            yield error(node, f"nothing here catches the link {self.name}", rule="link")
        if node.outgoing:
            yield error(node, "no flow leaves a link event that throws", rule="link")
