"""What the search for traps says of random models is what random walks through the engine meet."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from procession.bpmn.soundness.checking import check_soundness
from procession.bpmn.soundness.search import Bounds
from procession.core import commands as c
from procession.core import records as r
from procession.core.graph import ProcessDefinition
from procession.core.state import InstanceState, WaitKind, empty_state
from procession.core.step import Outcome, step
from procession.errors import Fault
from procession.values import Map
from tests.laws.description import BITS, CODES
from tests.laws.generators import structured, unstructured
from tests.laws.histories import ENV, Refused, compiled
from tests.laws.rendering import xml_of

MODELS = 5
WALKS = 12
LONGEST = 12
BOUNDS = Bounds(states=1_500, records=60_000)
STUCK = frozenset({"deadlock", "lack-of-synchronisation"})


def walk(definition: ProcessDefinition, dice: random.Random) -> Iterator[Outcome]:
    """One history, up to where nothing can move, a step fails, or it is long enough."""
    state = empty_state(1, definition.key)
    command: c.Command = c.StartProcess(Map(d=dice.randrange(1 << BITS)), root=1)
    for _ in range(LONGEST):
        try:
            outcome = step(definition, state, command, ENV)
        except Fault:
            return
        yield outcome
        state = outcome.state
        if not state.waits:
            return
        wait = dice.choice(list(state.waits.values()))
        command = c.TriggerWait(wait.id, Map(d=dice.randrange(1 << BITS)))
        if wait.kind is WaitKind.WORK_ITEM and dice.random() < 0.1:
            command = c.FailWait(wait.id, dice.choice(CODES), uncaught_aborts=True)


def stuck(state: InstanceState) -> set[str]:
    """The joins at which tokens wait though nothing can happen any more."""
    if state.is_over or state.waits:
        return set()
    return {node for _, node in state.parked}


@pytest.mark.parametrize("make", [structured, unstructured])
@pytest.mark.parametrize("part", range(4))
def test_who_gets_stuck_was_warned_and_what_is_called_dead_is_never_entered(make, part: int):
    for seed in range(part * MODELS, (part + 1) * MODELS):
        plan = make(seed)
        try:
            definition = compiled(plan)
        except Refused:
            continue
        found = check_soundness(xml_of(plan).encode(), resource="trap.bpmn", bounds=BOUNDS)
        warned = {problem.element for problem in found.problems if problem.rule in STUCK}
        dead = {problem.element for problem in found.problems if problem.rule == "dead-element"}
        dice = random.Random(seed)
        for _ in range(WALKS):
            for outcome in walk(definition, dice):
                entered = {x.node for x in outcome.records if isinstance(x, r.ElementActivated)}
                assert not entered & dead, (seed, entered & dead)
                if not found.undecided:
                    assert stuck(outcome.state) <= warned, (seed, stuck(outcome.state), warned)
