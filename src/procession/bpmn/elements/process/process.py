"""Process: the outermost scope; it ends when nothing moves in it any more.

BPMN 2.0.2, 10.2 and 13.2. In jBPM's files a process that has only starts with definitions, started
plainly, is active with nothing to do (``reference/jbpm-engine.md`` 4.1), and one that an event
sub-process has interrupted ends as aborted (4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.ad_hoc_sub_process import begins_itself
from procession.bpmn.elements.data.io_specification import NO_DATA, IoSpecification
from procession.bpmn.elements.events.intermediate_catch_event import IntermediateCatchEvent
from procession.bpmn.elements.events.start_event import StartEvent, begin, prepare
from procession.bpmn.reader import Reader
from procession.core import compensation, completing, continuing
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, InstanceStatus, Wait
from procession.core.transition import Transition
from procession.values import Value


@element("process")
@dataclass(frozen=True, kw_only=True)
class Process(FlowNode):
    """The node that stands for the process itself; its id is empty."""

    is_scope: ClassVar[bool] = True
    is_hidden: ClassVar[bool] = True
    is_ad_hoc: bool = False
    io: IoSpecification = NO_DATA

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is said of the process as a node; the compiler reads the rest."""
        name = xml.attribute("name") or xml.id
        is_ad_hoc = xml.vendor_flag("ad_hoc", False)
        inner = xml.child("ioSpecification")
        return cls(
            id="",
            name=name,
            line=xml.line,
            metadata=xml.metadata(),
            is_ad_hoc=is_ad_hoc,
            io=IoSpecification.read(inner) if inner else NO_DATA,
        )

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Begin; what no flow leads to listens all along in jBPM's files."""
        if t.started_at is None:
            self.io.need_all(t)
        compensation.listen(t, me)
        if self.is_ad_hoc:
            self._open(t, me)
        else:
            begin(t, me, "")
            if not t.definition.nodes:
                t.complete(me)
        if t.definition.semantics.catch_events_listen_without_flow:
            for node in t.definition.entrances.get("", ()):
                if isinstance(node, IntermediateCatchEvent) and node.definition is not None:
                    node.definition.listen(t, me, node)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done when nothing moves any more; an ad hoc process never is."""
        if t.definition.semantics.interruption_aborts_process and self._is_interrupted(t, child):
            return
        if self.is_ad_hoc:
            return
        if t.is_empty(me):
            t.complete(me)
        else:
            completing.child_left(t, me, child)

    def terminated(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """The only end of an ad hoc process that is its own."""
        t.complete(me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """A client asks for compensation; it may ask again."""
        compensation.asked(t, "" if payload is None else str(payload))

    def _is_interrupted(self, t: Transition, child: ElementInstance) -> bool:
        """End as aborted if it is an interrupting event sub-process that has ended."""
        for start in t.definition.event_starts.get("", ()):
            if start.container != child.node or not isinstance(start, StartEvent):
                continue
            what = start.definition
            if what is not None and start.is_interrupting and what.kind != "compensation":
                kind = "escalation" if what.kind == "escalation" else "error"
                t.end(InstanceStatus.ABORTED, getattr(what, "code", None) or None, None, kind)
                return True
        return False

    def _open(self, t: Transition, me: ElementInstance) -> None:
        """Begin an ad hoc process (``jbpm-engine.md`` 4.8): all else waits to be begun by name."""
        if not prepare(t, me, ""):
            return
        plain = False
        for node in t.definition.entrances.get("", ()):
            first = isinstance(node, StartEvent) and node.definition is None and not plain
            plain = plain or first
            begins = first and t.started_at is None
            if begins or node.id == t.started_at or begins_itself(node):
                continuing.enter(t, node, me.id)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """The instance has completed."""
        t.end(InstanceStatus.COMPLETED)
