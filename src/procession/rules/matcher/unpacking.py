"""A session's state from the pages a :class:`~.depot.Depot` has stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from procession.rules.matcher.agenda import Agenda, Entry, Heap, Item
from procession.rules.matcher.depot import ROOT, Depot, Parts, Watch
from procession.rules.matcher.state import State
from procession.rules.matcher.storing import CLASSES, KINDS
from procession.rules.matcher.watching import Table

Stored = Mapping[int, tuple[Any, ...]]
"""The entries of each page."""
Empty = Callable[[str, str], Any]
Fill = Callable[[Any, list[Any]], None]
_SETS: Final = frozenset({"map", "set"})


class Unpacking:
    """Objects of stored entries, made as they are referred to."""

    def __init__(self, pages: Stored, empty: Empty, fill: Fill) -> None:
        self._entries = {entry[0]: entry for entries in pages.values() for entry in entries}
        self._empty = empty
        self._fill = fill
        self._waiting: list[int] = []
        self.things: dict[int, Any] = {}
        self.members: dict[int, dict[Any, int]] = {}
        self._of_table: dict[int, list[int]] = {}
        for number, entry in self._entries.items():
            if entry[1] == "m":
                self._of_table.setdefault(entry[2], []).append(number)

    def thing(self, number: int) -> Any:
        """The object with a number, with all that it refers to."""
        found = self._shell(number)
        sets: list[int] = []
        while self._waiting:
            at = self._waiting.pop()
            entry = self._entries[at]
            if entry[1] == "v" and entry[2] in _SETS:
                for one in entry[4:]:
                    self._value(one)
                sets.append(at)
            else:
                self._complete(at, entry)
        done: set[int] = set()
        for at in sets:
            self._fill_set(at, done)
        return found

    def _shell(self, number: int) -> Any:
        found = self.things.get(number)
        if found is None:
            entry = self._entries[number]
            match entry[1]:
                case "o":
                    found = object.__new__(CLASSES[entry[2]])
                case "v":
                    found = self._empty(entry[2], entry[3])
                case _:
                    found = Table()
            self.things[number] = found
            self._waiting.append(number)
        return found

    def _value(self, reference: Any) -> Any:
        if type(reference) is int:
            return self._shell(reference)
        if len(reference) == 1:
            return reference[0]
        sort, inside = reference
        match sort:
            case "k":
                return KINDS[inside]
            case "h":
                return Heap()
            case "l":
                return [self._value(one) for one in inside]
            case "f":
                return frozenset([self._value(one) for one in inside])
            case _:
                return tuple([self._value(one) for one in inside])

    def _complete(self, number: int, entry: tuple[Any, ...]) -> None:
        thing = self.things[number]
        match entry[1]:
            case "o":
                names: tuple[str, ...] = CLASSES[entry[2]].__slots__
                for name, value in zip(names, entry[3:], strict=True):
                    setattr(thing, name, self._value(value))
            case "v":
                self._fill(thing, [self._value(one) for one in entry[4:]])
            case "T":
                found = [self._value(one) for one in entry[2:]]
                thing.update(zip(found[::2], found[1::2], strict=True))
            case _:
                members = self.members[number] = {}
                for member in sorted(self._of_table.get(number, ())):
                    _, _, _, key, value = self._entries[member]
                    made = self._value(key)
                    thing[made] = self._value(value)
                    members[made] = member

    def _fill_set(self, number: int, done: set[int]) -> None:
        """Fill a map or a set when what is in it has its content, by which it is found."""
        if number in done:
            return
        done.add(number)
        for at in self._inside(number, set()):
            self._fill_set(at, done)
        entry = self._entries[number]
        self._fill(self.things[number], [self._value(one) for one in entry[4:]])

    def _inside(self, number: int, seen: set[int]) -> Iterator[int]:
        stack = [number]
        while stack:
            for one in self._entries[stack.pop()][4:]:
                if type(one) is int and one not in seen:
                    seen.add(one)
                    stack.append(one)
                    entry = self._entries[one]
                    if entry[1] == "v" and entry[2] in _SETS and one != number:
                        yield one


def unpack(
    pages: Mapping[int, tuple[Any, ...]], empty: Empty, fill: Fill, parts: Parts, watch: Watch
) -> tuple[State, Depot]:
    """The very same state, and the depot that knows what of it is stored."""
    unpacking = Unpacking(pages, empty, fill)
    state: State = unpacking.thing(ROOT)
    _heap_up(state.agenda, state.items)
    depot = Depot(parts, watch)
    depot.restore(dict(pages), unpacking.things, unpacking.members)
    return state, depot


def _heap_up(agenda: Agenda, items: list[Item]) -> None:
    """Fill heaps: who is in one knows its place there."""
    for item in items:
        if item.heap is not None:
            waiting = [row.extra for row in item.rows if isinstance(row.extra, Entry)]
            item.heap.items = sorted(waiting, key=lambda one: one.slot)
    for group in agenda.groups.values():
        queued = [item for item in items if item.group == group.name and item.slot >= 0]
        group.heap.items = sorted(queued, key=lambda one: one.slot)


def handles(
    pages: Mapping[int, tuple[Any, ...]], number: int, names: tuple[str, ...], unpacking: Unpacking
) -> Iterator[tuple[int, str, Any]]:
    """Facts that nothing justifies, for other rules: handle, entry point and object.

    ``number`` is that of the table of facts, ``names`` are the fields of a fact as it was stored.
    """
    entries = {entry[0]: entry for found in pages.values() for entry in found}
    table = entries[number]
    if table[1] == "L":
        members = sorted(
            n for n, entry in entries.items() if entry[1] == "m" and entry[2] == number
        )
        found = [entries[one][4] for one in members]
    else:
        found = list(table[3::2])
    for one in found:
        fields = dict(zip(names, entries[one][3:], strict=True))
        if fields["justifiers"] == (None,):
            thing = fields["object"]
            made = unpacking.thing(thing) if type(thing) is int else thing[0]
            yield fields["number"][0], fields["entry_point"][0], made
