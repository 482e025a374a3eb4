"""Ad hoc sub-process: activities that are begun by choice, until its condition says it is enough.

BPMN 2.0.2, 10.3.5.2 and 13.3.5: what no flow leads to is enabled; here all of it is begun at once,
one after the other if the ordering is sequential, and may be begun again by its name while the
sub-process lasts. Without a condition it is done when nothing is left. In jBPM's files
(``reference/jbpm-engine.md`` 4.8) nothing begins by itself unless ``customAutoStart`` says so, the
ordering has no effect, and without a condition it only ends with what is around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.events.start_event import begins_by_event, prepare
from procession.bpmn.problems import Problem, warning
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import IGNORED_LANGUAGES
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.errors import Rejected
from procession.values import EMPTY, Map

IDLE: Final = frozenset(
    {"autocomplete", 'getActivityInstanceAttribute("numberOfActiveInstances")==0'}
)
"""Texts by which jBPM's modellers say: done as soon as nothing is active."""


@element("adHocSubProcess")
@dataclass(frozen=True, kw_only=True)
class AdHocSubProcess(Activity):
    """Activities in whatever order. Memo: ``queue``, whose turn is to come, and ``enough``."""

    is_scope: ClassVar[bool] = True
    is_ad_hoc: ClassVar[bool] = True
    condition: Script | None = None
    ends_when_idle: bool = False
    is_sequential: bool = False
    cancels_remaining: bool = True

    @property
    def audit_type(self) -> str:
        """jBPM calls it dynamic."""
        return "DynamicNode"

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read what is said of the sub-process itself; its inside is read like a process."""
        condition = xml.child("completionCondition")
        text = condition.text().strip() if condition else ""
        semantics = xml.document.semantics
        if condition and semantics.jbpm_checks and not text:
            xml.problem("error", "Dynamic has no completion condition")
        is_idle = "".join(text.split()).replace("'", '"') in IDLE
        is_ordered = xml.attribute("ordering") == "Sequential"
        return cls(
            **activity_fields(xml),
            condition=None if is_idle or not text else _condition(condition, text),
            ends_when_idle=is_idle or not (text or semantics.ad_hoc_asks_when_branches_end),
            is_sequential=is_ordered and not semantics.ad_hoc_order_ignored,
            cancels_remaining=xml.flag("cancelRemainingInstances", True),
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Begin what begins by itself."""
        if not prepare(t, me, self.id):
            return
        begun, begins_all = False, not t.definition.semantics.ad_hoc_begins_nothing
        for node in t.definition.entrances.get(self.id, ()):
            if begins_all or begins_itself(node):
                self.admit(t, t.state.elements[me.id], node)
                begun = True
        if not begun and begins_all and self.ends_when_idle:
            self.finish(t, me)

    def admit(
        self, t: Transition, me: ElementInstance, node: FlowNode, variables: Map = EMPTY
    ) -> None:
        """Begin an activity; in sequential order when its turn has come."""
        memo = _memo(me)
        if memo.get("enough"):
            raise Rejected(f"{self.id} takes no more activities", reason="enough")
        if self.is_sequential and not t.is_empty(me):
            waiting = (*memo.get("queue", ()), (node.id, variables))
            t.note(me, memo.with_items({"queue": waiting}))
        else:
            super().admit(t, me, node, variables)

    def has_enough(self, t: Transition, me: ElementInstance, child: ElementInstance) -> bool:
        """An activity that fulfils the condition is the last: its flows are not followed (13.3.5).

        jBPM asks only when the branch has come to its end.
        """
        waits = t.definition.semantics.ad_hoc_asks_when_branches_end
        return not waits and self._is_enough(t, me)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Done if the condition holds or nothing is left to do; else the next one has its turn."""
        if _interrupted(t, child):
            if t.is_empty(me):
                self.finish(t, me)
            return
        if self._is_enough(t, me):
            if self.cancels_remaining:
                t.cancel_children(me)
            if t.is_empty(me):
                self.finish(t, me)
            return
        if not t.is_empty(me):
            return
        memo = _memo(me)
        queue = memo.get("queue", ())
        if queue:
            (node, variables), *rest = queue
            me = t.note(me, memo.with_items({"queue": tuple(rest)}))
            super().admit(t, me, t.definition.nodes[node], variables)
        elif self.ends_when_idle:
            self.finish(t, me)

    def terminated(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """A terminate event ends it, whatever its condition says."""
        self.finish(t, me)

    def _is_enough(self, t: Transition, me: ElementInstance) -> bool:
        """Whether the condition holds, or once held while others still had to end."""
        memo = _memo(me)
        if memo.get("enough"):
            return True
        if self.condition is None or not t.holds(self.condition, me.id, self):
            return False
        t.note(me, memo.with_items({"enough": True, "queue": ()}))
        return True

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Start and end events have no place in it (10.3.5.2)."""
        yield from super().check(graph)
        if graph.semantics.jbpm_checks:
            return
        for node in graph.members.get(self.id, ()):
            if type(node).__name__ in ("StartEvent", "EndEvent"):
                yield warning(node, "an ad hoc sub-process has no start and no end events")


def begins_itself(node: FlowNode) -> bool:
    """Whether jBPM begins a node of an ad hoc scope by itself."""
    return str(node.metadata.get("customAutoStart", "")).strip().lower() == "true"


def _interrupted(t: Transition, child: ElementInstance) -> bool:
    """Whether what ended is an event sub-process that had put an end to all else."""
    node = t.definition.nodes[child.node]
    starts = t.definition.members.get(node.id, ()) if begins_by_event(node) else ()
    return any(getattr(start, "is_interrupting", False) for start in starts)


def _memo(me: ElementInstance) -> Map:
    return me.memo if isinstance(me.memo, Map) else EMPTY


def _condition(xml: Reader | None, text: str) -> Script | None:
    if xml is None:
        return None
    language = xml.attribute("language") or ""
    if language in IGNORED_LANGUAGES:
        xml.refuse("a completion condition written as a rule")
        return None
    if xml.document.semantics.default_language_ignored:
        language = ""
    elif not language:
        language = xml.document.expression_language
    return xml.compile(language, text, Purpose.CONDITION)
