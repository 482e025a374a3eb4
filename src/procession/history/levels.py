"""How much audit is kept."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """A level of audit. What is not kept cannot be asked for later.

    ``NONE`` keeps nothing, so an instance that has ended is forgotten altogether; ``ACTIVITY``
    keeps the process and node logs; ``FULL`` also what every variable was set to.
    """

    NONE = "none"
    ACTIVITY = "activity"
    FULL = "full"
