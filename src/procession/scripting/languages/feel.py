"""FEEL, the expression language of DMN 1.5 (10.3), read into our tree.

All of the expression grammar: numbers of 34 digits, texts, dates and durations, lists, contexts,
ranges, ``for``, ``some``, ``every``, ``if``, ``between``, ``in``, ``instance of``, filters, paths,
functions of one's own and the built-in ones of :mod:`procession.scripting.feel`. A name may have
spaces: of the names known at its place the longest that fits is meant; else words that stand next
to each other are one name. A condition that gives null does not hold. Not served: external
functions, fractions of a second below the microsecond.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from procession.core.ports import Purpose, ScriptSyntax
from procession.scripting import tree
from procession.scripting.feel import forms, operators
from procession.scripting.feel.temporal import read_any
from procession.scripting.feel.values import decided, outcome
from procession.scripting.languages.cursor import MAX_NESTING
from procession.scripting.languages.feel_names import ITEM, NameReader
from procession.scripting.languages.feel_types import read_type
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Dialect, Expr, Stmt

DIALECT: Final = Dialect("FEEL", coerces=True)
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_ORDERS: Final = ("=", "!=", "<", "<=", ">", ">=")


class Reader(NameReader):
    """Reads one expression."""

    # -- expressions ---------------------------------------------------------------------------

    def whole(self) -> Expr:
        """The whole text."""
        made = self.expression()
        if self.token.kind is not Kind.END:
            self.refuse(f"unexpected '{self.token.text}'")
        return made

    def expression(self) -> Expr:
        """Any expression."""
        self.depth += 1
        if self.depth > MAX_NESTING // 2:
            self.refuse(f"nested more than {MAX_NESTING // 2} levels deep")
        outside, self.in_range = self.in_range, False
        if self.token.kind is Kind.NAME and self.token.text in _OPENING:
            made = _OPENING[self.token.text](self)
        else:
            made = self._or()
        self.in_range = outside
        self.depth -= 1
        return made

    def _logic(self, word: str, inner: Callable[[], Expr]) -> Expr:
        operands = [inner()]
        while self.skip(word):
            operands.append(inner())
        if len(operands) == 1:
            return operands[0]
        return self.form(forms.logic(word == "or"), tuple(operands))

    def _or(self) -> Expr:
        return self._logic("or", self._and)

    def _and(self) -> Expr:
        return self._logic("and", self._comparison)

    def _comparison(self) -> Expr:
        made = self._sum()
        while True:
            token = self.token
            if token.kind is Kind.SIGN and token.text in _ORDERS:
                self.at += 1
                made = self.apply(token, operators.comparison(token.text), made, self._sum())
            elif self.skip("between"):
                low = self._sum()
                self.expect("and")
                made = self.apply(token, operators.between, made, low, self._sum())
            elif self.skip("in"):
                made = self._tested(token, made)
            elif self.skip("instance", "of"):
                made = self.apply(token, forms.instance_of(read_type(self)), made)
            else:
                return made

    def _tested(self, token: Token, value: Expr) -> Expr:
        hidden = self.fresh("tested")
        subject = tree.Name(hidden)
        if self.is_next("(") and self.is_list_of_tests():
            self.expect("(")
            tests = [self.test(subject)]
            while self.skip(","):
                tests.append(self.test(subject))
            self.expect(")")
        else:
            tests = [self.test(subject)]
        body = tests[0] if len(tests) == 1 else self.apply(token, operators.any_of, *tests)
        return self.form(forms.kept, (value,), (body,), (hidden,))

    def end_of_range(self) -> Expr:
        """What may stand after ``..`` outside of brackets."""
        return self._sum()

    def test(self, subject: Expr) -> Expr:
        """A test of a subject: a comparison without its left side, a range, a value."""
        token = self.token
        if token.kind is Kind.SIGN and token.text in _ORDERS:
            self.at += 1
            return self.apply(token, operators.comparison(token.text), subject, self._sum())
        return self.apply(token, operators.tested, subject, self._sum())

    def _left(self, signs: tuple[str, ...], inner: Callable[[], Expr]) -> Expr:
        made = inner()
        length = 0
        while self.token.kind is Kind.SIGN and self.token.text in signs:
            token = self.token
            self.at += 1
            made = self.apply(token, operators.arithmetic(token.text), made, inner())
            length += 1
            if length > 200:
                self.refuse("more than 200 operators in one chain")
        return made

    def _sum(self) -> Expr:
        return self._left(("+", "-"), self._product)

    def _product(self) -> Expr:
        return self._left(("*", "/"), self._power)

    def _power(self) -> Expr:
        return self._left(("**",), self._sign)

    def _sign(self) -> Expr:
        token = self.token
        if not self.is_next("-"):
            return self._postfix(self._primary())
        self.depth += 1
        if self.depth > MAX_NESTING // 2:
            self.refuse("nested too deeply")
        self.at += 1
        inner = self._sign()
        self.depth -= 1
        if isinstance(inner, tree.Literal) and operators.is_number(inner.value):
            return tree.Literal(-inner.value, line=token.line, column=token.column)
        return self.apply(token, operators.negative, inner)

    def _postfix(self, made: Expr) -> Expr:
        length = 0
        while self.token.kind is Kind.SIGN:
            token = self.token
            if token.text == ".":
                self.at += 1
                made = self.apply(token, forms.path(self.member()), made)
            elif token.text == "[" and not self.in_range:
                made = self._filter(made)
            elif token.text == "(":
                args, names = self.arguments()
                made = self.apply(token, forms.called(tuple(names)), made, *args)
            else:
                break
            length += 1
            if length > MAX_NESTING // 2:
                self.refuse("the path is too long")
        return made

    def _filter(self, source: Expr) -> Expr:
        self.expect("[")
        hidden = self.fresh(ITEM)
        self.scopes.append(hidden)
        test = self.expression()
        self.scopes.pop()
        self.expect("]")
        return self.form(forms.filtered, (source,), (test,), (hidden,))

    # -- what stands by itself -----------------------------------------------------------------

    def _primary(self) -> Expr:
        token = self.token
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        if token.kind is Kind.LITERAL:
            self.at += 1
            return tree.Literal(token.value, **place)
        if token.kind is Kind.NAME:
            if token.text in _CONSTANTS:
                self.at += 1
                return tree.Literal(_CONSTANTS[token.text], **place)
            if token.text in _OPENING:
                return _OPENING[token.text](self)
            return self.name()
        if token.text == "@":
            self.at += 1
            value = read_any(self.token.value) if isinstance(self.token.value, str) else None
            if value is None:
                self.refuse("'@' needs a date, a time or a duration in quotes")
            self.at += 1
            return tree.Literal(value, **place)
        if token.text == "{":
            return self.context()
        if token.text in ("(", "[", "]"):
            return self._bracket(token)
        self.refuse(f"expected an expression but found '{token.text}'")

    def _bracket(self, token: Token) -> Expr:
        """A parenthesis, a list or a range."""
        self.at += 1
        if token.text == "[" and self.skip("]"):
            return self.apply(token, forms.listed)
        if token.text == "(" and self.is_next(*operators.HALF_OPEN):
            sign = self.token.text
            self.at += 1
            made = self.apply(token, operators.half_open(sign), self._sum())
            self.expect(")")
            return made
        first = self.expression()
        if self.skip(".."):
            self.in_range = True
            high = self._sum()
            self.in_range = False
            end = self.token.text
            if end not in ("]", ")", "["):
                self.refuse("a range ends with ']', ')' or '['")
            self.at += 1
            make = operators.ranged(token.text == "[", end == "]")
            return self.apply(token, make, first, high)
        if token.text == "(":
            self.expect(")")
            return first
        items = [first]
        while self.skip(","):
            items.append(self.expression())
        self.expect("]")
        return self.apply(token, forms.listed, *items)

    # -- words that open an expression -----------------------------------------------------------

    def conditional(self) -> Expr:
        """``if … then … else …``."""
        self.at += 1
        test = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return self.form(forms.conditional, (test, yes, self.expression()))


_OPENING: Final[dict[str, Callable[[Reader], Expr]]] = {
    "if": Reader.conditional,
    "for": Reader.loop,
    "some": Reader.quantified,
    "every": Reader.quantified,
    "function": Reader.function,
}


def parse(
    source: str, purpose: Purpose, known: frozenset[str]
) -> tuple[tuple[Stmt, ...], list[str]]:
    """The expression as one statement that gives its value. Raises ``ScriptSyntax``."""
    if purpose is Purpose.SCRIPT:
        raise ScriptSyntax("FEEL has expressions only; a script needs another language")
    text = source.strip()
    text = text[1:] if text[:1] == "=" and text[1:2] != "=" else text
    made = Reader(text, known).whole()
    give = decided if purpose is Purpose.CONDITION else outcome
    place: dict[str, Any] = {"line": made.line, "column": made.column}
    return (tree.Return(tree.Apply(give, (made,), **place), **place),), []
