"""Which language a text is in, and what is kept."""

from __future__ import annotations

import pytest

from procession.core.ports import Purpose, ScriptScope, ScriptSyntax
from procession.scripting.evaluator import Evaluator
from procession.scripting.library.families import LIBRARY
from procession.values import Map
from tests.scripting.scripts import EVALUATOR


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("", "MVEL"),
        ("http://www.mvel.org/2.0", "MVEL"),
        ("http://www.java.com/java", "Java"),
        ("java", "Java"),
        ("something else", "MVEL"),
    ],
)
def test_languages(language: str, name: str):
    assert EVALUATOR.compile(language, "1 + 1;", Purpose.SCRIPT).language == name


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("http://www.javascript.com/javascript", "JavaScript"),
        ("http://www.omg.org/spec/FEEL/20140401", "FEEL"),
        ("http://www.w3.org/1999/XPath", "XPath"),
        ("python", "Python"),
    ],
)
def test_other_languages_are_known_by_their_identifiers(language: str, name: str):
    assert EVALUATOR.compile(language, "1", Purpose.CONDITION).language == name


def test_a_language_that_is_not_served_is_refused_by_name():
    with pytest.raises(ScriptSyntax, match="language Groovy is not supported"):
        EVALUATOR.compile("groovy", "1", Purpose.CONDITION)


def test_a_rule_condition_is_left_to_the_rule_session():
    text = "String()"
    one = EVALUATOR.compile("http://www.jboss.org/drools/rule", text, Purpose.CONDITION)
    other = EVALUATOR.compile("rule", "Integer()", Purpose.CONDITION)

    assert (one.language, one.source) == ("rule", text)
    assert one.name != other.name


def test_a_text_is_compiled_once_for_each_scope():
    evaluator = Evaluator()
    scope = ScriptScope(Map(x="Integer"))

    first = evaluator.compile("", "x > 1", Purpose.CONDITION, scope)

    assert evaluator.compile("", "x > 1", Purpose.CONDITION, scope) is first
    assert evaluator.compile("", "x > 1", Purpose.CONDITION) is not first


def test_only_so_many_texts_are_kept():
    evaluator = Evaluator(capacity=8)

    for number in range(50):
        evaluator.compile("", f"{number} + 1", Purpose.EXPRESSION)

    assert len(evaluator._kept) <= 8


def test_a_strict_evaluator_refuses_unknown_names_everywhere():
    with pytest.raises(ScriptSyntax, match="Could not find variable 'x'"):
        Evaluator(strict=True).compile("", "x > 1", Purpose.CONDITION)


def test_the_library_documents_itself():
    pages = {name: signatures for name, _, signatures in LIBRARY.documentation()}

    assert "int length()" in pages["java.lang.String"]
    assert all(signatures or name for name, signatures in pages.items())
