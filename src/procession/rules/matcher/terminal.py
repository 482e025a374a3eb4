"""The end of a path: rows that have matched wait on the agenda, changed ones wait again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from procession.rules.matcher.agenda import Entry, Item
from procession.rules.matcher.network import Path
from procession.rules.matcher.rows import Cause, Row, Staged

if TYPE_CHECKING:
    from procession.rules.matcher.session import Session


def arrive(s: Session, item: Item, path: Path, src: Staged) -> None:
    """Take in what came out of the last node of a path."""
    rule = path.rule
    for row in src.deleted():
        if row.queued:
            unqueue_row(s, item, row)
        s.withdraw(row)
    if not (src.updates or src.inserts):
        return
    group = s.state.agenda.group(rule.group)
    if rule.auto_focus and not group.active:
        s.state.agenda.focus(rule.group, s.state.recency)
    for row in src.updated():
        _updated(s, item, path, row)
    for row in src.inserted():
        _inserted(s, item, path, row)


def _inserted(s: Session, item: Item, path: Path, row: Row) -> None:
    cause = row.latest_cause()
    if path.rule.no_loop and cause.origin == path.number:
        return
    _weigh(s, path, row)
    if not _locked(s, path, cause):
        queue_row(s, item, row)


def _updated(s: Session, item: Item, path: Path, row: Row) -> None:
    cause = row.latest_cause()
    if path.rule.no_loop and cause.origin == path.number:
        _weigh(s, path, row)
        return
    if not _locked(s, path, cause) and not row.queued:
        _weigh(s, path, row)
        queue_row(s, item, row)


def _weigh(s: Session, path: Path, row: Row) -> None:
    dynamic = path.rule.dynamic_salience
    row.salience = path.rule.salience if dynamic is None else dynamic(s.run, row.facts)


def _locked(s: Session, path: Path, cause: Cause) -> bool:
    if not path.rule.lock_on_active or cause.fact is None:
        return False
    group = s.state.agenda.group(path.rule.group)
    recency = cause.fact.recency
    if group.active and group.activated < recency:
        return True
    return group.cleared != -1 and group.cleared >= recency


def queue_row(s: Session, item: Item, row: Row) -> None:
    """Let a row wait to be fired."""
    row.queued = True
    item.rows.pop(row, None)
    item.rows[row] = None
    if item.heap is not None:
        before = _top(item)
        row.extra = Entry(row)
        item.heap.add(row.extra)
        _reweigh(s, item, before)


def unqueue_row(s: Session, item: Item, row: Row) -> None:
    """Let a row wait no longer."""
    row.queued = False
    item.rows.pop(row, None)
    if item.heap is not None and row.extra is not None:
        before = _top(item)
        item.heap.remove(row.extra)
        row.extra = None
        _reweigh(s, item, before)


def next_row(item: Item) -> Row | None:
    """Take the next row to be fired."""
    if not item.rows:
        return None
    if item.heap is not None:
        entry: Any = item.heap.peek()
        item.heap.remove(entry)
        row: Row = entry.row
        row.extra = None
        del item.rows[row]
    else:
        row = next(iter(item.rows))
        del item.rows[row]
    row.queued = False
    return row


def _top(item: Item) -> int:
    first = None if item.heap is None else item.heap.peek()
    return 0 if first is None else first.salience


def _reweigh(s: Session, item: Item, before: int) -> None:
    """A rule is as salient as its most salient row."""
    now = _top(item)
    if before != now:
        s.state.agenda.unqueue(item)
    if not item.queued:
        item.salience = now
        s.state.agenda.queue(item)
