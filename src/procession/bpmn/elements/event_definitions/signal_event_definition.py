"""Signal: heard by everyone who listens for its name.

BPMN 2.0.2, 10.5.1; ``reference/jbpm-engine.md`` 3.3. ``#{...}`` in the name is resolved when it is
thrown or when listening begins. The metadata ``customScope`` of a throwing event says how far it
reaches; ``external`` hands it to the work item ``External Send Task``. In jBPM's files an input
called ``async`` has it delivered by a job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, Start
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode
from procession.core.ports import UNDEFINED, Script
from procession.core.state import ElementInstance, WaitKind
from procession.core.transition import Transition
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event

ASYNC: Final = "ASYNC-"
"""Before the name of a signal that a job delivers: what jBPM makes of an input called ``async``."""
REACH: Final = {"processInstance": "instance", "runtimeManager": "project", "project": "project"}


@element("signalEventDefinition")
@dataclass(frozen=True, kw_only=True)
class SignalEventDefinition(EventDefinition):
    """The name to listen for or to call out."""

    positions: ClassVar[frozenset[str]] = frozenset(
        {"start", "event start", "catch", "boundary", "throw", "end"}
    )
    kind: ClassVar[str] = "signal"
    name: str = ""
    template: Script | None = None
    is_later: bool = False

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the name; a reference to nothing declared is the name itself."""
        reference = xml.root_element(xml.attribute("signalRef"))
        signal = xml.document.root_elements.signals.get(reference)
        name = signal.name if signal else reference
        if not name:
            xml.problem("warning", "no signal is named")
        elif signal is None and not xml.document.semantics.jbpm_checks:
            xml.problem("warning", f"signal {reference} is not declared", rule="reference")
        return cls(
            id=xml.id,
            line=xml.line,
            name=name,
            template=xml.template(name),
            is_later=xml.document.semantics.async_inputs_delay_signals and _has_async(xml),
        )

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Wait for the name."""
        name = self._resolved(t, owner) or handler.name or handler.id
        t.wait(owner, handler, WaitKind.SIGNAL, name=name)

    @property
    def starts(self) -> tuple[Start, ...]:
        """The signal, if one is named."""
        return (Start("signal", self.name, self),) if self.name else ()

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Call it out and go on."""
        name = self._resolved(t, me)
        reach = str(node.metadata.get("customScope") or "")
        if reach == "external":
            self._hand_over(t, me, node, name)
            return
        if name:
            name = ASYNC + name if self.is_later else name
            t.throw_signal(name, self._value(t, me, node), reach=REACH.get(reach, "deployment"))
        node.thrown(t, me)

    def _value(self, t: Transition, me: ElementInstance, node: Event) -> Value:
        """The first input, which is not the one that says when."""
        if not self.is_later:
            return node.value(t, me)
        first = next((i for i in node.inputs if i.target != "async"), None)
        return first.value(t, me) if first else None

    def _hand_over(self, t: Transition, me: ElementInstance, node: Event, name: str) -> None:
        values: dict[str, Value] = {"Signal": name, "Data": node.value(t, me)}
        for key in ("SignalProcessInstanceId", "SignalWorkItemId", "SignalDeploymentId"):
            value = t.variable(me.scope, key)
            if value is not UNDEFINED:
                values[key] = value
        present = Map({key: value for key, value in values.items() if value is not None})
        t.wait(me, node, WaitKind.WORK_ITEM, name="External Send Task", parameters=present)

    def _resolved(self, t: Transition, me: ElementInstance) -> str:
        if self.template is None:
            return self.name
        value = t.evaluate(self.template, me.id, me)
        return "" if value is None else str(value)


def _has_async(xml: Reader) -> bool:
    """Whether the event around the definition has an input called ``async``."""
    event = xml.xml.getparent()
    inputs = () if event is None else event.iterchildren("{*}dataInput")
    return any(one.get("name") == "async" for one in inputs)
