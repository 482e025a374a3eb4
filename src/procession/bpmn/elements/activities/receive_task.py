"""Receive task: waits for a message.

BPMN 2.0.2, 10.3.3.3. In jBPM's files it is a work item ``Receive Task`` with ``MessageId``, and the
message itself completes it as well (``reference/jbpm-engine.md`` 3.3); the result is
``Message``. With ``instantiate`` the message begins an instance; jBPM does not read that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from procession.bpmn.element import element
from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.reading import activity_fields
from procession.bpmn.elements.event_definitions.message_event_definition import (
    MessageReference,
    message_reference,
)
from procession.bpmn.elements.events.intermediate_catch_event import Chooser
from procession.bpmn.elements.events.start_event import StartEvent
from procession.bpmn.problems import Problem, error
from procession.bpmn.reader import Reader
from procession.core import correlation
from procession.core.graph import ProcessDefinition
from procession.core.state import ElementInstance, Wait, WaitKind
from procession.core.transition import Transition
from procession.values import EMPTY, Map, Value

CAME: Final = "@came"
"""In the memo: what came before the task was entered."""


@element("receiveTask")
@dataclass(frozen=True, kw_only=True)
class ReceiveTask(Activity):
    """A message that is waited for."""

    message: MessageReference | None = None
    instantiates: bool = False

    @classmethod
    def read(cls, xml: Reader) -> Self:
        """Read the task and its message."""
        instantiates = xml.flag("instantiate", False)
        if instantiates and xml.document.semantics.instantiate_ignored:
            xml.problem("warning", "instantiate has no effect in files of jBPM", rule="ignored")
            instantiates = False
        return cls(
            **activity_fields(xml), message=message_reference(xml), instantiates=instantiates
        )

    def perform(self, t: Transition, me: ElementInstance) -> None:
        """Wait, unless the message has come already: to begin, or to the gateway before."""
        come = me.memo.get(CAME) if isinstance(me.memo, Map) else None
        if come is not None:
            self.finish(t, me, come)
        elif self.instantiates and t.started_at == self.id:
            t.started_at = None  # coming here again, it waits for the next one
            self.finish(t, me, self._results(t.payload))
        else:
            self.listen(t, me)

    def listen(self, t: Transition, owner: ElementInstance) -> None:
        """Wait for the message; in jBPM's files for the work item too."""
        message = self.message
        if t.definition.semantics.receipts_are_work_items:
            values = self.parameters(t, owner)
            if message is not None:
                values.setdefault("MessageId", message.id)
                if message.item:
                    values.setdefault("MessageType", message.item)
            self.open_work_item(t, owner, "Receive Task", values)
        if message is not None:
            name = message.match
            key = correlation.expected(t, name, owner.id)
            t.wait(owner, self, WaitKind.MESSAGE, name=name, key=key, parameters=message.names)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """The message came: whatever the door, it is the result ``Message``.

        What came to an event-based gateway is kept until the task is entered.
        """
        if wait is not None and wait.kind is WaitKind.WORK_ITEM:
            results = payload if isinstance(payload, Map) else EMPTY
        else:
            results = self._results(payload)
        if wait is not None:
            t.stop_waiting(wait)
        gateway = t.definition.node(owner.node)
        if isinstance(gateway, Chooser):
            t.note(gateway.passes(t, owner, self), Map({CAME: results}))
        else:
            self.finish(t, owner, results)

    def failed(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """The work item was given up: the task ends without results."""
        gateway = t.definition.node(owner.node)
        if isinstance(gateway, Chooser):
            t.note(gateway.passes(t, owner, self), Map({CAME: EMPTY}))
        else:
            super().failed(t, owner, wait)

    def _results(self, payload: Value) -> Map:
        names = {"Message"} | {o.source for o in self.outputs if o.source}
        return Map(dict.fromkeys(sorted(names), payload))

    def check(self, graph: ProcessDefinition) -> Iterator[Problem]:
        """One that starts the process is where it begins, or right behind a plain start event."""
        yield from super().check(graph)
        if not self.instantiates:
            return
        before = [graph.nodes[flow.source] for flow in graph.incoming(self)]
        starts = [n for n in before if isinstance(n, StartEvent) and n.definition is None]
        if self.container or len(before) > 1 or len(starts) < len(before):
            text = "a receive task that starts the process stands at its beginning"
            yield error(self, text, rule="instantiate")
        if self.message is None:
            yield error(self, "a receive task that starts the process names its message")
