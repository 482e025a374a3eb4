"""``start()``: run a model in memory, step by step, without a server or a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from procession.bpmn.compiler import compile_document
from procession.core import commands as c
from procession.core import records as r
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env, Limits, ScriptEvaluator
from procession.core.semantics import read_choice
from procession.core.state import InstanceState, InstanceStatus, Wait, WaitKind, empty_state
from procession.core.step import step
from procession.errors import InvalidModel
from procession.runtime.clock import ManualClock
from procession.testing.models import Model
from procession.values import EMPTY, Map, Value, freeze, freeze_all


def compile_model(
    source: Model | bytes | str,
    *,
    evaluator: ScriptEvaluator | None = None,
    strict: bool = False,
    semantics: Iterable[str] = (),
) -> ProcessDefinition:
    """The first process of a model or of the text of a BPMN file.

    ``semantics`` chooses as a deployment does, with texts such as ``loops_are_parallel=true``.
    Raises :class:`InvalidModel` with all problems if it could not be deployed.
    """
    xml = source.xml() if isinstance(source, Model) else source
    data = xml.encode() if isinstance(xml, str) else xml
    compilation = compile_document(
        data,
        evaluator or _evaluator(),
        resource="model.bpmn",
        strict=strict,
        semantics=read_choice(semantics),
    )
    if compilation.errors or not compilation.definitions:
        text = "; ".join(str(problem) for problem in compilation.errors) or "no process"
        raise InvalidModel(text, compilation.problems)
    return compilation.definitions[0]


def start(
    process: Model | ProcessDefinition | bytes,
    *,
    clock: ManualClock | None = None,
    start_event: str | None = None,
    payload: object = None,
    trigger: tuple[str, str, str | None] | None = None,
    limits: Limits | None = None,
    **variables: object,
) -> Run:
    """Start a process with variables and run it until every token rests."""
    definition = process if isinstance(process, ProcessDefinition) else compile_model(process)
    run = Run(definition, clock or ManualClock(), limits or Limits())
    command = c.StartProcess(
        freeze_all(variables),
        start_event=start_event,
        payload=freeze(payload),
        root=1,
        trigger=trigger,
    )
    run.do(command)
    return run


def _evaluator() -> ScriptEvaluator:
    from procession.scripting.evaluator import Evaluator

    evaluator: ScriptEvaluator = Evaluator()
    return evaluator


class Run:
    """One instance of a process, moved by hand. Times come from ``clock``."""

    def __init__(self, definition: ProcessDefinition, clock: ManualClock, limits: Limits) -> None:
        self.definition = definition
        self.clock = clock
        self.limits = limits
        self.state: InstanceState = empty_state(1, definition.key)
        self.records: list[r.Record] = []
        self.printed: list[str] = []
        self.commands: list[c.Command] = []

    def do(self, command: c.Command) -> tuple[r.Record, ...]:
        """Carry out a command; gives the new records."""
        env = Env(self.clock.now(), self.limits)
        outcome = step(self.definition, self.state, command, env)
        self.state = outcome.state
        self.commands.append(command)
        self.records.extend(outcome.records)
        self.printed.extend(outcome.printed)
        return outcome.records

    # -- what happened -----------------------------------------------------------------------

    @property
    def visited(self) -> list[str]:
        """The nodes that were entered, in order."""
        return [x.node for x in self.records if isinstance(x, r.ElementActivated) and x.node]

    @property
    def status(self) -> InstanceStatus:
        """Active, completed or aborted."""
        return self.state.status

    @property
    def is_completed(self) -> bool:
        """Whether it ended as it should."""
        return self.state.status is InstanceStatus.COMPLETED

    @property
    def variables(self) -> dict[str, Value]:
        """The process variables."""
        return dict(self.state.variables.get(1, {}))

    @property
    def active(self) -> list[str]:
        """The nodes that are active, in the order they were entered."""
        return [e.node for e in self.state.elements.values() if e.node]

    def of(self, kind: type[r.Record]) -> list[Any]:
        """The records of one kind."""
        return [x for x in self.records if isinstance(x, kind)]

    def waits(self, kind: WaitKind | None = None) -> list[Wait]:
        """What it waits for now, oldest first."""
        return [w for w in self.state.waits.values() if kind is None or w.kind is kind]

    def wait_at(self, node: str) -> Wait:
        """The wait that the node of that id handles."""
        return next(w for w in self.state.waits.values() if w.handler == node)

    # -- what to do next ---------------------------------------------------------------------

    def complete(self, node: str, **results: object) -> tuple[r.Record, ...]:
        """Complete the work item of a node."""
        return self.do(c.TriggerWait(self.wait_at(node).id, freeze_all(results)))

    def do_set(self, **variables: object) -> tuple[r.Record, ...]:
        """Set process variables from outside."""
        return self.do(c.SetVariables(freeze_all(variables)))

    def trigger(self, node: str, payload: object = None) -> tuple[r.Record, ...]:
        """Meet what a node waits for."""
        return self.do(c.TriggerWait(self.wait_at(node).id, freeze(payload)))

    def signal(self, name: str, payload: object = None) -> int:
        """Send a signal to whatever waits for it now; gives how many did."""
        return self._send(WaitKind.SIGNAL, name, payload)

    def message(self, name: str, payload: object = None) -> int:
        """Send a message to whatever waits for it now; gives how many did."""
        return self._send(WaitKind.MESSAGE, name, payload)

    def fail(self, node: str, code: str | None, **more: Any) -> tuple[r.Record, ...]:
        """Let the work of a node fail with an error, or give it up (``None``)."""
        return self.do(c.FailWait(self.wait_at(node).id, code, **more))

    def returned(self, node: str, **variables: object) -> tuple[r.Record, ...]:
        """Let the process that a call activity called complete."""
        return self.trigger(node, ended(InstanceStatus.COMPLETED, variables=variables))

    def advance(self, **by: float) -> datetime:
        """Move the clock and fire the timers that are due, one after the other."""
        until = self.clock.now() + timedelta(**by)
        while True:
            due = [w for w in self.waits(WaitKind.TIMER) if w.due is not None and w.due <= until]
            if not due:
                break
            first = min(due, key=lambda w: (w.due or until, w.id))
            if first.due is not None and first.due > self.clock.now():
                self.clock.advance(first.due - self.clock.now())
            self.do(c.TriggerWait(first.id))
        self.clock.advance(until - self.clock.now())
        return until

    def _send(self, kind: WaitKind, name: str, payload: object) -> int:
        met = 0
        for wait in [w for w in self.waits(kind) if w.name == name]:
            if wait.id in self.state.waits:
                self.do(c.TriggerWait(wait.id, freeze(payload)))
                met += 1
        return met


def ended(
    status: InstanceStatus, outcome: str | None = None, variables: Mapping[str, object] = EMPTY
) -> Map:
    """What a call activity is told when the process it called has ended."""
    return Map(status=int(status), outcome=outcome, variables=freeze_all(variables))
