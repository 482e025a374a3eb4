"""Who has how much to do, and whose turn it is: what policies read and what they leave behind.

Both are read in the turn that makes the tasks and count what that turn has given out already.
Turns that ask about the same thing follow one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol
from zlib import crc32

from sqlalchemy import insert, select, update

from procession.runtime.projection import ProjectingTurn
from procession.store.repositories.tasks import loads_of
from procession.store.tables import counter

_PREFIX: Final = "round robin "


class Loads(Protocol):
    """What policies ask."""

    def next_turn(self, name: str) -> int:
        """How often somebody has been chosen under that name before."""
        ...

    def least(self, users: Sequence[str]) -> str:
        """Who of them has the fewest open tasks; of several the first by name."""
        ...


class StoredLoads:
    """The same over the store, for one turn."""

    def __init__(self, turn: ProjectingTurn) -> None:
        self._turn = turn
        self._turns: dict[str, int] = {}
        self._given: Counter[str] = Counter()

    def next_turn(self, name: str) -> int:
        """How often somebody has been chosen under that name before; one more from now on."""
        known = self._turns.get(name)
        key = _PREFIX + name
        if known is None:
            self._turn.touch("round robin", crc32(key.encode()))
            wanted = select(counter.c.value).where(counter.c.name == key)
            rows = self._turn.reader.execute(wanted)
            known = rows[0][0] if rows else None
        if known is None:
            self._turn.uow.execute(insert(counter).values(name=key, value=1))
        else:
            mine = update(counter).where(counter.c.name == key, counter.c.value == known)
            self._turn.uow.execute(mine.values(value=known + 1), guard=1)
        known = known or 0
        self._turns[name] = known + 1
        return known

    def least(self, users: Sequence[str]) -> str:
        """Who of them has the fewest open tasks; of several the first by name."""
        self._turn.touch("load balance", 0)
        loads = loads_of(self._turn.reader, users)
        found = min(users, key=lambda user: (loads.get(user, 0) + self._given[user], user))
        self._given[found] += 1
        return found
