"""What a round of a loop costs however many there are, and what of finished rounds stays.

``calls`` are calls of Python functions for a round (the same on every machine) in a short and in a
long loop, ``cpu_us`` is the CPU time for a round of the longest. Loops over work that waits are
looked at after a tenth of their rounds and before the last: their state must not have grown.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from bench.flatness import Counted
from procession.core import commands as c
from procession.core.graph import ProcessDefinition
from procession.core.ports import Limits
from procession.core.state import InstanceStatus, WaitKind
from procession.store.codec import encode_state
from procession.testing import ManualClock, Run, compile_model, model
from procession.testing.models import Model
from procession.testing.runs import ended
from procession.values import Map

SHORT: Final = 1_000
LONG: Final = 10_000
LONGEST: Final = 100_000
WAITING: Final = 1_000

_LOOPS: Final = {
    "parallel": "<multiInstanceLoopCharacteristics>"
    "<loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics>",
    "sequential": '<multiInstanceLoopCharacteristics isSequential="true">'
    "<loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics>",
    "over items": "<multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef>"
    '<inputDataItem id="item"/></multiInstanceLoopCharacteristics>',
    "standard": "<standardLoopCharacteristics><loopCondition>loopCounter &lt; n</loopCondition>"
    "</standardLoopCharacteristics>",
}
_WHAT: Final[dict[str, Callable[[Model, str], Model]]] = {
    "script": lambda made, loop: made.node("scriptTask", "w", f"{loop}<script>1</script>"),
    "sub-process": lambda made, loop: made.sub("w", loop).start("in").end("out").end_sub(),
}
_WAITS: Final[dict[str, Callable[[Model, str], Model]]] = {
    "user task": lambda made, loop: made.user("w", loop),
    "call activity": lambda made, loop: made.call("w", "other", loop),
}


def loops(wanted: Callable[[str], bool]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kind of loop over every kind of activity."""
    for kind, loop in _LOOPS.items():
        for what, put in _WHAT.items():
            name = f"loop/{kind}/{what}"
            if wanted(name):
                definition = _definition(put, loop)
                _run(definition, 10)
                short, long = (_calls(definition, count) for count in (SHORT, LONG))
                found = {f"calls_of_{SHORT}": round(short, 1), f"calls_of_{LONG}": round(long, 1)}
                found["ratio"] = round(long / short, 3)
                yield name, {**found, f"cpu_us_of_{LONGEST}": _cpu(definition, LONGEST)}
    for kind in ("sequential", "standard"):
        for what, put in _WAITS.items():
            name = f"loop/{kind}/{what}"
            if wanted(name):
                yield name, _waiting(_definition(put, _LOOPS[kind]))


def _definition(put: Callable[[Model, str], Model], loop: str) -> ProcessDefinition:
    process = model("loop").variable("n", "Integer").variable("items").start()
    return compile_model(put(process, loop).end())


def _run(definition: ProcessDefinition, count: int) -> Run:
    run = Run(definition, ManualClock(), Limits())
    given = Map(n=count, items=tuple(range(count)))
    run.do(c.StartProcess(given, root=1))
    return run


def _calls(definition: ProcessDefinition, count: int) -> float:
    with Counted() as counted:
        run = _run(definition, count)
    assert run.is_completed
    return counted.calls / count


def _cpu(definition: ProcessDefinition, count: int) -> float:
    gc.collect()
    begun = time.process_time()
    _run(definition, count)
    return round((time.process_time() - begun) / count * 1e6, 1)


def _waiting(definition: ProcessDefinition) -> dict[str, Any]:
    """Rounds that wait, each in a step of its own."""
    run = _run(definition, WAITING)
    steps: list[int] = []
    sizes: list[int] = []
    while run.state.waits:
        [wait] = run.waits()
        payload = Map()
        if wait.kind is WaitKind.CALLED_PROCESS:
            payload = ended(InstanceStatus.COMPLETED)
        sizes.append(len(encode_state(run.state, {})))
        run.records.clear()
        with Counted() as counted:
            run.do(c.TriggerWait(wait.id, payload))
        steps.append(counted.calls)
    tenth = WAITING // 10
    return {
        "rounds": len(steps),
        "calls_early": round(sum(steps[tenth : 2 * tenth]) / tenth, 1),
        "calls_late": round(sum(steps[-tenth - 1 : -1]) / tenth, 1),
        "state_bytes_early": sizes[tenth],
        "state_bytes_late": sizes[-1],
    }
