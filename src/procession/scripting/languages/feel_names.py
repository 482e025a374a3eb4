"""What FEEL calls by name: variables, functions and their arguments, contexts, loops."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from procession.core.ports import ScriptSyntax
from procession.scripting import tree
from procession.scripting.feel import forms, operators
from procession.scripting.feel.dates import BUILTINS
from procession.scripting.feel.external import external_function
from procession.scripting.feel.types import Type
from procession.scripting.feel.values import plain
from procession.scripting.languages.feel_cursor import Cursor
from procession.scripting.languages.feel_types import read_type
from procession.scripting.lexer import Kind, Token
from procession.scripting.tree import Expr
from procession.values import Value

ITEM = "item"


class NameReader(Cursor, ABC):
    """Reads names; what an expression is, :class:`~.feel.Reader` says."""

    @abstractmethod
    def expression(self) -> Expr:
        """Any expression."""

    @abstractmethod
    def end_of_range(self) -> Expr:
        """What may stand after ``..`` outside of brackets."""

    def name(self) -> Expr:
        """A name, or a call of a built-in function."""
        token = self.token
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        name = self.longest() or self.words()
        is_local = any(isinstance(scope, dict) and name in scope for scope in self.scopes)
        is_hidden = is_local or name in self.known
        if self.is_next("(") and name in BUILTINS and not is_hidden:
            return self._built_in(token, name)
        if name == ITEM and any(isinstance(scope, str) for scope in self.scopes) and not is_local:
            hidden = next(scope for scope in reversed(self.scopes) if isinstance(scope, str))
            return self._resolved(
                token, name, self.apply(token, lambda f, v: plain(v), tree.Name(hidden, **place))
            )
        return self._resolved(token, name, None)

    def _resolved(self, token: Token, name: str, itself: Expr | None) -> Expr:
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        items: list[Expr] = []
        otherwise: Expr | None = itself
        for scope in reversed(self.scopes):
            if isinstance(scope, str):
                items.append(tree.Name(scope, **place))
            elif name in scope and otherwise is None:
                otherwise = tree.Name(scope[name], **place)
                self.used.add(scope[name])
                break
        if otherwise is None and name in BUILTINS and name not in self.known:
            otherwise = tree.Form(forms.built_in(name), (), **place)
        if otherwise is None and name in self.known:
            otherwise = tree.Name(name, **place)
        if otherwise is None:
            if not items:
                self.unknown.append(name)
            is_checked = self.is_strict and self.known and not items
            kind = tree.Name if is_checked else tree.MaybeName
            otherwise = kind(name, **place)
        if not items:
            return otherwise
        return tree.Form(forms.scoped(name, len(items)), (*items, otherwise), **place)

    def arguments(self) -> tuple[list[Expr], list[str]]:
        """Arguments in parentheses, and their names if they are given by name."""
        self.expect("(")
        args: list[Expr] = []
        names: list[str] = []
        while not self.skip(")"):
            if args:
                self.expect(",")
            start = self.at
            if self.token.kind is Kind.NAME:
                name = self._argument_name()
                if name is not None:
                    names.append(name)
                else:
                    self.at = start
            args.append(self.expression())
        if names and len(names) != len(args):
            self.refuse("arguments are given by name or by position, not both")
        return args, names

    def _argument_name(self) -> str | None:
        try:
            name = self.new_name(":", ",", ")", "(", "{", "[")
        except ScriptSyntax:
            return None
        return name if self.skip(":") else None

    def _built_in(self, token: Token, name: str) -> Expr:
        known = BUILTINS[name]
        start = self.at
        args, names = self.arguments()
        try:
            if names:
                args = self.by_name(name, dict(zip(names, args, strict=True)))
            if not any(low <= len(args) <= high for low, high in known.arities):
                self.refuse(f"'{name}' does not take {len(args)} arguments")
        except ScriptSyntax as fault:
            if self.is_strict:
                raise
            end, self.at = self.at, start
            text = f"{fault}"
            self.at = end
            return self.apply(token, lambda f: operators.noted(f, text))
        return self.apply(token, known.run, *args)

    # -- what makes names ----------------------------------------------------------------------

    def context(self) -> Expr:
        """``{name: value, …}``."""
        self.expect("{")
        scope: dict[str, str] = {}
        self.scopes.append(scope)
        names: list[str] = []
        slots: list[str] = []
        parts: list[Expr] = []
        while not self.skip("}"):
            if names:
                self.expect(",")
            if self.token.kind is Kind.LITERAL and isinstance(self.token.value, str):
                name = self.token.value
                self.at += 1
            else:
                name = self.new_name(":", ",", "}")
            self.expect(":")
            hidden = self.fresh(name)
            parts.append(self.expression())
            names.append(name)
            slots.append(hidden)
            scope[name] = hidden
        self.scopes.pop()
        return self.form(forms.context(tuple(names)), (), tuple(parts), tuple(slots))

    def loop(self) -> Expr:
        """``for … in … return …``."""
        self.at += 1
        return self._iterated("return", forms.loop)

    def quantified(self) -> Expr:
        """``some`` and ``every``."""
        stop = self.token.text == "some"
        self.at += 1
        return self._iterated("satisfies", lambda nested: forms.quantified(stop))

    def _iterated(self, word: str, make: Callable[[bool], Callable[..., Value]]) -> Expr:
        self.depth += 1
        if self.depth > 50:
            self.refuse("more than 50 nested loops")
        name = self.words()
        self.expect("in")
        source = self._source()
        hidden, partial = self.fresh(name), self.fresh("partial")
        is_loop = word == "return"
        self.scopes.append({name: hidden, "partial": partial} if is_loop else {name: hidden})
        is_nested = self.skip(",")
        if is_nested:
            body = self._iterated(word, make)
        else:
            self.expect(word)
            body = self.expression()
        self.scopes.pop()
        self.depth -= 1
        if not is_loop:
            return self.form(make(is_nested), (source,), (body,), (hidden,))
        made = forms.loop(is_nested, partial in self.used)
        return self.form(made, (source,), (body,), (hidden, partial))

    def _source(self) -> Expr:
        token = self.token
        first = self.expression()
        if not self.skip(".."):
            return first
        return self.apply(token, operators.stretch, first, self.end_of_range())

    def _described(self) -> Expr:
        """The context behind ``external``."""
        start = self.at
        described = self.expression()
        words = [one.text for one in self.tokens[start : self.at]]
        for needed in ("class", "signature"):
            if needed not in words:
                self.refuse("an external function needs java: {class: …, method signature: …}")
        return described

    def function(self) -> Expr:
        """``function(a, b: number) body``."""
        token = self.token
        self.at += 1
        self.expect("(")
        scope: dict[str, str] = {}
        types: list[Type | None] = []
        while not self.skip(")"):
            if scope:
                self.expect(",")
            name = self.new_name(",", ")", ":")
            scope[name] = self.fresh(name)
            types.append(read_type(self) if self.skip(":") else None)
        place: dict[str, Any] = {"line": token.line, "column": token.column}
        if self.skip("external"):
            if "pmml" in [one.text for one in self.tokens[self.at : self.at + 2]]:
                self.refuse("functions in PMML are not available")
            described = self._described()
            return tree.Form(external_function(tuple(scope)), (described,), (), (), **place)
        self.scopes.append(scope)
        body = self.expression()
        self.scopes.pop()
        make = forms.function(tuple(scope), tuple(types))
        return tree.Form(make, (), (body,), tuple(scope.values()), **place)
