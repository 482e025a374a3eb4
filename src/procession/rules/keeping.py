"""A working memory as plain values, and back."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from procession.rules.matcher.firing import Session
from procession.rules.matcher.state import State
from procession.rules.matcher.storing import decode, encode
from procession.rules.rule_base import RuleBase
from procession.values import EMPTY, Map

FORMAT: Final = 1


class Stored(msgspec.Struct, frozen=True):
    """A working memory as plain values, to be written and read by any codec that knows values.

    ``content`` holds facts, globals and counters and outlives any change of the rules; ``state``
    is what the matcher remembers (partial matches, agenda, justifications), and is used only with
    the rule base of the same ``fingerprint``. With other rules the facts are matched afresh, and
    rules fire for them anew.
    """

    format: int
    fingerprint: str
    content: Map
    state: tuple[Any, ...] | None = None


def stored_of(session: Session, base: RuleBase) -> Stored:
    """All that is to be kept of a session."""
    state, live = session.state, base.scripts.live
    facts = tuple(
        (handle.number, handle.recency, handle.entry_point, live.value(handle.object))
        for handle in state.handles.values()
        if handle.justifiers is None
    )
    content = Map(
        facts=facts,
        globals=Map({name: live.value(thing) for name, thing in state.globals.items()}),
        last_handle=state.last_handle,
        recency=state.recency,
        focus=tuple(group.name for group in state.agenda.stack[1:]),
    )
    return Stored(FORMAT, base.fingerprint, content, encode(state, live.parts))


def restored(base: RuleBase, stored: Stored) -> State | None:
    """The very same state, if it was stored by the same rules."""
    if stored.state is None or stored.fingerprint != base.fingerprint or stored.format != FORMAT:
        return None
    live, shapes = base.scripts.live, base.network.shapes
    made = decode(stored.state, lambda sort, name: live.empty(sort, name, shapes), live.fill)
    return made if isinstance(made, State) else None


def rebuild(session: Session, base: RuleBase, stored: Stored) -> None:
    """The facts and globals of a memory that was stored by other rules, matched afresh."""
    live, shapes, state = base.scripts.live, base.network.shapes, session.state
    content: Any = stored.content
    for name, value in (content.get("globals") or EMPTY).items():
        if name in base.globals:
            state.globals[name] = live.live(value, shapes)
    for number, _, entry_point, value in content.get("facts") or ():
        state.last_handle = number - 1
        session.add(live.live(value, shapes), entry_point)
    state.last_handle = max(state.last_handle, content.get("last_handle") or 0)
    state.recency = max(state.recency, content.get("recency") or 0)
    session.changes = []
