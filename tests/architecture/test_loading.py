"""Threads that load modules beside each other never wait for each other.

Python locks a module before the package it lies in. Where a package imports its own modules, one
thread in the package and one at such a module wait for each other; Python sees that, and the import
fails in one of them (bpo-38884).
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter

from tests.architecture.house import Module, modules

NOT_IN_A_SERVER = "procession.testing"
START = """
import sys
import procession.cli.serve, procession.engine, procession.server
print(*sys.modules)
"""


@cache
def loaded_at_start() -> frozenset[str]:
    """What one thread has loaded before there is a second."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


def name_of(module: Module) -> str:
    parts = ["procession", *module.path.with_suffix("").parts[-module.place.count("/") - 1 :]]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def while_loading(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that are carried out when the module is loaded."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.If() if "TYPE_CHECKING" in ast.unparse(node.test):
                yield from while_loading(node.orelse)
            case ast.If() | ast.Try() | ast.With() | ast.ClassDef():
                yield from while_loading([n for n in ast.walk(node) if isinstance(n, ast.stmt)][1:])


def named(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """All that may be a module: ``a.b`` and, of ``from a.b import c``, ``a.b.c``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module:
        yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def packages(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def test_modules_that_are_loaded_late_do_not_need_each_other_in_a_circle() -> None:
    late = {
        name: module
        for module in modules()
        if (name := name_of(module)) not in loaded_at_start()
        and not name.startswith(NOT_IN_A_SERVER)
    }
    needs: dict[str, set[str]] = {}
    for name, module in late.items():
        wanted = {w for node in while_loading(module.tree.body) for w in named(node)}
        wanted |= {parent for one in (*wanted, name) for parent in packages(one)}
        needs[name] = (wanted & late.keys()) - {name}

    TopologicalSorter(needs).prepare()  # raises CycleError


def test_what_is_loaded_late_of_others_is_asked_for_as_a_whole() -> None:
    """Their packages do import their own modules. The command line has one thread."""
    found = [
        f"{module}: {name}"
        for module in modules()
        if module.room != "cli"
        for function in module.nodes
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else named(node))
        if "." in name
        and name.partition(".")[0] not in {"procession", *loaded_at_start()}
        and name.partition(".")[0] not in sys.stdlib_module_names
    ]

    assert not found
