"""JavaScript case by case: the language, and the Java names that older scripts use in it."""

from __future__ import annotations

from pathlib import Path

from procession.core.ports import Limits, Purpose, ScriptSyntax, ScriptThrow
from tests.scripting.notation import bindings, cases, written
from tests.scripting.scripts import EVALUATOR, context
from tests.scripting.test_mvel_table import SCOPE

CASES = list(cases(Path(__file__).parent / "cases" / "javascript"))


def _ours(source: str, given: str) -> str:
    try:
        script = EVALUATOR.compile("javascript", source, Purpose.EXPRESSION, SCOPE)
        return written(script.run(context(bindings(given)), Limits()).value)
    except (ScriptSyntax, ScriptThrow):
        return "error"


def test_the_table():
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.expected}"
        for case in CASES
        if (answer := _ours(case.source, case.given)) != case.expected
    ]

    assert len(CASES) >= 100
    assert not wrong, "\n".join(wrong)
