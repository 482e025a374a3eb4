"""What cannot be served is told at deployment with script, line and call, in every language."""

from __future__ import annotations

import pytest

from procession import Engine
from procession.core.ports import Purpose, ScriptScope, ScriptSyntax
from procession.errors import InvalidModel
from procession.testing import model
from procession.values import Map
from tests.scripting.scripts import EVALUATOR

SCOPE = ScriptScope(types=Map(s="String", x="Integer"))
DOUBTFUL = [
    ("java", "\nnew java.io.File(s);", "line 2: new java.io.File(…)"),
    ("java", "Runtime.getRuntime();", "line 1: Runtime.getRuntime(…)"),
    ("java", "\n\ns.toSpeech();", "line 3: java.lang.String.toSpeech(…)"),
    ("java", "kcontext.getNothing();", "getNothing(…)"),
    ("java", "doNothing(x);", "doNothing(…): no such function"),
    ("java", "Integer.parseRoman(s);", "java.lang.Integer.parseRoman"),
    ("mvel", "x = 1\nnew java.io.File(s)", "line 2: new java.io.File(…)"),
    ("mvel", "s.toSpeech()", "toSpeech(…)"),
    ("mvel", "($.toSpeech() in [s])", "toSpeech(…)"),
    ("juel", "${s.toSpeech()}", "toSpeech(…)"),
    ("juel", "${doNothing(x)}", "doNothing(…): no such function"),
    ("python", "s.to_speech()", "to_speech"),
    ("python", "x = 1\ndo_nothing(x)", "line 2: do_nothing(…)"),
    ("javascript", "var f;\nf = new java.io.File(s)", "line 2: java.io.File: the class is not"),
    ("javascript", "Java.type('java.lang.Runtime')", "line 1: java.lang.Runtime"),
    ("javascript", "kcontext.getNothing()", "line 1: kcontext.getNothing: kcontext has no such"),
]


@pytest.mark.parametrize(("language", "source", "doubt"), DOUBTFUL)
def test_a_doubt_is_told_with_its_line(language: str, source: str, doubt: str):
    try:
        script = EVALUATOR.compile(language, source, Purpose.SCRIPT, SCOPE)
    except ScriptSyntax as refused:
        pytest.fail(f"refused: {refused}")

    assert any(doubt in one for one in script.warnings), script.warnings


@pytest.mark.parametrize(
    "source",
    [
        "var a = new java.util.ArrayList(); kcontext.getVariable('x')",
        "// java.io.File\n1",
        "'java.io.File'",
        "com.acme = 1",
        "/* kcontext.nothing */ kcontext.getKieRuntime()",
    ],
)
def test_what_is_there_raises_no_doubt(source: str):
    scope = ScriptScope(types=Map(com="Object"))

    assert EVALUATOR.compile("javascript", source, Purpose.SCRIPT, scope).warnings == ()


@pytest.mark.parametrize("source", ["unknown-function(1)", "s:foo(1)", "1 +"])
def test_xpath_refuses_what_it_has_not_got(source: str):
    with pytest.raises(ScriptSyntax):
        EVALUATOR.compile("xpath", source, Purpose.CONDITION, SCOPE)


@pytest.mark.parametrize(("language", "source", "doubt"), DOUBTFUL)
def test_a_strict_deployment_is_refused(language: str, source: str, doubt: str):
    if language == "juel":
        pytest.skip("not a language of scripts")
    names = {"java": "http://www.java.com/java", "mvel": "http://www.mvel.org/2.0"}
    made = model("doubt", jbpm=True).variable("s", "String").variable("x", "Integer")
    made.start().script("told", source, scriptFormat=names.get(language, language)).end()
    with Engine.open("sqlite://") as engine:
        job = engine.deployments.deploy(engine.admin, "org:doubt:1", {"d.bpmn": made.xml()})
        with pytest.raises(InvalidModel) as refused:
            engine.deployments.deploy(
                engine.admin, "org:doubt:2", {"d.bpmn": made.xml()}, strict=True
            )

    told = doubt.partition(": ")[2] if doubt.startswith("line") else doubt
    for said in (str(job), str(refused.value)):
        assert "told: script" in said
        assert told in said
