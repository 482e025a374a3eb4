"""Findings: what a search shows to be wrong with a process, each with the shortest trace to it.

- ``deadlock``: tokens wait at a join for others that never come.
- ``lack-of-synchronisation``: a join is given more tokens by one way than it takes, so that one is
  left behind.
- ``endless-loop``: elements that follow each other for ever with nothing to wait for.
- ``dead-element``: a way leads there, but no token ever takes it.

All are warnings. Where more than one decision leads there, data may rule it out: it is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from procession.bpmn.elements.activities.activity import Activity
from procession.bpmn.elements.activities.manual_task import ManualTask
from procession.bpmn.elements.activities.task import Task
from procession.bpmn.elements.events.start_event import StartEvent
from procession.bpmn.elements.gateways.complex_gateway import ComplexGateway
from procession.bpmn.elements.gateways.parallel_gateway import ParallelGateway
from procession.bpmn.problems import Problem
from procession.bpmn.soundness.choices import Count
from procession.bpmn.soundness.search import Bounds, Point, Search
from procession.core.graph import FlowNode, ProcessDefinition, SequenceFlow

SURE_KINDS: Final = frozenset({"timer", "message", "signal", "conditional"})
"""Definitions that could happen at any time, if only somebody listened."""
ONE_ORDER: Final = 3
"""How much more the search in one order may cost, which gets to the end of more models."""


@dataclass(frozen=True)
class Verdict:
    """What was found in one process. There may be more if it was ``left``, for this reason."""

    problems: tuple[Problem, ...] = ()
    left: str = ""


def judge(definition: ProcessDefinition, bounds: Bounds) -> Verdict:
    """Search a process that was compiled with free scripts."""
    search = Search(definition, bounds)
    search.run()
    found = _Findings(search)
    found.tell_all()
    left = ""
    if search.is_stopped:
        left = f"the search was stopped after {len(search.points)} states"
        bounds = replace(bounds, records=ONE_ORDER * bounds.records)
        search = Search(definition, bounds, in_one_order=True)
        search.run()
        found.search = search
        found.tell_all()
    elif search.mover.doubts:
        left = "not every step could be followed"
    elif not search.is_cut:
        found.dead()
    return Verdict(tuple(found.problems), left)


@dataclass
class _Findings:
    search: Search
    problems: list[Problem] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    cycled: set[str] = field(default_factory=set)

    @property
    def graph(self) -> ProcessDefinition:
        return self.search.definition

    def tell_all(self) -> None:
        """What the search met, the shortest traces first."""
        search = self.search
        left = {node for point in search.stuck for _, node in point.state.parked}
        for point, node, flow in sorted(search.crowded, key=lambda one: one[0].length):
            if node in left or search.is_stopped or search.is_cut:
                self.crowded(point, node, flow)
        for point in sorted(self.search.stuck, key=lambda point: point.length):
            self.stuck(point)
        self.endless()

    def tell(self, rule: str, id: str, text: str) -> None:
        """One finding of a kind for an element: the first has the shortest trace."""
        if (rule, id) not in self.told:
            self.told.add((rule, id))
            node = self.graph.nodes.get(id)
            line = node.line if node else self.graph.line
            problem = Problem(severity="warning", element=id, line=line, text=text, rule=rule)
            self.problems.append(problem)

    def named(self, id: str) -> str:
        """An element as it is printed: its name and its id."""
        node = self.graph.nodes.get(id)
        name = " ".join(node.name.split()) if node else ""
        return f"{name} ({id})" if name and name != id else id

    def trace(self, nodes: tuple[str, ...]) -> str:
        """Elements in the order they are entered; a long way is cut in its middle if asked for."""
        most = self.search.bounds.told
        names = [self.named(node) for node in nodes]
        if most and len(names) > most:
            half = most // 2
            names[half : len(names) - half] = [f"({len(names) - 2 * half} more)"]
        return " → ".join(names)

    def stuck(self, point: Point) -> None:
        """Nothing can happen any more, and tokens are still parked."""
        for (_, id), parked in point.state.parked.items():
            node = self.graph.nodes[id]
            if self._may_come(point, node):
                continue
            flows = parked.flows
            if self._is_surplus(point, node, flows):
                self._tell_surplus(point, node, flows[0])
                continue
            if isinstance(node, ComplexGateway) and not isinstance(node.activation, Count):
                continue  # how many it takes is up to its condition
            self.tell(
                "deadlock",
                id,
                f"{_perhaps(point, 'deadlock')}: {self.trace(point.trace())} → "
                f"{self.named(id)} (waits for ever: {self._lacking(node, flows)})",
            )

    def _lacking(self, node: FlowNode, flows: tuple[str, ...]) -> str:
        quantity = getattr(node, "start_quantity", 1)
        if quantity > 1:
            return f"it takes {quantity} tokens at once"
        if isinstance(node, ComplexGateway) and node.activation is not None:
            return f"{node.activation.source.strip()} never holds"
        lacking = [self.graph.flows[flow].source for flow in node.incoming if flow not in flows]
        sources = ", ".join(self.named(source) for source in dict.fromkeys(lacking))
        return f"it lacks a token from {sources}" if sources else "it lacks another token"

    def crowded(self, point: Point, id: str, flow: str) -> None:
        """A join has two tokens of one flow, and it is not shown that it takes them all."""
        node = self.graph.nodes[id]
        if isinstance(node, ParallelGateway):
            self._tell_surplus(point, node, flow)

    def _tell_surplus(self, point: Point, node: FlowNode, flow: str) -> None:
        source = self.named(self.graph.flows[flow].source)
        self.tell(
            "lack-of-synchronisation",
            node.id,
            f"{_perhaps(point, 'lack of synchronisation')}: {self.trace(point.trace())} → "
            f"{self.named(node.id)} (more than one token comes from {source}: one is left behind)",
        )

    def _is_surplus(self, point: Point, node: FlowNode, flows: tuple[str, ...]) -> bool:
        """Whether the join has fired and no loop leads back to it: what waits came twice."""
        if len(set(flows)) < len(flows):
            return isinstance(node, ParallelGateway)
        arrivals = self.graph.arrivals(node)
        comes_back = any(arrivals[flow.target] for flow in self.graph.outgoing(node))
        return node.id in point.trace() and not comes_back and isinstance(node, ParallelGateway)

    def _may_come(self, point: Point, node: FlowNode) -> bool:
        """Whether something that has fired once could fire again and bring what lacks."""
        arrivals = self.graph.arrivals(node)
        waiting = (wait.handler for wait in point.state.waits.values())
        return any(arrivals.get(handler) for handler in waiting)

    def endless(self) -> None:
        """What never comes to rest."""
        if self.search.mover.endless:
            self.tell("endless-loop", self.graph.id, self.search.mover.endless)
        for root, point in self.search.growing:
            nodes = point.trace()[len(root.trace()) :]
            self._tell_endless(root, tuple(dict.fromkeys(nodes)))
        for point, nodes in _cycles(self.search.points):
            self._tell_endless(point, nodes)

    def _tell_endless(self, point: Point, nodes: tuple[str, ...]) -> None:
        if not nodes or self.cycled.intersection(nodes):
            return
        self.cycled.update(nodes)
        merges = (at for at, id in enumerate(nodes) if len(self.graph.nodes[id].incoming) > 1)
        first = next(merges, 0)
        nodes = nodes[first:] + nodes[:first]
        trace = point.trace()
        before = trace[: trace.index(nodes[0])] if nodes[0] in trace else trace
        text = (
            f"{_perhaps(point, 'endless loop')}: {self.trace(before)}, and then for ever "
            f"{self.trace((*nodes, nodes[0]))}, with nothing to wait for and no way out"
        )
        self.tell("endless-loop", nodes[0], text)

    def dead(self) -> None:
        """What is next to an element that is left, and is never entered itself.

        A loop without end keeps everything else from going on, which is not told as well.
        """
        search = self.search
        if any(rule == "endless-loop" for rule, _ in self.told):
            return
        for node in self.graph.nodes.values():
            if node.id in search.entered or ("deadlock", node.id) in self.told:
                continue
            left = [flow for flow in self.graph.incoming(node) if flow.source in search.left]
            if any(node.id == id for point in search.points for _, id in point.state.parked):
                text = "tokens wait here, but never all that it needs"
            elif any(self._is_only(flow) for flow in left):
                source = self.named(left[0].source)
                text = f"no token ever comes here, though a way leads from {source}"
            else:
                text = self._deaf(node)
            if text:
                self.tell("dead-element", node.id, f"dead element: {text}")

    def _is_only(self, flow: SequenceFlow) -> bool:
        """Whether a flow is the one way on.

        Of several that are taken at once, the first may end the rest; that is a matter of order.
        """
        return len(self.graph.outgoing_flows[flow.source]) == 1

    def _deaf(self, node: FlowNode) -> str:
        """Why an event never hears anything: what it listens to never waits, or never fails."""
        host = self.graph.nodes.get(getattr(node, "attached_to", ""))
        kind = getattr(getattr(node, "definition", None), "kind", "")
        if kind == "error" and isinstance(node, StartEvent):
            return self._unthrown(node)
        if not isinstance(host, Activity) or host.id not in self.search.left:
            return ""
        is_sketch = host.is_scope and not self.graph.members.get(host.id)
        if is_sketch or isinstance(host, Task | ManualTask):
            return ""  # drawn, but nothing is said of what is done there
        if kind in SURE_KINDS:
            return f"{self.named(host.id)} is done at once, so nothing can happen meanwhile"
        return f"nothing in {self.named(host.id)} throws what it catches" if kind == "error" else ""

    def _unthrown(self, start: StartEvent) -> str:
        """Why an event sub-process for errors never begins, where all around it is said."""
        scope = self.graph.nodes[start.container].container or ""
        members = self.graph.members.get(scope, ())
        is_sketch = any(isinstance(node, Task | ManualTask) for node in members)
        if scope not in self.search.left or is_sketch:
            return ""
        where = self.named(scope) if scope else "the process"
        return f"nothing in {where} throws what it catches"


def _perhaps(point: Point, what: str) -> str:
    return f"possible {what}" if point.decisions > 1 else what


def _cycles(points: list[Point]) -> Iterator[tuple[Point, tuple[str, ...]]]:
    """Points from which nothing but points that are not at rest can be come to."""
    before: dict[int, list[int]] = {}
    for point in points:
        for number in point.next:
            before.setdefault(number, []).append(point.number)
    todo = [point.number for point in points if point.is_exit]
    out = set(todo)
    while todo:
        for number in before.get(todo.pop(), ()):
            if number not in out:
                out.add(number)
                todo.append(number)
    for point in sorted(points, key=lambda point: point.length):
        if point.number not in out and point.next:
            yield _cycle(points, point)


def _cycle(points: list[Point], point: Point) -> tuple[Point, tuple[str, ...]]:
    """The elements of the cycle that a point leads into."""
    way: list[int] = []
    at = point
    while at.number not in way and at.next:
        way.append(at.number)
        at = points[at.next[0]]
    round = way[way.index(at.number) :] if at.number in way else way
    first = points[round[0]]
    nodes = [node for number in round for node in points[number].entered]
    return first, tuple(dict.fromkeys(nodes))
