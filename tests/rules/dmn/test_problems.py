"""What is refused: every problem at once, with element and line."""

from __future__ import annotations

import pytest

from tests.rules.dmn.models import compiled, decision, document, given, literal, table


def errors(*documents: str) -> list[tuple[str, int, str]]:
    _, problems = compiled(*documents)
    return [(p.element, p.line, p.text) for p in problems if p.severity == "error"]


def test_every_problem_is_named_at_once_with_its_line() -> None:
    found = errors(
        document(
            given("x", kind="tNothing"),
            decision("a", literal("1 +"), "in_x"),
            decision("b", literal("\n\n1 + * 2"), "nowhere"),
            decision("c", literal("c"), "c"),
        )
    )
    assert [(element, line) for element, line, _ in found] == [
        ("x", 2),
        ("b", 4),
        ("c", 7),
        ("a", 3),
        ("b", 6),
    ]
    assert found[0][2] == "there is no type 'tNothing'"
    assert "nowhere, which is not there" in found[1][2]
    assert found[2][2] == "the decision requires itself"


@pytest.mark.parametrize(
    ("logic", "why"),
    [
        (
            '<literalExpression expressionLanguage="urn:js"><text>1</text></literalExpression>',
            "FEEL",
        ),
        (
            '<functionDefinition kind="Java"><formalParameter name="x"/></functionDefinition>',
            "needs a class and a method signature",
        ),
        (
            '<functionDefinition kind="PMML"><formalParameter name="x"/></functionDefinition>',
            "functions in PMML are not available",
        ),
        (literal('function(a) external {java: {class: "java.lang.Math"}}'), "method signature"),
        (literal('function(a) external {pmml: {document: "a"}}'), "PMML"),
        ('<decisionTable hitPolicy="LAST"><output/></decisionTable>', "hit policy LAST is unknown"),
        ("<decisionTable/>", "needs an output"),
        (
            table("COLLECT", ["1"], ["a", "b"], [], aggregation="SUM"),
            "SUM needs a single output",
        ),
        (table("UNIQUE", ["1"], ["a"], [(["1", "2"], ["3"])]), "2 conditions and 1 conclusions"),
        (table("UNIQUE", ["1"], ["a"], [(["< "], ["3"])]), "expected an expression"),
        (
            f"<relation><column name='a'/><row>{literal('1')}{literal('2')}</row></relation>",
            "2 cells for 1 columns",
        ),
    ],
)
def test_logic_that_cannot_be_run_is_refused(logic: str, why: str) -> None:
    found = errors(document(decision("d", logic)))

    assert any(why in text for _, _, text in found), found


def test_a_name_that_nothing_has_is_a_warning() -> None:
    _, problems = compiled(document(decision("d", literal("nobody + 1"))))

    assert [(p.severity, p.text) for p in problems] == [
        ("warning", "nothing is called 'nobody'; it is null")
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<definitions>", "not well-formed"),
        ("<html/>", "not 'definitions' of DMN"),
        ('<!DOCTYPE d [<!ENTITY x "y">]>' + document(), "document type"),
        ('<!DOCTYPE d SYSTEM "http://example.com/d.dtd">' + document(), "document type"),
        ("<a>" * 300 + "</a>" * 300, "nested"),
    ],
)
def test_a_document_that_is_not_dmn_is_refused(content: str, why: str) -> None:
    ((_, _, text),) = errors(content)

    assert why in text or "depth" in text


def test_models_of_one_namespace_and_missing_imports_are_refused() -> None:
    one = document(decision("d", literal("1")))
    missing = document(
        '<import name="r" namespace="urn:gone" '
        'importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
        '<import name="p" namespace="urn:p" importType="http://www.dmg.org/PMML-4_1"/>',
        namespace="urn:other",
    )
    texts = [text for _, _, text in errors(one, one, missing)]

    assert "the namespace urn:m is that of 0.dmn already" in texts
    assert "the unit has no model with the namespace urn:gone" in texts
    assert any("only DMN models can be imported" in text for text in texts)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_the_format_is_read(namespace: str) -> None:
    content = document(decision("d", literal("1"))).replace(
        "https://www.omg.org/spec/DMN/20230324/MODEL/", namespace
    )
    unit, problems = compiled(content)

    assert problems == []
    assert [node.name for node in unit.models[0].decisions] == ["d"]
