"""From changes of facts to staged rows at the entrances of paths, and paths onto the agenda."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procession.rules.matcher.agenda import Item
from procession.rules.matcher.network import Alpha, Network
from procession.rules.matcher.rows import INSERT, Cause, Handle, Row
from procession.rules.matcher.state import State, memory_at
from procession.rules.matcher.watching import Table


class Propagation:
    """Carries changes into the network of one session."""

    __slots__ = ("_classes", "_known", "network", "state")

    def __init__(
        self, network: Network, state: State, classes: Callable[[Any], tuple[str, ...]]
    ) -> None:
        self.network = network
        self.state = state
        self._classes = classes
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Alpha, ...]] = {}

    def alphas(self, handle: Handle) -> tuple[Alpha, ...]:
        """The alpha patterns that ask for the class of a fact, in the order they were written."""
        names = self._classes(handle.object)
        key = (handle.entry_point, names)
        found = self._known.get(key)
        if found is None:
            by_type = self.network.by_type
            some = [one for name in names for one in by_type.get((handle.entry_point, name), ())]
            found = self._known[key] = tuple(sorted(set(some), key=lambda one: one.number))
        return found

    def insert(self, run: Any, handle: Handle, cause: Cause) -> None:
        """A fact has come."""
        thing = handle.object
        if handle.moment is None:
            handle.moment = run.context.now
        for alpha in self.alphas(handle):
            if all(test(run, thing) for test in alpha.tests):
                for entrance in alpha.entrances:
                    self.enter(entrance, handle, cause)

    def update(self, run: Any, handle: Handle, cause: Cause) -> None:
        """A fact has changed."""
        thing, rows = handle.object, handle.rows
        stays: set[tuple[int, int]] = set()
        for alpha in self.alphas(handle):
            if not all(test(run, thing) for test in alpha.tests):
                continue
            for entrance in alpha.entrances:
                stays.add(entrance)
                row = rows.get(entrance)
                if row is None:
                    self.enter(entrance, handle, cause)
                else:
                    self._change(entrance, row, cause)
        for entrance in [one for one in rows if one not in stays]:
            self._leave(entrance, rows.pop(entrance), cause)

    def delete(self, handle: Handle, cause: Cause) -> None:
        """A fact has gone."""
        rows, handle.rows = handle.rows, Table()
        for entrance, row in rows.items():
            self._leave(entrance, row, cause)

    # -- entrances -----------------------------------------------------------------------------

    def enter(self, entrance: tuple[int, int], handle: Handle, cause: Cause) -> None:
        """Stage a new row at an entrance."""
        item = self.state.items[entrance[0]]
        row = handle.rows[entrance] = Row((handle,), cause)
        path = self.network.paths[item.number]
        if entrance[1] == 0:
            item.counter += 1
            item.staged.insert(row)
            first = item.counter == 1
        else:
            memory = memory_at(item, path.places[entrance[1]])
            memory.counter += 1
            memory.staged.insert(row)
            first = memory.counter == 1
        if first and entrance[1] in path.needed:
            item.missing -= 1
        if not item.missing:
            self.notify(item)

    def _change(self, entrance: tuple[int, int], row: Row, cause: Cause) -> None:
        item = self.state.items[entrance[0]]
        if entrance[1] == 0:
            if row.staged != INSERT:
                row.cause = cause
            item.staged.update(row)
        else:
            row.cause = cause
            place = self.network.paths[item.number].places[entrance[1]]
            memory_at(item, place).staged.update(row)
        if not item.missing:
            self.notify(item)

    def _leave(self, entrance: tuple[int, int], row: Row, cause: Cause) -> None:
        item = self.state.items[entrance[0]]
        path = self.network.paths[item.number]
        row.cause = cause
        linked = not item.missing
        if entrance[1] == 0:
            item.counter -= 1
            item.staged.delete(row)
            last = item.counter == 0
        else:
            memory = memory_at(item, path.places[entrance[1]])
            memory.counter -= 1
            memory.staged.delete(row)
            last = memory.counter == 0
            if last and memory.unlinked:
                memory.unlinked = False
                item.missing -= 1
                linked = not item.missing
        if linked:
            self.notify(item)
        if last and entrance[1] in path.needed:
            item.missing += 1

    def notify(self, item: Item) -> None:
        """Put a path on the agenda, to be evaluated."""
        item.dirty = True
        agenda = self.state.agenda
        agenda.queue(item)
        if self.network.paths[item.number].rule.eager:
            agenda.eager[item] = None

    def block(self, item: Item) -> None:
        """Let a path wait while a ``not`` without conditions on others has a fact."""
        path = self.network.paths[item.number]
        for entrance in path.blocking:
            memory = memory_at(item, path.places[entrance])
            if memory.counter and not memory.unlinked:
                memory.unlinked = True
                item.missing += 1
