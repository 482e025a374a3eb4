"""Laws 1, 10 and 11: who may import whom."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, Module, of_rooms

WORLD = frozenset(
    """asyncio ctypes concurrent glob http httpx2 io logging msvcrt multiprocessing os pathlib
    psycopg random secrets select shutil signal socket sqlalchemy sqlite3 ssl subprocess sys
    tempfile threading time urllib uuid webbrowser""".split()
)
"""Modules by which a pure floor could meet the world, a clock or a die."""

ALLOWED = {
    "bpmn/elements/__init__.py": {"importlib", "pkgutil"},
}

IN_MEMORY = {"rules/drl/sheets.py": {"io"}}
"""Libraries that read packed files want a file: these modules make one in memory."""


def imported(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_every_import_contract_of_the_project_file_is_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    if not command.exists():
        pytest.skip("import-linter is not installed beside this Python")
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}

    done = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("room", ["core", "bpmn", "scripting", "rules"])
def test_the_pure_floors_import_nothing_that_meets_the_world(room: str) -> None:
    found = [
        f"{module}: {name}"
        for module in of_rooms(room)
        for name in imported(module)
        if name.partition(".")[0] in WORLD and name not in IN_MEMORY.get(module.place, ())
    ]

    assert not found


def test_the_core_and_the_ground_need_no_library_but_msgspec() -> None:
    ours = {"procession", "msgspec", "__future__"}
    found = {
        f"{module}: {name}"
        for module in of_rooms("core", "errors.py", "values.py")
        for name in imported(module)
        if name.partition(".")[0] not in ours | sys.stdlib_module_names
    }

    assert not found


def test_nothing_is_loaded_by_name_outside_the_places_made_for_it() -> None:
    """Extension points and the element registry load by name; a script or a door never does."""
    places = {
        "bpmn/elements/__init__.py",
        "cli/main.py",
        "runtime/work_items.py",
        "runtime/handlers/services.py",
    }
    loaders = {"importlib", "pkgutil", "runpy"}
    found = {
        module.place
        for room in ("core", "bpmn", "scripting", "runtime", "services", "rest", "web", "cli")
        for module in of_rooms(room)
        for name in imported(module)
        if name.partition(".")[0] in loaders and name != "importlib.resources"
    }

    assert found <= places


def test_the_doors_of_http_know_services_by_their_views_only() -> None:
    """At run time a door imports views, paging and criteria; classes of services only as types."""
    rooms = of_rooms("rest", "console")
    found = [
        f"{module}: {alias.name}"
        for module in rooms
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("procession.services")
        for alias in node.names
        if alias.name.endswith("Service")
    ]

    assert not found
