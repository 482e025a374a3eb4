"""Runs the corpus's own harness against a real server, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.acceptance.server import PASSWORD, Server
from tests.conformance.corpus import MISSING, folder

PEOPLE = ("john", "mary", "krisv")
"""Owners of tasks that the harness acts as; users of the demo."""
JOBS, SETTLE = 24, 12
"""Cases at a time, and the longest wait for an expected state, in seconds."""


@contextmanager
def running(directory: Path) -> Iterator[Server]:
    """A server with the demo and its people's passwords set."""
    server = Server(f"sqlite:///{directory / 'conformance.db'}", directory)
    server.start("--demo", "--nodes", "2")
    try:
        with httpx2.Client(auth=("admin", PASSWORD), trust_env=False) as client:
            for name in PEOPLE:
                address = f"{server.base}/api/users/{name}/password"
                answer = client.put(address, json={"password": f"{name}-{PASSWORD}"})
                assert answer.status_code == 204, answer.text
        yield server
    finally:
        assert server.stop() == 0, server.tail()


def run(suite: str, server: Server) -> dict[str, dict[str, str]]:
    """Status and reason of every case of a suite, by id."""
    place = folder()
    assert place is not None, MISSING
    name, _, dialect = suite.partition(" ")
    results = server.directory / f"{suite.replace(' ', '-')}.json"
    command = [
        *(sys.executable, "-B", str(place / "run_conformance.py"), "--quiet"),
        *("--base-url", server.base, "--user", "admin", "--password", PASSWORD),
        *("--suite", name, "--dialect", dialect or "java", "--jobs", str(JOBS)),
        *("--settle", str(SETTLE)),
        *("--json", str(results)),
    ]
    for person in PEOPLE:
        command += ["--task-user", f"{person}={person}-{PASSWORD}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=server.directory)
    assert results.exists(), f"{done.stdout}\n{done.stderr}"
    found = json.loads(results.read_text(encoding="utf-8"))["results"]
    return {one["id"]: {"status": one["status"], "reason": one["reason"]} for one in found}
