"""Random models in plain words: structured ones, and graphs in which flows go anywhere.

What is generated follows what the engine registers: a family takes part as soon as its tag does.
"""

from __future__ import annotations

import random
from dataclasses import replace

from procession.bpmn import elements
from procession.bpmn.element import REGISTRY
from tests.laws.description import BITS, CODES, SIGNALS, Flow, Loop, Node, Plan

elements.load()

HAS_ESCALATION = "escalationEventDefinition" in REGISTRY
HAS_EVENT_GATEWAY = "eventBasedGateway" in REGISTRY
LOOPS = (
    *(("parallel", "sequential") if "multiInstanceLoopCharacteristics" in REGISTRY else ()),
    *(("until", "while") if "standardLoopCharacteristics" in REGISTRY else ()),
)


class Sketch:
    """A plan in the making."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.numbers: dict[str, int] = {}

    def add(self, kind: str, scope: str, **more: object) -> str:
        """A node with a fresh id."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        id = f"{kind}{self.numbers[kind]}"
        self.nodes.append(Node(id, kind, scope, **more))  # type: ignore[arg-type]
        return id

    def flow(self, source: str, target: str, bit: int | None = None) -> str:
        """A flow with a fresh id."""
        id = f"f{len(self.flows) + 1}"
        self.flows.append(Flow(id, source, target, bit))
        return id

    def default(self, node: str, flow: str) -> None:
        """Make a flow the default of its source."""
        at = next(i for i, n in enumerate(self.nodes) if n.id == node)
        self.nodes[at] = replace(self.nodes[at], default=flow)

    def bit(self) -> int:
        """Some condition."""
        return self.chance.randrange(BITS)

    @property
    def plan(self) -> Plan:
        """What was sketched."""
        return Plan(tuple(self.nodes), tuple(self.flows))

    # -- what both kinds of model use --------------------------------------------------------

    def leaf(self, scope: str) -> str:
        """Something without an inside, mostly a task."""
        pick = self.chance.random()
        if pick < 0.55:
            return self.add("task", scope, loop=self.rounds())
        if pick < 0.68:
            return self.add("pass", scope)
        if pick < 0.76:
            return self.add("shift", scope)
        if pick < 0.86:
            return self.catch(scope)
        if HAS_ESCALATION and pick < 0.9:
            return self.add("throw", scope, trigger="escalation", name=self.chance.choice(CODES))
        return self.add("throw", scope, trigger="signal", name=self.chance.choice(SIGNALS))

    def rounds(self) -> Loop | None:
        """Now and then the activity is one that is repeated."""
        if not LOOPS or self.chance.random() < 0.88:
            return None
        return Loop(self.chance.choice(LOOPS), self.chance.choice((1, 2, 3)), self.bit())

    def catch(self, scope: str) -> str:
        """A message or a signal is waited for."""
        if self.chance.random() < 0.5:
            return self.add("catch", scope, trigger="message")
        return self.add("catch", scope, trigger="signal", name=self.chance.choice(SIGNALS))

    def end(self, scope: str) -> str:
        """An end of some kind."""
        kinds = ["", "", "", "", "terminate", "error", "signal"]
        if HAS_ESCALATION:
            kinds.append("escalation")
        trigger = self.chance.choice(kinds)
        names = {"error": CODES, "escalation": CODES, "signal": SIGNALS}
        name = self.chance.choice(names[trigger]) if trigger in names else ""
        return self.add("end", scope, trigger=trigger, name=name)

    def boundary(self, host: str, scope: str) -> str:
        """A boundary event of some kind."""
        kinds = ["message", "signal"]
        if host.startswith("task"):
            kinds.append("error")
        else:
            kinds += ["error", "error"]
            if HAS_ESCALATION:
                kinds.append("escalation")
        trigger = self.chance.choice(kinds)
        name = ""
        if trigger == "signal":
            name = self.chance.choice(SIGNALS)
        elif trigger in ("error", "escalation"):
            name = self.chance.choice((*CODES, ""))
        cancels = trigger == "error" or self.chance.random() < 0.5
        return self.add(
            "boundary", scope, host=host, trigger=trigger, name=name, interrupting=cancels
        )

    def handlers(self, scope: str, depth: int) -> None:
        """Perhaps an event sub-process or two that listen in a scope."""
        for _ in range(self.chance.choice((0, 0, 0, 0, 1, 1, 2))):
            kinds = ["message", "signal", "error"]
            if HAS_ESCALATION:
                kinds.append("escalation")
            trigger = self.chance.choice(kinds)
            names = {"signal": SIGNALS, "error": (*CODES, ""), "escalation": (*CODES, "")}
            name = self.chance.choice(names[trigger]) if trigger in names else ""
            stops = trigger == "error" or self.chance.random() < 0.5
            inner = self.add("esub", scope)
            at = self.add("start", inner, trigger=trigger, name=name, interrupting=stops)
            if self.chance.random() < 0.2 and depth:
                self.handlers(inner, 0)
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                leaf = self.leaf(inner)
                self.flow(at, leaf)
                at = leaf
            self.flow(at, self.end(inner))


# -- structured ----------------------------------------------------------------------------------


def structured(seed: int, depth: int = 2) -> Plan:
    """Blocks in blocks: what is opened is closed again."""
    sketch = Sketch(seed)
    at = sketch.add("start", "")
    at = _blocks(sketch, "", at, depth)
    sketch.flow(at, sketch.end(""))
    sketch.handlers("", depth)
    return sketch.plan


def _blocks(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    """One to three things one after the other; gives the last."""
    for _ in range(sketch.chance.choice((1, 1, 2, 3))):
        at = _block(sketch, scope, at, depth)
    return at


def _block(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    kinds = ["leaf"] if depth == 0 else ["leaf", "leaf", "split", "split", "split", "loop", "sub"]
    if HAS_EVENT_GATEWAY and depth:
        kinds.append("event")
    match sketch.chance.choice(kinds):
        case "split":
            return _split(sketch, scope, at, depth)
        case "loop":
            return _loop(sketch, scope, at, depth)
        case "sub":
            return _sub(sketch, scope, at, depth)
        case "event":
            return _race(sketch, scope, at, depth)
        case _:
            leaf = sketch.leaf(scope)
            sketch.flow(at, leaf)
            return _guarded(sketch, scope, leaf) if leaf.startswith("task") else leaf


def _guarded(sketch: Sketch, scope: str, host: str) -> str:
    """Perhaps boundary events, that lead behind the host or to an end of their own."""
    if sketch.chance.random() < (0.8 if host.startswith("task") else 0.3):
        return host
    merge = sketch.add("xor", scope)
    sketch.flow(host, merge)
    for _ in range(sketch.chance.choice((1, 1, 2))):
        event = sketch.boundary(host, scope)
        if sketch.nodes[-1].interrupting:
            sketch.flow(event, merge)
        else:
            aside = sketch.leaf(scope)
            sketch.flow(event, aside)
            sketch.flow(aside, sketch.add("end", scope))
    return merge


def _split(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    kind = sketch.chance.choice(("xor", "and", "or"))
    opening, closing = sketch.add(kind, scope), sketch.add(kind, scope)
    sketch.flow(at, opening)
    branches = sketch.chance.choice((2, 2, 3))
    for number in range(branches):
        is_default = kind != "and" and number == branches - 1
        bit = None if kind == "and" or is_default else sketch.bit()
        first = sketch.add("pass", scope)
        flow = sketch.flow(opening, first, bit)
        if is_default:
            sketch.default(opening, flow)
        last = _blocks(sketch, scope, first, depth - 1)
        sketch.flow(last, closing)
    return closing


def _loop(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    back, choice = sketch.add("xor", scope), sketch.add("xor", scope)
    sketch.flow(at, back)
    task = sketch.add("task", scope)
    sketch.flow(back, task)
    last = _block(sketch, scope, task, depth - 1)
    sketch.flow(last, choice)
    sketch.flow(choice, back, sketch.bit())
    behind = sketch.add("pass", scope)
    sketch.default(choice, sketch.flow(choice, behind))
    return behind


def _sub(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    sub = sketch.add("sub", scope, loop=sketch.rounds())
    sketch.flow(at, sub)
    first = sketch.add("start", sub)
    last = _blocks(sketch, sub, first, depth - 1)
    sketch.flow(last, sketch.end(sub))
    sketch.handlers(sub, depth)
    return _guarded(sketch, scope, sub)


def _race(sketch: Sketch, scope: str, at: str, depth: int) -> str:
    gateway, merge = sketch.add("event", scope), sketch.add("xor", scope)
    sketch.flow(at, gateway)
    for _ in range(sketch.chance.choice((2, 3))):
        event = sketch.catch(scope)
        sketch.flow(gateway, event)
        sketch.flow(_block(sketch, scope, event, depth - 1), merge)
    return merge


# -- unstructured --------------------------------------------------------------------------------


def unstructured(seed: int, most: int = 8) -> Plan:
    """A graph in which flows go anywhere: back, across, several into and out of everything."""
    sketch = Sketch(seed)
    _graph(sketch, "", sketch.chance.randint(3, most), 1)
    return sketch.plan


def _graph(sketch: Sketch, scope: str, size: int, depth: int) -> None:
    """Every node can be reached; then flows are strewn, most of them forward."""
    chance = sketch.chance
    sources = [sketch.add("start", scope)]
    targets: list[str] = []
    for _ in range(size):
        pick = chance.random()
        if pick < 0.5:
            id = sketch.add(chance.choice(("xor", "and", "and", "or", "or")), scope)
        elif pick < 0.58 and depth:
            id = sketch.add("sub", scope, loop=sketch.rounds())
            _graph(sketch, id, chance.randint(1, 4), depth - 1)
        else:
            id = sketch.leaf(scope)
        sketch.flow(chance.choice(sources[-3:]), id)
        sources.append(id)
        targets.append(id)
        if id.startswith(("task", "sub")) and chance.random() < 0.15:
            sources.append(sketch.boundary(id, scope))
    ends = [sketch.end(scope) for _ in range(chance.choice((1, 1, 2)))]
    for _ in range(chance.randint(size // 2, size + 1)):
        source = chance.choice(sources)
        ahead = [t for t in targets if sources.index(t) > sources.index(source)] + ends
        sketch.flow(source, chance.choice(ahead if chance.random() < 0.8 else targets + ends))
    led = {flow.source for flow in sketch.flows}
    for source in sources:
        if source not in led and chance.random() < 0.8:
            sketch.flow(source, chance.choice(ends))
        _ask(sketch, source)
    sketch.handlers(scope, depth)


def _ask(sketch: Sketch, source: str) -> None:
    """Put conditions on flows that may have one, and make one of them the default."""
    chance = sketch.chance
    at = [i for i, flow in enumerate(sketch.flows) if flow.source == source]
    if not source.startswith(("xor", "or", "task", "pass", "shift", "sub")):
        return
    is_gateway = source.startswith(("xor", "or"))
    for i in at:
        if chance.random() < (0.8 if is_gateway else 0.25):
            sketch.flows[i] = replace(sketch.flows[i], bit=sketch.bit())
    asked = [i for i in at if sketch.flows[i].bit is not None]
    if asked and chance.random() < 0.8:
        flow = sketch.flows[asked[-1]] = replace(sketch.flows[asked[-1]], bit=None)
        sketch.default(source, flow.id)
