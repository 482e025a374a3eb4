"""Asynchronous continuation: a token rests before a node, and a job lets it go on in a new turn.

``reference/jbpm-engine.md`` 4.9. What rests is a wait of the scope around the node, due at once and
under a name of its own, so that whatever knows timers carries it: it is stored, leased, tried again
and made an incident like any job, it ends with its scope, and it is put off while the instance is
suspended. The node is entered, and audit says so, only when the token goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from procession.core.state import Wait, WaitKind
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.graph import FlowNode
    from procession.core.transition import Transition

NAME: Final = "@async"
"""Name of the wait; no timer of a model is called so."""


def enter(t: Transition, node: FlowNode, scope: int, variables: Map = EMPTY) -> None:
    """Enter a node that no flow was taken to, at once or, if it is asynchronous, later."""
    if node.is_async:
        postpone(t, node, scope, variables=variables)
    else:
        t.activate(node, scope, variables=variables)


def postpone(
    t: Transition, node: FlowNode, scope: int, flow: str | None = None, variables: Map = EMPTY
) -> None:
    """Let a token rest before a node. What began the process is kept for who begins with it."""
    kept: dict[str, Value] = {}
    if flow is not None:
        kept["flow"] = flow
    if t.started_at is not None and (flow is None or t.started_at == node.id):
        kept["started"], kept["payload"], kept["trigger"] = t.started_at, t.payload, t.trigger
    if variables:
        kept["variables"] = variables
    owner = t.state.elements[scope]
    t.wait(owner, node, WaitKind.TIMER, name=NAME, due=t.env.now, parameters=Map(kept))


def resume(t: Transition, wait: Wait) -> None:
    """The job has come: the token goes on to the node it rested before."""
    t.stop_waiting(wait)
    node, kept = t.definition.node(wait.handler), wait.parameters
    if "started" in kept:
        t.started_at, t.payload = kept["started"], kept["payload"]
        trigger = kept.get("trigger")
        t.trigger = (trigger[0], trigger[1], trigger[2]) if trigger else None
    flow = kept.get("flow")
    if flow is not None:
        node.arrive(t, t.definition.flows[flow], wait.owner)
        return
    t.activate(node, wait.owner, variables=kept.get("variables") or EMPTY)


def postponed(t: Transition, scope: int) -> Iterator[Wait]:
    """The tokens that rest in a scope."""
    waits = t.state.waits
    for number in t.state.owned.get(scope, ()):
        if waits[number].name == NAME:
            yield waits[number]


def drop(t: Transition, scope: int) -> None:
    """Let the tokens that rest in a scope vanish."""
    for wait in tuple(postponed(t, scope)):
        t.stop_waiting(wait, "cancelled")
