"""Siblings: several stores on one SQLite file, as processes of one server have them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from procession.store.opening import claim, open_store
from procession.store.siblings import Siblings
from procession.store.sqlite import SqliteStore
from procession.store.store import Store

from . import rows


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two stores that share a file."""
    ends = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
    url = f"sqlite:///{tmp_path}/shared.db"
    lock = claim(url)
    assert lock is not None
    stores = [
        open_store(url, exclusive=not number, siblings=Siblings(ends[number][0], [other]))
        for number, other in enumerate((ends[1][1], ends[0][1]))
    ]
    yield stores[0], stores[1]
    for store in stores:
        store.close()
    lock.release()
    for one in ends:
        for end in one:
            end.close()


def test_numbers_are_never_given_twice_and_rise_together(pair: tuple[Store, Store]) -> None:
    drawn: dict[int, list[int]] = {0: [], 1: []}

    def draw(number: int) -> None:
        for _ in range(300):
            drawn[number].append(pair[number].next_ids("public", 1)[0])

    threads = [threading.Thread(target=draw, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({*drawn[0], *drawn[1]}) == 600
    assert all(numbers == sorted(numbers) for numbers in drawn.values())
    assert max(drawn[0] + drawn[1]) <= 600 + 2 * 64


def test_what_one_tells_is_heard_before_the_other_reads(pair: tuple[Store, Store]) -> None:
    heard: list[tuple[str, str]] = []
    told: list[tuple[str, str]] = []
    pair[1].listen(lambda channel, payload: heard.append((channel, payload)))
    pair[0].listen(lambda channel, payload: told.append((channel, payload)))
    for number in range(50):
        pair[0].notify("definitions", str(number))
        with pair[1].read():
            assert heard[-1] == ("definitions", str(number))
    pair[1].notify("identity", "")
    until = time.monotonic() + 5
    while not told and time.monotonic() < until:
        time.sleep(0.01)
    assert told == [("identity", "")], "and it is heard by who reads nothing"


def test_siblings_wait_for_each_others_transactions(pair: tuple[Store, Store]) -> None:
    first, second = pair
    assert isinstance(first, SqliteStore)
    assert isinstance(second, SqliteStore)
    order: list[str] = []
    with first._writing():
        thread = threading.Thread(
            target=lambda: order.append(f"drawn {second.next_ids('job', 1)[0]}")
        )
        thread.start()
        time.sleep(0.1)
        order.append("written")
    thread.join()
    assert order == ["written", "drawn 1"]


def test_a_server_that_is_no_sibling_is_refused(pair: tuple[Store, Store]) -> None:
    from procession.errors import StoreUnavailable

    with pytest.raises(StoreUnavailable, match="another process serves this database"):
        open_store(pair[0].url, exclusive=True)


def test_who_draws_numbers_and_who_writes_do_not_wait_for_each_other(
    pair: tuple[Store, Store],
) -> None:
    """A number that is drawn may need the file; a commit reserves numbers on the side."""
    over = threading.Event()

    def draw(store: Store) -> None:
        while not over.is_set():
            store.next_ids("job", 50)

    def write(store: Store, first: int) -> int:
        for id in range(first, first + 150):
            unit = store.unit_of_work()
            unit.insert(rows.instance(id))
            assert store.commit([unit]) == [None]
        return first

    with ThreadPoolExecutor(6) as pool:
        for store in (*pair, *pair):
            pool.submit(draw, store)
        writing = [pool.submit(write, store, at) for store, at in zip(pair, (1, 1001), strict=True)]
        try:
            assert [one.result(60) for one in writing] == [1, 1001]
        finally:
            over.set()
