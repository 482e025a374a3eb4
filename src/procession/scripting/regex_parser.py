"""From a Java pattern to the instructions of :mod:`procession.scripting.regex`."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from procession.scripting.regex_letters import MAX_DEPTH, Letters, Test, place, text_end
from procession.scripting.throwables import throw

IGNORE_CASE: Final = 2
MULTI_LINE: Final = 8
DOT_ALL: Final = 32
LITERAL: Final = 16
MAX_REPEAT: Final = 1_000
MAX_PATTERN: Final = 2_000


class Op(Enum):
    """What an instruction does."""

    TEST = auto()
    SPLIT = auto()
    JUMP = auto()
    SAVE = auto()
    LOOP = auto()
    WHERE = auto()
    LOOK = auto()
    BACK = auto()
    DONE = auto()


class Instruction:
    """One step of a pattern."""

    __slots__ = (
        "a",
        "b",
        "consumes",
        "high",
        "id",
        "inner",
        "lazy",
        "low",
        "negative",
        "op",
        "test",
        "where",
    )

    def __init__(self, op: Op, a: int = 0, b: int = 0, test: Test | None = None) -> None:
        self.op = op
        self.a = a
        self.b = b
        self.test = test
        self.where: Callable[[str, int], bool] | None = None
        self.inner: list[Instruction] = []
        self.negative = False
        self.consumes = False
        self.lazy = False
        self.low = 0
        self.high: int | None = None
        self.id = 0


def parse_pattern(pattern: str, flags: int) -> tuple[list[Instruction], int, dict[str, int]]:
    """The program of a pattern, the number of its groups (0 is the whole), and their names."""
    if len(pattern) > MAX_PATTERN:
        raise throw("java.util.regex.PatternSyntaxException", "the pattern is too long")
    parser = _Parser(pattern, flags)
    if flags & LITERAL:
        body = [Instruction(Op.TEST, test=parser.letter(letter)) for letter in pattern]
    else:
        body = parser.alternatives()
        if parser.at < len(pattern):
            parser.refuse("Unmatched closing ')'")
    program = [Instruction(Op.SAVE, 0), *_moved(body, 1), Instruction(Op.DONE)]
    return program, parser.groups, parser.names


def _moved(code: list[Instruction], by: int) -> list[Instruction]:
    """Instructions hold places relative to their fragment; put a fragment elsewhere."""
    for one in code:
        if one.op in (Op.SPLIT, Op.LOOP):
            one.a += by
            one.b += by
        elif one.op in (Op.JUMP, Op.LOOK):
            one.a += by
    return code


class _Parser(Letters):
    """Builds the instructions of a pattern."""

    # -- structure -----------------------------------------------------------------------------

    def alternatives(self) -> list[Instruction]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("Groups nested too deeply")
        code = self.sequence()
        while self.take("|"):
            other = self.sequence()
            size = len(code)
            code = [
                Instruction(Op.SPLIT, 1, size + 2),
                *_moved(code, 1),
                Instruction(Op.JUMP, size + 2 + len(other)),
                *_moved(other, size + 2),
            ]
        self.depth -= 1
        return code

    def sequence(self) -> list[Instruction]:
        code: list[Instruction] = []
        while self.at < len(self.pattern) and self.peek() not in "|)":
            piece = self.piece()
            self.size += len(piece)
            if self.size > 20_000:
                self.refuse("The pattern is too large")
            code.extend(_moved(piece, len(code)))
        return code

    def piece(self) -> list[Instruction]:
        code = self.atom()
        while self.at < len(self.pattern):
            letter = self.peek()
            if letter == "*":
                low, high = 0, None
            elif letter == "+":
                low, high = 1, None
            elif letter == "?":
                low, high = 0, 1
            elif letter == "{":
                low, high = self.braces()
                self.at -= 1
            else:
                break
            self.at += 1
            code = self.repeated(code, low, high)
        return code

    def braces(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.at)
        body = self.pattern[self.at + 1 : end] if end > 0 else ""
        low, comma, high = body.partition(",")
        if not low.isdigit() or (high and not high.isdigit()) or len(body) > 12:
            self.refuse("Illegal repetition")
        self.at = end + 1
        limit = int(low) if not comma else int(high) if high else None
        if int(low) > MAX_REPEAT or (limit is not None and not int(low) <= limit <= MAX_REPEAT):
            self.refuse(f"Illegal repetition range (at most {MAX_REPEAT})")
        return int(low), limit

    def repeated(self, code: list[Instruction], low: int, high: int | None) -> list[Instruction]:
        lazy, possessive = self.take("?"), False
        if not lazy:
            possessive = self.take("+")
        self.loops += 1
        loop = Instruction(Op.LOOP, 1, 2 + len(code))
        loop.low, loop.high, loop.lazy, loop.id = low, high, lazy, self.loops
        made = [loop, *_moved(code, 1), Instruction(Op.JUMP, 0)]
        return self.inner(made, consumes=True) if possessive else made

    def inner(
        self, code: list[Instruction], *, negative: bool = False, consumes: bool = False
    ) -> list[Instruction]:
        look = Instruction(Op.LOOK, 1)
        look.inner = [*code, Instruction(Op.DONE)]
        look.negative, look.consumes = negative, consumes
        return [look]

    # -- atoms ---------------------------------------------------------------------------------

    def atom(self) -> list[Instruction]:
        letter = self.peek()
        self.at += 1
        if letter == "(":
            return self.group()
        if letter == "[":
            return [Instruction(Op.TEST, test=self.cased(self.char_class()))]
        if letter == ".":
            every = bool(self.flags & DOT_ALL)
            return [Instruction(Op.TEST, test=lambda c: every or c not in "\n\r\u0085\u2028\u2029")]
        if letter == "^":
            return self.where(self.line_start if self.flags & MULTI_LINE else lambda t, i: i == 0)
        if letter == "$":
            return self.where(self.line_end if self.flags & MULTI_LINE else text_end)
        if letter == "\\":
            return self.escape()
        if letter in "*+?":
            self.at -= 1
            self.refuse(f"Dangling meta character '{letter}'")
        if letter == "{":
            self.refuse("Illegal repetition")
        return [Instruction(Op.TEST, test=self.letter(letter))]

    @staticmethod
    def where(check: Callable[[str, int], bool]) -> list[Instruction]:
        code = Instruction(Op.WHERE)
        code.where = check
        return [code]

    @staticmethod
    def line_start(text: str, at: int) -> bool:
        return at == 0 or text[at - 1] == "\n"

    @staticmethod
    def line_end(text: str, at: int) -> bool:
        return at == len(text) or text[at] == "\n"

    def letter(self, wanted: str) -> Test:
        if self.flags & IGNORE_CASE:
            low = wanted.lower()
            return lambda c: c.lower() == low
        return lambda c: c == wanted

    def cased(self, test: Test) -> Test:
        if self.flags & IGNORE_CASE:
            return lambda c: test(c) or test(c.lower()) or test(c.upper())
        return test

    def group(self) -> list[Instruction]:
        flags, number = self.flags, 0
        look, negative, atomic = False, False, False
        if self.take("?"):
            if self.take("="):
                look = True
            elif self.take("!"):
                look = negative = True
            elif self.take(">"):
                atomic = True
            elif self.take("<"):
                if self.peek() in ("=", "!"):
                    self.refuse("Look-behind is not supported")
                end = self.pattern.find(">", self.at)
                name = self.pattern[self.at : end] if end > 0 else ""
                if not name.isalnum() or name in self.names:
                    self.refuse("Bad name of a group")
                self.at = end + 1
                number = self.names[name] = self.groups
                self.groups += 1
            elif not self.take(":") and self.inline_flags():
                return []
        else:
            number = self.groups
            self.groups += 1
        body = self.alternatives()
        if not self.take(")"):
            self.refuse("Unclosed group")
        self.flags = flags
        if look or atomic:
            return self.inner(body, negative=negative, consumes=atomic)
        if not number:
            return body
        start, end_mark = Instruction(Op.SAVE, 2 * number), Instruction(Op.SAVE, 2 * number + 1)
        return [start, *_moved(body, 1), end_mark]

    def inline_flags(self) -> bool:
        """``(?i)`` or ``(?i:``; answers whether the group ended with the flags."""
        known = {"i": IGNORE_CASE, "m": MULTI_LINE, "s": DOT_ALL, "u": 0, "d": 0}
        on = True
        while self.at < len(self.pattern):
            letter = self.peek()
            self.at += 1
            if letter == ")":
                return True
            if letter == ":":
                return False
            if letter == "-":
                on = False
            elif letter in known:
                self.flags = self.flags | known[letter] if on else self.flags & ~known[letter]
            else:
                break
        self.refuse("Unknown inline modifier or group")

    def escape(self) -> list[Instruction]:
        letter = self.peek()
        if letter == "Q":
            self.at += 1
            end = self.pattern.find("\\E", self.at)
            body = self.pattern[self.at : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return [Instruction(Op.TEST, test=self.letter(one)) for one in body]
        if letter in ("b", "B", "A", "z", "Z"):
            self.at += 1
            return self.where(place(letter))
        if letter.isdigit() and letter != "0":
            self.at += 1
            if int(letter) >= self.groups:
                self.refuse("Back reference to no group")
            return [Instruction(Op.BACK, int(letter))]
        if letter == "k" and self.take("k<"):
            end = self.pattern.find(">", self.at)
            name = self.pattern[self.at : end] if end > 0 else ""
            if name not in self.names:
                self.refuse("Back reference to no group")
            self.at = end + 1
            return [Instruction(Op.BACK, self.names[name])]
        return [Instruction(Op.TEST, test=self.cased(self.escaped()))]
