"""What becomes of exceptions of scripts: who catches them by class, and what a log has of them."""

from __future__ import annotations

import logging

import pytest

from procession.errors import HandlerFailure, ScriptFailure, logged
from procession.scripting.evaluator import Evaluator
from procession.testing import ManualClock, Model, compile_model, model, start
from procession.testing.models import error
from tests.runtime.rooms import JAVA, deploy, jobs

ROOTS = (
    '<error id="exact" errorCode="java.lang.NumberFormatException"/>'
    '<error id="ancestor" errorCode="java.lang.IllegalArgumentException"/>'
    '<error id="far" errorCode="java.lang.RuntimeException"/>'
    '<itemDefinition id="i" structureRef="java.lang.NumberFormatException"/>'
    '<error id="typed" errorCode="X" structureRef="i"/>'
    '<error id="other" errorCode="java.lang.IllegalStateException"/><error id="any"/>'
)
OUTPUT = (
    "<dataOutput id='o' name='event'/><dataOutputAssociation><sourceRef>o</sourceRef>"
    "<targetRef>x</targetRef></dataOutputAssociation>"
)
SCRIPTS = {
    JAVA: "int n = Integer.parseInt(text);",
    "http://www.mvel.org/2.0": "n = Integer.parseInt(text);",
    "http://www.javascript.com/javascript": "var n = java.lang.Integer.parseInt(text);",
}
ASYNC = (
    '<extensionElements><d:metaData name="customAsync"><d:metaValue>true</d:metaValue>'
    "</d:metaData></extensionElements>"
)


def failing(language: str, *catchers: str) -> Model:
    process = model("p", jbpm=True).root(ROOTS).variable("text").variable("x").start()
    process.script("s", SCRIPTS[language], scriptFormat=language).end()
    for at, catcher in enumerate(catchers):
        process.boundary("s", f"c{at}", OUTPUT + error(catcher)).end(f"end{at}")
    return process


@pytest.mark.parametrize("language", SCRIPTS)
@pytest.mark.parametrize(
    ("catchers", "caught"),
    [
        (("other", "exact"), "c1"),
        (("typed",), "c0"),
        (("other", "ancestor"), "c1"),
        (("far",), "c0"),
        (("any",), "c0"),
        (("any", "exact"), "c1"),
    ],
)
def test_an_exception_goes_to_who_names_its_class_its_ancestor_or_none(
    language: str, catchers: tuple[str, ...], caught: str
):
    process = compile_model(failing(language, *catchers), evaluator=Evaluator())

    run = start(process, text="q")

    assert caught in run.visited
    assert run.variables["x"].type_name == "java.lang.NumberFormatException"
    assert run.variables["x"].fields["message"] == 'For input string: "q"'


@pytest.mark.parametrize("language", SCRIPTS)
def test_uncaught_it_tells_the_caller_all_and_a_log_no_value(language: str):
    process = compile_model(failing(language, "other"), evaluator=Evaluator())

    with pytest.raises(ScriptFailure) as failed:
        start(process, text="secret")

    assert 'For input string: "secret"' in failed.value.message
    told = logged(failed.value)
    assert "secret" not in told
    assert "[p:1 - s:s] -- java.lang.NumberFormatException in" in told
    assert "(line 1)" in told or "javascript" in language
    assert told.endswith("with text")
    assert failed.value.variables == ("text",)


def test_what_a_failure_led_to_is_told_without_values_too():
    inner = ScriptFailure('it has "secret"', logged="a script at s")
    outer = HandlerFailure('failed with "secret"')
    outer.__cause__ = inner

    assert logged(outer) == "HandlerFailure: a script at s"
    assert logged(HandlerFailure("no connection")) == "no connection"


def test_the_log_of_a_failed_job_names_place_line_and_variables_and_no_value(
    opening, caplog: pytest.LogCaptureFixture
):
    clock = ManualClock()
    engine = opening(clock=clock, threads=False)
    process = model("later", jbpm=True).variable("text").variable("x").start()
    script = f"{ASYNC}<script>\nx = 1;\nx = Integer.parseInt(text);</script>"
    deploy(engine, process.node("scriptTask", "s", script, scriptFormat="mvel").end())
    engine.processes.start(engine.admin, "later", {"text": "secret"})

    with caplog.at_level(logging.DEBUG):
        for pause in (0, 10, 60):
            clock.advance(pause)
            engine.run_due_jobs()

    told = [line.getMessage() for line in caplog.records if "failed" in line.getMessage()]
    assert len(told) == 3
    assert "secret" not in caplog.text
    assert all("NumberFormatException in MVEL" in line for line in told)
    assert all("(line 3) with x, text" in line for line in told)
    assert 'For input string: "secret"' in str(jobs(engine)[0].last_error)
