"""Everything a session remembers: facts, globals, the agenda, the memories of all nodes."""

from __future__ import annotations

from typing import Any

from procession.rules.matcher.agenda import Agenda, Heap, Item
from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.network import Network, Path
from procession.rules.matcher.rows import Handle
from procession.rules.matcher.watching import Table, Watched, watched


@watched
class Change(Watched):
    """Something that waits to be carried into the network."""

    __slots__ = ("cause", "handle", "kind", "name")

    def __init__(self, kind: str, handle: Handle | None, cause: Any, name: str = "") -> None:
        self.kind = kind
        self.handle = handle
        self.cause = cause
        self.name = name


@watched
class State(Watched):
    """What is kept between two calls. All of it can be stored, see :mod:`.storing`."""

    __slots__ = (
        "agenda",
        "begun",
        "causes",
        "globals",
        "handles",
        "initial",
        "items",
        "last_handle",
        "logical",
        "pending",
        "recency",
    )

    def __init__(self) -> None:
        self.handles: dict[int, Handle] = Table()
        self.begun: dict[tuple[str, tuple[int, ...]], None] = Table()
        self.globals: dict[str, Any] = Table()
        self.agenda = Agenda()
        self.items: list[Item] = []
        self.pending: dict[Change, None] = Table()
        self.logical: dict[Any, Handle] = Table()
        self.initial: Handle | None = None
        self.last_handle = 0
        self.recency = 0
        self.causes = 0

    def post(self, change: Change) -> None:
        """Let something wait to be carried into the network."""
        self.pending[change] = None


def new_item(path: Path) -> Item:
    """A path as it is before anything has come in."""
    rule = path.rule
    item = Item(path.number, rule.order, rule.salience, rule.group)
    if rule.dynamic_salience is not None:
        item.heap = Heap()
    item.missing = len(path.needed)
    item.memories = new_memories(path.nodes)
    return item


def new_memories(nodes: tuple[Any, ...]) -> list[BetaMemory]:
    """Empty memories for nodes and the nodes inside them."""
    made = []
    for node in nodes:
        memory = BetaMemory()
        inner = getattr(node, "inner", None)
        if inner is not None:
            memory.inner = new_memories(inner.nodes)
        made.append(memory)
    return made


def new_state(network: Network) -> State:
    """A session in which nothing has happened."""
    state = State()
    state.items = [new_item(path) for path in network.paths]
    return state


def memory_at(item: Item, place: tuple[int, ...]) -> BetaMemory:
    """The memory behind an entrance: the position of its node, node by node inwards."""
    memories: list[BetaMemory] = item.memories
    for at in place[:-1]:
        memories = memories[at].inner
    return memories[place[-1]]
