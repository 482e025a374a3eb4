from __future__ import annotations

import pytest

from procession.errors import InvalidValue
from procession.testing import Model, model
from procession.testing.models import message, parameters
from python_scripts import definition, faults, play


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


# -- of activities and events ------------------------------------------------------------------


def test_of_a_task_holds_for_the_task_alone():
    inside = '<property id="own"/>' + parameters(inputs={"p": "own"}, outputs={"r": "own"})
    process = model().start().service("a", inside).service("b", parameters(inputs={"p": "own"}))
    run = play(process.end())
    assert run.wait_at("a").parameters == {}

    run.complete("a", r=1)

    assert run.wait_at("b").parameters == {}
    assert run.variables == {}


def test_of_a_task_is_seen_by_its_scripts():
    scripts = "<extensionElements><d:onEntry-script><d:script>{}</d:script></d:onEntry-script>"
    scripts = scripts.format("kcontext.setVariable('own', 5)") + "</extensionElements>"
    inside = scripts + '<property id="own"/>' + parameters(inputs={"p": "own"})
    process = model(jbpm=True).start().service("a", inside).end()

    run = play(process)

    assert run.wait_at("a").parameters == {"p": 5}
    assert run.variables == {}


def test_of_a_task_may_begin_with_a_value():
    meta = '<d:metaData name="defaultValue"><d:metaValue>x</d:metaValue></d:metaData>'
    own = f'<property id="own"><extensionElements>{meta}</extensionElements></property>'
    process = model(jbpm=True).start().service("a", own + parameters(inputs={"p": "own"})).end()

    assert play(process).wait_at("a").parameters == {"p": "x"}


def test_of_an_event_takes_what_the_event_brings():
    takes = "<dataOutput id='o'/><dataOutputAssociation><sourceRef>o</sourceRef>"
    takes += "<targetRef>own</targetRef></dataOutputAssociation>"
    process = model().root('<message id="m"/>').start()
    process.catch("c", '<property id="own"/>' + takes + message("m")).user("u").end()
    run = play(process)

    run.message("m", "hello")

    assert run.active == ["u"]
    assert run.variables == {}


def test_of_a_gateway_is_refused():
    process = model().start().node("exclusiveGateway", "g", '<property id="own"/>').end()

    text = "a property of something that is neither an activity nor an event is not supported"
    assert faults(process) == [("own", text)]
