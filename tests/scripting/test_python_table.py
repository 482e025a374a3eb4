"""Python case by case, each case held against the Python that runs the tests."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.values import Map, Set
from tests.scripting.notation import Case, bindings, cases, written
from tests.scripting.scripts import EVALUATOR, context

CASES = list(cases(Path(__file__).parent / "cases" / "python"))
REFUSED_HERE = frozenset(
    {
        '{**m, "c": 3}',
        "[*l, 4]",
        "(lambda a, b=2: a + b)(1)",
        '"a-b".partition("-")',
        '"{} {}".format(x, s)',
        '"{0} {1} {0}".format(x, s)',
        '"{a}".format(a=1)',
        "type(x) == int",
        "math.fabs(-2)",
        "math.gcd(12, 8)",
        "(x := 5)",
    }
)
"""What Python has and the subset refuses."""


def ours(case: Case) -> str:
    """What we answer, in the notation of the tables."""
    try:
        script = EVALUATOR.compile("python", case.source, Purpose.EXPRESSION, ScriptScope())
        return written(script.run(context(bindings(case.given)), Limits()).value)
    except (ScriptSyntax, ScriptThrow):
        return "error"


def plain(value: Any) -> Any:
    """A bound value as Python has it."""
    if isinstance(value, Map):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def told(value: Any) -> Any:
    """A value of Python as we hold it."""
    if isinstance(value, dict):
        return Map({name: told(item) for name, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple([told(item) for item in value])
    if isinstance(value, set | frozenset):
        return Set([told(item) for item in value])
    return value


def host(source: str, given: str) -> str:
    """What Python itself answers."""
    names = {name: plain(value) for name, value in bindings(given).items()}
    try:
        return written(told(eval(source, {"math": math, "Decimal": Decimal, **names})))
    except Exception:
        return "error"


def test_the_table():
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.expected}"
        for case in CASES
        if (answer := ours(case)) != case.expected
    ]

    assert len(CASES) >= 100
    assert not wrong, "\n".join(wrong)


def test_python_agrees_but_for_what_is_refused():
    wrong = [
        f"{case.place}: {case.source} => {answer}, not {case.expected}"
        for case in CASES
        if case.source not in REFUSED_HERE
        and (answer := host(case.source, case.given)) != case.expected
    ]

    assert not wrong, "\n".join(wrong)
