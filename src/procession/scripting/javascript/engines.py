"""Engines for texts that only read (:mod:`~procession.scripting.javascript.reading`), used again.

To make an engine costs a hundred times what a condition does. A text that cannot change anything
leaves an engine as it found it, so that many share one; each text is compiled once in each. One
engine serves one run at a time, whatever the thread: there are as many as run at once, and few are
kept. One in which a limit was reached is thrown away.
"""

from __future__ import annotations

from typing import Any, Final

import quickjs

from procession.scripting.javascript.prelude import READER
from procession.scripting.javascript.reading import Reading

STACK: Final = 256 * 1024
STEPS_PER_SECOND: Final = 1_000_000
BYTES_PER_CELL: Final = 16
MAX_IDLE: Final = 4
MAX_TEXTS: Final = 500


class Engine:
    """One engine and the texts compiled in it."""

    __slots__ = ("_bounds", "_compile", "_context", "_held", "_texts")

    def __init__(self) -> None:
        self._context: Any = quickjs.Context()
        self._context.set_max_stack_size(STACK)
        self._compile = self._context.eval(READER)
        self._texts: dict[tuple[Reading, bool], Any] = {}
        self._held = 0
        self._bounds = (0, 0)

    def is_full(self) -> bool:
        """Whether it has compiled as much as one may."""
        return len(self._texts) >= MAX_TEXTS

    def function(self, reading: Reading, packed: bool) -> Any:
        """The function that a text is; ``packed`` takes all its arguments as one JSON list."""
        found = self._texts.get((reading, packed))
        if found is None:
            self._context.set_memory_limit(-1)
            self._context.set_time_limit(-1)
            found = self._compile(reading.text, reading.parameters, packed)
            self._texts[(reading, packed)] = found
            self._bounds = (0, 0)
            self._held = self._context.memory()["memory_used_size"]
        return found

    def bound(self, steps: int, cells: int) -> None:
        """Set what one run may take, beside what the engine holds anyway.

        The time counts anew from each call.
        """
        if self._bounds == (steps, cells):
            return
        self._bounds = (steps, cells)
        self._context.set_time_limit(seconds(steps))
        self._context.set_memory_limit(self._held + memory(cells))


def seconds(steps: int) -> float:
    """The time that a limit of steps means."""
    return max(0.02, steps / STEPS_PER_SECOND)


def memory(cells: int) -> int:
    """The bytes that a limit of cells means."""
    return max(1 << 20, cells * BYTES_PER_CELL)


class Engines:
    """The engines that nobody uses at the moment."""

    def __init__(self) -> None:
        self._idle: list[Engine] = []

    def take(self) -> Engine:
        """An engine for the caller alone; it is given back unless something went wrong."""
        try:
            return self._idle.pop()
        except IndexError:
            return Engine()

    def give_back(self, engine: Engine) -> None:
        """Keep an engine for others."""
        if len(self._idle) < MAX_IDLE and not engine.is_full():
            self._idle.append(engine)
