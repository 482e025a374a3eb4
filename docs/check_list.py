"""The page ``docs/oneweb.md``: the check list of the ONEWEB dialect, and the tests of each row.

Read from the tests' names and docstrings without importing them; the suite fails if a row has none
(``tests/rest/oneweb/test_check_list.py``) or if the page is out of date.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parents[1] / "tests" / "rest" / "oneweb"
NOT_SERVED: Final = "Not served:"
_NAME: Final = re.compile(r"test_row_(\d{3})_(\w+)")


class RowTest(NamedTuple):
    """A test of one row; ``refusal`` says what is refused, or nothing if the row holds."""

    name: str
    file: str
    refusal: str


def rows_with_tests() -> Mapping[int, list[RowTest]]:
    """The tests of each row that has any."""
    found: dict[int, list[RowTest]] = defaultdict(list)
    for path in sorted(FOLDER.glob("test_*.py")):
        for function in _functions(path):
            match = _NAME.fullmatch(function.name)
            if match:
                words = " ".join((ast.get_docstring(function) or "").split())
                refusal = words.removeprefix(NOT_SERVED) if words.startswith(NOT_SERVED) else ""
                found[int(match[1])].append(RowTest(function.name, path.name, refusal.strip()))
    return found


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def rows() -> dict[int, str]:
    """Every row of the list by its number."""
    tree = ast.parse((FOLDER / "check_list.py").read_text(encoding="utf-8"))
    values = (n.value for n in tree.body if isinstance(n, ast.AnnAssign) and n.value)
    found: dict[int, str] = ast.literal_eval(next(values))
    return found


def result(tests: list[RowTest]) -> str:
    """What stands beside a row: it holds, it is refused, or nothing tests it."""
    refusals = [test.refusal for test in tests if test.refusal]
    if not tests:
        return "**not tested**"
    return f"**not served**: {refusals[0]}" if refusals else "holds"


def check_list_page() -> str:
    """The page, without its note."""
    known, tests = rows(), rows_with_tests()
    results = {row: result(tests.get(row, [])) for row in known}
    held = sum(text == "holds" for text in results.values())
    lines = [
        "# The ONEWEB dialect, row by row",
        "",
        f"What a client of ONEWEB's process runtime relies on, and the tests that say so: {held} "
        f"of {len(known)} rows hold. *Holds* means that the tests named beside it are in the suite "
        "and pass; CI runs them on every change. The tests are in `tests/rest/oneweb`.",
        "",
        'With `access_mode = "guarded"`, the default, a task or instance that the caller has no '
        "part in answers as if it were not there: 40404 and 40403 where ONEWEB's own words would "
        "be 40301. With `compat` it is 40301.",
        "",
        "[Addresses and bodies](reference/oneweb.md) · [Cookbook](cookbook/oneweb.md) · "
        "[Extension namespace](how-to/model-for-oneweb.md)",
        "",
        "| row | what must hold | result | tests |",
        "| --- | --- | --- | --- |",
    ]
    for row, text in known.items():
        names = "<br>".join(
            f"`{test.name.removeprefix(f'test_row_{row:03}_')}`" for test in tests.get(row, [])
        )
        lines.append(f"| {row} | {text} | {results[row]} | {names} |")
    return "\n".join(lines) + "\n"
