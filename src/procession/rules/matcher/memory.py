"""What a node with two entrances remembers: rows on either side, found by the key they join on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from procession.rules.matcher.rows import Row, Staged
from procession.rules.matcher.watching import Table, Watched, watched

KeyOf: TypeAlias = Callable[[Any, Row], Any]
"""From the run and a row to the key by which rows of both sides find each other."""


@watched
class Side(Watched):
    """Rows in the order they came, in one bucket for each key (without a key, in one)."""

    __slots__ = ("buckets",)

    def __init__(self) -> None:
        self.buckets: dict[Any, dict[Row, None]] = Table()

    def add(self, row: Row, key: Any) -> None:
        """Put a row in."""
        bucket = self.buckets.get(key)
        if bucket is None:
            bucket = self.buckets[key] = Table()
        bucket[row] = None
        row.bucket = bucket
        row.key = key

    def remove(self, row: Row) -> None:
        """Take a row out, if it is in."""
        bucket = row.bucket
        if bucket is not None:
            del bucket[row]
            row.bucket = None
            if not bucket:
                del self.buckets[row.key]

    def find(self, key: Any) -> list[Row]:
        """The rows with a key, oldest first."""
        bucket = self.buckets.get(key)
        return list(bucket) if bucket else []


@watched
class BetaMemory(Watched):
    """Both sides of a node, what is staged on the right, and how many facts stand there.

    ``inner`` are the memories of the nodes of an inner path, ``peers`` the rows that it began with
    by the row of the outer path.
    """

    __slots__ = ("counter", "inner", "left", "peers", "right", "staged", "unlinked")

    def __init__(self) -> None:
        self.left = Side()
        self.right = Side()
        self.staged = Staged()
        self.counter = 0
        self.unlinked = False
        self.inner: list[BetaMemory] = []
        self.peers: dict[Row, Row] = Table()
