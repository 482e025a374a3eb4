"""Several definitions on one event: any of them will do, or all of them are needed.

BPMN 2.0.2, 10.5.1, 10.5.5 and 13.5: *multiple* and, with ``parallelMultiple``, *parallel multiple*.
An event with several definitions has this one, which stands for them. Each wait carries the number
of its definition, so the waits that are left tell which have come. What is thrown is thrown one
after the other, what ends the scope last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from procession.bpmn.elements.event_definitions.event_definition import (
    EventDefinition,
    Start,
    interrupts,
    openers,
)
from procession.bpmn.problems import Problem, error
from procession.core.graph import FlowNode, ProcessDefinition
from procession.core.state import ElementInstance, Wait
from procession.core.transition import Transition

if TYPE_CHECKING:
    from procession.bpmn.elements.events.event import Event

_NEVER_WAITED_FOR: Final = frozenset({"error", "escalation", "cancel", "compensation"})
ENDS: Final = ("escalation", "error", "cancel", "terminate")
"""What may stop the event that throws it; it is thrown after all else, in this order."""


@dataclass(frozen=True, kw_only=True)
class Multiple(EventDefinition):
    """The definitions of one event, numbered from 1."""

    parts: tuple[EventDefinition, ...] = ()
    needs_all: bool = False

    kind: ClassVar[str] = "multiple"

    def part(self, number: int) -> EventDefinition:
        """One of them."""
        return self.parts[number - 1]

    # -- catching ----------------------------------------------------------------------------

    @cached_property
    def _listening(self) -> tuple[int, ...]:
        """Numbers in the order they begin to listen: conditions last, for they may hold at once."""
        numbers = range(1, len(self.parts) + 1)
        return tuple(sorted(numbers, key=lambda n: self.part(n).kind == "conditional"))

    def listen(self, t: Transition, owner: ElementInstance, handler: FlowNode) -> None:
        """Let each of them listen, unless one that holds already was enough."""
        self.listen_but(t, owner, handler, frozenset())

    def listen_but(
        self, t: Transition, owner: ElementInstance, handler: FlowNode, come: frozenset[int]
    ) -> None:
        """Let each of them listen, but for those that have come."""
        before = t.part
        for number in self._listening:
            if number in come:
                continue
            if owner.id not in t.state.elements or t.is_done(owner):
                break
            t.part = number
            self.part(number).listen(t, owner, handler)
        t.part = before

    def begin(
        self, t: Transition, me: ElementInstance, node: FlowNode, come: frozenset[int]
    ) -> bool:
        """The first has started the process (10.5.2): wait for the others, if there are any.

        The instance keeps what has come. Messages among the others must have the first one's key.
        """
        t.started_at, key = None, t.key
        if t.trigger is not None and t.trigger[0] == "message":
            t.key = t.trigger[2]
        self.listen_but(t, me, node, come)
        t.key = key
        return bool(t.waits_of(me))

    def met(
        self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait | None
    ) -> bool:
        """Whether none is left to wait for; one will do unless all are needed."""
        if not self.needs_all:
            return True
        if wait is not None:
            t.stop_waiting(wait)
        if t.part and t.part != self._listening[-1]:
            return False
        return not any(left.handler == handler.id for left in t.waits_of(owner))

    def goes_on(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> bool:
        """The one that came goes on; if all were needed, they are needed anew.

        What needs a date or a duration comes once. A condition has to become false first.
        """
        if not self.needs_all:
            before, t.part = t.part, wait.part
            goes_on = self.part(wait.part).goes_on(t, owner, handler, wait)
            t.part = before
            return goes_on
        if any(part.happens_once for part in self.parts):
            return False
        for t.part, part in enumerate(self.parts, 1):
            if part.kind == "conditional":
                part.goes_on(t, owner, handler, wait)
            else:
                part.listen(t, owner, handler)
        t.part = 0
        return True

    def look(self, t: Transition, owner: ElementInstance, handler: FlowNode, wait: Wait) -> None:
        """As the one that waits does."""
        before, t.part = t.part, wait.part
        self.part(wait.part).look(t, owner, handler, wait)
        t.part = before

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """As well as the best of them."""
        return max(part.catches(kind, codes) for part in self.parts)

    # -- throwing ----------------------------------------------------------------------------

    @cached_property
    def _throwing(self) -> tuple[int, ...]:
        """Numbers in the order they are thrown."""
        ranks = {kind: rank for rank, kind in enumerate(ENDS, 1)}
        numbers = range(1, len(self.parts) + 1)
        return tuple(sorted(numbers, key=lambda number: ranks.get(self.part(number).kind, 0)))

    def throw(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Throw the first; :meth:`~procession.bpmn.elements.events.event.Event.thrown` the rest.

        Whatever else moves goes first, so that all who are about to listen do.
        """
        if me.memo is None:
            t.enter_last(t.note(me, 0))
        else:
            self._throw(t, me, node, 0)

    def thrown(self, t: Transition, me: ElementInstance, node: Event) -> None:
        """Throw the next one, or go on when all are thrown."""
        done = me.memo + 1
        if done == len(self.parts):
            t.complete(me)
        else:
            self._throw(t, t.note(me, done), node, done)

    def _throw(self, t: Transition, me: ElementInstance, node: Event, done: int) -> None:
        number = self._throwing[done]
        self.part(number).throw(t, me, node.only(number))

    # -- where it may stand ------------------------------------------------------------------

    @cached_property
    def opening(self) -> tuple[int, ...]:
        """Numbers of those that start a process (:func:`openers`)."""
        if not self.needs_all:
            return tuple(range(1, len(self.parts) + 1))
        return openers([frozenset({part.kind}) for part in self.parts])

    def started_by(self, trigger: tuple[str, str, str | None] | None) -> frozenset[int]:
        """Numbers of those that what started the process has met."""
        if trigger is None:  # a timer, or nothing
            is_timer = self.needs_all and self.part(self.opening[0]).kind == "timer"
            return frozenset(self.opening if is_timer else ())
        met = ((n, start) for n in self.opening for start in self.part(n).starts)
        return frozenset(number for number, start in met if start[:2] == trigger[:2])

    @property
    def starts(self) -> tuple[Start, ...]:
        """Whatever starts by one of them."""
        return tuple(start for number in self.opening for start in self.part(number).starts)

    def check(self, graph: ProcessDefinition, node: FlowNode) -> Iterator[Problem]:
        """Not everything can be one of several, and not everything be needed beside others."""
        for part in self.parts:
            if part.kind == "link":
                yield error(node, "a link event can have no other definition", rule="position")
                continue
            yield from part.check(graph, node)
            if part.kind in _NEVER_WAITED_FOR and self.needs_all:
                text = f"{part.kind} cannot be one of several events that must all happen"
                yield error(node, text, rule="parallelMultiple")
            elif part.always_interrupts and not interrupts(node):
                text = f"{part.kind} interrupts, so the event must be an interrupting one"
                yield error(node, text, rule="cancelActivity")
        ends = [part.kind for part in self.parts if part.kind in ENDS[1:]]
        if getattr(node, "position", "") == "end" and len(ends) > 1:
            text = f"only one of {' and '.join(ends)} can happen at an end"
            yield error(node, text, rule="position")
