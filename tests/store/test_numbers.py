"""Numbers ascend, are never given twice, and never go back, whatever dies."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from procession.store import postgresql
from procession.store.numbering import SEQUENCES, Blocks
from procession.store.opening import open_store
from procession.store.sqlite import BLOCK
from procession.store.store import Store
from procession.store.trips import Trips

from . import rows

SRC = Path(__file__).resolve().parents[2] / "src"


def test_numbers_begin_at_one_and_are_dense(store: Store) -> None:
    assert [store.next_ids("public", 1)[0] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert store.next_ids("public", 3) == range(6, 9)


def test_sequences_do_not_know_each_other(store: Store) -> None:
    for name in SEQUENCES:
        assert store.next_ids(name, 2) == range(1, 3)


def test_many_numbers_at_once_are_in_a_row(store: Store) -> None:
    first = store.next_ids("job", 1)
    many = store.next_ids("job", 2500)

    assert len(many) == 2500
    assert many[0] > first[-1]
    assert store.next_ids("job", 1)[0] > many[-1]


def test_threads_never_get_the_same_number(store: Store) -> None:
    drawn: list[list[int]] = [[] for _ in range(4)]

    def draw(mine: list[int]) -> None:
        for count in range(1, 120):
            mine.extend(store.next_ids("public", count % 4 + 1))

    threads = [threading.Thread(target=draw, args=(mine,)) for mine in drawn]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    together = [number for mine in drawn for number in mine]
    assert len(together) == len(set(together))
    assert all(mine == sorted(mine) for mine in drawn)


@pytest.mark.sqlite_only
def test_a_clean_close_leaves_no_gap(store: Store, database_kind: str, database_url: str) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory is gone when it is closed")
    last = store.next_ids("public", 7)[-1]
    store.close()

    again = open_store(database_url)
    assert again.next_ids("public", 1)[0] == last + 1
    again.close()


KILLED = """
import os, signal, sys
from procession.store.opening import open_store
store = open_store(sys.argv[1])
last = store.next_ids("public", 17)[-1]
unit = store.unit_of_work()
from procession.store.rows import TaskContentRow
unit.insert(TaskContentRow(last, None, "input", b""))
assert store.commit([unit]) == [None]
print(last, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_numbers_do_not_go_back_when_the_process_is_killed(
    database_kind: str, database_url: str
) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory is gone with its process")
    last = 0
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-c", KILLED, database_url],
            env={"PYTHONPATH": str(SRC)},
            capture_output=True,
            text=True,
        )
        number = int(run.stdout or 0)
        assert last < number <= last + BLOCK + 17, run.stderr
        last = number

    store = open_store(database_url)
    assert store.next_ids("public", 1)[0] > last
    with store.read() as reader:
        assert len(reader.hot("content", (last,))) == 1
    store.close()


@pytest.mark.sqlite_only
def test_two_programs_on_one_file_draw_different_numbers(
    store: Store, database_kind: str, database_url: str
) -> None:
    if database_kind == "memory":
        pytest.skip("nobody else can open a database in memory")
    other = open_store(database_url)
    mine, yours = set(), set()
    for number in range(1500):
        mine.update(store.next_ids("public", 1))
        yours.update(other.next_ids("public", 1))
        if number % 500 == 0:
            unit = store.unit_of_work()
            unit.insert(rows.job(number))
            assert store.commit([unit]) == [None]
    other.close()

    assert not mine & yours


def test_a_block_reserved_too_late_is_left_out() -> None:
    reserved = iter([{"public": range(1, 11)}, {"public": range(21, 31)}])
    blocks = Blocks(lambda name, count, wait: next(reserved))

    assert blocks.draw("public", 8) == range(1, 9)
    assert blocks.draw("public", 4) == range(21, 25)
    blocks.add({"public": range(11, 21)})
    blocks.add({"public": range(31, 41)})

    assert blocks.draw("public", 12) == range(25, 37)
    assert blocks.low(5) == ["public"]
    assert blocks.rest() == {"public": range(37, 41)}


@pytest.mark.postgresql
def test_a_load_that_begins_again_draws_what_the_last_one_used_in_one_trip(
    store: Store, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind != "postgresql":
        pytest.skip("a file is not asked by trips")
    trips: list[list[str]] = []
    set_out = Trips.set_out

    def told(self: Trips, asked: Sequence[Any]) -> Any:
        trips.append([one[0] for one in asked if "nextval" in one[0]])
        return set_out(self, asked)

    last = 0
    for _ in range(12):
        last = store.next_ids("public", 1)[-1]
        store.next_ids("content", 1)
    now = time.monotonic
    monkeypatch.setattr(postgresql.time, "monotonic", lambda: now() + 10)
    monkeypatch.setattr(Trips, "set_out", told)

    again = [store.next_ids("public", 1)[0] for _ in range(4)]
    store.next_ids("content", 1)

    assert [len(trip) for trip in trips if trip] == [2]
    assert again[0] > last
    assert again == list(range(again[0], again[0] + 4))
