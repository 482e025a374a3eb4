"""A working memory as plain values, and back: whole, or by what has changed (:class:`Delta`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from procession.rules.matcher.depot import Depot
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.session import Session
from procession.rules.matcher.state import State
from procession.rules.matcher.storing import decode, encode
from procession.rules.matcher.unpacking import Unpacking, handles, unpack
from procession.rules.rule_base import RuleBase
from procession.values import EMPTY, Bean, Map, Value

FORMAT: Final = 2


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


class Head(msgspec.Struct, frozen=True):
    """What is to be known of stored pages before they are read.

    ``facts`` is the number of the entry with all facts and ``names`` are the fields of one, by
    which they are found whatever else has changed since.
    """

    format: int
    fingerprint: str
    facts: int
    names: tuple[str, ...]
    last_handle: int
    recency: int


class Delta(msgspec.Struct, frozen=True):
    """What has changed since a memory was last saved.

    A page is a tuple of entries, and to be deleted if it has none. ``whole`` says that pages which
    were there before are void. ``may_concern_globals``: a global may have changed in place.
    """

    head: Head
    pages: Mapping[int, tuple[Any, ...]]
    whole: bool
    may_concern_globals: bool


def delta_of(session: Session, base: RuleBase, depot: Depot, whole: bool) -> Delta:
    """What a depot has not stored yet of a session."""
    state = session.state
    may_concern = whole or depot.has_touched(state.globals)
    pages = depot.save(state)
    facts = depot.number_of(state.handles)
    head = Head(
        FORMAT,
        base.fingerprint,
        facts,
        Handle.__slots__,
        state.last_handle,
        state.recency,
    )
    return Delta(head, pages, whole, may_concern or depot.has_touched_live)


def loaded(
    base: RuleBase, head: Head, pages: Mapping[int, tuple[Any, ...]]
) -> tuple[State, Depot] | None:
    """The very same state, if it was saved by the same rules."""
    if head.fingerprint != base.fingerprint or head.format != FORMAT:
        return None
    live, shapes = base.scripts.live, base.network.shapes
    return unpack(
        pages,
        lambda sort, name: live.empty(sort, name, shapes),
        live.fill,
        live.parts,
        live.watch,
    )


def match_afresh(
    session: Session,
    base: RuleBase,
    head: Head,
    pages: Mapping[int, tuple[Any, ...]],
    globals: Mapping[str, Value],
) -> None:
    """The facts of a memory that was saved by other rules, with what they hold of each other."""
    live, shapes, state = base.scripts.live, base.network.shapes, session.state

    def empty(sort: str, name: str) -> Any:
        if sort == "bean":
            return live.live(Bean(name, EMPTY), shapes)
        return live.empty(sort, name, shapes)

    unpacking = Unpacking(pages, empty, live.fill)
    for name, value in globals.items():
        if name in base.globals:
            state.globals[name] = live.live(value, shapes)
    for number, entry_point, thing in handles(pages, head.facts, head.names, unpacking):
        state.last_handle = number - 1
        session.add(thing, entry_point)
    state.last_handle = max(state.last_handle, head.last_handle)
    state.recency = max(state.recency, head.recency)
    session.changes = []


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
