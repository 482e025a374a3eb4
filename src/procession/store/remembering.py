"""A reader that asks nothing twice: how long lists are decides several parts of one search."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Executable

from procession.store.store import Beside, Question, Reader


class Remembering:
    """The same snapshot, whose answers to searches stay at hand; for few and short ones."""

    __slots__ = ("_known", "_reader")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str], Sequence[tuple[Any, ...]]] = {}

    def execute(self, statement: Executable) -> Sequence[Any]:
        """All rows of a select, as named tuples."""
        return self._reader.execute(statement)

    def hot(self, name: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a prepared read."""
        return self._reader.hot(name, parameters)

    def ahead(self, *questions: Question) -> None:
        """Ask in one trip what is going to be asked."""
        self._reader.ahead(*questions)

    def beside(self) -> AbstractContextManager[Beside | None]:
        """A second connection that reads this snapshot, if there is one."""
        return self._reader.beside()

    def ask(self, text: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All rows of a read in our own spelling."""
        key = (text, repr(parameters))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._reader.ask(text, parameters)
        return known
