"""Accumulate and collect: one row goes on for each row on the left, with what all matches give.

Results are kept up to date match by match where every function can take a match back, else they
are made anew from the matches of that row alone. What a match contributed is kept with it, since
its fact may have changed in place by the time it is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from procession.rules.matcher.beta import Beta, Test
from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import NONE, UPDATE, Cause, Handle, Row, Staged, drop
from procession.rules.matcher.watching import Watched, watched


class Function(Protocol):
    """What is done with the matches: a sum, a list, …; states are plain and changed in place."""

    reversible: bool

    def start(self, run: Any, facts: tuple[Handle, ...]) -> Any:
        """A state without any match."""
        ...

    def contribution(self, run: Any, facts: tuple[Handle, ...]) -> Any:
        """What one match contributes; ``facts`` ends with those of the match."""
        ...

    def add(self, run: Any, state: Any, given: Any) -> Any:
        """The state with one contribution more."""
        ...

    def take_back(self, run: Any, state: Any, given: Any) -> Any:
        """The state with one contribution less."""
        ...

    def result(self, run: Any, state: Any, facts: tuple[Handle, ...]) -> Any:
        """What the state comes to."""
        ...


@watched
class Total(Watched):
    """What is kept for a row on the left: the states, and the row that went on."""

    __slots__ = ("cause", "handle", "result", "sent", "states")

    def __init__(self, states: list[Any]) -> None:
        self.states = states
        self.handle: Handle | None = None
        self.result: Row | None = None
        self.sent = False
        self.cause: Cause | None = None


@dataclass(frozen=True, kw_only=True)
class Accumulate(Beta):
    """``accumulate(…)`` and ``from collect(…)``.

    ``many`` results are handed on as a tuple; ``fits`` tells whether a result may go on.
    """

    functions: tuple[Function, ...]
    many: bool = False
    fits: tuple[Test, ...] = ()

    @property
    def reversible(self) -> bool:
        """Whether all functions can take a match back."""
        return all(one.reversible for one in self.functions)

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed on either side."""
        out, touched = Staged(), Staged()
        right = memory.staged.take()
        for row in src.deleted():
            self._left_delete(memory, row, out)
        for row in right.deleted():
            memory.right.remove(row)
            self._forget(run, row, touched)
        if src.updates:
            self.reorder_left(run, memory, src)
        if right.updates:
            self.reorder_right(run, memory, right)
        for row in right.updated():
            self._right_update(run, memory, row, touched)
        for row in src.updated():
            self._left_update(run, memory, row)
            row.staged = NONE
            touched.update(row)
        for row in right.inserted():
            self.remember_right(run, memory, row)
            for left in memory.left.find(row.key):
                if self.allowed(run, left, row):
                    self._match(run, left, row)
                    touched.update(left)
        for row in src.inserted():
            self._left_insert(run, memory, row)
            row.staged = NONE
            touched.insert(row)
        for row in touched.inserted():
            self._result(run, row, out)
        for row in touched.updated():
            self._result(run, row, out)
        return out

    # -- the left side -------------------------------------------------------------------------

    def _left_insert(self, run: Any, memory: BetaMemory, row: Row) -> None:
        self.remember_left(run, memory, row)
        row.extra = Total([one.start(run, row.facts) for one in self.functions])
        for right in memory.right.find(row.key):
            if self.allowed(run, row, right):
                self._match(run, row, right)

    def _left_update(self, run: Any, memory: BetaMemory, row: Row) -> None:
        for child in list(row.children.values()):
            if child.right is None or child.right.key != row.key:
                child.unlink()
        for right in memory.right.find(row.key):
            match = row.children.get(right)
            if match is not None:
                match.unlink()
            if self.allowed(run, row, right):
                row.child(right, right.facts, right.cause)
        self._start_again(run, row)

    def _left_delete(self, memory: BetaMemory, row: Row, out: Staged) -> None:
        memory.left.remove(row)
        total: Total | None = row.extra
        row.extra = None
        for child in list(row.children.values()):
            child.unlink()
        if total is not None and total.sent and total.result is not None:
            drop(total.result, out)

    # -- matches -------------------------------------------------------------------------------

    def _facts(self, left: Row, right: Row) -> tuple[Handle, ...]:
        return right.facts if self.inner is not None else left.facts + right.facts

    def _match(self, run: Any, left: Row, right: Row) -> None:
        match = left.child(right, right.facts, right.cause)
        total: Total = left.extra
        total.cause = right.cause
        facts = self._facts(left, right)
        match.extra = [one.contribution(run, facts) for one in self.functions]
        for at, one in enumerate(self.functions):
            total.states[at] = one.add(run, total.states[at], match.extra[at])
        total.states = total.states  # changed in place: whoever keeps it must know

    def _unmatch(self, run: Any, match: Row) -> None:
        left = match.parent
        match.unlink()
        if left is None:
            return
        total: Total = left.extra
        if not self.reversible:
            self._start_again(run, left)
            return
        for at, one in enumerate(self.functions):
            total.states[at] = one.take_back(run, total.states[at], match.extra[at])
        total.states = total.states

    def _start_again(self, run: Any, left: Row) -> None:
        total: Total = left.extra
        total.states = [one.start(run, left.facts) for one in self.functions]
        for right, match in left.children.items():
            if right is None:
                continue
            facts = self._facts(left, right)
            match.extra = [one.contribution(run, facts) for one in self.functions]
            for at, one in enumerate(self.functions):
                total.states[at] = one.add(run, total.states[at], match.extra[at])

    def _forget(self, run: Any, row: Row, touched: Staged) -> None:
        for match in list(row.children.values()):
            left = match.parent
            self._unmatch(run, match)
            if left is not None:
                left.extra.cause = row.cause
                touched.update(left)

    def _right_update(self, run: Any, memory: BetaMemory, row: Row, touched: Staged) -> None:
        for match in list(row.children.values()):
            left = match.parent
            if left is not None and left.key != row.key:
                self._unmatch(run, match)
                left.extra.cause = row.cause
                if left.staged != UPDATE:
                    touched.update(left)
        for left in memory.left.find(row.key):
            found = left.children.get(row)
            if found is not None:
                self._unmatch(run, found)
                left.extra.cause = row.cause
                touched.update(left)
            if self.allowed(run, left, row):
                self._match(run, left, row)
                touched.update(left)

    # -- results -------------------------------------------------------------------------------

    def _result(self, run: Any, row: Row, out: Staged) -> None:
        total: Total = row.extra
        given = [
            one.result(run, state, row.facts)
            for one, state in zip(self.functions, total.states, strict=True)
        ]
        value = tuple(given) if self.many else given[0]
        if value is None:
            return
        if total.result is None or total.handle is None:
            total.handle = Handle(0, value)
            total.result = Row((*row.facts, total.handle), row.cause)
            total.result.parent, total.result.origin = row, row.origin
        total.handle.object = value
        fits = all(test(run, row.facts, value) for test in self.fits)
        total.result.cause = total.cause or row.cause
        total.cause = None
        if total.sent and fits:
            out.update(total.result)
        elif total.sent:
            out.delete(total.result)
            total.sent = False
        elif fits:
            out.insert(total.result)
            total.sent = True
