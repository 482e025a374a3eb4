"""What the scripts of one turn may use together (``script_steps_per_turn``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from procession.core.ports import Budget, Limits
from procession.errors import LimitExceeded
from procession.scripting.frame import Frame

R = TypeVar("R")
ENGINE: Final = 1_000
"""Steps that a run in an engine of its own is reckoned at, whose steps nobody counts."""
_TOGETHER: Final = (
    "the scripts of one request take too many steps together; raise script_steps_per_turn"
)


def within_budget(frame: Frame, budget: Budget, limits: Limits, run: Callable[[Frame], R]) -> R:
    """Run with what is left, and take from it what was used."""
    given = frame.fuel = min(frame.fuel, budget.steps)
    try:
        return run(frame)
    except LimitExceeded:
        if frame.fuel <= 0 and given < limits.script_steps:
            raise LimitExceeded(_TOGETHER) from None
        raise
    finally:
        budget.steps -= given - max(frame.fuel, 0)
