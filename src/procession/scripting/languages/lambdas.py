"""Functions without a name: ``x -> x + 1``, ``(a, b) -> { … }``, ``String::length``."""

from __future__ import annotations

from procession.scripting import tree
from procession.scripting.languages.cursor import Cursor
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Block, Expr, TypeName


class Lambdas(Cursor):
    """Parses functions without a name."""

    def expression(self) -> Expr:
        """An expression; the grammar proper stands in the class that knows them all."""
        self.refuse("an expression is expected")

    def block(self) -> Block:
        """A block of statements, which languages of expressions have not got."""
        self.refuse("a block of statements has no place here")

    def lambda_of(self, names: tuple[str, ...], token: Token) -> Expr:
        """What follows the parameters."""
        self.expect("->")
        place = {"line": token.line, "column": token.column}
        if self.is_sign("{"):
            return tree.Lambda(names, self.block(), line=token.line, column=token.column)
        body = tree.Return(self.expression(), **place)
        return tree.Lambda(names, Block((body,)), line=token.line, column=token.column)

    def maybe_lambda(self, token: Token) -> Expr | None:
        """A lambda whose parameters stand in parentheses, if one comes next."""
        start, names = self.at, list[str]()
        self.expect("(")
        while not self.is_sign(")"):
            if names and not self.skip(","):
                break
            if self._is_parameter():
                names.append(self.name())
                continue
            if self.maybe_type() is None or not self._is_parameter():
                break
            names.append(self.name())
        if self.skip(")") and self.is_sign("->"):
            return self.lambda_of(tuple(names), token)
        self.at = start
        return None

    def _is_parameter(self) -> bool:
        return (
            self.token.kind is Kind.NAME
            and self.token.text not in self.grammar.keywords
            and self.ahead().text in (",", ")")
        )

    def array_maker(self, kind: TypeName, token: Token) -> Expr:
        """``Type[]::new``."""
        self.expect("::")
        self.expect("new")
        place = {"line": token.line, "column": token.column}
        size = tree.Name("array size", **place)
        made = tree.Return(tree.NewArray(kind, (size,), None, **place), **place)
        return tree.Lambda(("array size",), Block((made,)), line=token.line, column=token.column)

    def reference(self, made: Expr, token: Token) -> Expr:
        """``made::name``."""
        self.expect("::")
        name = "new" if self.skip("new") else self.name()
        return tree.MethodReference(made, name, line=token.line, column=token.column)
