"""Words and signs of FEEL."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from procession.core.ports import ScriptSyntax
from procession.scripting.feel.values import tidy
from procession.scripting.lexer import Kind, Token

MAX_SOURCE: Final = 100_000
_SPACE: Final = re.compile(r"(?:\s|\ufeff|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER: Final = re.compile(r"(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_START: Final = (
    r"[^\W\d]|[\u200c\u200d\u2c00-\u2fef\u3001-\ud7ff\ufdf0-\ufffd\U00010000-\U000effff]"
)
_NAME: Final = re.compile(rf"(?:{_START})(?:{_START}|[\w$\u00b7\u203f\u2040]|'(?=\w))*'?|\?")
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SIGN: Final = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},:.@]")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_ITSELF: Final = "\"'\\"


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if not code:
        return _LETTERS.get(found[3], found[3] if found[3] in _ITSELF else found[0])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def tokens(source: str) -> list[Token]:
    """The tokens of a text, the last one being its end. Raises ``ScriptSyntax``."""
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"an expression may have {MAX_SOURCE} characters")
    made: list[Token] = []
    at, line, start = 0, 1, 0
    while at < len(source):
        space = _SPACE.match(source, at)
        if space:
            line += space[0].count("\n")
            start = source.rfind("\n", 0, space.end()) + 1 if "\n" in space[0] else start
            at = space.end()
            continue
        token, end = _token(source, at, line, at - start + 1)
        made.append(token)
        line += source.count("\n", at, end)
        at = end
    return [*made, Token(Kind.END, "the end of the text", line, at - start + 1)]


def _token(source: str, at: int, line: int, column: int) -> tuple[Token, int]:
    found = _TEXT.match(source, at)
    if found:
        value = _ESCAPE.sub(_unescaped, found[1])
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Token(Kind.LITERAL, found[0], line, column, value=value), found.end()
    found = _NUMBER.match(source, at)
    if found:
        value = tidy(Decimal(found[0]))
        return Token(Kind.LITERAL, found[0], line, column, value=value), found.end()
    found = _NAME.match(source, at)
    if found:
        return Token(Kind.NAME, found[0], line, column), found.end()
    found = _SIGN.match(source, at)
    if found:
        return Token(Kind.SIGN, found[0], line, column), found.end()
    raise ScriptSyntax(f"unexpected character {source[at]!r}", line, column)
