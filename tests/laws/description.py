"""A model in plain words: what both the BPMN file and the reference interpreter are made from.

Nothing of the engine stands here. ``kind`` is one of:

===========  ==================================================================================
``start``    a start event; in an event sub-process ``trigger`` says what begins it
``end``      an end event: ``trigger`` plain, ``terminate``, ``error``, ``signal``, ``escalation``
``task``     a user task: waits until somebody completes it, which gives new data
``pass``     a manual task: done at once
``shift``    a script task that changes the data by :func:`shifted`
``throw``    an intermediate throw event: plain, ``signal``, ``escalation``
``catch``    an intermediate catch event: ``message``, ``signal``
``boundary`` a boundary event of ``host``
``xor`` ``and`` ``or`` ``event`` ``complex``   gateways
``sub``      a sub-process; ``esub`` an event sub-process
===========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

BITS = 6
"""How many conditions there are: the condition *b* holds if bit *b* of the data is set."""

SIGNALS = ("red", "blue")
CODES = ("E1", "E2")
"""Of errors and escalations."""


def shifted(data: int) -> int:
    """What a script task makes of the data."""
    return (data * 5 + 3) % (1 << BITS)


@dataclass(frozen=True)
class Loop:
    """How often an activity is done.

    ``kind`` is ``parallel`` or ``sequential``, so many times (``count``), or ``until`` and
    ``while``: as long as the condition ``bit`` holds, asked after or before a round, and not more
    often than ``count``.
    """

    kind: str
    count: int
    bit: int = 0


@dataclass(frozen=True)
class Node:
    """A flow node. ``name`` is the name of a signal or the code of an error or escalation."""

    id: str
    kind: str
    scope: str = ""
    trigger: str = ""
    name: str = ""
    host: str = ""
    interrupting: bool = True
    default: str = ""
    loop: Loop | None = None
    needed: int = 0

    @property
    def is_scope(self) -> bool:
        """Whether nodes stand in it."""
        return self.kind in ("sub", "esub")

    @property
    def is_activity(self) -> bool:
        """Whether boundary events may be attached to it."""
        return self.kind in ("task", "pass", "shift", "sub")


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``bit`` is the number of its condition."""

    id: str
    source: str
    target: str
    bit: int | None = None


@dataclass(frozen=True)
class Plan:
    """A whole process, nodes and flows in document order."""

    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()

    def inside(self, scope: str) -> list[Node]:
        """The nodes that stand directly in a scope."""
        return [node for node in self.nodes if node.scope == scope]

    def in_document_order(self, scope: str = "") -> Iterator[Node]:
        """Every node, what stands in a scope right after it."""
        for node in self.inside(scope):
            yield node
            if node.is_scope:
                yield from self.in_document_order(node.id)

    def without(self, gone: Iterable[str]) -> Plan:
        """The same process without some nodes, what stands in them, and their flows."""
        names = set(gone)
        while True:
            more = {n.id for n in self.nodes if n.scope in names or n.host in names} - names
            if not more:
                break
            names |= more
        flows = tuple(f for f in self.flows if not {f.source, f.target} & names)
        kept = {f.id for f in flows}
        nodes = tuple(
            replace(n, default=n.default if n.default in kept else "")
            for n in self.nodes
            if n.id not in names
        )
        return Plan(nodes, flows)

    def without_flow(self, id: str) -> Plan:
        """The same process without a flow."""
        nodes = tuple(replace(n, default="") if n.default == id else n for n in self.nodes)
        return Plan(nodes, tuple(f for f in self.flows if f.id != id))

    def bypassing(self, id: str) -> Plan:
        """The same process without a node; what led to it leads on to where it led."""
        if all(node.id != id for node in self.nodes):
            return self
        onward = [f.target for f in self.flows if f.source == id and f.target != id]
        if not onward:
            return self.without([id])
        flows = tuple(
            replace(f, target=onward[0]) if f.target == id and f.source != id else f
            for f in self.flows
        )
        return Plan(self.nodes, flows).without([id])
