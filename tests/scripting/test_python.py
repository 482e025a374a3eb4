"""The Python subset: what it gives, what it sets, what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from procession.core.ports import Limits, Purpose, ScriptScope, ScriptSyntax, ScriptThrow
from procession.errors import LimitExceeded
from procession.values import Bean, BigInteger, Map
from tests.scripting.scripts import execute


def python(source: str, variables: dict[str, Any] | None = None, **more: Any) -> Any:
    return execute("python", source, variables, purpose=Purpose.EXPRESSION, **more).value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 // 2, -7 // 2, -7 % 3, 7 / 2", (3, -4, 2, 3.5)),
        ("2 ** 10", 1024),
        ("2147483647 + 1", 2147483648),
        ("2 ** 64", BigInteger(18446744073709551616)),
        ("'a' in 'cab' and 'x' not in 'cab'", True),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("None or 5", 5),
        ("0 and 5", 0),
        ("not []", True),
        ("'big' if 3 > 2 else 'small'", "big"),
        ("[x * 2 for x in range(5) if x % 2]", (2, 6)),
        ("[(a, b) for a in [1, 2] for b in 'xy']", ((1, "x"), (1, "y"), (2, "x"), (2, "y"))),
        ("{k: len(k) for k in ['a', 'bb']}", Map(a=1, bb=2)),
        ("sum(x for x in [1, 2, 3])", 6),
        ("sorted(['b', 'C', 'a'], key=lambda s: s.lower())", ("a", "b", "C")),
        ("sorted([3, 1, 2], reverse=True)", (3, 2, 1)),
        ("'hello'[1:4] + 'hello'[-1] + 'abc'[::-1]", "ellocba"),
        ("f'{3.14159:.2f}|{7:>3}|{\"x\"!r}'", "3.14|  7|'x'"),
        ("', '.join(['a', 'b'])", "a, b"),
        ("'a,b,c'.split(',')", ("a", "b", "c")),
        ("' x '.strip().upper()", "X"),
        ("str([1, 'a', None, True, {'k': 1.5}])", "[1, 'a', None, True, {'k': 1.5}]"),
        ("str((1,)) + str(())", "(1,)()"),
        ("max(3, 7, 5) - min([4, 2])", 5),
        ("round(2.5), round(3.14159, 2)", (2, 3.14)),
        ("int('42') + int(3.9)", 45),
        ("Decimal('0.1') + Decimal('0.2')", Decimal("0.3")),
        ("isinstance(3, int) and isinstance('a', (str, list))", True),
        ("any(x > 2 for x in [1, 2, 3]) and all([1, 1])", True),
        ("list(zip([1, 2], 'ab'))", ((1, "a"), (2, "b"))),
        ("list(enumerate('ab', 1))", ((1, "a"), (2, "b"))),
        ("{'a': 1}.get('b', 2)", 2),
        ("[1, 2] + [3]", (1, 2, 3)),
        ("[0] * 3", (0, 0, 0)),
        ("[1, 2] == [1, 2]", True),
        ("1 == 1.0", True),
        ("True + True", 2),
        ("math.sqrt(16) + math.floor(2.7)", 6.0),
        ("len({1, 1, 2} | {3})", 3),
        ("'5' * 3", "555"),
        ("'%d' == '%d'", True),
        ("Integer.parseInt('12')", 12),
        ("(1 if True else 2) + (lambda a, b: a * b)(2, 3)", 7),
    ],
)
def test_expressions_give_what_python_gives(source: str, value: Any) -> None:
    found = python(source)

    assert found == value
    assert type(found) is type(value)


def test_a_condition_may_break_its_line() -> None:
    assert python("x > 1\n and x < 5", {"x": 3}) is True


def script(source: str, variables: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return dict(execute("python", source, variables, **more).changes)


def test_kcontext_reads_and_sets_variables() -> None:
    source = 't = kcontext.getVariable("trace")\nkcontext.setVariable("trace", t + ",b")'

    assert script(source, {"trace": "a"}) == {"trace": "a,b"}


def test_a_process_variable_that_is_assigned_to_is_set_at_the_end() -> None:
    source = "for i in range(3):\n    total = total + i\nother = 1"

    assert script(source, {"total": 10}) == {"total": 13}


def test_what_is_changed_in_place_is_set() -> None:
    source = "order['paid'] = True\norder['lines'].append(3)"

    found = script(source, {"order": {"paid": False, "lines": [1]}})

    assert found == {"order": Map(paid=True, lines=(1, 3))}


def test_functions_may_call_themselves_and_each_other() -> None:
    source = """
def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - 1)

def fib(n):
    a = n
    if n < 2:
        return a
    return fib(n - 1) + fib(n - 2)

kcontext.setVariable("r", [even(6), fib(10)])
"""
    assert script(source) == {"r": (True, 55)}


def test_statements_of_everyday_python() -> None:
    source = """
    found = []
    n = 0
    while True:
        n += 1
        if n == 2:
            continue
        if n > 4:
            break
        found.append(n)
    a, b = found[0], found[-1]
    d = {}
    d["x"] = a
    d["y"] = b
    del d["x"]
    for key, value in d.items():
        print(key, value)
    assert d, "empty"
    kcontext.setVariable("r", found)
    """
    result = execute("python", source)

    assert dict(result.changes) == {"r": (1, 3, 4)}
    assert result.printed == ("y 4",)


def test_exceptions_are_caught_by_the_names_of_python() -> None:
    source = """
log = []
for thing in ["x", "1"]:
    try:
        log.append(int(thing))
    except ValueError as e:
        log.append("bad")
    finally:
        log.append("done")
try:
    1 // 0
except (KeyError, ZeroDivisionError):
    log.append("zero")
kcontext.setVariable("r", log)
"""
    assert script(source) == {"r": ("bad", "done", 1, "done", "zero")}


def test_an_exception_leaves_with_the_java_class_that_models_catch() -> None:
    with pytest.raises(ScriptThrow) as caught:
        execute("python", 'x = 1\nraise ValueError("no good")')

    assert caught.value.type_name == "java.lang.IllegalArgumentException"
    assert caught.value.text == "no good"
    assert caught.value.line == 2


def test_fields_of_data_objects_are_attributes() -> None:
    person = Bean("com.acme.Person", Map(name="Ann", age=30))

    assert python("p.name + str(p.age) + p.getName()", {"p": person}) == "Ann30Ann"
    changed = script("p.age = 31", {"p": person})
    assert changed == {"p": Bean("com.acme.Person", Map(name="Ann", age=31))}


def test_an_unknown_name_is_refused_where_variables_are_declared() -> None:
    scope = ScriptScope(Map(known="String"))

    with pytest.raises(ScriptSyntax, match="Could not find variable 'unknown'"):
        execute("python", "x = unknown + 1", scope=scope)


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from subprocess import run",
        "__import__('os')",
        "().__class__",
        "'a'.__class__.__mro__",
        "x._private",
        "class A: pass",
        "with open('/etc/passwd') as f: pass",
        "@decorated\ndef f(): pass",
        "global x",
        "async def f(): pass",
        "def f(*args): pass",
        "yield 1",
        "[*a]",
        "f(**a)",
        "match x:\n    case 1: pass",
        "(a := 1)",
        "b'bytes'",
        "1j",
        "print(",
        "[" * 150 + "]" * 150,
        "f'{x.__class__}'",
    ],
)
def test_what_is_not_in_the_subset_is_refused_with_its_place(source: str) -> None:
    with pytest.raises(ScriptSyntax) as refused:
        execute("python", source)

    assert refused.value.line >= 1


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd')",
        "eval('1')",
        "exec('1')",
        "getattr('a', '__class__')",
        "globals()",
        "type('a')",
        "'{0.__class__}'.format(1)",
        "'%s' % 1",
        "vars()",
        "dir('a')",
        "kcontext.getClass().forName('java.lang.Runtime')",
        "java.lang.Runtime.getRuntime()",
    ],
)
def test_nothing_of_the_host_is_reached(source: str) -> None:
    with pytest.raises((ScriptThrow, ScriptSyntax)):
        python(source)


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "while True:\n  try:\n    while True: pass\n  except Exception: pass",
        "x = 'a'\nwhile True: x = x + x",
        "x = [1]\nwhile True: x = x + x",
        "x = [1]\nwhile True: x.extend(x)",
        "'a' * 10 ** 12",
        "[0] * 10 ** 12",
        "range(10 ** 12)",
        "x = 10\nwhile True: x = x * x",
        "10 ** 10 ** 10",
        "[a for a in range(9999) for b in range(9999)]",
        "'x'.ljust(10 ** 10)",
        "('ab' * 99999).replace('a', 'b' * 99999)",
        "','.join(['x' * 1000000] * 1000)",
        "def f(n):\n  try:\n    return f(n)\n  except Exception:\n    return f(n)\nf(1)",
    ],
)
def test_what_never_ends_or_grows_is_stopped(source: str) -> None:
    with pytest.raises((LimitExceeded, ScriptThrow)):
        execute("python", source, limits=Limits(script_steps=200_000, script_cells=200_000))


def test_deep_recursion_ends_as_a_stack_overflow() -> None:
    with pytest.raises(ScriptThrow) as caught:
        execute("python", "def f(n):\n    return f(n + 1)\nf(1)")

    assert caught.value.type_name == "java.lang.StackOverflowError"
