"""Texts in variables that are declared as numbers or booleans, as bare names read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from procession.core.ports import Purpose, ScriptScope
from procession.values import Long
from tests.scripting.scripts import execute

TYPES = ScriptScope(
    types={
        "x": "Integer",
        "l": "java.lang.Long",
        "d": "Double",
        "b": "Boolean",
        "s": "String",
        "big": "java.math.BigDecimal",
        "n": "xsd:integer",
    }
)


@pytest.mark.parametrize("language", ["java", ""])
def test_a_text_in_a_variable_declared_as_a_number_or_boolean_is_read_as_one(language):
    def value(source: str, **variables: object) -> object:
        return execute(language, source, variables, purpose=Purpose.EXPRESSION, scope=TYPES).value

    assert value("return x + 1;", x="-1") == 0
    assert type(value("return l;", l="5")) is Long
    assert value("return n;", n="7") == 7
    assert value("return d * 2;", d="1.5e1") == 30.0
    assert value("return !b;", b="FALSE") is True
    assert value("return big;", big="1.20") == Decimal("1.20")
    assert value("return s + 1;", s="5") == "51"


def test_a_text_that_does_not_read_as_the_declared_type_stays_a_text():
    for text in ("", " 1", "1_0", "one", "99999999999", "1.0"):
        run = execute("java", "return x;", {"x": text}, purpose=Purpose.EXPRESSION, scope=TYPES)
        assert run.value == text
    assert (
        execute("java", "return b;", {"b": "yes"}, purpose=Purpose.EXPRESSION, scope=TYPES).value
        == "yes"
    )


def test_reading_a_text_as_a_number_writes_nothing_back_unless_the_script_does():
    source = 'x++; System.out.println("x = " + x);'

    run = execute("java", source, {"x": "-1"}, scope=TYPES)
    assert (run.printed, run.changes) == (("x = 0",), ())

    run = execute("java", source + ' kcontext.setVariable("x", x);', {"x": "-1"}, scope=TYPES)
    assert run.changes == (("x", 0),)

    run = execute(
        "java", 'System.out.println(kcontext.getVariable("x") + "!");', {"x": "-1"}, scope=TYPES
    )
    assert run.printed == ("-1!",)


def test_a_condition_compares_a_text_with_a_number_as_its_declared_type():
    for language, source in (("java", "return x >= 0;"), ("", "x >= 0")):
        run = execute(language, source, {"x": "-1"}, purpose=Purpose.CONDITION, scope=TYPES)
        assert run.value is False
