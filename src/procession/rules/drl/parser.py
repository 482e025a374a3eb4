"""A whole rule file: package, imports, globals, types, functions, queries and rules."""

from __future__ import annotations

from typing import Final

from procession.rules.drl import tree
from procession.rules.drl.conditions import Conditions
from procession.rules.drl.constraints import split
from procession.rules.drl.cursor import as_text, unquoted
from procession.rules.drl.lexer import END, NAME, NUMBER, SIGN, TEXT, Token
from procession.rules.drl.problems import Mistake
from procession.rules.drl.tree import FileText, Place

ATTRIBUTES: Final = frozenset(
    [
        "salience",
        "no-loop",
        "lock-on-active",
        "auto-focus",
        "enabled",
        "agenda-group",
        "ruleflow-group",
        "activation-group",
        "date-effective",
        "date-expires",
        "dialect",
        "duration",
        "timer",
        "calendars",
    ]
)
_FLAGS: Final = frozenset({"no-loop", "lock-on-active", "auto-focus"})
_STARTS: Final = frozenset({"rule", "query", "declare", "function", "import", "global", "package"})


class Parser(Conditions):
    """Parses a file; goes on after a mistake with the next statement."""

    def file(self, path: str) -> tuple[FileText, list[Mistake]]:
        """The file and every mistake in it."""
        made, mistakes = FileText(path=path), []
        defaults: list[tree.Attribute] = []
        while self.word.kind != END:
            try:
                self._statement(made, defaults)
            except Mistake as mistake:
                mistakes.append(mistake)
                self._recover()
        return made, mistakes

    def _recover(self) -> None:
        self.depth = 0
        while self.word.kind != END:
            word = self.next()
            if word.kind == NAME and word.text == "end":
                self.skip(";")
                if self.word.kind == END or self.word.text in _STARTS:
                    return
            elif (
                self.word.kind == NAME
                and self.word.text in ("rule", "query", "declare")
                and self.word.line != word.line
                and self.word.column == 1
            ):
                return

    def _statement(self, made: FileText, defaults: list[tree.Attribute]) -> None:
        word = self.word
        if self.skip(";"):
            return
        if word.kind != NAME:
            self.refuse(f"expected a rule or a declaration but found {self.found()}")
        handler = {
            "package": self._package,
            "import": self._import,
            "global": self._global,
            "declare": self._declare,
            "function": self._function_text,
            "query": self._query,
        }.get(word.text)
        if handler is not None:
            self.next()
            handler(made)
        elif word.text == "rule":
            self.next()
            made.rules.append(self._rule(word, tuple(defaults)))
        elif word.text == "expander":
            self.refuse("domain specific languages (DSL files, 'expander') are not supported")
        elif self.hyphenated() in ATTRIBUTES:
            defaults.append(self._attribute())
        else:
            self.refuse(f"'{word.text}' begins no rule and no declaration")

    def _package(self, made: FileText) -> None:
        made.package = self.dotted("the name of a package")
        self.skip(";")

    def _import(self, made: FileText) -> None:
        if self.is_word("function", "static") and self.ahead().kind == NAME:
            word = self.next()
            name = self.dotted("a method", star=True)
            made.statics.append((name, Place(word.line, word.column)))
            self.skip(";")
            return
        if self.is_word("accumulate", "acc") and self.ahead().kind == NAME:
            self.refuse("accumulate functions of Java classes cannot be imported")
        made.imports.append(self.dotted("a class", star=True))
        self.skip(";")

    def _global(self, made: FileText) -> None:
        word = self.word
        kind = self.type_name()
        made.globals.append((self.name("a name"), kind, Place(word.line, word.column)))
        self.skip(";")

    # -- declared types and functions ------------------------------------------------------------

    def _annotations(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        while self.skip("@"):
            name = self.dotted("an annotation")
            piece = self.balanced() if self.is_sign("(") else ()
            single = len(piece) == 1 and piece[0].kind == TEXT
            value = unquoted(piece[0].text) if single else as_text(self.source, piece)
            found.append((name, value))
        return tuple(found)

    def _declare(self, made: FileText) -> None:
        word = self.word
        if self.is_word("enum", "trait", "window") or self.hyphenated() == "entry-point":
            kind = self.hyphenated()
            if kind == "enum" and self.ahead().kind == NAME:
                self.next()
                self._enum(made)
                return
            if self.ahead().kind == NAME or kind == "entry-point":
                if kind != "entry-point":
                    self.refuse(f"'declare {kind}' is not supported")
                self.skip_hyphenated(kind)
                self.text("a name")
                self._annotations()
                self.expect("end")
                return
        self.skip("type")
        name = self.dotted("the name of a type")
        parent = self.dotted("a type") if self.skip("extends") else ""
        if self.is_sign(","):
            self.refuse("a type can extend only one other")
        metadata, fields = self._members(name, word)
        made.types.append(
            tree.TypeText(word.line, word.column, name, parent, tuple(metadata), tuple(fields))
        )

    def _members(
        self, name: str, word: Token
    ) -> tuple[list[tuple[str, str]], list[tree.FieldText]]:
        """Annotations and fields of a type, with its ``end``."""
        metadata = list(self._annotations())
        fields: list[tree.FieldText] = []
        while not self.skip("end"):
            if self.word.kind == END:
                self.refuse(f"'end' is missing behind the type {name}", word)
            if self.is_sign("@"):
                metadata.extend(self._annotations())
                continue
            fields.append(self._field())
        self.skip(";")
        return metadata, fields

    def _enum(self, made: FileText) -> None:
        """``declare enum Colour RED("r"), BLUE("b"); code : String end``."""
        word = self.word
        name = self.dotted("the name of an enum")
        self._annotations()
        constants: list[tree.ConstantText] = []
        while not self.is_sign(";") and not self.is_word("end"):
            at = self.word
            constant = self.name("a constant")
            inside = self.balanced() if self.is_sign("(") else ()
            pieces = [piece for piece in split(inside, ",") if piece]
            for piece in pieces:
                self._literal(piece)
            arguments = tuple(as_text(self.source, piece) for piece in pieces)
            constants.append(tree.ConstantText(at.line, at.column, constant, arguments))
            self.skip(",")
        self.skip(";")
        metadata, fields = self._members(name, word)
        for constant_text in constants:
            if len(constant_text.arguments) != len(fields):
                what = f"the constant {constant_text.name} needs {len(fields)} values"
                raise Mistake(what, constant_text.line, constant_text.column)
        if not constants:
            self.refuse(f"the enum {name} has no constants", word)
        made.types.append(
            tree.TypeText(
                word.line, word.column, name, "", tuple(metadata), tuple(fields), tuple(constants)
            )
        )

    def _literal(self, piece: tree.Piece) -> str:
        """A literal as it is written."""
        initial = as_text(self.source, piece)
        if piece[-1].kind not in (TEXT, NUMBER) and initial not in ("true", "false", "null"):
            self.refuse("the initial value of a field must be a literal", piece[0])
        return initial

    def _field(self) -> tree.FieldText:
        word = self.word
        name = self.name("a field")
        self.expect(":")
        kind = self.type_name()
        initial = None
        if self.skip("="):
            start = self.at
            self.skip("-")
            self.next()
            initial = self._literal(tuple(self.words[start : self.at]))
        notes = dict(self._annotations())
        self.skip(";")
        self.skip(",")
        position = notes.get("position") or notes.get("Position")
        is_key = "key" in notes or "Key" in notes
        return tree.FieldText(
            word.line,
            word.column,
            name,
            kind,
            initial,
            is_key,
            int(position) if position and position.strip().isdigit() else None,
        )

    def _function_text(self, made: FileText) -> None:
        word = self.word
        self.type_name()
        if not self.is_sign("("):
            name = self.name("the name of the function")
        else:
            name = self.words[self.at - 1].text
        parameters = self._parameters()
        if not self.is_sign("{"):
            self.refuse(f"expected '{{' but found {self.found()}")
        body = self.raw()
        made.functions.append(tree.FunctionText(word.line, word.column, name, parameters, body))

    def _parameters(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        self.expect("(")
        while not self.skip(")"):
            kind = self.type_name()
            if self.is_sign(",", ")"):
                found.append((kind, ""))
            else:
                name = self.name("a parameter")
                found.append((name, kind))
            self.skip(",")
        return tuple(found)

    # -- rules and queries -----------------------------------------------------------------------

    def _query(self, made: FileText) -> None:
        word = self.word
        name = self._rule_name("query")
        parameters = self._parameters() if self.is_sign("(") else ()
        self._annotations()
        condition = self.condition()
        self.expect("end")
        self.skip(";")
        made.queries.append(tree.QueryText(word.line, word.column, name, parameters, condition))

    def _rule_name(self, what: str) -> str:
        if self.word.kind == TEXT:
            return unquoted(self.next().text)
        if self.word.kind == NAME:
            return self.dotted(f"the name of the {what}")
        self.refuse(f"expected the name of the {what} but found {self.found()}")

    def _rule(self, word: object, defaults: tuple[tree.Attribute, ...]) -> tree.RuleText:
        first = self.words[self.at - 1]
        name = self._rule_name("rule")
        parent = self._rule_name("rule") if self.skip("extends") else ""
        metadata = self._annotations()
        attributes = list(defaults)
        if self.skip("attributes"):
            self.skip(":")
        while not self.is_word("when", "then"):
            if self.skip(","):
                continue
            if self.word.kind == END or self.hyphenated() not in ATTRIBUTES:
                self.refuse(f"expected an attribute, 'when' or 'then' but found {self.found()}")
            attributes.append(self._attribute())
        if self.skip("when"):
            self.skip(":")
            condition = self.condition()
        else:
            condition = tree.And(first.line, first.column, ())
        first_one, *others = self._consequences(name)
        consequence = first_one[1]
        return tree.RuleText(
            first.line,
            first.column,
            name,
            parent,
            metadata,
            tuple(attributes),
            condition,
            consequence,
            tuple(others),
        )

    def _attribute(self) -> tree.Attribute:
        word = self.word
        name = self.hyphenated()
        self.skip_hyphenated(name)
        start = self.at
        if name in _FLAGS:
            if self.is_word("true", "false"):
                self.next()
        elif self.is_sign("("):
            self.balanced()
        elif name in ("agenda-group", "ruleflow-group", "activation-group", "dialect"):
            self.text("a text")
        elif name in ("timer", "calendars"):
            if self.word.kind != TEXT:
                self.refuse(f"expected '(' but found {self.found()}")
            self.next()
        else:
            self.skip("-")
            self.next()
        self.skip(";")
        piece = tuple(one for one in self.words[start : self.at] if one.text != ";")
        return tree.Attribute(word.line, word.column, name, piece)

    def _consequences(self, name: str) -> list[tuple[str, tuple[str, int]]]:
        """``then … then[name] … end``: names with texts, and the lines on which these begin."""
        found: list[tuple[str, tuple[str, int]]] = []
        first = then = self.expect("then")
        label, start, depth = self._label(), self.words[self.at - 1], 0
        while True:
            word = self.next()
            if word.kind == END:
                self.refuse(f"'end' is missing behind the rule \"{name}\"", first)
            if word.kind == SIGN and word.text in "{}()[]":
                depth += 1 if word.text in "{([" else -1
                continue
            last = word.kind == NAME and word.text == "end" and depth <= 0
            if last or (word.kind == NAME and word.text == "then" and self.is_sign("[")):
                found.append((label, (self.source[start.end : word.start], start.line)))
                if last:
                    break
                then = word
                label, start, depth = self._label(), self.words[self.at - 1], 0
                if any(label == known for known, _ in found):
                    self.refuse(f"the consequence '{label}' is written twice", then)
        self.skip(";")
        if found[0][0]:
            self.refuse("the first consequence has no name", first)
        return found

    def _label(self) -> str:
        """The name of a consequence, if it has one."""
        if not self.skip("["):
            return ""
        label = self.dotted("the name of a consequence")
        self.expect("]")
        return label
