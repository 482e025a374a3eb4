"""Join: one more fact in the row for every fact that matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from procession.rules.matcher.beta import Beta
from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import UPDATE, Row, Staged, drop


@dataclass(frozen=True, kw_only=True)
class Join(Beta):
    """A further pattern of a rule."""

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed on either side."""
        out = Staged()
        right = memory.staged.take()
        for row in right.deleted():
            memory.right.remove(row)
            for child in list(row.children.values()):
                child.cause = row.cause
                drop(child, out)
        for row in src.deleted():
            memory.left.remove(row)
            for child in list(row.children.values()):
                drop(child, out)
        if src.updates:
            self.reorder_left(run, memory, src)
        if right.updates:
            self.reorder_right(run, memory, right)
        self._right_updates(run, memory, right, out)
        self._left_updates(run, memory, src, out)
        self._right_inserts(run, memory, right, out)
        self._left_inserts(run, memory, src, out)
        return out

    def _left_inserts(self, run: Any, memory: BetaMemory, src: Staged, out: Staged) -> None:
        for row in src.inserted():
            self.remember_left(run, memory, row)
            for right in memory.right.find(row.key):
                if self.allowed(run, row, right):
                    out.insert(row.child(right, row.facts + right.facts, right.cause))

    def _right_inserts(self, run: Any, memory: BetaMemory, right: Staged, out: Staged) -> None:
        for row in right.inserted():
            self.remember_right(run, memory, row)
            for left in memory.left.find(row.key):
                if left.staged != UPDATE and self.allowed(run, left, row):
                    out.insert(left.child(row, left.facts + row.facts, row.cause))

    def _left_updates(self, run: Any, memory: BetaMemory, src: Staged, out: Staged) -> None:
        for row in src.updated():
            for child in list(row.children.values()):
                if child.right is None or child.right.key != row.key:
                    drop(child, out)
            for right in memory.right.find(row.key):
                match = row.children.get(right)
                if self.allowed(run, row, right):
                    self._kept(row, right, match, right.cause, out, of_left=True)
                elif match is not None:
                    drop(match, out)

    def _right_updates(self, run: Any, memory: BetaMemory, src: Staged, out: Staged) -> None:
        for row in src.updated():
            for child in list(row.children.values()):
                if child.parent is None or child.parent.key != row.key:
                    child.cause = row.cause
                    drop(child, out)
            for left in memory.left.find(row.key):
                if left.staged == UPDATE:
                    continue
                match = left.children.get(row)
                if self.allowed(run, left, row):
                    self._kept(left, row, match, row.cause, out, of_left=False)
                elif match is not None:
                    match.cause = row.cause
                    drop(match, out)

    def _kept(
        self, left: Row, right: Row, match: Row | None, cause: Any, out: Staged, *, of_left: bool
    ) -> None:
        if match is None:
            out.insert(left.child(right, left.facts + right.facts, cause))
            return
        match.cause = cause
        out.update(match)
        if of_left:
            match.to_end_of_right()
        else:
            match.to_end_of_left()
