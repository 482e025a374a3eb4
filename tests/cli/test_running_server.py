"""Commands while a server has the data file: they go to it, through the run file."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from procession.testing import model
from procession.testing.models import timer
from tests.acceptance.server import Server
from tests.cli.commands import Commands

Served = tuple[Server, Commands]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all these tests; each has a unit of its own."""
    folder = tmp_path_factory.mktemp("served")
    database = f"sqlite:///{folder}/new.db"
    server = Server(database, folder)
    server.start()
    yield server, Commands(database, folder)
    server.stop()


def listed(procession: Commands, what: str, unit: str) -> list[dict[str, Any]]:
    return [one for one in procession(what, "list", "--json").json if one["deployment_id"] == unit]


def until(holds: Callable[[], Any]) -> Any:
    end = time.monotonic() + 10
    while not (found := holds()):
        assert time.monotonic() < end, "it did not happen in time"
    return found


def test_commands_reach_the_running_server(served: Served) -> None:
    server, procession = served
    unit = "org.acme:orders:1.0"
    process = model("order").start().script("s", "").timer("t", "PT10H").end()
    order = procession.file("order.bpmn", process)
    procession.ok("deploy", unit, order)
    procession.ok("group", "add", "sales")
    procession.ok("user", "add", "ann", "--group", "sales", "--password", "secret-1")

    with server.client("ann", "secret-1") as ann:
        assert ann.post(f"/runtime/{unit}/process/order/start").status_code == 200
    [job] = listed(procession, "jobs", unit)
    assert job["kind"] == "timer"
    procession.ok("user", "passwd", "ann", "--password", "secret-2")
    with server.client("ann", "secret-1") as ann:
        assert ann.get("/task/query").status_code == 401
    procession.ok("jobs", "retry", str(job["id"]))
    until(lambda: not listed(procession, "jobs", unit))
    procession("deploy", unit, order).fails_with("already")
    assert (procession.folder / "new.db.run").stat().st_mode & 0o777 == 0o600


def test_a_second_server_on_the_same_file_is_refused(served: Served) -> None:
    server, procession = served

    procession("serve", "--port", "0").fails_with("another process serves this database")

    assert httpx2.get(f"{server.base}/api/ready").status_code == 200
    assert procession.ok("jobs", "list")


def test_an_incident_is_listed_retried_and_cancelled(served: Served) -> None:
    procession = served[1]
    unit = "org.acme:broken:1.0"
    broken = model("broken", jbpm=True, language="http://www.java.com/java")
    broken.start("s", timer("2100-01-01T00:00:00Z", "timeDate"))
    broken.script("x", 'throw new RuntimeException("no");').end()
    procession.ok("deploy", unit, procession.file("broken.bpmn", broken))
    [job] = listed(procession, "jobs", unit)
    procession.ok("jobs", "retry", str(job["id"]), "--retries", "1")

    [incident] = until(lambda: listed(procession, "incidents", unit))
    assert "no" in incident["message"]
    told = procession.ok("incidents", "retry", str(incident["id"]), "--retries", "1")
    assert "is due now" in told
    [incident] = until(lambda: listed(procession, "incidents", unit))
    procession.ok("incidents", "cancel", str(incident["id"]))
    assert listed(procession, "incidents", unit) == []
    assert listed(procession, "jobs", unit) == []


def test_commands_open_the_file_themselves_when_the_server_is_gone(tmp_path) -> None:
    database = f"sqlite:///{tmp_path}/new.db"
    server, procession = Server(database, tmp_path), Commands(database, tmp_path)
    run = tmp_path / "new.db.run"
    server.start()
    server.kill()
    assert run.exists()
    assert procession("jobs", "list", "--json").json == []

    server.start()
    assert server.stop() == 0
    assert not run.exists()
    assert [one["name"] for one in procession("user", "list", "--json").json] == ["admin"]


def test_a_run_file_whose_server_does_not_answer_is_one_line(alone: Commands) -> None:
    alone.ok("migrate")
    with subprocess.Popen(["sleep", "30"]) as sleeper:
        (alone.folder / "new.db.run").write_text(
            f'{{"url": "http://127.0.0.1:1", "key": "k", "pid": {sleeper.pid}}}'
        )
        alone("jobs", "list").fails_with("does not answer", "new.db.run")
        sleeper.kill()
