"""Timers with the real clock: many due at once, many due one after the other, cycles.

A firing is timed when it is durable. *Late* is how long after its due time that is; cycles do not
drift if their last firings are no later than their first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench import serving
from bench.processes import UNIT
from procession.engine import Engine
from procession.services.processes import ProcessRef
from procession.testing import Model, model
from procession.testing.models import parameters, timer
from procession.values import Map

COUNT: Final = 20_000
OVERDUE: Final = 100_000
"""Timers that are overdue when the worker begins (``reference/quality-bar.md``, R11)."""
_AT_ONCE: Final = 500
"""Instances begun in one turn, by a loop of calls that nobody waits for."""
CYCLES: Final = 500
CYCLE_SECONDS: Final = 20
PACE: Final = 500
"""Timers a second where they are due one after the other; R11 asks for 10,000 a minute."""
_PATIENCE: Final = 600.0


def files() -> dict[str, bytes]:
    """A process that waits until a moment, and one with a cycle at a task that nobody does."""
    at = model("bench.at").variable("at").start().catch("t", timer("#{at}", "timeDate")).end()
    made = (at, _cycle(), *(_many(called) for called in ("bench.at", "bench.every")))
    return {f"{each.id}.bpmn2": each.xml() for each in made}


def _many(called: str) -> Model:
    """Calls the process once for each moment, and waits for none."""
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>moments</loopDataInputRef>"
        '<inputDataItem id="at" name="at"/></multiInstanceLoopCharacteristics>'
    )
    given = parameters(inputs={"at": "at"}) + loop
    process = model(f"{called}.many", jbpm=True).variable("moments").start()
    return process.call("c", called, given, **{"d:waitForCompletion": "false"}).end()


def _cycle() -> Model:
    text = timer("R/#{at}/PT1S", "timeCycle")
    process = model("bench.every").variable("at").start().user("u").end()
    return process.boundary("u", "b", text, interrupting=False).end("fired")


class Firings:
    """What the worker of an engine has made durable: when it was due, and how late that was."""

    def __init__(self, engine: Engine) -> None:
        self.late: list[tuple[float, float]] = []
        worker = engine.worker()
        conclude = worker._conclude

        def noting(job: Any, result: Callable[[], Any]) -> None:
            conclude(job, result)
            if job.kind == "timer":
                self.late.append((job.due_at / 1000, time.time() - job.due_at / 1000))

        worker._conclude = noting  # type: ignore[method-assign]

    def wait_for(self, count: int) -> bool:
        """Wait until so many have fired; not for ever."""
        end = time.monotonic() + _PATIENCE
        while len(self.late) < count and time.monotonic() < end:
            time.sleep(0.02)
        return len(self.late) >= count


def run(
    database: str, address: Callable[[], str], quick: bool, wanted: Callable[[str], bool]
) -> Iterator[Any]:
    """The three kinds, each on a database of its own."""
    parts: tuple[tuple[str, Callable[[Engine, int], dict[str, Any]], int], ...] = (
        ("due at once", due_at_once, OVERDUE // 50 if quick else OVERDUE),
        ("due one after the other", one_after_the_other, COUNT // 10 if quick else COUNT),
        ("cycles of a second", cycles, CYCLES // 5 if quick else CYCLES),
    )
    for what, measure, count in parts:
        name = f"timers/{database}/{count} {what}"
        if wanted(name):
            url = address()
            serving.prepare(url, files())
            with Engine.open(url) as engine:
                yield name, measure(engine, count)


def due_at_once(engine: Engine, count: int) -> dict[str, Any]:
    """All are overdue when the worker begins, as after a day off."""
    _begin(engine, "bench.at", ["2020-01-01T00:00:00Z"] * count)
    firings = Firings(engine)
    begun, used = time.perf_counter(), time.process_time()
    engine.worker().start()
    firings.wait_for(count)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    fired = len(firings.late)
    return {
        "fired": fired,
        "of": count,
        "per_second": round(fired / seconds, 1),
        "cpu_us": round(cpu / max(fired, 1) * 1e6, 1),
        "seconds": round(seconds, 1),
    }


def one_after_the_other(engine: Engine, count: int) -> dict[str, Any]:
    """Due evenly, :data:`PACE` a second, once all are there."""
    at = datetime.now(UTC) + timedelta(seconds=3 + count / 1_000)
    moments = [(at + timedelta(seconds=n / PACE)).isoformat() for n in range(count)]
    _begin(engine, "bench.at", moments)
    ready = datetime.now(UTC)
    firings = Firings(engine)
    engine.worker().start()
    firings.wait_for(count)
    return {"of": count, "ready_early": ready < at, **_lateness(firings)}


def cycles(engine: Engine, count: int) -> dict[str, Any]:
    """So many cycles of one second each, which begin spread over a second."""
    at = datetime.now(UTC) + timedelta(seconds=2 + count / 500)
    moments = [(at + timedelta(seconds=n / count)).isoformat() for n in range(count)]
    _begin(engine, "bench.every", moments)
    firings = Firings(engine)
    engine.worker().start()
    firings.wait_for(count * CYCLE_SECONDS)
    grid = {round(n / count * 1000) for n in range(count)}
    start = at.timestamp()
    off = sum(round((due - start) % 1 * 1000) % 1000 not in grid for due, _ in firings.late)
    return {"cycles": count, "off_their_rhythm": off, **_lateness(firings)}


def _begin(engine: Engine, process: str, moments: list[str]) -> None:
    ref = ProcessRef(deployment=UNIT, process_id=f"{process}.many")
    for at in range(0, len(moments), _AT_ONCE):
        some = tuple(moments[at : at + _AT_ONCE])
        engine.processes.start(engine.admin, ref, Map(moments=some))


def _lateness(firings: Firings) -> dict[str, Any]:
    """How late they were, all of them, and the first and last tenth by due time."""
    found = sorted(firings.late)
    late = sorted(seconds for _, seconds in found)
    tenth = max(len(found) // 10, 1)
    first, last = (sum(s for _, s in part) / tenth for part in (found[:tenth], found[-tenth:]))
    span = found[-1][0] - found[0][0]
    return {
        "fired": len(found),
        "per_second": round(len(found) / max(span, 0.001), 1),
        "late_p50_ms": round(late[len(late) // 2] * 1000, 1),
        "late_p99_ms": round(late[len(late) * 99 // 100] * 1000, 1),
        "late_first_ms": round(first * 1000, 1),
        "late_last_ms": round(last * 1000, 1),
    }
