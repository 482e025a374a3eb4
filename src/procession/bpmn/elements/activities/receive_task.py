"""Receive task: waits for a message.

BPMN 2.0.2, 10.3.3.3. In jBPM's files it is a work item ``Receive Task`` with ``MessageId``, and the
message itself completes it as well (``reference/jbpm-engine.md`` 3.3); the result is ``Message``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity, activity_fields
from procession.bpmn.elements.event_definitions.message_event_definition import (
    MessageReference,
    message_reference,
)
from procession.bpmn.reader import Reader
from procession.core.state import ElementInstance, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import Map, Value


@element("receiveTask")
@dataclass(frozen=True, kw_only=True)
class ReceiveTask(Activity):
    """A message that is waited for."""

    message: MessageReference | None = None

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and its message."""
        if xml.flag("instantiate", False):
            xml.refuse("a receive task that starts the process")
        return cls(**activity_fields(xml), message=message_reference(xml))

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Wait for the message; in jBPM's files for the work item too."""
        message = self.message
        if t.definition.is_jbpm:
            values = self.parameters(t, me)
            if message is not None:
                values.setdefault("MessageId", message.id)
                if message.item:
                    values.setdefault("MessageType", message.item)
            self.open_work_item(t, me, "Receive Task", values)
        if message is not None:
            t.wait(me, self, WaitKind.MESSAGE, name=message.match, parameters=message.names)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """The message came: whatever the door, it is the result ``Message``."""
        if wait is None or wait.kind is WaitKind.WORK_ITEM:
            super().triggered(t, owner, wait, payload)
            return
        t.stop_waiting(wait)
        names = {"Message"} | {o.source for o in self.outputs if o.source}
        self.finish(t, owner, Map(dict.fromkeys(sorted(names), payload)))
