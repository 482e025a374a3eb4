"""In process: the patterns, loops, variables, and the restart."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench import machine, serving
from bench.counting import metered
from bench.processes import UNIT
from bench.scenarios import FILES, PATTERNS, Persisted, Stepped
from procession.engine import Engine
from procession.runtime.clock import ManualClock
from procession.services.processes import ProcessRef
from procession.values import freeze_all

REPEATS: Final = 9
WAITING: Final = 100_000
FILL_SECONDS: Final = 300
_GO: Final = freeze_all({"go": "on"})


def timed(once: Callable[[], object], seconds: float, repeats: int = REPEATS) -> dict[str, Any]:
    """Do something for a while; the median of the repeats."""
    once()
    rates, costs = [], []
    for _ in range(repeats):
        begun, used, count = time.perf_counter(), time.process_time(), 0
        until = begun + seconds / repeats
        while not count or time.perf_counter() < until:
            once()
            count += 1
        rates.append(count / (time.perf_counter() - begun))
        costs.append((time.process_time() - used) / count * 1e6)
    return {
        "per_second": round(statistics.median(rates), 1),
        "best_per_second": round(max(rates), 1),
        "cpu_us": round(statistics.median(costs), 1),
    }


def engine_only(seconds: float, wanted: Callable[[str], bool]) -> Iterator[Any]:
    """The patterns by ``step`` alone."""
    stepped: Stepped | None = None
    for pattern in PATTERNS:
        name = f"engine only/{pattern.name}"
        if wanted(name):
            stepped = stepped or Stepped(FILES)
            yield name, timed(stepped.once(pattern), seconds)


def persisted(
    database: str, url: str, seconds: float, wanted: Callable[[str], bool]
) -> Iterator[Any]:
    """The patterns on an engine in the caller's thread: every call one commit, synced."""
    names = [(f"persisted/{database}/{p.name}", p) for p in PATTERNS]
    chosen = [(name, pattern) for name, pattern in names if wanted(name)]
    loop = f"persisted/{database}/cost of the n-th round"
    if not chosen and not wanted(loop):
        return
    serving.prepare(url, FILES)
    clock = ManualClock()
    with Engine.open(url, threads=False, clock=clock) as engine:
        runner = Persisted(engine, clock)
        for name, pattern in chosen:
            yield name, timed(runner.once(pattern), seconds, repeats=3)
        if wanted(loop):
            yield loop, _rounds(engine, runner, 600 if seconds >= 1 else 200)


def _rounds(engine: Engine, runner: Persisted, rounds: int) -> dict[str, Any]:
    """One instance goes round and round: what do the first and the last rounds cost?

    The two turns of a round (start and complete the task) and the question for the open task are
    timed apart.
    """
    instance = runner.start("bench.rounds", _GO)
    turns, questions, sizes = [], [], []
    for _ in range(rounds):
        begun = time.process_time()
        task = runner.open_task(instance)
        asked = time.process_time()
        runner.complete(task, _GO)
        turns.append((time.process_time() - asked) * 1e6)
        questions.append((asked - begun) * 1e6)
        sizes.append(state_bytes(engine, instance))
    tenth = rounds // 10
    early, late = slice(tenth, 2 * tenth), slice(-tenth, None)
    first, last = _quiet(turns[early]), _quiet(turns[late])
    return {
        "rounds": rounds,
        "first_us": round(first),
        "last_us": round(last),
        "ratio": round(last / first, 2),
        "query_first_us": round(_quiet(questions[early])),
        "query_last_us": round(_quiet(questions[late])),
        "state_bytes_first": sizes[tenth],
        "state_bytes_last": sizes[-1],
    }


def _quiet(costs: list[float]) -> float:
    """A low one of many: what it costs when nobody else is on the machine's cores."""
    return sorted(costs)[len(costs) // 10]


def state_bytes(engine: Engine, instance: int) -> int:
    """How large the stored state of an instance is."""
    from procession.store.hot import load_instances

    with engine.room.store.read() as reader:
        (row,) = load_instances(reader, (instance,))
    return len(row.state)


def counts(folder: Path, wanted: Callable[[str], bool]) -> Iterator[Any]:
    """Statements, commits, rows and bytes for one call."""
    from bench.counted import SCENARIOS

    chosen = {name: made for name, made in SCENARIOS.items() if wanted(f"counts/{name}")}
    if not chosen:
        return
    with metered(folder, UNIT, FILES) as meter:
        for name, scenario in chosen.items():
            for call, found in scenario(meter):
                yield (
                    f"counts/{name}/{call}",
                    {
                        "reads": found.reads,
                        "writes": found.writes,
                        "commits": found.commits,
                        "rows": found.rows,
                        "state_bytes": found.state_bytes,
                        "journal_bytes": found.journal_bytes,
                    },
                )


def restart(
    database: str, url: str, waiting: int, wanted: Callable[[str], bool], say: Callable[[str], None]
) -> Iterator[Any]:
    """Serve again a database in which many instances wait; work on the oldest."""
    name = f"restart/{database}/waiting instances"
    if not wanted(name):
        return
    serving.prepare(url, FILES)
    oldest, made, rate = _fill(url, waiting, say)
    with serving.procession(url) as server:
        ready_memory = machine.memory_mib(server.pid)
        begun = time.perf_counter()
        server.call("POST", f"/rest/runtime/{UNIT}/process/instance/{oldest}/abort")
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        server.call("GET", "/rest/task/query?potentialOwner=admin&page=1&pageSize=10")
        yield (
            name,
            {
                "instances": made,
                "starts_per_second": rate,
                "ready_seconds": server.ready_seconds,
                "cpu_seconds_to_ready": round(machine.cpu_seconds(server.pid), 2),
                "first_change_ms": round(first * 1000, 1),
                "first_list_ms": round((time.perf_counter() - begun) * 1000, 1),
                "memory_mib": ready_memory,
                "memory_after_mib": machine.memory_mib(server.pid),
            },
        )


def _fill(url: str, waiting: int, say: Callable[[str], None]) -> tuple[int, int, float]:
    """Start instances in large batches, for some minutes at most."""
    ref = ProcessRef(deployment=UNIT, process_id="bench.user")
    given = freeze_all({"customer": "ann", "amount": 1000, "note": "nothing"})
    with Engine.open(url) as engine:
        admin = engine.people.actor("admin")

        def start() -> int:
            return engine.processes.start(admin, ref, given).id

        oldest, made, begun = engine.executive.run(start, actor="admin"), 1, time.perf_counter()
        while made < waiting and time.perf_counter() - begun < FILL_SECONDS:
            several = min(2_000, waiting - made)
            futures = [engine.executive.submit(start, actor="admin") for _ in range(several)]
            for future in futures:
                future.result()
            made += several
            if made % 10_000 < 2_000:
                say(f"  {made:,} instances wait …")
        return oldest, made, round(made / (time.perf_counter() - begun))
