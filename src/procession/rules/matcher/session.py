"""A session at work: facts come, change and go, changes are carried in and rules evaluated."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import msgspec

from procession.core.ports import Limits, ScriptContext
from procession.errors import LimitExceeded
from procession.rules.matcher.agenda import Item
from procession.rules.matcher.inner import evaluate_nodes
from procession.rules.matcher.network import Network, Path
from procession.rules.matcher.propagation import Propagation
from procession.rules.matcher.rows import Cause, Handle, Row
from procession.rules.matcher.state import Change, State
from procession.rules.matcher.terminal import arrive, unqueue_row
from procession.rules.matcher.watching import Table

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
        state.post(Change("insert", handle, self.cause(handle)))
        return handle

    def change(self, handle: Handle) -> None:
        """Say that a fact has changed."""
        self.state.recency += 1
        handle.recency = self.state.recency
        self.changes.append(("updated", handle.number))
        self.state.post(Change("update", handle, self.cause(handle)))

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
        self.state.post(Change("delete", handle, self.cause(handle)))

    def is_fact(self, thing: Any) -> bool:
        """Whether this very object is a fact."""
        return id(thing) in self.by_object

    def rest(self) -> None:
        """Forget what came of the last run, so that objects which are gone can go."""
        self.fired, self.changes, self.before = [], [], {}
        self.path = self.row = self.run = None

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
            handle.key, handle.justifiers = key, Table()
            state.logical[key] = handle
        if handle.justifiers is not None:
            handle.justifiers[row] = None
        if row.logical is None:
            row.logical = Table()
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
            changes, state.pending = state.pending, Table()
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
