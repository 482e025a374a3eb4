"""The meter: what a script has left of its steps and its memory.

Code without loops is paid for by its size when it starts, each round of a loop by the size of its
body; library functions pay for what they walk over and for what they make. So a script ends within
a time that its limits alone decide.
"""

from __future__ import annotations

from procession.errors import LimitExceeded


class Meter:
    """Counts down steps and memory cells; raises :class:`LimitExceeded` at zero."""

    __slots__ = ("cells", "fuel")

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
        cells = (length >> 4) + 1
        self.allocate(cells)
        self.burn((cells >> 2) + 1)


def unlimited() -> Meter:
    """A meter for values that are known to be small, such as frozen ones."""
    return Meter(1 << 62, 1 << 62)
