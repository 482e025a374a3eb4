"""Statements of the curly-brace languages."""

from __future__ import annotations

from procession.scripting import tree
from procession.scripting.languages.expressions import Expressions
from procession.scripting.lexer import Kind
from procession.scripting.tree import Block, Expr, Stmt, TypeName

_REFUSED = {
    "class": "classes cannot be defined in scripts",
    "interface": "interfaces cannot be defined in scripts",
    "enum": "enums cannot be defined in scripts",
    "function": "write a function as 'def name(a) { … }'",
    "synchronized": "'synchronized' is not supported: a script runs by itself",
    "assert": "'assert' is not supported; throw an exception",
    "goto": "'goto' is not supported",
}


class Statements(Expressions):
    """Parses the body of a method."""

    def program(self) -> tuple[Stmt, ...]:
        """Everything up to the end."""
        self._imports()
        body: list[Stmt] = []
        while self.token.kind is not Kind.END:
            body.extend(self._statement())
        return tuple(body)

    def _imports(self) -> None:
        while self.is_word("import") and self.ahead().kind is Kind.NAME:
            self.next()
            self.skip("static")
            parts = [self.name("a class")]
            while self.skip("."):
                parts.append("*" if self.skip("*") else self.name("a class"))
            self.imports.append(".".join(parts))
            self._end()

    def _end(self) -> None:
        if self.skip(";"):
            return
        token = self.token
        if token.kind is Kind.END or (token.text == "}" and token.kind is Kind.SIGN):
            return
        if self.grammar.newline_ends and token.newline:
            return
        self.refuse(f"expected ';' but found {self.found()}")

    def _statement(self) -> list[Stmt]:
        """One statement; a list because an empty one is none."""
        if self.skip(";"):
            return []
        self.deeper()
        token = self.token
        made = self._by_word() if token.kind is Kind.NAME else None
        if made is None:
            if token.text == "{" and token.kind is Kind.SIGN:
                made = self.block()
            else:
                made = self._local_or_expression()
        self.depth -= 1
        return [made]

    def body(self) -> Stmt:
        """The statement that a loop or an ``if`` holds."""
        token = self.token
        found = self._statement()
        return found[0] if found else Block((), line=token.line, column=token.column)

    def block(self) -> Block:
        """Statements in braces."""
        token = self.expect("{")
        body: list[Stmt] = []
        while not self.skip("}"):
            if self.token.kind is Kind.END:
                self.refuse("a block is not closed: '}' is missing", token)
            body.extend(self._statement())
        return Block(tuple(body), line=token.line, column=token.column)

    def _by_word(self) -> Stmt | None:
        token = self.token
        word = token.text
        parse = {
            "if": self._if,
            "while": self._while,
            "until": self._while,
            "do": self._do,
            "for": self._for,
            "foreach": self._for,
            "switch": self._switch,
            "return": self._return,
            "throw": self._throw,
            "try": self._try,
            "break": self._jump,
            "continue": self._jump,
        }.get(word)
        if parse is not None and (word in self.grammar.keywords):
            return parse()
        if word in ("def", "function") and self.grammar.extras and self.ahead(2).text == "(":
            return self._function()
        if word == "with" and self.grammar.extras:
            return self._with()
        if word in _REFUSED and word in self.grammar.keywords:
            self.refuse(_REFUSED[word])
        return None

    def _function(self) -> Stmt:
        """MVEL's ``def name(a, b) { … }``: its value is that of its last expression."""
        token = self.next()
        name = self.name()
        self.expect("(")
        names: list[str] = []
        while not self.skip(")"):
            if names:
                self.expect(",")
            if self.ahead().kind is Kind.NAME:
                self.type_name()
            names.append(self.name())
        body = self.block()
        made = Block(tree.valued(body.body), line=body.line, column=body.column)
        place = {"line": token.line, "column": token.column}
        value = tree.Lambda(tuple(names), made, name, line=token.line, column=token.column)
        return tree.Local(None, ((name, 0, value),), **place)

    def _with(self) -> Stmt:
        """MVEL's ``with (x) { a = 1, b = 2 }``: sets properties of ``x``."""
        token = self.next()
        hidden = tree.Name("with what", line=token.line, column=token.column)
        owner = self._condition()
        body: list[Stmt] = [
            tree.Local(None, ((hidden.name, 0, owner),), line=token.line, column=token.column)
        ]
        self.expect("{")
        while not self.skip("}"):
            at = self.token
            field = tree.Field(hidden, self.name("a property"), line=at.line, column=at.column)
            self.expect("=")
            made = tree.Assign(field, "", self.expression(), line=at.line, column=at.column)
            body.append(tree.Expression(made, line=at.line, column=at.column))
            if not (self.skip(",") or self.skip(";")) and not self.is_sign("}"):
                self.refuse(f"expected ',' but found {self.found()}")
        return Block(tuple(body), line=token.line, column=token.column)

    def _condition(self) -> Expr:
        self.expect("(")
        test = self.expression()
        self.expect(")")
        return test

    def _if(self) -> Stmt:
        token = self.next()
        test = self._condition()
        yes = self.body()
        no = self.body() if self.skip("else") else None
        return tree.If(test, yes, no, line=token.line, column=token.column)

    def _while(self) -> Stmt:
        token = self.next()
        test = self._condition()
        sense = token.text == "while"
        return tree.While(test, self.body(), False, sense, line=token.line, column=token.column)

    def _do(self) -> Stmt:
        token = self.next()
        body = self.body()
        if not self.is_word("while", "until"):
            self.refuse(f"expected 'while' but found {self.found()}")
        sense = self.next().text == "while"
        test = self._condition()
        self._end()
        return tree.While(test, body, True, sense, line=token.line, column=token.column)

    def _for(self) -> Stmt:
        token = self.next()
        place = {"line": token.line, "column": token.column}
        self.expect("(")
        each = self._each()
        if each is not None:
            kind, name = each
            source = self.expression()
            self.expect(")")
            return tree.ForEach(kind, name, source, self.body(), **place)
        start: list[Stmt] = []
        if not self.is_sign(";"):
            local = self._local()
            if local is not None:
                start.append(local)
            else:
                start = [tree.Expression(e, **place) for e in self._comma_separated()]
        self.expect(";")
        test = None if self.is_sign(";") else self.expression()
        self.expect(";")
        steps = () if self.is_sign(")") else tuple(self._comma_separated())
        self.expect(")")
        return tree.For(tuple(start), test, steps, self.body(), **place)

    def _each(self) -> tuple[TypeName | None, str] | None:
        start = self.at
        self.skip("final")
        if self.token.kind is Kind.NAME and self.ahead().text in (":", "in"):
            name = self.name()
            self.next()
            return None, name
        kind = self.maybe_type()
        if kind is not None and self.token.kind is Kind.NAME and self.ahead().text == ":":
            name = self.name()
            self.next()
            return (None if kind.name in ("var", "def") else kind), name
        self.at = start
        return None

    def _comma_separated(self) -> list[Expr]:
        found = [self.expression()]
        while self.skip(","):
            found.append(self.expression())
        return found

    def _switch(self) -> Stmt:
        token = self.next()
        subject = self._condition()
        self.expect("{")
        cases: list[tuple[tuple[Expr, ...] | None, tuple[Stmt, ...]]] = []
        while not self.skip("}"):
            labels: tuple[Expr, ...] | None = None
            if not self.skip("default"):
                self.expect("case")
                labels = (self._label(),)
                while self.skip(","):
                    labels = (*labels, self._label())
            if self.is_sign("->"):
                self.refuse("'case … ->' is not supported; use 'case …:' and 'break'")
            self.expect(":")
            body: list[Stmt] = []
            while not self.is_word("case", "default") and not self.is_sign("}"):
                if self.token.kind is Kind.END:
                    self.refuse("a switch is not closed: '}' is missing", token)
                body.extend(self._statement())
            cases.append((labels, tuple(body)))
        return tree.Switch(subject, tuple(cases), line=token.line, column=token.column)

    def _label(self) -> Expr:
        return self._binary(1)

    def _return(self) -> Stmt:
        token = self.next()
        value = None
        following = self.token
        ended = following.kind is Kind.END or self.is_sign(";", "}")
        if not ended and not (self.grammar.newline_ends and following.newline):
            value = self.expression()
        self._end()
        return tree.Return(value, line=token.line, column=token.column)

    def _throw(self) -> Stmt:
        token = self.next()
        value = self.expression()
        self._end()
        return tree.Throw(value, line=token.line, column=token.column)

    def _try(self) -> Stmt:
        token = self.next()
        if self.is_sign("("):
            self.refuse("'try' with resources is not supported; use 'finally'")
        body = self.block()
        catches: list[tuple[tuple[TypeName, ...], str, Block]] = []
        while self.skip("catch"):
            self.expect("(")
            self.skip("final")
            kinds = [self.type_name()]
            while self.skip("|"):
                kinds.append(self.type_name())
            name = self.name()
            self.expect(")")
            catches.append((tuple(kinds), name, self.block()))
        last = self.block() if self.skip("finally") else None
        if not catches and last is None:
            self.refuse("'try' needs 'catch' or 'finally'", token)
        return tree.Try(body, tuple(catches), last, line=token.line, column=token.column)

    def _jump(self) -> Stmt:
        token = self.next()
        if self.token.kind is Kind.NAME and not self.token.newline:
            self.refuse("labels are not supported")
        self._end()
        made = tree.Break if token.text == "break" else tree.Continue
        return made(line=token.line, column=token.column)

    # -- locals and expressions ----------------------------------------------------------------

    def _local_or_expression(self) -> Stmt:
        token = self.token
        made: Stmt | None = self._local()
        if made is None:
            made = tree.Expression(self.expression(), line=token.line, column=token.column)
        self._end()
        return made

    def _local(self) -> Stmt | None:
        start, token = self.at, self.token
        self.skip("final")
        kind = self.maybe_type()
        named = self.token.kind is Kind.NAME and self.token.text not in self.grammar.keywords
        word = self.grammar.same_as.get(self.token.text, self.token.text)
        if kind is None or not named or word in self.grammar.operators or self._newline_between():
            self.at = start
            return None
        names: list[tuple[str, int, Expr | None]] = []
        while True:
            name = self.name()
            dims = 0
            while self.is_sign("[") and self.ahead().text == "]":
                self.at += 2
                dims += 1
            value = self._initial(kind, dims) if self.skip("=") else None
            names.append((name, dims, value))
            if not self.skip(","):
                break
        untyped = kind.name in ("var", "def") and not kind.dims
        place = {"line": token.line, "column": token.column}
        return tree.Local(None if untyped else kind, tuple(names), **place)

    def _newline_between(self) -> bool:
        return self.grammar.newline_ends and self.token.newline

    def _initial(self, kind: TypeName, dims: int) -> Expr:
        token = self.token
        if self.is_sign("{") and (kind.dims + dims or not self.grammar.extras):
            items = self.array_items()
            array = TypeName(kind.name, max(1, kind.dims + dims))
            return tree.NewArray(array, (), items, line=token.line, column=token.column)
        return self.expression()
