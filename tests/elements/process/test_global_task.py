from __future__ import annotations

from procession.core import records as r
from procession.testing import Model, model, start
from procession.testing.models import BPMN
from python_scripts import compiled, faults

IO = (
    '<ioSpecification><dataInput id="i1" name="amount"/><dataOutput id="o1" name="answer"/>'
    "<inputSet/><outputSet/></ioSpecification>"
)
DROOLS = 'xmlns:d="http://www.jboss.org/drools"'


def beside(xml: str) -> Model:
    """A process that calls the global task ``g`` beside it."""
    return model().root(xml).start().call("call", "g").end()


def task(xml: str):
    """The definition that a global task becomes, compiled with Python scripts."""
    found = compiled(beside(xml))
    assert not found.errors, found.errors
    assert [d.id for d in found.definitions] == ["g", "process"]
    return found.definitions[0]


def test_a_global_task_passes_through():
    run = start(task('<globalTask id="g" name="Anything"/>'))

    assert run.definition.name == "Anything"
    assert run.definition.is_global_task
    assert run.visited == ["g"]
    assert run.is_completed


def test_a_global_task_with_a_name_is_a_work_item_with_its_interface():
    xml = f'<globalTask id="g" {DROOLS} d:taskName="Ship">{IO}</globalTask>'
    run = start(task(xml), amount=3, other=4)

    [wait] = run.waits()
    assert (wait.name, dict(wait.parameters)) == ("Ship", {"amount": 3})

    run.complete("g", answer="sent", noise=1)
    assert run.is_completed
    assert run.variables == {"amount": 3, "other": 4, "answer": "sent"}


def test_the_caller_gets_what_the_interface_names():
    found = compiled(beside(f'<globalTask id="g">{IO}</globalTask>'))

    assert set(found.definitions[0].variables[""]) == {"amount", "answer"}
    run = start(found.definitions[1])
    assert run.of(r.ProcessCalled)[0].called == "g"


def test_a_global_task_needs_an_id():
    assert faults(beside("<globalTask/>")) == [("definitions", "the globalTask has no id")]


def test_two_callable_elements_cannot_have_one_id():
    text = f'<definitions xmlns="{BPMN}"><globalTask id="g"/><globalTask id="g"/></definitions>'
    errors = compiled(text, strict=True).errors

    assert any("g is used twice" in problem.text for problem in errors)
