"""A query that a rule watches: what it gives comes, changes and goes as the facts do.

The facts that any pattern of the query lets in, or of queries that it asks, come in on the right;
when one does, the query is asked anew for the rows on the left, and only answers that are new, gone
or rest on what has changed go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import Cause, Handle, Row, Staged, drop
from procession.rules.matcher.watching import Table


class Answer(tuple[Any, ...]):
    """What a query found for its arguments, and the numbers of the facts on which that rests."""

    support: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """``query(…)`` in a rule: one row for each answer."""

    source: Callable[[Any, tuple[Handle, ...]], list[Answer]]
    identity: Callable[[Any, Any], Any]

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Take in what has changed of facts and of rows."""
        out = Staged()
        touched, cause = self._touched(memory)
        for row in src.deleted():
            memory.left.remove(row)
            for child in list(row.children.values()):
                child.cause = row.cause
                drop(child, out)
            row.extra = None
        anew = {*src.updates, *src.inserts}
        if cause is not None:
            for row in memory.left.find(None):
                if row not in anew:
                    self._ask(run, row, cause, out, touched)
        for row in src.updated():
            self._ask(run, row, row.cause, out, None)
        for row in src.inserted():
            memory.left.add(row, None)
            self._ask(run, row, row.cause, out, None)
        return out

    @staticmethod
    def _touched(memory: BetaMemory) -> tuple[set[int], Cause | None]:
        touched: set[int] = set()
        cause: Cause | None = None
        right = memory.staged.take()
        for rows in (right.deleted(), right.updated(), right.inserted()):
            for row in rows:
                touched.add(row.facts[0].number)
                if cause is None or row.cause.number > cause.number:
                    cause = row.cause
        return touched, cause

    def _ask(self, run: Any, row: Row, cause: Cause, out: Staged, touched: set[int] | None) -> None:
        """Ask for a row; without ``touched`` it has changed itself, and all answers with it."""
        before: dict[Any, list[Row]] = row.extra or {}
        now: dict[Any, list[Row]] = Table()
        stays: dict[Any, list[Row]] = {}
        for answer in self.source(run, row.facts):
            key = (tuple([self.identity(run, one) for one in answer]), answer.support)
            known = before.get(key)
            if known and (touched is None or touched.isdisjoint(answer.support)):
                stays.setdefault(key, []).append(known.pop(0))
                continue
            right = known.pop(0) if known else Row((Handle(0, tuple(answer)),), cause)
            now.setdefault(key, []).append(right)
            self._go_on(row, right, cause, out)
        for key in before:
            for right in stays.get(key, ()):
                now.setdefault(key, []).append(right)
                if touched is None:
                    self._go_on(row, right, cause, out)
        row.extra = now
        for rest in before.values():
            for right in rest:
                child = row.children.get(right)
                if child is not None:
                    child.cause = cause
                    drop(child, out)

    @staticmethod
    def _go_on(row: Row, right: Row, cause: Cause, out: Staged) -> None:
        child = row.children.get(right)
        if child is None:
            out.insert(row.child(right, row.facts + right.facts, cause))
        else:
            child.cause = cause
            out.update(child)
