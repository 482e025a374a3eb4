from __future__ import annotations

import pytest

from procession.testing import Model, model, start
from python_scripts import faults, play

IO = "<ioSpecification><dataInput id='i' name='p'/><inputSet/><outputSet/></ioSpecification>"


def feeding(association: str) -> Model:
    inside = f"{IO}<dataInputAssociation>{association}</dataInputAssociation>"
    return model().start().service("t", inside).end()


def constant(text: str) -> Model:
    return feeding(
        f"<targetRef>i</targetRef><assignment><from>{text}</from><to>x</to></assignment>"
    )


@pytest.mark.parametrize(
    ("association", "value"),
    [
        ("<sourceRef>x</sourceRef><targetRef>i</targetRef>", 4),
        ("<targetRef>i</targetRef><sourceRef>x</sourceRef>", 4),
        ("<sourceRef>m['k']</sourceRef><targetRef>i</targetRef>", "v"),
        (
            "<sourceRef>x</sourceRef><targetRef>i</targetRef>"
            "<transformation language='http://www.mvel.org/2.0'>x * 2</transformation>",
            8,
        ),
    ],
)
def test_a_parameter_from_a_variable_an_expression_or_a_transformation(
    association: str, value: object
):
    assert play(feeding(association), x=4, m={"k": "v"}).waits()[0].parameters == {"p": value}


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("plain", {"p": "plain"}),
        ('"quoted"', {"p": "quoted"}),
        ('""twice""', {"p": '"twice"'}),
        ("", {}),
        ("#{x}", {"p": 4}),
        ("x is #{x}", {"p": "x is 4"}),
        ("#{nowhere} stays", {"p": "#{nowhere} stays"}),
    ],
)
def test_a_parameter_from_a_constant(text: str, parameters: dict[str, object]):
    assert play(constant(text), x=4).waits()[0].parameters == parameters


def test_a_null_makes_no_parameter():
    process = feeding("<sourceRef>nowhere</sourceRef><targetRef>i</targetRef>")

    assert play(process).waits()[0].parameters == {}


def test_an_assignment_beside_a_source_in_no_named_language_is_refused():
    process = feeding(
        "<sourceRef>x</sourceRef><targetRef>i</targetRef>"
        "<assignment><from>a/b</from><to>i</to></assignment>"
    )

    text = "an assignment beside a source, in a language that is not named, is not supported"
    assert faults(process) == [("t", text)]


def test_assignments_make_a_parameter_part_by_part_from_several_sources():
    process = feeding(
        "<sourceRef>x</sourceRef><sourceRef>m</sourceRef><targetRef>i</targetRef>"
        "<assignment><from>x</from><to>p.total</to></assignment>"
        "<assignment><from language='mvel'>m['k'] + '!'</from><to>i/who/name</to></assignment>"
        '<assignment><from>"fixed"</from><to>#{p.note}</to></assignment>'
    )

    (wait,) = play(process, x=4, m={"k": "v"}).waits()

    assert wait.parameters == {"p": {"total": 4, "who": {"name": "v!"}, "note": "fixed"}}


def test_a_path_into_a_source_needs_no_language():
    process = feeding(
        "<sourceRef>m</sourceRef><targetRef>i</targetRef>"
        "<assignment><from>m.k</from><to>i</to></assignment>"
    ).xml()

    (wait,) = start(process, m={"k": "v"}).waits()

    assert wait.parameters == {"p": "v"}


def test_a_transformation_makes_one_value_of_several_sources():
    process = feeding(
        "<sourceRef>x</sourceRef><sourceRef>y</sourceRef><targetRef>i</targetRef>"
        "<transformation language='mvel'>x * y</transformation>"
    )

    assert play(process, x=4, y=5).waits()[0].parameters == {"p": 20}


def test_several_sources_need_a_transformation_or_assignments():
    process = feeding("<sourceRef>x</sourceRef><sourceRef>y</sourceRef><targetRef>i</targetRef>")

    text = "an association with several sources and neither transformation nor assignment"
    assert faults(process) == [("t", f"{text} is not supported")]
