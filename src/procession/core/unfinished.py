"""A compensation that is stopped half way: what it has not begun to undo can be undone again.

BPMN 2.0.2, 13.3.2 and 13.5.5: an activity stays completed until it is compensated, and what is
completed may be compensated. A throw takes over the entries that it is to undo, so that none is
undone twice; when it is stopped, those left go back to the scopes that they came from, if these are
still there. What was being undone at that moment was stopped in it, and is undone no more.
"""

from __future__ import annotations

from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from procession.core import compensation
from procession.core import records as r
from procession.core.state import ElementInstance, Role

if TYPE_CHECKING:
    from procession.core.transition import Transition


def put_back(t: Transition, holder: ElementInstance, top: ElementInstance) -> None:
    """Give back what ``holder`` has left to undo, while ``top`` is stopped with all inside it."""
    definition = t.definition
    is_throw = holder.role in (Role.SINGLE, Role.COMPENSATION)
    if not is_throw or definition.semantics.compensation_repeats:
        return
    if definition.node(holder.node).is_scope:
        return
    left: dict[str, list[compensation.Entry]] = {}
    for entry in compensation.entries(holder.log):
        if entry[1] in definition.nodes:
            left.setdefault(definition.nodes[entry[1]].container, []).append(entry)
    is_dying = True
    at = t.state.elements.get(holder.scope)
    if holder.id == top.id:
        is_dying = False
    while at is not None and left:
        is_home = at.role not in (Role.BODY, Role.COMPENSATION)
        chosen = left.pop(at.node, None) if is_home and at.node in left else None
        if chosen and not is_dying:
            rest = compensation.entries(at.log)
            t.most += 1
            log = compensation.log_of(list(merge(chosen, rest, key=itemgetter(0))))
            t.append(r.ElementNoted(at.id, log, "logged"))
        if at.id == top.id:
            is_dying = False
        at = t.state.elements.get(at.scope)
