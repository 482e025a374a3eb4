"""XPath case by case, by the sections of XPath 1.0 and of BPMN 2.0.2, 10.4.3."""

from __future__ import annotations

from pathlib import Path

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from tests.scripting.notation import bindings, cases, written
from tests.scripting.scripts import EVALUATOR, context

CASES = list(cases(Path(__file__).parent / "cases" / "xpath"))


def _ours(source: str, given: str) -> str:
    try:
        script = EVALUATOR.compile("xpath", source, Purpose.EXPRESSION, ScriptScope())
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
