"""Scripts are compiled once, and a condition costs next to nothing."""

from __future__ import annotations

import pytest

from bench import scripts
from procession.core.ports import Limits, Purpose, ScriptScope
from procession.scripting.evaluator import Evaluator
from procession.scripting.machine import program

QUICK = ("java", "mvel", "feel", "juel", "python")
TIMES_PYTHON = 120
"""How many times as much as plain Python a condition may cost. It is about 30 times."""
MOST_IN_JAVASCRIPT = 100.0
"""Microseconds. It is about 6."""


def test_a_text_is_compiled_once_however_often_it_runs(monkeypatch: pytest.MonkeyPatch):
    compiled: list[str] = []
    plain = program.Compiler.expr

    def counted(self, node):
        compiled.append(type(node).__name__)
        return plain(self, node)

    monkeypatch.setattr(program.Compiler, "expr", counted)
    evaluator, scope = Evaluator(), ScriptScope(types={"amount": "Integer"})
    for _ in range(50):
        script = evaluator.compile("java", "return amount > 100;", Purpose.CONDITION, scope)
        assert script.run(scripts.context(), Limits()).value is True

    assert len(compiled) == 3


@pytest.mark.parametrize("language", QUICK)
def test_a_simple_condition_costs_little_more_than_python_itself(language: str):
    ours = scripts.cost(scripts.runner(language, scripts.SIMPLE[language]))
    python = scripts.cost(scripts._python(scripts._PYTHON["simple condition"]))

    assert ours < TIMES_PYTHON * python


@pytest.mark.parametrize("texts", [scripts.SIMPLE, scripts.CONDITIONS])
def test_a_condition_in_javascript_needs_no_engine_of_its_own(texts: dict[str, str]):
    assert scripts.cost(scripts.runner("javascript", texts["javascript"])) < MOST_IN_JAVASCRIPT


@pytest.mark.parametrize("kind", list(scripts._TEXTS))
def test_all_languages_of_the_benchmark_say_the_same(kind: str):
    texts = scripts._TEXTS[kind]
    wanted = scripts._PYTHON[kind](scripts.VARIABLES)

    for language, text in texts.items():
        assert scripts.runner(language, text)() == wanted, language
    assert scripts._quickjs(scripts._NATIVE[kind])() == wanted
