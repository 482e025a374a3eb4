from __future__ import annotations

import pytest

from procession.core.records import ErrorThrown
from procession.core.state import InstanceStatus
from procession.errors import ScriptFailure
from procession.testing import Model, model
from procession.testing.models import error
from python_scripts import play

ROOTS = (
    '<error id="e" errorCode="E1"/><error id="other" errorCode="E2"/><error id="any"/>'
    '<error id="java" errorCode="java.lang.RuntimeException"/>'
    '<itemDefinition id="i" structureRef="java.lang.Exception"/>'
    '<error id="typed" errorCode="X" structureRef="i"/>'
)
OUTPUT = (
    "<dataOutput id='o' name='event'/><dataOutputAssociation><sourceRef>o</sourceRef>"
    "<targetRef>x</targetRef></dataOutputAssociation>"
)


def throwing(*catchers: str) -> Model:
    process = model().root(ROOTS).variable("x").start()
    data = "<dataInput id='d' name='v'/><dataInputAssociation><sourceRef>given</sourceRef>"
    data += "<targetRef>d</targetRef></dataInputAssociation>"
    process.sub("sub").start("in").end("stop", data + error("e")).end_sub().end()
    for index, reference in enumerate(catchers):
        process.boundary("sub", f"c{index}", OUTPUT + error(reference)).end("end2")
    return process


def test_is_caught_by_its_code_with_its_value():
    run = play(throwing("other", "e"), given=5)

    assert "c1" in run.visited
    assert run.variables["x"] == 5
    assert run.of(ErrorThrown)[0].catcher == "c1"


@pytest.mark.parametrize("catcher", ["any", ""])
def test_is_caught_by_one_that_catches_all(catcher: str):
    assert "c0" in play(throwing(catcher)).visited


def test_a_name_goes_before_one_that_catches_all():
    assert "c1" in play(throwing("any", "e")).visited


def test_uncaught_the_instance_is_aborted_with_the_code():
    run = play(throwing("other"))

    assert run.status is InstanceStatus.ABORTED
    assert run.state.outcome == "E1"
    assert not run.state.elements
    assert not run.state.waits


def scripted(*catchers: str) -> Model:
    process = model().root(ROOTS).variable("x").start()
    process.script("s", "throw java.lang.RuntimeException boom").end()
    for index, reference in enumerate(catchers):
        process.boundary("s", f"c{index}", OUTPUT + error(reference)).end("end2")
    return process


def test_an_exception_is_caught_by_its_class():
    run = play(scripted("any", "java"))

    assert "c1" in run.visited
    assert run.variables["x"].fields == {"message": "boom"}


def test_an_exception_is_caught_by_an_ancestor_that_the_error_is_made_of():
    assert "c0" in play(scripted("typed", "any")).visited


def test_an_exception_is_not_caught_by_another_name():
    with pytest.raises(ScriptFailure):
        play(scripted("e"))


def test_a_definition_beside_the_process_may_be_shared():
    process = model().root(ROOTS).root('<errorEventDefinition id="shared" errorRef="e"/>')
    process.start().end("end", "<eventDefinitionRef>shared</eventDefinitionRef>")

    assert play(process).state.outcome == "E1"
