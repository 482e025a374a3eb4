"""What all events share: reading their definitions, and moving data in and out.

BPMN 2.0.2, 10.5; ``reference/jbpm-engine.md`` 1.4 to 1.7. An event has one definition or none;
several stand together as one (``event_definitions/multiple.py``), each with its own data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self, cast

from procession.bpmn.elements.data.data_input_association import DataInputAssociation, read_inputs
from procession.bpmn.elements.data.data_output_association import (
    DataOutputAssociation,
    read_outputs,
)
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.elements.event_definitions.reading import read_definition
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import scopes
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.errors import ExecutionFailure
from procession.values import Value

_WITHOUT_DATA: Final = frozenset({"timer", "conditional", "terminate", "cancel", "compensation"})


@dataclass(frozen=True, kw_only=True)
class Event(FlowNode):
    """A position; ``definition`` is what happens there, ``None`` if nothing in particular.

    ``data`` are the names of its data inputs or outputs, in document order.
    """

    position: ClassVar[str] = ""
    what: ClassVar[str] = "an event"
    definition: EventDefinition | None = None
    inputs: tuple[DataInputAssociation, ...] = ()
    outputs: tuple[DataOutputAssociation, ...] = ()
    data: tuple[str, ...] = ()

    def only(self, number: int) -> Self:
        """The event as if it had but one of its several definitions, with the data of that one.

        BPMN 2.0.2, 10.5.1: data stand in the order of the definitions, or of those that bring any.
        """
        several = self.definition
        if not number or not isinstance(several, Multiple):
            return self
        numbers = range(1, len(several.parts) + 1)
        bringing = [n for n in numbers if several.part(n).kind not in _WITHOUT_DATA]
        inputs, outputs = self.inputs, self.outputs
        for order in (list(numbers), bringing):
            if len(order) == len(self.data):
                mine = self.data[order.index(number)] if number in order else None
                inputs = tuple(i for i in inputs if i.target == mine)
                outputs = tuple(o for o in outputs if o.source == mine)
                break
        part = several.part(number)
        return replace(self, definition=part, inputs=inputs, outputs=outputs, data=())

    def came(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> bool:
        """Something that is waited for has come: whether it is all that is needed.

        What comes before the last has its data mapped at once, seen from ``owner``.
        """
        if self.definition is None or self.definition.met(t, owner, self, wait):
            return True
        self.only(wait.part if wait else t.part).receive(t, owner, payload)
        return False

    def _link(self, position: str) -> str:
        is_link = self.definition is not None and self.definition.kind == "link"
        return getattr(self.definition, "name", "") if is_link and self.position == position else ""

    @property
    def link_thrown(self) -> str:
        """The name of the link that tokens leave by, if they do."""
        return self._link("throw")

    @property
    def link_caught(self) -> str:
        """The name of the link that tokens come by, if they do."""
        return self._link("catch")

    def value(self, t: Transition, me: ElementInstance) -> Value:
        """What a throwing event sends along: its first input."""
        return self.inputs[0].value(t, me) if self.inputs else None

    def receive(self, t: Transition, me: ElementInstance, payload: Value) -> None:
        """Give what came to the variables of the output associations.

        With several of them, one that names a part of an object gets that part.
        """
        if not self.outputs:
            return
        if self.definition is not None:
            payload = self.definition.payload_of(payload)
        for association in self.outputs:
            part = payload
            if len(self.outputs) > 1 and isinstance(payload, dict):
                part = payload.get(association.source, payload)
            if t.definition.semantics.payload_needs_a_variable:
                self._need(t, me, association.target)
            association.store(t, me, association.transformed(t, me, part))

    def _need(self, t: Transition, me: ElementInstance, variable: str) -> None:
        if scopes.holder(t.definition, t.state, me.id, variable):
            return
        raise ExecutionFailure(
            f"Could not find variable {variable} for event node {self.name or self.id}",
            instance=t.state.id,
            element=self.id,
            process=t.definition.id,
        )

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """As well as its definition does."""
        return self.definition.catches(kind, codes) if self.definition else 0

    def look(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """As its definition does."""
        if self.definition is not None:
            self.definition.look(t, owner, self, wait)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """A work item that a throwing event opened is done."""
        if wait is not None:
            t.stop_waiting(wait)
        self.thrown(t, owner)

    def thrown(self, t: Transition, me: ElementInstance) -> None:
        """What a throwing event is for is done: go on, or throw the next of several.

        Unless who heard it stopped the event.
        """
        if me.id not in t.state.elements:
            return
        several = getattr(t.definition.nodes[me.node], "definition", None)
        if isinstance(several, Multiple):
            node = cast("Event", t.definition.nodes[me.node])
            several.thrown(t, t.state.elements[me.id], node)
        else:
            t.complete(me)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """All that is to be undone for a throwing event is undone."""
        if t.is_empty(me):
            self.thrown(t, me)

    def compensates(self, graph: ProcessDefinition) -> str:
        """What its definition says."""
        return self.definition.compensates(graph, self) if self.definition else ""

    def place(self, graph: ProcessDefinition) -> str:
        """Its position, as definitions call it (:attr:`EventDefinition.positions`)."""
        return self.position

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """The definitions must be such as may stand here."""
        if self.definition is None:
            return
        place = self.place(graph)
        stray = [part.kind for part in self.definition.parts if place not in part.positions]
        for kind in stray:
            yield error(self, f"{self.what} cannot have a {kind} definition", rule="position")
        if not stray:
            yield from self.definition.check(graph, self)


def event_fields(xml: Reader) -> dict[str, Any]:
    """The fields of :class:`Event`."""
    fields = xml.flow_node()
    io = IoSpecification.of(xml)
    fields.update(
        definition=read_definition(xml),
        inputs=read_inputs(xml, io.inputs),
        outputs=read_outputs(xml, io.outputs),
        data=tuple(item.name for item in (*io.inputs.values(), *io.outputs.values())),
    )
    return fields
