"""Words and signs of the curly-brace languages: Java and MVEL.

The two characters backslash and ``n`` between statements are white space: an old editor wrote them
(2.6). A token knows whether it stands on a new line, because MVEL ends statements there.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from procession.core.ports import ScriptSyntax
from procession.scripting.numerals import single
from procession.values import BigInteger, Char, Long, Value

MAX_SOURCE: Final = 200_000


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    LITERAL = "literal"
    SIGN = "sign"
    END = "end"


class Token(msgspec.Struct, frozen=True):
    """One word, sign or constant, and where it stands."""

    kind: Kind
    text: str
    line: int
    column: int
    newline: bool = False
    value: Value = None


_SPACE: Final = re.compile(r"(?:[ \t\r\n\f\ufeff\u00a0]|\\[nrt]|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NAME: Final = re.compile(r"[^\W\d][\w$]*|\$[\w$]*", re.UNICODE)
_NUMBER: Final = re.compile(
    r"0[xX][0-9a-fA-F_]+[lL]?|0[bB][01_]+[lL]?"
    r"|(?:\d[\d_]*\.(?![.\w])|\d[\d_]*\.\d[\d_]*|\.\d[\d_]*|\d[\d_]*)(?:[eE][+-]?\d+)?[lLfFdDBI]?"
)
_SIGNS: Final = re.compile(
    r">>>=|<<=|>>=|>>>|\.\?|\?\.|->|::|\.\.\.|~=|==|!=|<=|>=|&&|\|\||\+\+|--|\+=|-=|\*=|\*\*|/=|%=|&=|"
    r"\|=|\^=|<<|>>|[-+*/%&|^!~<>=?:;,.(){}\[\]@#]"
)
_STRING: Final = re.compile(r'"((?:[^"\\\n\r]|\\.)*)"', re.DOTALL)
_CHAR: Final = re.compile(r"'((?:[^'\\\n\r]|\\.)*)'", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " "}


class _Places:
    """Line and column of an offset, asked in ascending order."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.line = 1
        self.start = 0

    def find(self, offset: int) -> tuple[int, int]:
        count = self.source.count("\n", self.at, offset)
        if count:
            self.line += count
            self.start = self.source.rfind("\n", self.at, offset) + 1
        self.at = offset
        return self.line, offset - self.start + 1


def tokens(source: str, *, single_quoted_text: bool) -> list[Token]:
    """Cut a text into tokens; ``single_quoted_text`` says that ``'abc'`` is a text (MVEL)."""
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"a script may have {MAX_SOURCE} characters, this has {len(source)}")
    found: list[Token] = []
    places = _Places(source)
    at, end, newline = 0, len(source), False
    while at < end:
        space = _SPACE.match(source, at)
        if space:
            newline = newline or "\n" in space.group() or "\\n" in space.group()
            at = space.end()
            continue
        line, column = places.find(at)
        token, at = _token(source, at, line, column, newline, single_quoted_text)
        found.append(token)
        newline = False
    line, column = places.find(end)
    found.append(Token(Kind.END, "end of the script", line, column, True))
    return found


def _token(
    source: str, at: int, line: int, column: int, newline: bool, loose: bool
) -> tuple[Token, int]:
    letter = source[at]
    if letter == '"':
        quoted = _STRING.match(source, at)
        if not quoted:
            raise ScriptSyntax("a text in double quotes is not closed", line, column)
        value: Value = unescape(quoted.group(1), line, column)
        return Token(Kind.LITERAL, quoted.group(), line, column, newline, value), quoted.end()
    if letter == "'":
        quoted = _CHAR.match(source, at)
        if not quoted:
            raise ScriptSyntax("a text in single quotes is not closed", line, column)
        value = unescape(quoted.group(1), line, column)
        if not loose:
            if len(value) != 1:
                raise ScriptSyntax("a Java char is one letter; use double quotes", line, column)
            value = Char(value)
        return Token(Kind.LITERAL, quoted.group(), line, column, newline, value), quoted.end()
    number = _NUMBER.match(source, at)
    if number:
        value = number_value(number.group(), line, column)
        return Token(Kind.LITERAL, number.group(), line, column, newline, value), number.end()
    name = _NAME.match(source, at)
    if name:
        return Token(Kind.NAME, name.group(), line, column, newline), name.end()
    sign = _SIGNS.match(source, at)
    if sign:
        return Token(Kind.SIGN, sign.group(), line, column, newline), sign.end()
    raise ScriptSyntax(f"unexpected character {letter!r}", line, column)


def unescape(text: str, line: int, column: int) -> str:
    """Replace Java's escapes."""
    if "\\" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] == "u" and len(code) > 1:
            return chr(int(code.lstrip("u"), 16))
        if code[0] in "01234567":
            return chr(int(code, 8))
        if code in _ESCAPES:
            return _ESCAPES[code]
        if code in "\"'\\":
            return code
        raise ScriptSyntax(f"unknown escape \\{code} in a text", line, column)

    return _ESCAPE.sub(replace, text)


def number_value(text: str, line: int, column: int) -> Value:
    """The value of a numeric constant, checked to fit its type."""
    plain = text.replace("_", "").lower()
    if len(plain) > 400:
        raise ScriptSyntax("a number with that many digits", line, column)
    if plain[:2] in ("0x", "0b"):
        base = 16 if plain[1] == "x" else 2
        bits = 64 if plain[-1] == "l" else 32
        number = int(plain[2:].rstrip("l") if base == 2 or plain[-1] == "l" else plain[2:], base)
        if number >= 1 << bits:
            raise ScriptSyntax(f"the number {text} is too large", line, column)
        number = number - (1 << bits) if number >> (bits - 1) else number
        return Long(number) if bits == 64 else number
    if text[-1] == "B" or plain[-1] == "i":
        return BigInteger(plain[:-1]) if plain[-1] == "i" else Decimal(plain[:-1])
    if plain[-1] == "f":
        return single(float(plain[:-1]))
    if plain[-1] == "d" or "." in plain or "e" in plain:
        real = float(plain.rstrip("d"))
        if math.isinf(real):
            raise ScriptSyntax(f"the number {text} is too large", line, column)
        return real
    digits = plain.rstrip("l")
    number = int(digits, 8) if _octal(digits) else int(digits)
    if plain[-1] == "l":
        if number > 1 << 63:
            raise ScriptSyntax(f"the number {text} is too large for a long", line, column)
        return Long(number)
    if number > 1 << 31:
        raise ScriptSyntax(f"the number {text} is too large for an int; add L", line, column)
    return number


def _octal(digits: str) -> bool:
    return len(digits) > 1 and digits[0] == "0" and set(digits) <= set("01234567")
