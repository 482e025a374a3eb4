"""When a session is to be looked at again: timers of rules, and rules that become effective."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from procession.rules.matcher.agenda import Item

if TYPE_CHECKING:
    from procession.rules.matcher.session import Session


def wake(s: Session) -> None:
    """Let timers go on that are due."""
    now: datetime = s.run.context.now
    for item in s.state.items:
        if any(at <= now for at in alarms(s, item)):
            s.propagation.notify(item)


def alarms(s: Session, item: Item) -> Iterator[datetime]:
    """When timers of a rule go on next."""
    path = s.network.paths[item.number]
    for node, memory in zip(path.nodes, item.memories, strict=True):
        next_due = getattr(node, "next_due", None)
        at = None if next_due is None else next_due(memory)
        if at is not None:
            yield at


def moments(s: Session, now: datetime | None) -> Iterator[datetime]:
    """When timers go on next, and when rules with waiting matches become effective."""
    coming: set[int] | None = None
    for item in s.state.items:
        yield from alarms(s, item)
        effective = s.network.paths[item.number].rule.effective
        if effective is None or (now is not None and effective <= now):
            continue
        coming = _coming(s) if coming is None else coming
        if item.queued or item.number in coming:
            yield effective


def _coming(s: Session) -> set[int]:
    """Rules that ask for facts which wait to be carried in."""
    return {
        entrance[0]
        for change in s.state.pending
        if change.handle is not None
        for alpha in s.propagation.alphas(change.handle)
        for entrance in alpha.entrances
    }
