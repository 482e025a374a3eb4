"""Words, texts, numbers and signs of a rule file, with their places.

The consequences of rules are in another language; they are cut into the same words, leniently, only
to find where they end.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from procession.rules.drl.problems import Mistake

NAME: Final = "name"
TEXT: Final = "text"
NUMBER: Final = "number"
SIGN: Final = "sign"
END: Final = "end"
_SCAN: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*(?:.|\n)*?\*/)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[a-zA-Z]*)
  | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
  | (?P<sign>==|!=|<=|>=|&&|\|\||:=|::|!\.|->|\+\+|--|.)
    """,
    re.VERBOSE,
)


class Token(msgspec.Struct, frozen=True):
    """One word with its place: offsets in the text, line and column from 1."""

    kind: str
    text: str
    start: int
    end: int
    line: int
    column: int


def tokens(source: str) -> list[Token]:
    """All words of a text; the last one is of kind ``end``."""
    found: list[Token] = []
    line, line_start, at = 1, 0, 0
    size = len(source)
    while at < size:
        match = _SCAN.match(source, at)
        if match is None:
            raise Mistake("this cannot be read", line, at - line_start + 1)
        kind = match.lastgroup or ""
        text = match.group()
        if kind not in ("space", "comment"):
            if kind == SIGN and source.startswith("/*", at):
                raise Mistake("a comment is not closed", line, at - line_start + 1)
            found.append(Token(kind, text, at, match.end(), line, at - line_start + 1))
        breaks = text.count("\n")
        if breaks:
            line += breaks
            line_start = at + text.rfind("\n") + 1
        at = match.end()
    found.append(Token(END, "the end", size, size, line, size - line_start + 1))
    return found
