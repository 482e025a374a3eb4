"""Which rows of a decision table accept a value, without asking each of them.

A set of rows is a whole number whose bits are the rows, so that columns are combined by ``&``. Of
a column whose tests all compare with constants two things are kept: the rows by the value they are
equal to, and the rows between the ends of ranges. Between two neighbouring ends the same rows
accept every value: their set is stored for some of the gaps, and in between what enters and
leaves. A column with other tests is looked up as far as its simple tests go; the rest is asked.

What is stored as sets is bounded, so that a table of any size needs memory in proportion to it:
the larger the table, the fewer gaps and values have a set, and the more is added up when asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Any, Final, TypeAlias

from procession.core.formulas import Interval, UnaryTests

_LEAST: Final = 16
_BITS: Final = 1 << 27
"""How much the sets of a column, of its values or of its gaps, may take."""


Rows: TypeAlias = int | tuple[int, ...]
"""Rows as a set, or by their numbers."""


class _Ranges:
    """Ranges over the values of one kind: the gaps between their ends, and who is open in each.

    Gap ``2i + 1`` is the end ``i`` itself, gap ``2i`` what lies between it and the end before.
    """

    __slots__ = ("changes", "ends", "sets", "stride")

    def __init__(self, intervals: list[tuple[Interval, int]], size: int) -> None:
        ends = {
            end[1]
            for interval, _ in intervals
            for end in (interval.low, interval.high)
            if end is not None
        }
        self.ends: list[Any] = sorted(ends)
        place = {end: at for at, end in enumerate(self.ends)}
        count = 2 * len(self.ends) + 1
        self.stride = max(_LEAST, count * size // _BITS)
        self.changes: list[Rows] = []
        opened: list[dict[int, int]] = [{} for _ in range(count + 1)]
        for interval, row in intervals:
            first, last = 0, count - 1
            if interval.low is not None:
                first = 2 * place[interval.low[1]] + (1 if interval.has_low else 2)
            if interval.high is not None:
                last = 2 * place[interval.high[1]] + (1 if interval.has_high else 0)
            if first <= last:
                opened[first][row] = opened[first].get(row, 0) + 1
                opened[last + 1][row] = opened[last + 1].get(row, 0) - 1
        self.sets: list[int] = []
        self._lay(opened, count, size)

    def _lay(self, opened: list[dict[int, int]], count: int, size: int) -> None:
        depth: dict[int, int] = {}
        now = 0
        for gap in range(count):
            change = []
            for row, step in opened[gap].items():
                before = depth.get(row, 0)
                depth[row] = before + step
                if (before > 0) != (depth[row] > 0):
                    change.append(row)
            self.changes.append(_kept(change, size))
            now ^= rows_of(self.changes[-1])
            if gap % self.stride == 0:
                self.sets.append(now)

    def at(self, value: Any) -> int:
        """The rows whose ranges hold a value."""
        place = bisect_left(self.ends, value)
        is_end = place < len(self.ends) and self.ends[place] == value
        gap = 2 * place + (1 if is_end else 0)
        start = gap // self.stride
        found = self.sets[start]
        for change in self.changes[start * self.stride + 1 : gap + 1]:
            found ^= rows_of(change)
        return found


class Column:
    """One column: which rows accept a value for certain, and which may."""

    __slots__ = ("asked", "equal", "open_rows", "ranges")

    def __init__(self, tests: Sequence[UnaryTests]) -> None:
        self.open_rows = 0
        self.asked = 0
        self.equal: dict[tuple[str, Hashable], Rows] = {}
        self.ranges: dict[str, _Ranges] = {}
        ranged: dict[str, list[tuple[Interval, int]]] = {}
        equal: dict[tuple[str, Hashable], list[int]] = {}
        for row, test in enumerate(tests):
            bit = 1 << row
            if test.accepts_all:
                self.open_rows |= bit
            elif test.intervals is None:
                self.asked |= bit
            else:
                for interval in test.intervals:
                    _add(interval, row, equal, ranged)
        for key, rows in equal.items():
            self.equal[key] = _kept(rows, len(tests))
        for kind, intervals in ranged.items():
            self.ranges[kind] = _Ranges(intervals, len(tests))

    def rows(self, key: tuple[str, Hashable]) -> int:
        """The rows that accept the value of a key; those that must be asked are left out."""
        found = self.open_rows | rows_of(self.equal.get(key, 0))
        ranges = self.ranges.get(key[0])
        return found if ranges is None else found | ranges.at(key[1])


def _add(
    interval: Interval,
    row: int,
    equal: dict[tuple[str, Hashable], list[int]],
    ranged: dict[str, list[tuple[Interval, int]]],
) -> None:
    low, high = interval.low, interval.high
    if low is not None and low == high:
        if interval.has_low and interval.has_high:
            equal.setdefault(low, []).append(row)
    elif low is None or high is None or low[1] <= high[1]:
        ranged.setdefault((low or high)[0], []).append((interval, row))


def _kept(rows: Sequence[int], size: int) -> Rows:
    """Rows as a set where they are many for a table of that size, else as their numbers."""
    few = max(_LEAST, size * size // _BITS)
    return tuple(rows) if len(rows) < few else rows_of(tuple(rows))


def rows_of(rows: Rows) -> int:
    """The set of some rows."""
    if isinstance(rows, int):
        return rows
    found = 0
    for row in rows:
        found |= 1 << row
    return found


def rows_in(found: int) -> list[int]:
    """The rows of a set, in order."""
    made = []
    while found:
        low = found & -found
        made.append(low.bit_length() - 1)
        found ^= low
    return made
