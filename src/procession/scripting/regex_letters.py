"""Letters of Java patterns: escapes, properties and character classes as tests of one letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Never

from procession.scripting.throwables import throw

MAX_DEPTH: Final = 30
Test = Callable[[str], bool]
_PROPERTIES: Final[dict[str, Test]] = {
    "Lower": str.islower,
    "Upper": str.isupper,
    "Alpha": lambda c: c.isalpha() and c.isascii(),
    "Digit": lambda c: c in "0123456789",
    "Alnum": lambda c: c.isalnum() and c.isascii(),
    "Punct": lambda c: c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "Space": lambda c: c in " \t\n\x0b\f\r",
    "Blank": lambda c: c in " \t",
    "L": str.isalpha,
    "Lu": str.isupper,
    "Ll": str.islower,
    "N": str.isnumeric,
    "Nd": str.isdigit,
    "IsAlphabetic": str.isalpha,
    "IsDigit": str.isdigit,
    "ASCII": str.isascii,
}
_SIMPLE: Final[dict[str, Test]] = {
    "d": lambda c: c in "0123456789",
    "w": lambda c: c == "_" or (c.isalnum() and c.isascii()),
    "s": lambda c: c in " \t\n\x0b\f\r",
}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}


class Letters:
    """A place in a pattern, and the parsing of single letters."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.groups = 1
        self.names: dict[str, int] = {}
        self.loops = 0
        self.depth = 0
        self.size = 0

    def refuse(self, why: str) -> Never:
        """Complain about this place."""
        what = f"{why} near index {self.at}: {self.pattern[:80]}"
        raise throw("java.util.regex.PatternSyntaxException", what)

    def peek(self) -> str:
        """The next letter."""
        return self.pattern[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        """Take these letters if they come next."""
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def escaped(self) -> Test:
        """What follows a backslash, as a test of one letter."""
        letter = self.peek()
        self.at += 1
        if not letter:
            self.refuse("Unexpected end of pattern")
        if letter.lower() in _SIMPLE:
            test = _SIMPLE[letter.lower()]
            return test if letter.islower() else lambda c: not test(c)
        if letter in "pP":
            return self.property(letter == "P")
        if letter == "u" or letter == "x":
            size = 4 if letter == "u" else 2
            digits = self.pattern[self.at : self.at + size]
            if len(digits) < size or any(d not in "0123456789abcdefABCDEF" for d in digits):
                self.refuse("Illegal escape")
            self.at += size
            wanted = chr(int(digits, 16))
            return lambda c: c == wanted
        if letter in _ESCAPES:
            letter = _ESCAPES[letter]
        elif letter.isalpha():
            self.refuse(f"Illegal escape \\{letter}")
        return lambda c: c == letter

    def property(self, negative: bool) -> Test:
        """``\\p{…}``."""
        name = self.peek()
        self.at += 1
        if name == "{":
            end = self.pattern.find("}", self.at)
            name = self.pattern[self.at : end] if end > 0 else ""
            self.at = end + 1 if end > 0 else self.at
        test = _PROPERTIES.get(name.removeprefix("Is") if name not in _PROPERTIES else name)
        if test is None:
            self.refuse(f"Unknown character property '{name}'")
        known = test
        return lambda c: known(c) is not negative

    def char_class(self) -> Test:
        """What stands in brackets."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("Classes nested too deeply")
        negative = self.take("^")
        tests: list[Test] = []
        both: list[Test] = []
        first = True
        while True:
            if self.at >= len(self.pattern):
                self.refuse("Unclosed character class")
            if self.take("&&"):
                both.append(_any(tests))
                tests = []
                continue
            letter = self.peek()
            if letter == "]" and not first:
                self.at += 1
                break
            first = False
            if letter == "[":
                self.at += 1
                tests.append(self.char_class())
            else:
                tests.append(self.class_member())
        self.depth -= 1
        if both:
            parts = [*both, _any(tests)] if tests else both
            return lambda c: all(part(c) for part in parts) is not negative
        found = _any(tests)
        return lambda c: found(c) is not negative

    def class_member(self) -> Test:
        """A letter, a range or an escape in brackets."""
        low = self.peek()
        self.at += 1
        if low == "\\":
            if self.peek().lower() in "dwsp":
                return self.escaped()
            low = self.single()
        follows = self.pattern[self.at : self.at + 2]
        if follows[:1] == "-" and follows[1:] not in ("]", "[", ""):
            self.at += 1
            high = self.peek()
            self.at += 1
            if high == "\\":
                high = self.single()
            if high < low:
                self.refuse("Illegal character range")
            return lambda c: low <= c <= high
        return lambda c: c == low

    def single(self) -> str:
        """An escape that means one letter."""
        letter = self.peek()
        if letter in ("u", "x"):
            size = 4 if letter == "u" else 2
            digits = self.pattern[self.at + 1 : self.at + 1 + size]
            if len(digits) == size and all(d in "0123456789abcdefABCDEF" for d in digits):
                self.at += 1 + size
                return chr(int(digits, 16))
            self.refuse("Illegal escape")
        if not letter or (letter.isalpha() and letter not in _ESCAPES):
            self.refuse("Illegal escape")
        self.at += 1
        return _ESCAPES.get(letter, letter)


def text_end(text: str, at: int) -> bool:
    """``$``: the end, or before the last line end."""
    return at == len(text) or (at == len(text) - 1 and text[at] == "\n")


def _any(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda c: any(test(c) for test in tests)


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at] == "_" or text[at].isalnum())


def place(letter: str) -> Callable[[str, int], bool]:
    """The test of a place: a word boundary, the start, the end."""
    if letter == "A":
        return lambda text, at: at == 0
    if letter == "z":
        return lambda text, at: at == len(text)
    if letter == "Z":
        return text_end
    wanted = letter == "b"
    return lambda text, at: (_is_word(text, at - 1) != _is_word(text, at)) is wanted
