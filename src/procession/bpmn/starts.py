"""What starts a process from outside: the start events that a deployment listens for."""

from __future__ import annotations

from collections.abc import Iterator

from procession.bpmn.elements.event_definitions.message_event_definition import (
    MessageEventDefinition,
)
from procession.bpmn.elements.event_definitions.signal_event_definition import (
    SignalEventDefinition,
)
from procession.bpmn.elements.event_definitions.timer_event_definition import (
    TimerEventDefinition,
)
from procession.bpmn.elements.events.start_event import StartEvent
from procession.bpmn.timer_expressions import TimerExpression
from procession.core.graph import ProcessDefinition


def start_subscriptions(definition: ProcessDefinition) -> list[tuple[str, str, str]]:
    """``(kind, name, node id)`` for each start by ``signal`` or ``message``, in document order.

    The name of a message is its id in jBPM's files, else its name: as waits have it.
    """
    found: list[tuple[str, str, str]] = []
    for start in _starts(definition):
        what = start.definition
        if isinstance(what, SignalEventDefinition) and what.name:
            found.append(("signal", what.name, start.id))
        elif isinstance(what, MessageEventDefinition) and what.message is not None:
            found.append(("message", what.message.match, start.id))
    return found


def start_timers(definition: ProcessDefinition) -> list[tuple[str, TimerExpression]]:
    """``(node id, expression)`` for each start by timer, in document order.

    Take their first firing with ``start_event=True``.
    """
    return [
        (start.id, start.definition.expression)
        for start in _starts(definition)
        if isinstance(start.definition, TimerEventDefinition)
        and start.definition.expression is not None
    ]


def _starts(definition: ProcessDefinition) -> Iterator[StartEvent]:
    for node in definition.members.get("", ()):
        if isinstance(node, StartEvent):
            yield node
