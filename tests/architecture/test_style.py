"""Laws 12 and 13: sizes, one colour, names, and nothing left lying about."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, Module, functions, modules, of_rooms

MODULE, ELEMENT, FUNCTION = 400, 200, 50

LONG_MODULES: dict[str, tuple[int, str]] = {}
"""Modules that may be longer: how long at most, and why."""

LONG_FUNCTIONS: dict[str, tuple[int, str]] = {}
"""Functions that may be longer, in the same way."""

DOORS = ("web", "rest", "server.py", "console", "cli")
FORBIDDEN_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "base", "impl"}
)
TEXT_FILES = frozenset({".py", ".md", ".toml", ".bpmn", ".bpmn2", ".txt", ".cfg", ".svg", ".lock"})
LEFTOVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
PLACES = re.compile(r"(?<![\w.$}])/(?:home|root|Users|work|mnt|tmp)/(?!\.\.\.)[A-Za-z0-9_.]+")
"""A path of somebody's machine; what a page shows as an example lies under /srv, /var or /etc."""


def longest_functions(module: Module) -> Iterator[tuple[str, int]]:
    for function in functions(module.tree):
        assert function.end_lineno is not None
        yield f"{module}: {function.name}", function.end_lineno - function.lineno + 1


def own_files() -> list[Path]:
    """Every text file that is ours: what git tracks, or would, in our own folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    names = listed or [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("src/**/*.py")]
    folders = ("src", "tests", "docs", "bench", "acceptance", "changelog.d", ".ci")
    ours = [name for name in names if "/" not in name or name.partition("/")[0] in folders]
    files = [ROOT / name for name in ours]
    return [
        f
        for f in files
        if f.is_file() and (f.suffix in TEXT_FILES or f.name in {"Makefile", "run"})
    ]


def test_a_module_has_at_most_400_lines_and_an_element_200() -> None:
    found = {}
    for module in modules():
        most = ELEMENT if module.place.startswith("bpmn/elements/") else MODULE
        most = LONG_MODULES.get(module.place, (most, ""))[0]
        if module.lines > most:
            found[module.place] = module.lines

    assert not found


def test_a_function_has_at_most_50_lines() -> None:
    found = {
        name: lines
        for module in modules()
        for name, lines in longest_functions(module)
        if lines > LONG_FUNCTIONS.get(name, (FUNCTION, ""))[0]
    }

    assert not found


def test_every_exception_from_the_sizes_is_still_needed() -> None:
    lengths = {module.place: module.lines for module in modules()}
    functions_ = dict(pair for module in modules() for pair in longest_functions(module))

    assert all(lengths.get(place, 0) > MODULE for place in LONG_MODULES)
    assert all(functions_.get(name, 0) > FUNCTION for name in LONG_FUNCTIONS)
    assert all(reason for _, reason in (*LONG_MODULES.values(), *LONG_FUNCTIONS.values()))


def test_only_doors_await() -> None:
    """One colour: everything below the doors is synchronous and written once."""
    coloured = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    doors = of_rooms(*DOORS)
    found = [
        f"{module}:{node.lineno}"
        for module in modules()
        if module not in doors
        for node in module.nodes
        if isinstance(node, coloured)
    ]

    assert not found


def test_no_file_is_named_for_nothing_in_particular() -> None:
    found = [
        module.place
        for module in modules()
        for part in (*module.path.with_suffix("").parts[-3:],)
        if part in FORBIDDEN_NAMES
    ]

    assert not found


def test_every_module_says_what_it_is() -> None:
    """The first line of a module is for someone who uses it."""
    found = [
        module.place
        for module in modules()
        if module.text.strip() and not (ast.get_docstring(module.tree) or "").strip()
    ]

    assert not found


def test_any_is_spelled_value_in_the_core_language() -> None:
    """``Any`` stands where msgspec needs it and nowhere in the signatures of the hooks."""
    hooks = {"arrive", "enter", "triggered", "failed", "child_ended", "leave", "settle", "catches"}
    found = [
        f"{module}:{function.lineno} {function.name}"
        for module in of_rooms("bpmn")
        for function in functions(module.tree)
        if function.name in hooks
        for argument in function.args.args
        if argument.annotation is not None and ast.unparse(argument.annotation) == "Any"
    ]

    assert not found


def test_nothing_is_left_for_later() -> None:
    """No markers and no stubs: what is not supported is refused with a clear error."""
    found = []
    for path in own_files():
        if path.suffix == ".lock":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if LEFTOVERS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    raised = [
        f"{module}:{node.lineno}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and "NotImplementedError" in ast.unparse(node.exc)
    ]

    assert not found
    assert not raised


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = []
    for path in own_files():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if PLACES.search(line) and "://" not in line:
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}")

    assert not found


@pytest.mark.parametrize("name", ["print", "breakpoint"])
def test_the_house_speaks_by_its_logs_and_the_command_line_by_click(name: str) -> None:
    found = [
        f"{module}:{node.lineno}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]

    assert not found
