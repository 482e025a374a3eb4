"""MVEL case by case, and each case held against the published MVEL where a JDK is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from procession.bpmn.data_types import gather_types
from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from tests.scripting.notation import Case, bindings, cases, written
from tests.scripting.published import answers
from tests.scripting.scripts import EVALUATOR, context

FOLDER = Path(__file__).parent / "cases" / "mvel"
RUNNER = Path(__file__).parent / "mvel"
TABLES = sorted(path.stem for path in FOLDER.glob("*.txt"))
CASES = list(cases(FOLDER))
_TYPES, _ = gather_types(
    {name: (RUNNER / name).read_bytes() for name in ("Person.java", "Address.java")}
)
SCOPE = ScriptScope(imports=("Person", "Address", "java.util.*"), data_types=_TYPES)
TEMPLATE = "template:"


def ours(case: Case) -> str:
    """What we answer, in the notation of the tables."""
    language = "mvel-template" if case.source.startswith(TEMPLATE) else ""
    text = case.source.removeprefix(TEMPLATE)
    try:
        script = EVALUATOR.compile(language, text, Purpose.EXPRESSION, SCOPE)
        return written(script.run(context(bindings(case.given)), Limits()).value)
    except (ScriptSyntax, ScriptThrow):
        return "error"


def test_the_tables_hold_what_was_asked_for():
    assert len(CASES) >= 500


@pytest.mark.parametrize("table", TABLES)
def test_a_table(table: str):
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.expected}"
        for case in CASES
        if case.place.startswith(f"{table}:") and (answer := ours(case)) != case.expected
    ]

    assert not wrong, "\n".join(wrong)


def test_the_published_mvel_agrees(tmp_path: Path):
    artifact = "org.mvel:mvel2:2.4.0.Final"
    sources = [f"mvel/{path.name}" for path in RUNNER.glob("*.java")]
    found = answers([artifact], sources, "Reference", CASES, tmp_path)

    assert len(found) == len(CASES)
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.elsewhere}"
        for case, answer in zip(CASES, found, strict=True)
        if answer != case.elsewhere
    ]
    assert not wrong, "\n".join(wrong)
