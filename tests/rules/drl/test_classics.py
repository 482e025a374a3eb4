"""The classic rule benchmarks at their smallest, for what they find rather than how fast."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from bench.rules.__main__ import LIMITS, NOW, memory_with
from bench.rules.classics import LINES, dinner, drawing

OUTLINE = {
    frozenset(pair)
    for pair in ((103, 200), (200, 600), (600, 804), (804, 907), (907, 609), (609, 307), (307, 103))
}


def fired(name: str, facts: Any) -> tuple[list[Any], int]:
    memory = memory_with(name, facts)
    number = memory.fire(now=NOW, limits=LIMITS).number
    return [fact.value for fact in memory.facts()], number


def of(kind: str, facts: list[Any]) -> list[Any]:
    return [fact.fields for fact in facts if fact.type_name.endswith(f".{kind}")]


@pytest.mark.parametrize("guests", [8, 16])
def test_neighbours_at_the_dinner_differ_in_sex_and_share_a_hobby(guests: int):
    facts, number = fired("manners", dinner(guests))

    last = next(one for one in of("Seating", facts) if one["rightSeat"] == guests)
    seats = {one["seat"]: one["guest"] for one in of("Path", facts) if one["seating"] == last["id"]}
    row = [seats[seat] for seat in range(1, guests + 1)]
    hobbies: dict[str, set[str]] = {}
    for guest in of("Guest", facts):
        hobbies.setdefault(guest["name"], set()).add(guest["hobby"])
    sexes = {guest["name"]: guest["sex"] for guest in of("Guest", facts)}
    assert set(row) == set(hobbies)
    for left, right in pairwise(row):
        assert sexes[left] != sexes[right]
        assert hobbies[left] & hobbies[right]
    assert [one["name"] for one in of("Step", facts)] == ["done"]
    assert number == {8: 51, 16: 167}[guests]


def test_every_line_of_the_drawing_is_told_for_what_it_is():
    facts, number = fired("waltz", drawing(1))

    edges = {(one["a"], one["b"]): one["label"] for one in of("Edge", facts)}
    assert len(edges) == 2 * len(LINES)
    for (a, b), label in edges.items():
        assert label == ("B" if frozenset((a, b)) in OUTLINE else "+")
        assert edges[b, a] == label
    kinds = sorted(one["kind"] for one in of("Junction", facts))
    assert kinds == ["L"] * 3 + ["arrow"] * 4 + ["fork"] * 2
    assert number == 47
