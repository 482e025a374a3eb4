"""Data input association: how a parameter gets its value before the work begins.

BPMN 2.0.2, 10.4.2; ``reference/jbpm-engine.md`` 1.9. A transformation makes the value of all
sources; assignments make it part by part; else it is the one source's. A null value creates no
parameter. A constant loses one pair of double quotes around it, and ``#{...}`` in it is resolved
when it is used. In jBPM's files only the first assignment counts, and it goes to the target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.data.assignment import Assignment
from procession.bpmn.elements.data.item_aware_element import NAME, ItemAwareElement, with_part
from procession.bpmn.reader import Reader
from procession.core.item_types import ItemType
from procession.core.ports import Purpose, Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import Map, Value

__all__ = ["NAME", "DataInputAssociation", "parameters", "read_inputs", "transformation"]


@element("dataInputAssociation")
@dataclass(frozen=True, kw_only=True)
class DataInputAssociation:
    """One parameter, from variables, expressions or constants.

    ``input`` is the input's id; ``source`` is the variable it comes from, if it is one, of
    ``sources`` the first.
    """

    target: str
    source: str = ""
    expression: Script | None = None
    input: str = ""
    sources: tuple[ItemAwareElement, ...] = ()
    transformation: Script | None = None
    assignments: tuple[Assignment, ...] = ()

    @property
    def variable(self) -> str:
        """The variable that alone gives the value; ``""`` if it comes of anything else."""
        is_other = bool(self.assignments) or any(s.store is not None for s in self.sources)
        return "" if is_other or len(self.sources) > 1 else self.source

    @classmethod
    def read(cls, xml: Reader, inputs: Mapping[str, ItemType]) -> Self:
        """Read one; ``inputs`` are the parameters declared where it stands."""
        to = xml.root_element(xml.text("targetRef"))
        target = inputs[to].name if to in inputs else to
        named = [xml.root_element(at.text()) for at in xml.children("sourceRef")]
        sources = tuple(ItemAwareElement.source(xml, name) for name in named if name)
        return cls(
            target=target,
            source=sources[0].name if sources else "",
            input=to,
            sources=sources,
            transformation=transformation(xml, *(s.name for s in sources), target),
            assignments=read_assignments(xml, (to, target), names_of(sources)),
        )

    def value(self, t: Transition, me: ElementInstance) -> Value:
        """What the parameter is now; ``None`` for no parameter."""
        names: dict[str, Value] = {}
        value: Value = None
        alone = ItemAwareElement(name=self.source, expression=self.expression)
        for source in reversed(self.sources or (alone,)):
            value = names[source.id] = names[source.name] = source.value(t, me)
        if self.transformation is not None:
            names.setdefault(self.target, value)
            return t.evaluate(self.transformation, me.id, me, Map(names))
        if self.assignments:
            return assigned(self.assignments, t, me, Map(names), None)
        return value


def names_of(sources: tuple[ItemAwareElement, ...]) -> tuple[str, ...]:
    """What expressions may call the sources."""
    return tuple(dict.fromkeys(n for s in sources for n in (s.name, s.id) if n))


def read_assignments(
    xml: Reader, target: tuple[str, ...], sources: tuple[str, ...]
) -> tuple[Assignment, ...]:
    """The assignments of an association, beside its sources; what cannot be served is refused."""
    found = list(xml.children("assignment"))
    several = len(list(xml.children("sourceRef"))) > 1
    if several and not found and not xml.child("transformation"):
        xml.refuse("an association with several sources and neither transformation nor assignment")
    if xml.document.semantics.first_assignment_only:
        found = found[:1]
        at = found[0].child("from") if found else None
        if found and sources and not (at and at.attribute("language")):
            xml.refuse("an assignment beside a source, in XPath,")
    return tuple(Assignment.read(at, target, sources) for at in found)


def assigned(
    assignments: tuple[Assignment, ...],
    t: Transition,
    me: ElementInstance,
    names: Map,
    whole: Value,
) -> Value:
    """What becomes of a value by assignments to it and to its parts, one after the other."""
    for assignment in assignments:
        whole = with_part(whole, assignment.path, assignment.value(t, me, names))
    return whole


def transformation(xml: Reader, *names: str) -> Script | None:
    """The transformation of an association, in which ``names`` stand for the source's value.

    jBPM's models call an input by the parameter, an output by the result. Its language is always
    said (``reference/jbpm-engine.md`` 2.1).
    """
    inner = xml.child("transformation")
    if inner is None or not inner.text():
        return None
    types = {**xml.place.types, **{name: "" for name in names if name}}
    language = inner.attribute("language")
    if language is None:
        language = xml.document.default_language
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
