"""What a called process did is undone in an instance of its own.

BPMN 2.0.2, 10.3.6 and 10.7: a called process is compensated like a sub-process, but when its call
is undone it has ended long since. So when it ends it hands on what could be undone of it: its key,
and itself as an entry of a log (``core/compensation.py``). The call activity keeps that; undone, it
has the same revision started once more, with the variables it had, only to undo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procession.core import compensation
from procession.core import records as r
from procession.core.state import ROOT, ElementInstance, InstanceStatus
from procession.values import EMPTY, Map

if TYPE_CHECKING:
    from procession.core.transition import Transition


def receive(t: Transition, me: ElementInstance, kept: Any) -> None:
    """The process that ``me`` called has ended, and this could be undone of it."""
    if kept is not None and not t.definition.semantics.called_processes_keep_nothing:
        entry = (me.id, me.node, compensation.CALLED, EMPTY, kept)
        t.append(r.ElementNoted(me.id, entry, "added"))


def ended(t: Transition, holder: ElementInstance, ending: Map) -> None:
    """The process that was started to undo is done."""
    outcome = ending.get("outcome")
    if ending.get("status") == InstanceStatus.ABORTED and outcome is not None:
        t.throw_error(outcome, holder, ending.get("value"))
    else:
        compensation.undo_next(t, holder)


def begin(t: Transition, kept: Any) -> None:
    """Start a process only to undo what it did."""
    _, _, catch, variables, inner = kept[3]
    t.append(r.ElementActivated(ROOT, "", 0))
    for name, value in variables.items():
        t.append(r.VariableSet(ROOT, name, value))
    if catch:
        t.append(r.ElementNoted(ROOT, inner, "logged"))
        t.definition.nodes[catch].triggered(t, t.state.elements[ROOT], None, None)
    else:
        compensation.undo_log(t, ROOT, inner)
