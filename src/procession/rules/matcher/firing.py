"""A session at work: changes are carried in, rules evaluated and fired until nothing is left."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from procession.core.ports import Limits, ScriptContext, ScriptThrow
from procession.errors import LimitExceeded, ScriptFailure
from procession.rules.matcher.agenda import Group, Item
from procession.rules.matcher.inner import evaluate_nodes
from procession.rules.matcher.network import Network, Path
from procession.rules.matcher.propagation import Propagation
from procession.rules.matcher.rows import Cause, Handle, Row
from procession.rules.matcher.state import Change, State
from procession.rules.matcher.terminal import arrive, next_row, unqueue_row

RECENT: Final = 100
"""How many of the latest firings are looked at to say which rules keep firing."""
TOGETHER: Final = "rules take too many steps together; raise rule_steps"
_SCALARS: Final = (str, bool, int, float)


class Session:
    """One session while it is used: the state, and what is only there meanwhile."""

    def __init__(self, network: Network, state: State, live: Any) -> None:
        self.network = network
        self.state = state
        self.live = live
        self.run: Any = None
        self.limits = Limits()
        self.propagation = Propagation(network, state, self.class_names)
        self.by_object = {id(h.object): h for h in state.handles.values()}
        self.firing = False
        self.halted = False
        self.path: Path | None = None
        self.row: Row | None = None
        self.before: dict[Handle, None] = {}
        self.fired: list[tuple[Path, Row, tuple[int, ...]]] = []
        self.changes: list[tuple[str, int]] = []
        self.recent: deque[str] = deque(maxlen=RECENT)

    def begin(self, context: ScriptContext, limits: Limits) -> None:
        """Start a run: what is printed and wished from now on belongs to it."""
        self.limits = limits
        self.run = self.live.run(
            context, msgspec.structs.replace(limits, script_steps=limits.rule_steps)
        )
        self.fired, self.changes, self.halted = [], [], False
        self.recent.clear()

    def class_names(self, thing: Any) -> tuple[str, ...]:
        """The classes of an object."""
        return tuple(self.live.class_names(thing, self.network.shapes))

    # -- facts ---------------------------------------------------------------------------------

    def cause(self, fact: Handle | None) -> Cause:
        """Why something happens now."""
        self.state.causes += 1
        origin = -1 if self.path is None else self.path.number
        return Cause(self.state.causes, origin, fact)

    def add(self, thing: Any, entry_point: str) -> Handle:
        """Make a fact; it is matched when changes are carried in next."""
        state = self.state
        state.last_handle += 1
        state.recency += 1
        handle = Handle(state.last_handle, thing, state.recency, entry_point)
        state.handles[handle.number] = handle
        self.by_object[id(thing)] = handle
        self.changes.append(("inserted", handle.number))
        state.pending.append(Change("insert", handle, self.cause(handle)))
        return handle

    def change(self, handle: Handle) -> None:
        """Say that a fact has changed."""
        self.state.recency += 1
        handle.recency = self.state.recency
        self.changes.append(("updated", handle.number))
        self.state.pending.append(Change("update", handle, self.cause(handle)))

    def remove(self, handle: Handle) -> None:
        """Take a fact out."""
        if self.state.handles.pop(handle.number, None) is None:
            return
        if self.by_object.get(id(handle.object)) is handle:
            del self.by_object[id(handle.object)]
        if handle.key is not None:
            self.state.logical.pop(handle.key, None)
        for row in handle.justifiers or ():
            if row.logical is not None:
                row.logical.pop(handle, None)
        handle.justifiers = None
        self.changes.append(("deleted", handle.number))
        self.state.pending.append(Change("delete", handle, self.cause(handle)))

    def handle_of(self, target: Any) -> Handle | None:
        """The handle of a fact, or of a handle."""
        if isinstance(target, Handle):
            return self.state.handles.get(target.number)
        found = self.by_object.get(id(target))
        if found is None and isinstance(target, _SCALARS):
            for handle in self.state.handles.values():
                if type(handle.object) is type(target) and handle.object == target:
                    return handle
        return found

    def justify(self, thing: Any, entry_point: str) -> Handle:
        """Insert logically: the fact stays as long as a row that inserted it matches."""
        row, state = self.row, self.state
        if row is None:
            return self.add(thing, entry_point)
        key = (entry_point, self.live.identity(self.run, thing))
        handle = state.logical.get(key)
        if handle is None:
            found = self.handle_of(thing)
            if found is not None and found.justifiers is None:
                return found
            handle = self.add(thing, entry_point)
            handle.key, handle.justifiers = key, {}
            state.logical[key] = handle
        if handle.justifiers is not None:
            handle.justifiers[row] = None
        if row.logical is None:
            row.logical = {}
        row.logical[handle] = None
        self.before.pop(handle, None)
        return handle

    def withdraw(self, row: Row, only: dict[Handle, None] | None = None) -> None:
        """A row matches no longer: what it alone justified goes."""
        for handle in list((row.logical if only is None else only) or ()):
            if row.logical is not None:
                row.logical.pop(handle, None)
            if handle.justifiers is None:
                continue
            handle.justifiers.pop(row, None)
            if not handle.justifiers:
                self.remove(handle)

    # -- evaluation ----------------------------------------------------------------------------

    def flush(self) -> bool:
        """Carry all waiting changes in; answers whether there were any."""
        state, did = self.state, False
        if state.initial is None:
            state.initial = Handle(0, None)
            cause = Cause(0, -1, state.initial)
            for entrance in self.network.initial:
                self.propagation.enter(entrance, state.initial, cause)
        while state.pending:
            changes, state.pending = state.pending, []
            did = True
            for change in changes:
                self._carry(change)
        return did

    def _carry(self, change: Change) -> None:
        handle = change.handle
        if change.kind == "focus":
            self.state.agenda.focus(change.name, self.state.recency)
        elif change.kind == "clear":
            self.clear(change.name)
        elif handle is None:
            return
        elif change.kind == "delete":
            self.propagation.delete(handle, change.cause)
        elif change.kind == "insert" or handle.number in self.state.handles:
            carry = self.propagation
            try:
                (carry.insert if change.kind == "insert" else carry.update)(
                    self.run, handle, change.cause
                )
            except LimitExceeded as exceeded:
                raise self._exceeded(exceeded) from None

    def _exceeded(self, exceeded: LimitExceeded, rule: str = "") -> LimitExceeded:
        """What to tell when conditions go beyond a limit, and which setting would raise it."""
        what = exceeded if self.run.fuel else TOGETHER
        return LimitExceeded(f'the conditions of rule "{rule}": {what}' if rule else f"{what}")

    def evaluate(self, item: Item) -> None:
        """Let what is staged at a path's entrances pass through it."""
        item.dirty = False
        path = self.network.paths[item.number]
        try:
            out = evaluate_nodes(self.run, path.nodes, item.memories, item.staged.take())
        except LimitExceeded as exceeded:
            raise self._exceeded(exceeded, path.rule.name) from None
        if path.blocking:
            self.propagation.block(item)
        if out:
            arrive(self, item, path, out)

    def evaluate_eager(self) -> None:
        """Evaluate what must not wait for the agenda."""
        eager = self.state.agenda.eager
        while eager:
            item = next(iter(eager))
            del eager[item]
            self.evaluate(item)

    def clear(self, name: str) -> None:
        """Forget what waits in a group."""
        group = self.state.agenda.group(name)
        items = list(group.heap.items)
        for item in items:
            if item.dirty:
                self.evaluate(item)
        group.cleared = self.state.recency
        for item in list(group.heap.items):
            for row in list(item.rows):
                unqueue_row(self, item, row)
                row.queued = True  # a change of its facts does not bring it back

    def clear_activation_group(self, name: str) -> None:
        """Let nothing else of an activation group fire."""
        for path in self.network.paths:
            if path.rule.activation_group == name:
                item = self.state.items[path.number]
                for row in list(item.rows):
                    unqueue_row(self, item, row)

    # -- firing --------------------------------------------------------------------------------

    def fire_all(self, limit: int, accept: Callable[[Path], bool]) -> int:
        """Fire until nothing is left, something halts, or the limit is reached."""
        count, self.firing = 0, True
        self.flush()
        self._wake()
        while self.firing:
            self.evaluate_eager()
            group = self.state.agenda.next_group(self.state.recency)
            fired = 0
            if group is not None and (limit < 0 or count < limit):
                fired = self._fire_item(group, count, limit, accept)
                count += fired
            else:
                group = None
            if not self.flush() and not fired and group is None:
                break
        agenda = self.state.agenda
        if len(agenda.stack) == 1 and not agenda.stack[0].heap.items:
            agenda.stack[0].active = False
        self.firing = False
        return count

    def _wake(self) -> None:
        """Let timers go on that are due."""
        now: datetime = self.run.context.now
        for item in self.state.items:
            if any(at <= now for at in self._alarms(item)):
                self.propagation.notify(item)

    def _alarms(self, item: Item) -> Iterator[datetime]:
        """When timers of a rule go on next."""
        path = self.network.paths[item.number]
        for node, memory in zip(path.nodes, item.memories, strict=True):
            next_due = getattr(node, "next_due", None)
            at = None if next_due is None else next_due(memory)
            if at is not None:
                yield at

    def moments(self, now: datetime | None) -> Iterator[datetime]:
        """When timers go on next, and when rules with waiting matches become effective."""
        coming: set[int] | None = None
        for item in self.state.items:
            yield from self._alarms(item)
            effective = self.network.paths[item.number].rule.effective
            if effective is None or (now is not None and effective <= now):
                continue
            coming = self._coming() if coming is None else coming
            if item.queued or item.number in coming:
                yield effective

    def _coming(self) -> set[int]:
        """Rules that ask for facts which wait to be carried in."""
        return {
            entrance[0]
            for change in self.state.pending
            if change.handle is not None
            for alpha in self.propagation.alphas(change.handle)
            for entrance in alpha.entrances
        }

    def _fire_item(
        self, group: Group, count: int, limit: int, accept: Callable[[Path], bool]
    ) -> int:
        item = group.heap.peek()
        if item is None:
            return 0
        if item.dirty:
            self.evaluate(item)
        path = self.network.paths[item.number]
        fired = 0
        while (row := next_row(item)) is not None:
            if not self._effective(path, row) or not accept(path):
                continue
            self._fire_row(path, row)
            fired += 1
            self.flush()
            self._sort_in(item)
            if not self.firing or (0 <= limit <= count + fired):
                break
            self.evaluate_eager()
            other = self.state.agenda.peek()
            if other is not None and other is not item and self._gives_way(item, other):
                break
            if item.dirty:
                self.evaluate(item)
        if not item.dirty and not item.rows:
            self.state.agenda.unqueue(item)
        return fired

    def _sort_in(self, item: Item) -> None:
        first = None if item.heap is None else item.heap.peek()
        if first is not None and first.salience != item.salience:
            self.state.agenda.unqueue(item)
            item.salience = first.salience
            self.state.agenda.queue(item)

    @staticmethod
    def _gives_way(item: Item, other: Item) -> bool:
        if other.group != item.group:
            return True
        if other.salience != item.salience:
            return other.salience > item.salience
        return other.order < item.order

    def _effective(self, path: Path, row: Row) -> bool:
        rule = path.rule
        now: datetime = self.run.context.now
        if rule.effective is not None and now < rule.effective:
            return False
        if rule.expires is not None and now > rule.expires:
            return False
        if callable(rule.enabled):
            return rule.enabled(self.run, row.facts) is True
        return bool(rule.enabled)

    def _fire_row(self, path: Path, row: Row) -> None:
        rule = path.rule
        if len(self.fired) >= self.limits.firings_per_turn:
            raise LimitExceeded(self._loop())
        if rule.activation_group:
            self.clear_activation_group(rule.activation_group)
        shown = tuple([row.facts[at].number for at in path.visible if at < len(row.facts)])
        self.fired.append((path, row, shown))
        self.recent.append(rule.name)
        self.path, self.row = path, row
        self.before, row.logical = dict(row.logical or {}), dict(row.logical or {})
        run = self.run
        fuel, run.cells = run.fuel, self.limits.script_cells
        run.fuel = given = min(fuel, self.limits.script_steps)
        try:
            if rule.consequence is not None:
                rule.consequence(run, *[read(run, row.facts) for _, read in rule.arguments])
        except ScriptThrow as thrown:
            raise self._failure(path, thrown) from None
        except LimitExceeded as exceeded:
            what = TOGETHER if not run.fuel and given < self.limits.script_steps else exceeded
            raise LimitExceeded(f'rule "{rule.name}": {what}') from None
        finally:
            self.path = None
            run.fuel = fuel - (given - run.fuel)
        if self.before:
            self.withdraw(row, self.before)
        if not row.logical:
            row.logical = None
        self.row = None

    @staticmethod
    def _failure(path: Path, thrown: ScriptThrow) -> ScriptFailure:
        what = thrown.type_name + (f": {thrown.text}" if thrown.text else "")
        line = f", line {thrown.line} of its consequence" if thrown.line else ""
        place = f'rule "{path.rule.name}"{line}: '
        return ScriptFailure(
            place + what,
            line=thrown.line,
            logged=place + thrown.type_name,
        )

    def _loop(self) -> str:
        most = Counter(self.recent).most_common(5)
        names = ", ".join(f'"{name}" ({count})' for name, count in most)
        bound = self.limits.firings_per_turn
        return (
            f"more than {bound} rules fired without coming to rest; of the last "
            f"{len(self.recent)} firings: {names}; if that is meant, raise firings_per_turn"
        )
