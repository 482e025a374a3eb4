"""Lambdas, method references, streams, and MVEL's functions."""

from __future__ import annotations

from typing import Any

import pytest

from procession.core.ports import Limits, ScriptSyntax, ScriptThrow
from procession.errors import LimitExceeded
from tests.scripting.scripts import java, mvel, printed


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (
            "return Arrays.asList(3, 1, 2).stream().filter(x -> x > 1).map(x -> x * 2)"
            ".collect(Collectors.toList());",
            (6, 4),
        ),
        ("return IntStream.rangeClosed(1, 5).map(i -> { int j = i * i; return j; }).sum();", 55),
        ('return Stream.of("a", "bb").map(String::length).reduce(0, Integer::sum);', 3),
        ("return Stream.of(3, 1, 2).sorted().findFirst().get();", 1),
        (
            "return Stream.of(1, 2).anyMatch(x -> x == 2);",
            True,
        ),
        ("return Stream.of(1, 2, 2).distinct().count();", 2),
        ("return Stream.of(1, 2).mapToInt(x -> x).average().getAsDouble();", 1.5),
        ('return Stream.of("x", "y").collect(Collectors.joining(", ", "[", "]"));', "[x, y]"),
        (
            'return Stream.of("x", "yy", "zz")'
            ".collect(Collectors.groupingBy(s -> s.length(), Collectors.counting())).toString();",
            "{1=1, 2=2}",
        ),
        (
            'return Stream.of("b", "aa")'
            ".collect(Collectors.toMap(s -> s, String::length)).toString();",
            "{aa=2, b=1}",
        ),
        (
            'List<String> l = new ArrayList<>(); l.add("bb"); l.add("a");'
            "l.sort(Comparator.comparing(String::length)); return l.toString();",
            "[a, bb]",
        ),
        (
            "List<Integer> l = new ArrayList<>(Arrays.asList(1, 2, 3));"
            "l.removeIf(x -> x > 2); l.replaceAll(x -> x * 10); return l.toString();",
            "[10, 20]",
        ),
        (
            'Map<String, Integer> m = new TreeMap<>(); m.merge("a", 1, (a, b) -> a + b);'
            'm.merge("a", 1, Integer::sum); m.computeIfAbsent("b", k -> 7);'
            "return m.toString();",
            "{a=2, b=7}",
        ),
        ('return Optional.ofNullable(null).map(x -> x.toString()).orElse("none");', "none"),
        (
            "Function<Integer, Integer> f = (Integer x) -> x + 1;"
            "return f.andThen(x -> x * 2).apply(3);",
            8,
        ),
        ('Supplier<String> s = () -> "made"; return s.get();', "made"),
        ("int n = (3); return (n) + 1;", 4),
    ],
)
def test_java_functions(source: str, value: Any) -> None:
    assert java(source) == value


def test_for_each_with_a_method_reference() -> None:
    assert printed('Arrays.asList("a", "b").forEach(System.out::println);') == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("def twice(x) { x * 2 } twice(4)", 8),
        ('m = ["z" : 0]; with (m) { a = 1, b = 2 }; m.a + m.b', 3),
        ("def fact(n) { if (n < 2) return 1; n * fact(n - 1) } fact(5)", 120),
        ("function add(int a, int b) { return a + b; } add(1, 2)", 3),
    ],
)
def test_mvel_functions(source: str, value: Any) -> None:
    assert mvel(source) == value


@pytest.mark.parametrize(
    "source",
    [
        "def f(n) { f(n) } f(1)",
        "def f(n) { try { f(n) } catch (Throwable t) { f(n) } } f(1)",
    ],
)
def test_recursion_ends(source: str) -> None:
    with pytest.raises((ScriptThrow, LimitExceeded)):
        mvel(source, limits=Limits(script_steps=100_000))


def test_functions_pay_for_what_they_do() -> None:
    source = "return IntStream.range(0, 90000).map(x -> x + 1).map(x -> x + 1).sum();"
    with pytest.raises(LimitExceeded):
        java(source, limits=Limits(script_steps=100_000))


def test_a_reference_reaches_nothing_but_the_library() -> None:
    with pytest.raises(ScriptThrow, match="is not available in scripts"):
        java('return Stream.of("a").map(String::getClassLoader).count();')


def test_blocks_have_no_place_in_templates() -> None:
    with pytest.raises(ScriptSyntax):
        java("return x -> ;")
