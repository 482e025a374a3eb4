"""Java: values of expressions, statements, exceptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.values import Bean, BigInteger, Byte, Char, Float, Long, Map, Set
from tests.scripting.scripts import EVALUATOR, NOW, context, execute, java, printed

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("1 + 2", {}, 3),
    ('1 + 2 + "a"', {}, "3a"),
    ('"a" + 1 + 2', {}, "a12"),
    ('"a" + null', {}, "anull"),
    ("7 / 2", {}, 3),
    ("-7 / 2", {}, -3),
    ("-7 % 3", {}, -1),
    ("7.0 / 2", {}, 3.5),
    ("2147483647 + 1", {}, -2147483648),
    ("-2147483648", {}, -2147483648),
    ("-2147483648 / -1", {}, -2147483648),
    ("2147483647 + 1L", {}, Long(2147483648)),
    ("9223372036854775807L + 1", {}, Long(-9223372036854775808)),
    ("100000 * 100000", {}, 1410065408),
    ("1.5f + 1", {}, Float(2.5)),
    ("0.1f + 0.2", {}, 0.30000000149011613),
    ("1.0 / 0", {}, float("inf")),
    ("5 & 3", {}, 1),
    ("5 | 3", {}, 7),
    ("5 ^ 3", {}, 6),
    ("~5", {}, -6),
    ("1 << 33", {}, 2),
    ("1L << 33", {}, Long(8589934592)),
    ("-8 >> 1", {}, -4),
    ("-8 >>> 28", {}, 15),
    ("'a' + 1", {}, 98),
    ("'a' + \"b\"", {}, "ab"),
    ("(char) ('a' + 1)", {}, Char("b")),
    ("(int) 3.99", {}, 3),
    ("(int) -3.99", {}, -3),
    ("(int) 1e20", {}, 2147483647),
    ("(byte) 200", {}, Byte(-56)),
    ("(long) 5", {}, Long(5)),
    ("(double) 5", {}, 5.0),
    ("0x1F + 0b11 + 010", {}, 42),
    ("1_000_000", {}, 1000000),
    ("a == b", {"a": "done", "b": "done"}, True),
    ("a == b", {"a": Long(5), "b": 5}, True),
    ("a == 1.0", {"a": 1}, True),
    ("a != null", {"a": None}, False),
    ("1 == 1 && !(2 > 3) || false", {}, True),
    ('x > 10 ? "big" : "small"', {"x": 11}, "big"),
    ("s.length()", {"s": "hello"}, 5),
    ("s.substring(1, 3) + s.charAt(0)", {"s": "hello"}, "elh"),
    ('s.toUpperCase().replace("L", "_")', {"s": "hello"}, "HE__O"),
    ('s.split(",").length', {"s": "a,b,,"}, 2),
    ('s.split("[0-9]+")[1]', {"s": "a12b34c"}, "b"),
    ('s.replaceAll("(a)(b)", "$2$1")', {"s": "abab"}, "baba"),
    ('s.matches("[a-z]+@[a-z.]+")', {"s": "ann@example.org"}, True),
    ("s.hashCode()", {"s": "hello"}, 99162322),
    ('s.compareTo("help")', {"s": "hello"}, -4),
    ("s.indexOf(\"l\") + s.lastIndexOf('l')", {"s": "hello"}, 5),
    ('"yes".equalsIgnoreCase(v)', {"v": "YES"}, True),
    ('"yes".equals(v)', {"v": None}, False),
    ("String.valueOf(1.0) + String.valueOf(true)", {}, "1.0true"),
    ('String.format("%05d|%-4s|%.2f|%x", 42, "a", 3.14159, 255)', {}, "00042|a   |3.14|ff"),
    ('String.join("-", "a", "b")', {}, "a-b"),
    ('Integer.parseInt("42") + Integer.valueOf("1")', {}, 43),
    ("Integer.toString(255, 16)", {}, "ff"),
    ("Integer.toBinaryString(5)", {}, "101"),
    ("Integer.MAX_VALUE", {}, 2147483647),
    ('Long.parseLong("5")', {}, Long(5)),
    ('Double.parseDouble("2.5")', {}, 2.5),
    ('Boolean.parseBoolean("TRUE")', {}, True),
    ("Math.max(3, 4) + Math.abs(-2)", {}, 6),
    ("Math.max(3, 4L)", {}, Long(4)),
    ("Math.round(2.5)", {}, Long(3)),
    ("Math.round(-2.5)", {}, Long(-2)),
    ("Math.sqrt(16)", {}, 4.0),
    ("Math.pow(2, 10)", {}, 1024.0),
    ('new java.math.BigDecimal("1.10").add(new java.math.BigDecimal("2"))', {}, Decimal("3.10")),
    ('new java.math.BigDecimal("10").divide(new java.math.BigDecimal("4"))', {}, Decimal("2.5")),
    (
        'new java.math.BigDecimal("2.345").setScale(2, java.math.RoundingMode.HALF_UP)',
        {},
        Decimal("2.35"),
    ),
    ('new java.math.BigInteger("2").pow(70)', {}, BigInteger(1180591620717411303424)),
    ("list.get(0)", {"list": ["a", "b"]}, "a"),
    ('list.size() + list.indexOf("b")', {"list": ["a", "b"]}, 3),
    ("list.contains(2)", {"list": [1, 2]}, True),
    ("list.contains(2L)", {"list": [1, 2]}, False),
    ('map.get("k")', {"map": {"k": 5}}, 5),
    ('map.containsKey("z")', {"map": {"k": 5}}, False),
    ("java.util.Arrays.asList(1, 2)", {}, (1, 2)),
    ("new int[]{1, 2, 3}[1]", {}, 2),
    ("new int[3].length", {}, 3),
    ("x instanceof Integer", {"x": 1}, True),
    ("x instanceof String", {"x": 1}, False),
    ("x instanceof Number", {"x": Long(1)}, True),
    ("list instanceof java.util.List", {"list": []}, True),
    ("x.getClass().getName()", {"x": 1.5}, "java.lang.Double"),
    ("KieFunctions.isNull(x)", {"x": None}, True),
    ('KieFunctions.greaterThan(x, "5")', {"x": 6}, True),
    ('KieFunctions.between(x, "1", "6")', {"x": 6}, True),
    ('KieFunctions.equalsTo(x, "6")', {"x": 6}, True),
    ("KieFunctions.isEmpty(x) && isFalse(y)", {"x": "", "y": False}, True),
    ('KieFunctions.startsWith(x, "a")', {"x": None}, False),
    ("order.isValid()", {"order": Bean("com.acme.Order", Map(valid=True))}, True),
    (
        "order.getCustomer().getName()",
        {"order": Bean("a.Order", Map(customer=Bean("a.C", Map(name="Ann"))))},
        "Ann",
    ),
    ("System.currentTimeMillis()", {}, Long(1704423845678)),
    ("new java.util.Date().getTime()", {}, Long(1704423845678)),
    (
        "new java.text.SimpleDateFormat(\"yyyy-MM-dd'T'HH:mm\").format(d)",
        {"d": NOW},
        "2024-01-05T03:04",
    ),
    ("processInstanceId", {}, Long(7)),
    ("kcontext.getProcessInstance().getProcessId()", {}, "order"),
    ('kcontext.getNodeInstance().getNode().getMetaData().get("UniqueId")', {}, "_3"),
    ("new java.util.Random(42).nextInt(100)", {}, 30),
    ("new java.util.Random(42).nextInt()", {}, -1170105035),
    ("new java.util.Random(42).nextDouble()", {}, 0.7275636800328681),
    ("new java.util.Random(42).nextLong()", {}, Long(-5025562857975149833)),
]


@pytest.mark.parametrize(("source", "variables", "expected"), VALUES, ids=[v[0] for v in VALUES])
def test_values_of_expressions(source: str, variables: dict[str, Any], expected: Any):
    value = java(f"return {source};", variables)

    assert value == expected
    assert type(value) is type(expected)


BODIES: list[tuple[str, Any]] = [
    (
        "int s = 0; for (int i = 1; i <= 10; i++) { if (i % 2 == 0) continue; s += i; } return s;",
        25,
    ),
    ("int i = 0; while (true) { if (++i == 5) break; } return i;", 5),
    ("int i = 0; do { i += 2; } while (i < 5); return i;", 6),
    ('String s = ""; for (String x : new String[]{"a", "b"}) s += x; return s;', "ab"),
    (
        'java.util.List<String> l = new java.util.ArrayList<>(); l.add("x"); l.add(0, "y"); '
        "return l;",
        ("y", "x"),
    ),
    ("Map<String, List<Integer>> m = new HashMap<String, List<Integer>>(); return m.size();", 0),
    ("int x = 5; x += 1.7; return x;", 6),
    ("long x = 5; return x / 2;", Long(2)),
    ("double d = 1; return d;", 1.0),
    ("byte b = (byte) 127; b++; return b == -128;", True),
    ("char c = 'a'; c++; return \"\" + c;", "b"),
    ("int x = 1; int y = x++ + ++x; return y * 10 + x;", 43),
    ("int[] a = {1, 2, 3}; a[0] += 10; a[1]++; return a[0] + a[1];", 14),
    ("int i = 0; int[] a = {1, 2}; a[i++] += 5; return a[0] * 10 + i;", 61),
    ('switch ("b") { case "a": return 1; case "b": case "c": return 2; default: return 3; }', 2),
    (
        "int r = 0; switch (2) { case 1: r = 1; case 2: r += 2; case 3: r += 3; break; default: "
        "r = 9; }"
        " return r;",
        5,
    ),
    ("if (1 > 2) return 1; else if (2 > 1) return 2; else return 3;", 2),
    (
        "try { Object o = null; o.toString(); return 1; } catch (NullPointerException e) { "
        "return 2; }",
        2,
    ),
    ("try { return 1 / 0; } catch (RuntimeException e) { return e.getMessage(); }", "/ by zero"),
    (
        'int x = 1; try { throw new IllegalStateException("s"); } catch (IllegalArgumentException |'
        " IllegalStateException e) { x = 2; } finally { x += 10; } return x;",
        12,
    ),
    ("try { return 1; } finally { int y = 2; }", 1),
    (
        'try { Integer.parseInt("x"); } catch (NumberFormatException e) { return e.toString(); }'
        " return null;",
        'java.lang.NumberFormatException: For input string: "x"',
    ),
    (
        "StringBuilder b = new StringBuilder(); b.append(1).append('c').append(\"s\"); return "
        "b.reverse()"
        ".toString();",
        "sc1",
    ),
    (
        'java.util.Iterator<String> i = java.util.Arrays.asList("a", "b").iterator(); String s '
        '= "";'
        " while (i.hasNext()) s += i.next(); return s;",
        "ab",
    ),
    (
        'Set s = new HashSet(); s.add("banana"); s.add("apple"); s.add("cherry"); return s;',
        Set(("banana", "apple", "cherry")),
    ),
    ('Person p = new com.acme.Person(); p.setName("Ann"); return p.getName();', "Ann"),
    ("int x = 1; /* comment */ x = 2; // end\n return x;", 2),
    ("final int x = 3;\\n return x;", 3),
    ("var x = 5; return x", 5),
    ('Object o = "s"; String s = (String) o; return s;', "s"),
    ("for (;;) { return 9; }", 9),
    ("int a, b = 2; a = b = 3; return a + b;", 6),
    ("{ int x = 1; } int x = 2; return x;", 2),
    (";;; return 1;", 1),
]


@pytest.mark.parametrize(("source", "expected"), BODIES, ids=[b[0][:60] for b in BODIES])
def test_bodies(source: str, expected: Any):
    scope = ScriptScope(imports=("com.acme.Person",))

    value = java(source, scope=scope)

    assert value == expected
    assert type(value) is type(expected)


THROWS: list[tuple[str, str, str | None]] = [
    ('throw new RuntimeException("x");', "java.lang.RuntimeException", "x"),
    ("throw new RuntimeException();", "java.lang.RuntimeException", None),
    ("int x = 1 / 0;", "java.lang.ArithmeticException", "/ by zero"),
    ("String s = null; s.length();", "java.lang.NullPointerException", None),
    ("Object o = 5; String s = (String) o;", "java.lang.ClassCastException", None),
    (
        "new java.util.ArrayList().get(0);",
        "java.lang.IndexOutOfBoundsException",
        "Index 0 out of bounds for length 0",
    ),
    (
        "int[] a = new int[1]; a[1] = 2;",
        "java.lang.ArrayIndexOutOfBoundsException",
        "Index 1 out of bounds for length 1",
    ),
    (
        '"abc".substring(5);',
        "java.lang.StringIndexOutOfBoundsException",
        "begin 5, end 3, length 3",
    ),
    ('Long.parseLong("");', "java.lang.NumberFormatException", 'For input string: ""'),
    (
        "Integer i = null; int j = i + 1;",
        "java.lang.NullPointerException",
        "operand of '+' is null",
    ),
    ("java.util.Arrays.asList(1).add(2);", "java.lang.UnsupportedOperationException", None),
    ("new java.util.ArrayList().iterator().next();", "java.util.NoSuchElementException", None),
    (
        "List l = new ArrayList(); l.add(1); l.add(2); l.add(3); for (Object o : l) l.remove(o);",
        "java.util.ConcurrentModificationException",
        None,
    ),
    ('throw new com.acme.OrderException("late");', "com.acme.OrderException", "late"),
]


@pytest.mark.parametrize(("source", "type_name", "message"), THROWS, ids=[t[0] for t in THROWS])
def test_exceptions(source: str, type_name: str, message: str | None):
    with pytest.raises(ScriptThrow) as caught:
        execute("java", source)

    assert caught.value.type_name == type_name
    assert caught.value.supertypes[0] == type_name
    assert caught.value.supertypes[-1] == "java.lang.Throwable"
    assert caught.value.line == 1
    if message is not None:
        assert caught.value.text == message


def test_an_exception_tells_its_line_and_its_ancestors():
    with pytest.raises(ScriptThrow) as caught:
        execute("java", 'int x = 1;\n  if (x > 0) {\n    Integer.parseInt("q");\n  }')

    assert (caught.value.line, caught.value.column) == (3, 5)
    assert caught.value.supertypes == (
        "java.lang.NumberFormatException",
        "java.lang.IllegalArgumentException",
        "java.lang.RuntimeException",
        "java.lang.Exception",
        "java.lang.Throwable",
    )
    assert caught.value.value == Bean(
        "java.lang.NumberFormatException", Map(message='For input string: "q"')
    )


def test_hash_maps_iterate_in_the_order_of_java():
    lines = printed(
        "Map m = new HashMap();"
        'for (String k : "zebra,apple,Banana,cherry,kiwi,fig,a,b,Aa,BB".split(",")) m.put(k, 1);'
        "System.out.println(m.keySet());"
        "java.util.Set s = new java.util.HashSet(); for (int i = 40; i > 20; i--) s.add(i);"
        "System.out.println(s);"
    )

    # Aa and BB share a hash code; the rest is (h ^ h >>> 16) & 15.
    assert lines[0].index("Aa") < lines[0].index("BB")
    assert lines[1] == (
        "[32, 33, 34, 35, 36, 37, 38, 39, 40, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]"
    )


REFUSED: list[tuple[str, str]] = [
    ("int x = ;", "expected an expression"),
    ("int x = 1", ""),
    ("foo(", "expected an expression"),
    ("x = 1 y = 2;", "expected ';'"),
    ('String s = "abc;', "not closed"),
    ("class A {}", "classes cannot be defined"),
    ("new Object() { };", "classes cannot be defined"),
    ("char c = 'ab';", "one letter"),
    ("int x = 2147483648;", "too large"),
    ("int x = 1; int x = 2;", "declared twice"),
    ("try { }", "needs 'catch'"),
    ("1 = 2;", "assigned"),
    ("if (true) {", "'}' is missing"),
]


@pytest.mark.parametrize(("source", "text"), [r for r in REFUSED if r[1]])
def test_refused_at_deployment(source: str, text: str):
    with pytest.raises(ScriptSyntax) as caught:
        execute("java", source)

    assert text in str(caught.value)
    assert caught.value.line >= 1


def test_an_unknown_name_is_refused_where_variables_are_declared():
    scope = ScriptScope(Map(amount="Integer"))

    with pytest.raises(ScriptSyntax, match="Could not find variable 'amuont'") as caught:
        execute("java", "int a = amount;\nint b = amuont;", scope=scope)

    assert (caught.value.line, caught.value.column) == (2, 9)


def test_a_condition_must_return():
    with pytest.raises(ScriptSyntax, match="must return"):
        execute("http://www.java.com/java", "amount > 5;", purpose=Purpose.CONDITION)


WARNED: list[tuple[str, str]] = [
    ('Runtime.getRuntime().exec("ls");', "line 1: java.lang.Runtime.getRuntime"),
    ('new java.io.FileWriter("x");', "new java.io.FileWriter"),
    ('String s = "a"; s.frobnicate();', "java.lang.String.frobnicate"),
    ('\n\nkcontext.getSecrets("x");', "line 3: org.kie"),
]


@pytest.mark.parametrize(("source", "text"), WARNED)
def test_what_cannot_be_served_is_a_warning_first_and_an_exception_when_reached(
    source: str, text: str
):
    script = EVALUATOR.compile("java", source, Purpose.SCRIPT)

    assert len(script.warnings) >= 1
    assert any(text.replace("java.lang.Runtime.", "Runtime.") in w or text in w
               for w in script.warnings)  # fmt: skip
    with pytest.raises(ScriptThrow):
        script.run(context({"x": 1}), Limits())
