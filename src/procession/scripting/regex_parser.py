"""From a Java pattern to the instructions of :mod:`procession.scripting.regex`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from procession.scripting.regex_letters import (
    COMMENTS,
    IGNORE_CASE,
    LINE_ENDS,
    MAX_DEPTH,
    UNICODE_CASE,
    Letters,
    Test,
    line_end,
    line_start,
    place,
    text_end,
)
from procession.scripting.regex_program import (
    Instruction,
    Op,
    Parsed,
    joined,
    moved,
    repeated,
    split,
    widths,
)
from procession.scripting.throwables import throw

MULTI_LINE: Final = 8
DOT_ALL: Final = 32
LITERAL: Final = 16
MAX_REPEAT: Final = 1_000
MAX_PATTERN: Final = 2_000
MAX_PROGRAM: Final = 20_000
_BRACES: Final = re.compile(r"\{([0-9]{1,9})(,?)([0-9]{0,9})\}")
_FLAGS: Final = {
    "i": IGNORE_CASE,
    "m": MULTI_LINE,
    "s": DOT_ALL,
    "u": UNICODE_CASE,
    "x": COMMENTS,
    "d": 1,
    "U": 256,
}


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
                *moved(code, 1),
                Instruction(Op.JUMP, size + 2 + len(other)),
                *moved(other, size + 2),
            ]
        self.depth -= 1
        return code

    def sequence(self) -> list[Instruction]:
        code: list[Instruction] = []
        while True:
            self.blank()
            if self.at >= len(self.pattern) or self.peek() in "|)":
                return code
            code.extend(moved(self.piece(), len(code)))
            self.check_size(len(code))

    def check_size(self, size: int) -> None:
        """Refuse what grows too large."""
        if size > MAX_PROGRAM:
            self.refuse(f"The pattern is too large (more than {MAX_PROGRAM} steps)")

    def blank(self) -> None:
        """Skip white space and comments where the pattern may have them."""
        while self.flags & COMMENTS and self.at < len(self.pattern):
            if self.peek() == "#":
                end = self.pattern.find("\n", self.at)
                self.at = len(self.pattern) if end < 0 else end + 1
            elif self.peek() in " \t\n\x0b\f\r":
                self.at += 1
            else:
                return

    def piece(self) -> list[Instruction]:
        code = self.atom()
        while self.at < len(self.pattern):
            self.blank()
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
        found = _BRACES.match(self.pattern, self.at)
        if found is None:
            digits = self.pattern[self.at + 1 : self.at + 2]
            if not (digits.isascii() and digits.isdigit()):
                self.refuse("Illegal repetition", self.at)
            self.refuse("Unclosed counted closure", min(len(self.pattern), self.at + 3))
        self.at = found.end()
        low, comma, high = found.groups()
        limit = int(low) if not comma else int(high) if high else None
        if limit is not None and limit < int(low):
            self.refuse("Illegal repetition range", self.at - 1)
        if max(int(low), limit or 0) > MAX_REPEAT:
            self.refuse(f"Illegal repetition range (at most {MAX_REPEAT})")
        return int(low), limit

    def repeated(self, code: list[Instruction], low: int, high: int | None) -> list[Instruction]:
        lazy = self.take("?")
        possessive = not lazy and self.take("+")
        self.check_size((len(code) + 1) * max(low, high or 0, 1))
        made = repeated(code, low, high, lazy)
        return self.inner(made, consumes=True) if possessive else made

    def inner(
        self, code: list[Instruction], *, negative: bool = False, consumes: bool = False
    ) -> list[Instruction]:
        look = Instruction(Op.LOOK)
        look.inner = joined([*code, Instruction(Op.DONE)])
        look.negative, look.consumes = negative, consumes
        return [look]

    def behind(self, code: list[Instruction], negative: bool) -> list[Instruction]:
        """Look-behind, where it is clear how far back it looks."""
        found = widths(code)
        if found is None:
            what = "Look-behind group does not have an obvious maximum length"
            self.refuse(what, self.at - 1)
        look = Instruction(Op.BEHIND)
        look.inner = joined([*code, Instruction(Op.DONE)])
        look.negative, (look.low, look.high) = negative, found
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
            return [Instruction(Op.TEST, test=lambda c: every or c not in LINE_ENDS)]
        if letter == "^":
            return self.where(line_start if self.flags & MULTI_LINE else lambda t, i: i == 0)
        if letter == "$":
            return self.where(line_end if self.flags & MULTI_LINE else text_end)
        if letter == "\\":
            return self.escape()
        if letter in "*+?":
            self.at -= 1
            self.refuse(f"Dangling meta character '{letter}'")
        if letter == "{":
            self.refuse("Illegal repetition", self.at - 1)
        return [Instruction(Op.TEST, test=self.letter(letter))]

    def letter(self, wanted: str) -> Test:
        if self.flags & IGNORE_CASE and (wanted.isascii() or self.flags & UNICODE_CASE):
            low = wanted.lower()
            return lambda c: c == wanted or c.lower() == low
        return lambda c: c == wanted

    def cased(self, test: Test) -> Test:
        if self.flags & IGNORE_CASE:
            wide = bool(self.flags & UNICODE_CASE)
            return lambda c: (
                test(c) or ((wide or c.isascii()) and (test(c.lower()) or test(c.upper()[:1])))
            )
        return test

    def group(self) -> list[Instruction]:
        flags, number = self.flags, 0
        kind = ""
        if self.take("?"):
            kind = next((sign for sign in ("=", "!", ">", "<=", "<!") if self.take(sign)), ":")
            if kind == ":" and self.take("<"):
                number = self.named()
            elif kind == ":" and not self.take(":") and self.inline_flags():
                return []
        else:
            number = self.groups
            self.groups += 1
        body = self.alternatives()
        if not self.take(")"):
            self.refuse("Unclosed group")
        self.flags = flags
        if kind in ("<=", "<!"):
            return self.behind(body, kind == "<!")
        if kind in ("=", "!", ">"):
            return self.inner(body, negative=kind == "!", consumes=kind == ">")
        if not number:
            return body
        start, end_mark = Instruction(Op.SAVE, 2 * number), Instruction(Op.SAVE, 2 * number + 1)
        return [start, *moved(body, 1), end_mark]

    def named(self) -> int:
        """``(?<name>``; answers the number of the group."""
        end = self.pattern.find(">", self.at)
        name = self.pattern[self.at : end] if end > 0 else ""
        if not name.isalnum() or not name.isascii() or name[0].isdigit():
            self.refuse("capturing group name does not start with a Latin letter")
        if name in self.names:
            self.refuse(f"Named capturing group <{name}> is already defined", end)
        self.at = end + 1
        number = self.names[name] = self.groups
        self.groups += 1
        return number

    def inline_flags(self) -> bool:
        """``(?i)`` or ``(?i:``; answers whether the group ended with the flags."""
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
            elif letter in _FLAGS:
                self.flags = self.flags | _FLAGS[letter] if on else self.flags & ~_FLAGS[letter]
            else:
                break
        self.refuse("Unknown inline modifier", self.at - 1)

    def escape(self) -> list[Instruction]:
        letter = self.peek()
        if not letter:
            self.refuse("Unexpected internal error")
        if letter == "Q":
            self.at += 1
            end = self.pattern.find("\\E", self.at)
            body = self.pattern[self.at : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return [Instruction(Op.TEST, test=self.letter(one)) for one in body]
        if letter in ("b", "B", "A", "z", "Z"):
            self.at += 1
            return self.where(place(letter))
        if letter == "R":
            self.at += 1
            either = [split(1, 4, False), _letter("\r"), _letter("\n"), Instruction(Op.JUMP, 5)]
            return [
                *either,
                Instruction(Op.TEST, test=lambda c: c in "\n\x0b\f\r\u0085\u2028\u2029"),
            ]
        if letter.isascii() and letter.isdigit() and letter != "0":
            return self.back(self.number())
        if letter == "k" and self.take("k<"):
            end = self.pattern.find(">", self.at)
            name = self.pattern[self.at : end] if end > 0 else ""
            if name not in self.names:
                self.refuse(f"named capturing group <{name}> does not exist", end)
            self.at = end + 1
            return self.back(self.names[name])
        return [Instruction(Op.TEST, test=self.cased(self.escaped()))]

    def number(self) -> int:
        """As many digits as still name a group."""
        found = int(self.peek())
        self.at += 1
        while self.peek().isascii() and self.peek().isdigit():
            longer = found * 10 + int(self.peek())
            if longer >= self.groups:
                break
            found = longer
            self.at += 1
        return found

    def back(self, number: int) -> list[Instruction]:
        """What a group found, once more; one that never comes never fits."""
        made = Instruction(Op.BACK, number)
        made.folds = bool(self.flags & IGNORE_CASE)
        if number >= self.groups:
            return [Instruction(Op.TEST, test=lambda c: False)]
        self.refs.append(number)
        return [made]

    @staticmethod
    def where(check: Callable[[str, int], bool]) -> list[Instruction]:
        """An instruction that looks at a place."""
        code = Instruction(Op.WHERE)
        code.where = check
        return [code]


def _letter(wanted: str) -> Instruction:
    return Instruction(Op.TEST, test=lambda c: c == wanted)


def parse_pattern(pattern: str, flags: int) -> Parsed:
    """The program of a pattern."""
    if len(pattern) > MAX_PATTERN:
        raise throw("java.util.regex.PatternSyntaxException", "the pattern is too long")
    parser = _Parser(pattern, flags)
    if flags & LITERAL:
        body = [Instruction(Op.TEST, test=parser.letter(letter)) for letter in pattern]
    else:
        body = parser.alternatives()
        if parser.at < len(pattern):
            parser.refuse("Unmatched closing ')'", parser.at - 1)
    program = joined([*body, Instruction(Op.DONE)])
    refs = tuple(sorted({place for n in parser.refs for place in (2 * n, 2 * n + 1)}))
    opening = next((one for one in program if one.op is not Op.SAVE), None)
    first = opening.test if opening is not None and opening.op is Op.TEST else None
    return Parsed(program, parser.groups, parser.names, refs, first)
