"""Loaded instances: a bounded cache of decoded states.

Used by the executive's thread alone. A state in it is what the row held when it was last read or
written here; another node may have moved it on, which the version on the row tells when it is
written (``reference/architecture.md`` 9.1a).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from procession.errors import Fault
from procession.runtime.claims import Key
from procession.runtime.definitions import Definitions
from procession.runtime.held import Held, from_row
from procession.store.hot import load_instances
from procession.store.store import Reader, Store

if TYPE_CHECKING:
    from procession.runtime.rule_sessions import RuleSessions


class LoadedInstances:
    """The instances used last; the row is always the truth."""

    def __init__(self, definitions: Definitions, capacity: int, store: Store) -> None:
        self._definitions = definitions
        self._store = store
        self._capacity = capacity
        self._held: OrderedDict[int, Held] = OrderedDict()
        self._recalled: dict[int, int] = {}

    @cached_property
    def rule_sessions(self) -> RuleSessions:
        """The working memories of rules; loaded when the first is needed."""
        from procession.runtime.rule_bases import RuleBases
        from procession.runtime.rule_sessions import RuleSessions

        return RuleSessions(RuleBases(self._store, self._definitions))

    def begin(self) -> None:
        """A turn is about to be computed."""
        self._recalled.clear()

    def drop_outdated(self, reader: Reader | None, guarded: Collection[int]) -> bool:
        """Forget what the turn recalled from memory and another node has moved since.

        Whether there was any; ``guarded`` instances need no look, since their version is checked
        when they are written.
        """
        found = False
        for number, version in self._recalled.items():
            if number not in guarded and reader is not None:
                try:
                    rows = reader.hot("instance_version", (number,))
                except Fault:  # then the turn itself fails, or has failed
                    return False
                if not rows or rows[0][0] != version:
                    self._held.pop(number, None)
                    found = True
        return found

    def load(self, reader: Reader, instance_id: int) -> Held | None:
        """A living instance, from memory or from its row."""
        held = self._held.get(instance_id)
        if held is not None:
            self._held.move_to_end(instance_id)
            self._recalled[instance_id] = held.version
            return held
        rows = load_instances(reader, (instance_id,))
        if not rows:
            return None
        held = from_row(rows[0], self._definitions)
        self._remember(held)
        return held

    def uuid_of(self, instance_id: int) -> str | None:
        """The second half of an instance's id, which never changes, if it is in memory."""
        held = self._held.get(instance_id)
        return held.uuid if held is not None else None

    def moved(self, changed: Iterable[Held]) -> None:
        """These were made durable, one version on."""
        for held in changed:
            if held.state.is_over:
                self._held.pop(held.id, None)
            else:
                held.version += 1
                self._remember(held)

    def lost(self, keys: Iterable[Key]) -> None:
        """What a turn had of these is not to be trusted."""
        for kind, number in keys:
            if kind == "instance":
                self._held.pop(number, None)

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()

    def _remember(self, held: Held) -> None:
        if not self._capacity:
            return
        self._held[held.id] = held
        self._held.move_to_end(held.id)
        if len(self._held) > self._capacity:
            self._held.popitem(last=False)
