"""Send task: sends a message and goes on when it is sent.

BPMN 2.0.2, 10.3.3.2. In jBPM's files it is a work item ``Send Task`` with the message's type, which
the built-in handler delivers (``reference/rulings.md`` 5); in other files the message leaves as a
record and the task completes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.event_definitions.message_event_definition import (
    MessageReference,
    message_reference,
)
from procession.bpmn.reader import Reader
from procession.core import correlation
from procession.core.state import PRIVATE, ElementInstance
from procession.core.transition import Transition
from procession.values import Map


@element("sendTask")
@dataclass(frozen=True, kw_only=True)
class SendTask(Activity):
    """A message that goes out."""

    sees_all: ClassVar[bool] = True
    message: MessageReference | None = None
    task_name: str = ""

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and its message."""
        message = message_reference(xml)
        name = xml.vendor("task_name") or xml.vendor("topic") or ""
        name = "" if xml.document.semantics.messages_are_work_items else name
        return cls(**activity_fields(xml), message=message, task_name=name)

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Send: by the handler of that name, or straight."""
        values = self.parameters(t, me)
        if not (t.definition.semantics.messages_are_work_items or self.task_name):
            if self.message is not None:
                value = values.get("Message", next(iter(values.values()), None))
                correlation.send(t, self.message.match, value, self.id)
            self.finish(t, me)
            return
        if self.message is not None:
            if self.message.item:
                values.setdefault("MessageType", self.message.item)
            values[PRIVATE] = Map(message=self.message.id, message_name=self.message.name)
        self.open_work_item(t, me, self.task_name or "Send Task", values)
