"""Business objects that cannot be checked are refused when they are deployed."""

from __future__ import annotations

import pytest

from procession.bpmn.compiler import compile_document
from procession.scripting.evaluator import Evaluator


def problems(inside: str) -> list[tuple[str, int, str]]:
    xml = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"\n'
        ' xmlns:oneweb="urn:procession:oneweb:1" targetNamespace="urn:t">\n'
        '<process id="p" name="P" isExecutable="true"><extensionElements>\n'
        f"{inside}\n"
        '</extensionElements><startEvent id="s"/><endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
    )
    found = compile_document(xml.encode(), Evaluator(), resource="p.bpmn").problems
    return [(p.severity, p.line, p.text) for p in found]


def employee(inside: str) -> str:
    return f'<oneweb:businessObject name="Employee">{inside}</oneweb:businessObject>'


@pytest.mark.parametrize(
    "type",
    ["String", "Integer", "Decimal", "Date", "Time", "Boolean", "java.lang.Long", "List<Integer>"],
)
def test_types_that_are_known_are_taken(type: str) -> None:
    written = type.replace("<", "&lt;")

    assert not problems(employee(f'<oneweb:field name="a" type="{written}"/>'))


def test_objects_stand_in_objects_and_a_field_is_a_string_unless_it_says_so() -> None:
    address = '<oneweb:businessObject name="Address"><oneweb:field name="street"/>'

    assert not problems(employee(f'<oneweb:field name="a"/>{address}</oneweb:businessObject>'))


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (employee('<oneweb:field name="a" type="Strng"/>'), "'Employee.a' has the type 'Strng'"),
        (employee('<oneweb:field name="a" type="Whole[]"/>'), "'Whole[]'"),
        (employee('<oneweb:field name="a"/><oneweb:field name="a"/>'), "'a' is declared twice"),
        (employee('<oneweb:field type="String"/>'), "field in business object 'Employee' has no"),
        (employee('<oneweb:member name="a"/>'), "member is no part of a business object"),
        (employee("") + employee(""), "'Employee' is declared twice in the process"),
        ("<oneweb:businessObject/>", "businessObject in the process has no name"),
        (
            employee(
                '<oneweb:businessObject name="Address"><oneweb:field name="x" type="Nr"/>'
                "</oneweb:businessObject>"
            ),
            "'Employee.Address.x'",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused_with_its_line(inside: str, words: str) -> None:
    ((severity, line, text),) = problems(inside)

    assert severity == "error"
    assert line == 4
    assert words in text
