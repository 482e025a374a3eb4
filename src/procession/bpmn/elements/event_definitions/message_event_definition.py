"""Message: heard by those who wait for it, by name and, if there is one, by key.

BPMN 2.0.2, 10.5.1; ``reference/jbpm-engine.md`` 1.5 and 3.3. Waits and records carry one word for
a message: its id in jBPM's files, whose clients signal ``Message-<id>``, its name (else its id) in
all others. Where id and name differ, a wait's parameters have both as ``message`` and
``message_name``. An event that names no message has that of the message flow it is drawn with. A
message thrown in jBPM's files is a work item ``Send Task``; elsewhere it
leaves as a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.event_definitions.event_definition import EventDefinition, Start
from procession.bpmn.problems import Severity
from procession.bpmn.reader import Reader
from procession.core import correlation
from procession.core.graph import FlowNode
from procession.core.state import ElementInstance, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event


@dataclass(frozen=True, kw_only=True)
class MessageReference:
    """A message as an element refers to it; ``match`` is the word that waits go by."""

    id: str
    name: str
    item: str = ""
    match: str

    @property
    def names(self) -> Map:
        """Id and name, where they differ."""
        if self.id == self.name:
            return EMPTY
        return Map(message=self.id, message_name=self.name)


def message_reference(xml: Reader) -> MessageReference | None:
    """The message that ``messageRef``, or else the operation, names."""
    known = xml.document.root_elements
    reference = xml.root_element(xml.attribute("messageRef"))
    if not reference:
        text = xml.attribute("operationRef") or xml.text("operationRef")
        operation = known.operations.get(xml.root_element(text))
        reference = operation.in_message if operation else ""
    if not reference:
        drawn = known.flow_messages.get(xml.owner_id) or known.flow_messages.get(_node_id(xml))
        if drawn is not None:
            return MessageReference(id=drawn.id, name=drawn.name, item=drawn.item, match=drawn.name)
        xml.problem("warning", "no message is named")
        return None
    message = known.messages.get(reference)
    if message is None:
        severity: Severity = "error" if xml.document.semantics.jbpm_checks else "warning"
        xml.problem(severity, f"message {reference} is not declared", rule="reference")
        return MessageReference(id=reference, name=reference, match=reference)
    match = message.id if xml.document.semantics.messages_named_by_id else message.name
    return MessageReference(id=message.id, name=message.name, item=message.item, match=match)


def _node_id(xml: Reader) -> str:
    """The node that an event definition stands in."""
    parent = xml.xml.getparent()
    return "" if parent is None else str(parent.get("id") or "")


@element("messageEventDefinition")
@dataclass(frozen=True, kw_only=True)
class MessageEventDefinition(EventDefinition):
    """The message to wait for or to send."""

    positions: ClassVar[frozenset[str]] = frozenset(
        {"start", "event start", "catch", "boundary", "throw", "end"}
    )
    kind: ClassVar[str] = "message"
    message: MessageReference | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read which message."""
        return cls(id=xml.id, line=xml.line, message=message_reference(xml))

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Wait for the message; an event that names none listens for its own name."""
        message = self.message
        name = message.match if message else handler.name or handler.id
        names = message.names if message else EMPTY
        key = correlation.expected(t, name, owner.id)
        t.wait(owner, handler, WaitKind.MESSAGE, name=name, key=key, parameters=names)

    @property
    def starts(self) -> tuple[Start, ...]:
        """The message, if one is named."""
        return (Start("message", self.message.match, self),) if self.message else ()

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Send it: by the handler of jBPM's work item, or straight."""
        message = self.message
        value = node.value(t, me)
        if t.definition.semantics.messages_are_work_items and message is not None:
            values: dict[str, Value] = {"MessageType": message.item, "Message": value}
            present = {key: v for key, v in values.items() if v not in (None, "")}
            present["@node"] = Map(message=message.id, message_name=message.name)
            t.wait(me, node, WaitKind.WORK_ITEM, name="Send Task", parameters=Map(present))
            return
        if message is not None:
            correlation.send(t, message.match, value, node.id)
        node.thrown(t, me)
