"""Timer: waits for a duration, a date, or again and again for a cycle.

BPMN 2.0.2, 10.5.1; ``reference/jbpm-engine.md`` 3.1 and 3.2. A text without ``#{...}`` is read
when the model is deployed, any other when the timer begins. Each firing is a wait of its own; how
a cycle goes on stands in the parameters of the wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, Start
from procession.bpmn.expression_languages import as_template
from procession.bpmn.problems import Severity
from procession.bpmn.reader import Reader
from procession.bpmn.timer_expressions import Firing, TimerExpression, parse, ways_of
from procession.core.graph import FlowNode
from procession.core.ports import Script
from procession.core.state import ElementInstance, Wait, WaitKind
from procession.core.transition import Transition
from procession.errors import ExecutionFailure, Invalid
from procession.values import Map


@element("timerEventDefinition")
@dataclass(frozen=True, kw_only=True)
class TimerEventDefinition(EventDefinition):
    """When it fires: known beforehand, or from a template when it begins."""

    positions: ClassVar[frozenset[str]] = frozenset({"start", "event start", "catch", "boundary"})
    kind: ClassVar[str] = "timer"
    caught_as: ClassVar[str] = "TimerNode"
    text_kind: str = ""
    text: str = ""
    language: str = ""
    expression: TimerExpression | None = None
    template: Script | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the text, and what it means if that can be known already."""
        kinds = ("timeDuration", "timeDate", "timeCycle")
        inner = next((child for kind in kinds if (child := xml.child(kind))), None)
        text = as_template(inner, inner.text(), inner.tag) if inner else ""
        if inner is None or not text:
            severity: Severity = "error" if xml.document.semantics.jbpm_checks else "warning"
            xml.problem(severity, "the timer has no duration, date or cycle")
            return cls(id=xml.id, line=xml.line)
        language = inner.attribute("language") or ""
        template = inner.template(text)
        expression = None
        if template is None and "#{" not in text:
            try:
                ways = ways_of(xml.document.semantics)
                expression = parse(inner.tag, text, language=language, ways=ways)
            except Invalid as fault:
                inner.problem("error", fault.message, rule="timer")
        return cls(
            id=xml.id,
            line=xml.line,
            text_kind=inner.tag,
            text=text,
            language=language,
            expression=expression,
            template=template,
        )

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Open the wait for the first firing; one that never fires has no due time."""
        expression = self._now(t, owner, handler)
        firing = expression.first(t.env.now, t.env.zone) if expression else None
        self._wait(t, owner, handler, expression, firing)

    def goes_on(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> bool:
        """Open the wait for the next firing, if there is one."""
        t.stop_waiting(wait)
        state = wait.parameters.get("firing")
        if state is None:
            return False
        expression = TimerExpression.from_value(wait.parameters["timer"])
        firing = expression.next(Firing.from_value(state), t.env.now, t.env.zone)
        if firing is None:
            return False
        self._wait(t, owner, handler, expression, firing)
        return True

    @property
    def starts(self) -> tuple[Start, ...]:
        """The timer, if what it says is known beforehand."""
        return (Start("timer", self.text, self),) if self.expression else ()

    @property
    def happens_once(self) -> bool:
        """A date or a duration is over when it has come."""
        return self.text_kind != "timeCycle"

    def _wait(
        self,
        t: Transition,
        owner: ElementInstance,
        handler: FlowNode,
        expression: TimerExpression | None,
        firing: Firing | None,
    ) -> None:
        if expression is None or firing is None:
            t.wait(owner, handler, WaitKind.TIMER, name=self.text or None)
            return
        state = Map(timer=expression.to_value(), firing=firing.to_value())
        t.wait(owner, handler, WaitKind.TIMER, name=self.text, due=firing.due, parameters=state)

    def _now(
        self, t: Transition, owner: ElementInstance, handler: FlowNode
    ) -> TimerExpression | None:
        if self.template is None:
            return self.expression
        value = t.evaluate(self.template, owner.id, owner)
        try:
            return parse(
                self.text_kind, value, language=self.language, ways=ways_of(t.definition.semantics)
            )
        except Invalid as fault:
            raise ExecutionFailure(
                f"timer {self.text!r} of {handler.id}: {fault.message}",
                instance=t.state.id,
                element=handler.id,
                process=t.definition.id,
                reason="timer",
            ) from None
