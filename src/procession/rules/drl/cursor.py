"""A cursor over the words of a rule file."""

from __future__ import annotations

from typing import Final, Never

from procession.rules.drl.lexer import END, NAME, SIGN, TEXT, Token, tokens
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import Piece

_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
MAX_NESTING: Final = 60
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


class Cursor:
    """A place among the words."""

    def __init__(self, source: str, first_line: int = 1) -> None:
        self.source = source
        self.first_line = first_line
        self.words = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def word(self) -> Token:
        """The next word."""
        return self.words[self.at]

    def ahead(self, by: int = 1) -> Token:
        """A word further on."""
        return self.words[min(self.at + by, len(self.words) - 1)]

    def next(self) -> Token:
        """Take a word."""
        word = self.words[self.at]
        if word.kind != END:
            self.at += 1
        return word

    def refuse(self, text: str, word: Token | None = None) -> Never:
        """Complain about a place."""
        at = word or self.word
        raise Mistake(text, at.line, at.column)

    def found(self) -> str:
        """What stands here, for messages."""
        return self.word.text if self.word.kind == END else f"'{self.word.text}'"

    def is_word(self, *texts: str) -> bool:
        """Whether one of these names comes next."""
        return self.word.kind == NAME and self.word.text in texts

    def is_sign(self, *texts: str) -> bool:
        """Whether one of these signs comes next."""
        return self.word.kind == SIGN and self.word.text in texts

    def skip(self, text: str) -> bool:
        """Take this name or sign if it comes next."""
        if self.word.kind in (NAME, SIGN) and self.word.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take this name or sign, which must come next."""
        word = self.word
        if not self.skip(text):
            self.refuse(f"expected '{text}' but found {self.found()}")
        return word

    def name(self, what: str) -> str:
        """Take a name."""
        if self.word.kind != NAME:
            self.refuse(f"expected {what} but found {self.found()}")
        return self.next().text

    def dotted(self, what: str, *, star: bool = False) -> str:
        """Take a name with dots, perhaps with ``.*`` behind it."""
        parts = [self.name(what)]
        while self.is_sign("."):
            if star and self.ahead().text == "*":
                self.at += 2
                parts.append("*")
                break
            if self.ahead().kind != NAME:
                break
            self.next()
            parts.append(self.name(what))
        return ".".join(parts)

    def type_name(self) -> str:
        """Take a type; generics are read and forgotten."""
        found = self.dotted("a type")
        if self.is_sign("<"):
            level = 0
            while True:
                word = self.next()
                level += (word.text == "<") - (word.text == ">")
                if word.kind == END:
                    self.refuse("'<' is not closed")
                if level == 0:
                    break
        while self.is_sign("[") and self.ahead().text == "]":
            self.at += 2
            found += "[]"
        return found

    def hyphenated(self) -> str:
        """The name that comes next, with all that is joined to it by hyphens; nothing is taken."""
        text, at = self.word.text, self.at
        while (
            self.words[at + 1].text == "-"
            and self.words[at + 2].kind == NAME
            and self.words[at + 1].start == self.words[at].end
            and self.words[at + 2].start == self.words[at + 1].end
        ):
            text += "-" + self.words[at + 2].text
            at += 2
        return text

    def skip_hyphenated(self, text: str) -> None:
        """Take such a name."""
        self.at += 2 * text.count("-") + 1

    def balanced(self) -> Piece:
        """Take what stands in brackets, which must come next; without the brackets."""
        first = self.next()
        stack = [_OPENING[first.text]]
        found: list[Token] = []
        while stack:
            word = self.next()
            if word.kind == END:
                self.refuse(f"'{first.text}' is not closed", first)
            if word.kind == SIGN:
                if word.text in _OPENING:
                    stack.append(_OPENING[word.text])
                elif word.text in ")]}":
                    if word.text != stack.pop():
                        self.refuse(f"'{first.text}' is not closed", first)
                    if not stack:
                        break
            found.append(word)
        return tuple(found)

    def raw(self) -> tuple[str, int]:
        """Take what stands in brackets as it is written, with the line on which it begins."""
        first = self.word
        self.balanced()
        last = self.words[self.at - 1]
        return self.source[first.end : last.start], first.line

    def piece_until(self, *ends: str) -> Piece:
        """Take words up to one of these signs outside of all brackets, which is left."""
        found: list[Token] = []
        while not self.is_sign(*ends):
            word = self.word
            if word.kind == END:
                self.refuse(f"expected {' or '.join(repr(e) for e in ends)} but found the end")
            if word.kind == SIGN and word.text in _OPENING:
                start = self.at
                self.balanced()
                found.extend(self.words[start : self.at])
            else:
                found.append(self.next())
        return tuple(found)

    def text(self, what: str) -> str:
        """Take a text in quotes, or a name."""
        if self.word.kind == TEXT:
            return unquoted(self.next().text)
        return self.dotted(what)

    def deeper(self) -> None:
        """Count a level of nesting."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.refuse(f"nested more than {MAX_NESTING} levels deep")


def unquoted(text: str) -> str:
    """What a text in quotes says."""
    inside = text[1:-1]
    if "\\" not in inside:
        return inside
    made, at = [], 0
    while at < len(inside):
        letter = inside[at]
        if letter == "\\" and at + 1 < len(inside):
            at += 1
            letter = _ESCAPES.get(inside[at], inside[at])
        made.append(letter)
        at += 1
    return "".join(made)


def as_text(source: str, piece: Piece) -> str:
    """The words of a piece as they are written."""
    return source[piece[0].start : piece[-1].end] if piece else ""
