"""The conditions of a rule: patterns and what joins them."""

from __future__ import annotations

from typing import Final

from procession.rules.drl import tree
from procession.rules.drl.cursor import Cursor
from procession.rules.drl.lexer import NAME, TEXT
from procession.rules.drl.tree import Condition, Pattern, Piece

_ENDS: Final = ("then", "end")
_CODE: Final = ("init", "action", "reverse", "result")


class Conditions(Cursor):
    """Parses conditions."""

    def condition(self) -> tree.And:
        """All conditions up to ``then`` or ``end``."""
        word = self.word
        parts: list[Condition] = []
        while not self.is_word(*_ENDS) and self.word.kind != "end":
            parts.append(self._or())
            self.skip(";")
        return tree.And(word.line, word.column, tuple(parts))

    def _or(self) -> Condition:
        word = self.word
        parts = [self._and()]
        while self.skip("or") or self.skip("||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else tree.Or(word.line, word.column, tuple(parts))

    def _and(self) -> Condition:
        word = self.word
        parts = [self._unary()]
        while self.skip("and") or self.skip("&&"):
            parts.append(self._unary())
        return parts[0] if len(parts) == 1 else tree.And(word.line, word.column, tuple(parts))

    def _unary(self) -> Condition:
        word = self.word
        place = (word.line, word.column)
        if word.kind == NAME and self.ahead().text != ":":
            if word.text in ("not", "exists"):
                self.next()
                if self.is_word("not", "exists") and self.ahead().text != ":":
                    self.refuse(f"'{word.text} {self.word.text}' is not allowed")
                self.deeper()
                part = self._unary()
                self.depth -= 1
                return (tree.Not if word.text == "not" else tree.Exists)(*place, part)
            if word.text == "eval" and self.ahead().text == "(":
                self.next()
                return tree.Evaluation(*place, self.balanced())
            if word.text == "forall" and self.ahead().text == "(":
                self.next()
                return tree.Forall(*place, self._listed())
            if word.text in ("accumulate", "acc") and self.ahead().text == "(":
                self.next()
                return self._accumulation(inline=True)
            if (word.text == "if" and self.ahead().text == "(") or self._is_arm():
                if self.depth:
                    self.refuse(f"'{word.text}' is not allowed inside other conditions")
                return self._branch()
        if self.is_sign("("):
            return self._group()
        return self._bound()

    def _group(self) -> Condition:
        word = self.expect("(")
        self.deeper()
        place = (word.line, word.column)
        if self.is_word("or", "and") and self.ahead().text != ":":
            kind = self.next().text
            parts: list[Condition] = []
            while not self.skip(")"):
                parts.append(self._unary())
            made: Condition = (tree.Or if kind == "or" else tree.And)(*place, tuple(parts))
        else:
            made = self._or()
            self.expect(")")
        self.depth -= 1
        return made

    def _is_arm(self) -> bool:
        return self.is_word("do", "break") and self.ahead().text == "["

    def _branch(self) -> Condition:
        """``if ( … ) do[name] else …`` or ``do[name]``."""
        word = self.word
        arms: list[tree.Arm] = []
        while True:
            at = self.word
            piece = None
            if self.skip("if"):
                piece = self.balanced() if self.is_sign("(") else ()
                if not piece:
                    self.refuse("'if' needs a condition in parentheses", at)
            if not self._is_arm():
                self.refuse(f"expected 'do[…]' or 'break[…]' but found {self.found()}")
            breaks = self.next().text == "break"
            self.expect("[")
            arms.append(tree.Arm(at.line, at.column, piece, self.dotted("a name"), breaks))
            self.expect("]")
            if piece is None or not self.skip("else"):
                break
        return tree.Branch(word.line, word.column, tuple(arms))

    def _listed(self) -> tuple[Condition, ...]:
        self.expect("(")
        parts: list[Condition] = []
        while not self.skip(")"):
            parts.append(self._or())
            self.skip(",")
        return tuple(parts)

    def _bound(self) -> Condition:
        word = self.word
        binding = ""
        if word.kind == NAME and self.ahead().text in (":", ":="):
            binding = self.next().text
            self.next()
            if self.is_sign("("):
                return self._alternatives(binding)
        return self._pattern(binding)

    def _alternatives(self, binding: str) -> Condition:
        """``$x : ( A() or B() )``: the binding is meant for each."""
        word = self.expect("(")
        parts = [self._pattern(binding)]
        while self.skip("or") or self.skip("||"):
            parts.append(self._pattern(binding))
        self.expect(")")
        return tree.Or(word.line, word.column, tuple(parts)) if len(parts) > 1 else parts[0]

    def _pattern(self, binding: str) -> Condition:
        word = self.word
        pull = self.skip("?")
        kind = self.type_name()
        if not self.is_sign("("):
            self.refuse(f"expected '(' after the type {kind} but found {self.found()}")
        positional, constraints = self._constraints()
        if self.is_word("over"):
            self.refuse("windows ('over window:…') are not supported")
        if self.is_sign("@"):
            self.refuse("annotations of patterns (such as @watch) are not supported")
        source = self._source() if self.skip("from") else None
        return Pattern(word.line, word.column, kind, binding, positional, constraints, source, pull)

    def _constraints(self) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        self.expect("(")
        positional: tuple[Piece, ...] = ()
        found: list[Piece] = []
        while not self.skip(")"):
            piece = self.piece_until(",", ";", ")")
            if piece:
                found.append(piece)
            if self.skip(";"):
                positional, found = tuple(found), []
            elif self.skip(",") and not piece:
                self.refuse("a constraint is missing before ','")
        return positional, tuple(found)

    # -- from ------------------------------------------------------------------------------------

    def _source(self) -> tree.Source:
        word = self.word
        place = (word.line, word.column)
        if self.hyphenated() == "entry-point":
            self.skip_hyphenated("entry-point")
            return tree.EntryPoint(*place, self.text("the name of an entry point"))
        if word.text == "collect" and self.ahead().text == "(":
            self.next()
            self.expect("(")
            pattern = self._or()
            self.skip(";")
            self.expect(")")
            return tree.Collect(*place, pattern)
        if word.text in ("accumulate", "acc") and self.ahead().text == "(":
            self.next()
            return self._accumulation(inline=False)
        return tree.FromExpression(*place, self._expression())

    def _expression(self) -> Piece:
        start = self.at
        if self.is_sign("(", "["):
            self.balanced()
        elif self.word.kind == TEXT or self.word.kind == "number":
            self.next()
        elif self.skip("new"):
            self.type_name()
            if self.is_sign("("):
                self.balanced()
        else:
            self.name("an expression after 'from'")
        while True:
            if self.is_sign(".") and self.ahead().kind == NAME:
                self.at += 2
            elif self.is_sign("(", "[") and self._same_line():
                self.balanced()
            else:
                break
        return tuple(self.words[start : self.at])

    def _same_line(self) -> bool:
        return self.word.line == self.words[self.at - 1].line

    def _accumulation(self, *, inline: bool) -> tree.Accumulation:
        word = self.expect("(")
        place = (word.line, word.column)
        parts = [self._or()]
        while self._more_conditions():
            parts.append(self._or())
        condition = parts[0] if len(parts) == 1 else tree.And(*place, tuple(parts))
        if not (self.skip(";") or self.skip(",")) and not self.is_word(*_CODE):
            self.refuse(f"expected ';' or ',' but found {self.found()}")
        if self.is_word("init") and self.ahead().text == "(":
            custom = self._custom()
            self.expect(")")
            return tree.Accumulation(*place, condition, (), custom)
        functions = [self._function(inline)]
        while self.skip(","):
            functions.append(self._function(inline))
        constraints: list[Piece] = []
        if self.skip(";"):
            while not self.is_sign(")"):
                constraints.append(self.piece_until(",", ")"))
                self.skip(",")
        self.expect(")")
        return tree.Accumulation(*place, condition, tuple(functions), None, tuple(constraints))

    def _more_conditions(self) -> bool:
        """Whether another pattern follows a comma, and not yet a function."""
        if not self.is_sign(","):
            return False
        start = self.at
        self.next()
        if self.is_word("init") and self.ahead().text == "(":
            self.at = start
            return False
        named = self.word.kind == NAME and self.ahead().text == ":"
        kind = self.ahead(2) if named else self.word
        if kind.kind == NAME and (kind.text[:1].isupper() or kind.text in ("not", "exists")):
            return True
        self.at = start
        return False

    def _function(self, inline: bool) -> tree.Function:
        word = self.word
        binding = ""
        if word.kind == NAME and self.ahead().text == ":":
            binding = self.next().text
            self.next()
        name = self.name("an accumulate function")
        self.expect("(")
        arguments: list[Piece] = []
        while not self.is_sign(")"):
            arguments.append(self.piece_until(",", ")"))
            self.skip(",")
        self.expect(")")
        return tree.Function(word.line, word.column, binding, name, tuple(arguments))

    def _custom(self) -> tree.Custom:
        word = self.word
        texts: dict[str, tuple[str, int]] = {}
        while self.is_word(*_CODE):
            name = self.next().text
            if not self.is_sign("("):
                self.refuse(f"expected '(' but found {self.found()}")
            texts[name] = self.raw()
            self.skip(",")
            self.skip(";")
        missing = [name for name in ("init", "action", "result") if name not in texts]
        if missing:
            self.refuse(f"accumulate needs '{missing[0]}(…)'", word)
        return tree.Custom(
            word.line,
            word.column,
            texts["init"],
            texts["action"],
            texts.get("reverse"),
            texts["result"],
        )
