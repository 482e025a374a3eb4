"""What a session has stored, object by object: only what has changed is written again.

The state is a graph of objects of a few classes, of tables and of live objects. Each is one entry
with a number; the entries of a big table are entries themselves, and their numbers ascend in the
order of the table. Objects tell when they change (:mod:`.watching`), and weak references when they
are gone. So a call costs by what it changes, however many facts there are.

An entry is ``(number, sort, …)``. A reference in it is the number of an entry, ``(value,)`` for a
plain value, or ``(sort, references)`` for a tuple, a list or a set of references.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from procession.errors import InvalidValue
from procession.rules.matcher.agenda import Heap
from procession.rules.matcher.pages import Pages, weight
from procession.rules.matcher.storing import CLASSES, KIND_NUMBER, NUMBER_OF, PLAIN
from procession.rules.matcher.watching import KEPT, TABLES, KeptTable, LoggedTable, Table

Entry: TypeAlias = tuple[Any, ...]
Parts: TypeAlias = Callable[[Any], tuple[str, str, list[Any]] | None]
Watch: TypeAlias = Callable[[Any, Any], None]
SMALL: Final = 16
"""Tables of that many entries are stored as a whole."""
ROOT: Final = 0
_END: Final = object()


class Reference(weakref.ref[Any]):
    """An object that is stored, for as long as it lives."""

    __slots__ = ("number", "place")
    number: int
    place: int


class Depot:
    """The keeper of one session's objects."""

    def __init__(self, parts: Parts, watch: Watch) -> None:
        self._parts = parts
        self._watch = watch
        self._references: dict[int, Reference] = {}
        self._stored: dict[int, Reference | tuple[int, Any]] = {}
        self._members: dict[int, dict[Any, int]] = {}
        self._touched: dict[int, None] = {}
        self._gone: list[int] = []
        self._work: list[tuple[int, Any, Iterator[tuple[Any, bool]] | None]] = []
        self._pages = Pages()
        self._next = ROOT
        self.has_touched_live = False

    @property
    def is_clean(self) -> bool:
        """Whether nothing has changed since it was last stored."""
        return not self._touched

    def touch(self, thing: Any) -> None:
        """A stored object changes."""
        self._touched[self._references[id(thing)].number] = None

    def has_touched(self, thing: Any) -> bool:
        """Whether a stored object has changed, or another stands in its place."""
        reference = self._references.get(id(thing))
        return reference is None or reference.number in self._touched

    def number_of(self, thing: Any) -> int:
        """The number of a stored object."""
        return self._references[id(thing)].number

    # -- storing -----------------------------------------------------------------------------

    def save(self, root: Any) -> dict[int, tuple[Entry, ...]]:
        """The pages that have changed since the last time; one without entries is to be deleted."""
        self.has_touched_live = False
        if not self._stored:
            self.number(root)
        touched, self._touched = self._touched, {}
        self._bury()
        for number in sorted(touched):
            reference = self._stored.get(number)
            thing = reference() if isinstance(reference, Reference) else None
            if thing is not None:
                self._work.append((number, thing, None))
                if type(thing) not in NUMBER_OF and type(thing) not in TABLES:
                    self.has_touched_live = True
        written = self._write_touched()
        found: dict[int, tuple[Entry, ...]] = {}
        while self._pages.changed or self._gone:
            self._bury()
            changed, self._pages.changed = self._pages.changed, {}
            for page in changed:
                entries = [written.get(one) or self._again(one) for one in self._pages.on(page)]
                found[page] = tuple([entry for entry in entries if entry is not None])
            written.update(self._write_touched())
        return found

    def _write_touched(self) -> dict[int, Entry]:
        """Entries of what is waiting, and of all that is new there: what belongs together first."""
        written: dict[int, Entry] = {}
        work = self._work
        while work:
            number, thing, changes = work.pop()
            if changes is not None:
                key, moved = next(changes, (_END, False))
                if key is not _END:
                    work.append((number, thing, changes))
                    self._write_member(number, thing, key, moved, written)
                continue
            entry = written[number] = self._entry(number, thing)
            self._pages.put(number, weight(entry))
            if entry[1] == "L":
                work.append((number, thing, iter(self._log(number, thing).items())))
        return written

    def _again(self, number: int) -> Entry | None:
        """An entry that has not changed, for the page it is on; none if it went just now."""
        found = self._stored[number]
        if isinstance(found, tuple):
            table = self._stored[found[0]]
            return self._member(number, *found) if table() is not None else None  # type: ignore[operator]
        thing = found()
        return None if thing is None else self._entry(number, thing)

    def _bury(self) -> None:
        """Forget what is gone, with the entries of tables that are gone."""
        while self._gone:
            number = self._gone.pop()
            self._stored.pop(number, None)
            self._pages.remove(number)
            for member in self._members.pop(number, {}).values():
                self._stored.pop(member, None)
                self._pages.remove(member)

    # -- entries -----------------------------------------------------------------------------

    def _entry(self, number: int, thing: Any) -> Entry:
        kind = type(thing)
        if kind in NUMBER_OF:
            order = NUMBER_OF[kind]
            names: tuple[str, ...] = CLASSES[order].__slots__  # type: ignore[attr-defined]
            refer = self._refer
            entry = (number, "o", order, *[refer(getattr(thing, name)) for name in names])
            if kind in KEPT:
                thing.keeper = self
                thing.__class__ = KEPT[kind]
            return entry
        if kind in TABLES:
            return self._table(number, thing)
        taken = self._parts(thing)
        if taken is None:
            raise InvalidValue(f"a rule session cannot keep a {kind.__name__}")
        self._watch(thing, self)
        sort, name, held = taken
        return (number, "v", sort, name, *[self._refer(one) for one in held])

    def _table(self, number: int, table: Any) -> Entry:
        if number in self._members or len(table) > SMALL:
            return (number, "L")
        table.__class__ = KeptTable
        table.keeper = self
        refer = self._refer
        return (number, "T", *[refer(one) for pair in table.items() for one in pair])

    def _log(self, number: int, table: Any) -> dict[Any, bool]:
        """What of a big table has changed, or all of it when it was small before."""
        if number in self._members:
            log: dict[Any, bool] = table.log
        else:
            self._members[number] = {}
            log = dict.fromkeys(table, True)
        table.__class__ = LoggedTable
        table.keeper = self
        table.log = {}
        return log

    def _write_member(
        self, number: int, table: Any, key: Any, moved: bool, written: dict[int, Entry]
    ) -> None:
        members = self._members[number]
        member = members.get(key)
        if moved:
            if member is not None:
                del members[key], self._stored[member]
                self._pages.remove(member)
                member = None
            if key not in table:
                return
            member = members[key] = self._next
            self._next += 1
            self._stored[member] = (number, key)
        if member is not None:
            entry = written[member] = self._member(member, number, key)
            self._pages.put(member, weight(entry))

    def _member(self, member: int, number: int, key: Any) -> Entry:
        table: Any = self._stored[number]()  # type: ignore[operator]
        return (member, "m", number, self._refer(key), self._refer(table[key]))

    def _refer(self, thing: Any) -> Any:
        kind = type(thing)
        if kind in PLAIN:
            return (thing,)
        if kind is tuple:
            return ("t", tuple([self._refer(one) for one in thing]))
        if kind is list:
            return ("l", tuple([self._refer(one) for one in thing]))
        if kind is frozenset:
            return ("f", tuple([self._refer(one) for one in thing]))
        if kind is type:
            return ("k", KIND_NUMBER[thing])
        if kind is Heap:
            return ("h", ())
        reference = self._references.get(id(thing))
        if reference is not None:
            return reference.number
        number = self.number(thing)
        self._work.append((number, thing, None))
        return number

    # -- numbers -----------------------------------------------------------------------------

    def number(self, thing: Any, number: int = -1) -> int:
        """Make an object known; it is to be stored unless it comes with its number."""
        if number < 0:
            number = self._next
            if number == ROOT:
                self._work.append((number, thing, None))
        self._next = max(self._next, number + 1)
        try:
            made = Reference(thing, self._lost)
        except TypeError:
            raise InvalidValue(f"a rule session cannot keep a {type(thing).__name__}") from None
        made.number, made.place = number, id(thing)
        self._references[made.place] = made
        self._stored[number] = made
        return number

    def _lost(self, reference: Any) -> None:
        place = reference.place
        if self._references.get(place) is reference:
            del self._references[place]
        self._gone.append(reference.number)
        self._touched.pop(reference.number, None)

    def restore(
        self,
        pages: dict[int, tuple[Entry, ...]],
        things: dict[int, Any],
        members: dict[int, dict[Any, int]],
    ) -> None:
        """Know what was loaded: objects by number, and the entries of big tables."""
        for page, entries in pages.items():
            for entry in entries:
                self._pages.restore(page, entry[0], weight(entry))
                self._next = max(self._next, entry[0] + 1)
        for number, thing in things.items():
            self.number(thing, number)
            kind = type(thing)
            if kind in KEPT:
                thing.keeper = self
                thing.__class__ = KEPT[kind]
            elif kind is not Table:
                self._watch(thing, self)
            else:
                thing.keeper, thing.log = self, {}
                thing.__class__ = LoggedTable if number in members else KeptTable
        for number, found in members.items():
            self._members[number] = found
            for key, member in found.items():
                self._stored[member] = (number, key)
        for entries in pages.values():
            for entry in entries:
                if entry[0] not in self._stored:
                    self._gone.append(entry[0])
