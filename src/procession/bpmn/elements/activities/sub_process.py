"""Sub-process: a scope with variables of its own, which is left when nothing moves in it.

BPMN 2.0.2, 10.3.5 and 13.3.4. It begins at its plain start event; without one, at every node that
no flow leads to. Event sub-processes are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity, activity_fields
from procession.bpmn.elements.events.start_event import begin
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance
from procession.core.transition import Transition


@element("subProcess")
@dataclass(frozen=True, kw_only=True)
class SubProcess(Activity):
    """An embedded sub-process."""

    is_scope: ClassVar[bool] = True
    triggered_by_event: bool = False

    @property
    def audit_type(self) -> str:
        """A composite with variables."""
        return "CompositeContextNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is said of the sub-process itself; its inside is read like a process."""
        by_event = xml.flag("triggeredByEvent", False)
        if by_event:
            xml.refuse("an event sub-process")
        return cls(**activity_fields(xml), triggered_by_event=by_event)

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Begin inside."""
        begin(t, me, self.id)
        if t.is_empty(me):
            self.finish(t, me)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done when nothing moves inside any more."""
        if t.is_empty(me):
            self.finish(t, me)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """There must be a way in."""
        yield from super().check(graph)
        if graph.members.get(self.id) and not graph.entrances.get(self.id):
            yield error(self, "the sub-process has no start event and no node to start with")
