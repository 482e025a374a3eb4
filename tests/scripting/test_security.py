"""Hostile scripts: nothing reaches the host, everything ends within a bound."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.errors import Fault, LimitExceeded
from procession.scripting.frame import Frame
from procession.scripting.machine.program import Program
from tests.scripting.scripts import EVALUATOR, context, execute

UNREACHABLE = [
    'Runtime.getRuntime().exec("id");',
    'java.lang.Runtime.getRuntime().exec("id");',
    'new ProcessBuilder("id").start();',
    'Class.forName("java.lang.Runtime");',
    '"".getClass().forName("java.lang.Runtime");',
    '"".getClass().getClassLoader();',
    '"".getClass().getMethods();',
    "String.class.newInstance();",
    'new java.io.File("/etc/passwd").exists();',
    'new java.io.FileReader("/etc/passwd");',
    "java.nio.file.Files.readAllBytes(null);",
    "System.exit(1);",
    'System.load("x");',
    "System.getenv();",
    "Thread.currentThread().getContextClassLoader();",
    "new Thread().start();",
    'new javax.script.ScriptEngineManager().getEngineByName("js");',
    'new java.net.URL("http://example.org").openStream();',
    '"x".__class__;',
    '"x".__class__.__mro__;',
    '"x".__init__();',
    '"x".format_map(null);',
    "kcontext.__class__;",
    "kcontext.type_name;",
    "kcontext.context;",
    "kcontext.shown();",
    "list.items;",
    "list.append(1);",
    "list.__len__();",
    "map.entries;",
    "map.keys();",
    "n.real;",
    "n.bit_length();",
    'Object.class.getField("x");',
    '__import__("os");',
    'eval("1");',
]


@pytest.mark.parametrize("language", ["java", ""])
@pytest.mark.parametrize("source", UNREACHABLE)
def test_nothing_reaches_the_host(language: str, source: str):
    variables = {"list": [1], "map": {"a": 1}, "n": 5}

    try:
        result = execute(language, source, variables, purpose=Purpose.EXPRESSION)
    except (ScriptThrow, ScriptSyntax):
        return

    assert result.value is None, "a map without that key may answer null"
    assert source.startswith("map.")


BOMBS = [
    'String s = "x".repeat(4000000); while (true) { s.contains("b"); s.equals(s + "x"); }',
    'String s = "x".repeat(1000000); String t = s + "y"; while (true) { s.compareTo(t); }',
    'String s = "x".repeat(1000000); while (true) { "y".equalsIgnoreCase(s); s.isBlank(); }',
    'new java.text.SimpleDateFormat("Ea".repeat(90)).parse("am".repeat(500));',
    "StringBuilder b = new StringBuilder(); while (true) { b.append(1); b.length(); b.charAt(0); }",
    "LinkedHashMap m = new LinkedHashMap(); for (int i = 0; i < 9999; i++) m.put(i, i);"
    " while (true) { m.keySet(); m.values(); }",
    "while (true) { }",
    "for (;;) { int x = 1; }",
    "do { continue; } while (true);",
    'String s = "x"; while (true) { s += s; }',
    "List l = new ArrayList(); while (true) { l.add(l.size()); }",
    "List l = new ArrayList(); l.add(1); while (true) { l.addAll(l); }",
    "Map m = new HashMap(); int i = 0; while (true) { m.put(i++, i); }",
    "StringBuilder b = new StringBuilder(); while (true) { "
    'b.append("xxxxxxxxxxxxxxxxxxxxxxxxxx"); }',
    "int[] a = new int[2000000000];",
    "int[][][] a = new int[10000][10000][10000];",
    'String.format("%1000000000d", 1);',
    'String.format("%9999d%9999d%9999d".repeat(10000), 1, 2, 3);',
    '"x".repeat(2000000000);',
    'new java.math.BigInteger("9").pow(100000000);',
    'java.math.BigInteger b = new java.math.BigInteger("9"); while (true) b = b.multiply(b);',
    'new java.math.BigInteger("1").shiftLeft(2000000000);',
    'new java.math.BigDecimal("1E+999999999").toBigInteger();',
    'new java.math.BigDecimal("9").pow(999999999);',
    'new java.math.BigDecimal("1").setScale(2000000000);',
    'java.math.BigDecimal b = new java.math.BigDecimal("1.1"); while (true) b = b.multiply(b);',
    "List l = new ArrayList(); l.add(l); System.out.println(l.hashCode());",
    'List a = new ArrayList(); List b = new ArrayList(); a.add(b); b.add(a); String s = "" + a;',
    'List l = new ArrayList(); l.add(l); kcontext.setVariable("l", l);',
    "List l = new ArrayList(); l.add(1); for (int i = 0; i < 60; i++) { List n = new ArrayList();"
    " n.add(l); n.add(l); l = n; } String s = l.toString();",
    "List l = new ArrayList(); l.add(1); for (int i = 0; i < 60; i++) { List n = new ArrayList();"
    ' n.add(l); n.add(l); l = n; } kcontext.setVariable("l", l);',
    "List l = new ArrayList(); l.add(1); for (int i = 0; i < 60; i++) { List n = new ArrayList();"
    " n.add(l); n.add(l); l = n; } l.hashCode(); l.equals(new ArrayList(l));",
    '"a".repeat(100000).matches("(.*)(.*)(.*)(.*)(.*)b");',
    '"x".matches("(".repeat(100000));',
    '"x,".repeat(3000000).split(",");',
    '"a".repeat(1000000).replace("a", "b".repeat(1000));',
    'while (true) { System.out.println("flood"); }',
    'while (true) { kcontext.setVariable("x", 1); }',
    'while (true) { kcontext.getKieRuntime().signalEvent("s", null); }',
    "while (true) { try { throw new RuntimeException(); } catch (Exception e) { } }",
    "while (true) { try { while (true) { } } finally { continue; } }",
    'List l = new ArrayList(); for (int i = 0; i < 3000; i++) l.add("a".repeat(1000));'
    ' while (true) { l.contains("b"); }',
    "List l = java.util.Arrays.asList(3, 2, 1); while (true) { java.util.Collections.sort(l); }",
    "new java.util.Date(9223372036854775807L);",
    "java.util.Calendar c = java.util.Calendar.getInstance(); c.add(1, 2147483647);",
    "Thread.sleep(9223372036854775807L); while (true) { Thread.sleep(1000); }",
    'new java.text.SimpleDateFormat("y".repeat(100000)).format(new Date());',
    'char[] c = ("x".repeat(1000000)).toCharArray(); while (true) { String s = new String(c); }',
]


@pytest.mark.parametrize("source", BOMBS)
def test_bombs_end_within_a_bound(source: str):
    began = time.perf_counter()

    with pytest.raises((LimitExceeded, ScriptThrow)):
        execute("java", source, limits=Limits(script_steps=200_000, script_cells=500_000))

    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "!" * 5000 + "true",
        "-" * 5000 + "1",
        "[" * 5000 + "]" * 5000,
        "{" * 5000 + "}" * 5000,
        "if (true) " * 5000 + "x",
        "x" + ".a()" * 5000,
        "a ? b : " * 5000 + "c",
        "(String) " * 5000 + "x",
        "new int" + "[1]" * 5000,
        "x = " * 5000 + "1",
        "y" * 1_000_000,
        "1e99999999999",
        "9" * 5000,
    ],
)
@pytest.mark.parametrize("language", ["java", ""])
def test_texts_that_are_too_deep_are_refused(language: str, source: str):
    try:
        script = EVALUATOR.compile(language, source, Purpose.EXPRESSION)
    except ScriptSyntax:
        return
    with pytest.raises((ScriptThrow, LimitExceeded)):
        script.run(context(), Limits())


def test_a_long_sum_is_no_problem():
    source = " + ".join(["1"] * 5000)

    assert execute("java", source, purpose=Purpose.EXPRESSION).value == 5000


@pytest.mark.parametrize("steps", [0, 1, 10, 100])
def test_limits_are_of_the_run(steps: int):
    limits = Limits(script_steps=steps)

    with pytest.raises(LimitExceeded):
        execute("", "i = 0; while (i < 1000) { i++ }", limits=limits)


WORDS = st.sampled_from(
    [
        "x",
        "y",
        "list",
        "map",
        "s",
        "0",
        "1",
        "-1",
        "2.5",
        "1L",
        "'a'",
        '"text"',
        "null",
        "true",
        "false",
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        "&&",
        "||",
        "!",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ";",
        "=",
        "+=",
        "++",
        "if",
        "else",
        "for",
        "while",
        "do",
        "return",
        "throw",
        "try",
        "catch",
        "finally",
        "new",
        "String",
        "Integer",
        "ArrayList",
        "HashMap",
        "RuntimeException",
        "int",
        "long",
        "double",
        "kcontext",
        "getVariable",
        "setVariable",
        "add",
        "get",
        "put",
        "size",
        "toString",
        "equals",
        "substring",
        "length",
        "split",
        "replaceAll",
        "contains",
        "isdef",
        "empty",
        "in",
        "Math.max",
        "System.out.println",
        "instanceof",
        ">>",
        ">>>",
        "&",
        "|",
        "^",
        "~",
        "2147483647",
        "(int)",
        "(String)",
        "foreach",
        "'(a+)+'",
        "'[a'",
        "hashCode",
        "Arrays.asList",
        "String.format",
        "'%d%s'",
        "switch",
        "case",
        "default",
        "break",
    ]
)
VARIABLES = {"x": 1, "y": None, "list": [1, "b", [2]], "map": {"k": 1.5}, "s": "hello"}


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=25), st.sampled_from(["java", ""]))
def test_any_text_ends_in_a_value_or_in_one_of_our_exceptions(words: list[str], language: str):
    source = " ".join(words)
    limits = Limits(script_steps=3_000, script_cells=20_000)

    try:
        script = EVALUATOR.compile(language, source, Purpose.SCRIPT, ScriptScope())
        script.run(context(VARIABLES), limits)
    except (ScriptSyntax, ScriptThrow, Fault):
        pass


OPERATORS = [
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    ">",
    ">=",
    "&&",
    "||",
    "&",
    "|",
    "^",
    "<<",
    ">>>",
]
PREFIXES = ["!", "-", "~", "(int)", "(long)", "(double)", "(String)", "(char)"]
GETTERS = [
    "toString",
    "size",
    "length",
    "hashCode",
    "isEmpty",
    "getClass",
    "trim",
    "iterator",
    "keySet",
    "intValue",
]
METHODS = [
    "equals",
    "get",
    "contains",
    "compareTo",
    "add",
    "charAt",
    "split",
    "matches",
    "indexOf",
    "concat",
]
CONSTANTS = ["x", "y", "s", "list", "map", "1", "-5", "2.5", "3L", "null", "true", '"t"', "1.5f"]


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("{}({})".format, st.sampled_from(PREFIXES), inner),
        st.builds("{}.{}()".format, inner, st.sampled_from(GETTERS)),
        st.builds("{}.{}({})".format, inner, st.sampled_from(METHODS), inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from(CONSTANTS), _compound, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, st.sampled_from(["java", ""]))
def test_any_expression_gives_a_value_or_throws(expression: str, language: str):
    limits = Limits(script_steps=3_000, script_cells=20_000)

    with suppress(ScriptThrow, ScriptSyntax, LimitExceeded):
        execute(language, expression, VARIABLES, purpose=Purpose.EXPRESSION, limits=limits)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 5_000), st.integers(1, 60))
def test_the_meter_never_goes_below_zero(steps: int, rounds: int):
    source = f"s = 0; for (i = 0; i < {rounds}; i++) {{ s += i; list.contains(i) }} s"
    script = EVALUATOR.compile("", source, Purpose.EXPRESSION)
    assert isinstance(script, Program)
    frame = Frame(context(VARIABLES), Limits(script_steps=steps), script._slots.copy())

    try:
        result = script.evaluate(frame)
    except LimitExceeded:
        assert frame.fuel == 0
    else:
        assert result.value == rounds * (rounds - 1) // 2
        assert frame.fuel >= 0
