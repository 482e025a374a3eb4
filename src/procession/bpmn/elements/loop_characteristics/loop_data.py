"""What a multi-instance loop reads of its items, its results and what it throws.

BPMN 2.0.2, 10.3.8. The collection is an input of the activity, and so comes from where its
association says, or a variable itself; results go the same way out. jBPM calls the variables of a
round by the ids of the items, the specification by their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procession.bpmn.elements.activities.mapping import ToAnyVariable, feel
from procession.bpmn.elements.data.data_input_association import DataInputAssociation
from procession.bpmn.elements.data.data_output_association import DataOutputAssociation
from procession.bpmn.elements.data.io_specification import IoSpecification
from procession.bpmn.elements.data.item_aware_element import ItemAwareElement
from procession.bpmn.elements.data.property import Property, declared
from procession.bpmn.elements.events.implicit_throw_event import ImplicitThrowEvent
from procession.bpmn.elements.loop_characteristics.complex_behavior_definition import (
    ComplexBehaviorDefinition,
)
from procession.bpmn.elements.loop_characteristics.loop_characteristics import counted
from procession.bpmn.reader import Reader
from procession.bpmn.vendor import JUEL
from procession.core import looping
from procession.core.item_types import ItemType
from procession.core.ports import Script
from procession.core.state import ElementInstance
from procession.core.transition import Transition
from procession.values import EMPTY, Set, Value

NUMBERS: Final = (
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
)
_ALIASES: Final = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
"""What Camunda, Activiti and Flowable call the first three; they count rounds from 0."""


def numbers(xml: Reader) -> tuple[str, ...]:
    """What a loop tells of itself, by the names that the file may use."""
    is_plain = xml.document.is_jbpm or xml.document.namespaces.isdisjoint(JUEL)
    return NUMBERS if is_plain else (*NUMBERS, *_ALIASES)


def place_of(name: str) -> int:
    """Which of the numbers a name means."""
    return _ALIASES.index(name) if name in _ALIASES else NUMBERS.index(name)


ITEMS = ("inputDataItem", "outputDataItem")


def items(xml: Reader) -> Iterator[tuple[str, Property]]:
    """The variables of a round, by the tag that declares them."""
    for tag in ITEMS:
        for item in xml.children(tag):
            by_id = xml.document.semantics.loop_items_named_by_id
            name = item.id if by_id else item.attribute("name") or item.id
            if name:
                yield tag, Property(id=item.id, variable=declared(item, name))
    for tag, name in zip(ITEMS, _vendors(xml), strict=True):
        if name and xml.child(tag) is None:
            yield tag, Property(id=name, variable=ItemType(name=name, structure=""))


def _vendors(xml: Reader) -> tuple[str, str]:
    """The variables of a round as vendors' extensions name them."""
    gathered = (xml.vendor("gathered") or "").lstrip("= ")
    if gathered and not gathered.isidentifier():
        xml.refuse("an outputElement that is more than a name")
        gathered = ""
    return (xml.vendor("element_variable") or "").strip(), gathered


def collection(xml: Reader, activity: Reader) -> DataInputAssociation | None:
    """Where the items come from."""
    reference = xml.root_element(xml.text("loopDataInputRef"))
    if not reference:
        return _vendors_collection(xml)
    inputs = IoSpecification.of(activity).inputs
    for association in activity.children("dataInputAssociation"):
        if association.root_element(association.text("targetRef")) == reference:
            return DataInputAssociation.read(association, inputs)
    name = inputs[reference].name if reference in inputs else reference
    source = ItemAwareElement.source(xml, name)
    return DataInputAssociation(target=name, input=reference, sources=(source,))


def _vendors_collection(xml: Reader) -> DataInputAssociation | None:
    """The collection as vendors' extensions name it: a variable or an expression."""
    text = (xml.vendor("collection") or "").strip()
    if not text or xml.document.is_jbpm:
        return None
    if text.isidentifier():
        text = f"${{{text}}}"
    return DataInputAssociation(target="", expression=feel(xml, text))


def cardinality(xml: Reader, given: DataInputAssociation | None) -> int | Script | None:
    """How many rounds there are, if they are not those of a collection ``given``."""
    at = xml.child("loopCardinality")
    text = at.text().strip() if at else ""
    if given is None and not text:
        xml.problem("error", "a loop needs a loopCardinality or a loopDataInputRef", rule="loop")
    elif given is not None and text:
        xml.problem("warning", "the collection is counted, not loopCardinality", rule="ignored")
    return counted(xml, text, at, "loopCardinality") if text else None


def results(xml: Reader, activity: Reader) -> DataOutputAssociation | None:
    """Where the results go."""
    reference = xml.root_element(xml.text("loopDataOutputRef"))
    vendors = (xml.vendor("gathered_in") or "").strip()
    if vendors and not reference:
        return ToAnyVariable(target=vendors, source=vendors)
    if not reference:
        return None
    outputs = IoSpecification.of(activity).outputs
    for association in activity.children("dataOutputAssociation"):
        if association.root_element(association.text("sourceRef")) == reference:
            return DataOutputAssociation.read(association, outputs)
    name = outputs[reference].name if reference in outputs else reference
    place = ItemAwareElement.target(xml, name)
    return DataOutputAssociation(target=place.name, place=place, output=reference, source=name)


def appended(old: Value, new: tuple[Value, ...]) -> Value:
    """Results behind what the collection held already."""
    if isinstance(old, Set):
        return Set((*old, *new))
    return (*old, *new) if isinstance(old, tuple) else new


def _thrown(xml: Reader, attribute: str) -> ImplicitThrowEvent | None:
    """The event that an attribute refers to."""
    reference = xml.root_element(xml.attribute(attribute))
    if not reference:
        text = f"without {attribute} nothing with a name is thrown, so nobody hears it"
        xml.problem("warning", text, rule="loop")
        return None
    shared = xml.document.root_elements.event_definitions.get(reference)
    if shared is None:
        xml.problem("error", f"{reference} is not declared", rule="reference")
        return None
    return ImplicitThrowEvent.of(xml, shared.at(xml))


def behaviors(xml: Reader) -> dict[str, Any]:
    """What is thrown: after ``every`` round, after the ``first``, or under conditions."""
    behavior = xml.attribute("behavior") or "All"
    if behavior == "None":
        return {"every": _thrown(xml, "noneBehaviorEventRef")}
    if behavior == "One":
        return {"first": _thrown(xml, "oneBehaviorEventRef")}
    if behavior == "Complex":
        found = map(ComplexBehaviorDefinition.read, xml.children("complexBehaviorDefinition"))
        return {"behaviors": tuple(one for one in found if one is not None)}
    if behavior != "All":
        xml.problem("error", f"behavior {behavior} is none of None, One, All, Complex")
    return {}


def so_far(
    results: DataOutputAssociation | None, t: Transition, me: ElementInstance
) -> Mapping[str, Value]:
    """The results up to now under the names they will have."""
    return SoFar(t, me, frozenset({results.source, results.target})) if results else EMPTY


@dataclass(frozen=True)
class SoFar(Mapping[str, Value]):
    """The results up to now; put together only if asked for."""

    t: Transition
    me: ElementInstance
    names: frozenset[str]

    def __getitem__(self, name: str) -> Value:
        if name not in self.names:
            raise KeyError(name)
        return looping.gathered(self.t.state, self.me)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
