"""Lending readers to threads: ``with store.read() as reader``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class _Lent(threading.local):
    """This thread's reader and how many ``read()`` blocks it is in."""

    reader: Any = None
    depth = 0


class Readers(Generic[R]):
    """Gives each thread one reader at a time.

    Blocks inside each other share the outermost one's reader, and so its snapshot.
    """

    def __init__(self, take: Callable[[bool], R], give_back: Callable[[R], None]) -> None:
        self.take = take
        self.give_back = give_back
        self.lent = _Lent()

    def read(self, wait: bool = True, taken: R | None = None) -> Reading[R]:
        """A block in which this thread has a reader; perhaps one that was ``taken`` before."""
        return Reading(self, wait, taken)

    @contextmanager
    def fresh(self) -> Iterator[R]:
        """A reader that sees the present, also inside a ``read()`` block."""
        reader = self.take(True)
        try:
            yield reader
        finally:
            self.give_back(reader)


class Reading(Generic[R]):
    """One ``with`` block."""

    __slots__ = ("_readers", "_taken", "_wait")

    def __init__(self, readers: Readers[R], wait: bool, taken: R | None) -> None:
        self._readers = readers
        self._wait = wait
        self._taken = taken

    def __enter__(self) -> R:
        lent = self._readers.lent
        if lent.reader is None:
            lent.reader = self._taken or self._readers.take(self._wait)
        lent.depth += 1
        reader: R = lent.reader
        return reader

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        lent = self._readers.lent
        lent.depth -= 1
        if lent.depth == 0:
            reader, lent.reader = lent.reader, None
            self._readers.give_back(reader)
