"""Free choices: scripts that stand for any result, so that a search can try them all.

What data hold when a process runs nobody knows beforehand. So a model is compiled with
:class:`FreeEvaluator`: a condition is true and false, a number of rounds is any of a few, a script
does nothing or throws what somebody catches. Which it is the search says (:class:`Choices`), who
hands itself to the scripts as the globals of the step.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procession.core.live import LiveScripts
from procession.core.ports import (
    NOWHERE,
    Limits,
    Purpose,
    Script,
    ScriptContext,
    ScriptResult,
    ScriptScope,
    ScriptThrow,
)

ROUNDS: Final = (2, 1, 0)
"""How often a loop is done, if data decide."""


class Choices(Mapping[str, Any]):
    """The choices of one step: ``given`` ones first, then the first option of each.

    ``taken`` has what was picked and of how many, ``at`` the nodes it was picked for. ``throwable``
    are the errors that somebody would catch, by the node where they would be thrown; ``past`` are
    nodes whose condition was met and is not met again.
    """

    def __init__(
        self,
        given: tuple[int, ...],
        throwable: Mapping[str, tuple[str, ...]],
        past: frozenset[str],
    ) -> None:
        self.given = given
        self.throwable = throwable
        self.past = past
        self.taken: list[tuple[int, int]] = []
        self.at: list[str] = []

    def pick(self, options: int, node: str) -> int:
        """One of so many options."""
        self.at.append(node)
        at = len(self.taken)
        picked = self.given[at] if at < len(self.given) else 0
        self.taken.append((picked, options))
        return picked

    def others(self) -> Iterator[tuple[int, ...]]:
        """The choices that were left out where nothing was given."""
        picked = tuple(one for one, _ in self.taken)
        for at in range(len(self.given), len(self.taken)):
            for other in range(1, self.taken[at][1]):
                yield (*picked[:at], other)

    def __getitem__(self, name: str) -> Any:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(eq=False)
class FreeScript:
    """A text of which only its purpose is known."""

    language: str
    source: str
    purpose: Purpose
    warnings: tuple[str, ...] = ()

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Give what the search picks; nothing where nobody picks."""
        choices = context.globals
        if self.purpose is Purpose.TEMPLATE:
            return ScriptResult(self.source)
        if not isinstance(choices, Choices):
            return ScriptResult()
        if self.purpose is Purpose.CONDITION:
            if context.node in choices.past:
                return ScriptResult(False)
            return ScriptResult(choices.pick(2, context.node) == 0)
        if self.purpose is Purpose.SCRIPT:
            codes = choices.throwable.get(context.node, ())
            picked = choices.pick(len(codes) + 1, context.node) if codes else 0
            if picked:
                raise ScriptThrow(codes[picked - 1], "an error of the script")
        return ScriptResult()


@dataclass(eq=False)
class FreeNumber(FreeScript):
    """How often a loop is done."""

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """One of a few numbers."""
        choices = context.globals
        picked = choices.pick(len(ROUNDS), context.node) if isinstance(choices, Choices) else 0
        return ScriptResult(ROUNDS[picked])


@dataclass(eq=False)
class Count(FreeScript):
    """How many tokens a complex gateway takes: data have no say in it."""

    def run(self, context: ScriptContext, limits: Limits) -> ScriptResult:
        """Compare as the text says."""
        _, compare, number = _COUNT.fullmatch(self.source).groups()  # type: ignore[union-attr]
        count: Any = context.lookup("activationCount")
        return ScriptResult(_COMPARISONS[compare](count, int(number)))


_COMPARISONS: Final = {
    "==": operator.eq,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "!=": operator.ne,
}
_COUNT: Final = re.compile(r"\s*(return\s+)?activationCount\s*(==?|>=?|<=?|!=)\s*(\d+)\s*;?\s*")


def counting(script: Script) -> Script:
    """The activation condition of a complex gateway, to be followed if it only counts tokens."""
    if _COUNT.fullmatch(script.source):
        return Count(script.language, script.source, Purpose.CONDITION)
    return script


CONDITION: Final = FreeScript("", "a condition", Purpose.CONDITION)
NUMBER: Final = FreeNumber("", "a number of rounds", Purpose.EXPRESSION)


class FreeEvaluator:
    """Takes texts of every language."""

    def compile(
        self, language: str, source: str, purpose: Purpose, scope: ScriptScope = NOWHERE
    ) -> Script:
        """Never fails: whether the text is right is found out elsewhere."""
        return FreeScript(language, source, purpose)

    @property
    def live(self) -> LiveScripts:
        """None: a search asks no rules."""
        raise TypeError("a search that only looks ahead runs no rules")
