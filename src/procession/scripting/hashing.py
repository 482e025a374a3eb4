"""How Java's maps and sets keep and order what they hold.

``HashMap`` walks its table, whose size depends on how many entries there ever were, and each bucket
in the order of insertion; ``merge`` and ``compute`` put what is new at the head of its bucket.
``ConcurrentHashMap`` grows a little earlier, ``Hashtable`` walks backwards, ``TreeMap`` sorts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import TYPE_CHECKING, Final

from procession.scripting.equality import (
    Key,
    Structured,
    compare,
    hash_code,
    key_of,
    sort_values,
    spread,
)
from procession.scripting.meter import Meter
from procession.scripting.noticing import Noticing
from procession.scripting.throwables import null_pointer, throw
from procession.values import Value

if TYPE_CHECKING:
    from procession.scripting.objects import MapObject

HASH_MAP: Final = "java.util.HashMap"
LINKED_MAP: Final = "java.util.LinkedHashMap"
TREE_MAP: Final = "java.util.TreeMap"
HASH_SET: Final = "java.util.HashSet"
LINKED_SET: Final = "java.util.LinkedHashSet"
TREE_SET: Final = "java.util.TreeSet"
HASHTABLE: Final = "java.util.Hashtable"
CONCURRENT: Final = frozenset({"java.util.concurrent.ConcurrentHashMap", "java.util.Properties"})
_HASHED: Final = frozenset({HASH_MAP, HASH_SET, *CONCURRENT})
SORTED: Final = frozenset({TREE_MAP, TREE_SET, "java.util.concurrent.ConcurrentSkipListMap"})
NO_NULL: Final = CONCURRENT | {HASHTABLE}
Order = Callable[[Value, Value], int]


class Entry(Structured):
    """One key with its value, also ``Map.Entry`` for scripts."""

    __slots__ = ("bucket", "key", "owner", "rank", "value")
    type_name = "java.util.HashMap$Node"

    def __init__(self, key: Value, value: Value, owner: MapObject | None = None) -> None:
        self.key = key
        self.value = value
        self.owner = owner
        self.bucket = -1
        self.rank = 0

    def content_key(self, meter: Meter, depth: int) -> Key:
        """By content."""
        return ("entry", *self.key_and_value(meter, depth))

    def key_and_value(self, meter: Meter, depth: int) -> tuple[Key, Key]:
        """Stand-ins for both."""
        return (key_of(self.key, meter, depth), key_of(self.value, meter, depth))

    def content_hash(self, meter: Meter, depth: int) -> int:
        """As Java."""
        return hash_code(self.key, meter, depth) ^ hash_code(self.value, meter, depth)


class Hashed(Structured, Noticing):
    """Order of iteration for maps and sets: as inserted, sorted, or by Java's hash buckets."""

    __slots__ = (
        *("capacity", "entries", "frozen", "heads", "kind"),
        *("less", "order", "owner", "peak", "view"),
    )

    def __init__(self, kind: str) -> None:
        self.entries: dict[Key, Entry] = {}
        self.kind = kind
        self.changed = False
        self.frozen = False
        self.capacity = 11 if kind == HASHTABLE else 16
        self.peak = 0
        self.heads = 0
        self.order: list[Entry] | None = None
        self.less: Order | None = None
        self.view: Value = None
        """The function of a comparator, as scripts see it."""
        self.owner: Hashed | None = None
        """The map whose keys this is."""

    def writable(self) -> dict[Key, Entry]:
        """The entries, to be changed."""
        if self.frozen:
            raise throw("UnsupportedOperationException")
        self.changed = True
        self.order = None
        if self.owner is not None:
            self.owner.writable()
        return self.entries

    def find(self, key: Value, meter: Meter) -> Key:
        """What a key is kept under."""
        if self.kind not in SORTED:
            if key is None and self.kind in NO_NULL:
                raise null_pointer("a key")
            return key_of(key, meter)
        if self.less is not None:
            return self._by_order(key, meter, self.less)
        if key is None:
            raise null_pointer("a key")
        if self.entries:
            compare(key, next(iter(self.entries.values())).key, meter)
        elif not isinstance(key, str | int | float):
            compare(key, key, meter)
        return key_of(key, meter)

    def _by_order(self, key: Value, meter: Meter, less: Order) -> Key:
        """A comparator says what is the same key."""
        entries = self.ordered(meter)
        low, high = 0, len(entries)
        if not entries:
            less(key, key)
        while low < high:
            middle = (low + high) // 2
            meter.burn(1)
            found = less(key, entries[middle].key)
            if found == 0:
                return key_of(entries[middle].key, meter)
            if found > 0:
                low = middle + 1
            else:
                high = middle
        return key_of(key, meter)

    def keep(self, key: Key, entry: Entry, meter: Meter, *, head: bool = False) -> None:
        """Put a new entry in."""
        meter.bound_items(len(self.entries) + 1)
        entries = self.writable()
        if head:
            self.heads -= 1
            entry.rank = self.heads
        entries[key] = entry
        self.peak = max(self.peak, len(entries))

    def ordered(self, meter: Meter) -> list[Entry]:
        """The entries as Java iterates over them."""
        if self.owner is not None:
            return self.owner.ordered(meter)
        if self.order is not None:
            return self.order
        if self.kind in _HASHED or self.kind == HASHTABLE:
            meter.walk(len(self.entries))
            self.order = self._by_bucket(meter) if self.kind in _HASHED else self._by_table(meter)
        elif self.less is not None:
            self.order = self._arranged(meter, self.less)
        elif self.kind in SORTED:
            self.order = sort_values(list(self.entries.values()), meter, lambda e: e.key)
        else:
            meter.walk(len(self.entries))
            return list(self.entries.values())
        return self.order

    def _arranged(self, meter: Meter, less: Order) -> list[Entry]:
        count = len(self.entries)
        meter.walk(count * max(1, count.bit_length()))

        def ranked(one: Entry, other: Entry) -> int:
            return less(one.key, other.key)

        return sorted(self.entries.values(), key=cmp_to_key(ranked))

    def _by_bucket(self, meter: Meter) -> list[Entry]:
        grows_at = 1 if self.kind in CONCURRENT else 0
        while (self.peak + grows_at) * 4 > self.capacity * 3:
            self.capacity *= 2
        mask = self.capacity - 1
        for entry in self.entries.values():
            if entry.bucket < 0:
                entry.bucket = spread(hash_code(entry.key, meter))
        if self.heads:
            return sorted(self.entries.values(), key=lambda e: (e.bucket & mask, e.rank))
        return sorted(self.entries.values(), key=lambda entry: entry.bucket & mask)

    def _by_table(self, meter: Meter) -> list[Entry]:
        """``Hashtable``: new ones at the head, and turned round with each growth."""
        size, table = self.capacity, dict[int, list[Entry]]()
        for count, entry in enumerate(self.entries.values()):
            if count >= size * 3 // 4:
                size = size * 2 + 1
                grown: dict[int, list[Entry]] = {}
                for at in sorted(table, reverse=True):
                    for one in table[at]:
                        grown.setdefault(one.bucket % size, []).insert(0, one)
                table = grown
                meter.walk(count)
            if entry.bucket < 0:
                entry.bucket = hash_code(entry.key, meter) & 0x7FFFFFFF
            table.setdefault(entry.bucket % size, []).insert(0, entry)
        return [entry for at in sorted(table, reverse=True) for entry in table[at]]

    def presize(self, wanted: int) -> None:
        """Choose the table size as Java does for an initial capacity."""
        wanted = max(1, min(wanted, 1 << 20))
        if self.kind == HASHTABLE:
            self.capacity = wanted
            return
        if self.kind in CONCURRENT:
            wanted = int(1.0 + wanted / 0.75)
        self.capacity = 1 << (wanted - 1).bit_length()

    def __len__(self) -> int:
        return len(self.entries)
