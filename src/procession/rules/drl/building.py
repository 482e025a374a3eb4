"""A rule base from its sources: all files are read, then types, functions, queries and rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from procession.core.live import Shape
from procession.core.ports import ScriptEvaluator
from procession.rules.drl import tree
from procession.rules.drl.declarations import shapes_of
from procession.rules.drl.names import Names
from procession.rules.drl.parser import Parser
from procession.rules.drl.paths import Alphas
from procession.rules.drl.problems import Mistake
from procession.rules.drl.rules import RuleCompiler
from procession.rules.drl.sharing import Shared
from procession.rules.drl.tree import FileText
from procession.rules.matcher.network import Network, Path, Query
from procession.rules.rule_base import QueryInfo, RuleBase, RuleInfo, RuleProblem, RuleSource
from procession.values import EMPTY

VERSION: Final = 2
"""Counts up when stored state of older compilers cannot be taken as it is."""
SYSTEM_GROUP: Final = "DROOLS_SYSTEM"


class Building:
    """One compilation."""

    def __init__(self, scripts: ScriptEvaluator, types: Mapping[str, Mapping[str, str]]) -> None:
        self.scripts = scripts
        self.live = scripts.live
        self.types = types
        self.problems: list[RuleProblem] = []
        self.files: list[tuple[FileText, str]] = []
        self.shapes: dict[str, Shape] = {}
        self.globals: dict[str, str] = {}
        self.alphas = Alphas()
        self.shared = Shared()
        self.paths: list[Path] = []
        self.initial: list[tuple[int, int]] = []
        self.queries: dict[str, Query] = {}
        self.query_texts: dict[str, Any] = {}
        self.infos: list[RuleInfo] = []
        self.rows: dict[str, list[int]] = {}

    def mistake(self, path: str, wrong: Mistake, rule: str = "") -> None:
        """Note a problem; in a spreadsheet its line is a row."""
        line, rows = wrong.line, self.rows.get(path)
        if rows is not None:
            line = rows[min(max(line, 1), len(rows)) - 1]
        self.problems.append(RuleProblem(path, line, wrong.column, wrong.text, rule))

    def read(self, source: RuleSource) -> None:
        """Read one source into the list of files."""
        try:
            text = self._text_of(source)
        except Mistake as wrong:
            self.mistake(source.path, wrong)
            return
        if source.kind == "condition":
            self._condition(source, text)
            return
        try:
            made, mistakes = Parser(text).file(source.path)
        except Mistake as wrong:
            self.mistake(source.path, wrong)
            return
        for one in mistakes:
            self.mistake(source.path, one)
        self.files.append((made, text))

    def _text_of(self, source: RuleSource) -> str:
        if source.kind in ("xls", "xlsx", "csv"):
            from procession.rules.drl.spreadsheets import drl_of

            text, self.rows[source.path] = drl_of(source)
            return text
        if isinstance(source.text, bytes):
            try:
                return source.text.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise Mistake("the file is no text in UTF-8") from None
        return source.text

    def _condition(self, source: RuleSource, text: str) -> None:
        try:
            parser = Parser(text)
            condition = parser.condition()
            if parser.word.kind != "end":
                parser.refuse(f"{parser.found()} is not expected in a condition")
        except Mistake as wrong:
            self.mistake(source.path, wrong, source.path)
            return
        group = tree.Attribute(1, 1, "ruleflow-group", ())
        rule = tree.RuleText(1, 1, source.path, "", (), (group,), condition, ("", 1))
        made = FileText(path=source.path, imports=list(source.imports), rules=[rule])
        place = tree.Place(1, 1)
        made.globals = [(name, kind, place) for name, kind in source.globals.items()]
        self.files.append((made, text))

    def compile(self) -> None:
        """Compile what was read."""
        for file, _ in self.files:
            for name, kind, place in file.globals:
                before = self.globals.setdefault(name, kind)
                if before.rpartition(".")[2] != kind.rpartition(".")[2]:
                    what = f"the global '{name}' is declared as {before} elsewhere"
                    self.mistake(file.path, Mistake(what, place.line, place.column))
        shapes_of(self)
        compilers = []
        for file, text in self.files:
            names = Names(
                self.live,
                file.package,
                tuple(file.imports),
                self.globals,
                self.shapes,
                self.types,
                self._statics(file),
            )
            compilers.append(RuleCompiler(self, file, text, names))
        functions: dict[tuple[str, str], Any] = {}
        for compiler in compilers:
            compiler.functions(functions)
        for compiler in compilers:
            compiler.declare_queries()
        for compiler in compilers:
            compiler.compile_queries()
        for compiler in compilers:
            compiler.compile_rules()

    def _statics(self, file: FileText) -> tuple[str, ...]:
        """Static members that a file imports; functions of other packages are not among them."""
        functions = {f"{one.package}.{f.name}" for one, _ in self.files for f in one.functions}
        found = []
        for name, place in file.statics:
            if self.live.has_static(name):
                found.append(name)
            elif name not in functions:
                what = f"{name} is not available in rules"
                self.mistake(file.path, Mistake(what, place.line, place.column))
        return tuple(found)

    def base(self, sources: Sequence[RuleSource]) -> RuleBase:
        """The finished rule base."""
        network = Network(
            self.alphas.all(),
            tuple(self.paths),
            self.queries,
            self.shapes,
            tuple(self.initial),
        )
        return RuleBase(
            network=network,
            scripts=self.scripts,
            rules=tuple(self.infos),
            queries=tuple(
                QueryInfo(q.name, q.package, q.parameters) for q in self.queries.values()
            ),
            globals=dict(self.globals),
            types=dict(self.types),
            problems=tuple(sorted(self.problems)),
            fingerprint=_fingerprint(sources),
        )


def build(
    sources: Sequence[RuleSource],
    scripts: ScriptEvaluator,
    types: Mapping[str, Mapping[str, str]] = EMPTY,
) -> RuleBase:
    """Compile sources into a rule base, with every problem at once."""
    building = Building(scripts, types)
    for source in sources:
        building.read(source)
    building.compile()
    return building.base(sources)


def _fingerprint(sources: Sequence[RuleSource]) -> str:
    digest = hashlib.sha256(f"{VERSION}".encode())
    for source in sources:
        text = source.text if isinstance(source.text, bytes) else source.text.encode()
        head = f"\0{source.path}\0{source.kind}\0{len(text)}\0{source.imports}\0"
        digest.update(head.encode() + text)
    return digest.hexdigest()
