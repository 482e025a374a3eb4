"""``procession oneweb``: the starter runs, and what was recorded replays as a test."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from procession.cli.exchanges import load
from procession.cli.recorder import Recorder
from procession.cli.stub import Stub
from procession.engine import Engine
from serving import PASSWORD, Served, put_people, serving
from tests.cli.commands import Commands

ROOT = "/BPMREST/service/runtime"
UNIT = "com.example:MyApp:v.0.1.0"
NAMES = ["Leave Request", "ใบลา", 'A "quoted" & <odd> 100% name', "2nd 😀"]


@contextmanager
def opened(folder: Path) -> Iterator[Served]:
    """A server with the processes of a folder."""
    with Engine.open("sqlite://") as engine:
        put_people(engine, {"ann": ("clerks",), "มาลี": ("clerks",)}, act_for_others=(None, "ann"))
        for party in ("Staff", "Approvers"):
            engine.people.add_party(engine.admin, party, None)
            engine.people.add_party_member(engine.admin, party, "ann")
        found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.bpmn"))}
        engine.deployments.deploy(engine.admin, UNIT, found)
        with serving(engine) as served:
            yield served


@contextmanager
def recording(server: str, file: Path) -> Iterator[str]:
    """The proxy, really listening."""
    with file.open("a", encoding="utf-8") as kept, listening_for(Recorder(server, kept)) as base:
        yield base


@contextmanager
def listening_for(app: Any) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(app, log_config=None, ws="none")
        proxy = uvicorn.Server(config)
        thread = threading.Thread(target=proxy.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not proxy.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        proxy.should_exit = True
        thread.join(20)


def story(base: str, name: str) -> None:
    """What a client says: log in, start, complete twice, go round once, look for what is gone."""
    login = {"username": "ann", "password": PASSWORD, "ldapproviderurl": "", "clientId": "app"}
    with httpx2.Client(base_url=base, timeout=20, trust_env=False) as client:
        token = client.post("/eaf-rest/login", json=login).json()["id_token"]
        client.headers = {"Authorization": f"Bearer {token}", "clientId": "app"}
        body = {
            "processName": name,
            "object": {"RequestObject": {"title": "ปากกา 😀", "pieces": 2}},
        }
        instance = client.post(f"{ROOT}/process/start", json=body).json()["data"]
        for approved in ("N", "Y"):
            for objects in ({}, {"RequestObject": {"approved": approved}}):
                tasks = client.get(f"{ROOT}/instance/{instance}/tasks").json()["data"]
                task = tasks[0]["id"]
                client.post(f"{ROOT}/tasks/{task}/variables")
                client.post(f"{ROOT}/tasks/{task}/complete?user=ann", json=objects)
        client.get(f"{ROOT}/instance/{instance}/tasks")
        client.post(f"{ROOT}/tasks/{task}/complete", content=b"[not json")
        client.post(f"{ROOT}/tasks/{task}/complete")


@pytest.mark.parametrize("name", NAMES)
def test_the_starter_is_deployed_and_runs_with_its_loop(
    alone: Commands, tmp_path: Path, name: str
) -> None:
    told = alone.ok("oneweb", "init", "here", "--name", name)

    (file,) = (tmp_path / "here").glob("*.bpmn")
    assert str(file.relative_to(tmp_path)) in told
    assert "0 error(s), 0 warning(s)" in alone.ok("check", str(file))
    with opened(tmp_path / "here") as served:
        ann = served.client("ann")
        body = {"processName": name, "object": {"RequestObject": {"title": "Pens", "amount": 2.5}}}
        instance = ann.post(f"{ROOT}/process/start", json=body).json()["data"]
        seen = []
        for approved in (None, "N", None, "Y"):
            (task,) = ann.get(f"{ROOT}/instance/{instance}/tasks").json()["data"]
            seen.append(task["name"])
            objects = {"RequestObject": {"approved": approved}} if approved else {}
            done = ann.post(f"{ROOT}/tasks/{task['id']}/complete", json=objects)
            assert done.status_code == 200, done.text
        assert ann.get(f"{ROOT}/instance/{instance}/tasks").json()["data"] == []
        assert seen == ["Ask", "Approve", "Ask", "Approve"]
        assert (task["dueDate"] - task["createTime"], task["priority"]) == (172_800_000, 70)
        wrong = {"processName": name, "object": {"RequestObject": {"pieces": "many"}}}
        assert ann.post(f"{ROOT}/process/start", json=wrong).json()["code"] == 40003


def test_a_starter_is_not_written_over_another(alone: Commands) -> None:
    alone.ok("oneweb", "init", ".", "--name", "Leave")

    alone("oneweb", "init", ".", "--name", "Leave").fails_with("leave.bpmn", "already")


def test_what_was_recorded_is_replayed_as_a_test(alone: Commands, tmp_path: Path) -> None:
    name, calls = "ใบลา 100%", tmp_path / "calls.jsonl"
    alone.ok("oneweb", "init", "app", "--name", name)
    with opened(tmp_path / "app") as served, recording(served.base, calls) as proxy:
        story(proxy, name)
        story(proxy, name)

    text = calls.read_text(encoding="utf-8")
    assert "ปากกา 😀" in text
    assert PASSWORD not in text
    assert "eyJ" not in text, "no token is kept"
    assert len(text.splitlines()) == 34

    user = f"ann:{PASSWORD}"
    with opened(tmp_path / "app") as served:
        served.client("ann").post(f"{ROOT}/process/start", json={"processName": name})
        told = alone.ok("oneweb", "replay", "calls.jsonl", "--server", served.base, "--user", user)
    assert "34 exchange(s), 0 differ." in told


def test_a_stub_answers_what_was_recorded(alone: Commands, tmp_path: Path) -> None:
    name, calls, again = "ใบลา 100%", tmp_path / "calls.jsonl", tmp_path / "again.jsonl"
    alone.ok("oneweb", "init", "app", "--name", name)
    with opened(tmp_path / "app") as served, recording(served.base, calls) as proxy:
        story(proxy, name)

    with listening_for(Stub(load(calls))) as stub:
        with recording(stub, again) as proxy:
            client = httpx2.Client(base_url=proxy, trust_env=False)
            with client:
                for call in load(calls):
                    body = None if call.body is None else json.dumps(call.body).encode()
                    if call.text is not None:
                        body = call.text.encode()
                    client.request(call.method, call.target, content=body)
        unknown = httpx2.get(f"{stub}{ROOT}/tasks?user=nobody", trust_env=False)
        asked = httpx2.options(f"{stub}{ROOT}/tasks", trust_env=False)

    assert [(c.status, c.answer) for c in load(again)] == [
        (c.status, c.answer) for c in load(calls)
    ]
    assert (unknown.status_code, unknown.json()["code"]) == (404, 40400)
    assert asked.headers["access-control-allow-origin"] == "*"


def test_a_difference_is_told_and_ends_the_replay(alone: Commands, tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    alone.ok("oneweb", "init", "app", "--name", "Leave")
    with opened(tmp_path / "app") as served, recording(served.base, calls) as proxy:
        story(proxy, "Leave")
    lines = [json.loads(line) for line in calls.read_text(encoding="utf-8").splitlines()]
    lines[2]["answer"]["data"][0]["priority"] = 51
    lines[4]["status"] = 409
    calls.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    arguments = ("oneweb", "replay", "calls.jsonl", "--user", f"ann:{PASSWORD}", "--server")
    with opened(tmp_path / "app") as served:
        first = alone(*arguments, served.base)
    with opened(tmp_path / "app") as served:
        every = alone(*arguments, served.base, "--keep-going")

    assert (first.code, every.code) == (1, 1)
    assert "data[0].priority is 50, recorded was 51" in first.out
    assert "status is" not in first.out
    assert "status is 200, recorded was 409" in every.out
    assert "2 differ." in every.out


def test_what_cannot_be_replayed_is_said_in_one_line(alone: Commands, tmp_path: Path) -> None:
    here = ("--server", "http://127.0.0.1:9")
    (tmp_path / "no.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "odd.jsonl").write_text("{}\n", encoding="utf-8")
    one = '{"method":"GET","target":"/x","status":200,"who":"ann"}\n'
    (tmp_path / "one.jsonl").write_text(one, encoding="utf-8")

    alone("oneweb", "replay", "no.jsonl", *here).fails_with("no exchanges")
    alone("oneweb", "replay", "odd.jsonl", *here).fails_with("line 1")
    alone("oneweb", "replay", "one.jsonl", *here).fails_with("--user NAME:PASSWORD for ann")
    user = ("--user", "ann:x")
    alone("oneweb", "replay", "one.jsonl", *here, *user).fails_with("does not answer")


def test_the_command_records_until_it_is_stopped(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from procession.cli.main import main; main()"]
    with Engine.open("sqlite://") as engine, serving(engine) as served:
        arguments = ["oneweb", "record", str(calls), "--server", served.base, "--port", str(port)]
        pipe = subprocess.PIPE
        with subprocess.Popen([*command, *arguments], stdout=pipe, stderr=pipe, text=True) as proxy:
            end = time.monotonic() + 30
            answer = None
            while answer is None and time.monotonic() < end:
                with suppress(httpx2.ConnectError):
                    url = f"http://127.0.0.1:{port}{ROOT}/tasks?user=ann"
                    answer = httpx2.get(url, trust_env=False)
                time.sleep(0.05)
            proxy.send_signal(signal.SIGINT)
            out, err = proxy.communicate(timeout=30)

    assert (proxy.returncode, err) == (0, "")
    assert answer is not None
    assert answer.json()["code"] == 40101
    assert f"401 GET {ROOT}/tasks?user=ann" in out
    (line,) = calls.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["status"] == 401


def test_a_proxy_without_its_server_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    with recording("http://127.0.0.1:9", file) as proxy:
        answer = httpx2.get(f"{proxy}{ROOT}/tasks?user=ann", trust_env=False)

    assert answer.status_code == 502
    assert "does not answer" in answer.text
    assert file.read_text(encoding="utf-8") == ""
