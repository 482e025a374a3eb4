"""FEEL (DMN 1.3, 10.3): what expressions give, null where operands do not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax
from procession.errors import LimitExceeded
from procession.values import Map
from tests.scripting.scripts import execute

VARIABLES: dict[str, Any] = {
    "x": 4,
    "text": "abc",
    "list": (1, 2, 3),
    "people": ({"name": "Ann", "age": 30}, {"name": "Bob", "age": 40}),
    "price": 2.5,
    "nothing": None,
    "full name": "Ann Lee",
    "due": datetime(2024, 3, 1, 12, tzinfo=UTC),
}


def feel(source: str, **more: Any) -> Any:
    return execute("feel", source, VARIABLES, purpose=Purpose.EXPRESSION, **more).value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 4", Decimal("0.25")),
        ("1 / 0", None),
        ("-2 ** 2", 4),
        ("2 ** 10", 1024),
        ("10 - 2 - 3", 5),
        ("1.0 = 1", True),
        ('"a" + "b"', "ab"),
        ('1 + "a"', None),
        ('1 = "a"', None),
        ("null = null", True),
        ("nothing != null", False),
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("false or null", None),
        ("not(true)", False),
        ("not(null)", None),
        ("x > 3 and x < 5", True),
        ("x between 4 and 5", True),
        ("x in [1..4]", True),
        ("x in [1..4)", False),
        ("x in ]3..4]", True),
        ("x in (>5, <3)", False),
        ("x in (4, 5)", True),
        ("x in < 5", True),
        ('x in ("a", 4)', True),
        ('if x > 3 then "big" else "small"', "big"),
        ("if null then 1 else 2", 2),
        ("for i in 1..3 return i * i", (1, 4, 9)),
        ("for i in [1, 2], j in [3, 4] return i * j", (3, 4, 6, 8)),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", (1, 2, 6, 24)),
        ("some p in people satisfies p.age > 35", True),
        ("every p in people satisfies p.age > 35", False),
        ("some a in [1, 2], b in [2, 3] satisfies a = b", True),
        ("people[age > 35].name", ("Bob",)),
        ("people[item.age > 35][1].name", "Bob"),
        ("people.name", ("Ann", "Bob")),
        ('people[age > x and name = "Ann"].age', (30,)),
        ("list[2]", 2),
        ("list[-1]", 3),
        ("list[9]", None),
        ("list[item > 1]", (2, 3)),
        ("{a: 1, b: a + 1}.b", 2),
        ('{"a b": 1}.a b', 1),
        ("full name", "Ann Lee"),
        ('full name + "!"', "Ann Lee!"),
        ("unknown thing", None),
        ("x instance of number", True),
        ('"a" instance of number', False),
        ("price * 2", 5),
        ("(function(a, b) a + b)(2, 3)", 5),
        ("sort([3, 1, 2], function(a, b) a > b)", (3, 2, 1)),
        ('string length("abc")', 3),
        ('substring("hello", 2, 3)', "ell"),
        ('substring("hello", -2)', "lo"),
        ('substring(string: "hello", start position: 4)', "lo"),
        ('substring before("a-b", "-") + substring after("a-b", "-")', "ab"),
        ('upper case("a") + lower case("B")', "Ab"),
        ('contains(text, "b") and starts with(text, "a") and ends with(text, "c")', True),
        ('replace("aXbX", "X", "-")', "a-b-"),
        ('matches("abc", "^a.c$")', True),
        ('split("a;b;c", ";")', ("a", "b", "c")),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('number("1 000,5", " ", ",")', Decimal("1000.5")),
        ("string(1.50)", "1.5"),
        ('string([1, "a", null])', '[1, "a", null]'),
        ("decimal(1 / 3, 2)", Decimal("0.33")),
        ("decimal(2.5, 0) + floor(1.5) + ceiling(1.5) + abs(-1)", 6),
        ("round half up(2.5, 0)", 3),
        ("modulo(-5, 3)", 1),
        ("sqrt(16) + modulo(7, 4)", 7),
        ("odd(3) and even(2)", True),
        ("count(list) + sum(list) + min(3, 1) + max(list)", 13),
        ("mean([1, 2, 3]) + median([1, 5, 3])", 5),
        ("stddev([2, 4, 7, 5])", Decimal("2.081665999466132735282297706979931")),
        ("mode([6, 1, 9, 6, 1])", (1, 6)),
        ("product([2, 3])", 6),
        ("all([true, null]) = null", True),
        ("any([true, null])", True),
        ("sublist(list, 2)", (2, 3)),
        ("append(list, 4)", (1, 2, 3, 4)),
        ("concatenate([1], [2, 3])", (1, 2, 3)),
        ("insert before([1, 3], 2, 2)", (1, 2, 3)),
        ("remove(list, 2)", (1, 3)),
        ("reverse(list)", (3, 2, 1)),
        ("index of([1, 2, 1], 1)", (1, 3)),
        ("union([1, 2], [2, 3])", (1, 2, 3)),
        ("distinct values([1, 2, 1])", (1, 2)),
        ("flatten([1, [2, [3]]])", (1, 2, 3)),
        ("list contains(list, 2)", True),
        ('get value({a: 1}, "a")', 1),
        ("get entries({a: 1})", (Map(key="a", value=1),)),
        ('context put({a: 1}, "b", 2)', Map(a=1, b=2)),
        ("context merge([{a: 1}, {a: 2, b: 3}])", Map(a=2, b=3)),
        ("before(1, 2) and after([3..4], 2) and meets([1..2], [2..3])", True),
        ("includes([1..9], 3) and during([2..3], [1..9])", True),
        ("overlaps([1..3], [2..5]) and starts(1, [1..5]) and finishes([3..5], [1..5])", True),
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('date("2024-03-01") - date("2024-02-28")', "P2D"),
        ('@"2024-01-01" < @"2024-02-01"', True),
        ('date and time("2024-01-01T10:00:00Z") + @"PT1H"', datetime(2024, 1, 1, 11, tzinfo=UTC)),
        ('due > date and time("2024-02-29T00:00:00Z")', True),
        ("due.year + due.month", 2027),
        ('time("10:15:00").minute', 15),
        ('string(time("10:15:00+02:00"))', "10:15:00+02:00"),
        ('duration("P1DT2H").hours', 2),
        ('years and months duration(date("2020-01-01"), date("2021-03-01"))', "P1Y2M"),
        ('duration("P1Y") / duration("P6M")', 2),
        ('duration("PT90M") * 2', "PT3H"),
        ('date("2024-02-30")', None),
        ("date(2024, 2, 29)", "2024-02-29"),
        ('day of week(date("2024-01-01"))', "Monday"),
        ("now()", datetime(2024, 1, 5, 3, 4, 5, 678000, tzinfo=UTC)),
        ("today()", "2024-01-05"),
        ('"\\u0041\\n"', "A\n"),
        ("= x + 1", 5),
        ("// remark\nx /* here */ + 1", 5),
    ],
)
def test_expressions_give_what_dmn_says(source: str, value: Any) -> None:
    found = feel(source)

    assert found == value
    assert type(found) is type(value)


def condition(source: str, scope: ScriptScope | None = None) -> Any:
    purpose = Purpose.CONDITION
    return execute("feel", source, VARIABLES, purpose=purpose, scope=scope).value


@pytest.mark.parametrize(
    "language",
    [
        "http://www.omg.org/spec/FEEL/20140401",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "feel",
    ],
)
def test_feel_has_several_identifiers(language: str) -> None:
    found = execute(language, "x = 4", VARIABLES, purpose=Purpose.CONDITION)

    assert found.value is True


def test_a_condition_that_gives_null_does_not_hold() -> None:
    assert condition('x > "a"') is False


def test_an_unknown_name_is_refused_where_variables_are_declared() -> None:
    scope = ScriptScope(Map({"x": "Integer", "full name": "String"}))

    assert condition('full name = "Ann Lee" and x = 4', scope) is True
    with pytest.raises(ScriptSyntax, match="Could not find variable 'why'"):
        condition("why > 3", scope)


@pytest.mark.parametrize(
    "source",
    [
        "1 +",
        "if x then 1",
        "for x return 1",
        "[1, 2",
        "{a 1}",
        "contains(text)",
        "substring(wrong: 1)",
        "x instance of thing",
        "x ; y",
        '@"no date"',
        "function(a) external {java: {class: 1}}",
        "(" * 300 + "1" + ")" * 300,
        "-" * 5000 + "1",
        '"open',
    ],
)
def test_a_text_that_is_not_feel_is_refused_with_its_place(source: str) -> None:
    with pytest.raises(ScriptSyntax) as refused:
        feel(source)

    assert refused.value.line >= 1


def test_feel_is_no_language_for_scripts() -> None:
    with pytest.raises(ScriptSyntax, match="expressions only"):
        execute("feel", "x = 1")


@pytest.mark.parametrize(
    "source",
    [
        "for i in 1..99999999 return i",
        "for a in 1..9999, b in 1..9999 return a",
        'for i in 1..30 return if i = 1 then "aaaa" else partial[-1] + partial[-1]',
        "some a in 1..9999, b in 1..9999 satisfies false",
        "distinct values(for i in 1..9999 return i)",
    ],
)
def test_what_never_ends_or_grows_is_stopped(source: str) -> None:
    with pytest.raises(LimitExceeded):
        feel(source, limits=Limits(script_steps=100_000, script_cells=100_000))


def test_a_pattern_that_could_be_tried_in_many_ways_ends_soon() -> None:
    assert feel('matches("' + "a" * 40 + 'b", "(a+)+$")') is False


@pytest.mark.parametrize(
    "source",
    [
        "10 ** 100000",
        "decimal(1, 999999999)",
        'duration("P999999999Y") + date("2024-01-01")',
        "text.__class__",
        "list.append",
        "people.getClass",
    ],
)
def test_what_could_harm_gives_null_or_nothing(source: str) -> None:
    assert feel(source) in (None, False, (None, None), (None, None, None))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('@"9999-12-31" + @"P1D"', "10000-01-01"),
        ('@"10000-01-01" - @"P1D"', "9999-12-31"),
        ('@"-0001-03-01" + @"P2Y"', "0001-03-01"),
        (
            'string(@"-2021-01-31T10:00:00@Europe/Paris" + @"P1M")',
            "-2021-02-28T10:00:00@Europe/Paris",
        ),
        ('@"123456-01-01".year', 123456),
        ('@"10001-01-01" - @"9999-01-01"', "P731D"),
        ('@"-0044-03-15" < @"2026-01-01"', True),
        ('@"-2021-01-01" = @"-2421-01-01"', False),
        ('is(@"-2021-01-01", @"-2421-01-01")', False),
        ('day of week(@"12000-01-01")', "Saturday"),
        ('max([@"-0044-03-15", @"2026-01-01"])', "2026-01-01"),
        ('years and months duration(@"-0001-01-01", @"0002-03-01")', "P3Y2M"),
        ('date("0000-01-01")', None),
        ('date and time("2026-12-31T24:00:00")', "2027-01-01T00:00:00"),
    ],
)
def test_years_that_python_has_not_got(source: str, expected: Any) -> None:
    assert feel(source) == expected
