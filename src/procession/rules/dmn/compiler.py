"""From documents to an immutable unit of models: every problem at once, nothing run.

A text that cannot be read makes an error and gives null; who deploys refuses a unit with errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from procession.core.formulas import Formula, Formulas, TypeCheck, UnaryTests
from procession.core.ports import ScriptSyntax
from procession.rules.dmn import source
from procession.rules.dmn.boxed import Names, compile_boxed
from procession.rules.dmn.graph import DecisionNode, InputNode, KnowledgeNode, Node, ServiceNode
from procession.rules.dmn.items import Items
from procession.rules.dmn.linking import Linker
from procession.rules.dmn.model import Model, Unit
from procession.rules.dmn.reader import read
from procession.rules.dmn.source import Problem
from procession.rules.dmn.types import ALIASES, ANY, BUILT_IN, BuiltIn, Item, Type, checker

_KINDS: Final[Mapping[type, type[Node]]] = {
    source.InputData: InputNode,
    source.Decision: DecisionNode,
    source.Knowledge: KnowledgeNode,
    source.Service: ServiceNode,
}


class ModelCompiler:
    """Compiles the texts of one model; a :class:`~procession.rules.dmn.boxed.Maker`."""

    def __init__(self, document: source.Definitions, formulas: Formulas) -> None:
        self.document = document
        self.formulas = formulas
        self.problems: list[Problem] = []
        self.types: dict[str, Type] = {}
        self.checks: dict[str, TypeCheck] = {}
        self.members: tuple[str, ...] = ()

    def problem(self, text: str, line: int, element: str, severity: str = "error") -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(severity, element, line, text, self.document.file))

    def formula(
        self, text: str, names: Names, line: int, element: str, language: str = ""
    ) -> Formula | None:
        """An expression."""
        language = language or self.document.language
        if language and "feel" not in language.lower():
            self.problem(f"expressions are written in FEEL, not {language}", line, element)
            return None
        try:
            made = self.formulas.expression(text, names, self.checks, self.members)
        except ScriptSyntax as fault:
            self._refuse(fault, text, line, element)
            return None
        self._warn(made.unknown, line, element)
        return made

    def tests(self, text: str, names: Names, line: int, element: str) -> UnaryTests | None:
        """Unary tests."""
        try:
            made = self.formulas.tests(text, names, self.checks, self.members)
        except ScriptSyntax as fault:
            self._refuse(fault, text, line, element)
            return None
        self._warn(made.unknown, line, element)
        return made

    def _refuse(self, fault: ScriptSyntax, text: str, line: int, element: str) -> None:
        shown = text if len(text) < 80 else text[:77] + "…"
        self.problem(f"{fault}, in: {shown}", line + fault.line - 1, element)

    def _warn(self, unknown: Iterable[str], line: int, element: str) -> None:
        for name in unknown:
            self.problem(f"nothing is called '{name}'; it is null", line, element, "warning")

    def type(self, name: str, line: int, element: str) -> Type | None:
        """A type by its name."""
        if not name:
            return None
        name = ALIASES.get(name, name)
        found = self.types.get(name)
        if found is None and name in BUILT_IN:
            found = BuiltIn(name)
        if found is None:
            self.problem(f"there is no type '{name}'", line, element)
            return ANY
        return None if found == ANY else found


def compile_unit(files: Mapping[str, bytes], formulas: Formulas) -> tuple[Unit, list[Problem]]:
    """Compile the DMN files of a unit, by file name; they may import each other."""
    problems: list[Problem] = []
    compilers: dict[str, ModelCompiler] = {}
    for file, content in sorted(files.items()):
        document, found = read(content, file)
        problems.extend(found)
        if document is None:
            continue
        if document.namespace in compilers:
            other = compilers[document.namespace].document.file
            text = f"the namespace {document.namespace} is that of {other} already"
            problems.append(Problem("error", document.name, 1, text, file))
            continue
        compilers[document.namespace] = ModelCompiler(document, formulas)
    linker = Linker(compilers)
    for compiler in compilers.values():
        compiler.members = tuple(sorted(_members(linker.reached(compiler.document))))
    items = Items(compilers, linker)
    for compiler in compilers.values():
        compiler.types = items.named(compiler)
        compiler.checks = {name: checker(kind) for name, kind in compiler.types.items()}
    items.settle()
    nodes = {
        f"{namespace}#{element.id}": _node(compiler, namespace, element)
        for namespace, compiler in compilers.items()
        for element in compiler.document.elements
    }
    for compiler in compilers.values():
        for element in compiler.document.elements:
            linker.link(compiler, element, nodes)
    for compiler in compilers.values():
        linker.refuse_cycles(compiler, nodes)
        for element in compiler.document.elements:
            _compile(compiler, element, nodes[f"{compiler.document.namespace}#{element.id}"])
        problems.extend(compiler.problems)
    models = tuple([_model(c.document, nodes) for c in compilers.values()])
    return Unit(models, formulas), problems


def _node(compiler: ModelCompiler, namespace: str, element: source.Element) -> Node:
    kind = _KINDS[type(element)]
    key = f"{namespace}#{element.id}"
    node = kind(key, element.id, element.name, element.variable, compiler.document.name)
    node.type = compiler.type(element.type_ref, element.line, element.name) or ANY
    if isinstance(node, KnowledgeNode | ServiceNode):
        declared, node.type = node.type, ANY
        node.result = declared
        if isinstance(declared, Item) and declared.function is not None:
            node.result = declared.function[1]
    return node


def _compile(compiler: ModelCompiler, element: source.Element, node: Node) -> None:
    if isinstance(element, source.Decision):
        node.code = compile_boxed(compiler, element.logic, node.names, element.name)
    elif isinstance(node, KnowledgeNode) and isinstance(element, source.Knowledge):
        logic = element.logic
        node.parameters = tuple([name for name, _ in logic.parameters]) if logic else None
        node.code = compile_boxed(compiler, logic, node.names, element.name)


def _members(documents: Iterable[source.Definitions]) -> set[str]:
    """All names that entries of contexts have in a model and those it imports."""
    found: set[str] = set()

    def item(one: source.ItemDefinition) -> None:
        for component in one.components:
            found.add(component.name)
            item(component)

    def boxed(one: object) -> None:
        if isinstance(one, source.Context):
            found.update(name for name, _, _ in one.entries if name)
        elif isinstance(one, source.Relation):
            found.update(one.columns)
        elif isinstance(one, source.Table):
            found.update(output.name for output in one.outputs)
            return
        if isinstance(one, source.Boxed):
            one = msgspec.structs.astuple(one)
        if isinstance(one, tuple):
            for part in one:
                boxed(part)

    for document in documents:
        for definition in document.items:
            item(definition)
        for element in document.elements:
            found.add(element.variable)
            boxed(getattr(element, "logic", None))
    return {name for name in found if name}


def _model(document: source.Definitions, nodes: Mapping[str, Node]) -> Model:
    own = [nodes[f"{document.namespace}#{element.id}"] for element in document.elements]
    return Model(document.name, document.id, document.namespace, document.file, tuple(own))
