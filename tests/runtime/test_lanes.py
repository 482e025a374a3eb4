"""Where a route's handler runs: on the event loop, or on a reader's thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from procession.engine import Engine
from procession.web.http import Reply, Request, Route
from procession.web.lanes import Lanes


@pytest.mark.parametrize("lane", ["read", "glance"])
def test_a_glance_stays_on_the_loop_only_where_the_database_is_near(
    engine: Engine, lane: str
) -> None:
    ran: list[int] = []

    def handler(request: Request, engine: Engine) -> Reply:
        ran.append(threading.get_ident())
        return Reply()

    route = Route("GET", "/x", handler, lane, "public")  # type: ignore[arg-type]
    lanes = Lanes(engine, readers=1, pool=1)
    with engine.room.store.read():  # a loop does not open connections
        pass
    try:
        asyncio.run(lanes.run(route, Request("GET", "/x", "/x", {}, b"", engine.admin)))
    finally:
        lanes.close()

    stays = lane == "glance" and engine.room.store.is_near
    assert (ran == [threading.get_ident()]) is stays
