"""Sums, averages and summaries of numbers, as streams give them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from procession.scripting.frame import Frame
from procession.scripting.library.boxes import larger, smaller
from procession.scripting.library.table import JavaClass
from procession.scripting.numerals import arithmetic
from procession.scripting.rendering import java_text
from procession.values import Long, Value

_STARTS: Final[dict[str, Value]] = {"int": 0, "long": Long(0)}


def total(number: str, items: Iterable[Value]) -> Value:
    """The sum; that of doubles makes up for what is lost on the way, as Java does."""
    if number != "double":
        made = _STARTS.get(number, 0)
        for item in items:
            made = arithmetic("+", made, item)
        return made
    return exact_sum(items)


def exact_sum(items: Iterable[Value]) -> float:
    """Kahan's sum, with the plain one where numbers are without end."""
    high = low = simple = 0.0
    for item in items:
        value = float(item)
        simple += value
        corrected = value - low
        summed = high + corrected
        low = (summed - high) - corrected
        high = summed
    made = high - low
    return simple if made != made and math.isinf(simple) else made


class Statistics:
    """``IntSummaryStatistics`` and its sisters."""

    __slots__ = ("count", "largest", "number", "smallest", "sum")

    def __init__(self, number: str, items: list[Value]) -> None:
        self.number = number
        self.count = len(items)
        wide = "long" if number == "int" else number
        self.sum = total(wide, items)
        edges = {"int": 0x7FFFFFFF, "long": Long(0x7FFFFFFFFFFFFFFF)}
        top = edges.get(number, math.inf)
        self.smallest: Value = top
        self.largest: Value = type(top)(-top - 1) if number in edges else -math.inf
        for item in items:
            self.smallest = smaller(self.smallest, item)
            self.largest = larger(self.largest, item)

    @property
    def type_name(self) -> str:
        """The name of its class."""
        return f"java.util.{self.number.capitalize()}SummaryStatistics"

    def average(self) -> float:
        """The average, 0 of nothing."""
        return float(self.sum) / self.count if self.count else 0.0

    def shown(self) -> str:
        """What it prints as."""
        name = self.type_name.rpartition(".")[2]
        least, most, summed = self.smallest, self.largest, self.sum
        if self.number == "double":
            told = [f"{least:.6f}", f"{most:.6f}", f"{summed:.6f}"]
        else:
            told = [java_text(one) for one in (least, most, summed)]
        average = f"{self.average():.6f}"
        return (
            f"{name}{{count={self.count}, sum={told[2]}, min={told[0]}, "
            f"average={average}, max={told[1]}}}"
        )


def _average(f: Frame, o: Statistics) -> float:
    return o.average()


STATISTICS: Final = JavaClass("java.util.IntSummaryStatistics", Statistics)
STATISTICS.all(
    {
        "long getCount()": lambda f, o: Long(o.count),
        "Object getSum()": lambda f, o: o.sum,
        "Object getMin()": lambda f, o: o.smallest,
        "Object getMax()": lambda f, o: o.largest,
        "double getAverage()": _average,
    }
)
CLASSES: Final = [
    STATISTICS,
    *[
        JavaClass(f"java.util.{name}SummaryStatistics", parents=(STATISTICS.name,))
        for name in ("Long", "Double")
    ],
]
