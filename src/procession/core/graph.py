"""The compiled process: an immutable graph with every look-up indexed.

``reference/architecture.md`` section 6. Nodes refer to each other by id, never by pointer, so a
definition can be cached, shared between threads, compared and printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from procession.core.item_types import ItemType
from procession.core.ports import Script, ScriptEvaluator
from procession.core.state import DefinitionKey, ElementInstance, Wait
from procession.errors import Rejected
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.transition import Transition


NO_KEY: Final = DefinitionKey("", "", 0)
"""The key of a definition that belongs to no deployment yet."""


class Flaw(Protocol):
    """What a check finds; ``bpmn/problems.py`` has the class."""

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        ...

    @property
    def element(self) -> str:
        """The id of the element at fault."""
        ...

    @property
    def line(self) -> int:
        """Where it stands."""
        ...

    @property
    def text(self) -> str:
        """What is wrong."""
        ...


@dataclass(frozen=True, kw_only=True)
class SequenceFlow:
    """An arrow. ``condition`` ``None`` holds always; a lower ``priority`` number goes first."""

    id: str
    name: str = ""
    source: str
    target: str
    condition: Script | None = None
    priority: int = 0
    container: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class FlowNode:
    """A node of the graph: six hooks, whose defaults let tokens pass.

    ``container`` is the id of the sub-process it stands in (``""``: the process), ``order`` its
    place in the document, ``default`` the flow taken when no condition of the others holds.
    Subclasses never keep anything on ``self``.
    """

    id: str
    name: str = ""
    line: int = 0
    container: str = ""
    order: int = 0
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    metadata: Map = EMPTY

    settles: ClassVar[bool] = False
    is_scope: ClassVar[bool] = False
    is_hidden: ClassVar[bool] = False

    @property
    def audit_type(self) -> str:
        """The class name that history shows (``reference/jbpm-engine.md`` 6.1)."""
        return "ActionNode"

    def arrive(self, t: Transition, flow: SequenceFlow, scope: int) -> None:
        """A token reaches the node."""
        t.activate(self, scope, flow=flow.id)

    def enter(self, t: Transition, me: ElementInstance) -> None:
        """The node has been activated."""
        t.complete(me)

    def triggered(
        self, t: Transition, owner: ElementInstance, wait: Wait | None, payload: Value
    ) -> None:
        """A wait handled here was met, or (``wait`` is ``None``) an error was caught here."""
        raise Rejected(f"{self.id} waits for nothing")

    def failed(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """A wait handled here was given up: by default the element goes on without output."""
        t.complete(owner)

    def child_ended(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """Something inside has ended."""
        if t.is_empty(me):
            t.complete(me)

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """The node has been completed."""
        t.take_outgoing(me)

    def settle(self, t: Transition, scope: int) -> None:
        """Nothing else can move, and tokens are parked here or a condition is open."""

    def catches(self, codes: tuple[str, ...]) -> int:
        """How well this node catches an error: 0 not at all, 1 any code, 2 and more by name.

        ``codes`` is the error's code, or for an exception its class and ancestors, nearest first.
        """
        return 0

    def check(self, graph: ProcessDefinition) -> Iterable[Flaw]:
        """What is wrong with this node in its surroundings."""
        return ()


@dataclass(frozen=True, kw_only=True)
class ProcessDefinition:
    """One compiled process.

    ``root`` is the node of the process itself (id ``""``). ``variables`` maps a container's id to
    its declared variables. ``is_jbpm`` says that the file declares the drools namespace, so jBPM's
    meaning goes where it differs (``reference/rulings.md`` 1). ``evaluator`` compiles the templates
    that only turn up while the process runs (``reference/jbpm-engine.md`` 2.5).
    """

    id: str
    name: str = ""
    version: str = ""
    package: str = ""
    key: DefinitionKey = NO_KEY
    root: FlowNode
    nodes: Mapping[str, FlowNode]
    flows: Mapping[str, SequenceFlow]
    variables: Mapping[str, Mapping[str, ItemType]] = field(default_factory=dict)
    metadata: Map = EMPTY
    imports: tuple[str, ...] = ()
    globals: Map = EMPTY
    is_jbpm: bool = False
    is_executable: bool = True
    is_ad_hoc: bool = False
    attributes: Map = EMPTY
    line: int = 0
    evaluator: ScriptEvaluator | None = field(default=None, compare=False, repr=False)

    def node(self, id: str) -> FlowNode:
        """The node of that id; the empty id is the process."""
        return self.root if id == "" else self.nodes[id]

    def flow(self, id: str) -> SequenceFlow:
        """The sequence flow of that id."""
        return self.flows[id]

    @cached_property
    def outgoing_flows(self) -> dict[str, tuple[SequenceFlow, ...]]:
        """Flows that leave each node, in document order."""
        return {n.id: tuple(self.flows[f] for f in n.outgoing) for n in self.nodes.values()}

    @cached_property
    def splits(self) -> frozenset[str]:
        """Nodes whose outgoing flows are a choice: one has a condition, or there is a default."""
        flows = self.flows.values()
        chosen = {f.source for f in flows if f.condition is not None}
        return frozenset(chosen | {n.id for n in self.nodes.values() if n.default})

    def outgoing(self, node: FlowNode) -> tuple[SequenceFlow, ...]:
        """Flows that leave the node, in document order."""
        return self.outgoing_flows[node.id]

    def incoming(self, node: FlowNode) -> tuple[SequenceFlow, ...]:
        """Flows that reach the node, in document order."""
        return tuple(self.flows[f] for f in node.incoming)

    @cached_property
    def members(self) -> dict[str, tuple[FlowNode, ...]]:
        """Nodes directly inside each container, in document order."""
        inside: dict[str, list[FlowNode]] = {}
        for node in self.nodes.values():
            inside.setdefault(node.container, []).append(node)
        return {c: tuple(sorted(nodes, key=lambda n: n.order)) for c, nodes in inside.items()}

    @cached_property
    def boundary_events(self) -> dict[str, tuple[FlowNode, ...]]:
        """Boundary events by the node they are attached to, in document order."""
        found: dict[str, list[FlowNode]] = {}
        for node in sorted(self.nodes.values(), key=lambda n: n.order):
            host = getattr(node, "attached_to", "")
            if host:
                found.setdefault(host, []).append(node)
        return {host: tuple(nodes) for host, nodes in found.items()}

    @cached_property
    def event_sub_processes(self) -> dict[str, tuple[FlowNode, ...]]:
        """Event sub-processes by the container they listen in."""
        found: dict[str, list[FlowNode]] = {}
        for node in sorted(self.nodes.values(), key=lambda n: n.order):
            if getattr(node, "triggered_by_event", False):
                found.setdefault(node.container, []).append(node)
        return {container: tuple(nodes) for container, nodes in found.items()}

    @cached_property
    def entrances(self) -> dict[str, tuple[FlowNode, ...]]:
        """Nodes of each container that no flow leads to, and that are no one's boundary."""
        found: dict[str, tuple[FlowNode, ...]] = {}
        for container, nodes in self.members.items():
            found[container] = tuple(
                node
                for node in nodes
                if not node.incoming
                and not getattr(node, "attached_to", "")
                and not getattr(node, "triggered_by_event", False)
            )
        return found

    @cached_property
    def defaults(self) -> dict[str, tuple[tuple[str, Value], ...]]:
        """Variables of each container that begin with a value."""
        found: dict[str, tuple[tuple[str, Value], ...]] = {}
        for container, names in self.variables.items():
            given = [(n, item.default) for n, item in names.items() if item.default is not None]
            if given:
                found[container] = tuple(given)
        return found

    def named(self, name: str) -> Iterator[FlowNode]:
        """Nodes with that name."""
        return (n for n in self.nodes.values() if n.name == name)

    @cached_property
    def _reach(self) -> dict[str, dict[str, frozenset[str]]]:
        return {}

    def arrivals(self, join: FlowNode) -> dict[str, frozenset[str]]:
        """For each node: which incoming flows of ``join`` a token on it can still come by.

        Paths do not lead through the join itself. A token on a node may also leave by the node's
        boundary events.
        """
        known = self._reach.get(join.id)
        if known is None:
            known = self._reach[join.id] = self._arrivals(join)
        return known

    def _arrivals(self, join: FlowNode) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {node: set() for node in self.nodes}
        hosts = {b.id: host for host, bs in self.boundary_events.items() for b in bs}
        for wanted in join.incoming:
            todo = [self.flows[wanted].source]
            seen: set[str] = set()
            while todo:
                at = todo.pop()
                if at in seen or at == join.id:
                    continue
                seen.add(at)
                found[at].add(wanted)
                todo.extend(self.flows[f].source for f in self.nodes[at].incoming)
                if at in hosts:
                    todo.append(hosts[at])
        return {node: frozenset(flows) for node, flows in found.items()}
