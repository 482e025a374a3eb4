"""Not and exists: rows that go on while nothing on the right blocks them, or while something does.

A row on the left that has a match on the right is *blocked* by one such match and stands in no
memory; when that match goes, another is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from procession.rules.matcher.beta import Beta
from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import DELETE, UPDATE, Cause, Row, Staged, drop
from procession.rules.matcher.watching import Table


def _block(left: Row, right: Row) -> None:
    left.blocker = right
    if right.blocked is None:
        right.blocked = Table()
    right.blocked[left] = None


def _release(left: Row) -> None:
    blocker = left.blocker
    if blocker is not None:
        if blocker.blocked is not None:
            blocker.blocked.pop(left, None)
        left.blocker = None


def _only_child(row: Row) -> Row | None:
    return row.children.get(None)


@dataclass(frozen=True, kw_only=True)
class Existential(Beta):
    """``not``, or ``exists`` if ``wanted``."""

    wanted: bool = False

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed on either side."""
        out = Staged()
        right = memory.staged.take()
        for row in src.deleted():
            memory.left.remove(row)
            _release(row)
            self._end(row, row.cause, out)
        self._prepare_left(run, memory, src)
        before = self._prepare_right(run, memory, right)
        self._right_inserts(run, memory, right, out)
        self._right_updates(run, memory, right, before, out)
        self._right_deletes(run, memory, right, out)
        self._left_updates(run, memory, src, out)
        for row in src.inserted():
            self._settle(run, memory, row, row.cause, out)
        return out

    # -- what becomes of a row on the left -----------------------------------------------------

    def _begin(self, row: Row, cause: Cause, out: Staged) -> None:
        child = _only_child(row)
        if child is None:
            out.insert(row.child(None, row.facts, cause))
        else:
            if self.wanted:
                child.cause = cause
            out.update(child)

    def _end(self, row: Row, cause: Cause, out: Staged) -> None:
        child = _only_child(row)
        if child is not None:
            child.cause = cause
            drop(child, out)

    def _settle(self, run: Any, memory: BetaMemory, row: Row, cause: Cause, out: Staged) -> None:
        """Find a blocker for a row that stands in no memory, and go on or not accordingly."""
        key = self.key_left(run, row)
        for right in memory.right.find(key):
            if right.staged != DELETE and self.allowed(run, row, right):
                _block(row, right)
                if self.wanted:
                    self._begin(row, right.cause, out)
                else:
                    self._end(row, right.cause, out)
                return
        memory.left.add(row, key)
        if self.wanted:
            self._end(row, cause, out)
        else:
            self._begin(row, cause, out)

    # -- the right side ------------------------------------------------------------------------

    def _prepare_left(self, run: Any, memory: BetaMemory, src: Staged) -> None:
        rows = list(reversed(src.updates))
        for row in rows:
            memory.left.remove(row)
        for row in rows:
            if row.blocker is None:
                self.remember_left(run, memory, row)

    def _prepare_right(self, run: Any, memory: BetaMemory, right: Staged) -> dict[Row, list[Row]]:
        """Re-order changed rows; answers those that each of them blocked."""
        rows = [row for row in reversed(right.updates) if row.bucket is not None]
        before: dict[Row, list[Row]] = {}
        for row in rows:
            memory.right.remove(row)
            before[row] = list(row.blocked or ())
            row.blocked = None
        for row in rows:
            self.remember_right(run, memory, row)
        return before

    def _right_inserts(self, run: Any, memory: BetaMemory, right: Staged, out: Staged) -> None:
        for row in right.inserted():
            self.remember_right(run, memory, row)
            self._take_free(run, memory, row, out)

    def _take_free(self, run: Any, memory: BetaMemory, row: Row, out: Staged) -> None:
        for left in memory.left.find(row.key):
            if left.staged != UPDATE and self.allowed(run, left, row):
                memory.left.remove(left)
                _block(left, row)
                if self.wanted:
                    self._begin(left, row.cause, out)
                else:
                    self._end(left, row.cause, out)

    def _right_updates(
        self,
        run: Any,
        memory: BetaMemory,
        right: Staged,
        before: dict[Row, list[Row]],
        out: Staged,
    ) -> None:
        for row in right.updated():
            self._take_free(run, memory, row, out)
            for left in before.get(row, ()):
                left.blocker = None
                if left.staged == UPDATE:
                    _block(left, row)
                else:
                    self._look_again(run, memory, left, row.cause, out)

    def _right_deletes(self, run: Any, memory: BetaMemory, right: Staged, out: Staged) -> None:
        for row in right.deleted():
            memory.right.remove(row)
            blocked, row.blocked = list(row.blocked or ()), None
            for left in blocked:
                left.blocker = None
                if left.staged != UPDATE:
                    self._look_again(run, memory, left, row.cause, out)

    def _look_again(
        self, run: Any, memory: BetaMemory, left: Row, cause: Cause, out: Staged
    ) -> None:
        key = self.key_left(run, left)
        for right in memory.right.find(key):
            if right.staged != DELETE and self.allowed(run, left, right):
                _block(left, right)
                return
        memory.left.add(left, key)
        if self.wanted:
            self._end(left, cause, out)
        else:
            self._begin(left, cause, out)

    # -- the left side -------------------------------------------------------------------------

    def _left_updates(self, run: Any, memory: BetaMemory, src: Staged, out: Staged) -> None:
        for row in src.updated():
            memory.left.remove(row)
            _release(row)
            self._settle(run, memory, row, row.cause, out)
