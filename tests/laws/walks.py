"""Random models and random walks over them, with every law checked after every step."""

from __future__ import annotations

import copy
import random
from datetime import timedelta

from procession.core import commands as c
from procession.core.evolve import evolve
from procession.core.graph import ProcessDefinition
from procession.core.ports import Env, Limits
from procession.core.state import InstanceState, InstanceStatus, WaitKind, empty_state, reindex
from procession.core.step import Outcome, step
from procession.errors import Fault
from procession.runtime.clock import ManualClock
from procession.testing import Model, model
from procession.testing.models import error, signal, timer
from procession.testing.runs import ended
from procession.values import Map, freeze, freeze_all
from python_scripts import definition

LATER = (
    '<extensionElements><d:metaData name="customAsync"><d:metaValue>true</d:metaValue>'
    "</d:metaData></extensionElements>"
)


class Maker:
    """Makes block-structured models: what is opened is joined again."""

    def __init__(self, seed: int, *, jbpm: bool) -> None:
        self.random = random.Random(seed)
        self.jbpm = jbpm
        self.count = 0

    def model(self) -> Model:
        """A whole process."""
        process = model(jbpm=self.jbpm).root('<signal id="s" name="S"/>')
        process.root('<itemDefinition id="i"/><message id="m" name="M" itemRef="i"/>')
        process.root('<error id="e" errorCode="E"/>').variable("n").start()
        self.block(process, 3)
        return process.end()

    def id(self, kind: str) -> str:
        """A fresh id."""
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, process: Model, depth: int) -> None:
        """One to three things one after the other."""
        for _ in range(self.random.randint(1, 3)):
            kinds = [self.leaf]
            if depth > 0:
                kinds += [self.split, self.split, self.sub, self.guarded, self.loop]
            self.random.choice(kinds)(process, depth)

    def leaf(self, process: Model, depth: int) -> None:
        """Something without an inside."""
        match self.random.randrange(8):
            case 0:
                process.node("manualTask", self.id("m"))
            case 1:
                name = self.id("s")
                process.script(name, f"kcontext.setVariable('{name}', (n or 0) + 1)")
            case 2:
                process.user(self.id("u"), self.rounds())
            case 3:
                process.timer(self.id("t"), self.random.choice(["PT5S", "PT1M"]))
            case 4:
                process.catch(self.id("c"), signal("s"))
            case 5:
                process.throw(self.id("th"), signal("s"))
            case 6 if self.jbpm:
                process.node("userTask", self.id("later"), LATER)
            case 6:
                order = self.random.choice(["Parallel", "Sequential"])
                inside = "".join(f"<userTask id='{self.id('any')}'/>" for _ in range(2))
                process.node("adHocSubProcess", self.id("ad_hoc"), inside, ordering=order)
            case _:
                process.call(self.id("call"), "other")

    def split(self, process: Model, depth: int) -> None:
        """A gateway and its join."""
        kind = self.random.choice(["parallel", "exclusive", "inclusive"])
        opening, closing = self.id(kind), self.id(kind)
        getattr(process, kind)(opening)
        for branch in range(self.random.randint(2, 3)):
            process.back_to(opening)
            if kind != "parallel":
                if branch == 0:
                    process.default()
                else:
                    process.flow(self.random.choice(["n == 1", "n != 1", "True", "False"]))
            self.block(process, depth - 1)
            getattr(process, kind)(closing)
        process.back_to(closing)

    def sub(self, process: Model, depth: int) -> None:
        """A sub-process, perhaps with a way out by an error or the end of all."""
        process.sub(self.id("sub"), self.rounds()).variable("own").start(self.id("in"))
        self.block(process, depth - 1)
        ending = self.random.choice(["", "", "<terminateEventDefinition/>", error("e")])
        process.end(self.id("out"), ending).end_sub()

    def guarded(self, process: Model, depth: int) -> None:
        """A sub-process with events at its boundary that lead behind it."""
        self.sub(process, depth)
        host = process._current or ""
        merge = self.id("merge")
        process.exclusive(merge)
        for inside in (timer("PT7S"), signal("s"), error("e")):
            if self.random.random() < 0.6:
                interrupting = self.random.random() < 0.5 or "error" in inside
                process.boundary(host, self.id("b"), inside, interrupting=interrupting)
                process.node("manualTask", self.id("aside"))
                process.end("end") if not interrupting else process.to(merge)
        process.back_to(merge)

    def rounds(self) -> str:
        """Loop characteristics, now and then."""
        if self.random.random() < 0.6:
            return ""
        if self.random.random() < 0.3:
            condition = "<loopCondition>(n or 0) == 1</loopCondition>"
            tag = "standardLoopCharacteristics"
            return f'<{tag} loopMaximum="3" testBefore="true">{condition}</{tag}>'
        number = f"<loopCardinality>{self.random.randrange(4)}</loopCardinality>"
        enough = self.random.choice(["", "<completionCondition>n == 1</completionCondition>"])
        sequential = self.random.choice(["true", "false"])
        tag = "multiInstanceLoopCharacteristics"
        return f'<{tag} isSequential="{sequential}">{number}{enough}</{tag}>'

    def loop(self, process: Model, depth: int) -> None:
        """A way back that is taken while n is 1."""
        back, choice = self.id("back"), self.id("choice")
        process.exclusive(back).user(self.id("u"))
        process.exclusive(choice).flow("n == 1").to(back)
        process.back_to(choice).default().node("manualTask", self.id("on"))


class Walk:
    """One instance, moved at random; every law is checked after every step."""

    def __init__(self, built: ProcessDefinition, seed: int) -> None:
        self.definition = built
        self.random = random.Random(seed)
        self.clock = ManualClock()
        self.state = empty_state(1, built.key)
        self.replayed = empty_state(1, built.key)
        self.commands: list[c.Command] = []

    def run(self, steps: int) -> None:
        """Start, and do what can be done until it ends or the steps are used up."""
        self.do(c.StartProcess(freeze_all({"n": self.random.randrange(3)}), root=1))
        for _ in range(steps):
            if self.state.is_over:
                break
            self.do(self.choose())

    def choose(self) -> c.Command:
        """Something that could come from outside."""
        waits = list(self.state.waits.values())
        pick = self.random.random()
        if pick < 0.05 or not waits:
            return c.SetVariables(
                freeze_all({"n": self.random.randrange(3), "l": [1, {"a": None}]})
            )
        if pick < 0.07:
            return c.AbortProcess()
        wait = self.random.choice(waits)
        if pick < 0.12:
            return c.TriggerWait(wait.id + 1000)
        if wait.kind is WaitKind.TIMER:
            self.clock.advance(timedelta(seconds=10))
        if wait.kind is WaitKind.CALLED_PROCESS:
            status = self.random.choice([InstanceStatus.COMPLETED, InstanceStatus.ABORTED])
            return c.TriggerWait(wait.id, ended(status, self.random.choice([None, "E", "F"])))
        if pick < 0.2 and wait.kind is WaitKind.WORK_ITEM:
            return c.FailWait(wait.id, self.random.choice([None, "E", "F"]), uncaught_aborts=True)
        return c.TriggerWait(wait.id, Map(ActorId="john") if pick < 0.6 else None)

    def do(self, command: c.Command) -> None:
        """Carry it out twice and hold the laws against it."""
        self.commands.append(command)
        env = Env(self.clock.now(), Limits(records_per_step=400), seed=7)
        before = copy.deepcopy(self.state)
        first = attempt(self.definition, self.state, command, env)
        assert self.state == before, "a step changed the state it was given"
        second = attempt(self.definition, self.state, command, env)
        assert first == second, "the same command gave something else"
        if not isinstance(first, Outcome):
            return
        for record in first.records:
            evolve(self.replayed, record)
        assert self.replayed == first.state, "the records do not give the state"
        self.state = first.state
        check_state(self.definition, self.state)


def attempt(
    built: ProcessDefinition, state: InstanceState, command: c.Command, env: Env
) -> Outcome | str:
    """The outcome of a step, or how it failed."""
    try:
        return step(built, state, command, env)
    except Fault as fault:
        return f"{type(fault).__name__}: {fault}"


def check_state(built: ProcessDefinition, state: InstanceState) -> None:
    """What holds of every state at rest."""
    children, owned = state.children, state.owned
    fresh = reindex(state.fork())
    assert fresh.children == children, "children are indexed wrongly"
    assert fresh.owned == owned, "waits are indexed wrongly"
    for values in state.variables.values():
        for value in values.values():
            assert freeze(value) is value or freeze(value) == value
            hash(value)
    for element in state.elements.values():
        assert element.scope in state.elements or not element.scope
        hash(element.memo)
    for wait in state.waits.values():
        assert wait.owner in state.elements
        assert wait.handler in built.nodes
        hash(wait.parameters)
    for scope in state.variables:
        assert scope in state.elements or scope == 1
    for scope, _ in state.parked:
        assert scope in state.elements
    if state.is_over:
        assert not state.elements
        assert not state.waits
        assert not state.parked
    else:
        assert state.waits or state.parked, "nothing can move and it has not ended"


def made(seed: int, *, jbpm: bool) -> ProcessDefinition:
    """A generated process, compiled."""
    return definition(Maker(seed, jbpm=jbpm).model())
