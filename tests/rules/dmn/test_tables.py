"""Decision tables: hit policies, defaults, the index, and what the trace says."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.rules.dmn.models import compiled, decide, decision, document, given, table

ROWS = [
    (["< 10"], ['"low"', "1"]),
    (["[5..15]"], ['"middle"', "2"]),
    (["> 12"], ['"high"', "3"]),
    (["[5..15]"], ['"middle"', "2"]),
]
ORDER = {"out": '"high", "middle", "low"'}


def made(policy: str, x: Any, aggregation: str = "", **more: Any) -> Any:
    rows = [(tests, results[:1]) for tests, results in ROWS]
    if aggregation:
        rows = [(tests, results[1:]) for tests, results in ROWS]
    logic = table(policy, ["x"], ["out"], rows, aggregation=aggregation, values=ORDER, **more)
    unit, problems = compiled(document(given("x"), decision("d", logic, "in_x")))
    assert problems == []
    return decide(unit, "d", x=x)


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 3, "low"),
        ("UNIQUE", 20, "high"),
        ("UNIQUE", 7, None),
        ("ANY", 11, "middle"),
        ("ANY", 7, None),
        ("PRIORITY", 7, "middle"),
        ("PRIORITY", 14, "high"),
        ("FIRST", 7, "low"),
        ("RULE ORDER", 7, ("low", "middle", "middle")),
        ("OUTPUT ORDER", 14, ("high", "middle", "middle")),
        ("COLLECT", 14, ("middle", "high", "middle")),
    ],
)
def test_a_hit_policy_chooses_among_the_rows_that_match(policy: str, x: int, expected: Any) -> None:
    assert made(policy, x).value == expected


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 7), ("MIN", 2), ("MAX", 3), ("COUNT", 3)]
)
def test_collected_results_are_aggregated(aggregation: str, expected: int) -> None:
    assert made("COLLECT", 14, aggregation).value == expected


def test_without_a_match_the_default_counts() -> None:
    assert made("UNIQUE", None).value is None
    assert made("UNIQUE", None, defaults={"out": '"none"'}).value == "none"


def test_the_trace_says_which_rules_matched() -> None:
    outcome = made("COLLECT", 14)

    (step,) = outcome.steps
    assert step["decision"] == "d"
    assert step["inputs"] == {"x": 14}
    assert step["result"] == ("middle", "high", "middle")
    assert step["tables"][0]["rules"] == (2, 3, 4)
    assert step["tables"][0]["inputs"] == {"x": 14}


def test_two_rules_where_one_may_match_give_null_and_name_the_rules() -> None:
    outcome = made("UNIQUE", 7)

    assert outcome.value is None
    assert outcome.notes == ("hit policy UNIQUE of d: rules 1, 2, 4 match",)


def test_several_outputs_make_a_context() -> None:
    logic = table("U", ["x"], ["a", "b"], [(["1"], ["2", '"z"'])]).replace('"U"', '"UNIQUE"')
    unit, _ = compiled(document(given("x"), decision("d", logic, "in_x")))

    assert decide(unit, "d", x=1).value == {"a": 2, "b": "z"}


TESTS = [
    "-", "< 20", ">= 80", "[10..30]", "(10..30)", "]10..30[", "20, 40, 60", "not(50)", "50",
    '"ann"', '"ann", "bob"', '< "c"', "null", "true", "? > 30 and ? < 35", "[10..20], > 90",
    'date("2026-01-02")', '[date("2026-01-01")..date("2026-01-31")]', "limit", "< limit",
]  # fmt: skip
VALUES = [
    None, True, False, 0, 10, 15, 20, 30, 33, 40, 50, 60, 80, 90, 91, 10.5, "ann", "bob", "zoe",
    (20,), {"a": 1},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_index_finds_the_rows_that_asking_each_finds(seed: int) -> None:
    random_source = random.Random(seed)
    rows = [[random_source.choice(TESTS) for _ in range(2)] for _ in range(60)]
    logic = table(
        "RULE ORDER", ["a", "b"], ["out"], [(row, [str(n)]) for n, row in enumerate(rows, 1)]
    )
    # A test that speaks of '?' is never found in an index, so these rows are asked one by one.
    kept = ("-", "not", "?")
    asked = [[t if t.startswith(kept) else f"? in ({t})" for t in row] for row in rows]
    slow = table(
        "RULE ORDER", ["a", "b"], ["out"], [(row, [str(n)]) for n, row in enumerate(asked, 1)]
    )
    needs = ("in_a", "in_b", "in_limit")
    unit, problems = compiled(
        document(
            given("a", "b", "limit"),
            decision("fast", logic, *needs),
            decision("slow", slow, *needs),
        )
    )
    assert problems == []

    for _ in range(40):
        a, b = random_source.choice(VALUES), random_source.choice(VALUES)
        fast = decide(unit, "fast", a=a, b=b, limit=33).value
        assert fast == decide(unit, "slow", a=a, b=b, limit=33).value, (a, b)


def test_a_large_table_does_not_ask_each_row() -> None:
    rows = [([str(n), f"[{n}..{n + 5}]"], [str(n)]) for n in range(2_000)]
    logic = table("UNIQUE", ["a", "b"], ["out"], rows)
    unit, _ = compiled(document(given("a", "b"), decision("d", logic, "in_a", "in_b")))
    from procession.core.ports import Limits

    assert decide(unit, "d", Limits(script_steps=200), a=1_500, b=1_503).value == 1_500
