"""Data output association: where a result goes when the work is done.

BPMN 2.0.2, 10.4.2; ``reference/jbpm-engine.md`` 1.9. A missing result sets the variable to null, so
completing without an output wipes the mapped variable. A target that is no variable is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.data_input_association import NAME, transformation
from procession.bpmn.reader import Reader
from procession.core import scopes
from procession.core.conversion import convert
from procession.core.item_types import ItemType
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value


@element("dataOutputAssociation")
@dataclass(frozen=True, kw_only=True)
class DataOutputAssociation:
    """One variable, from a result, an expression over the results, or a constant."""

    target: str
    source: str = ""
    expression: Script | None = None
    transformation: Script | None = None
    constant: str | None = None

    @classmethod
    def read(cls, xml: Reader, outputs: Mapping[str, ItemType]) -> Self:
        """Read one; ``outputs`` are the results declared where it stands."""
        source = xml.root_element(xml.text("sourceRef"))
        name = outputs[source].name if source in outputs else source
        to = xml.root_element(xml.text("targetRef"))
        target = xml.place.names.get(to, to)
        assignment = xml.child("assignment")
        constant = None
        if assignment is not None:
            if source:
                xml.refuse("an assignment beside a source")
            constant = assignment.text("from")
        expression = None
        if name and "." in name and not NAME.fullmatch(name):
            expression = xml.compile("", name, Purpose.EXPRESSION)
        return cls(
            target=target,
            source=name,
            expression=expression,
            transformation=transformation(xml, name),
            constant=constant,
        )

    def apply(self, t: Transition, me: ElementInstance, results: Mapping[str, Value]) -> None:
        """Set the variable from the results."""
        if self.constant is not None:
            self.store(t, me, self.constant)
            return
        value = results.get(self.source)
        if value is None and self.expression is not None:
            value = t.evaluate(self.expression, me.id, me, results)
        self.store(t, me, self.transformed(t, me, value))

    def transformed(self, t: Transition, me: ElementInstance, value: Value) -> Value:
        """A value as the transformation, if there is one, makes it."""
        if self.transformation is None:
            return value
        return t.evaluate(self.transformation, me.id, me, Map({self.source: value}))

    def store(self, t: Transition, me: ElementInstance, value: Value) -> None:
        """Give the variable a value of its type."""
        if not scopes.holder(t.definition, t.state, me.id, self.target):
            return
        declared = scopes.item_type(t.definition, t.state, me.id, self.target)
        t.set_variable(me.id, self.target, convert(declared, value) if declared else value)


def read_outputs(xml: Reader, outputs: Mapping[str, ItemType]) -> tuple[DataOutputAssociation, ...]:
    """All output associations of an activity or event, in document order."""
    found = xml.children("dataOutputAssociation")
    return tuple(DataOutputAssociation.read(a, outputs) for a in found)
