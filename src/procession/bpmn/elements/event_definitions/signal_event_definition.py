"""Signal: heard by everyone who listens for its name.

BPMN 2.0.2, 10.5.1; ``reference/jbpm-engine.md`` 3.3. ``#{...}`` in the name is resolved when it is
thrown or when listening begins. The metadata ``customScope`` of a throwing event says how far it
reaches; ``external`` hands it to the work item ``External Send Task``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode
from procession.core.ports import UNDEFINED, Script
from procession.core.state import ElementInstance, WaitKind
from procession.core.transition import Transition
from procession.values import Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event

REACH: Final = {"processInstance": "instance", "runtimeManager": "project", "project": "project"}


@element("signalEventDefinition")
@dataclass(frozen=True, kw_only=True)
class SignalEventDefinition(EventDefinition):
    """The name to listen for or to call out."""

    positions: ClassVar[frozenset[str]] = frozenset({"start", "catch", "boundary", "throw", "end"})
    kind: ClassVar[str] = "signal"
    name: str = ""
    template: Script | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the name; a reference to nothing declared is the name itself."""
        reference = xml.root_element(xml.attribute("signalRef"))
        signal = xml.document.root_elements.signals.get(reference)
        name = signal.name if signal else reference
        if not name:
            xml.problem("warning", "no signal is named")
        elif signal is None and not xml.document.is_jbpm:
            xml.problem("warning", f"signal {reference} is not declared", rule="reference")
        return cls(id=xml.id, line=xml.line, name=name, template=xml.template(name))

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Wait for the name."""
        name = self._resolved(t, owner) or handler.name or handler.id
        t.wait(owner, handler, WaitKind.SIGNAL, name=name)

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Call it out and go on."""
        name = self._resolved(t, me)
        reach = str(node.metadata.get("customScope") or "")
        if reach == "external":
            self._hand_over(t, me, node, name)
            return
        if name:
            t.throw_signal(name, node.value(t, me), reach=REACH.get(reach, "deployment"))
        t.complete(me)

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
