"""Nodes with one entrance: from, eval, branches, and queries asked inside a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from procession.rules.matcher.beta import Test
from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import Handle, Row, Staged, drop
from procession.rules.matcher.watching import Table

Source: TypeAlias = Callable[[Any, tuple[Handle, ...]], list[Any]]
"""From the run and the facts so far to the objects that a pattern is matched with."""


@dataclass(frozen=True, kw_only=True)
class From:
    """``pattern from expression`` and ``?query(…)``: one row for each object found that matches.

    Asked again only when its row changes; objects found again go on as changed.
    """

    source: Source
    tests: tuple[Test, ...] = ()
    identity: Callable[[Any, Any], Any]
    turns: bool = False
    asks: Any = None
    """A list with the query that it asks, once that is compiled."""

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed."""
        out = Staged()
        for row in src.deleted():
            for child in list(row.children.values()):
                child.cause = row.cause
                drop(child, out)
            row.extra = None
        for row in src.updated():
            self._update(run, row, out)
        for row in src.inserted():
            row.extra = Table()
            for thing in self.source(run, row.facts):
                self._pass(run, row, self._new(run, row, thing), out)
        return out

    def _new(self, run: Any, row: Row, thing: Any) -> Row:
        right = Row((Handle(0, thing),), row.cause)
        row.extra.setdefault(self.identity(run, thing), []).append(right)
        return right

    def _update(self, run: Any, row: Row, out: Staged) -> None:
        before: dict[Any, list[Row]] = row.extra or {}
        row.extra = Table()
        for thing in self.source(run, row.facts):
            key = self.identity(run, thing)
            known = before.get(key)
            if known:
                right = known.pop(0)
                right.facts[0].object = thing
                row.extra.setdefault(key, []).append(right)
            else:
                right = self._new(run, row, thing)
            self._pass(run, row, right, out)
        for rest in before.values():
            for right in rest:
                child = row.children.get(right)
                if child is not None:
                    child.cause = row.cause
                    drop(child, out)

    def _pass(self, run: Any, row: Row, right: Row, out: Staged) -> None:
        thing = right.facts[0].object
        child = row.children.get(right)
        if all(test(run, row.facts, thing) for test in self.tests):
            if child is None:
                out.insert(row.child(right, row.facts + right.facts, row.cause))
            else:
                child.cause = row.cause
                out.update(child)
        elif child is not None:
            child.cause = row.cause
            drop(child, out)


@dataclass(frozen=True, kw_only=True)
class Eval:
    """``eval(…)``: a row goes on while the condition holds; asked when the row changes."""

    test: Test
    turns: bool = False

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed."""
        out = Staged()
        for row in src.deleted():
            child = row.children.get(None)
            if child is not None:
                drop(child, out)
        for row in src.updated():
            child = row.children.get(None)
            if self.test(run, row.facts, None):
                if child is None:
                    out.insert(row.child(None, row.facts, row.cause))
                else:
                    out.update(child)
            elif child is not None:
                drop(child, out)
        for row in src.inserted():
            if self.test(run, row.facts, None):
                out.insert(row.child(None, row.facts, row.cause))
        return out


@dataclass(frozen=True, kw_only=True)
class Arms:
    """The last node of a branch's path: a row goes on with the number of the arm that it takes.

    Rows keep their order: in Drools they go from here straight to the agenda.
    """

    choose: Callable[[Any, tuple[Handle, ...]], int | None]

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed."""
        out = Staged()
        for row in src.deleted():
            child = row.children.get(None)
            if child is not None:
                drop(child, out)
        for row in reversed(list(src.updated())):
            self._update(run, row, out)
        for row in reversed(list(src.inserted())):
            self._begin(row, self.choose(run, row.facts), out)
        return out

    def _begin(self, row: Row, arm: int | None, out: Staged) -> None:
        if arm is not None:
            out.insert(row.child(None, (*row.facts, Handle(0, arm)), row.cause))

    def _update(self, run: Any, row: Row, out: Staged) -> None:
        arm, child = self.choose(run, row.facts), row.children.get(None)
        if child is None:
            self._begin(row, arm, out)
        elif arm == child.facts[-1].object:
            out.update(child)
        else:
            drop(child, out)
            self._begin(row, arm, out)
