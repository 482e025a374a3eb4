"""JavaScript by QuickJS: values both ways, ``kcontext``, bounds, nothing of the host."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptSyntax, ScriptThrow, Wish
from procession.errors import LimitExceeded
from procession.values import Bean, Long, Map
from tests.scripting.scripts import NOW, execute


def javascript(source: str, variables: dict[str, Any] | None = None, **more: Any) -> Any:
    return execute("javascript", source, variables, purpose=Purpose.EXPRESSION, **more).value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("2147483648", Long(2147483648)),
        ("text.indexOf('a') >= 0", True),
        ("return x + 1", 5),
        ("if (x > 3) { 'big' } else { 'small' }", "big"),
        ("[1, {a: 2.5}, 'x', null]", (1, Map(a=2.5), "x", None)),
        ("list.map(i => i * 2)", (2, 4)),
        ("list.size() + list.get(0)", 3),
        ("person.name + person.getName()", "AnnAnn"),
        ("day.getUTCFullYear()", 2024),
        ("new Date()", NOW),
        ("Date.now() === new Date().getTime()", True),
        ("System.currentTimeMillis() === Date.now()", True),
        ("undefined", None),
        ("kcontext.getVariable('x') + kcontext.getVariable('te' + 'xt')", "4abc"),
        ("kcontext.getVariable('none')", None),
        ("kcontext.getProcessInstance().getId() + kcontext.processInstance.id", 14),
        ("kcontext.getNodeInstance().getNodeName()", "Check"),
        ("BigInt(2) ** BigInt(60)", Long(1 << 60)),
    ],
)
def test_expressions_give_the_value_of_the_last_one(source: str, value: Any) -> None:
    variables = {
        "x": 4,
        "text": "abc",
        "list": (1, 2),
        "person": Bean("com.acme.Person", Map(name="Ann")),
        "day": datetime(2024, 5, 6, tzinfo=UTC),
    }
    found = javascript(source, variables, process_variables=lambda: Map(variables))

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "language",
    ["http://www.javascript.com/javascript", "javascript", "text/javascript"],
)
def test_javascript_has_several_identifiers(language: str) -> None:
    assert execute(language, "1 < 2", purpose=Purpose.CONDITION).value is True


def test_kcontext_sets_variables_in_order_and_print_adds_lines() -> None:
    source = """
    var t = kcontext.getVariable("trace");
    kcontext.setVariable("trace", t == null ? "b" : t + ",b");
    kcontext.setVariable("n", 1);
    print("hi", {a: 1});
    console.log(null);
    """
    result = execute("javascript", source, {"trace": "a"})

    assert result.changes == (("trace", "a,b"), ("n", 1))
    assert result.printed == ('hi {"a":1}', "null")


def test_variables_that_are_assigned_or_changed_in_place_are_set() -> None:
    variables = {"n": 1, "order": {"lines": [1]}, "same": (1, 2), "seen": {"k": 1}}
    source = "n = n + 1; order.lines.push(2); same.slice(); kcontext.getVariable('seen').k = 2"

    result = execute("javascript", source, variables)

    assert dict(result.changes) == {"n": 2, "order": Map(lines=(1, 2)), "seen": Map(k=2)}


def test_a_data_object_keeps_its_class() -> None:
    person = Bean("com.acme.Person", Map(name="Ann"))

    result = execute("javascript", "p.setName('Bob')", {"p": person})

    assert result.changes == (("p", Bean("com.acme.Person", Map(name="Bob"))),)


def test_what_a_script_wants_done_is_recorded() -> None:
    source = """
    kcontext.getProcessInstance().signalEvent("s", {a: 1});
    kcontext.getKieRuntime().startProcess("other", {b: 2});
    kcontext.getKnowledgeRuntime().signalEvent("t", null, 9);
    kcontext.getKieRuntime().getWorkItemManager().completeWorkItem(5, {r: 1});
    """
    assert execute("javascript", source).wishes == (
        Wish("signal", "s", Map(a=1), -1),
        Wish("start", "other", Map(b=2), 0),
        Wish("signal", "t", None, 9),
        Wish("complete_work_item", "", Map(r=1), 5),
    )


def test_the_same_turn_gives_the_same_random_numbers() -> None:
    once = javascript("[Math.random(), Math.random()]")

    assert once == javascript("[Math.random(), Math.random()]")
    assert once != javascript("[Math.random(), Math.random()]", seed=43)


def test_runs_share_nothing() -> None:
    assert javascript("globalThis.left = 1; Array.prototype.left = 2; left") == 1
    assert javascript("typeof left + typeof [].left") == "undefinedundefined"


def test_an_error_leaves_as_a_script_exception_with_its_line() -> None:
    with pytest.raises(ScriptThrow) as caught:
        execute("javascript", "var a = 1;\nthrow new Error('no good')")

    assert caught.value.type_name == "javax.script.ScriptException"
    assert caught.value.text == "no good"
    assert caught.value.line == 2


def test_a_syntax_error_is_refused_with_its_place() -> None:
    with pytest.raises(ScriptSyntax) as refused:
        javascript("\nvar a = ;")

    assert refused.value.line == 2


def test_nothing_runs_while_a_text_is_checked() -> None:
    javascript("if (typeof kcontext === 'undefined') { while (true) {} } 1")


@pytest.mark.parametrize(
    "source",
    [
        "while (true) {}",
        "while (true) { try { while (true) {} } catch (e) {} }",
        "try { while (true) {} } finally { while (true) {} }",
        "let a = []; while (true) a.push(new Array(1000).fill(1))",
        "'x'.repeat(1e9)",
        "let s = 'x'; while (true) s += s",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
        "'a'.repeat(1e6).split('')" + ".concat([1])" * 50,
    ],
)
def test_what_never_ends_or_grows_is_stopped_and_cannot_catch_it(source: str) -> None:
    limits = Limits(script_steps=50_000, script_cells=200_000)

    with pytest.raises(LimitExceeded):
        javascript(source, limits=limits)


@pytest.mark.parametrize(
    "source",
    ["function f() { f() }; f()", "let a = []; a.push(a); a", "JSON.parse('['.repeat(99999))"],
)
def test_deep_recursion_is_an_error_of_the_script(source: str) -> None:
    with pytest.raises(ScriptThrow):
        javascript(source)


@pytest.mark.parametrize(
    "name",
    [
        *("process", "require", "std", "os", "module", "Deno", "fetch", "XMLHttpRequest"),
        *("setTimeout", "performance", "scriptArgs", "Worker", "procession_input"),
    ],
)
def test_nothing_of_the_host_is_there(name: str) -> None:
    assert javascript(f"typeof {name}") == "undefined"
    assert javascript(f"new Function('return typeof {name}')()") == "undefined"


@pytest.mark.parametrize("source", ["import('os')", "(x => x)", "Symbol('a')"])
def test_what_is_no_value_does_not_come_out(source: str) -> None:
    with pytest.raises((ScriptThrow, ScriptSyntax)):
        execute("javascript", f"kcontext.setVariable('a', {source}); throw 1")


def test_a_script_that_breaks_the_engine_breaks_only_its_own_result() -> None:
    with pytest.raises(ScriptThrow):
        javascript("Object.keys = () => { throw new Error('mine') }; ({a: 1})")
