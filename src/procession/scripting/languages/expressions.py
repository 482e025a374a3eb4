"""Expressions of the curly-brace languages, by precedence climbing.

Operators of one precedence become one :class:`~procession.scripting.tree.Chain`, so that long sums
do not nest.
"""

from __future__ import annotations

from typing import Final

from procession.scripting import tree
from procession.scripting.languages.cursor import MAX_NESTING, PRIMITIVES
from procession.scripting.languages.lambdas import Lambdas
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Expr, TypeName
from procession.values import Long

RELATIONAL: Final = 7
_ASSIGNMENTS: Final = frozenset(
    {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>="}
)
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Expressions(Lambdas):
    """Parses expressions."""

    def expression(self) -> Expr:
        """An expression, assignment included."""
        self.deeper()
        token = self.token
        left = self._ternary()
        if self.is_sign(*_ASSIGNMENTS):
            if not isinstance(left, tree.Name | tree.Field | tree.Index):
                self.refuse("only a variable, a property or an element can be assigned to")
            op = self.next().text[:-1]
            left = tree.Assign(left, op, self.expression(), line=token.line, column=token.column)
        self.depth -= 1
        return left

    def _ternary(self) -> Expr:
        token = self.token
        test = self._binary(1)
        if not self.is_sign("?"):
            return test
        self.next()
        yes = self.expression()
        self.expect(":")
        no = self.expression()
        return tree.Ternary(test, yes, no, line=token.line, column=token.column)

    def _operator(self) -> tuple[str, int]:
        token = self.token
        if token.kind is Kind.LITERAL or token.kind is Kind.END:
            return "", 0
        op = self.grammar.same_as.get(token.text, token.text)
        return op, self.grammar.operators.get(op, 0)

    def _binary(self, least: int) -> Expr:
        token = self.token
        left = self._unary()
        op, binds = self._operator()
        while binds >= least:
            where = self.token
            if op == "instanceof":
                self.next()
                kind = self.type_name()
                left = tree.InstanceOf(left, kind, line=where.line, column=where.column)
                op, binds = self._operator()
                continue
            left, op, binds = self._same_level(left, op, binds, token)
        return left

    def _same_level(self, left: Expr, op: str, binds: int, start: Token) -> tuple[Expr, str, int]:
        first, level = left, binds
        rest: list[tuple[str, Expr]] = []
        while binds == level and op != "instanceof":
            self.next()
            rest.append((op, self._binary(level + 1)))
            op, binds = self._operator()
        place = {"line": start.line, "column": start.column}
        if level <= 2:
            operands = (first, *[operand for _, operand in rest])
            made: Expr = tree.Logical("||" if level == 1 else "&&", operands, **place)
        else:
            made = tree.Chain(first, tuple(rest), **place)
        return made, op, binds

    def _unary(self) -> Expr:
        token = self.token
        if token.kind is Kind.SIGN and token.text in ("!", "-", "+", "~", "++", "--"):
            self.deeper()
            self.next()
            if token.text == "-" and self._is_smallest():
                made: Expr = self._smallest(token)
            elif token.text in ("++", "--"):
                target = self._unary()
                if not isinstance(target, tree.Name | tree.Field | tree.Index):
                    self.refuse(f"'{token.text}' needs a variable", token)
                made = tree.Step(target, token.text[0], True, line=token.line, column=token.column)
            else:
                operand = self._unary()
                made = tree.Unary(token.text, operand, line=token.line, column=token.column)
            self.depth -= 1
            return made
        if token.kind is Kind.SIGN and token.text == "(":
            cast = self._cast()
            if cast is not None:
                return cast
        return self._postfix(self._primary())

    def _is_smallest(self) -> bool:
        value = self.token.value
        return (type(value) is int and value == 1 << 31) or (
            type(value) is Long and value == 1 << 63
        )

    def _smallest(self, token: Token) -> Expr:
        value = self.next().value
        negative = Long(-value) if type(value) is Long else -value
        return tree.Literal(negative, line=token.line, column=token.column)

    def _cast(self) -> Expr | None:
        start, token = self.at, self.next()
        kind = self.maybe_type()
        if kind is not None and self.is_sign("&"):
            self.at = start
            return None
        if kind is None or not self.skip(")") or not self._operand_follows(kind):
            self.at = start
            return None
        self.deeper()
        operand = self._unary()
        self.depth -= 1
        return tree.Cast(kind, operand, line=token.line, column=token.column)

    def _operand_follows(self, kind: TypeName) -> bool:
        token = self.token
        if token.newline and self.grammar.newline_ends:
            return False
        if token.kind is Kind.LITERAL:
            return True
        if token.kind is Kind.NAME:
            word = self.grammar.same_as.get(token.text, token.text)
            return word not in self.grammar.operators and word not in ("in", "if", "else")
        if token.text in ("(", "!", "~"):
            return True
        return token.text in ("-", "+", "++", "--") and kind.name in PRIMITIVES

    # -- what stands by itself -----------------------------------------------------------------

    def _primary(self) -> Expr:
        token = self.token
        place = {"line": token.line, "column": token.column}
        if token.kind is Kind.LITERAL:
            if self._is_smallest():
                self.refuse(f"the number {token.text} is too large")
            self.next()
            return tree.Literal(token.value, **place)
        if token.kind is Kind.NAME:
            return self._word(token)
        if token.text == "(":
            return self._parenthesis()
        if self.grammar.extras and token.text == "[":
            return self._inline_list(token)
        if self.grammar.extras and token.text == "{":
            self.next()
            return tree.ListLiteral(self._listed("}"), **place)
        self.refuse(f"expected an expression but found {self.found()}")

    def _word(self, token: Token) -> Expr:
        place = {"line": token.line, "column": token.column}
        word = token.text
        if word in _CONSTANTS:
            self.next()
            return tree.Literal(_CONSTANTS[word], **place)
        if word == "new":
            return self._new()
        if word in PRIMITIVES:
            kind = self.type_name()
            if self.is_sign("::"):
                return self.array_maker(kind, token)
            self.expect(".")
            self.expect("class")
            return tree.ClassLiteral(kind, **place)
        if self.grammar.extras and word in ("nil", "empty", "isdef"):
            return self._extra(word, token)
        if word in self.grammar.keywords:
            self.refuse(f"expected an expression but found {self.found()}")
        self.next()
        if self.is_sign("->"):
            return self.lambda_of((word,), token)
        if self.is_sign("(") and not self._line_ended():
            self.next()
            args = self._listed(")")
            return tree.Call(None, word, args, line=token.line, column=token.column)
        return tree.Name(word, **place)

    def _extra(self, word: str, token: Token) -> Expr:
        self.next()
        if word == "nil":
            return tree.Literal(None, line=token.line, column=token.column)
        if word == "empty":
            return tree.Empty(line=token.line, column=token.column)
        return tree.IsDefined(self.name(), line=token.line, column=token.column)

    def _line_ended(self) -> bool:
        return self.grammar.newline_ends and self.token.newline

    def _parenthesis(self) -> Expr:
        found = self.maybe_lambda(self.token)
        if found is not None:
            return found
        token = self.next()
        if self.is_sign(")"):
            self.refuse("empty parentheses")
        inner = self.expression()
        if self.grammar.extras and self.is_word("in"):
            self.next()
            source = self.expression()
            test = self.expression() if self.skip("if") else None
            self.expect(")")
            return tree.Projection(inner, source, test, line=token.line, column=token.column)
        self.expect(")")
        return inner

    def _inline_list(self, token: Token) -> Expr:
        place = {"line": token.line, "column": token.column}
        self.next()
        if self.is_sign(":") and self.ahead().text == "]":
            self.at += 2
            return tree.MapLiteral((), **place)
        if self.skip("]"):
            return tree.ListLiteral((), **place)
        first = self.expression()
        if not self.skip(":"):
            more = self._listed("]") if self.skip(",") else ()
            if not more:
                self.skip("]")
            return tree.ListLiteral((first, *more), **place)
        pairs = [(first, self.expression())]
        while self.skip(",") and not self.is_sign("]"):
            key = self.expression()
            self.expect(":")
            pairs.append((key, self.expression()))
        self.expect("]")
        return tree.MapLiteral(tuple(pairs), **place)

    def _listed(self, end: str) -> tuple[Expr, ...]:
        items: list[Expr] = []
        while not self.skip(end):
            if items:
                self.expect(",")
                if end in "}]" and self.skip(end):
                    break
            items.append(self.expression())
        return tuple(items)

    def _new(self) -> Expr:
        token = self.next()
        place = {"line": token.line, "column": token.column}
        kind = self.maybe_type(brackets=False)
        if kind is None:
            self.refuse(f"expected a class but found {self.found()}")
        if self.skip("("):
            args = self._listed(")")
            if self.is_sign("{") and not self._line_ended():
                self.refuse("classes cannot be defined in scripts")
            return tree.New(kind, args, **place)
        sizes: list[Expr] = []
        dims = 0
        while self.is_sign("[") and not self._line_ended():
            self.next()
            if not self.is_sign("]"):
                sizes.append(self.expression())
            self.expect("]")
            dims += 1
        if not dims:
            self.refuse(f"expected '(' or '[' but found {self.found()}")
        array = TypeName(kind.name, dims)
        items = self.array_items(array) if not sizes and self.is_sign("{") else None
        if items is None and not sizes:
            self.refuse("an array needs a size or its elements")
        return tree.NewArray(array, tuple(sizes), items, **place)

    def array_items(self, array: TypeName) -> tuple[Expr, ...]:
        """``{a, {b, c}}``: the elements of an array, arrays inside included."""
        inside = TypeName(array.name, max(1, array.dims - 1))
        self.deeper()
        self.expect("{")
        items: list[Expr] = []
        while not self.skip("}"):
            if items:
                self.expect(",")
                if self.skip("}"):
                    break
            token = self.token
            if token.text == "{" and token.kind is Kind.SIGN:
                place = {"line": token.line, "column": token.column}
                items.append(tree.NewArray(inside, (), self.array_items(inside), **place))
            else:
                items.append(self.expression())
        self.depth -= 1
        return tuple(items)

    # -- what follows --------------------------------------------------------------------------

    def _postfix(self, made: Expr) -> Expr:
        length = 0
        while self.token.kind is Kind.SIGN:
            token = self.token
            if token.text in (".", ".?", "?."):
                made = self._member(made, token)
            elif token.text == "[" and self.ahead().text == "]":
                made = self.array_maker(self._array_of(made, token), token)
            elif token.text == "[" and not self._line_ended():
                self.next()
                index = self.expression()
                self.expect("]")
                made = tree.Index(made, index, line=token.line, column=token.column)
            elif token.text in ("++", "--") and not token.newline:
                if not isinstance(made, tree.Name | tree.Field | tree.Index):
                    self.refuse(f"'{token.text}' needs a variable")
                self.next()
                made = tree.Step(made, token.text[0], False, line=token.line, column=token.column)
            elif token.text == "::":
                made = self.reference(made, token)
            else:
                break
            length += 1
            if length > MAX_NESTING:
                self.refuse(f"more than {MAX_NESTING} calls in one chain; use a variable")
        return made

    def _member(self, made: Expr, token: Token) -> Expr:
        self.next()
        safe = token.text != "." or (self.grammar.extras and self.skip("?"))
        if self.is_word("class"):
            self.next()
            return self._class_of(made, token)
        if self.is_sign("<"):
            self._type_arguments()
        word = self.token
        if word.kind is not Kind.NAME:
            self.refuse(f"expected a name after '.' but found {self.found()}")
        self.next()
        if self.is_sign("(") and not self._line_ended():
            self.next()
            args = self._listed(")")
            return tree.Call(made, word.text, args, safe, line=word.line, column=word.column)
        return tree.Field(made, word.text, safe, line=word.line, column=word.column)

    def _array_of(self, made: Expr, token: Token) -> TypeName:
        dims = 0
        while self.skip("["):
            self.expect("]")
            dims += 1
        return TypeName(self._dotted(made, token), dims)

    def _class_of(self, made: Expr, token: Token) -> Expr:
        kind = TypeName(self._dotted(made, token))
        return tree.ClassLiteral(kind, line=token.line, column=token.column)

    def _dotted(self, made: Expr, token: Token) -> str:
        parts: list[str] = []
        at = made
        while isinstance(at, tree.Field):
            parts.append(at.name)
            at = at.target
        if not isinstance(at, tree.Name):
            self.refuse("the name of a class is expected", token)
        parts.append(at.name)
        return ".".join(reversed(parts))
