from __future__ import annotations

import pytest

from procession.errors import InvalidValue
from procession.testing import Model, model
from procession.testing.models import parameters
from python_scripts import definition, play


def typed(structure: str) -> Model:
    inside = parameters(outputs={"r": "x"})
    process = model(jbpm=True).variable("x", structure).start()
    return process.task("t", inside, taskName="W").end()


def test_is_called_by_its_name_else_by_its_id():
    built = definition(
        model().inside('<property id="p1" name="x"/><property id="y"/>').start().end()
    )

    assert list(built.variables[""]) == ["x", "y"]


@pytest.mark.parametrize(
    ("structure", "text", "value"),
    [
        ("Integer", "12", 12),
        ("java.lang.Integer", "12", 12),
        ("Boolean", "TRUE", True),
        ("Boolean", "yes", False),
        ("Float", "1.5", 1.5),
        ("java.lang.Long", "99", 99),
        ("String", "12", "12"),
        ("Object", "12", "12"),
        ("com.acme.Person", "<x/>", "<x/>"),
    ],
)
def test_a_text_result_becomes_what_the_variable_holds(structure: str, text: str, value: object):
    run = play(typed(structure))

    run.complete("t", r=text)

    assert run.variables["x"] == value


@pytest.mark.parametrize("result", ["twelve", "99999999999", True])
def test_a_result_that_does_not_fit_is_refused(result: object):
    run = play(typed("Integer"))

    with pytest.raises(InvalidValue):
        run.complete("t", r=result)
    assert run.active == ["t"]
