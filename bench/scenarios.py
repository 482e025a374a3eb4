"""What is done in process, once on a bare ``step`` and once on a persisted engine.

A :class:`Pattern` says how one instance of a process runs from start to end; the driver decides
how often and takes the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from bench.families import FAMILIES, files
from bench.processes import UNIT, patterns
from procession.core import commands as c
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env, Limits
from procession.core.state import InstanceState, empty_state
from procession.core.step import step
from procession.engine import Engine
from procession.runtime.clock import ManualClock
from procession.services.paging import PageRequest
from procession.services.processes import ProcessRef
from procession.services.tasks import TaskCriteria
from procession.testing.runs import compile_model, ended
from procession.values import EMPTY, Map, freeze_all


class Pattern(msgspec.Struct, frozen=True):
    """One instance from start to end. ``then`` is what happens after the start."""

    name: str
    process: str
    variables: Map
    then: str = ""
    peer: str = ""


def variables(count: int) -> Map:
    """Text variables by the dozen."""
    return freeze_all({f"v{number}": f"value {number}" for number in range(count)})


_FEW: Final = freeze_all({"customer": "ann", "amount": 1000, "note": "nothing"})
_COUNTER: Final = freeze_all({"n": 0})
_ITEMS: Final = freeze_all({"list": list(range(1000))})

PATTERNS: Final = (
    Pattern("sequence of 5 scripts", "bench.script5", _FEW, peer="sequence"),
    Pattern("sequence of 5 tasks", "bench.tasks5", _FEW),
    Pattern("exclusive choice", "bench.exclusive", _FEW),
    Pattern("parallel 2", "bench.fork2", _FEW, peer="fork 2"),
    Pattern("parallel 10", "bench.fork10", _FEW, peer="fork 10"),
    Pattern("parallel 100", "bench.fork100", _FEW),
    Pattern("cycle of 100 rounds", "bench.cycle100", _COUNTER),
    Pattern("loop over 1000 items, parallel", "bench.items1000.parallel", _ITEMS),
    Pattern("loop over 1000 items, sequential", "bench.items1000.sequential", _ITEMS),
    Pattern("inclusive split and join", "bench.inclusive", _FEW),
    Pattern("timer", "bench.timer", _FEW, "timer"),
    Pattern("signal", "bench.signal", _FEW, "signal"),
    Pattern("boundary timer cancelled", "bench.boundary", _FEW, "finish"),
    Pattern("call activity", "bench.call", _FEW, "called"),
    Pattern("user task", "bench.user", _FEW, "finish", peer="user task"),
    Pattern("5 scripts, 1 variable", "bench.script5", variables(1)),
    Pattern("5 scripts, 20 variables", "bench.script5", variables(20)),
    Pattern("5 scripts, 200 variables", "bench.script5", variables(200)),
    *[Pattern(name, made().id, EMPTY) for name, made in FAMILIES.items()],
)
FILES: Final = {**patterns(), **files()}
"""The files that the patterns need."""


class Stepped:
    """Runs patterns by ``step`` alone: no store, no history, no tasks."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._definitions = {
            name.removesuffix(".bpmn2"): compile_model(xml) for name, xml in files.items()
        }
        self._env = Env(ManualClock().now(), Limits(), 1)

    def once(self, pattern: Pattern) -> Callable[[], object]:
        """A function that runs one instance."""
        definition = self._definitions[pattern.process]
        command = c.StartProcess(pattern.variables, root=1)
        empty = empty_state(1, definition.key)
        if not pattern.then:
            return lambda: step(definition, empty, command, self._env)
        called = self._definitions["bench.script1"] if pattern.then == "called" else None

        def run() -> InstanceState:
            state = step(definition, empty, command, self._env).state
            return self._go_on(definition, state, called)

        return run

    def _go_on(
        self, definition: ProcessDefinition, state: InstanceState, called: ProcessDefinition | None
    ) -> InstanceState:
        wait = max(state.waits.values(), key=lambda wait: wait.kind.name == "WORK_ITEM")
        payload: Any = Map()
        if called is not None:
            begin = c.StartProcess(Map(), root=1)
            child = step(called, empty_state(2, called.key), begin, self._env).state
            payload = ended(child.status)
        return step(definition, state, c.TriggerWait(wait.id, payload), self._env).state


class Persisted:
    """Runs patterns on an engine: each call is durable when it returns."""

    def __init__(self, engine: Engine, clock: ManualClock) -> None:
        self._engine = engine
        self._clock = clock
        self._admin = engine.people.actor("admin")

    def start(self, process: str, given: Map) -> int:
        """Start an instance; its number."""
        ref = ProcessRef(deployment=UNIT, process_id=process)
        return self._engine.processes.start(self._admin, ref, given).id

    def open_task(self, instance: int) -> int:
        """The number of the open task of an instance."""
        criteria = TaskCriteria(process_instance_ids=(instance,), statuses=("Reserved",))
        return self._engine.tasks.query(self._admin, criteria, PageRequest()).items[0].id

    def finish(self, instance: int) -> None:
        """Find the open task of an instance; take, start and complete it in one call."""
        self._engine.tasks.finish(self._admin, self.open_task(instance), Map())

    def complete(self, task: int, results: Map) -> None:
        """Start and complete a task with results, as a jBPM client does."""
        self._engine.tasks.start(self._admin, task)
        self._engine.tasks.complete(self._admin, task, results)

    def once(self, pattern: Pattern) -> Callable[[], object]:
        """A function that runs one instance."""

        def run() -> None:
            instance = self.start(pattern.process, pattern.variables)
            match pattern.then:
                case "finish":
                    self.finish(instance)
                case "signal":
                    self._engine.processes.signal(self._admin, "go", instance=instance)
                case "timer":
                    self._let_time_pass()

        return run

    def _let_time_pass(self) -> None:
        self._clock.advance(2)
        self._engine.run_due_jobs()
