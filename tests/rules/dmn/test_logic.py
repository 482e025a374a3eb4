"""Boxed expressions, functions, services, imports and types, as a model's author meets them."""

from __future__ import annotations

import pytest

from procession.core.ports import Limits
from procession.errors import LimitExceeded, NotFound
from tests.rules.dmn.models import compiled, decide, decision, document, given, literal, table

PERSON = """
<itemDefinition name="tAge"><typeRef>number</typeRef>
  <allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tPersons" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>
<itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
"""


def value_of(*elements: str, name: str = "d", **inputs: object) -> object:
    unit, problems = compiled(document(*elements))
    assert [str(p) for p in problems] == []
    return decide(unit, name, **inputs).value


def test_decisions_are_made_from_decisions_and_each_once() -> None:
    unit, _ = compiled(
        document(
            given("x"),
            decision("double x", literal("x * 2"), "in_x"),
            decision("a", literal("double x + 1"), "double x"),
            decision("b", literal("double x + 2"), "double x"),
            decision("d", literal("a + b"), "a", "b"),
        )
    )
    outcome = decide(unit, "d", x=4)

    assert outcome.value == 19
    assert [step["decision"] for step in outcome.steps] == ["double x", "a", "b", "d"]


def test_all_decisions_of_a_model_are_made_at_once() -> None:
    unit, _ = compiled(document(decision("a", literal("1")), decision("b", literal('"z"'))))

    assert decide(unit, "").value == {"a": 1, "b": "z"}


def test_a_boxed_context_sees_its_earlier_entries_and_gives_its_result() -> None:
    entry = "<contextEntry>{}{}</contextEntry>".format
    logic = (
        "<context>"
        + entry('<variable name="net price"/>', literal("price / 2"))
        + entry('<variable name="tax"/>', literal("net price * 0.1"))
        + entry("", literal("net price + tax"))
        + "</context>"
    )
    assert value_of(given("price"), decision("d", logic, "in_price"), price=100) == 55


def test_relations_and_lists() -> None:
    logic = (
        '<relation><column name="n"/><column name="s"/>'
        f"<row>{literal('1')}{literal('x')}</row><row>{literal('2')}{literal('null')}</row></relation>"
    )
    assert value_of(given("x"), decision("d", logic, "in_x"), x="y") == (
        {"n": 1, "s": "y"},
        {"n": 2, "s": None},
    )
    logic = f"<list>{literal('1')}{literal('1 + 1')}</list>"
    assert value_of(decision("d", logic)) == (1, 2)


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (
            f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then>"
            f"<else>{literal('2')}</else></conditional>",
            1,
        ),
        (
            f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item < x')}</match></filter>",
            (1,),
        ),
        (
            f'<for iteratorVariable="i"><in>{literal("1..3")}</in>'
            f"<return>{literal('i * x')}</return></for>",
            (2, 4, 6),
        ),
        (
            f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('i = x')}</satisfies></some>",
            True,
        ),
        (
            f'<every iteratorVariable="i"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('i = x')}</satisfies></every>",
            False,
        ),
    ],
)
def test_the_boxed_forms_of_dmn_1_4(logic: str, expected: object) -> None:
    logic = logic.replace("1..3", "[1..3]")
    assert value_of(given("x"), decision("d", logic, "in_x"), x=2) == expected


FACTORIAL = (
    '<businessKnowledgeModel id="fact" name="factorial"><variable name="factorial"/>'
    '<encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
    + literal("if n < 2 then 1 else n * factorial(n - 1)")
    + "</encapsulatedLogic>"
    '<knowledgeRequirement><requiredKnowledge href="#fact"/></knowledgeRequirement>'
    "</businessKnowledgeModel>"
)


def test_knowledge_is_invoked_by_position_by_name_and_by_itself() -> None:
    invocation = (
        f"<invocation>{literal('factorial')}<binding><parameter name='n'/>"
        f"{literal('x')}</binding></invocation>"
    )
    for logic in (literal("factorial(x)"), literal("factorial(n: x)"), invocation):
        found = value_of(given("x"), FACTORIAL, decision("d", logic, "in_x", knows=["fact"]), x=5)
        assert found == 120


def test_endless_recursion_is_stopped() -> None:
    unit, _ = compiled(
        document(
            given("x"), FACTORIAL, decision("d", literal("factorial(x)"), "in_x", knows=["fact"])
        )
    )
    with pytest.raises(LimitExceeded):
        decide(unit, "d", x=5_000)


def test_evaluation_is_bounded_by_fuel_over_all_decisions() -> None:
    loop = literal("count(for i in 1..2000 return i)")
    unit, _ = compiled(document(decision("a", loop), decision("d", loop, "a")))

    with pytest.raises(LimitExceeded):
        decide(unit, "d", Limits(script_steps=10_000))


def test_a_decision_service_is_called_like_a_function_and_by_itself() -> None:
    service = (
        '<decisionService id="s" name="price of"><variable name="price of"/>'
        '<outputDecision href="#total"/><inputDecision href="#rate"/><inputData href="#in_x"/>'
        "</decisionService>"
    )
    unit, problems = compiled(
        document(
            given("x"),
            decision("rate", literal("100")),
            decision("total", literal("x * rate"), "in_x", "rate"),
            service,
            decision("d", literal("price of(3, 5)"), knows=["s"]),
        )
    )
    assert problems == []
    assert decide(unit, "d", x=1).value == 15
    assert decide(unit, "price of", x=3, rate=7).value == 21
    assert decide(unit, "total", x=3).value == 300


def test_a_model_uses_types_decisions_and_functions_of_models_it_imports() -> None:
    rates = document(
        PERSON,
        given("base"),
        decision("rate", literal("base + 1"), "in_base"),
        FACTORIAL,
        name="rates",
        namespace="urn:rates",
    )
    needs = (
        '<informationRequirement><requiredDecision href="urn:rates#rate"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="urn:rates#fact"/></knowledgeRequirement>'
    )
    main = document(
        '<import name="r" namespace="urn:rates" '
        'importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
        f'<decision id="d" name="d"><variable name="d"/>{needs}'
        + literal(
            'r.factorial(r.rate) + (if {full name: "x", age: 1} instance of r.tPerson '
            "then 1 else 0)"
        )
        + "</decision>",
    )
    unit, problems = compiled(main, rates)

    assert problems == []
    assert decide(unit, "d", model="m", r={"base": 3}).value == 25
    assert decide(unit, "d", model="m", base=4).value == 121


def test_inputs_are_made_to_fit_their_types_or_are_null_with_a_note() -> None:
    unit, _ = compiled(
        document(
            PERSON,
            given("p", kind="tPerson"),
            given("ps", kind="tPersons"),
            given("f", kind="tFew"),
            given("day", kind="date"),
            decision("name", literal("p.full name"), "in_p"),
            decision("names", literal("ps.full name"), "in_ps"),
            decision("few", literal("sum(f)"), "in_f"),
            decision("year", literal("day.year"), "in_day"),
        )
    )
    ann = {"full name": "Ann", "age": 30}

    assert decide(unit, "name", p=ann).value == "Ann"
    assert decide(unit, "names", ps=ann).value == ("Ann",)
    assert decide(unit, "year", day="2026-03-04").value == 2026
    assert decide(unit, "few", f=[1, 2]).value == 3
    for name, wrong in (
        ("name", {"p": {**ann, "age": 200}}),
        ("name", {"p": "Ann"}),
        ("few", {"f": [1, 2, 3]}),
        ("year", {"day": "yesterday"}),
    ):
        outcome = decide(unit, name, **wrong)
        assert outcome.value is None
        assert outcome.notes


def test_a_decision_that_does_not_fit_its_type_is_null() -> None:
    unit, _ = compiled(document(decision("d", literal('"x"'), kind="number")))

    outcome = decide(unit, "d")

    assert outcome.value is None
    assert outcome.notes == ("d is not of the type number",)


def test_a_null_is_explained() -> None:
    unit, _ = compiled(document(given("x"), decision("d", literal("date(x)"), "in_x")))

    (step,) = decide(unit, "d", x=True).steps

    assert step["result"] is None
    assert step["notes"]


def test_functions_keep_what_they_saw_and_may_be_given_away() -> None:
    made = literal("for f in (for i in 1..3 return function(x) x + i) return f(10)")
    assert value_of(decision("d", made)) == (11, 12, 13)
    adder = decision("adder", literal("function(a) function(b) a + b"))
    assert value_of(adder, decision("d", literal("adder(1)(2)"), "adder")) == 3


def test_what_is_not_there_is_named() -> None:
    unit, _ = compiled(document(decision("d", literal("1"))))

    with pytest.raises(NotFound, match="no decision e"):
        decide(unit, "e")
    with pytest.raises(NotFound, match="no decision model z"):
        decide(unit, "d", model="z")


def test_a_table_in_a_function_sees_its_parameters() -> None:
    logic = table("UNIQUE", ["n"], ["out"], [(["< 3"], ["n"]), ([">= 3"], ["0"])])
    known = (
        '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic>'
        f'<formalParameter name="n"/>{logic}</encapsulatedLogic></businessKnowledgeModel>'
    )
    found = value_of(known, decision("d", literal("[k(1), k(2), k(3)]"), knows=["k"]))
    assert found == (1, 2, 0)
