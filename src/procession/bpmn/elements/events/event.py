"""What all events share: reading their definitions, and moving data in and out.

BPMN 2.0.2, 10.5; ``reference/jbpm-engine.md`` 1.4 to 1.7. An event has one definition or none;
several are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from procession.bpmn.element import REGISTRY
from procession.bpmn.elements.data.data_input_association import (
    DataInputAssociation,
    read_inputs,
)
from procession.bpmn.elements.data.data_output_association import (
    DataOutputAssociation,
    read_outputs,
)
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import scopes
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition
from procession.errors import ExecutionFailure
from procession.values import Value


@dataclass(frozen=True, kw_only=True)
class Event(FlowNode):
    """A position; ``definition`` is what happens there, ``None`` if nothing in particular."""

    position: ClassVar[str] = ""
    what: ClassVar[str] = "an event"
    definition: EventDefinition | None = None
    inputs: tuple[DataInputAssociation, ...] = ()
    outputs: tuple[DataOutputAssociation, ...] = ()

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
            if t.definition.is_jbpm:
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

    def catches(self, codes: tuple[str, ...]) -> int:
        """As well as its definition does."""
        return self.definition.catches(codes) if self.definition else 0

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """A work item that a throwing event opened is done."""
        if wait is not None:
            t.stop_waiting(wait)
        t.complete(owner)

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """The definition must be one that may stand here."""
        if self.definition is not None and self.position not in self.definition.positions:
            kind = self.definition.kind
            yield error(self, f"{self.what} cannot have a {kind} definition", rule="position")


def event_fields(xml: Reader) -> dict[str, Any]:
    """The fields of :class:`Event`."""
    fields = xml.flow_node()
    io = IoSpecification.of(xml)
    fields.update(
        definition=_definition(xml),
        inputs=read_inputs(xml, io.inputs),
        outputs=read_outputs(xml, io.outputs),
    )
    return fields


def _definition(xml: Reader) -> EventDefinition | None:
    found = list(_definitions(xml))
    if len(found) > 1:
        xml.refuse("an event with several definitions")
    if not found:
        return None
    inner = found[0]
    known = REGISTRY.get(inner.tag)
    if known is None:
        xml.refuse(f"{inner.tag} on an event")
        return None
    return cast("EventDefinition", known.read(inner))  # type: ignore[attr-defined]


def _definitions(xml: Reader) -> Iterator[Reader]:
    for child in xml.children():
        if child.tag.endswith("EventDefinition"):
            yield child
        elif child.tag == "eventDefinitionRef":
            reference = xml.root_element(child.text())
            shared = xml.document.root_elements.event_definitions.get(reference)
            if shared is None:
                child.problem("error", f"{reference} is not declared", rule="reference")
            else:
                yield shared.at(xml)
