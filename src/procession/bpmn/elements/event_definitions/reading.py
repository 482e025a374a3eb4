"""Reading what stands in an event, or is referred to by it.

BPMN 2.0.2, 10.5.1: a definition that several events share stands beside the processes, and each of
them names it by ``eventDefinitionRef``.
"""

from __future__ import annotations

from collections.abc import Iterator

from procession.bpmn.element import REGISTRY
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition
from procession.bpmn.elements.event_definitions.multiple import Multiple
from procession.bpmn.reader import Reader


def read_definition(xml: Reader) -> EventDefinition | None:
    """The definition of an event; several stand together as one, and none is ``None``."""
    parts: list[EventDefinition] = []
    for inner in _definitions(xml):
        known = REGISTRY.get(inner.tag)
        if known is None:
            xml.refuse(f"{inner.tag} on an event")
        else:
            parts.append(known.read(inner))  # type: ignore[attr-defined]
    if len(parts) < 2:
        return parts[0] if parts else None
    first = parts[0]
    needs_all = xml.flag("parallelMultiple", False)
    if needs_all and xml.tag in ("intermediateThrowEvent", "endEvent"):
        text = "only what is waited for can be parallel multiple"
        xml.problem("error", text, rule="position")
    return Multiple(id=first.id, line=first.line, parts=tuple(parts), needs_all=needs_all)


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
