"""JavaScript that only reads shares engines: nothing of one run is seen by the next."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptThrow
from procession.errors import LimitExceeded
from procession.scripting.javascript import engines
from procession.scripting.javascript.engines import Engine, Engines
from procession.scripting.javascript.reading import reading_of
from procession.scripting.languages import javascript as language
from procession.values import Bean, Long, Map
from tests.scripting.scripts import EVALUATOR, context

VARIABLES: dict[str, Any] = {
    "x": 5,
    "level": "gold",
    "big": Long(1 << 60),
    "nothing": None,
    "list": (1, 2),
    "person": Bean("com.acme.Person", Map(name="Ann", age=30)),
    "order": Map(lines=(Map(price=3),), open=True),
}
STATE = """
(() => {
  const seen = new Set(), told = [];
  const walk = (o, path) => {
    if (o === null || !["object", "function"].includes(typeof o) || seen.has(o)) return;
    seen.add(o);
    told.push(path + (Object.isExtensible(o) ? "" : " closed"));
    walk(Object.getPrototypeOf(o), path + "^");
    for (const k of Reflect.ownKeys(o)) {
      const d = Object.getOwnPropertyDescriptor(o, k);
      told.push(path + "." + String(k) + ":" + d.writable + d.configurable + d.enumerable
        + (["object", "function"].includes(typeof d.value) ? "" : String(d.value)));
      for (const v of [d.value, d.get, d.set]) walk(v, path + "." + String(k));
    }
  };
  walk(globalThis, "");
  return told.join("\\n");
})()
"""
"""All of an engine that a script could reach: each property of each object, and its value."""
READING = [
    ("x > 3 && level === 'gold'", True),
    ("return x > 3;", True),
    ("x / 2", 2.5),
    ("big > 3", True),
    ("nothing == null ? 'none' : 'some'", "none"),
    ("list.size() + list.get(0) + list[1]", 5),
    ("person.getName().length + person.age", 33),
    ("order.lines[0].price * 2", 6),
    ("order.get('open') && !order.isEmpty()", True),
    ("Math.max(x, 7)", 7),
    ("kcontext.getVariable('x') + 1", 6),
    ('kcontext.getVariable("none") == null', True),
    ("'level' in order || typeof x === 'number'", True),
    ("level?.toUpperCase()", "GOLD"),
    ("order", Map(lines=(Map(price=3),), open=True)),
]
CHANGING = [
    "globalThis.left = 1; true",
    "x = 6; true",
    "x += 1",
    "x++ > 5",
    "x >>>= 1",
    "level ??= 'a'",
    "list.push(3) > 0",
    "list.sort()",
    "list.map(function () { left = 1 })",
    "list.map(i => left = i)",
    "Array.prototype.left = 2",
    "Object.defineProperty(Array.prototype, 'left', {value: 1})",
    "Object.freeze(Math)",
    "Object.setPrototypeOf(list, null)",
    "list.constructor.prototype.left = 1",
    "list['constr' + 'uctor'].assign(Math, {left: 1})",
    "list.map.constructor('left = 1')()",
    "(0, eval)('left = 1')",
    "new Function('left = 1')()",
    "delete Math.max",
    "delete order.open",
    "person.setName('Bob')",
    "order.put('left', 1)",
    "`${left = 1}`",
    "String.raw`a`",
    "/'/.test(level), left = 1, /'/",
    "x // '\n, left = 1 // '",
    "x /* ' */, left = 1, '/* '",
    "x <!-- '\n, left = 1 //'",
    "\\u0078 = 1",
    "for (left of list) ;",
    "[left] = list",
    "({left} = order)",
    "kcontext.setVariable('x', 1)",
    "order.__proto__",
    "Symbol.for('left')",
    "this.left = 1",
    "arguments.length",
    "await x",
    "yield x",
]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Engines:
    """Engines that only this test uses."""
    own = Engines()
    monkeypatch.setattr(language, "_ENGINES", own)
    return own


def compiled(source: str) -> Any:
    return language.compile_javascript(
        source, Purpose.EXPRESSION, language.ScriptScope(), EVALUATOR._zone
    )


def value(source: str, limits: Limits = Limits(), **more: Any) -> Any:  # noqa: B008
    return compiled(source).run(context({**VARIABLES, **more}), limits).value


@pytest.mark.parametrize(("source", "expected"), READING)
def test_a_text_that_only_reads_gives_what_it_gives_in_an_engine_of_its_own(
    source: str, expected: Any
):
    script = compiled(source)
    assert script._reading is not None
    shared = script.run(context(VARIABLES), Limits()).value
    script._reading = None

    assert shared == expected == script.run(context(VARIABLES), Limits()).value
    assert type(shared) is type(expected)


@pytest.mark.parametrize("source", CHANGING)
def test_a_text_that_may_change_something_shares_no_engine(source: str):
    assert reading_of(source) is None


def test_an_engine_is_after_many_texts_as_it_was_before(kept: Engines):
    value("x > 3")
    engine: Engine = kept._idle[0]
    before = engine._context.eval(STATE)

    for source, _ in READING:
        value(source)
    for source in ("nothing.a", "person.none()", "x.repeat(-1)", "list.get(9)"):
        with pytest.raises(ScriptThrow):
            value(source)

    assert kept._idle == [engine]
    assert engine._context.eval(STATE) == before
    assert len(before) > 10_000


def test_a_script_that_changes_everything_is_not_seen_by_those_that_share(kept: Engines):
    value("x > 3")
    value("globalThis.left = 1; Math.max = () => 0; Array.prototype.size = () => 99; 1")
    value("Object.freeze(Math); Object.freeze(Array.prototype); 1")

    assert value("typeof left") == "undefined"
    assert value("Math.max(x, 7) + list.size()") == 9


def test_the_values_of_one_run_are_not_there_in_the_next(kept: Engines):
    assert value("kcontext.getVariable('secret') == null", secret="a") is False
    assert value("kcontext.getVariable('secret') == null") is True
    assert value("x", x=7) == 7
    assert value("x") == 5


def test_a_variable_may_be_called_as_a_global():
    assert value("Math + 1", Math=2) == 3


def test_a_failure_has_its_place_and_names_what_was_missing():
    with pytest.raises(ScriptThrow, match="'b'") as failed:
        value("x > 3 &&\n  nothing.b")

    assert failed.value.line == 2


@pytest.mark.parametrize("source", ["level.repeat(5000000)", "level.padEnd(900000000) > ''"])
def test_what_grows_too_much_is_stopped_and_its_engine_thrown_away(kept: Engines, source: str):
    value("x > 3")

    with pytest.raises(LimitExceeded):
        value(source, limits=Limits(script_cells=100_000))

    assert kept._idle == []
    assert value("x > 3") is True


def test_what_takes_too_long_is_stopped(kept: Engines):
    with pytest.raises((LimitExceeded, ScriptThrow)):
        value("level.matches('(a|a)*(a|a)*b')", Limits(script_steps=20_000), level="a" * 60)


def test_the_limits_of_a_run_are_its_own(kept: Engines):
    script = compiled("level.repeat(x).length")
    given = context({"level": "a" * 1_000, "x": 20_000})

    for _ in range(2):
        assert script.run(given, Limits()).value == 20_000_000
        with pytest.raises(LimitExceeded):
            script.run(given, Limits(script_cells=100_000))


def test_the_time_of_a_run_counts_from_its_own_beginning(kept: Engines):
    script = compiled("x > 3")
    begun, limits = time.process_time(), Limits(script_steps=20_000)

    while time.process_time() < begun + 0.06:
        assert script.run(context(VARIABLES), limits).value is True


def test_an_engine_serves_one_run_at_a_time_in_whatever_thread(kept: Engines):
    script = compiled("list[x] * 2")

    def run(number: int) -> bool:
        given = context({"list": tuple(range(50)), "x": number % 50})
        return bool(script.run(given, Limits()).value == number % 50 * 2)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(run, range(2_000)))
    assert len(kept._idle) <= engines.MAX_IDLE
    assert len({id(engine) for engine in kept._idle}) == len(kept._idle)


def test_an_engine_that_has_compiled_many_texts_makes_room(
    kept: Engines, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engines, "MAX_TEXTS", 3)

    assert [value(f"x + {number}") for number in range(8)] == [5 + number for number in range(8)]


def test_a_text_that_is_an_expression_by_chance_only_is_read_as_it_stands():
    assert value("x\nlevel") == "gold"
