"""Loops: an activity as a whole, and its rounds inside it.

BPMN 2.0.2, 13.3.6 and 13.3.7. An activity with loop characteristics is activated in the role
``BODY``; boundary events belong to it. Its loop makes element instances of the same node inside it
in the role ``ITERATION``, which do what the activity is for and lead nowhere: the loop is told of
the end of each, and completes the body.

Rounds of a parallel loop are all made before the first begins, and then begin one after the other.
What a loop gathers is one variable of the body per finished round, under a name no model can use
(:func:`gathered`), so that nothing is copied from round to round.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from procession.core import records as r
from procession.core.settling import too_long
from procession.core.state import ElementInstance, InstanceState, Role
from procession.errors import LimitExceeded
from procession.values import EMPTY, Value

if TYPE_CHECKING:
    from procession.core.graph import FlowNode
    from procession.core.transition import Transition

BODY: Final = 10
"""How many records a loop counts for that begins outside the rounds of others."""

OWN: Final = "@"
"""How variables begin that a loop keeps for itself: scripts and audit do not see them."""


class Loop(Protocol):
    """Loop characteristics of an activity: they act for it as a whole, round by round.

    An element instance in the role ``BODY`` is the loop, its children in the role ``ITERATION`` are
    the rounds (``core/looping.py``). ``attributes`` are names that expressions inside may read.
    """

    @property
    def audit_type(self) -> str:
        """The class name that history shows for the loop."""
        ...

    @property
    def attributes(self) -> frozenset[str]:
        """Names of :meth:`attribute`."""
        ...

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """The loop has been activated."""
        ...

    def round_done(self, t: Transition, me: ElementInstance, one: ElementInstance) -> None:
        """A round is about to end; its variables are still there."""
        ...

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """A round has ended."""
        ...

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """The loop has been completed."""
        ...

    def take_results(
        self, t: Transition, one: ElementInstance, results: Mapping[str, Value]
    ) -> None:
        """The work of a round gave results."""
        ...

    def attribute(self, state: InstanceState, me: ElementInstance, name: str) -> Value:
        """What the loop says of itself."""
        ...


def begin_body(t: Transition, scope: int) -> None:
    """A loop begins in a scope. Outside all rounds that alone is no progress.

    Else a circle of flows that passes a loop would have its budget renewed for ever.
    """
    at = t.state.elements.get(scope)
    while at is not None:
        if at.role is Role.ITERATION:
            return
        at = t.state.elements.get(at.scope)
    t.bodies += 1
    if t.bodies * BODY > t.env.limits.records_per_step:
        too_long(t)


def make_round(t: Transition, body: ElementInstance, variables: Mapping[str, Value]) -> int:
    """Make a round of a loop, which does not begin yet; gives its number."""
    number = t.state.next_id
    t.rounds += 1
    t.append(r.ElementActivated(number, body.node, body.id, Role.ITERATION))
    for name, value in variables.items():
        t.append(r.VariableSet(number, name, value))
    progress(t)
    return number


def end_round(t: Transition, node: FlowNode, me: ElementInstance) -> None:
    """A round is done: the loop takes what it needs of it, and is then told of its end."""
    body = t.state.elements[me.scope]
    if node.loop is not None:
        node.loop.round_done(t, body, me)
    if me.id not in t.state.elements:
        return
    progress(t)
    t.conclude(me)
    t.ask_scope(me)


def progress(t: Transition) -> None:
    """A loop did one of its items, so the step is not one that makes no progress."""
    t.most = len(t.records) + t.env.limits.records_per_step


def need_bounded(t: Transition, me: ElementInstance, rounds: int) -> None:
    """Raise :class:`LimitExceeded` if a loop would begin more rounds than one step may."""
    most = t.env.limits.rounds_per_step
    if t.rounds + rounds > most:
        raise LimitExceeded(
            f"{me.node} would begin {rounds} more rounds; loops may begin {most} in one step",
            instance=t.state.id,
            element=me.node,
            process=t.definition.id,
        )


def is_round(state: InstanceState, wait: int) -> bool:
    """Whether it is a round of a loop that waits."""
    return state.elements[state.waits[wait].owner].role is Role.ITERATION


def gather(t: Transition, body: ElementInstance, number: int, value: Value) -> None:
    """Keep what a round gave, until the loop ends."""
    t.append(r.VariableSet(body.id, f"{OWN}{number}", value))


def gathered(state: InstanceState, body: ElementInstance) -> tuple[Value, ...]:
    """What the rounds gave so far, in the order of their numbers."""
    kept = state.variables.get(body.id, EMPTY)
    numbers = sorted(int(name[1:]) for name in kept if name[1:].isdigit() and name[0] == OWN)
    return tuple([kept[f"{OWN}{number}"] for number in numbers])
