"""Data output association: where a result goes when the work is done.

BPMN 2.0.2, 10.4.2; ``reference/jbpm-engine.md`` 1.9. A missing result sets the variable to null, so
completing without an output wipes the mapped variable. A target that is no variable is skipped. It
may be a part of one, as ``person.name`` or ``#{person.name}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.assignment import Assignment
from procession.bpmn.elements.data.data_input_association import (
    NAME,
    assigned,
    read_assignments,
    transformation,
)
from procession.bpmn.elements.data.item_aware_element import ItemAwareElement
from procession.bpmn.reader import Reader
from procession.core.item_types import ItemType
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value


@element("dataOutputAssociation")
@dataclass(frozen=True, kw_only=True)
class DataOutputAssociation:
    """One variable, from results, an expression over them, or a constant.

    ``output`` is the id of the first result, ``source`` its name, and ``more`` the others by id.
    """

    target: str
    place: ItemAwareElement | None = None
    output: str = ""
    source: str = ""
    more: tuple[tuple[str, str], ...] = ()
    expression: Script | None = None
    transformation: Script | None = None
    assignments: tuple[Assignment, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether one result goes to one variable as it is."""
        if self.place is not None and (self.place.store is not None or self.place.path):
            return False
        is_made = self.transformation is not None or bool(self.assignments or self.more)
        return bool(self.source) and not is_made

    @classmethod
    def read(cls, xml: Reader, outputs: Mapping[str, ItemType]) -> Self:
        """Read one; ``outputs`` are the results declared where it stands."""
        ids = [xml.root_element(at.text()) for at in xml.children("sourceRef")]
        names = [outputs[id].name if id in outputs else id for id in ids]
        output, name = (ids[0], names[0]) if ids else ("", "")
        to = xml.root_element(xml.text("targetRef"))
        place = ItemAwareElement.target(xml, to)
        expression = None
        if name and "." in name and not NAME.fullmatch(name):
            expression = xml.compile("", name, Purpose.EXPRESSION)
        known = tuple(dict.fromkeys(n for n in (*names, *ids) if n))
        return cls(
            target=place.name,
            place=place,
            output=output,
            source=name,
            more=tuple(zip(ids[1:], names[1:], strict=True)),
            expression=expression,
            transformation=transformation(xml, *names),
            assignments=read_assignments(xml, (to, place.name), known),
        )

    def apply(self, t: Transition, me: ElementInstance, results: Mapping[str, Value]) -> None:
        """Set the variable from the results."""
        value = results.get(self.source)
        if value is None and self.expression is not None:
            value = t.evaluate(self.expression, me.id, me, results)
        more = {id: results.get(name) for id, name in self.more}
        more.update({name: results.get(name) for _, name in self.more})
        self.store(t, me, self.transformed(t, me, value, more))

    def transformed(
        self,
        t: Transition,
        me: ElementInstance,
        value: Value,
        more: Mapping[str, Value] | None = None,
    ) -> Value:
        """A value as the transformation or the assignments, if there are any, make it."""
        if self.transformation is None and not self.assignments:
            return value
        names = Map({**(more or {}), self.output: value, self.source: value})
        if self.transformation is not None:
            return t.evaluate(self.transformation, me.id, me, names)
        whole = None
        if any(assignment.path for assignment in self.assignments):
            whole = self._place.value(t, me)
        return assigned(self.assignments, t, me, names, whole)

    def store(self, t: Transition, me: ElementInstance, value: Value) -> None:
        """Give the variable, or the data store, a value of its type."""
        self._place.put(t, me, value)

    @property
    def _place(self) -> ItemAwareElement:
        return self.place or ItemAwareElement(name=self.target)


def read_outputs(xml: Reader, outputs: Mapping[str, ItemType]) -> tuple[DataOutputAssociation, ...]:
    """All output associations of an activity or event, in document order."""
    found = xml.children("dataOutputAssociation")
    return tuple(DataOutputAssociation.read(a, outputs) for a in found)
