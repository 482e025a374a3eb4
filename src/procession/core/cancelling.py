"""Stopping what is active: an element instance with everything inside and all it waits for.

What is stopped was counted when it began, so stopping it does not count against the records that
one step may make: an instance with many active elements can always be ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procession.core import continuing, joining, unfinished
from procession.core import records as r
from procession.core.state import ROOT, ElementInstance

if TYPE_CHECKING:
    from procession.core.transition import Transition


def cancel(t: Transition, me: ElementInstance) -> None:
    """Stop an element instance at once (:meth:`Transition.cancel`)."""
    if me.id in t.state.elements:
        _cancel(t, me, me)


def _cancel(t: Transition, me: ElementInstance, top: ElementInstance) -> None:
    for child in t.children(me):
        _cancel(t, child, top)
    if me.log:
        unfinished.put_back(t, me, top)
    if t.state.parked:
        joining.drop_all(t, me.id)
    close_waits(t, me.id)
    t.most += 1
    t.append(r.ElementCancelled(me.id, me.node, me.role))


def cancel_children(t: Transition, me: ElementInstance, but: int) -> None:
    """Stop everything inside ``me`` that is there already (:meth:`Transition.cancel_children`)."""
    for child in t.children(me):
        if child.id != but:
            cancel(t, child)
    joining.drop_all(t, me.id)
    continuing.drop(t, me.id)


def end_process(t: Transition, as_it_should: bool) -> None:
    """Stop all that is active, the process itself being completed or not."""
    root = t.state.elements.get(ROOT)
    if root is not None and as_it_should:
        t.cancel_children(root)
        t.conclude(t.state.elements[ROOT])
    elif root is not None:
        cancel(t, root)


def close_waits(t: Transition, owner: int) -> None:
    """Let an element instance wait for nothing any more."""
    for number in tuple(t.state.owned.get(owner, ())):
        t.most += 1
        t.stop_waiting(t.state.waits[number], "cancelled")
