"""What hostile Java may try: each is refused at deployment, or stopped within its bounds."""
# ruff: noqa: E501

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procession.core.ports import Limits, Purpose, ScriptSyntax, ScriptThrow
from procession.errors import LimitExceeded
from procession.scripting.equality import class_word
from procession.scripting.frame import Frame
from procession.scripting.library.families import LIBRARY
from procession.scripting.machine.program import Program
from procession.scripting.throwables import PARENTS
from tests.scripting.scripts import EVALUATOR, context, execute

SMALL = Limits(script_steps=300_000, script_cells=500_000)

WALKS = [
    'Class.forName("java.lang.Runtime");',
    '"".getClass().forName("java.lang.Runtime").getMethod("exec");',
    '"".getClass().getClassLoader().loadClass("java.lang.Runtime");',
    "String.class.getClassLoader();",
    "String.class.getMethods();",
    "String.class.getDeclaredFields();",
    'String.class.getMethod("valueOf", Object.class).invoke(null, 1);',
    "Object.class.newInstance();",
    'Runtime.getRuntime().exec("id");',
    "Runtime.getRuntime().availableProcessors();",
    'new ProcessBuilder("id").start();',
    "java.lang.System.exit(1);",
    "System.getenv();",
    'System.getenv("PATH");',
    'System.load("/x.so");',
    'System.loadLibrary("x");',
    "System.setSecurityManager(null);",
    "System.console();",
    "System.in.read();",
    "Thread.currentThread().getContextClassLoader();",
    "Thread.currentThread().getThreadGroup();",
    "new Thread(() -> { }).start();",
    'new java.io.File("/etc/passwd").delete();',
    'new java.io.FileReader("/etc/passwd");',
    'new java.io.FileWriter("/etc/x");',
    'java.nio.file.Files.readAllBytes(java.nio.file.Paths.get("/etc/passwd"));',
    'new java.util.Scanner(new java.io.File("/etc/passwd"));',
    'new java.net.URL("http://127.0.0.1").openStream();',
    'new java.net.Socket("127.0.0.1", 22);',
    "java.net.http.HttpClient.newHttpClient();",
    "new javax.script.ScriptEngineManager();",
    'javax.naming.InitialContext.doLookup("ldap://127.0.0.1/x");',
    'java.sql.DriverManager.getConnection("jdbc:h2:mem:");',
    "sun.misc.Unsafe.getUnsafe();",
    "java.lang.invoke.MethodHandles.lookup();",
    "java.lang.reflect.Proxy.newProxyInstance(null, null, null);",
    "new java.io.ObjectInputStream(null).readObject();",
    "java.util.concurrent.Executors.newCachedThreadPool();",
    "java.util.Timer t = new java.util.Timer();",
    'java.util.logging.Logger.getLogger("x");',
    "java.lang.management.ManagementFactory.getRuntimeMXBean();",
    'new com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl();',
    "kcontext.getKieRuntime().getKieBase();",
    "kcontext.getClass().getClassLoader();",
    'kcontext.getKieRuntime().getEnvironment().get("x").getClass().getClassLoader();',
    'kcontext.__class__.__mro__;',
    '"".__class__;',
    '"".__class__.__base__.__subclasses__();',
    "(0).__class__;",
    'String.format("{0.__class__}", 1).__class__;',
    'new java.util.ArrayList().__init__.__globals__;',
    '((Object) "x").func_globals;',
    'String x = "a"; x.f.g.h();',
    "new Object().getClass().getModule();",
    "\\u0052untime.getRuntime();",
    "\u0052untime.getRuntime().exec(\"id\");",
    "Ru\u200bntime.getRuntime();",
    "\uff32untime.getRuntime();",
    "java.lang.R\u00fcntime.getRuntime();",
    'new Throwable().getStackTrace()[0].getClassName();',
    "interface X { }",
    "class X { static { } }",
    'import java.lang.reflect.*; Method m = null; m.invoke(null);',
    'import static java.lang.Runtime.*; getRuntime().exec("id");',
    "new Object() { { System.exit(1); } };",
    'int x = (int) System.class.getMethod("exit", int.class).invoke(null, 1);',
]  # fmt: skip


def attempt(source: str) -> Exception | None:
    try:
        execute("java", source, {"b": {"a": 1}}, limits=SMALL)
    except (ScriptSyntax, ScriptThrow, LimitExceeded) as refused:
        return refused
    return None


@pytest.mark.parametrize("source", WALKS)
def test_java_reaches_nothing(source: str):
    refused = attempt(source)

    assert refused is not None or source.startswith("java.util.Timer t")
    assert "object at 0x" not in str(refused)


BOMBS = [
    "for (;;) { }",
    "while (true) ;",
    "do { } while (true);",
    "outer: for (;;) { for (;;) { continue outer; } }",
    "for (;;) { try { throw new RuntimeException(); } catch (Throwable t) { } }",
    "for (;;) { try { int x = 1 / 0; } catch (Exception e) { continue; } finally { } }",
    'String s = "x"; for (;;) s += s;',
    'String s = "x".repeat(2000000000);',
    '"x".repeat(1000000).replace("x", "y".repeat(1000000));',
    '"x".repeat(100000).replaceAll("x", "y".repeat(100000));',
    'String.format("%2000000000d", 1);',
    'String.format("%999999999$s", 1);',
    'String.format("%.2000000000f", 1.0);',
    'String.format("%1$s".repeat(1000000), "x".repeat(10000));',
    'String.join("x".repeat(100000), Collections.nCopies(100000, "y"));',
    "StringBuilder b = new StringBuilder(\"x\"); for (;;) b.append(b);",
    "StringBuilder b = new StringBuilder(); b.setLength(2000000000);",
    "List l = new ArrayList(); for (;;) l.add(new ArrayList(l));",
    "List l = new ArrayList(); l.add(l); l.hashCode();",
    "List l = new ArrayList(); l.add(l); l.equals(new ArrayList(l)); for (;;) l.toString();",
    "Map m = new HashMap(); m.put(m, m); m.hashCode();",
    "List l = new ArrayList(); for (int i = 0; i < 100000; i++) { List n = new ArrayList(); n.add(l); l = n; } l.toString();",
    "int[] a = new int[2000000000];",
    "int[][][] a = new int[100000][100000][100000];",
    "Arrays.copyOf(new int[1], 2000000000);",
    "Collections.nCopies(2000000000, 1);",
    "new ArrayList(2000000000).addAll(Collections.nCopies(2000000000, 1));",
    "new java.math.BigInteger(\"2\").pow(2000000000);",
    "new java.math.BigInteger(\"1\").shiftLeft(2000000000);",
    "new java.math.BigDecimal(\"1e2000000000\").toPlainString();",
    "new java.math.BigDecimal(\"1e-2000000000\").add(java.math.BigDecimal.ONE);",
    "new java.math.BigDecimal(1).setScale(2000000000);",
    "new java.math.BigDecimal(2).pow(999999999);",
    "java.math.BigInteger b = java.math.BigInteger.TEN; for (;;) b = b.multiply(b);",
    "new java.math.BigInteger(\"9\".repeat(100000));",
    '"a".repeat(30000).matches("(a+)+$".repeat(50));',
    '"a".repeat(50000).matches("(a*)*(b*)*(a*)*c");',
    '"a".repeat(5000).matches("(a*)(a*)(a*)(a*)\\\\1\\\\2\\\\3\\\\4b");',
    'java.util.regex.Pattern.compile("(a{1000}){1000}");',
    'java.util.regex.Pattern.compile("(".repeat(10000));',
    "Stream.iterate(1, x -> x).count();",
    "Stream.generate(() -> 1).collect(Collectors.toList());",
    "Stream.iterate(\"x\", x -> x + x).limit(60).count();",
    "IntStream.range(0, 2000000000).sum();",
    "IntStream.range(0, 2000000000).boxed().collect(Collectors.toList());",
    "new Random().ints().count();",
    "Function[] f = new Function[1]; f[0] = x -> f[0].apply(x); f[0].apply(1);",
    "Supplier[] f = new Supplier[1]; f[0] = () -> { try { return f[0].get(); } catch (Error e) { return f[0].get(); } }; f[0].get(); for (;;) ;",
    "Comparator c = (a, b) -> 1; List l = new ArrayList(Collections.nCopies(100000, 1)); for (;;) l.sort(c);",
    "Map m = new TreeMap(Comparator.comparing(x -> 0)); for (int i = 0; ; i++) m.put(i, i);",
    "List l = new ArrayList(); for (int i = 0; i < 100000; i++) l.add(0, i);",
    "for (int i = 0; ; i++) System.out.println(i);",
    "for (;;) System.setProperty(\"\" + new Random().nextInt(), \"x\".repeat(1000));",
    "for (;;) kcontext.setVariable(\"x\", 1);",
    "new java.text.SimpleDateFormat(\"y\".repeat(100000)).format(new Date());",
    "LocalDate.of(2024, 1, 1).datesUntil(LocalDate.of(9999, 1, 1)).map(d -> d.toString()).collect(Collectors.toList()); for (;;) ;",
    "Duration.ofDays(9223372036854775807L).toString(); for (;;) ;",
    "x = " + "(" * 5000 + "1" + ")" * 5000 + ";",
    "int x = " + "-" * 5000 + "1;",
    "int x = " + "1+" * 6000 + "1; for (;;) ;",
    "{" * 5000 + "}" * 5000,
    "if (true) " * 5000 + ";",
    "x" + ".a()" * 5000 + ";",
    "int" + "[]" * 5000 + " x = null; for (;;) ;",
    "String s = \"" + "\\u" * 3 + "\";",
    "f(" * 3000 + ")" * 3000 + ";",
    "a ? b : " * 5000 + "c;",
]  # fmt: skip


@pytest.mark.parametrize("source", BOMBS, ids=[bomb[:60] for bomb in BOMBS])
def test_java_bombs_are_stopped(source: str):
    assert isinstance(attempt(source), Exception)


# -- what no evaluation does -------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        *("a", "b", "i", "s", "x", "Runtime", "System", "String", "Class", "kcontext", "java.lang"),
        *("getClass", "forName", "exec", "__class__", "__globals__", "gi_frame", "items", "func"),
        *("toString", "length", "get", "add", "put", "invoke", "newInstance", "valueOf", "matcher"),
        *(
            "1",
            "-1",
            "0L",
            "'c'",
            '"t"',
            "null",
            "true",
            "2.5",
            "new",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
        ),
        *(
            ".",
            ",",
            ";",
            "+",
            "-",
            "*",
            "=",
            "==",
            "->",
            "::",
            "?",
            ":",
            "<",
            ">",
            "!",
            "&&",
            "int",
        ),
        *("for", "while", "if", "return", "try", "catch", "ArrayList", "HashMap", "Object", "()"),
    ]
)
_ALLOWED = {*LIBRARY.classes, *PARENTS}


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=30))
def test_nothing_is_reached_beyond_the_table_and_no_fuel_is_overdrawn(words: list[str]):
    limits = Limits(script_steps=5_000, script_cells=5_000)
    try:
        script = EVALUATOR.compile("java", " ".join(words), Purpose.EXPRESSION)
    except ScriptSyntax:
        return
    assert isinstance(script, Program)
    frame = Frame(context({"a": 1, "b": {"c": [1, 2]}, "s": "t"}), limits, script._slots.copy())
    try:
        value = script.raw(frame)
    except (ScriptThrow, LimitExceeded):
        value = None

    assert 0 <= frame.fuel <= limits.script_steps
    assert 0 <= frame.cells <= limits.script_cells
    named = class_word(value)
    plain = value is None or type(value).__module__.startswith(
        ("procession.", "builtins", "datetime", "decimal")
    )
    assert plain, named
    assert not callable(value)


@pytest.mark.parametrize("name", sorted(LIBRARY.classes))
def test_no_class_of_the_table_names_the_host(name: str):
    one = LIBRARY.classes[name]

    for member in one.members:
        assert not member.name.startswith("_")
        assert member.name not in ("exec", "exit", "forName", "getClassLoader", "invoke", "load")
