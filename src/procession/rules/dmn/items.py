"""Compiles item definitions: names first, since they may speak of each other, then their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from procession.rules.dmn import source
from procession.rules.dmn.types import ALIASES, ANY, BUILT_IN, BuiltIn, Item, Type

if TYPE_CHECKING:
    from procession.rules.dmn.compiler import ModelCompiler
    from procession.rules.dmn.linking import Linker


class Items:
    """The types of all models of a unit."""

    def __init__(self, compilers: Mapping[str, ModelCompiler], linker: Linker) -> None:
        self._linker = linker
        self._made: list[tuple[ModelCompiler, source.ItemDefinition, Item]] = []
        self._own: dict[str, dict[str, Item]] = {}
        for namespace, compiler in compilers.items():
            own = self._own[namespace] = {}
            for definition in compiler.document.items:
                if definition.name in own:
                    text = f"the type {definition.name} is declared twice"
                    compiler.problem(text, definition.line, definition.name)
                own[definition.name] = Item(definition.name)
                self._made.append((compiler, definition, own[definition.name]))

    def named(self, compiler: ModelCompiler) -> dict[str, Type]:
        """The types a model knows by name: its own, and those of its imports."""
        found: dict[str, Type] = dict(self._own[compiler.document.namespace])
        for one in compiler.document.imports:
            for name, item in self._own.get(one.namespace, {}).items():
                found[f"{{{one.namespace}}}{name}"] = item
                found[f"{one.name}.{name}" if one.name else name] = item
        return found

    def settle(self) -> None:
        """Fill in what the types are made of."""
        for compiler, definition, item in self._made:
            self._fill(compiler, definition, item)
        for compiler, definition, item in self._made:
            if _is_cyclic(item):
                compiler.problem("the type is made of itself", definition.line, item.name)
                item.base = None

    def _fill(self, compiler: ModelCompiler, definition: source.ItemDefinition, item: Item) -> None:
        item.is_collection = definition.is_collection
        if definition.type_ref:
            item.base = _base(compiler, definition)
        if definition.components:
            entries: list[tuple[str, Type]] = []
            for component in definition.components:
                inner = Item(component.name)
                self._fill(compiler, component, inner)
                entries.append((component.name, inner))
            item.entries = tuple(entries)
        if definition.function is not None:
            given, result = definition.function
            types = [
                compiler.type(kind, definition.line, definition.name) or ANY for _, kind in given
            ]
            output = compiler.type(result, definition.line, definition.name) or ANY
            item.function = (tuple(types), output)
        if definition.allowed:
            line, name = definition.line, definition.name
            item.allowed = compiler.tests(definition.allowed, (), line, name)
        if definition.constraint:
            line, name = definition.line, definition.name
            item.constraint = compiler.tests(definition.constraint, (), line, name)


def _base(compiler: ModelCompiler, definition: source.ItemDefinition) -> Type | None:
    """What a type stands for; one named as a built-in type may stand for that."""
    name = ALIASES.get(definition.type_ref, definition.type_ref)
    if name == definition.name and name in BUILT_IN:
        return BuiltIn(name)
    return compiler.type(definition.type_ref, definition.line, definition.name)


def _is_cyclic(item: Item) -> bool:
    seen = set()
    at: Type | None = item
    while isinstance(at, Item):
        if id(at) in seen:
            return True
        seen.add(id(at))
        at = at.base
    return False
