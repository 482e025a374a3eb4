"""``python -m bench.history``: the questions of jBPM's dialect among ten million rows.

``history_data.py`` writes ten million rows of audit (process logs, node pages, variable logs) and
as many tasks, one in ten open. Then every search of ``/history``, ``/task/query`` and ``/query``
is asked over a server, by an administrator and by somebody who sees their own, and old history is
forgotten while it answers. ``--rows`` says how many: ten million take twenty minutes beside other
work on each database, and 11 GB of disk on SQLite, 20 on PostgreSQL.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench import history_data, machine, report, serving
from bench.history_data import Size
from bench.history_questions import Question, questions

WARM: Final = 3
LONGEST: Final = 10.0
"""Seconds for one question."""


def main() -> None:
    """Fill, ask, forget, tell."""
    given = _arguments()
    results: dict[str, dict[str, Any]] = {}
    size = Size(given.rows)
    for database in given.databases:
        with _filled(database, size, given.keep) as url:
            if url is not None:
                results |= measured(url, size, database, given)
    document = {"machine": machine.describe(), "rows": given.rows, "results": results}
    out = Path(given.out or Path(__file__).parent / "results" / "history.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n")
    slow = [name for name, values in results.items() if not values["held"]]
    print(f"\nMachine: {document['machine']}\n\n{report.tables(results)}\n")
    print(f"{len(results)} questions, {len(slow)} over their limit; written to {out}")
    sys.exit(bool(slow) and given.strict)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of history [1000000]")
    parser.add_argument("--calls", type=int, default=100, help="calls of each question [100]")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="a part of the names of what to ask")
    parser.add_argument("--without", default="", help="a part of the names of what not to ask")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the databases there")
    parser.add_argument("--out", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true", help="fail if a limit is missed")
    given = parser.parse_args()
    given.databases = given.databases.split(",")
    if not 10_000 <= given.rows <= 100_000_000:
        parser.error("10,000 to 100,000,000 rows")
    return given


@contextmanager
def _filled(database: str, size: Size, keep: Path | None) -> Iterator[str | None]:
    """The address of a filled database, which may be there from an earlier run."""
    with ExitStack() as stack:
        if database == "sqlite":
            folder = keep or stack.enter_context(serving.folder())
            path = folder / f"history_{size.rows}.db"
            if not path.exists():
                _fill(database, f"sqlite:///{path}", size)
            yield f"sqlite:///{path}"
            return
        temporary = TemporaryDirectory(prefix="bench-pg-")
        home = keep / "postgresql" if keep else Path(stack.enter_context(temporary))
        name = f"history_{size.rows}"
        with serving.postgresql(home, filling=True) as server:
            if server is None:
                print("there is no PostgreSQL to start", file=sys.stderr)
                yield None
                return
            url, is_there = server.kept(name)
            if not is_there:
                _fill(database, url, size)
        kept = stack.enter_context(serving.postgresql(home))
        yield kept.kept(name)[0] if kept else None


def _fill(database: str, url: str, size: Size) -> None:
    begun = time.perf_counter()
    history_data.fill(
        url, size, serving.PASSWORD, lambda text: print(text, file=sys.stderr, flush=True)
    )
    print(f"{database}: filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def measured(url: str, size: Size, database: str, given: argparse.Namespace) -> dict[str, Any]:
    """Every question to a server on a database that is filled."""
    results: dict[str, dict[str, Any]] = {}
    with serving.procession(url) as running:
        for one in questions(size):
            if given.only not in one.name or (given.without and given.without in one.name):
                continue
            name = f" history_{size.rows} "
            values = results[f"{database}/{one.name}"] = _timed(running, name, one, given.calls)
            print(f"{database}/{one.name}: {values}", file=sys.stderr, flush=True)
    return results


def _timed(running: serving.Server, database: str, asked: Question, calls: int) -> dict[str, Any]:
    """The median and the slowest but one in a hundred; a question that is slow is asked less.

    Beside it what a call took of the processors, server and database together: other programs on
    the machine lengthen the former, hardly the latter.
    """
    costs: list[tuple[float, float]] = []
    items = 0
    pids = []
    until = time.perf_counter() + LONGEST
    for number in range(calls + WARM):
        if number == WARM:
            pids = [running.pid, *_backends(database)]
        computed, begun = _computed(pids), time.perf_counter()
        items = max(items, _ask(running.port, asked.user, asked.path(number)))
        took = time.perf_counter() - begun
        costs.append((took * 1000, (_computed(pids) - computed) / 1e6))
        if time.perf_counter() > until and number > WARM + 1:
            break
    walls = sorted(wall for wall, _ in costs[WARM:])
    cpus = sorted(cpu for _, cpu in costs[WARM:])
    half, most = len(walls) // 2, min(len(walls) - 1, round(len(walls) * 0.99))
    return {
        "p50_ms": round(walls[half], 1),
        "p99_ms": round(walls[most], 1),
        "least_ms": round(walls[0], 1),
        "cpu_p50_ms": round(cpus[half], 1),
        "cpu_p99_ms": round(cpus[most], 1),
        "calls": len(walls),
        "bytes": items,
        "limit": asked.limit,
        "target": asked.target,
        "held": walls[most] <= asked.limit,
    }


def _backends(database: str) -> list[int]:
    """The processes of PostgreSQL that serve a database, which they have in their titles."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and database in (entry / "cmdline").read_text()[:80]:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _computed(pids: list[int]) -> int:
    """Nanoseconds of processor that some processes have taken, all their threads."""
    total = 0
    for pid in pids:
        with suppress(OSError):  # a process or thread may have ended
            for thread in Path(f"/proc/{pid}/task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
    return total


def _ask(port: int, user: str, path: str) -> int:
    basic = base64.b64encode(f"{user}:{serving.PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", None, headers)
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return len(answer.read())
    except urllib.error.HTTPError as error:
        if error.code == 404:  # an instance that is not this user's to see
            return 0
        if b"search takes longer" in error.read():  # and the time says so
            return 0
        raise RuntimeError(f"{path}: {error.code}") from error


if __name__ == "__main__":
    main()
