"""Process: the outermost scope; it ends when nothing moves in it any more.

BPMN 2.0.2, 10.2 and 13.2. In jBPM's files a process that has only starts with definitions, started
plainly, is active with nothing to do (``reference/jbpm-engine.md`` 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.events.intermediate_catch_event import IntermediateCatchEvent
from procession.bpmn.elements.events.start_event import begin
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, InstanceStatus
from procession.core.transition import Transition


@element("process")
@dataclass(frozen=True, kw_only=True)
class Process(FlowNode):
    """The node that stands for the process itself; its id is empty."""

    is_scope: ClassVar[bool] = True
    is_hidden: ClassVar[bool] = True

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is said of the process as a node; the compiler reads the rest."""
        name = xml.attribute("name") or xml.id
        return cls(id="", name=name, line=xml.line, metadata=xml.metadata())

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Begin; what no flow leads to listens all along in jBPM's files."""
        begin(t, me, "")
        if not t.definition.nodes:
            t.complete(me)
        if t.definition.is_jbpm:
            for node in t.definition.entrances.get("", ()):
                if isinstance(node, IntermediateCatchEvent) and node.definition is not None:
                    node.definition.listen(t, me, node)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done when nothing moves any more."""
        if t.is_empty(me):
            t.complete(me)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """The instance has completed."""
        t.end(InstanceStatus.COMPLETED)
