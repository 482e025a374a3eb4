"""Statements of the curly-brace languages."""

from __future__ import annotations

from procession.scripting import tree
from procession.scripting.languages.expressions import Expressions
from procession.scripting.languages.modifying import modify_block
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Block, Expr, Stmt, TypeName

_REFUSED = {
    "class": "classes cannot be defined in scripts",
    "interface": "interfaces cannot be defined in scripts",
    "enum": "enums cannot be defined in scripts",
    "function": "write a function as 'def name(a) { … }'",
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
            "synchronized": self._synchronized,
            "break": self._jump,
            "continue": self._jump,
        }.get(word)
        if parse is not None and (word in self.grammar.keywords):
            return parse()
        labelled = self.ahead().text == ":" and word not in self.grammar.keywords
        if labelled and not self.grammar.extras:
            self.at += 2
            return tree.Labelled(word, self.body(), line=token.line, column=token.column)
        if word in ("def", "function") and self.grammar.extras and self.ahead(2).text == "(":
            return self._function()
        if word == "modify" and self.ahead().text == "(":
            return modify_block(self)
        if word in _REFUSED and word in self.grammar.keywords:
            self.refuse(_REFUSED[word])
        return None

    def _function(self) -> Stmt:
        """MVEL's ``def name(a, b) { … }``: its value is that of its last expression."""
        token = self.next()
        name = self.name()
        names, body = self.signature(), self.block()
        made = Block(tree.valued(body.body), line=body.line, column=body.column)
        place = {"line": token.line, "column": token.column}
        value = tree.Lambda(names, made, name, line=token.line, column=token.column)
        return tree.Local(None, ((name, 0, value),), **place)

    def signature(self) -> tuple[str, ...]:
        """``(int a, b)``: the names of parameters; their types say nothing."""
        self.expect("(")
        names: list[str] = []
        while not self.skip(")"):
            if names:
                self.expect(",")
            if self.ahead().kind is Kind.NAME:
                self.type_name()
            names.append(self.name())
        return tuple(names)

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
        resources = self._resources() if self.is_sign("(") else []
        body = self.block()
        if resources:
            body = self._closing(resources, body)
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
        if not catches and last is None and resources:
            return body
        if not catches and last is None:
            self.refuse("'try' needs 'catch' or 'finally'", token)
        return tree.Try(body, tuple(catches), last, line=token.line, column=token.column)

    def _resources(self) -> list[tuple[str, TypeName | None, Expr, Token]]:
        """``(Type a = b; c)``: what is closed at the end."""
        self.expect("(")
        found: list[tuple[str, TypeName | None, Expr, Token]] = []
        while not self.skip(")"):
            token = self.token
            local = self._local()
            if isinstance(local, tree.Local) and local.names[0][2] is not None:
                found.append((local.names[0][0], local.type, local.names[0][2], token))
            elif local is None:
                found.append((f"resource {len(found)}", None, self.expression(), token))
            else:
                self.refuse("a resource needs a value", token)
            if not self.skip(";") and not self.is_sign(")"):
                self.refuse(f"expected ')' but found {self.found()}")
        if not found:
            self.refuse("'try (…)' needs a resource")
        return found

    def _closing(
        self, resources: list[tuple[str, TypeName | None, Expr, Token]], body: Block
    ) -> Block:
        for name, kind, value, token in reversed(resources):
            place = {"line": token.line, "column": token.column}
            body = Block((tree.Using(name, kind, value, body, **place),), **place)
        return body

    def _synchronized(self) -> Stmt:
        """A script runs by itself: only the block counts, once its object is there."""
        token = self.next()
        lock = tree.Expression(self._condition(), line=token.line, column=token.column)
        return Block((lock, self.block()), line=token.line, column=token.column)

    def _jump(self) -> Stmt:
        token = self.next()
        label = ""
        if self.token.kind is Kind.NAME and not self.token.newline and not self.grammar.extras:
            label = self.name("a label")
        self._end()
        made = tree.Break if token.text == "break" else tree.Continue
        return made(label, line=token.line, column=token.column)

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
            array = TypeName(kind.name, max(1, kind.dims + dims))
            items = self.array_items(array)
            return tree.NewArray(array, (), items, line=token.line, column=token.column)
        return self.expression()
