"""Ties elements to what they require, in their own model and in those it imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from procession.core.formulas import Held
from procession.rules.dmn import source
from procession.rules.dmn.graph import InputNode, Node, ServiceNode
from procession.rules.dmn.run import Run

if TYPE_CHECKING:
    from procession.rules.dmn.compiler import ModelCompiler


class Linker:
    """The models of a unit, and how they import each other."""

    def __init__(self, compilers: Mapping[str, ModelCompiler]) -> None:
        self._compilers = compilers
        for compiler in compilers.values():
            for one in compiler.document.imports:
                if one.namespace not in compilers:
                    text = f"the unit has no model with the namespace {one.namespace}"
                    compiler.problem(text, one.line, one.name or "import")

    def reached(self, document: source.Definitions) -> list[source.Definitions]:
        """A model and all that it imports, also through others."""
        found = {document.namespace: document}
        todo = [document]
        while todo:
            for one in todo.pop().imports:
                compiler = self._compilers.get(one.namespace)
                if compiler is not None and one.namespace not in found:
                    found[one.namespace] = compiler.document
                    todo.append(compiler.document)
        return list(found.values())

    def link(
        self, compiler: ModelCompiler, element: source.Element, nodes: Mapping[str, Node]
    ) -> None:
        """Settle what an element requires and what its logic sees."""
        node = nodes[f"{compiler.document.namespace}#{element.id}"]
        if isinstance(element, source.Service) and isinstance(node, ServiceNode):
            node.outputs = self._found(compiler, element, element.outputs, nodes)
            inputs = self._found(compiler, element, element.input_data, nodes)
            node.taken = (
                *inputs,
                *self._found(compiler, element, element.input_decisions, nodes),
            )
            node.requires = node.outputs
            self._found(compiler, element, element.encapsulated, nodes)
            if not node.outputs:
                compiler.problem("the service has no output decision", element.line, element.name)
            return
        wanted: tuple[str, ...] = ()
        if isinstance(element, source.Decision):
            wanted = (*element.requires, *element.knowledge)
        elif isinstance(element, source.Knowledge):
            wanted = element.knowledge
        node.requires = self._found(compiler, element, wanted, nodes)
        self._see(compiler, element, node)

    def _found(
        self,
        compiler: ModelCompiler,
        element: source.Element,
        references: tuple[str, ...],
        nodes: Mapping[str, Node],
    ) -> tuple[Node, ...]:
        made = []
        for reference in references:
            if reference in nodes:
                made.append(nodes[reference])
            else:
                text = f"it refers to {reference.lstrip('#')}, which is not there"
                compiler.problem(text, element.line, element.name)
        return tuple(made)

    def _see(self, compiler: ModelCompiler, element: source.Element, node: Node) -> None:
        """Own elements by their names, imported ones as entries of what the import is called."""
        names: list[str] = []
        getters: list[Callable[[Run], Held]] = []
        imported: dict[str, list[Node]] = {}
        known = {one.namespace: one.name for one in compiler.document.imports}
        for required in node.requires:
            namespace = required.key.rpartition("#")[0]
            under = known.get(namespace, "")
            if namespace == compiler.document.namespace or not under:
                names.append(required.variable)
                getters.append(_getter(required))
            else:
                imported.setdefault(under, []).append(required)
        for under, several in imported.items():
            names.append(under)
            getters.append(_context_getter(under, tuple(several)))
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            compiler.problem(f"two things it requires are called {twice}", element.line, node.name)
        node.names, node.getters = tuple(names), tuple(getters)

    def refuse_cycles(self, compiler: ModelCompiler, nodes: Mapping[str, Node]) -> None:
        """Decisions that need themselves; knowledge models may call themselves."""
        for element in compiler.document.elements:
            node = nodes[f"{compiler.document.namespace}#{element.id}"]
            if node.kind == "decision" and _needs_itself(node):
                compiler.problem("the decision requires itself", element.line, element.name)
                node.requires, node.names, node.getters = (), (), ()


def _getter(node: Node) -> Callable[[Run], Held]:
    return lambda run: run.value(node)


def _context_getter(under: str, nodes: tuple[Node, ...]) -> Callable[[Run], Held]:
    def get(run: Run) -> Held:
        inner = run.under(under)
        return run.session.context_of({node.variable: inner.value(node) for node in nodes})

    return get


def _needs_itself(start: Node) -> bool:
    seen: set[str] = set()
    todo = [one for one in start.requires if not isinstance(one, InputNode)]
    while todo:
        at = todo.pop()
        if at is start:
            return True
        if at.key not in seen and at.kind == "decision":
            seen.add(at.key)
            todo.extend(at.requires)
    return False
