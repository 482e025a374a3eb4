"""Bounds of scripts: each is a setting, and its message says which."""

from __future__ import annotations

import msgspec
import pytest

from procession.core.ports import Budget, Limits, Purpose, ScriptThrow
from procession.errors import LimitExceeded
from procession.settings import Settings
from procession.wiring import _limits
from tests.scripting.scripts import EVALUATOR, context, execute

BOUNDS = [
    ("script_steps", 2_000, "for (;;) { }"),
    ("script_cells", 500, "List l = new ArrayList(); for (;;) l.add(1);"),
    ("script_text", 100, 'String s = "ab"; for (;;) s += s;'),
    ("script_text", 100, 'StringBuilder b = new StringBuilder(); for (;;) b.append("abc");'),
    ("script_text", 100, '"ab".repeat(2000000000);'),
    ("script_text", 100, 'String.format("%9999d", 1);'),
    ("script_items", 50, "List l = new ArrayList(); for (;;) l.add(1);"),
    ("script_items", 50, "Map m = new HashMap(); for (int i = 0; ; i++) m.put(i, i);"),
    ("script_items", 50, "Set m = new TreeSet(); for (int i = 0; ; i++) m.add(i);"),
    ("script_items", 50, "new ArrayList(Collections.nCopies(1000, 1));"),
    ("script_items", 50, "int[] a = new int[1000000];"),
    ("script_items", 50, "Stream.iterate(1, x -> x + 1).collect(Collectors.toList());"),
    ("script_pattern_steps", 500, '"a".repeat(5000).matches("(a|b)*c");'),
]


@pytest.mark.parametrize(
    ("name", "value", "source"), BOUNDS, ids=[f"{b[0]}: {b[2]}" for b in BOUNDS]
)
def test_what_goes_beyond_a_bound_is_stopped_and_told_which(name: str, value: int, source: str):
    with pytest.raises(LimitExceeded, match=f"raise {name}( |$)"):
        execute("java", source, limits=Limits(**{name: value}))


def test_functions_call_each_other_only_so_deep():
    source = "def f(n) { f(n + 1); } f(0);"

    with pytest.raises(ScriptThrow, match="StackOverflowError") as thrown:
        execute("", source, limits=Limits(script_depth=10))

    assert thrown.value.type_name == "java.lang.StackOverflowError"


def test_the_scripts_of_a_turn_have_steps_together():
    script = EVALUATOR.compile("java", "for (int i = 0; i < 100; i++) { }", Purpose.SCRIPT)
    given = context(budget=Budget(1_000))

    def run_often() -> None:
        for _ in range(100):
            script.run(given, Limits())

    with pytest.raises(LimitExceeded, match="raise script_steps_per_turn"):
        run_often()
    assert given.budget is not None
    assert given.budget.steps == 0


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("javascript", "let a = 1; a"),
        ("javascript", "1 + 1"),
        ("xpath", "1 + 1"),
        ("feel", "1 + 1"),
    ],
)
def test_scripts_of_every_language_take_from_what_a_turn_has(language: str, source: str):
    script = EVALUATOR.compile(language, source, Purpose.EXPRESSION)
    given = context(budget=Budget(5_000))

    def run_often() -> None:
        for _ in range(2_000):
            script.run(given, Limits())

    with pytest.raises(LimitExceeded, match="raise script_steps_per_turn"):
        run_often()


def test_every_bound_is_a_setting_with_the_same_default():
    settings = {field for field in Settings.__annotations__ if field.startswith("script_")}
    bounds = [field for field in Limits.__struct_fields__ if field.startswith("script_")]

    assert set(bounds) <= settings
    assert (
        msgspec.structs.asdict(_limits(Settings())).items()
        >= {name: getattr(Limits(), name) for name in bounds}.items()
    )
