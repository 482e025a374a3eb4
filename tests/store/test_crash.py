"""What was answered is there after the process was killed, and every turn is there whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from procession.store.opening import open_store
from procession.store.tables import node_log, process_instance, wait

SRC = Path(__file__).resolve().parents[2] / "src"
TESTS = Path(__file__).resolve().parents[1]

WRITER = """
import sys
from procession.store.opening import open_store
from store import rows

store = open_store(sys.argv[1])
while True:
    units = []
    for _ in range(4):
        (number,) = store.next_ids("public", 1)
        unit = store.unit_of_work()
        unit.save_instance(rows.instance(number), None)
        unit.insert(rows.wait(number, 1))
        for _ in range(3):
            unit.insert(rows.node(number))
        units.append((number, unit))
    assert store.commit([unit for _, unit in units]) == [None] * 4
    print(*[number for number, _ in units], flush=True)
"""


def test_nothing_answered_is_lost_when_the_process_is_killed(
    database_kind: str, database_url: str
) -> None:
    if database_kind == "memory":
        pytest.skip("a database in memory is gone with its process")
    answered: list[int] = []
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url],
            env={"PYTHONPATH": f"{SRC}:{TESTS}"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            answered += map(int, process.stdout.readline().split())
            time.sleep(0.15)
            process.send_signal(signal.SIGKILL)
            lines = process.stdout.read().splitlines(keepends=True)
            for line in lines:
                if line.endswith("\n"):
                    answered += map(int, line.split())

    assert answered
    assert len(set(answered)) == len(answered)
    store = open_store(database_url)
    with store.read() as reader:
        stored = {row.id for row in reader.execute(select(process_instance.c.id))}
        waiting = {row.instance_id for row in reader.execute(select(wait.c.instance_id))}
        logs = reader.execute(
            select(node_log.c.instance_id, func.count()).group_by(node_log.c.instance_id)
        )
    assert set(answered) <= stored
    assert waiting == stored
    assert {tuple(row) for row in logs} == {(number, 3) for number in stored}
    assert store.next_ids("public", 1)[0] > max(stored)
    store.close()
