"""A cursor over tokens, and what the curly-brace languages share in types and places."""

from __future__ import annotations

from typing import Final, Never

import msgspec

from procession.core.ports import ScriptSyntax
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import TypeName

MAX_NESTING: Final = 100
PRIMITIVES: Final = frozenset(
    {"int", "long", "short", "byte", "char", "float", "double", "boolean", "void"}
)
_TYPE_ARGUMENT_SIGNS: Final = frozenset({"<", ">", ",", "?", ".", "&", "[", "]", ">>", ">>>"})


class Grammar(msgspec.Struct, frozen=True):
    """What a language has beyond the common grammar."""

    operators: dict[str, int]
    """Binary operators and how tightly they bind; 1 and 2 are the logical ones."""
    same_as: dict[str, str]
    """Words for operators that have a sign."""
    newline_ends: bool
    """A statement ends with its line where nothing on the next line continues it."""
    extras: bool
    """Inline lists and maps, projections, ``foreach``, ``isdef``, ``empty``."""
    keywords: frozenset[str]


class Cursor:
    """A place in the list of tokens."""

    def __init__(self, found: list[Token], grammar: Grammar) -> None:
        self.tokens = found
        self.grammar = grammar
        self.at = 0
        self.depth = 0
        self.imports: list[str] = []

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def ahead(self, by: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.at + by, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Take a token."""
        token = self.tokens[self.at]
        if token.kind is not Kind.END:
            self.at += 1
        return token

    def is_sign(self, *texts: str) -> bool:
        """Whether one of these signs comes next."""
        token = self.tokens[self.at]
        return token.kind is Kind.SIGN and token.text in texts

    def is_word(self, *texts: str) -> bool:
        """Whether one of these words comes next."""
        token = self.tokens[self.at]
        return token.kind is Kind.NAME and token.text in texts

    def skip(self, text: str) -> bool:
        """Take this sign or word if it comes next."""
        token = self.tokens[self.at]
        if token.text == text and token.kind in (Kind.SIGN, Kind.NAME):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take this sign or word, which must come next."""
        token = self.tokens[self.at]
        if not self.skip(text):
            self.refuse(f"expected '{text}' but found {self.found()}")
        return token

    def name(self, what: str = "a name") -> str:
        """Take a name."""
        token = self.token
        if token.kind is not Kind.NAME or token.text in self.grammar.keywords:
            self.refuse(f"expected {what} but found {self.found()}")
        self.at += 1
        return token.text

    def found(self) -> str:
        """What stands here, for messages."""
        token = self.token
        return token.text if token.kind is Kind.END else f"'{token.text}'"

    def refuse(self, message: str, token: Token | None = None) -> Never:
        """Complain about this place."""
        at = token or self.token
        raise ScriptSyntax(message, at.line, at.column)

    def deeper(self) -> None:
        """Count a level of nesting; undone by ``self.depth -= 1``."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.refuse(f"nested more than {MAX_NESTING} levels deep")

    # -- types -------------------------------------------------------------------------------

    def type_name(self) -> TypeName:
        """Take a type, which must come next."""
        found = self.maybe_type()
        if found is None:
            self.refuse(f"expected a type but found {self.found()}")
        return found

    def maybe_type(self, *, brackets: bool = True) -> TypeName | None:
        """Take a type if one comes next; otherwise nothing is taken."""
        start = self.at
        token = self.token
        if token.kind is not Kind.NAME or (
            token.text in self.grammar.keywords and token.text not in PRIMITIVES
        ):
            return None
        parts = [self.next().text]
        if not self._type_arguments():
            self.at = start
            return None
        while self.is_sign(".") and self.ahead().kind is Kind.NAME:
            if self.ahead().text == "class":
                break
            self.at += 1
            parts.append(self.next().text)
            if not self._type_arguments():
                self.at = start
                return None
        dims = 0
        while brackets and self.is_sign("[") and self.ahead().text == "]":
            self.at += 2
            dims += 1
        return TypeName(".".join(parts), dims)

    def _type_arguments(self) -> bool:
        if not self.is_sign("<"):
            return True
        open_brackets = 0
        while True:
            token = self.next()
            if token.kind is Kind.NAME:
                continue
            if token.kind is not Kind.SIGN or token.text not in _TYPE_ARGUMENT_SIGNS:
                return False
            if token.text == "<":
                open_brackets += 1
            elif token.text[0] == ">":
                open_brackets -= len(token.text)
                if open_brackets <= 0:
                    return open_brackets == 0
