"""Every element with its test: the table in ``docs/conformance.md``, and its stored counts.

``python -m tests.conformance --elements`` runs these tests and writes both. A later version may
have more tests of an element, never fewer (``test_elements.py``).
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import procession.bpmn.elements
from procession.bpmn.element import REGISTRY
from tests.conformance.corpus import ROOT
from tests.conformance.event_matrix import cells

COUNTS: Final = Path(__file__).parent / "element_counts.json"
HEADING: Final = "## Elements\n"
MATRIX: Final = "tests/bpmn/test_event_matrix.py"
_TEXT: Final = """\
Every element that is understood, the file with its tests, how many there are, and what came of the
last run. Event definitions are tested in every position as well, below.
"""
_HAPPENS: Final = "test_what_may_stand_there_happens"
_REFUSED: Final = "test_what_may_not_stand_there_is_refused_by_name"
_CELLS: Final = f"""\
### Event definitions in every position

Each is a case of `{MATRIX}`.
"""

assert procession.bpmn.elements


def tests() -> dict[str, str]:
    """The file with the tests of every element, by tag."""
    found = {}
    for tag, kind in sorted(REGISTRY.items()):
        family, name = kind.__module__.split(".")[-2:]
        found[tag] = f"tests/elements/{family}/test_{name}.py"
    return found


def counted(path: str) -> int:
    """How many tests a file defines, cases of one not counted apart."""
    place = ROOT / path
    if not place.exists():
        return 0
    tree = ast.parse(place.read_text(encoding="utf-8"))
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return sum(name.startswith("test_") for name in names)


def stored() -> dict[str, int]:
    """The counts that no version may fall below, by tag."""
    known: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return known


def rows(counts: dict[str, int], failed: frozenset[str] = frozenset()) -> Iterator[str]:
    """The table."""
    yield "| Element | Tests | Number | Result |"
    yield "| --- | --- | ---: | --- |"
    for tag, path in tests().items():
        result = "fails" if path in failed else "pass"
        yield f"| `{tag}` | `{path}` | {counts.get(tag, 0)} | {result} |"


def cell_rows(failed: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every event definition in every position: what is tested, by which case, with what result."""
    yield "| Definition | Position | It | Test | Result |"
    yield "| --- | --- | --- | --- | --- |"
    for cell in cells():
        it, test = ("happens", _HAPPENS) if cell.is_allowed else ("is refused", _REFUSED)
        result = "fails" if cell.name in failed else "pass"
        case = f"`{test}[{cell.name}]`"
        yield f"| {cell.definition} | {cell.position} | {it} | {case} | {result} |"


def section(counts: dict[str, int], failed: frozenset[str] = frozenset()) -> str:
    """The section of the page."""
    table, matrix = "\n".join(rows(counts, failed)), "\n".join(cell_rows(failed))
    return f"{HEADING}\n{_TEXT}\n{table}\n\n{_CELLS}\n{matrix}\n"


def with_section(page: str, text: str) -> str:
    """The page with that section, before the one on open cases."""
    page = re.sub(r"## Elements\n.*?(?=^## )", "", page, flags=re.DOTALL | re.MULTILINE)
    return page.replace("## Open cases\n", f"{text}\n## Open cases\n", 1)


def run() -> frozenset[str]:
    """Run them; the files in which something failed, and the cells of the matrix that did."""
    report = ROOT / ".pytest_cache" / "elements.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/elements", MATRIX]
    subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, check=False)
    failed = set()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(case.get("classname", "").replace(".", "/") + ".py")
            failed.add(case.get("name", "").partition("[")[2].removesuffix("]"))
    return frozenset(failed)


def write(page: Path) -> int:
    """Run the tests, write the section and the counts; how many files failed."""
    failed = run()
    counts = {tag: counted(path) for tag, path in tests().items()}
    page.write_text(with_section(page.read_text("utf-8"), section(counts, failed)), "utf-8")
    COUNTS.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    return len(failed)
