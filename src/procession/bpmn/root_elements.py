"""Root elements: message, signal, error, escalation, item definition, interface, operation.

``reference/jbpm-engine.md`` 1.2. They stand beside the processes and are referred to by id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from procession.bpmn.expression_languages import as_template
from procession.core.item_types import ItemType

if TYPE_CHECKING:
    from procession.bpmn.elements.correlation.correlation_property import CorrelationProperty
    from procession.bpmn.elements.data.data_store import DataStore
    from procession.bpmn.elements.process.collaboration import Collaboration
    from procession.bpmn.reader import Reader


WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
"""The ``importType`` of descriptions of web services."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message; ``item`` is the class of what it carries."""

    id: str
    name: str
    item: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A signal: matched by its name."""

    id: str
    name: str
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Error:
    """An error. Without a code it is thrown by its id and its handlers catch everything."""

    id: str
    name: str = ""
    code: str = ""
    structure: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """An escalation and its code."""

    id: str
    name: str = ""
    code: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation of an interface: what a service task calls."""

    id: str
    name: str
    interface: str
    implementation: str = ""
    interface_implementation: str = ""
    in_message: str = ""
    line: int = 0


@dataclass(kw_only=True)
class RootElements:
    """All of them, by id; ``flow_messages`` by the node that a message flow leaves or reaches."""

    items: dict[str, ItemType] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    errors: dict[str, Error] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    interfaces: dict[str, str] = field(default_factory=dict)
    event_definitions: dict[str, Reader] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    correlation_properties: dict[str, CorrelationProperty] = field(default_factory=dict)
    collaborations: list[Collaboration] = field(default_factory=list)
    flow_messages: dict[str, Message] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=dict)
    data_stores: dict[str, DataStore] = field(default_factory=dict)
    store_references: dict[str, DataStore] = field(default_factory=dict)

    def structure(self, item: str) -> str:
        """The structure of an item definition; what is not declared stands for itself."""
        known = self.items.get(item)
        return known.structure if known else item


def read_root_elements(readers: list[Reader], known: RootElements) -> None:
    """Fill ``known`` from the children of ``definitions``, whatever their order."""
    for xml in readers:
        if xml.tag == "itemDefinition":
            known.items[xml.id] = ItemType(
                name=xml.id,
                structure=(xml.attribute("structureRef") or "").strip(),
                is_collection=xml.flag("isCollection", False),
            )
    for xml in readers:
        reading = _READERS.get(xml.tag)
        if reading:
            reading(xml, known)
        elif xml.tag.endswith("EventDefinition"):
            known.event_definitions[xml.id] = xml


def _message(xml: Reader, known: RootElements) -> None:
    item = xml.root_element(xml.attribute("itemRef"))
    if item and item not in known.items:
        xml.problem("warning", f"itemRef {item} is not declared", rule="reference")
    name = xml.attribute("name") or xml.id
    known.messages[xml.id] = Message(
        id=xml.id, name=name, item=known.structure(item), line=xml.line
    )


def _signal(xml: Reader, known: RootElements) -> None:
    name = as_template(xml, xml.attribute("name") or xml.id, "the name of a signal")
    known.signals[xml.id] = Signal(id=xml.id, name=name, line=xml.line)


def _error(xml: Reader, known: RootElements) -> None:
    known.errors[xml.id] = Error(
        id=xml.id,
        name=xml.attribute("name") or "",
        code=xml.attribute("errorCode") or "",
        structure=known.structure(xml.root_element(xml.attribute("structureRef"))),
        line=xml.line,
    )


def _escalation(xml: Reader, known: RootElements) -> None:
    known.escalations[xml.id] = Escalation(
        id=xml.id,
        name=xml.attribute("name") or "",
        code=xml.attribute("escalationCode") or "",
        line=xml.line,
    )


def _interface(xml: Reader, known: RootElements) -> None:
    name = xml.attribute("name") or ""
    implementation = xml.attribute("implementationRef") or ""
    known.interfaces[xml.id] = name
    for operation in xml.children("operation"):
        known.operations[operation.id] = Operation(
            id=operation.id,
            name=operation.attribute("name") or "",
            interface=name,
            implementation=operation.attribute("implementationRef") or "",
            interface_implementation=implementation,
            in_message=operation.root_element(operation.text("inMessageRef")),
            line=operation.line,
        )


def _import(xml: Reader, known: RootElements) -> None:
    """Where a web service is described, by the namespace of the description."""
    if xml.attribute("importType") == WSDL and (location := xml.attribute("location")):
        known.descriptions.setdefault(xml.attribute("namespace") or "", location)


def _resource(xml: Reader, known: RootElements) -> None:
    known.resources[xml.id] = (xml.attribute("name") or xml.id).strip()


_READERS: Final = {
    "resource": _resource,
    "import": _import,
    "message": _message,
    "signal": _signal,
    "error": _error,
    "escalation": _escalation,
    "interface": _interface,
}


def undeclared(known: RootElements) -> Iterator[tuple[Operation, str]]:
    """Operations whose message is not declared."""
    for operation in known.operations.values():
        if operation.in_message and operation.in_message not in known.messages:
            yield operation, operation.in_message
