"""The fixed scenarios whose database work is counted, in the benchmark and in the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from bench.counting import Counts, Meter
from bench.processes import UNIT
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.services.tasks import TaskCriteria
from procession.values import Map, freeze_all

Counted = Iterator[tuple[str, Counts]]
_FEW: Final = freeze_all({"customer": "ann", "amount": 1000, "note": "nothing"})


def _start(meter: Meter, process: str, given: Map = _FEW) -> tuple[int, Counts]:
    ref = ProcessRef(deployment=UNIT, process_id=process)
    started, counts = meter.count(lambda: meter.engine.processes.start(meter.admin, ref, given))
    return started.id, counts


def _warm(meter: Meter, process: str) -> None:
    """What is done once only (compiling, reserving numbers) is not counted."""
    instance, _ = _start(meter, process)
    if meter.engine.processes.last_known(meter.admin, instance).state == 1:
        meter.engine.processes.abort(meter.admin, instance)


def _task(meter: Meter, instance: int) -> tuple[int, Counts]:
    criteria = TaskCriteria(process_instance_ids=(instance,), statuses=("Ready", "Reserved"))
    found, counts = meter.count(
        lambda: meter.engine.tasks.query(meter.admin, criteria, PageRequest())
    )
    return found.items[0].id, counts


def start_only(process: str) -> Callable[[Meter], Counted]:
    """A process that ends in the call that starts it."""

    def scenario(meter: Meter) -> Counted:
        _warm(meter, process)
        yield "start", _start(meter, process)[1]

    return scenario


def user_task(meter: Meter) -> Counted:
    """Start, query, start, complete."""
    _warm(meter, "bench.user")
    tasks = meter.engine.tasks
    instance, counts = _start(meter, "bench.user")
    yield "start", counts
    task, counts = _task(meter, instance)
    yield "query", counts
    yield "start the task", meter.count(lambda: tasks.start(meter.admin, task))[1]
    done = freeze_all({"outcome": "done"})
    yield "complete the task", meter.count(lambda: tasks.complete(meter.admin, task, done))[1]


def finish(meter: Meter) -> Counted:
    """Start, then take, start and complete the task in one call."""
    _warm(meter, "bench.user")
    instance, _ = _start(meter, "bench.user")
    task, _ = _task(meter, instance)
    yield "finish", meter.count(lambda: meter.engine.tasks.finish(meter.admin, task, Map()))[1]


def timer(meter: Meter) -> Counted:
    """Start, then the timer fires."""
    _warm(meter, "bench.timer")
    yield "start", _start(meter, "bench.timer")[1]
    clock: Any = meter.engine.room.clock
    clock.advance(2)
    yield "fire", meter.count(meter.engine.run_due_jobs)[1]


def signal(meter: Meter) -> Counted:
    """Start, then signal the instance."""
    _warm(meter, "bench.signal")
    instance, counts = _start(meter, "bench.signal")
    yield "start", counts
    processes = meter.engine.processes
    send = meter.count(lambda: processes.signal(meter.admin, "go", instance=instance))
    yield "signal", send[1]


SCENARIOS: Final[dict[str, Callable[[Meter], Counted]]] = {
    "script1": start_only("bench.script1"),
    "script5": start_only("bench.script5"),
    "fork10": start_only("bench.fork10"),
    "call": start_only("bench.call"),
    "user task": user_task,
    "finish": finish,
    "timer": timer,
    "signal": signal,
}
