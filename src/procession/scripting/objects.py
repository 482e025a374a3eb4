"""What scripts hold that can be changed: lists, maps, sets, arrays, beans, and small helpers.

Plain values (text, numbers, dates) are those of ``procession.values``. Each container remembers
in ``changed`` that it was changed in place, so that a variable read by a script is written back
only when needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from procession.scripting.equality import (
    Key,
    Structured,
    hash_code,
    key_of,
    sort_values,
    spread,
    text_hash,
)
from procession.scripting.meter import Meter
from procession.scripting.throwables import throw
from procession.values import Value

ARRAY_LIST: Final = "java.util.ArrayList"
HASH_MAP: Final = "java.util.HashMap"
LINKED_MAP: Final = "java.util.LinkedHashMap"
TREE_MAP: Final = "java.util.TreeMap"
HASH_SET: Final = "java.util.HashSet"
LINKED_SET: Final = "java.util.LinkedHashSet"
TREE_SET: Final = "java.util.TreeSet"
_HASHED: Final = frozenset({HASH_MAP, HASH_SET, "java.util.Hashtable"})
_SORTED: Final = frozenset({TREE_MAP, TREE_SET})


class ListObject(Structured):
    """A ``java.util.List`` of any kind. ``fixed`` ones refuse to grow, ``frozen`` any change."""

    __slots__ = ("changed", "fixed", "frozen", "items", "kind")

    def __init__(self, items: Iterable[Value] = (), kind: str = ARRAY_LIST) -> None:
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


class ArrayObject:
    """A Java array; ``component`` is the name of its element type."""

    __slots__ = ("changed", "component", "items")

    def __init__(self, items: Iterable[Value], component: str) -> None:
        self.items = list(items)
        self.component = component
        self.changed = False


class Entry(Structured):
    """One key with its value, also ``Map.Entry`` for scripts."""

    __slots__ = ("bucket", "key", "owner", "value")

    def __init__(self, key: Value, value: Value, owner: MapObject | None = None) -> None:
        self.key = key
        self.value = value
        self.owner = owner
        self.bucket = -1

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        return ("entry", *self.key_and_value(meter, depth))

    def key_and_value(self, meter: Meter, depth: int) -> tuple[Key, Key]:
        """Stand-ins for both."""
        return (key_of(self.key, meter, depth), key_of(self.value, meter, depth))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        return hash_code(self.key, meter, depth) ^ hash_code(self.value, meter, depth)


class _Hashed(Structured):
    """Order of iteration for maps and sets: as inserted, sorted, or by Java's hash buckets."""

    __slots__ = ("capacity", "changed", "entries", "frozen", "kind", "order", "peak")

    def __init__(self, kind: str) -> None:
        self.entries: dict[Key, Entry] = {}
        self.kind = kind
        self.changed = False
        self.frozen = False
        self.capacity = 16
        self.peak = 0
        self.order: list[Entry] | None = None

    def writable(self) -> dict[Key, Entry]:
        """The entries, to be changed."""
        if self.frozen:
            raise throw("UnsupportedOperationException")
        self.changed = True
        self.order = None
        return self.entries

    def ordered(self, meter: Meter) -> list[Entry]:
        """The entries as Java iterates over them."""
        if self.kind in _HASHED:
            if self.order is None:
                meter.walk(len(self.entries))
                self.order = self._by_bucket(meter)
            return self.order
        if self.kind in _SORTED:
            if self.order is None:
                self.order = sort_values(list(self.entries.values()), meter, lambda e: e.key)
            return self.order
        meter.walk(len(self.entries))
        return list(self.entries.values())

    def _by_bucket(self, meter: Meter) -> list[Entry]:
        while self.peak * 4 > self.capacity * 3:
            self.capacity *= 2
        mask = self.capacity - 1
        for entry in self.entries.values():
            if entry.bucket < 0:
                entry.bucket = spread(hash_code(entry.key, meter))
        return sorted(self.entries.values(), key=lambda entry: entry.bucket & mask)

    def presize(self, wanted: int) -> None:
        """Choose the table size as Java does for an initial capacity."""
        wanted = max(1, min(wanted, 1 << 20))
        self.capacity = 1 << (wanted - 1).bit_length()

    def __len__(self) -> int:
        return len(self.entries)


class MapObject(_Hashed):
    """A ``java.util.Map`` of any kind."""

    __slots__ = ()

    def __init__(self, kind: str = HASH_MAP) -> None:
        super().__init__(kind)

    def get(self, key: Value, meter: Meter, default: Value = None) -> Value:
        """The value under a key."""
        entry = self.entries.get(key_of(key, meter))
        return default if entry is None else entry.value

    def put(self, key: Value, value: Value, meter: Meter) -> Value:
        """Set a key; answers the value it had."""
        found = key_of(key, meter)
        entries = self.writable()
        entry = entries.get(found)
        if entry is not None:
            before, entry.value = entry.value, value
            return before
        meter.allocate(3)
        entries[found] = Entry(key, value, self)
        self.peak = max(self.peak, len(entries))
        return None

    def remove(self, key: Value, meter: Meter) -> Value:
        """Take a key out; answers the value it had."""
        entry = self.writable().pop(key_of(key, meter), None)
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


class SetObject(_Hashed):
    """A ``java.util.Set`` of any kind."""

    __slots__ = ()

    def __init__(self, kind: str = HASH_SET) -> None:
        super().__init__(kind)

    def add(self, value: Value, meter: Meter) -> bool:
        """Put a member in; answers whether it was new."""
        key = key_of(value, meter)
        if key in self.entries and not self.frozen:
            return False
        meter.allocate(2)
        entries = self.writable()
        entries[key] = Entry(value, True)
        self.peak = max(self.peak, len(entries))
        return True

    def discard(self, value: Value, meter: Meter) -> bool:
        """Take a member out; answers whether it was there."""
        return self.writable().pop(key_of(value, meter), None) is not None

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


class BeanObject(Structured):
    """An object of a class we have not got: its fields, as properties (2.9)."""

    __slots__ = ("changed", "fields", "type_name")

    def __init__(self, type_name: str, fields: dict[str, Value]) -> None:
        self.type_name = type_name
        self.fields = fields
        self.changed = False

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

    def __init__(self, name: str) -> None:
        self.name = name

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        return ("class", self.name)


Container = ListObject | ArrayObject | MapObject | SetObject | BeanObject


def elements(value: Value, meter: Meter) -> Iterator[Value] | None:
    """What a loop over ``value`` visits; nothing if it cannot be looped over."""
    if isinstance(value, ListObject | ArrayObject):
        return _watched(value)
    if isinstance(value, SetObject):
        return iter(value.members(meter))
    if isinstance(value, IteratorObject):
        rest = value.items[value.at :]
        value.at = len(value.items)
        return iter(rest)
    return None


def _watched(owner: ListObject | ArrayObject) -> Iterator[Value]:
    items = owner.items
    size = len(items)
    for at in range(size):
        if len(items) != size:
            if at == len(items):
                return
            raise throw("java.util.ConcurrentModificationException")
        yield items[at]


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
