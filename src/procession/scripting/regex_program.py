"""The instructions of a pattern: what :mod:`procession.scripting.regex` runs."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

import msgspec

from procession.scripting.regex_letters import Test


class Op(Enum):
    """What an instruction does."""

    TEST = auto()
    SPLIT = auto()
    JUMP = auto()
    SAVE = auto()
    WHERE = auto()
    LOOK = auto()
    BEHIND = auto()
    BACK = auto()
    DONE = auto()


class Instruction:
    """One step of a pattern. ``joint``: more than one way leads here, so failures are kept."""

    __slots__ = (
        *("a", "b", "consumes", "folds", "high", "inner"),
        *("joint", "low", "negative", "op", "test", "where"),
    )

    def __init__(self, op: Op, a: int = 0, b: int = 0, test: Test | None = None) -> None:
        self.op = op
        self.a = a
        self.b = b
        self.test = test
        self.where: Callable[[str, int], bool] | None = None
        self.inner: list[Instruction] = []
        self.joint = False
        self.negative = False
        self.consumes = False
        self.folds = False
        self.low = 0
        self.high = 0

    def copy(self) -> Instruction:
        """The same once more, to be put elsewhere."""
        made = Instruction(self.op, self.a, self.b, self.test)
        made.where, made.inner, made.joint = self.where, self.inner, self.joint
        made.negative, made.consumes, made.folds = self.negative, self.consumes, self.folds
        made.low, made.high = self.low, self.high
        return made


class Parsed(msgspec.Struct, frozen=True):
    """The program of a pattern."""

    program: list[Instruction]
    groups: int
    """How many groups there are; 0 is the whole."""
    names: dict[str, int]
    refs: tuple[int, ...]
    """The places of spans that back references read."""
    first: Test | None
    """What the first letter of a match passes, where that is known."""


def joined(program: list[Instruction]) -> list[Instruction]:
    """Mark where several ways meet. Every round of a loop passes such a place."""
    ways = [0] * (len(program) + 1)
    for at, one in enumerate(program):
        if one.op in (Op.SPLIT, Op.JUMP):
            ways[one.a] += 1
        if one.op is Op.SPLIT:
            ways[one.b] += 1
        elif one.op not in (Op.JUMP, Op.DONE):
            ways[at + 1] += 1
    for at, one in enumerate(program):
        one.joint = ways[at] > 1
    return program


def moved(code: list[Instruction], by: int) -> list[Instruction]:
    """Instructions hold places relative to their fragment; put a fragment elsewhere."""
    for one in code:
        if one.op is Op.SPLIT:
            one.a += by
            one.b += by
        elif one.op is Op.JUMP:
            one.a += by
    return code


def split(first: int, second: int, lazy: bool) -> Instruction:
    """A fork: the first way is tried first, the second where it is lazy."""
    return Instruction(Op.SPLIT, second, first) if lazy else Instruction(Op.SPLIT, first, second)


def repeated(body: list[Instruction], low: int, high: int | None, lazy: bool) -> list[Instruction]:
    """``body`` so many times: written out, a loop only where there is no upper bound."""
    made: list[Instruction] = []

    def add(code: list[Instruction]) -> None:
        made.extend(moved(code, len(made)))

    def again() -> list[Instruction]:
        return [one.copy() for one in body]

    for _ in range(low - 1 if high is None and low else low):
        add(again())
    if high is None:
        size = len(body)
        if low:
            add([*again(), split(0, size + 1, lazy)])
        else:
            add([split(1, size + 2, lazy), *moved(again(), 1), split(1, size + 2, lazy)])
        return made
    forks: list[Instruction] = []
    for _ in range(high - low):
        fork = split(len(made) + 1, -1, lazy)
        made.append(fork)
        forks.append(fork)
        add(again())
    for fork in forks:
        fork.a, fork.b = (len(made), fork.b) if fork.a < 0 else (fork.a, len(made))
    return made


def widths(code: list[Instruction]) -> tuple[int, int] | None:
    """The fewest and the most letters that a program reads; None where there is no most."""
    found: list[tuple[int, int]] = [(0, 0)] * (len(code) + 1)
    for at in range(len(code) - 1, -1, -1):
        one = code[at]
        if one.op is Op.SPLIT:
            if min(one.a, one.b) <= at:
                return None
            left, right = found[one.a], found[one.b]
            found[at] = (min(left[0], right[0]), max(left[1], right[1]))
        elif one.op is Op.JUMP:
            found[at] = found[one.a]
        elif one.op is Op.BACK or (one.op is Op.LOOK and one.consumes):
            return None
        else:
            wide = one.op is Op.TEST
            found[at] = (found[at + 1][0] + wide, found[at + 1][1] + wide)
    return found[0]
