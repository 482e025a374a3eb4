"""The source as the architecture tests see it: files, modules and syntax trees."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "procession"
DOCS = ROOT / "docs"


class Module:
    """One Python file of the package."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = path.relative_to(SOURCE).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))
        self.tree = ast.parse(self.text, str(path))
        self.nodes = tuple(ast.walk(self.tree))

    @property
    def room(self) -> str:
        """The first folder, or the module itself at the top."""
        return self.place.partition("/")[0]

    def __repr__(self) -> str:
        return self.place


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, in the order of the paths."""
    gc.disable()  # a million nodes that stay: collections need not look at them, now or later
    try:
        return tuple(Module(path) for path in sorted(SOURCE.rglob("*.py")))
    finally:
        gc.freeze()
        gc.enable()


def of_rooms(*rooms: str) -> tuple[Module, ...]:
    """The modules of some rooms."""
    return tuple(module for module in modules() if module.room in rooms)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of a chain of names and attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
