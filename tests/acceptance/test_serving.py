"""The real command: first start, later starts, SIGTERM, two nodes, the README's example."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.acceptance.server import PASSWORD, SRC, Server, rows

MODELS = Path(__file__).parent / "models"
UNIT = "org.load:load:1.0"

pytestmark = pytest.mark.acceptance


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    server = Server(database_url, tmp_path, PROCESSION_JOB_LEASE_SECONDS="2")
    yield server
    server.stop()


def start(client: httpx2.Client, process: str = "load.order") -> int:
    answer = client.post(f"/runtime/{UNIT}/process/{process}/start?map_n=1i")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def status(client: httpx2.Client, instance: int) -> int:
    return int(rows(client.get(f"/history/instance/{instance}"))[0]["status"])


def test_sigterm_finishes_what_is_in_hand_and_what_was_answered_is_there_afterwards(
    server: Server,
) -> None:
    server.start()
    server.deploy(UNIT, MODELS / "load.bpmn")
    answered: list[int] = []
    others: set[int] = set()

    def call() -> None:
        with server.client() as client:
            while True:
                try:
                    answer = client.post(f"/runtime/{UNIT}/process/load.order/start?map_n=1i")
                except httpx2.HTTPError:
                    return
                if answer.status_code != 200:
                    others.add(answer.status_code)
                    return
                answered.append(int(answer.json()["id"]))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(answered) < 20:
        time.sleep(0.01)
    code = server.stop()
    for thread in threads:
        thread.join()

    assert code == 0, server.tail()
    assert "Traceback" not in server.tail()
    assert others <= {503}
    server.start()
    with server.client() as client:
        assert {status(client, instance) for instance in answered} == {1}
        start(client)


def test_the_first_start_with_the_demo_prints_lines_that_work_as_they_are(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/data/procession.db", tmp_path)
    del server.environment["PROCESSION_ADMIN_PASSWORD"]
    try:
        first = server.start("--demo")
        assert server.used() < 10, "a first start is a matter of seconds"
        banner = server.tail()
        assert f"Procession is ready at {server.base}" in banner
        assert str(tmp_path / "data/procession.db") in banner
        [password] = re.findall(r"User admin has the password: (\S+)", banner)
        lines = [line for line in banner.splitlines() if line.startswith("  curl ")]
        assert len(lines) == 4

        answers = [
            subprocess.run(
                ["sh", "-c", f"{line} -sS --fail-with-body --noproxy '*'"],
                capture_output=True,
                text=True,
                check=False,
            )
            for line in lines
        ]

        for line, done in zip(lines, answers, strict=True):
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        started, tasks, logs, booked = (done.stdout for done in answers)
        assert "<status>SUCCESS</status>" in started or "<id>1</id>" in started
        assert json.loads(tasks)["list"], tasks
        assert "evaluation" in logs
        assert json.loads(booked)

        assert server.stop() == 0
        server.log.write_text("")
        later = server.start("--demo")
        assert server.used() < 5, "a later start is quicker"
        again = server.tail()
        assert password not in again
        assert "User admin has the password" not in again
        assert "  curl -u admin -X POST" in again, "curl asks for a password we do not know"
        with server.client("admin", password) as client:
            assert client.get("/deployment").status_code == 200
            assert status(client, 1) == 1
        print(f"first start {first:.2f} s, later start {later:.2f} s")
    finally:
        server.stop()


def test_no_password_is_stored_in_the_clear(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/procession.db", tmp_path)
    server.start()
    assert server.stop() == 0

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("procession.db*"))

    assert PASSWORD.encode() not in stored
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in stored  # what OWASP asks for at least


def test_two_servers_on_one_postgresql_work_on_the_same_instances(
    database_url: str, database_kind: str, tmp_path: Path
) -> None:
    """One is killed: the other goes on with its instances and its timers."""
    if database_kind == "sqlite":
        pytest.skip("one process serves a SQLite file")
    directories = [tmp_path / "one", tmp_path / "other"]
    for directory in directories:
        directory.mkdir()
    one, other = (
        Server(
            database_url,
            directory,
            PROCESSION_JOB_LEASE_SECONDS="2",
            PROCESSION_JOB_POLL_SECONDS="1",
        )
        for directory in directories
    )
    try:
        one.start()
        other.start()
        one.deploy(UNIT, MODELS / "load.bpmn")
        with one.client() as first, other.client() as second:
            deadline = time.monotonic() + 5
            while second.post(f"/runtime/{UNIT}/process/load.order/start?map_n=1i").is_error:
                assert time.monotonic() < deadline, "the other server does not hear of the unit"
                time.sleep(0.05)
            instances = [start(first) for _ in range(5)]
            tasks = []
            for instance in instances:
                found = second.get("/task/query", params={"processInstanceId": instance})
                tasks.append(found.json()["list"][0]["id"])
                assert second.post(f"/task/{tasks[-1]}/claim").status_code == 200
                assert first.post(f"/task/{tasks[-1]}/start").status_code == 200
            timers = [start(first, "load.timer") for _ in range(10)]
            one.kill()

            for task in tasks:
                done = second.post(f"/task/{task}/complete?map_done=1i")
                assert done.status_code == 200, done.text
            assert {status(second, instance) for instance in instances} == {2}
            deadline = time.monotonic() + 10
            while {status(second, instance) for instance in timers} != {2}:
                assert time.monotonic() < deadline, "a timer of the server that died is lost"
                time.sleep(0.05)
            for instance in timers:
                log = rows(second.get(f"/history/instance/{instance}/node/t_end"))
                assert len(log) == 2, "a timer fired twice"
    finally:
        one.stop()
        other.stop()


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    """Also the one in the docstring of the engine: the same three lines."""
    text = (SRC.parent / "README.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", text, re.S)
    order = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="u">'
        '<process id="order" isExecutable="true"><startEvent id="s"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/>'
        "</process></definitions>"
    )
    script = tmp_path / "example.py"
    script.write_text(f"xml = {order.encode()!r}\n{example}\nassert instance.state == 2\n")

    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "orders.db").exists()
