"""The compiled process: an immutable graph with every look-up indexed.

``reference/architecture.md`` section 6. Nodes refer to each other by id, never by pointer, so a
definition can be cached, shared between threads, compared and printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from procession.core import compensation, continuing, reaching
from procession.core.correlation import CorrelationKey
from procession.core.flags import SPECIFICATION, Semantics
from procession.core.item_types import ItemType
from procession.core.ports import RuleCondition, Script, ScriptEvaluator
from procession.core.state import DefinitionKey, ElementInstance, Role, Wait
from procession.errors import Rejected
from procession.values import EMPTY, Map, Value

if TYPE_CHECKING:
    from procession.core.looping import Loop
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
class MessageRoute:
    """Where a message flow leads: a process of the same file (``""``: outside) and its node.

    Without a ``node`` it leads to the pool, and any receiver in the process will do.
    """

    process: str = ""
    node: str = ""


@dataclass(frozen=True, kw_only=True)
class FlowNode:
    """A node of the graph: six hooks, whose defaults let tokens pass.

    ``container`` is the id of the sub-process it stands in (``""``: the process), ``order`` its
    place in the document, ``default`` the flow taken when no condition of the others holds. Tokens
    rest before a node that ``is_async`` until a job takes them on (``core/continuing.py``).
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
    is_async: bool = False
    loop: Loop | None = None

    settles: ClassVar[bool] = False
    is_scope: ClassVar[bool] = False
    is_hidden: ClassVar[bool] = False
    can_loop: ClassVar[bool] = False
    hides_rounds: ClassVar[bool] = False

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

    def terminated(self, t: Transition, me: ElementInstance, child: ElementInstance) -> None:
        """A terminate event stopped everything inside: as if the last of it had ended."""
        self.child_ended(t, me, child)

    def admit(
        self, t: Transition, me: ElementInstance, node: FlowNode, variables: Map = EMPTY
    ) -> None:
        """Something directly inside is wanted though no token came to it: by default it begins."""
        continuing.enter(t, node, me.id, variables)

    def has_enough(self, t: Transition, me: ElementInstance, child: ElementInstance) -> bool:
        """Whether an activity that is done inside leads no further, since this scope is done."""
        return False

    def leave(self, t: Transition, me: ElementInstance) -> None:
        """The node has been completed."""
        t.take_outgoing(me)

    def settle(self, t: Transition, scope: int) -> None:
        """Nothing else can move, and tokens are parked here."""

    def look(self, t: Transition, owner: ElementInstance, wait: Wait) -> None:
        """Variables that an open condition handled here sees have been set."""

    def catches(self, kind: str, codes: tuple[str, ...]) -> int:
        """How well this node catches what is thrown: 0 not at all, 1 any code, 2 and more by name.

        ``kind`` is ``error`` or ``escalation``; ``codes`` is its code, or for an exception its
        class and ancestors, nearest first.
        """
        return 0

    def compensates(self, graph: ProcessDefinition) -> str:
        """The activity that this node begins to undo when it is asked to; ``""``: none."""
        return ""

    def check(self, graph: ProcessDefinition) -> Iterable[Flaw]:
        """What is wrong with this node in its surroundings."""
        return ()


@dataclass(frozen=True, kw_only=True)
class ProcessDefinition:
    """One compiled process; ``root`` is the node of the process itself, with the id ``""``.

    ``variables`` go by container. ``evaluator`` compiles templates that only turn up at run time.
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
    semantics: Semantics = SPECIFICATION
    is_executable: bool = True
    is_ad_hoc: bool = False
    is_global_task: bool = False
    attributes: Map = EMPTY
    line: int = 0
    evaluator: ScriptEvaluator | None = field(default=None, compare=False, repr=False)
    correlation_keys: tuple[CorrelationKey, ...] = ()
    message_routes: Mapping[str, tuple[MessageRoute, ...]] = field(default_factory=dict)
    associations: tuple[tuple[str, str], ...] = ()
    rule_conditions: tuple[tuple[str, int, RuleCondition], ...] = ()
    """Conditions that the rule session is asked about: element, line, condition."""

    def node(self, id: str) -> FlowNode:
        """The node of that id; the empty id is the process."""
        return self.root if id == "" else self.nodes[id]

    def acting(self, me: ElementInstance) -> FlowNode | Loop:
        """Who acts for an element instance: its node, or for a loop as a whole the loop."""
        node = self.nodes[me.node] if me.node else self.root
        if me.role is Role.BODY and node.loop is not None:
            return node.loop
        return node

    @cached_property
    def has_ad_hoc(self) -> bool:
        """Whether some scope leaves it open what is done in it."""
        plain = FlowNode.has_enough
        return any(type(node).has_enough is not plain for node in self.nodes.values())

    def flow(self, id: str) -> SequenceFlow:
        """The sequence flow of that id."""
        return self.flows[id]

    @cached_property
    def audited_exits(self) -> dict[str, tuple[str, str, str] | None]:
        """The same of the source of each flow, as a loop if it is one."""
        loops = {n.id: n.loop.audit_type for n in self.nodes.values() if n.loop is not None}
        found = {flow.id: self.audited[flow.source] for flow in self.flows.values()}
        return {id: at and (*at[:2], loops.get(at[0], at[2])) for id, at in found.items()}

    @cached_property
    def audited(self) -> dict[str, tuple[str, str, str] | None]:
        """Id, name and type of each node in history, if it is shown; asked for with every entry."""
        return {
            node.id: None if node.is_hidden else (node.id, node.name, node.audit_type)
            for node in self.nodes.values()
        }

    @cached_property
    def keys_of_message(self) -> dict[str, tuple[CorrelationKey, ...]]:
        """The correlation keys that each message tells, in document order."""
        found: dict[str, list[CorrelationKey]] = {}
        for key in self.correlation_keys:
            for message in key.paths:
                found.setdefault(message, []).append(key)
        return {message: tuple(keys) for message, keys in found.items()}

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
    def event_starts(self) -> dict[str, tuple[FlowNode, ...]]:
        """Start events of the event sub-processes by the container they listen in."""
        return {
            container: tuple(
                node
                for inner in nodes
                for node in self.members.get(inner.id, ())
                if hasattr(node, "is_interrupting")
            )
            for container, nodes in self.event_sub_processes.items()
        }

    @cached_property
    def links(self) -> dict[str, FlowNode]:
        """Where a token goes on that leaves a node by a link: in its container, by its name."""
        found: dict[str, FlowNode] = {}
        for thrown, caught in self.link_ends.values():
            found.update((node.id, caught[0]) for node in thrown if caught)
        return found

    @cached_property
    def link_ends(self) -> dict[tuple[str, str], tuple[list[FlowNode], list[FlowNode]]]:
        """Where a link is thrown and where it is caught, by container and name."""
        found: dict[tuple[str, str], tuple[list[FlowNode], list[FlowNode]]] = {}
        for node in self.nodes.values():
            for end, attribute in enumerate(("link_thrown", "link_caught")):
                name = getattr(node, attribute, "")
                if name:
                    found.setdefault((node.container, name), ([], []))[end].append(node)
        return found

    @cached_property
    def entrances(self) -> dict[str, tuple[FlowNode, ...]]:
        """Nodes of each container that no flow or link leads to, and that are no one's boundary."""
        found: dict[str, tuple[FlowNode, ...]] = {}
        for container, nodes in self.members.items():
            found[container] = tuple(
                node
                for node in nodes
                if not node.incoming
                and not getattr(node, "attached_to", "")
                and not getattr(node, "link_caught", "")
                and not getattr(node, "triggered_by_event", False)
                and not getattr(node, "is_for_compensation", False)
            )
        return found

    @cached_property
    def ad_hoc_nodes(self) -> dict[str, tuple[FlowNode, ...]]:
        """What may be begun by its name or id: nodes of ad hoc scopes that no flow leads to."""
        found: dict[str, list[FlowNode]] = {}
        for container, nodes in self.entrances.items():
            if getattr(self.node(container), "is_ad_hoc", False):
                for node in nodes:
                    for name in {node.id, node.name} - {""}:
                        found.setdefault(name, []).append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def compensation(self) -> compensation.Handlers:
        """Who undoes what, and what has to be remembered for it."""
        return compensation.handlers(self)

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
        boundary events, or by a link. Only nodes beside the join are named.
        """
        known = self._reach.get(join.id)
        if known is None:
            known = self._reach[join.id] = reaching.arrivals(self, join)
        return known

    @cached_property
    def before(self) -> dict[str, list[str]]:
        """The nodes that a token may come from to each (``core/reaching.py``)."""
        return reaching.before(self)
