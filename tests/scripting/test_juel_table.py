"""JUEL case by case, and each case held against the published JUEL where a JDK is at hand."""

from __future__ import annotations

from pathlib import Path

from procession.core.ports import Limits, Purpose, ScriptSyntax, ScriptThrow
from tests.scripting.notation import Case, bindings, cases, written
from tests.scripting.published import answers
from tests.scripting.scripts import EVALUATOR, context
from tests.scripting.test_mvel_table import SCOPE

CASES = list(cases(Path(__file__).parent / "cases" / "juel"))
ARTIFACTS = ["de.odysseus.juel:juel-api:2.2.7", "de.odysseus.juel:juel-impl:2.2.7"]
SOURCES = [
    "juel/JuelReference.java",
    "mvel/Values.java",
    "mvel/Person.java",
    "mvel/Address.java",
]


def ours(case: Case) -> str:
    """What we answer, in the notation of the tables."""
    try:
        script = EVALUATOR.compile("juel", case.source, Purpose.EXPRESSION, SCOPE)
        return written(script.run(context(bindings(case.given)), Limits()).value)
    except (ScriptSyntax, ScriptThrow):
        return "error"


def test_the_table():
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.expected}"
        for case in CASES
        if (answer := ours(case)) != case.expected
    ]

    assert len(CASES) >= 100
    assert not wrong, "\n".join(wrong)


def test_the_published_juel_agrees(tmp_path: Path):
    found = answers(ARTIFACTS, SOURCES, "JuelReference", CASES, tmp_path)

    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.elsewhere}"
        for case, answer in zip(CASES, found, strict=True)
        if answer != case.elsewhere
    ]
    assert not wrong, "\n".join(wrong)
