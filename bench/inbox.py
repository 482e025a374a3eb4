"""``python -m bench.inbox``: inboxes among a million open tasks, against floor and target.

Every combination of questions that an inbox asks, by the service and over both dialects of a
server, on SQLite and on PostgreSQL; each is asked ``--calls`` times, by others and in another order
every time, with everything in memory. The tasks are written straight into the tables
(``inbox_data.py``), some minutes for a million on each database; ``--tasks`` makes it less, and
``--keep`` leaves them for the next run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from bench import inbox_data, inbox_filling, machine, report, serving
from bench.inbox_data import Copies
from bench.inbox_questions import (
    COUNTED,
    FLOOR_MS,
    SIGNED_IN,
    Ask,
    caller,
    order,
    rest_questions,
    service_questions,
)
from procession.engine import Engine

WARM: Final = 4
LONGEST: Final = 15.0
"""Seconds for one question; a slower one is asked less often."""
NEAR: Final = 0.75
"""Of its limit: a figure above that is told apart."""
SERVICE: Final = "service/"


def main() -> None:
    """Fill, measure, tell."""
    given = _arguments()
    results: dict[str, dict[str, Any]] = {}
    for database in given.databases:
        with _filled(database, given) as found:
            if found is None:
                continue
            begun = time.perf_counter()
            for name, values in _measured(*found, given):
                results[f"{database}/{name}"] = values
                print(f"{database}/{name}: {values}", file=sys.stderr, flush=True)
            print(f"{database}: measured in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    document = {
        "machine": machine.describe(),
        "tasks": given.tasks,
        "users": given.users,
        "calls": given.calls,
        "results": results,
    }
    out = Path(given.out or Path(__file__).parent / "results" / "inbox.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, indent=1) + "\n")
    print(f"\nMachine: {document['machine']}\n\n{report.tables(results)}\n")
    for title, figure in (("by the clock", "p99_ms"), ("processor time", "work_p99")):
        print(f"p99 in ms, {title}:\n\n{_overview(results, given.databases, figure)}\n")
    verdicts = [values["verdict"] for values in results.values()]
    told = ", ".join(f"{verdicts.count(word)} {word}" for word in ("held", "near", "over"))
    print(f"{len(results)} questions by the clock: {told}; written to {out}")
    sys.exit("over" in verdicts and given.strict)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.inbox", description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000, help="open tasks [1000000]")
    parser.add_argument("--users", type=int, default=1_000, help="users in 50 groups [1000]")
    parser.add_argument("--calls", type=int, default=100, help="calls of each question [100]")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the databases there")
    parser.add_argument("--filled", metavar="URL", help="a database that was filled before")
    parser.add_argument("--only", default="", help="a part of the names of what to measure")
    parser.add_argument("--out", metavar="FILE.json")
    parser.add_argument("--strict", action="store_true", help="fail if a limit is missed")
    given = parser.parse_args()
    if given.filled:
        given.databases = given.filled.partition(":")[0]
    given.databases = given.databases.split(",")
    if not (1_000 <= given.tasks <= 10_000_000 and SIGNED_IN <= given.users <= 10_000):
        parser.error("1,000 to 10,000,000 tasks and 20 to 10,000 users")
    return given


@contextmanager
def _filled(database: str, given: argparse.Namespace) -> Iterator[tuple[str, Copies] | None]:
    """The address of a filled database, which may be there from an earlier run."""
    with ExitStack() as stack:
        if given.filled:
            yield given.filled, _found(given.filled, given)
            return
        folder = given.keep or stack.enter_context(serving.folder())
        folder.mkdir(parents=True, exist_ok=True)
        name = f"inbox_{given.tasks}"
        if database == "sqlite":
            path = folder / f"{name}.db"
            url, is_there = f"sqlite:///{path}", path.exists()
        else:
            kept = given.keep and folder / "postgresql"
            server = stack.enter_context(serving.postgresql(kept))
            if server is None:
                print("there is no PostgreSQL to start", file=sys.stderr)
                yield None
                return
            url, is_there = server.kept(name)
        yield url, _found(url, given) if is_there else _fill(url, given)


def _found(url: str, given: argparse.Namespace) -> Copies:
    return Copies(inbox_data.found(url), given.tasks, given.users)


def _fill(url: str, given: argparse.Namespace) -> Copies:
    begun = time.perf_counter()
    template = inbox_data.prepare(url, given.users, serving.PASSWORD)
    copies = Copies(template, given.tasks, given.users)
    inbox_filling.fill(url, copies, lambda text: print(text, file=sys.stderr, flush=True))
    print(f"  filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return copies


def _measured(
    url: str, copies: Copies, given: argparse.Namespace
) -> Iterator[tuple[str, dict[str, Any]]]:
    inbox_filling.warm(url)
    with Engine.open(url, threads=False) as engine:
        work = _work_here(engine, url)
        for name, limit, ask in service_questions(engine, copies):
            if given.only in name:
                yield f"{SERVICE}{name}", _timed(ask, given.calls, limit, work, in_orders=True)
    asked = [(name, path) for name, path in rest_questions(copies) if given.only in name]
    if not asked:
        return
    with serving.procession(url) as server:
        for number in range(SIGNED_IN):
            caller(server.port, lambda _: "/api/tasks?size=1")(number)  # passwords are slow once
        for name, path in asked:
            ask = caller(server.port, path)
            ask(0)
            work = _work_of(server.pid, *_backends(url))
            yield name, _timed(ask, given.calls, FLOOR_MS, work)


def _timed(
    ask: Ask, calls: int, limit: int, work: Callable[[], float], *, in_orders: bool = False
) -> dict[str, Any]:
    """By the clock, and the processor time of the service and the database together."""
    for number in range(WARM):
        ask(calls + 4 * number + 4)  # in every order
    costs, works, orders = [], [], dict[str, list[float]]()
    until = time.perf_counter() + LONGEST
    for number in range(1, calls + 1):
        worked, begun = work(), time.perf_counter()
        ask(number)
        costs.append((time.perf_counter() - begun) * 1000)
        works.append((work() - worked) * 1000)
        orders.setdefault(order(number), []).append(works[-1])
        if begun > until:
            break
    slowest = max(orders, key=lambda name: _share(orders[name], 0.5))
    by_clock, by_work = _share(costs, 0.99), _share(works, 0.99)
    return {
        "calls": len(costs),
        "p50_ms": round(_share(costs, 0.5), 1),
        "p99_ms": round(by_clock, 1),
        "work_p50": round(_share(works, 0.5), 1),
        "work_p99": round(by_work, 1),
        "slowest_order": f"{slowest} {_share(orders[slowest], 0.5):.1f}" if in_orders else "",
        "limit": limit,
        "verdict": _verdict(by_clock, limit),
        "by_work": _verdict(by_work, limit),
    }


def _share(values: Iterable[float], share: float) -> float:
    """What that share of the values does not exceed; of a hundred 0.99 is the largest but one."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]


def _verdict(value: float, limit: int) -> str:
    return "over" if value > limit else "near" if value > NEAR * limit else "held"


def _overview(results: dict[str, dict[str, Any]], databases: Iterable[str], figure: str) -> str:
    """Pages and counts side by side; what is over its limit is bold, what is near it has a sign."""
    heads = [f"{database} {what}" for database in databases for what in ("page", "count")]
    lines = [report.line(["question", *heads]), report.line(["---", *["---:"] * len(heads)])]
    names = (name.partition("/")[2] for name in results)
    asked = dict.fromkeys(name.removesuffix(COUNTED) for name in names)
    for name in asked:
        cells = []
        for database in databases:
            for kind in ("", COUNTED):
                found = results.get(f"{database}/{name}{kind}")
                cells.append(_cell(found, figure) if found else "")
        lines.append(report.line([name.removeprefix(SERVICE), *cells]))
    return "\n".join(lines)


def _cell(values: dict[str, Any], figure: str) -> str:
    shown = f"{values[figure]:.0f}"
    verdict = _verdict(values[figure], values["limit"])
    return {"held": shown, "near": f"{shown} ≈", "over": f"**{shown}**"}[verdict]


def _work_here(engine: Engine, url: str) -> Callable[[], float]:
    """Processor seconds so far of this process and of who reads for it in the database."""
    if url.startswith("sqlite"):
        return time.process_time
    with engine.room.store.read() as reader:
        (backend,) = reader.ask("select pg_backend_pid()", ())[0]
    reading = _work_of(int(backend))
    return lambda: time.process_time() + reading()


def _work_of(*processes: int) -> Callable[[], float]:
    """Processor seconds so far of processes and their threads, as the scheduler counts them."""

    def work() -> float:
        spent = 0
        for process in processes:
            for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
                with suppress(OSError):
                    spent += int(thread.read_text().split()[0])
        return spent / 1e9

    return work


def _backends(url: str) -> list[int]:
    """The processes of PostgreSQL that serve the database."""
    if url.startswith("sqlite"):
        return []
    import psycopg

    asked = "select pid from pg_stat_activity where datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        own = connection.info.backend_pid
        return [pid for (pid,) in connection.execute(asked) if pid != own]


if __name__ == "__main__":
    main()
