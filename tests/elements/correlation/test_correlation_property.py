from __future__ import annotations

from procession.testing import model
from python_scripts import definition, faults

RETRIEVAL = (
    '<correlationPropertyRetrievalExpression messageRef="{}">{}'
    "</correlationPropertyRetrievalExpression>"
)
PATH = "<messagePath>number</messagePath>"


def with_property(*retrievals: str):
    inside = "".join(retrievals)
    process = model().root('<message id="m" name="M"/>').start().end()
    return process.root(f'<correlationProperty id="p">{inside}</correlationProperty>')


def test_a_message_that_is_not_declared_is_refused():
    assert faults(with_property(RETRIEVAL.format("x", PATH))) == [
        ("p", "message x is not declared")
    ]


def test_a_path_is_needed():
    assert faults(with_property(RETRIEVAL.format("m", ""))) == [
        ("p", "the retrieval expression has no messagePath")
    ]


def test_a_path_in_error_is_refused_with_its_place():
    wrong = "<messagePath>(</messagePath>"

    found = faults(with_property(RETRIEVAL.format("m", wrong)))

    assert {element for element, _ in found} == {"p"}
    assert found[0][1].startswith("expression:")


def test_without_a_key_it_changes_nothing():
    built = definition(with_property(RETRIEVAL.format("m", PATH)))

    assert built.correlation_keys == ()
