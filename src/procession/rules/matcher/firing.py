"""Firing: rules are evaluated and fired until nothing is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from procession.core.ports import ScriptThrow
from procession.errors import LimitExceeded, ScriptFailure
from procession.rules.matcher.agenda import Group, Item
from procession.rules.matcher.moments import wake
from procession.rules.matcher.network import Path
from procession.rules.matcher.rows import Row
from procession.rules.matcher.session import TOGETHER, Session
from procession.rules.matcher.terminal import next_row
from procession.rules.matcher.watching import Table


def fire_all(s: Session, limit: int, accept: Callable[[Path], bool]) -> int:
    """Fire until nothing is left, something halts, or the limit is reached."""
    count, s.firing = 0, True
    s.flush()
    wake(s)
    while s.firing:
        s.evaluate_eager()
        group = s.state.agenda.next_group(s.state.recency)
        fired = 0
        if group is not None and (limit < 0 or count < limit):
            fired = _fire_item(s, group, count, limit, accept)
            count += fired
        else:
            group = None
        if not s.flush() and not fired and group is None:
            break
    agenda = s.state.agenda
    if len(agenda.stack) == 1 and not agenda.stack[0].heap.items:
        agenda.stack[0].active = False
    s.firing = False
    return count


def _fire_item(
    s: Session, group: Group, count: int, limit: int, accept: Callable[[Path], bool]
) -> int:
    item = group.heap.peek()
    if item is None:
        return 0
    if item.dirty:
        s.evaluate(item)
    path = s.network.paths[item.number]
    fired = 0
    while (row := next_row(item)) is not None:
        if not _effective(s, path, row) or not accept(path):
            continue
        _fire_row(s, path, row)
        fired += 1
        s.flush()
        _sort_in(s, item)
        if not s.firing or (0 <= limit <= count + fired):
            break
        s.evaluate_eager()
        other = s.state.agenda.peek()
        if other is not None and other is not item and _gives_way(item, other):
            break
        if item.dirty:
            s.evaluate(item)
    if not item.dirty and not item.rows:
        s.state.agenda.unqueue(item)
    return fired


def _sort_in(s: Session, item: Item) -> None:
    first = None if item.heap is None else item.heap.peek()
    if first is not None and first.salience != item.salience:
        s.state.agenda.unqueue(item)
        item.salience = first.salience
        s.state.agenda.queue(item)


def _gives_way(item: Item, other: Item) -> bool:
    if other.group != item.group:
        return True
    if other.salience != item.salience:
        return other.salience > item.salience
    return other.order < item.order


def _effective(s: Session, path: Path, row: Row) -> bool:
    rule = path.rule
    now: datetime = s.run.context.now
    if rule.effective is not None and now < rule.effective:
        return False
    if rule.expires is not None and now > rule.expires:
        return False
    if callable(rule.enabled):
        return rule.enabled(s.run, row.facts) is True
    return bool(rule.enabled)


def _fire_row(s: Session, path: Path, row: Row) -> None:
    rule = path.rule
    if len(s.fired) >= s.limits.firings_per_turn:
        raise LimitExceeded(_loop(s))
    if rule.activation_group:
        s.clear_activation_group(rule.activation_group)
    shown = tuple([row.facts[at].number for at in path.visible if at < len(row.facts)])
    s.fired.append((path, row, shown))
    s.recent.append(rule.name)
    s.path, s.row = path, row
    s.before, row.logical = dict(row.logical or {}), Table(row.logical or ())
    run = s.run
    fuel, run.cells = run.fuel, s.limits.script_cells
    run.fuel = given = min(fuel, s.limits.script_steps)
    try:
        if rule.consequence is not None:
            rule.consequence(run, *[read(run, row.facts) for _, read in rule.arguments])
    except ScriptThrow as thrown:
        raise _failure(path, thrown) from None
    except LimitExceeded as exceeded:
        what = TOGETHER if not run.fuel and given < s.limits.script_steps else exceeded
        raise LimitExceeded(f'rule "{rule.name}": {what}') from None
    finally:
        s.path = None
        run.fuel = fuel - (given - run.fuel)
    if s.before:
        s.withdraw(row, s.before)
    if not row.logical:
        row.logical = None
    s.row = None


def _failure(path: Path, thrown: ScriptThrow) -> ScriptFailure:
    what = thrown.type_name + (f": {thrown.text}" if thrown.text else "")
    line = f", line {thrown.line} of its consequence" if thrown.line else ""
    place = f'rule "{path.rule.name}"{line}: '
    return ScriptFailure(
        place + what,
        line=thrown.line,
        logged=place + thrown.type_name,
    )


def _loop(s: Session) -> str:
    most = Counter(s.recent).most_common(5)
    names = ", ".join(f'"{name}" ({count})' for name, count in most)
    bound = s.limits.firings_per_turn
    return (
        f"more than {bound} rules fired without coming to rest; of the last "
        f"{len(s.recent)} firings: {names}; if that is meant, raise firings_per_turn"
    )
