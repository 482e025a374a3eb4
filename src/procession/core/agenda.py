"""The agenda: what a step has planned, carried out depth first (``reference/architecture.md`` 5.5).

A plan is a tuple: the function here that carries it out, then what that needs. Whoever plans goes
through the verbs of :class:`procession.core.transition.Transition`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procession.core import compensation, continuing, looping, settling
from procession.core import records as r
from procession.core.state import ElementInstance, Role

if TYPE_CHECKING:
    from procession.core.transition import Transition

Plan = tuple[Any, ...]

_SINGLE, _ROUND, _UNDOING = Role.SINGLE, Role.ITERATION, Role.COMPENSATION


def run(t: Transition) -> None:
    """Carry out what is planned until nothing moves any more, and nothing settles either.

    What an operation plans comes before what was planned earlier, in the order it was planned.
    """
    stack, planned = t.stack, t.planned
    while True:
        if planned:
            plan = planned.pop()
            if planned:
                stack.append(plan)
                planned.reverse()
                stack.extend(planned)
                planned.clear()
                plan = stack.pop()
        elif stack:
            plan = stack.pop()
        elif settling.settle(t):
            continue
        else:
            return
        plan[0](t, plan)


def take(t: Transition, plan: Plan) -> None:
    """A token moves along a flow, unless its scope is gone."""
    _, flow, scope, source = plan
    t.moving[scope] -= 1
    if scope in t.state.elements:
        t.append(r.SequenceFlowTaken(flow.id, scope, source))
        target = t.definition.nodes[flow.target]
        if target.is_async:
            continuing.postpone(t, target, scope, flow.id)
        else:
            target.arrive(t, flow, scope)


def enter(t: Transition, plan: Plan) -> None:
    """A node begins."""
    me = t.state.elements.get(plan[1])
    if me is not None:
        if me.role is _SINGLE and me.node:
            t.definition.nodes[me.node].enter(t, me)
        else:
            t.definition.acting(me).enter(t, me)


def enter_each(t: Transition, plan: Plan) -> None:
    """One of several begins; the next one is planned behind all that it causes."""
    _, number, last = plan
    looping.progress(t)
    if number < last:
        t.stack.append((enter_each, number + 1, last))
    me = t.state.elements.get(number)
    if me is not None:
        t.definition.acting(me).enter(t, me)


def complete(t: Transition, plan: Plan) -> None:
    """A node ends: it is left, and then its scope is asked."""
    me = t.state.elements.get(plan[1])
    if me is None:
        return
    if me.role is _ROUND:
        looping.end_round(t, t.definition.nodes[me.node], me)
        return
    t.conclude(me)
    t.stack.append((ended, me))
    if me.role is _SINGLE and me.node:
        t.definition.nodes[me.node].leave(t, me)
    else:
        t.definition.acting(me).leave(t, me)


def ended(t: Transition, plan: Plan) -> None:
    """The scope of a node that has ended decides whether it is done itself."""
    child: ElementInstance = plan[1]
    scope = t.state.elements.get(child.scope)
    if scope is None:
        return
    if child.role is _UNDOING or scope.role is _UNDOING:
        compensation.ended(t, scope, child)
    else:
        t.definition.acting(scope).child_ended(t, scope, child)


def check(t: Transition, plan: Plan) -> None:
    """The open conditions that see a variable that was set are looked at."""
    settling.check_conditions(t)
