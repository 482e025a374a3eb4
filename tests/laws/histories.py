"""Histories: the engine beside the reference interpreter, step by step, over random schedules.

A history is one sequence of commands from the start to the end, or to where nothing can move or the
steps are used up. Histories of one model branch off from each other, so that a beginning they share
is walked once; every step of every history is compared, and every law held against it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from procession.bpmn.compiler import compile_document
from procession.core import commands as c
from procession.core import records as r
from procession.core.graph import ProcessDefinition
from procession.core.ports import (
    Env,
    Limits,
    Purpose,
    ScriptContext,
    ScriptResult,
    ScriptScope,
)
from procession.core.state import InstanceState, InstanceStatus, Role, Wait, WaitKind, empty_state
from procession.core.step import Outcome
from procession.errors import Fault, LimitExceeded, NoOutgoingFlow
from procession.values import Map
from tests.laws.chart import Chart
from tests.laws.description import BITS, CODES, Plan, shifted
from tests.laws.invariants import lawful_step, need
from tests.laws.reference_interpreter import Endless, Interpreter, NoWayOut
from tests.laws.rendering import xml_of

ENV = Env(datetime(2024, 1, 1, tzinfo=UTC), Limits(records_per_step=500), seed=7)
FEWEST_VISITS = 40
"""A step of fewer visits than this never reaches the limit of records above."""
FAILS = 0.08
"""How likely the work of a task fails."""
ABORTED = 4
"""Every so many histories are aborted in the end."""
LONGEST = 9
"""Commands after the start."""
NOWHERE = ScriptScope()


class BitScript:
    """A text of a generated model: ``bit 3``, ``shift``, ``number 2``."""

    language = ""
    warnings: tuple[str, ...] = ()

    def __init__(self, source: str) -> None:
        self.source = source
        word, _, number = source.partition(" ")
        self.word, self.number = word, int(number or 0)

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Read the data, and for ``shift`` change it."""
        if self.word == "number":
            return ScriptResult(self.number)
        data = context.lookup("d")
        if self.word == "shift":
            return ScriptResult(None, (("d", shifted(data)),))
        return ScriptResult(bool(data >> self.number & 1))


class BitEvaluator:
    """Compiles the texts of generated models."""

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = NOWHERE
    ) -> BitScript:
        return BitScript(source)


@dataclass(frozen=True)
class Move:
    """What comes from outside: the wait of ``handler`` that is the ``nth``, with data.

    With a ``code``, the work of a task failed.
    """

    handler: str
    nth: int
    data: int
    code: str = ""


@dataclass
class Moment:
    """Both sides between two moves, and how they came there."""

    state: InstanceState
    reference: Interpreter
    visits: Counter[str]
    path: tuple[Move, ...] = ()


@dataclass
class Tally:
    """What was walked."""

    histories: int = 0
    steps: int = 0
    ends: Counter[str] = field(default_factory=Counter)


class Disagreement(AssertionError):
    """A history in which the engine breaks a law or is not of the interpreter's opinion."""

    def __init__(self, path: tuple[Move, ...], text: str) -> None:
        super().__init__(text)
        self.path = path


def compiled(plan: Plan) -> ProcessDefinition:
    """The plan as the engine knows it."""
    compilation = compile_document(xml_of(plan).encode(), BitEvaluator(), resource="laws.bpmn")
    if compilation.errors:
        raise Refused("; ".join(str(problem) for problem in compilation.errors))
    return compilation.definitions[0]


class Refused(Exception):
    """The compiler does not want a generated model."""


def explore(plan: Plan, seed: int, most: int, tally: Tally) -> None:
    """Walk up to ``most`` histories of a plan; raises :class:`Disagreement`."""
    chance = random.Random(seed)
    definition, chart = compiled(plan), Chart(plan)
    budget = tally.histories + most
    for data in chance.sample(range(1 << BITS), min(most, 5)):
        if tally.histories == budget:
            return
        first = Move("", 0, data)
        moment = begun(definition, chart, first, tally)
        todo = [moment] if moment else []
        while todo and tally.histories < budget:
            moment = todo.pop()
            moves = choices(moment, chance) if len(moment.path) <= LONGEST else []
            if not moves:
                finished(definition, moment, tally)
            for move in moves[: budget - tally.histories]:
                after = moved(definition, moment, move, tally)
                if after is not None:
                    todo.append(after)


def follow(plan: Plan, path: tuple[Move, ...]) -> None:
    """Walk one history again."""
    definition, chart, tally = compiled(plan), Chart(plan), Tally()
    moment = begun(definition, chart, path[0], tally)
    for move in path[1:]:
        if moment is None:
            return
        moment = moved(definition, moment, move, tally)


def finished(definition: ProcessDefinition, moment: Moment, tally: Tally) -> None:
    """A history has come to its last step; now and then it is aborted, which leaves nothing."""
    reference = moment.reference
    tally.histories += 1
    if reference.is_over:
        tally.ends["aborted" if reference.is_aborted else "completed"] += 1
    else:
        tally.ends["open" if reference.waits else "deadlock"] += 1
    if tally.histories % ABORTED:
        return
    with telling(moment.path):
        late = lawful_step(definition, moment.state, c.TriggerWait(10**6), ENV)
        need(isinstance(late, Fault), "what nobody waits for was taken", late)
        end = lawful_step(definition, moment.state, c.AbortProcess(), ENV)
        ended = isinstance(end, Outcome) and end.state.is_over
        need(ended is not reference.is_over, "aborting does not end what is not over", end)


@contextmanager
def telling(path: tuple[Move, ...]) -> Iterator[None]:
    """Whatever goes wrong is told with the moves that led there."""
    try:
        yield
    except Exception as broken:
        raise Disagreement(path, f"{type(broken).__name__}: {broken}") from broken


def choices(moment: Moment, chance: random.Random) -> list[Move]:
    """Some of the waits that may be met next."""
    waits = engine_waits(moment.state)
    if not waits:
        return []
    picked = chance.sample(waits, min(len(waits), chance.choice((1, 2, 2, 3))))
    moves = []
    for wait in picked:
        alike = [w for w in waits if w.handler == wait.handler]
        for _ in range(chance.choice((1, 1, 2))):
            fails = wait.kind is WaitKind.WORK_ITEM and chance.random() < FAILS
            code = chance.choice(CODES) if fails else ""
            data = chance.randrange(1 << BITS)
            moves.append(Move(wait.handler, alike.index(wait), data, code))
    return list(dict.fromkeys(moves))


def engine_waits(state: InstanceState) -> list[Wait]:
    """What the engine waits for, oldest first."""
    return sorted(state.waits.values(), key=lambda wait: wait.id)


# -- one step ------------------------------------------------------------------------------------


def begun(definition: ProcessDefinition, chart: Chart, first: Move, tally: Tally) -> Moment | None:
    """Both sides after the start."""
    before = Moment(empty_state(1, definition.key), Interpreter(chart), Counter())
    command = c.StartProcess(Map(d=first.data), root=1)
    return together(
        definition, before, first, command, lambda reference: reference.start(first.data), tally
    )


def moved(definition: ProcessDefinition, moment: Moment, move: Move, tally: Tally) -> Moment | None:
    """Both sides after a move."""
    alike = [w for w in engine_waits(moment.state) if w.handler == move.handler]
    numbers = [n for n, w in moment.reference.waits.items() if w.handler == move.handler]
    if move.nth >= len(alike):
        return None
    wait = alike[move.nth]
    number = numbers[move.nth]
    if move.code:
        failed = c.FailWait(wait.id, move.code, uncaught_aborts=True)
        return together(
            definition, moment, move, failed, lambda at: at.fail(number, move.code), tally
        )
    data = move.data if wait.kind is WaitKind.WORK_ITEM else None
    met = c.TriggerWait(wait.id, None if data is None else Map(d=data))
    return together(definition, moment, move, met, lambda at: at.trigger(number, data), tally)


def together(
    definition: ProcessDefinition,
    moment: Moment,
    move: Move,
    command: c.Command,
    act: Callable[[Interpreter], None],
    tally: Tally,
) -> Moment | None:
    """One step on both sides; ``None`` if both say that it cannot be done."""
    path = (*moment.path, move)
    reference = moment.reference.copy()
    tally.steps += 1
    refusal = ""
    with telling(path):
        try:
            act(reference)
        except (NoWayOut, Endless) as fault:
            refusal = type(fault).__name__
        if refusal == "Endless" and reference.chart.has_loops:
            refused(tally)
            return None
        outcome = lawful_step(definition, moment.state, command, ENV)
        if refusal or not isinstance(outcome, Outcome):
            same_refusal(refusal, outcome, reference.visits - moment.reference.visits)
            refused(tally)
            return None
        visits = moment.visits + visited(outcome.records)
        same(definition, outcome.state, visits, reference)
    return Moment(outcome.state, reference, visits, path)


def refused(tally: Tally) -> None:
    """A history has come to a step that cannot be done.

    The engine is not asked to do an endless one with repeated activities in it: each of their
    rounds counts as progress, so it would not stop.
    """
    tally.histories += 1
    tally.ends["refused"] += 1


def visited(records: tuple[r.Record, ...]) -> Counter[str]:
    """How often each node was entered; the rounds of a loop are one visit."""
    return Counter(
        record.node
        for record in records
        if isinstance(record, r.ElementActivated)
        and record.node
        and record.role is not Role.ITERATION
    )


def same_refusal(refusal: str, outcome: Outcome | Fault, visits: Counter[str]) -> None:
    """Both sides refuse, for the same reason; how long is too long is not told to the record."""
    if isinstance(outcome, LimitExceeded):
        many = visits.total() >= FEWEST_VISITS
        need(refusal == "Endless" or many, "the engine alone finds an endless loop", refusal)
    elif isinstance(outcome, NoOutgoingFlow):
        need(refusal == "NoWayOut", "the engine alone finds no way out", refusal)
    else:
        need(False, f"the interpreter says {refusal or 'nothing'}, the engine", outcome)


def same(
    definition: ProcessDefinition,
    state: InstanceState,
    visits: Counter[str],
    reference: Interpreter,
) -> None:
    """What can be seen from outside agrees."""
    told: dict[str, tuple[object, object]] = {
        "over": (state.is_over, reference.is_over),
        "aborted": (state.status is InstanceStatus.ABORTED, reference.is_aborted),
        "outcome": (state.outcome, reference.outcome),
        "waiting": (
            Counter(w.handler for w in state.waits.values()),
            Counter(w.handler for w in reference.waits.values()),
        ),
        "parked": (parked(state), reference.parked),
        "visits": (visits, reference.visits),
    }
    if not state.is_over:
        told["data"] = (state.variables[1]["d"], reference.data)
    for what, (engine, interpreter) in told.items():
        need(engine == interpreter, f"{what}: engine and interpreter", engine, interpreter)


def parked(state: InstanceState) -> dict[tuple[str, str], int]:
    """How many tokens wait by which flow at which join."""
    found: Counter[tuple[str, str]] = Counter()
    for (_, node), tokens in state.parked.items():
        for flow in tokens.flows:
            found[node, flow] += 1
    return dict(found)
