"""SIGKILL under load: nothing acknowledged is lost, nothing in the store is done twice."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.acceptance.server import Server, entries
from tests.plain_http import Asker

KILLS = int(os.environ.get("PROCESSION_KILLS", "10"))
MODELS = Path(__file__).parent / "models"
UNIT = "org.load:load:1.0"
CALLERS = 4
LARGE = 150_000
"""Bytes of a text that some instances carry: several in a batch are more than a socket takes."""

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]


class Load:
    """Callers that write down every answer they got, until the server goes away."""

    def __init__(self, server: Server, number: int) -> None:
        self.server = server
        self.number = number
        self.started: dict[int, str] = {}
        self.completed: set[int] = set()
        self.trying: set[int] = set()
        self._lock = threading.Lock()
        self._is_answered = threading.Event()
        self._threads = [
            threading.Thread(target=self._call, args=(caller,)) for caller in range(CALLERS)
        ]

    def run_until_killed(self, seconds: float) -> None:
        """Call until the server is killed, so long after its first answer."""
        for thread in self._threads:
            thread.start()
        assert self._is_answered.wait(60), "nothing was answered"
        time.sleep(seconds)
        self.server.kill()
        for thread in self._threads:
            thread.join()

    def _call(self, caller: int) -> None:
        dice = random.Random(CALLERS * self.number + caller)
        with self.server.client() as client:
            turn = caller
            while True:
                turn += 1
                process = "load.timer" if turn % 3 == 0 else "load.order"
                text = dice.randbytes(dice.randrange(LARGE) // 2 if turn % 2 else 4).hex()
                try:
                    self._one(client, process, text)
                except httpx2.HTTPError:
                    return

    def _one(self, client: httpx2.Client, process: str, text: str) -> None:
        variables = {"n": 1, "load": self.number, "text": text}
        answer = client.post(f"/runtime/{UNIT}/process/{process}/start", json=variables)
        if answer.status_code == 503:
            return
        assert answer.status_code == 200, answer.text
        instance = int(answer.json()["id"])
        with self._lock:
            self.started[instance] = process
        self._is_answered.set()
        if process == "load.timer":
            return
        found = client.get("/task/query", params={"processInstanceId": instance})
        task = found.json()["list"][0]["id"]
        for operation in ("claim", "start"):
            assert client.post(f"/task/{task}/{operation}").status_code == 200
        with self._lock:
            self.trying.add(instance)
        answer = client.post(f"/task/{task}/complete?map_done=1i")
        assert answer.status_code == 200, answer.text
        with self._lock:
            self.completed.add(instance)


def check(server: Server, load: Load) -> None:
    """What was acknowledged is there, and nothing is there twice."""
    with server.asker() as asker:
        deadline = time.monotonic() + 20
        path = f"/history/variable/load/value/{load.number}/instances?pageSize=10000"
        made = {entry["processInstanceId"] for entry in entries(listed(asker, path))}
        assert set(load.started) <= made
        assert len(made) <= len(load.started) + CALLERS, "more was started than anybody asked for"
        for instance, process in load.started.items():
            code, log = asker.get(f"/history/instance/{instance}")
            assert code == 200, f"instance {instance} was acknowledged and is lost"
            while process == "load.timer" and entries(log)[0]["status"] == 1:
                assert time.monotonic() < deadline, f"the timer of instance {instance} is lost"
                time.sleep(0.05)
                log = listed(asker, f"/history/instance/{instance}")
            status = entries(log)[0]["status"]
            if instance in load.completed:
                assert status == 2, f"the completion in instance {instance} is lost"
            elif process == "load.order" and instance not in load.trying:
                assert status == 1
            check_once(asker, instance, process, status)


def listed(asker: Asker, path: str) -> Any:
    code, content = asker.get(path)
    assert code == 200, f"{path}: {content}"
    return content


def check_once(asker: Asker, instance: int, process: str, status: int) -> None:
    entered = Counter(
        row["nodeId"]
        for row in entries(listed(asker, f"/history/instance/{instance}/node"))
        if row["type"] == 0
    )
    assert set(entered.values()) == {1}, f"instance {instance}: a node was entered twice: {entered}"
    assert bool({"end", "t_end"} & set(entered)) == (status == 2)
    told = listed(asker, f"/history/instance/{instance}/variable/n")
    values = [row["value"] for row in entries(told)]
    assert values == (["1", "2"] if status == 2 else ["1"])
    if process == "load.order":
        tasks = listed(asker, f"/task/query?processInstanceId={instance}")
        assert len(tasks["list"]) == 1
        done = tasks["list"][0]["status"] == "Completed"
        assert done == (status == 2), f"task and process of instance {instance} disagree"


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    server = Server(database_url, tmp_path, PROCESSION_JOB_LEASE_SECONDS="2")
    server.start()
    server.deploy(UNIT, MODELS / "load.bpmn")
    dice = random.Random(20260101)
    acknowledged = 0
    try:
        for number in range(KILLS):
            load = Load(server, number)
            load.run_until_killed(dice.uniform(0, 0.6))
            if number % 3 == 1 and sys.platform == "linux":
                server.start_nodes(2)
            else:
                server.start("--nodes", "1")
            check(server, load)
            acknowledged += len(load.started) + len(load.completed)
    finally:
        server.stop()
    assert acknowledged > KILLS
    print(f"{KILLS} kills, {acknowledged} acknowledged calls, none lost, none doubled")
