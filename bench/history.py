"""``python -m bench.history``: the questions of jBPM's dialect among ten million rows.

``history_data.py`` writes ten million rows of audit (process logs, node pages, variable logs) and
as many tasks, one in ten open. Then every search of ``/history``, ``/task/query`` and ``/query``
is asked over a server, by an administrator and by somebody who sees their own, and old history is
forgotten while it answers. ``--rows`` says how many: a million takes two minutes on each database,
ten million half an hour and 12 GB of disk.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from bench import history_data, machine, report, serving
from bench.history_data import Size
from bench.history_questions import Question, questions

FORGET_DAYS: Final = 30
PORTIONS: Final = 20


def main() -> None:
    """Fill, ask, forget, tell."""
    given = _arguments()
    results: dict[str, dict[str, Any]] = {}
    size = Size(given.rows)
    with serving.folder() as folder, serving.postgresql() as server:
        for database in given.databases:
            if database == "postgresql" and server is None:
                print("there is no PostgreSQL to start", file=sys.stderr)
                continue
            url = f"sqlite:///{folder}/history.db"
            if database == "postgresql" and server is not None:
                url = server.database()
            begun = time.perf_counter()
            history_data.fill(
                url, size, serving.PASSWORD, lambda text: print(text, file=sys.stderr)
            )
            print(f"{database}: filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            results |= measured(url, size, database, given.calls, given.only)
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
    parser.add_argument("--calls", type=int, default=60, help="calls of each question [60]")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default="", help="a part of the names of what to ask")
    parser.add_argument("--out", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true", help="fail if a limit is missed")
    given = parser.parse_args()
    given.databases = given.databases.split(",")
    if not 10_000 <= given.rows <= 100_000_000:
        parser.error("10,000 to 100,000,000 rows")
    return given


def measured(url: str, size: Size, database: str, calls: int, only: str = "") -> dict[str, Any]:
    """Every question to a server on a database that is filled."""
    results: dict[str, dict[str, Any]] = {}
    with serving.procession(url) as running:
        for one in questions(size):
            if only not in one.name:
                continue
            values = results[f"{database}/{one.name}"] = _timed(running.port, one, calls)
            print(f"{database}/{one.name}: {values}", file=sys.stderr, flush=True)
    return results


def _timed(port: int, asked: Question, calls: int) -> dict[str, Any]:
    """The median and the slowest but one in a hundred; a question that is slow is asked less."""
    costs: list[float] = []
    items = 0
    until = time.perf_counter() + 10
    for number in range(calls + 3):
        begun = time.perf_counter()
        items = max(items, _ask(port, asked.user, asked.path(number)))
        costs.append((time.perf_counter() - begun) * 1000)
        if time.perf_counter() > until and number > 4:
            break
    costs = sorted(costs[3:])
    p50, p99 = costs[len(costs) // 2], costs[min(len(costs) - 1, round(len(costs) * 0.99))]
    return {
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "least_ms": round(costs[0], 1),
        "bytes": items,
        "limit": asked.limit,
        "target": asked.target,
        "held": p99 <= asked.limit,
    }


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
