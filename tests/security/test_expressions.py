"""Hostile scripts, conditions and templates, deployed and run through the REST door.

The language itself is tried in ``tests/scripting/test_security.py``; here stands the way in:
whatever a model or a caller writes, nothing of the host is read, called or changed, and what does
not end is ended.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procession.services.paging import EVERYTHING
from procession.testing.models import model, parameters
from tests.security.house import House, house

UNIT = "org.test:Scripts:1.0"
CANARY = "canary-51c9"
JAVA = "http://www.java.com/java"
MVEL = "http://www.mvel.org/2.0"


def corpus(folder: Path) -> list[str]:
    """Expressions that elsewhere reached files, programs, classes or the environment."""
    mark, secret = folder / "touched", folder / "secret.txt"
    return [
        f'Runtime.getRuntime().exec("touch {mark}")',
        f'java.lang.Runtime.getRuntime().exec(new String[]{{"touch", "{mark}"}})',
        f'new ProcessBuilder("touch", "{mark}").start()',
        f'new java.io.File("{mark}").createNewFile()',
        f'new java.io.FileWriter("{mark}").write("x")',
        f'new java.util.Scanner(new java.io.File("{secret}")).nextLine()',
        f'new String(java.nio.file.Files.readAllBytes(java.nio.file.Paths.get("{secret}")))',
        'System.getenv("CANARY")',
        "System.getenv()",
        'System.getProperty("user.home")',
        "System.getProperties()",
        "System.exit(7)",
        'Class.forName("java.lang.Runtime").getMethod("getRuntime").invoke(null)',
        '"".getClass().forName("java.lang.Runtime")',
        '"".getClass().getClassLoader()',
        "Thread.currentThread().getContextClassLoader()",
        'new javax.script.ScriptEngineManager().getEngineByName("js").eval("1")',
        'new java.net.URL("http://127.0.0.1:1/").openStream()',
        'new javax.naming.InitialContext().lookup("ldap://127.0.0.1:1/x")',
        "new java.lang.ProcessBuilder(new java.util.ArrayList()).start()",
        'T(java.lang.Runtime).getRuntime().exec("id")',
        "''.class.forName('java.lang.Runtime').getRuntime().exec('id')",
        '"".getClass().getProtectionDomain().getCodeSource().getLocation()',
        '__import__("os").environ["CANARY"]',
        f'open("{secret}").read()',
        f'__builtins__["open"]("{secret}").read()',
        "().__class__.__bases__[0].__subclasses__()",
        '"".__class__.__mro__[1].__subclasses__()',
        "[c for c in ().__class__.__base__.__subclasses__()]",
        "kcontext.__init__.__globals__",
        "kcontext.__class__.__init__.__globals__",
        "kcontext.getClass().getClassLoader()",
        "kcontext.getKieRuntime().getClass().getMethods()",
        '"{0.__class__}".format(kcontext)',
        'String.format("%s", kcontext.__dict__)',
        "lambda: 1",
        'exec("import os")',
        'eval("1+1")',
        'compile("1", "", "eval")',
        "globals()",
        "vars()",
        "self.__dict__",
        'getattr(kcontext, "__class__")',
        "ｋcontext.__class__",
        "kcontext.__ｃlass__",
        "kcontext.\\u005f\\u005fclass\\u005f\\u005f",
        '\\u0052untime.getRuntime().exec("id")',
        'import("os")',
        'with (System) { getenv("CANARY") }',
        "new java.io.ObjectInputStream(null).readObject()",
        "sun.misc.Unsafe.getUnsafe()",
    ]


COUNT = len(corpus(Path("/x")))


@pytest.fixture(scope="module")
def opened() -> Iterator[House]:
    with house(script_steps=100_000, script_cells=200_000) as one:
        yield one


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret in a file and in the environment, and a place where a mark would be left."""
    (tmp_path / "secret.txt").write_text(CANARY)
    monkeypatch.setenv("CANARY", CANARY)
    return tmp_path


def models(expression: str) -> dict[str, bytes]:
    """The places where a model may hold code."""
    script = f'kcontext.setVariable("out", {expression});'
    body = parameters(constants={"TaskName": "t", "Comment": f"#{{{expression}}}"})
    condition = f"return {expression} != null;"
    deadline = parameters(constants={"TaskName": "t", "DueDate": f"#{{{expression}}}"})
    return {
        "script, Java": model("p", jbpm=True)
        .variable("out").start().script("s", script, scriptFormat=JAVA).user("u").end().xml(),
        "script, MVEL": model("p", jbpm=True)
        .variable("out").start().script("s", script, scriptFormat=MVEL).user("u").end().xml(),
        "condition, Java": model("p", jbpm=True, language=JAVA).variable("out").start()
        .exclusive("x").flow(condition).user("u").end().back_to("x").default().user("v").end()
        .xml(),
        "condition, MVEL": model("p", jbpm=True, language=MVEL).variable("out").start()
        .exclusive("x").flow(condition).user("u").end().back_to("x").default().user("v").end()
        .xml(),
        "template": model("p", jbpm=True).variable("out").start().user("u", body).end().xml(),
        "due date": model("p", jbpm=True).variable("out").start().user("u", deadline).end().xml(),
    }  # fmt: skip


PLACES = sorted(models("1"))


def run(opened: House, xml: bytes) -> list[httpx2.Response]:
    """Deploy, start, look at everything; every answer on the way."""
    deploy = f"/rest/deployment/{UNIT}/deploy"
    answers = [opened.call("admin", "POST", deploy, files={"file": ("p.bpmn2", xml)})]
    if answers[0].status_code != 202:
        return answers
    started = opened.call("ann", "POST", f"/rest/runtime/{UNIT}/withvars/process/p/start")
    answers.append(started)
    if started.status_code == 200:
        running = opened.engine.processes.active(opened.admin, UNIT, EVERYTHING).items
        if not running:
            return answers
        newest = running[-1]
        answers += [
            opened.call("ann", "GET", f"/rest/history/instance/{newest.id}/variable"),
            opened.call("ann", "GET", f"/rest/history/instance/{newest.id}/node"),
        ]
        for task in opened.engine.tasks.of_instance(opened.admin, newest.id).items:
            answers.append(opened.call("admin", "GET", f"/rest/task/{task.id}/content"))
        opened.engine.processes.abort(opened.admin, newest.id)
    opened.engine.deployments.undeploy(opened.admin, UNIT)
    return answers


@pytest.mark.parametrize("place", PLACES)
def test_no_code_in_a_model_reaches_the_host(opened: House, bait: Path, place: str) -> None:
    files = set(bait.iterdir())

    for number in range(COUNT):
        expression = corpus(bait)[number]
        for got in run(opened, models(expression)[place]):
            assert got.status_code in {200, 202, 400, 404, 500}, expression
            assert CANARY not in got.text, expression
            for word in ("Traceback", "site-packages", "posix", "<class ", sys.prefix, "<function"):
                assert word not in got.text, (expression, word, got.text)

    assert set(bait.iterdir()) == files
    assert opened.served.client().get("/api/ready").status_code == 200


CALLERS = (
    "#{1+1}", "${1+1}", "@{1+1}", "#{#{1+1}}", "%s", "{0}", "{{7*7}}", "<%=1%>", "#{other}",
    "${jndi:ldap://127.0.0.1:1/x}", "T(java.lang.Runtime)", "'; drop table task; --",
)  # fmt: skip


def echo(*, jbpm: bool) -> bytes:
    io = parameters(inputs={"given": "given"})
    made = model("echo", jbpm=jbpm).variable("given").variable("other")
    return made.start().user("u", io).end().xml()


def given_to_task(opened: House, unit: str, text: str) -> tuple[int, Any]:
    """Start with what a caller sends; the instance, and what the task is given."""
    path = f"/rest/runtime/{unit}/process/echo/start"
    headers = {"Accept": "application/json"}
    query = {"map_given": text, "map_other": "kept apart"}
    answer = opened.call("ann", "POST", path, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    number = answer.json()["id"]
    (task,) = opened.engine.tasks.of_instance(opened.admin, number).items
    content: Any = opened.engine.tasks.content(opened.admin, task.id).value
    return number, content["given"]


def test_what_a_caller_sends_is_not_evaluated(opened: House) -> None:
    unit = "org.test:Echo:1"
    opened.engine.deployments.deploy(opened.admin, unit, {"e.bpmn2": echo(jbpm=False)})

    for text in CALLERS:
        number, given = given_to_task(opened, unit, text)

        assert given == text
        assert opened.engine.processes.variable(opened.admin, number, "given") == text


def test_where_jbpm_resolves_what_a_caller_sends_it_only_looks(opened: House, bait: Path) -> None:
    """jBPM resolves ``#{…}`` in parameters after mapping (``reference/jbpm-engine.md`` 2.5), so a
    file of its kind does. That reads variables of this instance, and neither changes nor reaches
    anything.
    """
    unit, files = "org.test:Echo:2", set(bait.iterdir())
    opened.engine.deployments.deploy(opened.admin, unit, {"e.bpmn2": echo(jbpm=True)})
    moves = [
        '#{kcontext.setVariable("other","changed")}',
        '#{processInstance.setVariable("other","changed")}',
        "#{processInstance.setState(3)}",
        "#{kcontext.getKieRuntime().abortProcessInstance(1)}",
        '#{kcontext.getKieRuntime().startProcess("echo")}',
        '#{other="changed"}',
        "#{while(true){}}",
    ]

    for text in [*moves, *(f"#{{{one}}}" for one in corpus(bait))]:
        count = len(opened.engine.processes.active(opened.admin, unit, EVERYTHING).items)
        number, given = given_to_task(opened, unit, text)

        assert CANARY not in str(given), text
        assert "class" not in str(given) or given == text, text
        values = opened.engine.processes.variables(opened.admin, number)
        assert (values["given"], values["other"]) == (text, "kept apart"), text
        now = opened.engine.processes.active(opened.admin, unit, EVERYTHING).items
        assert len(now) == count + 1, text
    assert set(bait.iterdir()) == files


BOMBS = [
    "while (true) { }",
    'String s = "x"; while (true) { s = s + s; }',
    "List l = new ArrayList(); while (true) { l.add(l); }",
    'while (true) { System.out.println("flood"); }',
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a|aa)+\\\\1+(a|aa)+\\\\2b");',
    'new java.math.BigDecimal("9").pow(999999999);',
    'String.format("%1000000000d", 1);',
]


@pytest.mark.parametrize("source", BOMBS)
def test_what_does_not_end_is_ended_and_changes_nothing(opened: House, source: str) -> None:
    xml = model("bomb", jbpm=True).start().script("s", source, scriptFormat=JAVA).end().xml()
    opened.engine.deployments.deploy(opened.admin, UNIT, {"p.bpmn2": xml})
    began = time.perf_counter()

    got = opened.call("ann", "POST", f"/rest/runtime/{UNIT}/process/bomb/start")

    took = time.perf_counter() - began
    opened.engine.deployments.undeploy(opened.admin, UNIT)
    assert got.status_code == 500, got.text
    assert took < 5
    assert len(got.content) < 5_000
    assert opened.call("ann", "GET", "/rest/history/process/bomb").text.endswith("list/>")


def test_a_pattern_that_explodes_elsewhere_is_answered_at_once(opened: House) -> None:
    text = 'if ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+b")) throw new RuntimeException();'
    xml = model("calm", jbpm=True).start().script("s", text, scriptFormat=JAVA).end().xml()
    opened.engine.deployments.deploy(opened.admin, UNIT, {"p.bpmn2": xml})
    began = time.perf_counter()

    got = opened.call("ann", "POST", f"/rest/runtime/{UNIT}/process/calm/start")

    opened.engine.deployments.undeploy(opened.admin, UNIT)
    assert got.status_code == 200, got.text
    assert time.perf_counter() - began < 5


def test_others_are_served_while_scripts_burn(opened: House) -> None:
    """Reading and health do not wait for the executive."""
    source = "for (int i = 0; i < 100000000; i++) { }"
    xml = model("p", jbpm=True).start().script("s", source, scriptFormat=JAVA).end().xml()
    opened.engine.deployments.deploy(opened.admin, UNIT, {"p.bpmn2": xml})
    path = f"/rest/runtime/{UNIT}/process/p/start"
    burning = threading.Thread(target=lambda: opened.call("ann", "POST", path))
    burning.start()

    assert opened.served.client().get("/api/health").status_code == 200
    assert opened.call("olga", "GET", "/rest/task/query").status_code == 200

    burning.join(20)
    opened.engine.deployments.undeploy(opened.admin, UNIT)


_WORDS = st.sampled_from(
    "kcontext System Runtime java lang out getenv __class__ __globals__ getClass forName new "
    "String Object Class ( ) [ ] { } . , ; + = ! ? : \" ' 1 0x7 x null this import #{ } "
    "\\ @".split()
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_WORDS, max_size=25), st.sampled_from(PLACES))
def test_any_text_is_refused_or_harmless(opened: House, words: list[str], place: str) -> None:
    os.environ["CANARY"] = CANARY
    for got in run(opened, models(" ".join(words))[place]):
        assert got.status_code in {200, 202, 400, 404, 500}, got.text
        assert CANARY not in got.text
        assert "internal error" not in got.text, (words, got.text)
        assert "Traceback" not in got.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", '__import__("os").system("touch {mark}")'),
        ("python", 'open("{mark}", "w").write("x")'),
        ("http://www.java.com/javascript", 'require("fs").writeFileSync("{mark}", "x")'),
        ("http://www.java.com/javascript", 'std.open("{mark}", "w")'),
    ],
)
def test_a_language_with_bounds_reaches_nothing(
    opened: House, bait: Path, language: str, text: str
) -> None:
    script = text.replace("{mark}", str(bait / "touched"))
    made = model("p").start().script("s", script, scriptFormat=language).end()

    assert run(opened, made.xml())[-1].status_code in {400, 500}
    assert not (bait / "touched").exists()


def test_models_bring_no_programs(opened: House) -> None:
    """Languages that elsewhere run programs are refused; what nobody knows is read as MVEL."""
    for language in ("groovy", "ruby"):
        xml = model("p").start().script("s", "1", scriptFormat=language).end().xml()
        got = run(opened, xml)[0]
        assert got.status_code == 400, language
        assert "not supported" in got.text
    for language in ("text/x-shellscript", "application/x-sh", "perl"):
        made = model("p").start().script("s", "touch /x; id | cat", scriptFormat=language).end()
        assert run(opened, made.xml())[-1].status_code in {400, 500}, language


def test_a_delegate_class_is_no_more_than_a_name(opened: House, bait: Path) -> None:
    """A service task that names a class waits for somebody outside to do the work."""
    for name in ("java.lang.Runtime", "os.system", "procession.demo", str(bait / "secret.txt")):
        xml = model("p", jbpm=True).start().task("s", taskName=name).end().xml()
        for got in run(opened, xml):
            assert got.status_code in {200, 202, 404}, got.text
            assert CANARY not in got.text
