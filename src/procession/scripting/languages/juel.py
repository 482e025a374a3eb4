"""JUEL: the expression language of Camunda, Activiti and Flowable, ``${…}`` or ``#{…}``.

Java's expressions with ``and or not eq ne lt gt le ge div mod empty``; a division gives a fraction.
``execution`` is what jBPM calls ``kcontext``. Between occurrences may stand text, and the value of
the whole is then a text. Variables need not be declared, because these vendors do not declare any.
"""

from __future__ import annotations

import re
from typing import Final

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.languages import java
from procession.scripting.languages.cursor import Grammar
from procession.scripting.languages.expressions import Expressions
from procession.scripting.lexer import Kind, Token, tokens
from procession.scripting.tree import Dialect, Expr, Stmt

DIALECT: Final = Dialect("JUEL", coerces=True)
_SAME: Final = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}
_WORDS: Final = frozenset({*_SAME, "not", "empty", "true", "false", "null", "instanceof"})
GRAMMAR: Final = Grammar(java.OPERATORS, _SAME, False, False, _WORDS)
_OCCURRENCE: Final = re.compile(r"[$#]\{((?:[^{}'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*)\}")
_OPENED: Final = re.compile(r"[$#]\{")


class Juel(Expressions):
    """Parses one expression."""

    def expression(self) -> Expr:
        """An expression; nothing is assigned."""
        self.deeper()
        made = self._ternary()
        if self.is_sign("="):
            self.refuse("'=' does not compare; write '=='")
        self.depth -= 1
        return made

    def _unary(self) -> Expr:
        token = self.token
        if token.kind is not Kind.NAME or token.text not in ("not", "empty"):
            return super()._unary()
        self.deeper()
        self.next()
        operand = self._unary()
        self.depth -= 1
        place = {"line": token.line, "column": token.column}
        if token.text == "not":
            return tree.Unary("!", operand, **place)
        return tree.Chain(operand, (("==", tree.Empty(**place)),), **place)

    def _same_level(self, left: Expr, op: str, binds: int, start: Token) -> tuple[Expr, str, int]:
        made, op, binds = super()._same_level(left, op, binds, start)
        if isinstance(made, tree.Chain) and any(sign == "/" for sign, _ in made.rest):
            one = tree.Literal(1.0, line=made.line, column=made.column)
            rest = (("*", one), *made.rest)
            made = tree.Chain(made.first, rest, line=made.line, column=made.column)
        return made, op, binds

    def _word(self, token: Token) -> Expr:
        if token.text == "new":
            self.refuse("JUEL makes no objects")
        made = super()._word(token)
        if isinstance(made, tree.Name) and made.name == "execution":
            return tree.Name("kcontext", line=made.line, column=made.column)
        return made


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The one expression that a text stands for, and no imports. Raises ``ScriptSyntax``."""
    parts: list[Expr] = []
    text, at = source.strip(), 0
    for found in _OCCURRENCE.finditer(text):
        parts.extend(_plain(text[at : found.start()]))
        parts.append(_expression(found.group(1), text.count("\n", 0, found.start())))
        at = found.end()
    parts.extend(_plain(text[at:]))
    value = parts[0] if len(parts) == 1 else _joined(parts)
    return (tree.Expression(value, line=1, column=1),), []


def _expression(text: str, lines: int) -> Expr:
    parser = Juel(tokens("\n" * lines + text, single_quoted_text=True), GRAMMAR)
    made = parser.expression()
    if parser.token.kind is not Kind.END:
        parser.refuse(f"expected the end but found {parser.found()}")
    return made


def _plain(text: str) -> list[Expr]:
    if _OPENED.search(text):
        raise ScriptSyntax("an expression is not closed: '}' is missing")
    return [tree.Literal(text, line=1, column=1)] if text else []


def _joined(parts: list[Expr]) -> Expr:
    """The texts of the parts one after the other."""
    rest = tuple(("+", part) for part in parts)
    return tree.Chain(tree.Literal("", line=1, column=1), rest, line=1, column=1)
