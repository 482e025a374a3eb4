"""MVEL: Java with fewer ceremonies (2.3).

Beyond :mod:`~procession.scripting.languages.java`: statements end with their line, ``and`` ``or``,
``contains`` ``is`` ``strsim`` ``soundslike`` ``convertable_to`` ``~=`` ``**``, ``isdef``,
``empty``, ``nil``, texts in single quotes, inline lists, maps and arrays, projections
``(name in people if $.age > 3)``, ``foreach``, null-safe ``a.?b``, numbers ``1B`` and ``1I``,
``assert``. The value of the last expression is the value of the whole. ``def f(x) { … }`` makes a
function, ``with (x) { a = 1, g() }`` and ``x.{ a = 1 }`` set properties. Operators mean what
:mod:`~procession.scripting.languages.mvel_operators` says. Types of locals are not enforced.
"""

from __future__ import annotations

from typing import Any, Final, TypeGuard

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.frame import Frame
from procession.scripting.languages import java
from procession.scripting.languages.cursor import MAX_NESTING, PRIMITIVES, Grammar
from procession.scripting.languages.expressions import RELATIONAL
from procession.scripting.languages.mvel_operators import OPERATORS as MEANINGS
from procession.scripting.languages.mvel_operators import either, to_type
from procession.scripting.languages.statements import Statements
from procession.scripting.lexer import Kind, Token, tokens
from procession.scripting.throwables import throw
from procession.scripting.tree import Dialect, Expr, Stmt, TypeName
from procession.values import Map, Value

DIALECT: Final = Dialect(
    "MVEL", coerces=True, operators=Map(MEANINGS), absent_fails=True, typed=False
)
_WORDS: Final = ("contains", "strsim", "soundslike", "convertable_to", "~=")
OPERATORS: Final = {**java.OPERATORS, **dict.fromkeys(_WORDS, RELATIONAL), "or": 1, "**": 11}
_SAME: Final = {"and": "&&", "is": "instanceof"}
_OWN: Final = frozenset(
    [
        *("and", "or", "is", "contains", "strsim", "soundslike", "convertable_to", "foreach"),
        *("until", "isdef", "empty", "nil", "in", "with", "function"),
    ]
)
_FREE: Final = frozenset({"default", "native", "const", "abstract", "package", "private", "public"})
GRAMMAR: Final = Grammar(OPERATORS, _SAME, True, True, (java.KEYWORDS - _FREE) | _OWN | {"default"})
_CASTS: Final = {
    "boolean": "Boolean",
    **{f"{package}{name}": name for package in ("", "java.lang.") for name in ("Boolean",)},
    **{
        f"{package}{name}": name
        for package in ("", "java.math.")
        for name in ("BigDecimal", "BigInteger")
    },
}
_UNTYPED: Final = frozenset({"var", "def"})


class Mvel(Statements):
    """Parses MVEL."""

    def body(self) -> Stmt:
        """What a loop or an ``if`` holds: braces are a block here."""
        return self.block() if self.is_sign("{") else super().body()

    def _statement(self) -> list[Stmt]:
        if self.is_sign("{"):
            start, depth, token = self.at, self.depth, self.token
            try:
                value = self.expression()
                self._end()
                return [tree.Expression(value, line=token.line, column=token.column)]
            except ScriptSyntax:
                self.at, self.depth = start, depth
        return super()._statement()

    def _by_word(self) -> Stmt | None:
        if self.is_word("assert"):
            return None
        if self.is_word("def", "function") and not self._names_function():
            return None
        return self._with() if self.is_word("with") else super()._by_word()

    def _names_function(self) -> bool:
        return self.ahead().kind is Kind.NAME and self.ahead(2).text == "("

    def _local(self) -> Stmt | None:
        first, second = self.token, self.ahead()
        lower = first.text[:1].islower() and first.text not in PRIMITIVES | _UNTYPED
        if lower and first.text != "final" and second.kind is Kind.NAME:
            return None
        return super()._local()

    def _initial(self, kind: TypeName, dims: int) -> Expr:
        value = super()._initial(kind, dims)
        if kind.name not in ("String", "java.lang.String") or kind.dims + dims:
            return value
        return tree.Cast(kind, value, line=value.line, column=value.column)

    def program(self) -> tuple[Stmt, ...]:
        """Everything up to the end; functions may call those that follow."""
        body = super().program()
        names = [one.names[0][0] for one in body if _is_function(one)]
        if len(names) < 2:
            return body
        head = tree.Local(None, tuple([(name, 0, None) for name in names]), line=1, column=1)
        return (head, *[_assigned(one) if _is_function(one) else one for one in body])

    # -- expressions ---------------------------------------------------------------------------

    def _word(self, token: Token) -> Expr:
        if token.text in ("def", "function"):
            return self._anonymous(token)
        if token.text == "assert":
            self.next()
            test = self.expression()
            return tree.Apply(_asserted, (test,), line=token.line, column=token.column)
        return super()._word(token)

    def _anonymous(self, token: Token) -> Expr:
        """``def (a, b) { … }``, with a name or without."""
        if self._names_function():
            made = self._function()
            assert isinstance(made, tree.Local)
            value = made.names[0][2]
            assert value is not None
            return value
        self.next()
        names, body = self.signature(), self.block()
        made_body = tree.Block(tree.valued(body.body), line=body.line, column=body.column)
        return tree.Lambda(names, made_body, line=token.line, column=token.column)

    def _cast(self) -> Expr | None:
        made = super()._cast()
        if isinstance(made, tree.Cast) and not made.type.dims and made.type.name in _CASTS:
            convert = to_type(_CASTS[made.type.name])
            return tree.Apply(convert, (made.operand,), line=made.line, column=made.column)
        return made

    def _same_level(self, left: Expr, op: str, binds: int, start: Token) -> tuple[Expr, str, int]:
        if op != "or":
            return super()._same_level(left, op, binds, start)
        operands = [left]
        while op == "or":
            self.next()
            operands.append(self._binary(2))
            op, binds = self._operator()
        place: dict[str, Any] = {"line": start.line, "column": start.column}
        return tree.Form(_first_of, tuple(operands), **place), op, binds

    def _member(self, made: Expr, token: Token) -> Expr:
        ahead = self.ahead()
        if token.text == "." and ahead.kind is Kind.SIGN and ahead.text == "{":
            self.next()
            return self._inline_with(made, token)
        found = super()._member(made, token)
        if not isinstance(found, tree.Field | tree.Call) or not found.safe:
            return found
        if not self.is_sign(".", ".?", "?.", "["):
            return found
        self.deeper()
        name = f"safe {self.depth}"
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        rest = self._postfix(tree.Name(name, **place))
        self.depth -= 1
        return tree.Form(_unless_null, (found,), (rest,), (name,), **place)

    # -- with ----------------------------------------------------------------------------------

    def _with(self) -> Stmt:
        token = self.next()
        owner = self._condition()
        value = self._settings(owner, token)
        return tree.Expression(value, line=token.line, column=token.column)

    def _inline_with(self, owner: Expr, token: Token) -> Expr:
        return self._settings(owner, token)

    def _settings(self, owner: Expr, token: Token) -> Expr:
        """``{ a = 1, g() }`` over an object; the value is the object."""
        self.deeper()
        name = f"with {self.depth}"
        self.expect("{")
        parts: list[Expr] = []
        while not self.skip("}"):
            parts.append(self._setting(tree.Name(name, line=token.line, column=token.column)))
            if len(parts) > MAX_NESTING * 10:
                self.refuse("too many settings in one 'with'")
            if not (self.skip(",") or self.skip(";")) and not self.is_sign("}"):
                self.refuse(f"expected ',' but found {self.found()}")
        self.depth -= 1
        place = {"line": token.line, "column": token.column}
        return tree.Form(_set_all, (owner,), tuple(parts), (name,), **place)

    def _setting(self, owner: Expr) -> Expr:
        at = self.token
        place: dict[str, Any] = {"line": at.line, "column": at.column}
        name = self.name("a property")
        if self.skip("("):
            return tree.Call(owner, name, self._listed(")"), **place)
        op = self.next().text if self.is_sign("+=", "-=", "*=", "/=") else ""
        if not op:
            self.expect("=")
        return tree.Assign(tree.Field(owner, name, **place), op[:-1], self.expression(), **place)


def _is_function(node: Stmt) -> TypeGuard[tree.Local]:
    return isinstance(node, tree.Local) and isinstance(node.names[0][2], tree.Lambda)


def _assigned(node: tree.Local) -> Stmt:
    """The same function, kept in a local that is there already."""
    place: dict[str, Any] = {"line": node.line, "column": node.column}
    name, _, made = node.names[0]
    assert isinstance(made, tree.Lambda)
    value = tree.Lambda(made.parameters, made.body, **place)
    return tree.Expression(tree.Assign(tree.Name(name, **place), "", value, **place), **place)


def _asserted(f: Frame, value: Value) -> Value:
    if value is not True:
        raise throw("AssertionError", "assertion failed in expression")
    return True


def _first_of(slots: list[int], outer: Any, parts: Any, cost: int) -> Any:
    *first, last = outer

    def run(f: Frame) -> Value:
        for operand in first:
            value = operand(f)
            if either(f, value):
                return value
        return last(f)

    return run


def _unless_null(slots: list[int], outer: Any, parts: Any, cost: int) -> Any:
    (owner,), (rest,), (slot,) = outer, parts, slots

    def run(f: Frame) -> Value:
        value = owner(f)
        if value is None:
            return None
        f.slots[slot] = value
        return rest(f)

    return run


def _set_all(slots: list[int], outer: Any, parts: Any, cost: int) -> Any:
    (owner,), (slot,) = outer, slots

    def run(f: Frame) -> Value:
        value = owner(f)
        if value is None:
            raise throw("NullPointerException", "with null")
        for part in parts:
            f.slots[slot] = value
            part(f)
        return value

    return run


def parse(source: str) -> tuple[tuple[Stmt, ...], list[str]]:
    """The statements of a text, and what it imports. Raises ``ScriptSyntax``."""
    parser = Mvel(tokens(source, single_quoted_text=True), GRAMMAR)
    return parser.program(), parser.imports
