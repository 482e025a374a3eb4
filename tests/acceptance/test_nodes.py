"""``serve --nodes 2``: two processes that are one server to everybody outside."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.acceptance.server import PASSWORD, Server, free_port, rows

MODELS = Path(__file__).parent / "models"
UNIT = "org.load:load:1.0"
PROCESSORS = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    server = Server(database_url, tmp_path, PROCESSION_JOB_LEASE_SECONDS="2")
    server.start_nodes(2)
    yield server
    server.stop()


@pytest.fixture
def every(server: Server) -> Iterator[list[httpx2.Client]]:
    """So many connections that both processes have some; who has fewest takes the next."""
    with ExitStack() as open_clients:
        found = [open_clients.enter_context(server.client()) for _ in range(8)]
        for client in found:
            assert client.get("/deployment").status_code == 200
        yield found


def started_name(client: httpx2.Client) -> str:
    """Start an instance and end it; the name of its process."""
    started = client.post(f"/runtime/{UNIT}/process/load.order/start?map_n=1i")
    if started.status_code != 200:
        return ""
    instance = int(started.json()["id"])
    name = str(rows(client.get(f"/history/instance/{instance}"))[0]["processName"])
    assert client.post(f"/runtime/{UNIT}/process/instance/{instance}/abort").status_code == 200
    return name


def wait_until(what: str, holds: object, seconds: float = 20) -> None:
    assert callable(holds)
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"in vain: {what}"
        time.sleep(0.02)


def test_what_is_done_through_one_connection_is_seen_through_all(
    server: Server, every: list[httpx2.Client]
) -> None:
    server.deploy(UNIT, MODELS / "load.bpmn")
    made = []
    for client in every:
        answer = client.post(f"/runtime/{UNIT}/process/load.order/start?map_n=1i")
        assert answer.status_code == 200, answer.text
        made.append(int(answer.json()["id"]))
    assert len(set(made)) == len(every)
    for instance in made:
        for client in every:
            assert rows(client.get(f"/history/instance/{instance}"))[0]["status"] == 1
    for number, instance in enumerate(made):
        steps = [every[(number + step) % len(every)] for step in range(4)]
        query = steps[0].get("/task/query", params={"processInstanceId": instance})
        task = query.json()["list"][0]["id"]
        for client, operation in zip(steps[1:], ("claim", "start", "complete"), strict=True):
            answer = client.post(f"/task/{task}/{operation}")
            assert answer.status_code == 200, f"{operation}: {answer.text}"
        assert rows(every[0].get(f"/history/instance/{instance}"))[0]["status"] == 2


def test_what_is_deployed_anew_is_what_every_process_starts(
    server: Server, every: list[httpx2.Client]
) -> None:
    model = (MODELS / "load.bpmn").read_bytes()
    for name in ("first", "second"):
        changed = model.replace(b'name="Order"', f'name="{name}"'.encode())
        part = [("file", ("load.bpmn", changed, "application/xml"))]
        answer = every[0].post(f"/deployment/{UNIT}/deploy", files=part)
        assert answer.status_code == 202, answer.text
        for client in every:
            if server.database.startswith("postgresql"):  # whose server tells the other process
                wait_until("the new version", lambda: started_name(client) == name)  # noqa: B023
            assert started_name(client) == name
        assert every[1].post(f"/deployment/{UNIT}/undeploy").status_code == 202


@pytest.mark.parametrize("which", [0, 1])
def test_a_process_that_dies_is_replaced_and_its_work_goes_on(server: Server, which: int) -> None:
    server.deploy(UNIT, MODELS / "load.bpmn")
    before = server.nodes()
    assert len(before) == 2
    with server.client() as client:
        answer = client.post(f"/runtime/{UNIT}/process/load.timer/start?map_n=1i")
        instance = int(answer.json()["id"])
    os.kill(before[which], signal.SIGKILL)

    def replaced() -> bool:
        now = server.nodes()
        return len(now) == 2 and before[which] not in now

    def is_over() -> bool:
        with server.client() as client:
            return bool(rows(client.get(f"/history/instance/{instance}"))[0]["status"] == 2)

    wait_until("a new process", replaced)
    assert before[1 - which] in server.nodes()
    wait_until("the timer", is_over)
    assert server.tail().count("Procession is ready") == 1
    assert server.stop() == 0


def test_all_processes_end_with_the_first_and_the_address_is_free_again(server: Server) -> None:
    nodes = server.nodes()
    server.kill()
    wait_until("the nodes to end", lambda: not any(_lives(node) for node in nodes), 5)
    server.start_nodes(2)
    nodes = server.nodes()
    assert server.stop() == 0
    assert not any(_lives(node) for node in nodes)


def test_a_server_takes_two_processors_by_itself(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/one.db", tmp_path)
    server.environment.pop("PROCESSION_NODES", None)
    server.start()
    try:
        wait_until("the nodes", lambda: len(server.nodes()) == (2 if PROCESSORS > 1 else 0), 20)
    finally:
        assert server.stop() == 0


def test_one_process_is_one_process(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/one.db", tmp_path)
    server.start("--nodes", "1")
    try:
        assert server.nodes() == []
    finally:
        assert server.stop() == 0


def test_ctrl_c_ends_all_processes_quietly(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path}/one.db", tmp_path)
    server.start_nodes(2)
    nodes = server.nodes()
    assert server.process is not None
    for one in (server.process.pid, *nodes):  # as a terminal does
        os.kill(one, signal.SIGINT)
    assert server.process.wait(30) == 0
    assert not any(_lives(node) for node in nodes)
    assert "Traceback" not in server.tail()
    assert "ended with status" not in server.tail()


def test_a_second_server_on_the_file_is_refused_until_no_process_of_the_first_lives(
    tmp_path: Path,
) -> None:
    first = Server(f"sqlite:///{tmp_path}/one.db", tmp_path)
    first.start_nodes(2)
    try:
        for nodes in ("1", "2"):
            second = Server(first.database, tmp_path, PROCESSION_NODES=nodes)
            second.log = tmp_path / f"second{nodes}.log"
            with pytest.raises(AssertionError, match="another process serves this database"):
                second.start()
            assert second.process is not None
            assert second.process.returncode == 1
            assert "Traceback" not in second.tail()
    finally:
        assert first.stop() == 0
    second.start()
    assert second.stop() == 0


def test_a_start_that_fails_says_so_once_and_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"this is no database, and much longer than its head" * 99)
    server = Server(f"sqlite:///{tmp_path}/other.db", tmp_path, PROCESSION_NODES="2")
    with pytest.raises(AssertionError, match="Error: "):
        server.start()
    assert server.process is not None
    assert server.process.returncode == 1
    assert server.tail().count("Error: ") == 1


def test_where_processes_do_not_share_what_is_loaded_all_is_the_same(
    database_url: str, tmp_path: Path
) -> None:
    server = Server(database_url, tmp_path)
    unshared = "from procession.cli import main, siblings; siblings.SHARES = False; main.main()"
    server.program = ("-c", unshared)
    server.start_nodes(2)
    nodes = server.nodes()
    assert len(nodes) == 2
    os.kill(nodes[0], signal.SIGKILL)
    wait_until("a new process", lambda: nodes[0] not in server.nodes() and len(server.nodes()) == 2)
    nodes = server.nodes()
    server.kill()
    wait_until("the nodes to end", lambda: not any(_lives(node) for node in nodes), 10)
    server.start_nodes(2)
    assert server.stop() == 0


def test_requests_in_hand_are_finished_by_every_process(server: Server) -> None:
    server.deploy(UNIT, MODELS / "load.bpmn")
    answered: list[int] = []
    wrong: list[str] = []

    def call() -> None:
        with server.client() as client:
            while True:
                try:
                    answer = client.post(f"/runtime/{UNIT}/process/load.order/start?map_n=1i")
                except httpx2.HTTPError:
                    return
                if answer.status_code != 200:
                    if answer.status_code != 503:
                        wrong.append(answer.text)
                    return
                answered.append(int(answer.json()["id"]))

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until("some answers", lambda: len(answered) > 12, 60)
    assert server.stop() == 0
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(answered) == len(set(answered)) > 6
    server.start()
    with server.client() as client:
        for instance in answered:
            assert rows(client.get(f"/history/instance/{instance}"))[0]["status"] == 1


def test_several_processes_on_a_database_in_memory_are_refused(tmp_path: Path) -> None:
    server = Server("sqlite://", tmp_path, PROCESSION_NODES="2")
    assert server.port != free_port()
    with pytest.raises(AssertionError, match="belongs to one process"):
        server.start()


def test_the_command_line_reaches_a_server_of_several_processes(
    server: Server, tmp_path: Path
) -> None:
    import subprocess

    for number in range(4):
        found = subprocess.run(
            [sys.executable, "-m", "procession", "user", "add", f"ann{number}"],
            env=server.environment | {"PROCESSION_ADMIN_PASSWORD": ""},
            input="a-long-enough-secret\na-long-enough-secret\n",
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr
    for number in range(4):
        with server.client(f"ann{number}", "a-long-enough-secret") as client:
            assert client.get("/task/query").status_code == 200
    assert PASSWORD not in server.tail()


def _lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
