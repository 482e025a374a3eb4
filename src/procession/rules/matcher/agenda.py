"""The agenda: rules that may have something to fire, in groups, by salience and order.

Among rules of a group the highest salience goes first, then the rule that was written first; the
rows of one rule go in the order in which they were found.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from procession.rules.matcher.rows import Row, Staged
from procession.rules.matcher.watching import Table, Watched, watched

MAIN = "MAIN"


class Queued(Protocol):
    """What a heap holds."""

    slot: int


@watched
class Item(Watched):
    """A path on the agenda: its rows to fire, and whether it must be evaluated first."""

    __slots__ = (
        "counter",
        "dirty",
        "group",
        "heap",
        "memories",
        "missing",
        "number",
        "order",
        "rows",
        "salience",
        "slot",
        "staged",
    )

    def __init__(self, number: int, order: int, salience: int, group: str) -> None:
        self.number = number
        self.order = order
        self.salience = salience
        self.group = group
        self.slot = -1
        self.dirty = False
        self.rows: dict[Row, None] = Table()
        self.heap: Heap[Any] | None = None
        self.staged = Staged()
        self.memories: list[Any] = []
        self.missing = 0
        self.counter = 0

    @property
    def queued(self) -> bool:
        """Whether its group has it."""
        return self.slot >= 0


@watched
class Entry(Watched):
    """A row in a heap of one rule with dynamic salience."""

    __slots__ = ("order", "row", "salience", "slot")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.salience = row.salience
        self.order = 0
        self.slot = -1


T = TypeVar("T", bound=Any)


def before(one: Any, other: Any) -> int:
    """Above 0 if one goes before the other, below 0 if after, 0 if neither."""
    if one is other:
        return 0
    if one.salience != other.salience:
        return 1 if one.salience > other.salience else -1
    return int(other.order - one.order)


class Heap(Generic[T]):
    """A binary heap; what is equal comes out in the order that such a heap happens to give."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: list[T] = []

    def peek(self) -> T | None:
        """The first, left in."""
        return self.items[0] if self.items else None

    def add(self, item: T) -> None:
        """Put one in, unless it is in."""
        if item.slot >= 0:
            return
        self.items.append(item)
        self._up(len(self.items) - 1)

    def remove(self, item: T) -> None:
        """Take one out, if it is in."""
        at = item.slot
        if at < 0:
            return
        item.slot = -1
        last = self.items.pop()
        if last is item:
            return
        self._set(at, last)
        if at > 0 and before(last, self.items[(at + 1) // 2 - 1]) > 0:
            self._up(at)
        else:
            self._down(at)

    def _set(self, at: int, item: T) -> None:
        self.items[at] = item
        item.slot = at

    def _up(self, at: int) -> None:
        item = self.items[at]
        while at > 0:
            parent = (at + 1) // 2 - 1
            if before(item, self.items[parent]) <= 0:
                break
            self._set(at, self.items[parent])
            at = parent
        self._set(at, item)

    def _down(self, at: int) -> None:
        item = self.items[at]
        size = len(self.items)
        while (child := 2 * at + 1) < size:
            if child + 1 < size and before(self.items[child + 1], self.items[child]) > 0:
                child += 1
            if before(self.items[child], item) <= 0:
                break
            self._set(at, self.items[child])
            at = child
        self._set(at, item)


@watched
class Group(Watched):
    """An agenda group; ruleflow groups are agenda groups too."""

    __slots__ = ("activated", "active", "cleared", "heap", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.heap: Heap[Item] = Heap()
        self.active = False
        self.activated = 0
        self.cleared = -1


@watched
class Agenda(Watched):
    """Groups, the stack of those in focus, and rules to be evaluated at once."""

    __slots__ = ("eager", "groups", "stack")

    def __init__(self) -> None:
        self.groups: dict[str, Group] = Table()
        main = self.group(MAIN)
        self.stack: list[Group] = [main]
        self.eager: dict[Item, None] = Table()

    def group(self, name: str) -> Group:
        """A group by name."""
        found = self.groups.get(name)
        if found is None:
            found = self.groups[name] = Group(name)
        return found

    def focus(self, name: str, recency: int) -> None:
        """Put a group on top of the stack."""
        group = self.group(name)
        if self.stack[-1] is group:
            return
        self.stack[-1].active = False
        self.stack = [*self.stack, group]
        group.active = True
        group.activated = recency

    def next_group(self, recency: int) -> Group | None:
        """The group on top that has something; empty ones are taken off the stack."""
        while True:
            group = self.stack[-1]
            if group.heap.items:
                break
            if len(self.stack) == 1:
                return None
            group.active = False
            self.stack = self.stack[:-1]
        if not group.active:
            group.activated = recency
            group.active = True
        return group

    def peek(self) -> Item | None:
        """The next rule of the group on top."""
        return self.stack[-1].heap.peek()

    def queue(self, item: Item) -> None:
        """Put a rule on the agenda."""
        if not item.queued:
            self.group(item.group).heap.add(item)

    def unqueue(self, item: Item) -> None:
        """Take a rule off the agenda."""
        self.group(item.group).heap.remove(item)
