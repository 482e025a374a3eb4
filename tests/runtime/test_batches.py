"""Who writes: the loop that computed, while commits are short, else the writer."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, select

from procession.engine import Engine
from procession.runtime import batches
from procession.store.tables import process_log
from tests.runtime.rooms import deploy, is_over, script, straight

SHORT = straight("short", script("s", "int a = 1;"))
HERE = threading.get_ident


class Commits:
    """The threads that committed, with the number of turns each time; a disk may be slow."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[int, int]] = []
        self.wait = 0.0
        for way in ("commit", "set_out"):
            self._tell(engine.room.store, way, monkeypatch)

    def _tell(self, store: Any, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
        write = getattr(store, way)

        def told(batch: Sequence[Any]) -> Any:
            time.sleep(self.wait)
            self.made.append((HERE(), len(batch)))
            return write(batch)

        monkeypatch.setattr(store, way, told)


@pytest.fixture
def commits(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Commits:
    deploy(engine, SHORT)
    return Commits(engine, monkeypatch)


def start(engine: Engine, count: int) -> list[int]:
    """Start instances from requests that arrive together; their numbers."""

    async def together() -> list[Any]:
        submit = engine.executive.submit_async
        asked = [
            submit(lambda: engine.processes.start(engine.admin, "short"), actor="admin")
            for _ in range(count)
        ]
        return await asyncio.gather(*asked)

    return [view.id for view in asyncio.run(together())]


def is_near(engine: Engine) -> bool:
    return engine.room.store.is_near


def test_what_arrives_together_is_one_commit_of_the_loop(engine: Engine, commits: Commits) -> None:
    numbers = [number for _ in range(10) for number in start(engine, 8)]

    assert all(is_over(engine, number) for number in numbers)
    assert sum(turns for _, turns in commits.made) == 80
    # Somebody else may be on duty once, hardly ten times.
    assert ((HERE(), 8) in commits.made) is is_near(engine)


def test_a_slow_disk_is_left_to_the_writer_and_comes_back(
    engine: Engine, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_near(engine) or engine.room.store.is_shared:
        pytest.skip("the loop never waits there")
    monkeypatch.setattr(batches, "SHORT", 0.05)  # the disk of a test may be busy
    commits.wait = 0.7
    for _ in range(3):  # somebody else may be on duty once
        start(engine, 1)
    assert commits.made[-1][0] != HERE()

    commits.wait = 0.0
    time.sleep(batches.AGAIN_AFTER)
    for _ in range(10):
        start(engine, 1)

    assert HERE() in [thread for thread, _ in commits.made[-10:]]


def test_a_slow_disk_of_a_server_keeps_nobody_waiting(engine: Engine, commits: Commits) -> None:
    if not is_near(engine) or not engine.room.store.is_shared:
        pytest.skip("the loop writes by itself there, or never")
    commits.wait = 0.05

    for _ in range(10):
        start(engine, 1)

    assert [thread for thread, _ in commits.made].count(HERE()) > 5


def test_who_comes_a_little_later_is_in_the_same_commit(engine: Engine, commits: Commits) -> None:
    if not is_near(engine):
        pytest.skip("the loop never writes there")

    async def one_after_the_other() -> None:
        asked = []
        for _ in range(3):
            asked.append(
                engine.executive.submit_async(
                    lambda: engine.processes.start(engine.admin, "short"), actor="admin"
                )
            )
            await asyncio.sleep(0)
        await asyncio.gather(*asked)

    for _ in range(5):
        asyncio.run(one_after_the_other())

    # Somebody else may be on duty once, hardly five times.
    assert (HERE(), 3) in commits.made


def test_what_may_write_much_is_left_to_the_writer(engine: Engine, commits: Commits) -> None:
    async def clear() -> None:
        await engine.executive.submit_async(
            lambda: engine.history.clear(engine.admin), actor="admin"
        )

    asyncio.run(clear())

    assert HERE() not in {thread for thread, _ in commits.made}
    assert commits.made


def test_a_request_whose_loop_has_gone_is_written_with_the_next(
    engine: Engine, commits: Commits
) -> None:
    async def leave() -> None:
        engine.executive.submit_async(
            lambda: engine.processes.start(engine.admin, "short"), actor="admin"
        )

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    loop.close()

    (number,) = start(engine, 1)

    assert is_over(engine, number)
    assert sum(turns for _, turns in commits.made) == 2


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Another program keeps the database from answering: who writes, on PostgreSQL who reads."""
    url = make_url(engine.room.store.url)
    if url.get_backend_name() == "postgresql":
        with psycopg.connect(url.render_as_string(hide_password=False)) as server:
            server.execute("lock table process_instance, process_log in access exclusive mode")
            yield
    else:
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as file:
            file.execute("begin immediate")
            yield
            file.execute("commit")


def test_another_program_keeps_only_those_waiting_who_need_what_it_locked(engine: Engine) -> None:
    deploy(engine, SHORT)
    for _ in range(3):
        start(engine, 1)
    longest = 0.0

    async def while_locked() -> int:
        nonlocal longest
        with locked(engine):
            started = engine.executive.submit_async(
                lambda: engine.processes.start(engine.admin, "short"), actor="admin"
            )
            until = time.monotonic() + 0.7
            before = time.monotonic()
            while before < until:
                await asyncio.sleep(0)
                before, last = time.monotonic(), before
                longest = max(longest, before - last)
            assert not started.done()
        return (await started).id

    for _ in range(3):  # somebody else may be on duty
        assert is_over(engine, asyncio.run(while_locked()))
    assert longest < 0.5


def test_a_loop_that_ends_before_the_answer_leaves_it_to_others(
    engine: Engine, commits: Commits
) -> None:
    """A batch that was sent is not lost with the loop that waited for its answer."""
    for _ in range(3):
        start(engine, 1)

    async def ask_and_go() -> None:
        engine.executive.submit_async(
            lambda: engine.processes.start(engine.admin, "short"), actor="admin"
        )
        for _ in range(batches._ROUNDS + 3):
            await asyncio.sleep(0)

    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(ask_and_go())
        loop.close()
        (number,) = start(engine, 1)
        assert is_over(engine, number)
    with engine.room.store.read() as reader:
        assert len(reader.execute(select(process_log.c.id))) == 9


def test_who_starts_much_together_starts_it_once(engine: Engine, commits: Commits) -> None:
    """What the database does not take at once is left to the writer, who does not send it again."""
    held = straight("held", script("s", "int a = 1;"), variables="text")
    deploy(engine, held, unit="org.test:held:1.0")

    async def together(size: int) -> list[Any]:
        given = {"text": random.Random(size).randbytes(size).hex()}
        submit = engine.executive.submit_async
        asked = [
            submit(lambda: engine.processes.start(engine.admin, "held", given), actor="admin")
            for _ in range(40)
        ]
        return await asyncio.gather(*asked)

    sizes = range(1_500, 4_500, 250)  # how much a socket takes is the system's affair
    started = {view.id for size in sizes for view in asyncio.run(together(size))}

    with engine.room.store.read() as reader:
        rows = reader.execute(select(process_log.c.instance_id))
    assert sorted(row[0] for row in rows) == sorted(started)
    assert len(started) == 40 * len(sizes)
