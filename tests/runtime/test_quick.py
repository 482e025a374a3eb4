"""Turns on an event loop: short ones are computed there, long ones and blocking ones are not."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from procession.engine import Engine
from procession.errors import NotFound
from tests.runtime.rooms import deploy, is_over, script, straight, work_item

SHORT = straight("short", script("s", "int a = 1;"))
LONG = straight("long", script("s", "int a = 0; for (int i = 0; i < 50000; i++) { a = a + i; }"))
WAITING = straight("waiting", work_item("w", "Wait"))
HANDLED = straight("handled", work_item("h", "Handled"))


@pytest.fixture
def where(engine: Engine) -> list[int]:
    """The threads that computed a turn, one entry for each time it was begun."""
    threads: list[int] = []
    start = engine.processes.start

    def told(*given: Any, **named: Any) -> Any:
        threads.append(threading.get_ident())
        return start(*given, **named)

    engine.processes.start = told  # type: ignore[method-assign]
    return threads


def start(engine: Engine, process: str) -> Any:
    """Start a process as a door does: from a running event loop."""

    async def once() -> Any:
        return await engine.executive.submit_async(
            lambda: engine.processes.start(engine.admin, process), actor="admin"
        )

    return asyncio.run(once())


def test_a_short_turn_is_computed_by_the_loop_that_asks(engine, where):
    deploy(engine, SHORT)
    is_near = engine.room.store.is_near

    views = [start(engine, "short") for _ in range(10)]

    assert all(is_over(engine, view.id) for view in views)
    # Somebody else may be on duty once, hardly ten times.
    assert (threading.get_ident() in where) is is_near


def test_a_long_turn_is_dropped_and_leaves_the_loop_free(engine, where):
    deploy(engine, LONG)

    view = start(engine, "long")

    assert is_over(engine, view.id)
    assert where[-1] != threading.get_ident()
    assert where[:-1] in ([], [threading.get_ident()])


def test_a_handler_is_never_called_on_the_loop(engine):
    called: list[int] = []
    engine.handler("Handled")(lambda item: called.append(threading.get_ident()))
    deploy(engine, HANDLED)

    start(engine, "handled")

    assert len(called) == 1
    assert called != [threading.get_ident()]


def test_a_refusal_comes_back_at_once_and_nobody_is_kept_waiting(engine):
    deploy(engine, WAITING)

    with pytest.raises(NotFound):
        start(engine, "nothing of that name")
    assert start(engine, "waiting").id


def test_many_loops_and_threads_share_one_engine(engine):
    deploy(engine, SHORT, WAITING)
    seen: list[int] = []

    async def several() -> list[Any]:
        def one() -> Any:
            return engine.processes.start(engine.admin, "short")

        asked = [engine.executive.submit_async(one, actor="admin") for _ in range(20)]
        return await asyncio.gather(*asked)

    def loop() -> None:
        seen.extend(view.id for view in asyncio.run(several()))

    def thread() -> None:
        seen.extend(engine.processes.start(engine.admin, "short").id for _ in range(20))

    workers = [threading.Thread(target=work) for work in (loop, loop, thread, thread)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(seen) == len(set(seen)) == 80
    assert all(is_over(engine, number) for number in seen)
