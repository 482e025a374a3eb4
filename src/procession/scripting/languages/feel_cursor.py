"""A cursor over the tokens of FEEL, and the names that are known at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Never

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.feel.dates import BUILTINS, TYPES
from procession.scripting.languages.feel_words import tokens
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Expr
from procession.values import Value

_KEYWORDS: Final = frozenset(
    [
        *("and", "or", "in", "between", "instance", "then", "else", "return", "satisfies"),
        *("if", "for", "some", "every", "true", "false", "null", "function"),
    ]
)
MAX_WORDS: Final = 8


class Cursor:
    """A place in the text; ``scopes`` are the names known here, innermost last."""

    def __init__(self, source: str, known: frozenset[str]) -> None:
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0
        self.known = known
        self.scopes: list[dict[str, str] | str] = []
        self.count = 0
        self.in_range = False

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def refuse(self, message: str) -> Never:
        """Complain about this place."""
        raise ScriptSyntax(message, self.token.line, self.token.column)

    def is_next(self, *texts: str) -> bool:
        """Whether one of these comes next."""
        return self.token.text in texts and self.token.kind in (Kind.SIGN, Kind.NAME)

    def skip(self, *texts: str) -> bool:
        """Take these if they come next."""
        for offset, text in enumerate(texts):
            token = self.tokens[min(self.at + offset, len(self.tokens) - 1)]
            if token.text != text or token.kind not in (Kind.SIGN, Kind.NAME):
                return False
        self.at += len(texts)
        return True

    def expect(self, text: str) -> None:
        """Take this, which must come next."""
        if not self.skip(text):
            self.refuse(f"expected '{text}' but found '{self.token.text}'")

    def apply(self, token: Token, function: Callable[..., Value], *args: Expr) -> Expr:
        """An operation."""
        return tree.Apply(function, args, line=token.line, column=token.column)

    def form(
        self,
        make: Callable[..., Value],
        outer: tuple[Expr, ...],
        parts: tuple[Expr, ...] = (),
        names: tuple[str, ...] = (),
    ) -> Expr:
        """A form at this place."""
        at = self.token
        return tree.Form(make, outer, parts, names, line=at.line, column=at.column)

    def fresh(self, name: str) -> str:
        """The name of a local that no text can have."""
        self.count += 1
        return f"{name} #{self.count}"

    def words(self) -> str:
        """A name whose words stand next to each other."""
        words: list[str] = []
        while self.token.kind is Kind.NAME and (not words or self.token.text not in _KEYWORDS):
            words.append(self.token.text)
            self.at += 1
        if not words:
            self.refuse(f"expected a name but found '{self.token.text}'")
        return " ".join(words)

    def longest(self) -> str | None:
        """The longest known name that stands here."""
        found, length = None, 0
        text = ""
        for count, token in enumerate(self.tokens[self.at : self.at + MAX_WORDS], 1):
            if token.kind is Kind.LITERAL or token.kind is Kind.END:
                break
            text = f"{text} {token.text}" if text else token.text
            for name in (text, text.replace(" ", ""), _signed(text)):
                if self._is_known(name):
                    found, length = name, count
        self.at += length
        return found

    def _is_known(self, name: str) -> bool:
        if name in self.known or name in BUILTINS:
            return True
        return any(isinstance(scope, dict) and name in scope for scope in self.scopes)

    def type_name(self) -> str:
        """A type."""
        words: list[str] = []
        while self.token.kind is Kind.NAME and self.token.text not in ("then", "else", "return"):
            if " ".join(words) in TYPES and self.token.text in ("and", "or"):
                following = self.tokens[self.at + 1].text
                if " ".join([*words, self.token.text, following]) not in (
                    "date and time",
                    "days and time",
                ):
                    break
            words.append(self.token.text)
            self.at += 1
        name = " ".join(words)
        if self.skip("<"):
            depth = 1
            while depth and self.token.kind is not Kind.END:
                depth += (self.token.text == "<") - (self.token.text == ">")
                self.at += 1
        name = {"day time duration": "days and time duration"}.get(name, name)
        if name not in TYPES:
            self.refuse(f"'{name}' is no type of FEEL")
        return name

    def is_list_of_tests(self) -> bool:
        """Whether the parenthesis does not open a range."""
        depth = 0
        for token in self.tokens[self.at :]:
            if token.kind is Kind.SIGN and token.text in ("(", "[", "{"):
                depth += 1
            elif token.kind is Kind.SIGN and token.text in (")", "]", "}"):
                depth -= 1
                if not depth:
                    return True
            elif token.text == ".." and depth == 1:
                return False
        return True

    def by_name(self, name: str, given: dict[str, Expr]) -> list[Expr]:
        """The arguments of a built-in function in the order of its parameters."""
        known = BUILTINS[name]
        if not given.keys() <= set(known.parameters):
            self.refuse(f"'{name}' has the parameters {', '.join(known.parameters)}")
        args = [given.get(one, tree.Literal(None)) for one in known.parameters]
        while args and args[-1] == tree.Literal(None) and len(args) > known.least:
            args.pop()
        return args


def _signed(text: str) -> str:
    """The same with no space around the signs that a name may have."""
    for sign in ("-", "+", "*", "/", "."):
        text = text.replace(f" {sign} ", sign)
    return text
