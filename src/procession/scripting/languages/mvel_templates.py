"""MVEL's templates: texts with ``@{expression}`` or ``${expression}``.

``@if{…} … @else{…} … @else{} … @end{}``, ``@foreach{x : list} … @end{", "}``, ``@code{…}`` for its
effect, ``@comment{…}``, ``@eval{…}``; ``@@`` and ``$$`` are the sign itself. A template that is one
expression gives its value with its type. What includes other templates is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.languages.cursor import MAX_NESTING
from procession.scripting.languages.mvel import DIALECT, GRAMMAR, Mvel
from procession.scripting.lexer import MAX_SOURCE, Kind, tokens
from procession.scripting.objects import elements
from procession.scripting.throwables import throw
from procession.scripting.tree import Expr, Stmt
from procession.values import Value

__all__ = ["DIALECT", "parse"]
_SIGNS: Final = "@$"
_ORBS: Final = ("if", "else", "end", "foreach", "code", "comment", "eval")
_REFUSED: Final = ("include", "includeNamed", "declare")


class _Template:
    """Reads a template from its beginning to its end."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.depth = 0

    def refuse(self, message: str, at: int) -> ScriptSyntax:
        line = self.source.count("\n", 0, at) + 1
        return ScriptSyntax(message, line, at - self.source.rfind("\n", 0, at))

    def parts(self, *ends: str) -> tuple[list[Expr], str, str]:
        """Everything up to one of these words; the parts, that word and what it has in braces."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.refuse(f"nested more than {MAX_NESTING} levels deep", self.at)
        made: list[Expr] = []
        text = ""
        while self.at < len(self.source):
            word, inner, begin = self._orb()
            if word is None:
                text += inner
                continue
            if text:
                made.append(tree.Literal(text))
                text = ""
            if word in ends:
                self.depth -= 1
                return made, word, inner
            made.extend(self._part(word, inner, begin))
        if ends:
            raise self.refuse("a block of the template is not closed: @end{} is missing", self.at)
        self.depth -= 1
        return [*made, tree.Literal(text)] if text else made, "", ""

    def _orb(self) -> tuple[str | None, str, int]:
        """What comes next: plain text, or a word with what stands in its braces."""
        source, begin = self.source, self.at
        sign = source[begin]
        if sign not in _SIGNS:
            end = min([at for at in (source.find(s, begin) for s in _SIGNS) if at >= 0] or [-1])
            self.at = len(source) if end < 0 else end
            return None, source[begin : self.at], begin
        if source[begin + 1 : begin + 2] == sign:
            self.at += 2
            return None, sign, begin
        at = begin + 1
        while at < len(source) and source[at].isalpha():
            at += 1
        word = source[begin + 1 : at]
        if source[at : at + 1] != "{" or (word and word not in (*_ORBS, *_REFUSED)):
            if source[at : at + 1] == "{":
                raise self.refuse(f"unknown part of a template: {sign}{word}", begin)
            self.at = at
            return None, source[begin:at], begin
        return word, self._braces(at, begin), begin

    def _braces(self, at: int, begin: int) -> str:
        open_braces, quote, start = 0, "", at + 1
        while at < len(self.source):
            letter = self.source[at]
            if quote:
                if letter == "\\":
                    at += 1
                elif letter == quote:
                    quote = ""
            elif letter in "\"'":
                quote = letter
            elif letter in "{}":
                open_braces += 1 if letter == "{" else -1
                if not open_braces:
                    self.at = at + 1
                    return self.source[start:at]
            at += 1
        raise self.refuse("an expression of the template is not closed: '}' is missing", begin)

    def _part(self, word: str, inner: str, begin: int) -> list[Expr]:
        if word in _REFUSED:
            raise self.refuse(f"@{word}: a template cannot include others", begin)
        if word in ("else", "end"):
            raise self.refuse(f"@{word} stands without a beginning", begin)
        if word == "comment":
            return []
        if word == "if":
            return [self._choice(inner, begin)]
        if word == "foreach":
            return [self._loop(inner, begin)]
        if word == "code":
            return [tree.Form(_silent, tuple(self._statements(inner, begin)), line=1, column=1)]
        return [self._expression(inner, begin)]

    def _parser(self, text: str, begin: int) -> Mvel:
        lines = self.source.count("\n", 0, begin)
        return Mvel(tokens("\n" * lines + text, single_quoted_text=True), GRAMMAR)

    def _expression(self, text: str, begin: int) -> Expr:
        parser = self._parser(text, begin)
        made = parser.expression()
        if parser.token.kind is not Kind.END:
            parser.refuse(f"expected the end but found {parser.found()}")
        return made

    def _statements(self, text: str, begin: int) -> list[Expr]:
        made = []
        parser = self._parser(text, begin)
        while parser.token.kind is not Kind.END:
            made.append(parser.expression())
            parser.skip(";")
        return made

    def _choice(self, test: str, begin: int) -> Expr:
        condition = self._expression(test, begin)
        yes, word, inner = self.parts("else", "end")
        no: Expr = tree.Literal("")
        if word == "else" and inner.strip():
            no = self._choice(inner, self.at)
        elif word == "else":
            no = _joined(self.parts("end")[0])
        return tree.Ternary(condition, _joined(yes), no, line=condition.line, column=1)

    def _loop(self, head: str, begin: int) -> Expr:
        name, colon, source = head.partition(":")
        if not colon or not name.strip().isidentifier():
            raise self.refuse("a loop of a template is @foreach{name : list}", begin)
        over = self._expression(source, begin)
        body, _, separator = self.parts("end")
        between = self._expression(separator, self.at) if separator.strip() else tree.Literal("")
        parts = (_joined(body), between)
        return tree.Form(_each, (over,), parts, (name.strip(),), line=over.line, column=1)


def _joined(parts: list[Expr]) -> Expr:
    return tree.Form(_text, tuple(parts), line=1, column=1)


def _text(slots: Any, outer: list[Callable[[Frame], Value]], parts: Any, cost: int) -> Any:
    def run(f: Frame) -> Value:
        made = []
        for part in outer:
            text = f.text(part(f))
            f.make_text(len(text))
            made.append(text)
        return "".join(made)

    return run


def _silent(slots: Any, outer: list[Callable[[Frame], Value]], parts: Any, cost: int) -> Any:
    def run(f: Frame) -> Value:
        for part in outer:
            part(f)
        return ""

    return run


def _each(slots: list[int], outer: Any, parts: Any, cost: int) -> Any:
    (over,), (body, between), (slot,) = outer, parts, slots

    def run(f: Frame) -> Value:
        items = elements(over(f), f)
        if items is None:
            raise throw("NullPointerException", "a loop of a template needs a collection")
        made: list[str] = []
        for item in items:
            f.burn(cost)
            if made:
                made.append(f.text(between(f)))
            f.slots[slot] = item
            made.append(f.text(body(f)))
        return "".join(made)

    return run


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The expression that a template stands for, and no imports. Raises ``ScriptSyntax``."""
    if len(source) > MAX_SOURCE:
        raise ScriptSyntax(f"a template may have {MAX_SOURCE} characters")
    parts, _, _ = _Template(source).parts()
    value = parts[0] if len(parts) == 1 else _joined(parts) if parts else tree.Literal("")
    return (tree.Expression(value, line=1, column=1),), []
