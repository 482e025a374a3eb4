"""Decision tables: rows found through an index, conclusions by hit policy (DMN 1.5, 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from procession.core.formulas import Formula, Held, Session, UnaryTests
from procession.rules.dmn.index import Column, rows_in
from procession.rules.dmn.types import Type, coerced

if TYPE_CHECKING:
    from procession.rules.dmn.run import Run

Values = Sequence[Held]


class OutputColumn(msgspec.Struct, frozen=True):
    """A column of conclusions; ``order`` are its possible values, the most important first."""

    name: str
    type: Type | None
    order: tuple[Formula, ...]
    default: Formula | None


class CompiledTable:
    """A table that can be run; see :meth:`run`."""

    def __init__(
        self,
        name: str,
        policy: str,
        inputs: Sequence[tuple[Formula, UnaryTests | None]],
        tests: Sequence[Sequence[UnaryTests]],
        outputs: Sequence[OutputColumn],
        rules: Sequence[Sequence[Formula]],
        annotations: Sequence[Sequence[str]],
    ) -> None:
        self.name = name
        self.policy = policy
        self.inputs = tuple(inputs)
        self.tests = tuple([tuple(column) for column in tests])
        self.columns = tuple([Column(column) for column in tests])
        self.outputs = tuple(outputs)
        self.rules = tuple([tuple(rule) for rule in rules])
        self.annotations = tuple([tuple(row) for row in annotations])
        self.all_rows = (1 << len(rules)) - 1

    def run(self, run: Run, values: Values) -> Held:
        """The conclusion; rows that matched are told to the run."""
        session = run.session
        given: list[Held] = []
        for formula, allowed in self.inputs:
            value = formula.run(session, values)
            if allowed is not None and value is not None and not allowed.holds(session, value, ()):
                session.note(f"{formula.source} is not one of the allowed values")
                run.matched(self, given, ())
                return None
            given.append(value)
        matched = self._matched(session, given, values)
        run.matched(self, given, matched)
        if not matched:
            return self._default(session, values)
        return _POLICIES[self.policy](self, session, matched, values)

    # -- rows --------------------------------------------------------------------------------

    def _matched(self, session: Session, given: Sequence[Held], values: Values) -> tuple[int, ...]:
        """The rows whose tests all hold; only the first if the policy wants no more."""
        session.burn(4 + len(self.columns))
        found = self.all_rows
        asked: list[tuple[int, int]] = []
        for at, column in enumerate(self.columns):
            key = session.key(given[at])
            if key is None:
                certain, doubtful = column.open_rows, self.all_rows & ~column.open_rows
            else:
                certain, doubtful = column.rows(key), column.asked
            if doubtful:
                asked.append((at, certain))
                certain |= doubtful
            found &= certain
            if not found:
                return ()
        if not asked:
            rows = rows_in(found & -found if self.policy == "F" else found)
            session.burn(len(rows))
            return tuple(rows)
        made = []
        for row in rows_in(found):
            bit = 1 << row
            if all(
                certain & bit or self.tests[at][row].holds(session, given[at], values)
                for at, certain in asked
            ):
                made.append(row)
                if self.policy == "F":
                    break
        return tuple(made)

    # -- conclusions -------------------------------------------------------------------------

    def _default(self, session: Session, values: Values) -> Held:
        if all(output.default is None for output in self.outputs):
            return 0 if self.policy == "C#" else None
        parts = [
            None if output.default is None else output.default.run(session, values)
            for output in self.outputs
        ]
        return self._as_one(session, parts)

    def parts(self, session: Session, row: int, values: Values) -> list[Held]:
        """The conclusions of a row, as the types of their columns want them."""
        made = []
        for output, formula in zip(self.outputs, self.rules[row], strict=True):
            value = formula.run(session, values)
            if output.type is not None:
                has, value = coerced(session, value, output.type)
                if not has:
                    session.note(f"{formula.source} is not of the type of its column")
            made.append(value)
        return made

    def _as_one(self, session: Session, parts: Sequence[Held]) -> Held:
        if len(self.outputs) == 1:
            return parts[0]
        names = [output.name for output in self.outputs]
        return session.context_of(dict(zip(names, parts, strict=True)))

    def result(self, session: Session, row: int, values: Values) -> Held:
        """What a row gives."""
        return self._as_one(session, self.parts(session, row, values))

    def unique(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``U``: one row at most may match."""
        if len(rows) > 1:
            told = ", ".join([str(row + 1) for row in rows[:5]])
            session.note(f"hit policy UNIQUE of {self.name}: rules {told} match")
            return None
        return self.result(session, rows[0], values)

    def any(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``A``: rows that match must agree."""
        first = self.result(session, rows[0], values)
        for row in rows[1:]:
            if session.equal(first, self.result(session, row, values)) is not True:
                session.note(f"hit policy ANY of {self.name}: rule {row + 1} says something else")
                return None
        return first

    def first(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``F``: the first in order."""
        return self.result(session, rows[0], values)

    def in_order(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``R`` and ``C``: a list."""
        return session.listed([self.result(session, row, values) for row in rows])

    def _ranked(self, session: Session, rows: Sequence[int], values: Values) -> list[Held]:
        """What the rows give, the most important conclusions first."""
        orders = [[f.run(session, values) for f in output.order] for output in self.outputs]
        ranked = []
        for row in rows:
            parts = self.parts(session, row, values)
            rank = []
            for order, part in zip(orders, parts, strict=True):
                session.burn(len(order))
                places = (at for at, one in enumerate(order) if session.equal(one, part) is True)
                rank.append(next(places, len(order)))
            ranked.append((rank, row, self._as_one(session, parts)))
        ranked.sort(key=lambda one: one[:2])
        return [one[2] for one in ranked]

    def priority(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``P``: the most important conclusion."""
        return self._ranked(session, rows, values)[0]

    def output_order(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``O``: a list, the most important conclusion first."""
        return session.listed(self._ranked(session, rows, values))

    def total(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``C+``: the sum."""
        return session.total([self.result(session, row, values) for row in rows])

    def least(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``C<``: the least."""
        found = [self.result(session, row, values) for row in rows]
        best = found[0]
        for one in found[1:]:
            best = one if session.less(one, best) is True else best
        return best

    def greatest(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``C>``: the greatest."""
        found = [self.result(session, row, values) for row in rows]
        best = found[0]
        for one in found[1:]:
            best = one if session.less(best, one) is True else best
        return best

    def count(self, session: Session, rows: Sequence[int], values: Values) -> Held:
        """``C#``: how many rows match."""
        return len(rows)


_POLICIES: Final[dict[str, Callable[[CompiledTable, Session, Sequence[int], Values], Any]]] = {
    "U": CompiledTable.unique,
    "A": CompiledTable.any,
    "P": CompiledTable.priority,
    "F": CompiledTable.first,
    "R": CompiledTable.in_order,
    "O": CompiledTable.output_order,
    "C": CompiledTable.in_order,
    "C+": CompiledTable.total,
    "C<": CompiledTable.least,
    "C>": CompiledTable.greatest,
    "C#": CompiledTable.count,
}
