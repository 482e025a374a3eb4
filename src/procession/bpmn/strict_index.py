"""Look-ups over the XML of a BPMN file, for the constraints of strict mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from procession.bpmn.problems import Problem
from procession.bpmn.reader import is_bpmn, line_of, local_name
from procession.bpmn.vendor import BPMN

_NODE_ENDINGS: Final = ("Event", "Task", "task", "Gateway", "ubProcess", "Activity", "transaction")


class Index:
    """Elements by id and by tag, and the flows of nodes."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.by_id: dict[str, etree._Element] = {}
        self.nodes: list[etree._Element] = []
        self._tags: dict[str, list[etree._Element]] = {}
        for at in root.iter(etree.Element):
            if not is_bpmn(at):
                continue
            tag = local_name(at)
            self._tags.setdefault(tag, []).append(at)
            id = at.get("id")
            if id:
                self.by_id.setdefault(id, at)
            if tag.endswith(_NODE_ENDINGS) and not tag.startswith("global"):
                self.nodes.append(at)
        self.incoming: dict[str, list[str]] = {}
        self.outgoing: dict[str, list[str]] = {}
        for flow in self.all("sequenceFlow"):
            id = flow.get("id") or ""
            self.outgoing.setdefault(self.reference(flow.get("sourceRef")), []).append(id)
            self.incoming.setdefault(self.reference(flow.get("targetRef")), []).append(id)

    def all(self, tag: str) -> list[etree._Element]:
        """All elements of a tag, in document order."""
        return self._tags.get(tag, [])

    def children(self, at: etree._Element, tag: str) -> Iterator[etree._Element]:
        """Children of a tag."""
        yield from at.iterchildren("{" + BPMN + "}" + tag)

    def one(self, at: etree._Element, tag: str) -> etree._Element | None:
        """The first child of a tag."""
        return next(self.children(at, tag), None)

    def text(self, at: etree._Element) -> str:
        """The text in an element, as a reference if it is one."""
        return self.reference("".join(at.itertext()))

    def reference(self, text: str | None) -> str:
        """A reference without a declared prefix."""
        name = (text or "").strip()
        prefix, colon, rest = name.partition(":")
        return rest if colon and prefix in self.root.nsmap else name

    def is_executable(self, at: etree._Element) -> bool:
        """Whether an element stands in an executable process."""
        process = next((a for a in at.iterancestors() if local_name(a) == "process"), None)
        return process is not None and process.get("isExecutable") == "true"

    def is_activity(self, at: etree._Element) -> bool:
        """Whether it is a task, a sub-process or a call."""
        tag = local_name(at)
        return (
            is_bpmn(at)
            and tag.endswith(_NODE_ENDINGS)
            and "Event" not in tag
            and ("Gateway" not in tag)
        )

    def pool(self, at: etree._Element) -> str:
        """The participant an element belongs to, else its process."""
        if local_name(at) == "participant":
            return at.get("id") or ""
        process = next((a for a in at.iterancestors() if local_name(a) == "process"), None)
        id = process.get("id") if process is not None else ""
        for participant in self.all("participant"):
            if self.reference(participant.get("processRef")) == id:
                return participant.get("id") or ""
        return id or ""

    def definitions(self, event: etree._Element) -> list[etree._Element]:
        """The event definitions in an event, shared ones included."""
        found = [c for c in event.iterchildren(etree.Element) if _is_definition(c)]
        for reference in self.children(event, "eventDefinitionRef"):
            shared = self.by_id.get(self.text(reference))
            if shared is not None:
                found.append(shared)
        return found

    def stands_alone(self, node: etree._Element) -> bool:
        """Whether a node needs no flows: boundary events, links, what is started otherwise."""
        return (
            local_name(node) == "boundaryEvent"
            or node.get("isForCompensation") == "true"
            or node.get("triggeredByEvent") == "true"
            or any(local_name(d) == "linkEventDefinition" for d in self.definitions(node))
        )


def _is_definition(at: etree._Element) -> bool:
    return is_bpmn(at) and local_name(at).endswith("EventDefinition")


def found_at(at: etree._Element, text: str, rule: str) -> Problem:
    """A violation; it is blamed on the nearest element that has an id."""
    owner: etree._Element | None = at
    while owner is not None and not owner.get("id"):
        owner = owner.getparent()
    id = (owner.get("id") if owner is not None else "") or ""
    return Problem(severity="error", element=id, line=line_of(at), text=text, rule=rule)
