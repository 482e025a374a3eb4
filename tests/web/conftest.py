"""What the tests of requests that arrive together begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from procession.engine import Engine
from procession.store import trips
from procession.store.nearness import Nearness
from procession.store.trips import Trips
from serving import put_people
from tests.rest.oneweb import models

from .desks import BOOKED, UNIT, Desk


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # However busy this machine is, the database is near, and connections are at hand.
    monkeypatch.setattr(Nearness, "is_near", property(lambda nearness: True))
    monkeypatch.setattr(trips, "A_MOMENT", 10.0)
    with Engine.open(database_url) as engine:
        store: Any = engine.room.store
        for reader in [store._take_reader(True) for _ in range(4)]:
            store._return_reader(reader)
        put_people(engine, {"ann": ("clerks",), "bob": ("clerks",), "eve": ("guests",)})
        files = {"one.bpmn": models.ONE_TASK, "booked.bpmn": BOOKED}
        assert engine.deployments.deploy(engine.admin, UNIT, files).success
        desk = Desk(engine)
        yield desk
        desk.close()


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sequence[str]]]:
    """The statements of every trip to PostgreSQL."""
    seen: list[Sequence[str]] = []
    set_out = Trips.set_out

    def told(self: Trips, asked: Sequence[Any]) -> Any:
        seen.append([one[0] for one in asked])
        return set_out(self, asked)

    monkeypatch.setattr(Trips, "set_out", told)
    return iter([seen])
