"""The real command in a real process, as a person would start it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.plain_http import NO_TLS, Asker, is_ready

PASSWORD = "acceptance-secret-1"
SRC = Path(__file__).resolve().parents[2] / "src"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """``procession serve`` on a database; may be killed and started again on the same port."""

    def __init__(self, database: str, directory: Path, **environment: str) -> None:
        self.database = database
        self.directory = directory
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(SRC),
            "PROCESSION_ADMIN_PASSWORD": PASSWORD,
            "PROCESSION_DATABASE": database,
            "PROCESSION_DATA_DIR": str(directory),
            "PROCESSION_PORT": str(self.port),
            "PROCESSION_NODES": "1",  # what several do has tests of its own; they start slower
            **environment,
        }
        self.program = ("-m", "procession")
        self.process: subprocess.Popen[bytes] | None = None
        self.log = directory / "server.log"

    def start(self, *arguments: str) -> float:
        """Start it and wait until it answers; how long that took, in seconds."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "serve", *arguments],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
            )
        while time.monotonic() - began < 60:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.tail()}")
            if is_ready(self.port):
                return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"the server did not answer:\n{self.tail()}")

    def start_nodes(self, count: int) -> None:
        """Start it as several processes, and wait until each of them answers."""
        before = self.log.stat().st_size if self.log.exists() else 0
        self.start("--nodes", str(count))
        until = time.monotonic() + 60
        while self.log.read_text(errors="replace")[before:].count("is ready\n") < count - 1:
            assert time.monotonic() < until, f"not every node came:\n{self.tail()}"
            time.sleep(0.02)

    def used(self) -> float:
        """Seconds of the processor so far; the clock also shows what others do on the machine."""
        assert self.process is not None
        if sys.platform != "linux":
            return 0.0
        return sum(map(_used, (self.process.pid, *self.nodes())))

    def nodes(self) -> list[int]:
        """The processes that the one which was started has started in turn: none, or every node."""
        assert self.process is not None
        told = Path(f"/proc/{self.process.pid}/task")
        return [
            int(child)
            for thread in told.iterdir()
            for child in (thread / "children").read_text().split()
        ]

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM: finish what is in hand."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return int(self.process.returncode)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def client(self, user: str = "admin", password: str = PASSWORD) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"{self.base}/business-central/rest",
            auth=(user, password),
            headers={"Accept": "application/json"},
            timeout=20,
            trust_env=False,
            verify=NO_TLS,
        )

    def asker(self) -> Asker:
        """For many questions to ``/business-central/rest``, one after another."""
        return Asker(self.port, "admin", PASSWORD, "/business-central/rest")

    def deploy(self, deployment: str, *files: Path) -> None:
        parts = [("file", (f.name, f.read_bytes(), "application/xml")) for f in files]
        with self.client() as client:
            answer = client.post(f"/deployment/{deployment}/deploy", files=parts)
            assert answer.status_code == 202, answer.text


def rows(answer: httpx2.Response) -> list[dict[str, Any]]:
    """The items of a history list, whatever class name wraps them."""
    assert answer.status_code == 200, answer.text
    return entries(answer.json())


def entries(content: Any) -> list[dict[str, Any]]:
    """The items of a history list, whatever class name wraps them."""
    found = []
    for item in content["historyLogList"]:
        found.append(next(iter(item.values())) if len(item) == 1 else item)
    return found
