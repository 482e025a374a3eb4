"""What all nodes with two entrances have: keys, tests, and the re-ordering before updates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from procession.rules.matcher.memory import BetaMemory, KeyOf
from procession.rules.matcher.rows import Handle, Row, Staged

if TYPE_CHECKING:
    from procession.rules.matcher.inner import Inner
    from procession.rules.matcher.network import Alpha

Test: TypeAlias = Callable[[Any, tuple[Handle, ...], Any], bool]
"""From the run, the facts on the left and the object on the right to whether they match."""


@dataclass(frozen=True, kw_only=True)
class Beta:
    """A node that joins rows on the left with facts, or with inner rows, on the right.

    ``entrance`` is the number of the right entrance within the path; ``alpha`` tells which facts
    come in there. With ``inner`` the right side is a path of its own that starts from the rows on
    the left. ``width`` is the number of facts on the left.
    """

    entrance: int
    alpha: Alpha | None = None
    left_key: KeyOf | None = None
    right_key: KeyOf | None = None
    tests: tuple[Test, ...] = ()
    inner: Inner | None = None
    first: bool = False
    """Right behind the left entrance, where rows are not turned round on their way inside."""
    turns: bool = False
    """Whether rows come in the opposite order, see :mod:`procession.rules.drl.sharing`."""

    def key_left(self, run: Any, row: Row) -> Any:
        """The key of a row on the left."""
        if self.inner is not None:
            return row
        return None if self.left_key is None else self.left_key(run, row)

    def key_right(self, run: Any, row: Row) -> Any:
        """The key of a row on the right."""
        if self.inner is not None:
            return row.origin
        return None if self.right_key is None else self.right_key(run, row)

    def allowed(self, run: Any, left: Row, right: Row) -> bool:
        """Whether two rows with the same key match."""
        if not self.tests:
            return True
        thing = right.facts[-1].object
        return all(test(run, left.facts, thing) for test in self.tests)

    def remember_left(self, run: Any, memory: BetaMemory, row: Row) -> None:
        """Put a row into the left memory."""
        memory.left.add(row, self.key_left(run, row))

    def remember_right(self, run: Any, memory: BetaMemory, row: Row) -> None:
        """Put a row into the right memory."""
        memory.right.add(row, self.key_right(run, row))

    def reorder_left(self, run: Any, memory: BetaMemory, src: Staged) -> None:
        """Changed rows on the left become the youngest, in their memory and at their parents."""
        rows = list(reversed(src.updates))
        for row in rows:
            memory.left.remove(row)
        for row in rows:
            self.remember_left(run, memory, row)
            for child in list(row.children.values()):
                child.to_end_of_right()

    def reorder_right(self, run: Any, memory: BetaMemory, src: Staged) -> None:
        """The same on the right."""
        rows = [row for row in reversed(src.updates) if row.bucket is not None]
        for row in rows:
            memory.right.remove(row)
        for row in rows:
            self.remember_right(run, memory, row)
            for child in list(row.children.values()):
                child.to_end_of_left()
