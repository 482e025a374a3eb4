"""Facts in the working memory, rows of them that match together, and sets of changed rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from procession.rules.matcher.watching import Table, Watched, watched

NONE: Final = 0
INSERT: Final = 1
UPDATE: Final = 2
DELETE: Final = 3


@watched
class Cause(Watched):
    """Why something was propagated: its number, the rule that did it (-1: none), the fact."""

    __slots__ = ("fact", "number", "origin")

    def __init__(self, number: int, origin: int, fact: Handle | None) -> None:
        self.number = number
        self.origin = origin
        self.fact = fact


@watched
class Handle(Watched):
    """A fact: the object as it is now. Objects that only a row knows have the number 0."""

    __slots__ = (
        "entry_point",
        "justifiers",
        "key",
        "moment",
        "number",
        "object",
        "recency",
        "rows",
    )

    def __init__(self, number: int, thing: Any, recency: int = 0, entry_point: str = "") -> None:
        self.number = number
        self.object = thing
        self.recency = recency
        self.entry_point = entry_point
        self.rows: dict[tuple[int, int], Row] = Table()
        self.justifiers: dict[Row, None] | None = None
        self.key: Any = None
        self.moment: datetime | None = None
        """When it was inserted; known at the latest when it has been matched."""


@watched
class Row(Watched):
    """Facts that match together so far; or, at the right entrance of a node, one fact.

    ``children`` are the rows made of this one at the next node, by the row it was joined with
    there. ``bucket`` is the part of a node's memory it stands in, found by ``key``. ``origin`` is
    the row of the outer path for which a row inside a group of patterns was made. ``extra`` belongs
    to the node.
    """

    __slots__ = (
        "blocked",
        "blocker",
        "bucket",
        "cause",
        "children",
        "extra",
        "facts",
        "key",
        "logical",
        "origin",
        "parent",
        "queued",
        "right",
        "salience",
        "staged",
    )

    def __init__(self, facts: tuple[Handle, ...], cause: Cause) -> None:
        self.facts = facts
        self.cause = cause
        self.parent: Row | None = None
        self.right: Row | None = None
        self.children: dict[Row | None, Row] = Table()
        self.staged = NONE
        self.bucket: dict[Row, None] | None = None
        self.key: Any = None
        self.blocker: Row | None = None
        self.blocked: dict[Row, None] | None = None
        self.extra: Any = None
        self.origin: Row | None = None
        self.queued = False
        self.salience = 0
        self.logical: dict[Handle, None] | None = None

    def latest_cause(self) -> Cause:
        """The most recent cause among this row's and those of the rows it was made of."""
        found = self.cause
        row = self.parent
        while row is not None:
            if row.cause.number > found.number:
                found = row.cause
            row = row.parent
        return found

    def child(self, right: Row | None, facts: tuple[Handle, ...], cause: Cause) -> Row:
        """A new row made of this one, and of ``right`` if there is one."""
        made = Row(facts, cause)
        made.parent = self
        made.origin = self.origin
        made.right = right
        self.children[right] = made
        if right is not None:
            right.children[self] = made
        return made

    def unlink(self) -> None:
        """Take this row from the rows it was made of."""
        if self.parent is not None:
            self.parent.children.pop(self.right, None)
            if self.right is not None:
                self.right.children.pop(self.parent, None)

    def to_end_of_right(self) -> None:
        """Be the youngest child of the right row."""
        if self.right is not None and self.parent is not None:
            self.right.children.pop(self.parent, None)
            self.right.children[self.parent] = self

    def to_end_of_left(self) -> None:
        """Be the youngest child of the left row."""
        if self.parent is not None:
            self.parent.children.pop(self.right, None)
            self.parent.children[self.right] = self


@watched
class Staged(Watched):
    """Rows that were inserted, updated and deleted, the latest first."""

    __slots__ = ("deletes", "inserts", "updates")

    def __init__(self) -> None:
        self.inserts: dict[Row, None] = Table()
        self.updates: dict[Row, None] = Table()
        self.deletes: dict[Row, None] = Table()

    def __bool__(self) -> bool:
        return bool(self.inserts or self.updates or self.deletes)

    def insert(self, row: Row) -> None:
        """Stage a new row."""
        if row.staged != UPDATE:
            row.staged = INSERT
            self.inserts[row] = None

    def update(self, row: Row) -> None:
        """Stage a changed row, unless it is staged already."""
        if row.staged == NONE:
            row.staged = UPDATE
            self.updates[row] = None

    def delete(self, row: Row) -> None:
        """Stage a row that goes; one that was only staged to come is forgotten."""
        if row.staged == INSERT and row in self.inserts:
            del self.inserts[row]
            row.staged = NONE
            return
        if row.staged == UPDATE:
            self.updates.pop(row, None)
        row.staged = DELETE
        self.deletes[row] = None

    def take(self) -> Staged:
        """All that is staged; afterwards nothing is."""
        taken = Staged()
        taken.inserts, taken.updates, taken.deletes = self.inserts, self.updates, self.deletes
        self.inserts, self.updates, self.deletes = Table(), Table(), Table()
        return taken

    def turned(self) -> Staged:
        """The same rows in the opposite order."""
        made = Staged()
        made.inserts = dict.fromkeys(reversed(self.inserts))
        made.updates = dict.fromkeys(reversed(self.updates))
        made.deletes = dict.fromkeys(reversed(self.deletes))
        return made

    def inserted(self) -> Iterator[Row]:
        """The new rows, latest first; each is unstaged when the loop has passed it."""
        return _passing(self.inserts)

    def updated(self) -> Iterator[Row]:
        """The changed rows, likewise."""
        return _passing(self.updates)

    def deleted(self) -> Iterator[Row]:
        """The rows that went, likewise."""
        return _passing(self.deletes)


def _passing(rows: dict[Row, None]) -> Iterator[Row]:
    for row in list(reversed(rows)):
        yield row
        row.staged = NONE


def drop(child: Row, out: Staged) -> None:
    """Take a child row from its parents and stage it as gone."""
    child.unlink()
    out.delete(child)
