"""Where paths part that begin alike: Drools shares their nodes, and that shows in the order.

Here every path has nodes of its own. But where two rules begin with the same two patterns or more,
Drools hands the rows on to the rule that was written first in their order and to the others in the
opposite one. So a path remembers where it leaves one that was written before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from procession.rules.matcher.memory import BetaMemory
from procession.rules.matcher.rows import Staged


class Shared:
    """A node as all paths see it that have it in common, with what follows it."""

    __slots__ = ("next",)

    def __init__(self) -> None:
        self.next: dict[Any, Shared] = {}

    def follow(self, key: Any) -> tuple[Shared, bool]:
        """The node behind this one, and whether another one was there before it."""
        found = self.next.get(key)
        if found is None:
            found = self.next[key] = Shared()
        return found, next(iter(self.next)) != key


@dataclass(frozen=True, kw_only=True)
class Parting:
    """The end of a rule whose rows another rule was handed first."""

    turns: bool = True

    def evaluate(self, run: Any, memory: BetaMemory, src: Staged) -> Staged:
        """Nothing is done but what ``turns`` says."""
        return src
