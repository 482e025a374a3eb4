"""What scripts hold that can be changed: lists, maps, sets, arrays, beans, and small helpers.

Plain values (text, numbers, dates) are those of ``procession.values``. Each container remembers
in ``changed`` that it was changed in place, so that a variable read by a script is written back
only when needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from procession.scripting.equality import Key, Structured, hash_code, key_of, text_hash
from procession.scripting.hashing import (
    HASH_MAP,
    HASH_SET,
    LINKED_MAP,
    LINKED_SET,
    NO_NULL,
    TREE_MAP,
    TREE_SET,
    Entry,
    Hashed,
)
from procession.scripting.meter import Meter
from procession.scripting.noticing import Noticing
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value

ARRAY_LIST: Final = "java.util.ArrayList"


class ListObject(Structured, Noticing):
    """A ``java.util.List`` of any kind. ``fixed`` ones refuse to grow, ``frozen`` any change."""

    __slots__ = ("fixed", "frozen", "items", "kind", "order", "owner", "start")

    def __init__(self, items: Iterable[Value] = (), kind: str = ARRAY_LIST) -> None:
        self.owner: ListObject | MapObject | None = None
        """What it is a view of: a part of a list from ``start`` on, the entries of a map."""
        self.start = 0
        self.order: Value = None
        """The comparator of a queue with priorities."""
        self.items = list(items)
        self.kind = kind
        self.changed = False
        self.fixed = False
        self.frozen = False

    def writable(self, *, grows: bool = True) -> list[Value]:
        """The items, to be changed."""
        if self.frozen or (grows and self.fixed):
            raise throw("UnsupportedOperationException")
        self.changed = True
        return self.items

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        meter.walk(len(self.items))
        return ("list", tuple([key_of(item, meter, depth) for item in self.items]))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        meter.walk(len(self.items))
        code = 1
        for item in self.items:
            code = (31 * code + hash_code(item, meter, depth)) & 0xFFFFFFFF
        return code


class ArrayObject(Noticing):
    """A Java array; ``component`` is the name of its element type."""

    __slots__ = ("component", "items")

    def __init__(self, items: Iterable[Value], component: str) -> None:
        self.items = list(items)
        self.component = component
        self.changed = False

    @property
    def type_name(self) -> str:
        """The name of its class, as people write it."""
        return self.component + "[]"


class MapObject(Hashed):
    """A ``java.util.Map`` of any kind."""

    __slots__ = ()

    def __init__(self, kind: str = HASH_MAP) -> None:
        super().__init__(kind)

    def get(self, key: Value, meter: Meter, default: Value = None) -> Value:
        """The value under a key."""
        entry = self.entries.get(self.find(key, meter))
        return default if entry is None else entry.value

    def has(self, key: Value, meter: Meter) -> bool:
        """Whether it has a key."""
        return self.find(key, meter) in self.entries

    def put(self, key: Value, value: Value, meter: Meter, *, head: bool = False) -> Value:
        """Set a key; answers the value it had. ``head``: as ``merge`` and ``compute`` do it."""
        found = self.find(key, meter)
        if value is None and self.kind in NO_NULL:
            raise null_pointer("a value")
        entry = self.entries.get(found)
        if entry is not None:
            if self.frozen:
                raise throw("UnsupportedOperationException")
            self.changed = True
            before, entry.value = entry.value, value
            return before
        meter.allocate(3)
        self.keep(found, Entry(key, value, self), meter, head=head)
        return None

    def remove(self, key: Value, meter: Meter) -> Value:
        """Take a key out; answers the value it had."""
        entry = self.writable().pop(self.find(key, meter), None)
        return None if entry is None else entry.value

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        meter.walk(len(self.entries))
        pairs = [entry.key_and_value(meter, depth) for entry in self.entries.values()]
        return ("map", frozenset(pairs))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        meter.walk(len(self.entries))
        return sum(entry.content_hash(meter, depth) for entry in self.entries.values())


class SetObject(Hashed):
    """A ``java.util.Set`` of any kind."""

    __slots__ = ()

    def __init__(self, kind: str = HASH_SET) -> None:
        super().__init__(kind)

    def add(self, value: Value, meter: Meter) -> bool:
        """Put a member in; answers whether it was new."""
        if self.owner is not None:
            raise throw("UnsupportedOperationException")
        key = self.find(value, meter)
        if key in self.entries and not self.frozen:
            return False
        meter.allocate(2)
        self.keep(key, Entry(value, True), meter)
        return True

    def discard(self, value: Value, meter: Meter) -> bool:
        """Take a member out; answers whether it was there."""
        return self.writable().pop(self.find(value, meter), None) is not None

    def holds(self, value: Value, meter: Meter) -> bool:
        """Whether it has a member."""
        return self.find(value, meter) in self.entries

    def members(self, meter: Meter) -> list[Value]:
        """The members as Java iterates over them."""
        return [entry.key for entry in self.ordered(meter)]

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        meter.walk(len(self.entries))
        return ("set", frozenset([key_of(e.key, meter, depth) for e in self.entries.values()]))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        meter.walk(len(self.entries))
        return sum(hash_code(entry.key, meter, depth) for entry in self.entries.values())


class BeanObject(Structured, Noticing):
    """An object of a class we have not got: its fields, as properties (2.9)."""

    __slots__ = ("fields", "type_name")

    def __init__(self, type_name: str, fields: dict[str, Value]) -> None:
        self.type_name = type_name
        self.fields = fields
        self.changed = False

    def put(self, name: str, value: Value) -> None:
        """Set a property."""
        self.fields[name] = value
        self.changed = True

    def method(self, name: str, count: int) -> Callable[..., Value] | None:
        """A method that this object has beyond its properties: gets the frame and the object."""
        return None

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        meter.walk(len(self.fields))
        fields = frozenset([(n, key_of(v, meter, depth)) for n, v in self.fields.items()])
        return ("bean", self.type_name, fields)

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        code = text_hash(self.type_name, meter)
        return code + sum(hash_code(v, meter, depth) for v in self.fields.values())


class TextBuilder:
    """``StringBuilder`` and ``StringBuffer``."""

    __slots__ = ("parts", "size")

    def __init__(self, text: str = "") -> None:
        self.parts = [text]
        self.size = len(text)

    def joined(self, meter: Meter) -> str:
        """All that it holds."""
        if len(self.parts) > 1:
            meter.make_text(self.size)
            self.parts = ["".join(self.parts)]
        return self.parts[0]

    def append(self, text: str) -> None:
        """Add at the end."""
        self.parts.append(text)
        self.size += len(text)

    def become(self, text: str) -> TextBuilder:
        """Hold something else."""
        self.parts = [text]
        self.size = len(text)
        return self


class IteratorObject:
    """A ``java.util.Iterator``; ``remove`` goes to the container it came from."""

    __slots__ = ("at", "items", "owner")

    def __init__(
        self, items: list[Value], owner: ListObject | MapObject | SetObject | None
    ) -> None:
        self.items = items
        self.owner = owner
        self.at = 0


class FunctionObject:
    """A function that a script made; :mod:`procession.scripting.machine.functions` runs it."""

    __slots__ = ("arity", "call")

    def __init__(self, arity: int, call: Callable[..., Value]) -> None:
        self.arity = arity
        self.call = call

    def shown(self) -> str:
        """What it prints as."""
        return "Script$$Lambda"


class ClassObject(Structured):
    """A class as a value: what ``getClass()`` gives, or a name before a dot."""

    __slots__ = ("name",)
    type_name = "java.lang.Class"

    def __init__(self, name: str) -> None:
        self.name = name

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        return ("class", self.name)


__all__ = [
    "ARRAY_LIST",
    "HASH_MAP",
    "HASH_SET",
    "LINKED_MAP",
    "LINKED_SET",
    "TREE_MAP",
    "TREE_SET",
    "ArrayObject",
    "BeanObject",
    "ClassObject",
    "Container",
    "Entry",
    "FunctionObject",
    "IteratorObject",
    "ListObject",
    "MapObject",
    "SetObject",
    "TextBuilder",
    "elements",
    "from_pairs",
    "set_of",
]
Container = ListObject | ArrayObject | MapObject | SetObject | BeanObject


def elements(value: Value, meter: Meter) -> Iterator[Value] | None:
    """What a loop over ``value`` visits; nothing if it cannot be looped over."""
    if isinstance(value, ListObject | ArrayObject):
        return _watched(value)
    if isinstance(value, SetObject):
        return _members(value, value.members(meter))
    if isinstance(value, IteratorObject):
        rest = value.items[value.at :]
        value.at = len(value.items)
        return iter(rest)
    return None


def _members(owner: SetObject, members: list[Value]) -> Iterator[Value]:
    size = len(members)
    for at, member in enumerate(members):
        if at and len(owner.entries) != size:
            raise throw("java.util.ConcurrentModificationException")
        yield member


def _watched(owner: ListObject | ArrayObject) -> Iterator[Value]:
    items = owner.items
    if isinstance(owner, ListObject) and isinstance(owner.owner, MapObject):
        yield from _of_map(owner.owner, items)
        return
    size = len(items)
    for at in range(size):
        if len(items) != size:
            if at == len(items):
                return
            raise throw("java.util.ConcurrentModificationException")
        yield items[at]


def _of_map(owner: MapObject, items: list[Value]) -> Iterator[Value]:
    size = len(items)
    for at, item in enumerate(items):
        if at and len(owner.entries) != size:
            raise throw("java.util.ConcurrentModificationException")
        yield item


def from_pairs(pairs: Iterable[tuple[Value, Value]], kind: str, meter: Meter) -> MapObject:
    """A map of the given kind with these entries."""
    made = MapObject(kind)
    for key, value in pairs:
        made.put(key, value, meter)
    made.changed = False
    return made


def set_of(values: Iterable[Value], kind: str, meter: Meter) -> SetObject:
    """A set of the given kind with these members."""
    made = SetObject(kind)
    for value in values:
        made.add(value, meter)
    made.changed = False
    return made
