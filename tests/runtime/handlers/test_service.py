"""Service tasks with Python in place of their Java interfaces."""

from __future__ import annotations

import pytest

from procession.errors import HandlerFailure, Invalid, ModelError
from procession.testing.models import error, parameters
from tests.runtime.handlers.house import begin
from tests.runtime.rooms import jobs, straight, variables, visited


class Hello:
    """What a model calls ``com.example.Hello``."""

    made = 0

    def __init__(self):
        type(self).made += 1

    def hello(self, name):
        return f"Hello {name}!"

    def fail(self, name):
        raise LookupError(name)

    def _hidden(self, name):
        return name


def shout(name):
    return str(name).upper()


def greeting(operation="hello", code="", **attributes):
    inside = parameters(inputs={"Parameter": "name"}, outputs={"Result": "text"})
    process = straight(
        "p",
        lambda m: m.service("s", inside, operationRef="op", **attributes),
        variables="name text",
    )
    process.root('<message id="m"/>')
    process.root(
        '<interface id="i" name="com.example.Hello" implementationRef="com.example.HelloImpl">'
        f'<operation id="op" name="{operation}"><inMessageRef>m</inMessageRef></operation>'
        "</interface>"
    )
    if code:
        process.root(f'<error id="e" errorCode="{code}"/>')
        process.boundary("s", "failed", error("e")).task("caught", taskName="Wait").end("x")
    return process


def greet(engine, model=None):
    return begin(engine, model or greeting(), {"name": "Ann"})


@pytest.mark.parametrize("interface", ["com.example.Hello", "com.example.HelloImpl"])
def test_an_object_stands_for_an_interface(engine, interface):
    engine.service(interface, Hello())

    assert greet(engine).variables["text"] == "Hello Ann!"


def test_a_function_stands_for_an_interface_or_an_operation(engine):
    engine.service("com.example.Hello", lambda name: "from the interface")
    assert greet(engine).variables["text"] == "from the interface"

    engine.service("com.example.Hello/hello", shout)
    assert greet(engine).variables["text"] == "ANN"


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (f"com.example.Hello={__name__}:Hello", "Hello Ann!"),
        (f"com.example.Hello/hello={__name__}:shout", "ANN"),
        (f"com.example.HelloImpl={__name__}:Hello", "Hello Ann!"),
    ],
)
def test_the_settings_say_what_stands_for_an_interface(opening, setting, text):
    Hello.made = 0
    engine = opening(services=(setting,))
    assert Hello.made == 0

    assert [greet(engine).variables["text"] for _ in range(2)] == [text, text]
    assert Hello.made <= 1


@pytest.mark.parametrize("entry", ["x", "x=", "x=y", "x=os:_exit", "=os:path"])
def test_a_setting_must_name_something(opening, entry):
    with pytest.raises(Invalid, match="services"):
        opening(services=(entry,))


def test_what_it_raises_the_model_may_catch_by_its_class(engine):
    engine.service("com.example.Hello", Hello())

    view = greet(engine, greeting("fail", code="LookupError"))

    assert visited(engine, view.id, "caught") == 1


def test_it_may_speak_to_the_diagram(engine):
    def refuse(name):
        raise ModelError("TOO_LOUD")

    engine.service("com.example.Hello", refuse)

    view = greet(engine, greeting(code="TOO_LOUD"))

    assert visited(engine, view.id, "caught") == 1


@pytest.mark.parametrize("operation", ["sing", "_hidden", "__init__", "__class__"])
def test_only_public_operations_can_be_called(engine, operation):
    engine.service("com.example.Hello", Hello())

    with pytest.raises(HandlerFailure, match="has no operation"):
        greet(engine, greeting(operation))


def test_as_a_job_it_runs_after_the_answer(engine):
    engine.service("com.example.Hello", Hello(), mode="job")

    view = greet(engine)
    assert view.state == 1
    engine.run_due_jobs()

    assert variables(engine, view.id)["text"] == "Hello Ann!"


def test_an_interface_that_nobody_knows_stays_pending(engine):
    view = greet(engine)

    assert view.state == 1
    assert [job.state for job in jobs(engine)] == ["external"]
