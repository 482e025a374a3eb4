"""The look-ups of a plan, for the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.laws.description import Flow, Node, Plan


@dataclass
class Chart:
    """The look-ups of a plan; made once, shared by all its histories."""

    plan: Plan
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    place: dict[str, int] = field(default_factory=dict)
    out: dict[str, list[Flow]] = field(default_factory=dict)
    into: dict[str, list[Flow]] = field(default_factory=dict)
    boundaries: dict[str, list[Node]] = field(default_factory=dict)
    handlers: dict[str, list[tuple[Node, Node]]] = field(default_factory=dict)
    starts: dict[str, list[Node]] = field(default_factory=dict)
    reach: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, node in enumerate(self.plan.in_document_order()):
            self.nodes[node.id], self.place[node.id] = node, number
            self.out[node.id], self.into[node.id] = [], []
            if node.kind == "boundary":
                self.boundaries.setdefault(node.host, []).append(node)
            if node.kind == "start":
                self.starts.setdefault(node.scope, []).append(node)
        for flow in self.plan.flows:
            self.flows[flow.id] = flow
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)
        for node in self.nodes.values():
            if node.kind == "esub":
                start = self.starts[node.id][0]
                self.handlers.setdefault(node.scope, []).append((node, start))

    @property
    def has_loops(self) -> bool:
        """Whether an activity is repeated."""
        return any(node.loop for node in self.nodes.values())

    def ways(self, flow: Flow, join: str) -> frozenset[str]:
        """The flows into ``join`` by which a token on ``flow`` can come, not through it (13.3)."""
        known = self.reach.get((flow.id, join))
        if known is None:
            found: set[str] = set()
            seen: set[str] = set()
            todo = [flow]
            while todo:
                at = todo.pop()
                if at.id in seen:
                    continue
                seen.add(at.id)
                if at.target == join:
                    found.add(at.id)
                else:
                    todo.extend(self.leading_on(at.target))
            known = self.reach[flow.id, join] = frozenset(found)
        return known

    def leading_on(self, node: str) -> Iterator[Flow]:
        """The flows by which a token leaves a node, be it over a boundary event."""
        yield from self.out[node]
        for event in self.boundaries.get(node, ()):
            yield from self.out[event.id]
