"""What all activities share: entry and exit scripts, parameters and results, boundary events.

BPMN 2.0.2, 10.3 and 13.3.2; ``reference/jbpm-engine.md`` 1.8 and 1.9. Order: boundary events
listen, entry scripts run, parameters are mapped, the work is done, results are mapped, exit
scripts run, the flows are taken. Scripts and mappings see the variables from inside the activity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from procession.bpmn.elements.data.data_input_association import (
    DataInputAssociation,
    parameters,
    read_inputs,
)
from procession.bpmn.elements.data.data_output_association import (
    DataOutputAssociation,
    read_outputs,
)
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.events.boundary_event import listen_at
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.ports import Script
from procession.core.state import ElementInstance, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value

PRIVATE: Final = "@node"
"""Parameter of a work item that is for the house and not for handlers: what the model says of it.

A map with the keys that apply: ``lane``, ``form_key``, ``form_parameters``, ``priority``,
``due_date``, ``allocation``, ``message``, ``message_name``. Doors and handlers never see it.
"""


@dataclass(frozen=True, kw_only=True)
class Activity(FlowNode):
    """Something that is done; here it is done at once."""

    start_quantity: int = 1
    completion_quantity: int = 1
    on_entry: tuple[Script, ...] = ()
    on_exit: tuple[Script, ...] = ()
    inputs: tuple[DataInputAssociation, ...] = ()
    outputs: tuple[DataOutputAssociation, ...] = ()
    lane: str = ""

    @property
    def audit_type(self) -> str:
        """Most activities are work items."""
        return "WorkItemNode"

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """Enter, or gather ``startQuantity`` tokens first."""
        if self.start_quantity == 1:
            t.activate(self, scope, flow=flow.id)
            return
        t.park(self, flow, scope)
        flows = t.state.parked[scope, self.id].flows
        if len(flows) >= self.start_quantity:
            t.join(self, flows[: self.start_quantity], scope)

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Listen at the boundary, run the entry scripts, do the work."""
        listen_at(t, me, self)
        for script in self.on_entry:
            if not t.run_script(script, me.id, me):
                return
        self.perform(t, me)

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Do the work: nothing to do here."""
        self.finish(t, me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """The work was done elsewhere; ``payload`` maps names of results to values."""
        if wait is not None:
            t.stop_waiting(wait)
        self.finish(t, owner, payload if isinstance(payload, Map) else EMPTY)

    def failed(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """The work was given up: no results are mapped, but the activity ends as usual."""
        self.depart(t, owner)

    def finish(self, t: Transition, me: ElementInstance, results: Map = EMPTY) -> None:
        """Map the results and depart."""
        for association in self.outputs:
            association.apply(t, me, results)
        self.depart(t, me)

    def depart(self, t: Transition, me: ElementInstance) -> None:
        """Run the exit scripts and complete."""
        for script in self.on_exit:
            if not t.run_script(script, me.id, me):
                return
        t.complete(me)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Send ``completionQuantity`` tokens down the flows."""
        t.take_outgoing(me)
        for _ in range(1, self.completion_quantity):
            t.take_outgoing(me)

    def parameters(self, t: Transition, me: ElementInstance) -> dict[str, Value]:
        """The parameters that have a value; jBPM resolves ``#{...}`` in texts once more."""
        found = dict(parameters(self.inputs, t, me))
        if t.definition.is_jbpm:
            for name, value in found.items():
                if isinstance(value, str) and "#{" in value:
                    found[name] = t.resolve(value, me.id, me)
        return found

    def open_work_item(
        self, t: Transition, me: ElementInstance, name: str, parameters: dict[str, Value]
    ) -> Wait:
        """Hand the work to the world outside, under a name that says who does it."""
        return t.wait(me, self, WaitKind.WORK_ITEM, name=name, parameters=Map(parameters))

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """Quantities count from one."""
        if self.start_quantity < 1:
            yield error(self, "startQuantity must be 1 or more", rule="startQuantity")
        if self.completion_quantity < 1:
            yield error(self, "completionQuantity must be 1 or more", rule="completionQuantity")


def activity_fields(xml: Reader, *, scripts: bool = True) -> dict[str, Any]:
    """The fields of :class:`Activity`; ``scripts`` says whether entry and exit scripts are read."""
    if xml.flag("isForCompensation", False):
        xml.refuse("an activity for compensation")
    fields = xml.flow_node()
    io = IoSpecification.of(xml)
    quantities = not xml.document.is_jbpm
    fields.update(
        default=xml.reference("default", to="sequenceFlow"),
        start_quantity=xml.number("startQuantity", 1) if quantities else 1,
        completion_quantity=xml.number("completionQuantity", 1) if quantities else 1,
        inputs=read_inputs(xml, io.inputs),
        outputs=read_outputs(xml, io.outputs),
        lane=xml.place.lanes.get(xml.id, ""),
    )
    if scripts:
        fields["on_entry"] = _scripts(xml, "on_entry")
        fields["on_exit"] = _scripts(xml, "on_exit")
    return fields


def _scripts(xml: Reader, meaning: str) -> tuple[Script, ...]:
    found = (extension.script() for extension in xml.extensions(meaning))
    return tuple(script for script in found if script is not None)
