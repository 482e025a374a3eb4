"""Data input association: how a parameter gets its value before the work begins.

BPMN 2.0.2, 10.4.2; ``reference/jbpm-engine.md`` 1.9. A null value creates no parameter. A constant
loses one pair of double quotes around it, and ``#{...}`` in it is resolved when it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.reader import Reader
from procession.core.item_types import ItemType
from procession.core.ports import UNDEFINED, Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value

NAME = re.compile(r"[^\W\d][\w$]*")


@element("dataInputAssociation")
@dataclass(frozen=True, kw_only=True)
class DataInputAssociation:
    """One parameter, from a variable, an expression or a constant."""

    target: str
    source: str = ""
    expression: Script | None = None
    transformation: Script | None = None
    constant: str | None = None
    template: Script | None = None

    @classmethod
    def read(cls, xml: Reader, inputs: Mapping[str, ItemType]) -> Self:
        """Read one; ``inputs`` are the parameters declared where it stands."""
        to = xml.root_element(xml.text("targetRef"))
        target = inputs[to].name if to in inputs else to
        assignment = xml.child("assignment")
        source = xml.root_element(xml.text("sourceRef"))
        if assignment is not None:
            if source:
                xml.refuse("an assignment beside a source")
            return cls._constant(assignment, target)
        name = xml.place.names.get(source, source)
        expression = None
        known = name in xml.place.types or name in xml.document.ids
        if name and not known and not NAME.fullmatch(name):
            expression = xml.compile("", name, Purpose.EXPRESSION, severity="warning")
        return cls(
            target=target,
            source=name,
            expression=expression,
            transformation=transformation(xml, name, target),
        )

    @classmethod
    def _constant(cls, assignment: Reader, target: str) -> Self:
        at = assignment.child("from")
        text = at.text() if at else ""
        if at and at.attribute("language"):
            script = at.compile(at.attribute("language") or "", text, Purpose.EXPRESSION)
            return cls(target=target, expression=script)
        if len(text) >= 2 and text[0] == text[-1] == '"':
            text = text[1:-1]
        return cls(target=target, constant=text, template=assignment.template(text))

    def value(self, t: Transition, me: ElementInstance) -> Value:
        """What the parameter is now; ``None`` for no parameter."""
        if self.template is not None:
            return t.evaluate(self.template, me.id, me)
        if self.constant is not None:
            return self.constant or None
        if self.expression is not None:
            value = t.evaluate(self.expression, me.id, me)
        else:
            value = t.variable(me.id, self.source) if self.source else None
            if value is UNDEFINED:
                value = None
        if self.transformation is not None:
            names = Map({self.target: value, self.source: value})
            value = t.evaluate(self.transformation, me.id, me, names)
        return value


def transformation(xml: Reader, *names: str) -> Script | None:
    """The transformation of an association, in which ``names`` stand for the source's value.

    jBPM's models call an input by the parameter, an output by the result. Its language is always
    said (``reference/jbpm-engine.md`` 2.1).
    """
    inner = xml.child("transformation")
    if inner is None or not inner.text():
        return None
    types = {**xml.place.types, **{name: "" for name in names if name}}
    language = inner.attribute("language") or ""
    if "java.com/" in language:
        language = language.rpartition("/")[2]
    return inner.moved(types=types).compile(language, inner.text(), Purpose.EXPRESSION)


def read_inputs(xml: Reader, inputs: Mapping[str, ItemType]) -> tuple[DataInputAssociation, ...]:
    """All input associations of an activity or event, in document order."""
    return tuple(DataInputAssociation.read(a, inputs) for a in xml.children("dataInputAssociation"))


def parameters(
    associations: tuple[DataInputAssociation, ...], t: Transition, me: ElementInstance
) -> Iterator[tuple[str, Value]]:
    """Names and values of the parameters that have one."""
    for association in associations:
        value = association.value(t, me)
        if value is not None:
            yield association.target, value
