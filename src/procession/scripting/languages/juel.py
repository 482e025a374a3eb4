"""JUEL: the expression language of Camunda, Activiti and Flowable, ``${…}`` or ``#{…}``.

Java's expressions with ``and or not eq ne lt gt le ge div mod empty``; operators convert as
:mod:`~procession.scripting.languages.juel_operators` says. What is asked of null is null, and so is
an element that a list has not got. ``execution`` is the instance; ``now()`` the time. Between
occurrences may stand text, and the value of the whole is then a text. Variables need not be
declared, because these vendors do not declare any.
"""

from __future__ import annotations

import re
from typing import Any, Final, Never

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.languages import java
from procession.scripting.languages.cursor import Grammar
from procession.scripting.languages.expressions import Expressions
from procession.scripting.languages.juel_operators import (
    OPERATORS,
    at,
    is_empty,
    negative,
    truth,
    written,
)
from procession.scripting.lexer import Kind, Token, tokens
from procession.scripting.library.executions import execution
from procession.scripting.tree import Dialect, Expr, Stmt
from procession.values import Map, Value

DIALECT: Final = Dialect("JUEL", coerces=True, operators=Map(OPERATORS))
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
_OCCURRENCE: Final = re.compile(
    r"(?<!\\)[$#]\{((?:[^{}'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*)\}"
)
_OPENED: Final = re.compile(r"(?<!\\)[$#]\{")
_ESCAPED: Final = re.compile(r"\\([$#]\{)")


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

    def _ternary(self) -> Expr:
        made = super()._ternary()
        if isinstance(made, tree.Ternary):
            place = {"line": made.line, "column": made.column}
            test = tree.Apply(truth, (made.test,), **place)
            return tree.Ternary(test, made.yes, made.no, **place)
        return made

    def _unary(self) -> Expr:
        token = self.token
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        if token.kind is Kind.SIGN and token.text in ("+", "~", "++", "--"):
            self.refuse(f"JUEL has no '{token.text}' before an operand")
        is_word = token.kind is Kind.NAME and token.text in ("not", "empty")
        if not is_word and not self.is_sign("!", "-"):
            return super()._unary()
        self.deeper()
        self.next()
        operand = self._unary()
        self.depth -= 1
        if token.text == "-":
            return tree.Apply(negative, (operand,), **place)
        if token.text == "empty":
            return tree.Apply(is_empty, (operand,), **place)
        return tree.Unary("!", tree.Apply(truth, (operand,), **place), **place)

    def _cast(self) -> Expr | None:
        return None

    def _operator(self) -> tuple[str, int]:
        op, binds = super()._operator()
        if op in ("instanceof", "<<", ">>", ">>>", "&", "|", "^"):
            self.refuse(f"JUEL has no operator '{op}'")
        return op, binds

    def _same_level(self, left: Expr, op: str, binds: int, start: Token) -> tuple[Expr, str, int]:
        made, op, binds = super()._same_level(left, op, binds, start)
        if isinstance(made, tree.Logical):
            place: dict[str, Any] = {"line": made.line, "column": made.column}
            operands = tuple([tree.Apply(truth, (one,), **place) for one in made.operands])
            made = tree.Logical(made.op, operands, **place)
        return made, op, binds

    def _postfix(self, made: Expr) -> Expr:
        found = super()._postfix(made)
        if isinstance(found, tree.Step | tree.MethodReference):
            self.refuse("JUEL changes nothing")
        return _lenient(found)

    def _class_of(self, made: Expr, token: Token) -> Never:
        self.refuse("classes are not available in scripts", token)

    def _word(self, token: Token) -> Expr:
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        if token.text == "new":
            self.refuse("JUEL makes no objects")
        made = super()._word(token)
        if isinstance(made, tree.Lambda):
            self.refuse("JUEL makes no functions", token)
        if isinstance(made, tree.Name) and made.name == "execution":
            return tree.Apply(execution, (), **place)
        if isinstance(made, tree.Call) and made.target is None and made.name == "now":
            return tree.Apply(_now, made.args, **place)
        return made


def _lenient(node: Expr) -> Expr:
    """The same, giving null where something is asked of null."""
    place: dict[str, Any] = {"line": node.line, "column": node.column}
    match node:
        case tree.Index():
            return tree.Apply(at, (_lenient(node.target), node.index), **place)
        case tree.Field() if not _is_path(node):
            return tree.Field(_lenient(node.target), node.name, True, **place)
        case tree.Call() if node.target is not None and not _is_path(node.target):
            return tree.Call(_lenient(node.target), node.name, node.args, True, **place)
    return node


def _is_path(node: Expr) -> bool:
    """Whether an expression may be the name of a class, such as ``java.lang.Math``."""
    while isinstance(node, tree.Field):
        if node.name[:1].isupper():
            return True
        node = node.target
    return isinstance(node, tree.Name) and node.name[:1].isupper()


def _now(f: Frame) -> Value:
    return f.context.now


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The one expression that a text stands for, and no imports. Raises ``ScriptSyntax``."""
    parts: list[Expr] = []
    text, start = source.strip(), 0
    for found in _OCCURRENCE.finditer(text):
        parts.extend(_plain(text[start : found.start()]))
        parts.append(_expression(found.group(1), text.count("\n", 0, found.start())))
        start = found.end()
    parts.extend(_plain(text[start:]))
    value = parts[0] if len(parts) == 1 else tree.Form(_joined, tuple(parts), line=1, column=1)
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
    return [tree.Literal(_ESCAPED.sub(r"\1", text), line=1, column=1)] if text else []


def _joined(slots: Any, outer: Any, parts: Any, cost: int) -> Any:
    """The texts of the parts one after the other."""

    def run(f: Frame) -> Value:
        made = []
        for part in outer:
            text = written(f, part(f))
            f.make_text(len(text))
            made.append(text)
        return "".join(made)

    return run
