"""MVEL: what it has beyond Java, and what it takes more easily."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.values import Bean, Float, Long, Map
from tests.scripting.scripts import execute, mvel

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("1 + 2", {}, 3),
    ("return amount > 1000", {"amount": 2000}, True),
    ("amount > 1000 && approved == true", {"amount": 2000, "approved": True}, True),
    ("amount > 1000 and not_there_is_or == 1 or true", {"amount": 1, "not_there_is_or": 1}, True),
    ("a == 1", {"a": "1"}, True),
    ("a > 9", {"a": "10"}, True),
    ("a == 'x'", {"a": "x"}, True),
    ("a < 5", {"a": None}, False),
    ("name contains 'ell'", {"name": "hello"}, True),
    ("list contains 2", {"list": [1, 2]}, True),
    ("map contains 'k'", {"map": {"k": 1}}, True),
    ("x is String", {"x": "s"}, True),
    ("x instanceof Integer", {"x": "s"}, False),
    ("isdef x && !isdef y", {"x": None}, True),
    ("x == empty", {"x": ""}, True),
    ("x == empty", {"x": [1]}, False),
    ("x != empty", {"x": {}}, False),
    ("x == nil", {"x": None}, True),
    ("x ~= '[a-z]+'", {"x": "abc"}, True),
    ("'foo' strsim 'foo'", {}, Float(1.0)),
    ("'Smith' soundslike 'Smyth'", {}, True),
    ("[1, 2, 'c']", {}, (1, 2, "c")),
    ("['a': 1, 'b': 2]", {}, Map(a=1, b=2)),
    ("[:]", {}, Map()),
    ("x = {1, 2}; x", {}, (1, 2)),
    ("($ * 2 in list if $ > 1)", {"list": [1, 2, 3]}, (4, 6)),
    ("(name in people)", {"people": [Bean("P", Map(name="a")), Bean("P", Map(name="b"))]},
     ("a", "b")),
    ("person.name", {"person": Map(name="Ann")}, "Ann"),
    ("person.address.city", {"person": Bean("P", Map(address=Map(city="Rome")))}, "Rome"),
    ("person.?address.?city", {"person": Bean("P", Map(address=None))}, None),
    ("list.size", {"list": [1, 2]}, 2),
    ("list[1]", {"list": [1, 2]}, 2),
    ("map['k']", {"map": {"k": 5}}, 5),
    ("s.length", {"s": "four"}, 4),
    ("x = 10; y = x * 2; y + 1", {}, 21),
    ("x = 10\ny = x * 2\ny + 1", {}, 21),
    ("a = 'x'\n + 'y'\na", {}, "xy"),
    ("def x = 3; x", {}, 3),
    ("int n = 0; foreach (x : list) { n += x; } n", {"list": [1, 2, 3]}, 6),
    ("n = 0; for (x : list) { n += x }; n", {"list": [1, 2, 3]}, 6),
    ("if (x > 5) { 'big' } else { 'small' }", {"x": 6}, "big"),
    ("'single \\'quoted\\''", {}, "single 'quoted'"),
    ("(Integer) '42' + 1", {}, 43),
    ("(String) 42 + 1", {}, "421"),
    ("5 / 2", {}, 2.5),
    ("processInstanceId", {}, Long(7)),
    ("new java.util.ArrayList().size()", {}, 0),
    ("i = 0; while (i < 3) { i++ } i", {}, 3),
    ("i = 0; until (i == 4) { i++ }; i", {}, 4),
    ("Parameter.toUpperCase()", {"Parameter": "abc"}, "ABC"),
    ("System.out.println('x'); 5", {}, 5),
]  # fmt: skip


@pytest.mark.parametrize(("source", "variables", "expected"), VALUES)
def test_values(source: str, variables: dict[str, Any], expected: Any):
    value = mvel(source, variables)

    assert value == expected
    assert type(value) is type(expected)


def test_a_condition_gives_a_boolean():
    assert execute("", "x > 5", {"x": 6}, purpose=Purpose.CONDITION).value is True


def test_statements_end_with_their_lines():
    result = execute("", "System.out.println('a')\nSystem.out.println('b')", {})

    assert result.printed == ("a", "b")


def test_an_unknown_name_is_refused_where_variables_are_declared():
    with pytest.raises(ScriptSyntax, match="Could not find variable 'y'"):
        execute("", "y > 5", {}, scope=ScriptScope(Map(x="Integer")))


def test_an_unknown_name_fails_when_reached_where_none_are_declared():
    with pytest.raises(ScriptThrow, match="unresolvable property: y") as caught:
        execute("", "1; y > 5", {})

    assert caught.value.type_name == "org.mvel2.PropertyAccessException"


@pytest.mark.parametrize("source", ["with (x) { a + 1 }", "x = 1 y = 2", "def f( { x }"])
def test_refused(source: str):
    with pytest.raises(ScriptSyntax):
        execute("", source, {})
