"""What an element costs is the same in a large process, and in an instance that is old.

Counted in calls of functions, so that no other load on the machine matters.
"""

from __future__ import annotations

import pytest

from bench.flatness import LARGE, SHAPES, SMALL, per_element


@pytest.mark.parametrize("name", SHAPES)
def test_an_element_of_a_large_process_costs_what_one_of_a_small_one_does(name: str) -> None:
    small, _ = per_element(SHAPES[name], SMALL)
    large, _ = per_element(SHAPES[name], LARGE)

    assert large <= small * 1.02


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.waits])
def test_the_last_of_many_steps_costs_what_the_first_did(name: str) -> None:
    _, steps = per_element(SHAPES[name], SMALL)

    young, old = steps[2:12], steps[-12:-2]
    assert old == young
