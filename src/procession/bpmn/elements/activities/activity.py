"""What all activities share: entry and exit scripts, parameters and results, boundary events.

BPMN 2.0.2, 10.3 and 13.3.2; ``reference/jbpm-engine.md`` 1.8 and 1.9. Order: boundary events
listen, entry scripts run, parameters are mapped, the work is done, results are mapped, exit
scripts run, the flows are taken. Scripts and mappings see the variables from inside the activity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from procession.bpmn.elements.activities.mapping import UNMAPPED, Mapped
from procession.bpmn.elements.data.data_input_association import DataInputAssociation, parameters
from procession.bpmn.elements.data.data_output_association import DataOutputAssociation
from procession.bpmn.elements.data.io_specification import NO_DATA, IoSpecification
from procession.bpmn.elements.events.boundary_event import listen_at
from procession.bpmn.problems import Problem, error, warning
from procession.core import joining
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow
from procession.core.ports import Script
from procession.core.state import ElementInstance, Role, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value


@dataclass(frozen=True, kw_only=True)
class Activity(FlowNode):
    """Something that is done; here it is done at once."""

    is_for_compensation: bool = False
    can_loop: ClassVar[bool] = True
    sees_all: ClassVar[bool] = False
    """Whether who does it is given all variables in files of vendors that do so."""
    start_quantity: int = 1
    completion_quantity: int = 1
    on_entry: tuple[Script, ...] = ()
    on_exit: tuple[Script, ...] = ()
    inputs: tuple[DataInputAssociation, ...] = ()
    outputs: tuple[DataOutputAssociation, ...] = ()
    lane: str = ""
    mapped: Mapped = UNMAPPED
    io: IoSpecification = NO_DATA

    @property
    def audit_type(self) -> str:
        """Most activities are work items."""
        return "WorkItemNode"

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """Enter, or gather ``startQuantity`` tokens first."""
        if self.start_quantity == 1:
            t.activate(self, scope, flow=flow.id)
            return
        joining.park(t, self, flow.id, scope, together=True)
        flows = t.state.parked[scope, self.id].flows
        if len(flows) >= self.start_quantity:
            t.join(self, flows[: self.start_quantity], scope)

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """Listen at the boundary, run the entry scripts, do the work."""
        if not listen_at(t, me, self) or (self.on_entry and not self._run(t, me, self.on_entry)):
            return
        if self.io.input_sets and not self.io.is_ready(t, me, self.inputs):
            self.io.await_data(t, me, self)
        else:
            self.perform(t, self.io.begun(t, me, self.inputs))

    def look(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """A variable was set: the data that the activity waits for may be there."""
        if self.io.is_ready(t, owner, self.inputs):
            t.stop_waiting(wait)
            self.perform(t, self.io.begun(t, owner, self.inputs))

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
        if self.takes_results:
            self.map_results(t, me, results)
        self.depart(t, me)

    @cached_property
    def takes_results(self) -> bool:
        """Whether there is anything to do with results; most activities of a model have none."""
        is_mapped = self.mapped is not UNMAPPED or self.loop is not None
        return bool(self.outputs or self.io.output_sets) or is_mapped

    def map_results(self, t: Transition, me: ElementInstance, results: Mapping[str, Value]) -> None:
        """Give the results to the variables of the output associations."""
        for association in self.io.given(t, me, results, self.outputs):
            association.apply(t, me, results)
        if self.mapped is not UNMAPPED:
            self.mapped.hand_back(t, me, results)
        if me.role is Role.ITERATION and self.loop is not None:
            self.loop.take_results(t, me, results)

    def depart(self, t: Transition, me: ElementInstance) -> None:
        """Run the exit scripts and complete."""
        if not self.on_exit or self._run(t, me, self.on_exit):
            t.complete(me)

    def run_scripts(self, t: Transition, me: ElementInstance, scripts: tuple[Script, ...]) -> bool:
        """Run entry or exit scripts; whether the activity goes on."""
        return all(t.run_script(script, me.id, me) for script in scripts)

    def _run(self, t: Transition, me: ElementInstance, scripts: tuple[Script, ...]) -> bool:
        """Those of a sub-process done in rounds belong to the loop (``jbpm-engine.md`` 4.7)."""
        by_loop = self.is_scope and me.role is Role.ITERATION
        return by_loop or self.run_scripts(t, me, scripts)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """Send ``completionQuantity`` tokens down the flows, unless the scope has had enough."""
        if t.definition.has_ad_hoc:
            scope = t.state.elements[me.scope]
            if t.definition.node(scope.node).has_enough(t, scope, me):
                return
        t.take_outgoing(me)
        for _ in range(1, self.completion_quantity):
            t.take_outgoing(me)

    def parameters(self, t: Transition, me: ElementInstance) -> dict[str, Value]:
        """The parameters that have a value; jBPM resolves ``#{...}`` in texts once more."""
        found: dict[str, Value] = {}
        if self.mapped is not UNMAPPED:
            found = self.mapped.parameters(t, me, seen=self.sees_all and not self.inputs)
        found.update(parameters(self.io.moved(t, me, self.inputs), t, me))
        if t.definition.semantics.parameters_are_templates:
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
        if self.is_for_compensation:
            yield from _check_handler(graph, self)


def _check_handler(graph: ProcessDefinition, node: Activity) -> Iterator[Problem]:
    """What compensates stands outside the flow, tied to a compensation event (10.7.1)."""
    if node.incoming or node.outgoing:
        yield error(node, "no flow leads to or from what compensates", rule="isForCompensation")
    elif node.id not in graph.compensation.targets.values():
        yield warning(node, "no compensation event begins this", rule="isForCompensation")
