"""The meter: what a script has left of its steps and its memory.

Code without loops is paid for by its size when it starts, each round of a loop by the size of its
body; library functions pay for what they walk over and for what they make. So a script ends within
a time that its limits alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from procession.core.data_types import NO_TYPES, DataTypes
from procession.errors import LimitExceeded
from procession.values import EMPTY


class Meter:
    """Counts down steps and memory cells; raises :class:`LimitExceeded` at zero."""

    __slots__ = ("cells", "fuel")
    text_limit = 1 << 62
    items_limit = 1 << 62
    depth_limit = 50
    pattern_limit = 1 << 62
    data_types: DataTypes = NO_TYPES
    bodies: Mapping[str, Callable[..., Any]] = EMPTY
    """Methods of classes of the deployment that the operator gave, by full name."""

    def __init__(self, fuel: int, cells: int) -> None:
        self.fuel = fuel
        self.cells = cells

    def burn(self, steps: int) -> None:
        """Pay for steps."""
        self.fuel -= steps
        if self.fuel < 0:
            self.fuel = 0
            raise LimitExceeded("the script takes too many steps; raise script_steps or shorten it")

    def walk(self, elements: int) -> None:
        """Pay for a library function that looks at this many elements."""
        self.burn(elements + 1)

    def allocate(self, cells: int) -> None:
        """Pay for memory, before it is taken. A cell is about one reference or sixteen letters."""
        self.cells -= cells
        if self.cells < 0:
            self.cells = 0
            raise LimitExceeded("the script needs too much memory; raise script_cells")

    def make_text(self, length: int) -> None:
        """Pay for a text of this length."""
        if length > self.text_limit:
            self.bound_text(length)
        cells = (length >> 4) + 1
        self.allocate(cells)
        self.burn((cells >> 2) + 1)

    def bound_text(self, length: int) -> None:
        """Refuse a text that is longer than texts may be."""
        if length > self.text_limit:
            what = f"a text of {length} characters is too long"
            raise LimitExceeded(f"{what}; texts may have {self.text_limit}: raise script_text")

    def bound_items(self, count: int) -> None:
        """Refuse a collection that is larger than collections may be."""
        if count > self.items_limit:
            what = f"a collection of {count} elements is too large"
            limit = f"collections may have {self.items_limit}: raise script_items"
            raise LimitExceeded(f"{what}; {limit}")


def unlimited() -> Meter:
    """A meter for values that are known to be small, such as frozen ones."""
    return Meter(1 << 62, 1 << 62)
