"""Sub-process: a scope with variables of its own, which is left when nothing moves in it.

BPMN 2.0.2, 10.3.5, 13.3.4 and 13.5.4. It begins at its plain start event; without one, at every
node that no flow leads to. An event sub-process is no part of the flow: its start event listens
while the scope around it is active, and begins it (``events/start_event.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.events.start_event import StartEvent, begin, prepare
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import completing
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
        return "EventSubProcessNode" if self.triggered_by_event else "CompositeContextNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is said of the sub-process itself; its inside is read like a process."""
        by_event = xml.flag("triggeredByEvent", False)
        return cls(**activity_fields(xml), triggered_by_event=by_event)

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Begin inside; what begins an event sub-process has entered its start event already."""
        if self.triggered_by_event:
            prepare(t, me, self.id)
        else:
            begin(t, me, self.id)
        if t.is_empty(me):
            self.finish(t, me)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done when nothing moves inside any more."""
        if t.is_empty(me):
            self.finish(t, me)
        else:
            completing.child_left(t, me, child)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """There must be a way in, and just one into an event sub-process."""
        yield from super().check(graph)
        if self.triggered_by_event:
            yield from self._check_event(graph)
        elif graph.members.get(self.id) and not graph.entrances.get(self.id):
            yield error(self, "the sub-process has no start event and no node to start with")

    def _check_event(self, graph: ProcessDefinition) -> Iterator[Problem]:
        if self.incoming or self.outgoing:
            yield error(self, "an event sub-process cannot have incoming or outgoing flows")
        if self.id in graph.boundary_events:
            yield error(self, "an event sub-process cannot have boundary events")
        members = graph.members.get(self.id, ())
        starts = [node for node in members if isinstance(node, StartEvent)]
        if len(starts) != 1:
            yield error(self, "an event sub-process must have exactly one start event")
        for start in starts:
            if start.definition is None:
                text = "the start event of an event sub-process must say what it waits for"
                yield error(start, text)
