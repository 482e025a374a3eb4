from __future__ import annotations

from procession.testing import Model, model
from procession.testing.models import error, parameters
from python_scripts import faults, play


def calling() -> Model:
    process = model(jbpm=True).root('<itemDefinition id="i" structureRef="java.lang.String"/>')
    process.root('<message id="m" itemRef="i"/>')
    return process.root(
        '<interface id="if" name="Hello" implementationRef="com.Hello"><operation id="op" '
        'name="hello"><inMessageRef>m</inMessageRef></operation></interface>'
    )


def test_names_interface_operation_and_type():
    process = calling().variable("s").start()
    inside = parameters(inputs={"Parameter": "s"}, outputs={"Result": "s"})
    process.service("t", inside, operationRef="op", implementation="Java").end()
    run = play(process, s="john")
    [wait] = run.waits()

    assert wait.name == "Service Task"
    assert wait.parameters == {
        "Interface": "Hello",
        "Operation": "hello",
        "ParameterType": "java.lang.String",
        "interfaceImplementationRef": "com.Hello",
        "implementation": "Java",
        "Parameter": "john",
    }

    run.complete("t", Result="Hello john!")
    assert run.variables == {"s": "Hello john!"}


def test_data_inputs_go_before_the_operation():
    inside = parameters(constants={"Operation": "other"})
    run = play(calling().start().service("t", inside, operationRef="op").end())

    assert run.waits()[0].parameters["Operation"] == "other"


def test_an_operation_that_is_not_declared_is_refused():
    process = calling().start().service("t", operationRef="nowhere").end()

    assert faults(process) == [("t", "operation nowhere is not declared")]


def test_a_failed_service_is_caught_by_its_code():
    process = model().root('<error id="e" errorCode="E1"/>').start().service("t").end()
    process.boundary("t", "b", error("e")).task("help").end()
    run = play(process)

    run.fail("t", "E1")

    assert run.visited[-3:] == ["b", "help", "end"]
    assert run.is_completed
