"""A cursor over the tokens of FEEL, and the names that are known at its place.

A name may be of several words and signs. It is recognised by its tokens, so that white space does
not matter, and of the names that fit the longest is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Never

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.feel.dates import BUILTINS
from procession.scripting.languages.feel_words import tokens
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Expr
from procession.values import Value

KEYWORDS: Final = frozenset(
    [
        *("and", "or", "in", "between", "instance", "then", "else", "return", "satisfies"),
        *("if", "for", "some", "every", "true", "false", "null", "function"),
    ]
)


@lru_cache(maxsize=4096)
def parts_of(name: str) -> tuple[str, ...]:
    """The tokens of a name."""
    try:
        return tuple([token.text for token in tokens(name)[:-1]])
    except ScriptSyntax:
        return tuple(name.split())


class Names:
    """Names by their first token, the longest first."""

    __slots__ = ("known", "starts")

    def __init__(self, names: Iterable[str]) -> None:
        self.known = frozenset(names)
        self.starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in self.known:
            if parts := parts_of(name):
                self.starts.setdefault(parts[0], []).append((parts, name))
        for found in self.starts.values():
            found.sort(key=lambda one: (-len(one[0]), one[1]))

    def match(self, at: int, among: list[Token]) -> tuple[int, str] | None:
        """The longest of them that begins here, with its length in tokens."""
        for parts, name in self.starts.get(among[at].text, ()):
            following = among[at : at + len(parts)]
            if tuple([token.text for token in following]) == parts:
                return len(parts), name
        return None


_BUILT_IN: Final = Names(BUILTINS)
_NONE: Final = Names(())


class Cursor:
    """A place in the text; ``scopes`` are the names known here, innermost last.

    A scope is the locals by name, or the name of the hidden local that holds a filter's item.
    ``is_strict`` refuses what can give null only.
    """

    is_strict = True

    def __init__(
        self,
        source: str,
        known: Iterable[str],
        types: Mapping[str, Any] | None = None,
        members: Names = _NONE,
    ) -> None:
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0
        self.outside = Names(known)
        self.types = types or {}
        self.type_names = Names(self.types)
        self.members = members
        self.scopes: list[dict[str, str] | str] = []
        self.count = 0
        self.in_range = False
        self.unknown: list[str] = []
        self.used: set[str] = set()

    @property
    def known(self) -> frozenset[str]:
        """The names that exist outside of the text."""
        return self.outside.known

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
        while self.token.kind is Kind.NAME and (not words or self.token.text not in KEYWORDS):
            words.append(self.token.text)
            self.at += 1
        if not words:
            self.refuse(f"expected a name but found '{self.token.text}'")
        return " ".join(words)

    def new_name(self, *ends: str) -> str:
        """A name that is made here: everything up to one of these signs."""
        parts: list[str] = []
        start = self.token
        while self.token.kind is not Kind.END and self.token.text not in ends:
            if self.token.kind is Kind.LITERAL and not self.token.text[:1].isdigit():
                break
            parts.append(self.token.text)
            self.at += 1
        if not parts or start.kind is not Kind.NAME:
            self.refuse(f"expected a name but found '{start.text}'")
        return spelled(parts)

    def member(self) -> str:
        """The name of an entry of a context."""
        found = self.members.match(self.at, self.tokens)
        plain = self.at
        while self.tokens[plain].kind is Kind.NAME and (
            plain == self.at or self.tokens[plain].text not in KEYWORDS
        ):
            plain += 1
        if found is not None and found[0] > 1 and found[0] >= plain - self.at:
            self.at += found[0]
            return found[1]
        return self.words()

    def longest(self) -> str | None:
        """The longest known name that stands here; of equally long ones the innermost."""
        best: tuple[int, str] | None = None
        has_item = False
        for scope in reversed(self.scopes):
            if isinstance(scope, str):
                has_item = True
                continue
            best = _longer(best, Names(scope).match(self.at, self.tokens))
        best = _longer(best, self.outside.match(self.at, self.tokens))
        best = _longer(best, _BUILT_IN.match(self.at, self.tokens))
        if has_item:
            best = _longer(best, self.members.match(self.at, self.tokens))
        if best is None:
            return None
        self.at += best[0]
        return best[1]

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
        for parameters in known.spellings:
            if given.keys() <= set(parameters):
                args = [given.get(one, tree.Literal(None)) for one in parameters]
                least = min(low for low, _ in known.arities)
                while len(args) > least and parameters[len(args) - 1] not in given:
                    args.pop()
                return args
        self.refuse(f"'{name}' has the parameters {', '.join(known.parameters)}")


def _longer(best: tuple[int, str] | None, found: tuple[int, str] | None) -> tuple[int, str] | None:
    if best is None or (found is not None and found[0] > best[0]):
        return found
    return best


def spelled(parts: list[str]) -> str:
    """Tokens as one name: words apart, signs as close as they are written in names."""
    text = " ".join(parts)
    for sign in ("-", "+", "*", "/", ".", "'"):
        text = text.replace(f" {sign} ", sign)
    return text
