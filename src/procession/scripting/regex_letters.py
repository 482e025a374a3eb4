"""Letters of Java patterns: escapes, properties and character classes as tests of one letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Never

from procession.scripting.throwables import throw

MAX_DEPTH: Final = 30
Test = Callable[[str], bool]
_HEX: Final = re.compile(r"[0-9a-fA-F]{1,6}")
_OCTAL: Final = re.compile(r"[0-3][0-7]{2}|[0-7]{1,2}")
IGNORE_CASE: Final = 2
COMMENTS: Final = 4
UNICODE_CASE: Final = 64
LINE_ENDS: Final = "\n\r\u0085\u2028\u2029"
_HORIZONTAL: Final = " \t\u00a0\u1680\u180e\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_PUNCTUATION: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def _white(letter: str) -> bool:
    return letter.isspace() and letter not in "\u00a0\u2007\u202f\u0085"


_PROPERTIES: Final[dict[str, Test]] = {
    "Lower": lambda c: "a" <= c <= "z",
    "Upper": lambda c: "A" <= c <= "Z",
    "Alpha": lambda c: c.isalpha() and c.isascii(),
    "Digit": lambda c: c in "0123456789",
    "Alnum": lambda c: c.isalnum() and c.isascii(),
    "Punct": lambda c: c in _PUNCTUATION,
    "Graph": lambda c: "!" <= c <= "~",
    "Print": lambda c: " " <= c <= "~",
    "Blank": lambda c: c in " \t",
    "Cntrl": lambda c: c <= "\x1f" or c == "\x7f",
    "XDigit": lambda c: c in "0123456789abcdefABCDEF",
    "Space": lambda c: c in " \t\n\x0b\f\r",
    "ASCII": str.isascii,
    "javaLowerCase": str.islower,
    "javaUpperCase": str.isupper,
    "javaWhitespace": _white,
    "javaLetter": str.isalpha,
    "javaDigit": str.isdecimal,
    "javaLetterOrDigit": lambda c: c.isalpha() or c.isdecimal(),
    "IsAlphabetic": str.isalpha,
    "IsLetter": str.isalpha,
    "IsDigit": str.isdecimal,
    "IsLowercase": str.islower,
    "IsUppercase": str.isupper,
    "IsWhite_Space": str.isspace,
    "IsPunctuation": lambda c: unicodedata.category(c)[0] == "P",
}
_CATEGORIES: Final = frozenset(
    [
        *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No"),
        *("P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So"),
        *("Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cn", "Co", "Cs"),
    ]
)
_SIMPLE: Final[dict[str, Test]] = {
    "d": lambda c: c in "0123456789",
    "w": lambda c: c == "_" or (c.isalnum() and c.isascii()),
    "s": lambda c: c in " \t\n\x0b\f\r",
    "h": lambda c: c in _HORIZONTAL,
    "v": lambda c: c in "\n\x0b\f\r\u0085\u2028\u2029",
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
        self.refs: list[int] = []
        self.depth = 0

    def refuse(self, why: str, at: int | None = None) -> Never:
        """Complain about a place, this one if none is given."""
        place = self.at if at is None else at
        caret = "\n" + " " * place + "^" if place < len(self.pattern) else ""
        what = f"{why} near index {place}\n{self.pattern}{caret}"
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
        if letter == "x" and self.take("{"):
            end = self.pattern.find("}", self.at)
            digits = self.pattern[self.at : end] if end > 0 else ""
            if not _HEX.fullmatch(digits) or int(digits, 16) > 0x10FFFF:
                self.refuse("Unclosed hexadecimal escape sequence")
            self.at = end + 1
            wanted = chr(int(digits, 16))
            return lambda c: c == wanted
        if letter == "0":
            found = _OCTAL.match(self.pattern, self.at)
            if found is None:
                self.refuse("Illegal octal escape sequence")
            self.at = found.end()
            wanted = chr(int(found.group(), 8))
            return lambda c: c == wanted
        if letter == "c" and self.peek():
            wanted = chr(ord(self.peek()) ^ 64)
            self.at += 1
            return lambda c: c == wanted
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
            self.refuse("Illegal/unsupported escape sequence", self.at - 1)
        return lambda c: c == letter

    def property(self, negative: bool) -> Test:
        """``\\p{…}``."""
        name = self.peek()
        self.at += 1
        if name == "{":
            end = self.pattern.find("}", self.at)
            name = self.pattern[self.at : end] if end > 0 else ""
            self.at = end + 1 if end > 0 else self.at
        short = name.removeprefix("general_category=").removeprefix("gc=").removeprefix("Is")
        test = _PROPERTIES.get(name)
        if test is None and short in _CATEGORIES:
            return lambda c: unicodedata.category(c).startswith(short) is not negative
        if test is None:
            self.refuse(f"Unknown character property name {{{name}}}", self.at - 1)
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
                self.refuse("Unclosed character class", len(self.pattern) - 1)
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
            if self.peek().lower() in "dwsphv" and self.peek():
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
    rest = text[at : at + 3]
    return (
        not rest
        or rest == "\r\n"
        or (
            len(rest) == 1
            and rest in LINE_ENDS
            and not (rest == "\n" and text[at - 1 : at] == "\r")
        )
    )


def line_start(text: str, at: int) -> bool:
    """``^`` where each line counts; there is no line after the last line end."""
    if at == 0:
        return True
    if at == len(text) or text[at - 1] not in LINE_ENDS:
        return False
    return not (text[at - 1] == "\r" and text[at] == "\n")


def line_end(text: str, at: int) -> bool:
    """``$`` where each line counts."""
    if at == len(text):
        return True
    return text[at] in LINE_ENDS and not (text[at] == "\n" and text[at - 1 : at] == "\r")


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
