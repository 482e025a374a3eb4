"""Answers that are kept under the key of a request, so that it is carried out once.

They stand among the data stores, in a place that no deployment has, and are written by the turn
that is being computed: with what the request changes, or not at all. Names begin with the day, so
that those of earlier days are found and forgotten together.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sqlalchemy import delete

from procession.runtime import data_stores
from procession.runtime.lanes import Room
from procession.store.tables import data_store
from procession.values import Map, Value

PLACE: Final = "·answers"
DAY_MS: Final = 86_400_000
FORGETS_EVERY: Final = 64


class KeptAnswers:
    """What is kept for one person under one key; only to be asked within a turn."""

    def __init__(self, room: Room, who: str, key: str) -> None:
        self._executive = room.executive
        self._key = sha256(f"{who}\n{key}".encode()).hexdigest()

    def found(self) -> Map | None:
        """What was kept today or yesterday."""
        value: Value = self._kept()[1]
        return value if isinstance(value, Map) else None

    def keep(self, value: Map | None) -> None:
        """Keep something instead; ``None`` keeps nothing. Now and then the old is forgotten."""
        turn = self._executive.turn
        data_stores.write(turn, PLACE, self._kept()[0], value)
        if int(self._key[:4], 16) % FORGETS_EVERY == 0:
            old = data_store.c.name < self._name(1)[:8]
            turn.uow.execute(delete(data_store).where(data_store.c.deployment_id == PLACE, old))

    def _kept(self) -> tuple[str, Value]:
        """Under which name something is kept, and what."""
        names = (self._name(0), self._name(1))
        for name in names:
            value = data_stores.read(self._executive.turn, PLACE, name)
            if value is not None:
                return name, value
        return names[0], None

    def _name(self, days_ago: int) -> str:
        return f"{self._executive.turn.now_ms // DAY_MS - days_ago:08}:{self._key}"
