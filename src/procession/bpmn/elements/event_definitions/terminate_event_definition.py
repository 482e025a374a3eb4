"""Terminate: ends the scope it stands in, with everything else in there.

BPMN 2.0.2, 13.5.6. The scope counts as completed and is left as usual. The extension
``scope="process"`` ends the whole instance instead (``reference/jbpm-engine.md`` 1.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.reader import Reader
from procession.core.state import ElementInstance, InstanceStatus
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@element("terminateEventDefinition")
@dataclass(frozen=True, kw_only=True)
class TerminateEventDefinition(EventDefinition):
    """An end for all."""

    positions: ClassVar[frozenset[str]] = frozenset({"end"})
    kind: ClassVar[str] = "terminate"
    whole_process: bool = False

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read how far it reaches."""
        whole = xml.vendor("terminate_scope") == "process"
        return cls(id=xml.id, line=xml.line, whole_process=whole)

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Stop what else is in the scope, and let the scope end."""
        t.conclude(me)
        if self.whole_process:
            t.end(InstanceStatus.COMPLETED)
            return
        scope = t.state.elements[me.scope]
        t.cancel_children(scope)
        t.definition.node(scope.node).terminated(t, scope, me)
