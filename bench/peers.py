"""The peers: packages in an environment of their own, measured in processes of their own.

SpiffWorkflow (LGPL) and camunda-python (Apache 2.0) are used as they come from their packages;
nothing of them is copied here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench import processes, serving
from bench.rest import CALLERS, measure
from bench.serving import Server, request

ROOT: Final = Path(__file__).parent.parent
HOME: Final = ROOT / ".venv-bench"
LOCK: Final = ROOT / "requirements-bench.lock"
_PREFIX: Final = "/engine-rest"


def ensure(say: Callable[[str], None]) -> Path | None:
    """The Python of the peers' environment, made if it is missing; ``None`` without a network."""
    python = HOME / "bin" / "python"
    stamp = HOME / "stamp"
    if stamp.exists() and stamp.read_text() == LOCK.read_text():
        return python
    say("installing the peers into .venv-bench …")
    try:
        if not python.exists():
            _quietly([sys.executable, "-m", "venv", str(HOME)])
        (HOME / ".gitignore").write_text("*\n")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _quietly([*pip, "--require-hashes", "--ignore-requires-python", "-r", str(LOCK)])
    except RuntimeError as error:
        say(f"no peers: {error}")
        return None
    stamp.write_text(LOCK.read_text())
    return python


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip()[-400:])


def in_process(python: Path, which: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Run ``bench/peer_<which>.py`` with a plan; its answer."""
    done = subprocess.run(
        [str(python), str(Path(__file__).parent / f"peer_{which}.py")],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@contextmanager
def camunda(python: Path, database: str) -> Iterator[Server]:
    """camunda-python behind uvicorn, with our two processes."""
    port = serving.free_port()
    script = str(Path(__file__).parent / "peer_camunda.py")
    with serving.started([str(python), script, str(port), database], port, "/health") as server:
        yield server


def camunda_scenarios() -> list[tuple[str, list[dict[str, Any]]]]:
    """What corresponds to our scenarios, in its own API."""
    variables = '{"customer":{"value":"ann"},"amount":{"value":1000},"note":{"value":"nothing"}}'

    def begin(process: str) -> dict[str, Any]:
        body = f'{{"definitionKey":"{process}","variables":{variables}}}'
        text = request("POST", f"{_PREFIX}/process-instance", body=body, kind="application/json")
        return {"request": text, "keep": {"instance": r'"id":"([^"]+)"'}}

    query = request("GET", f"{_PREFIX}/task?processInstanceId=%(instance)s")
    finish = request(
        "POST", f"{_PREFIX}/task/%(task)s/complete", body="{}", kind="application/json"
    )
    return [
        ("script, 1 call", [begin("services5")]),
        (
            "user task, 3 calls",
            [
                begin("user"),
                {"request": query, "keep": {"task": r'"id":"([^"]+)"'}},
                {"request": finish, "keep": {}},
            ],
        ),
    ]


def rest(python: Path, database: Path, *, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Load camunda-python with its SQLite store."""
    folder = database.parent / "peer-models"
    folder.mkdir(exist_ok=True)
    (folder / "services5.bpmn").write_text(processes.services(5, id="services5"))
    (folder / "user.bpmn").write_text(processes.peer_user("user"))
    with camunda(python, f"sqlite:///{database}") as server:
        for name, calls in camunda_scenarios():
            for callers in CALLERS[:2]:
                result = measure(server, calls, callers, seconds=seconds)
                yield f"rest/camunda-python/{name}/json/{callers} callers", result


def models() -> dict[str, str]:
    """What the peers run in process, by pattern."""
    python = {"language": "python", "text": "a = 1"}
    return {
        "sequence": processes.script(5, id="sequence", **python).xml().decode(),
        "fork 2": processes.fork(2, id="fork2", **python).xml().decode(),
        "fork 10": processes.fork(10, id="fork10", **python).xml().decode(),
        "user task": processes.peer_user("user"),
    }
