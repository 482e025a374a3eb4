"""The public test cases of DMN: level 2 all, level 3 at least 95 of 100, never fewer."""

from __future__ import annotations

import pytest

from tests.rules.dmn import tck_cases


@pytest.mark.parametrize("suite", tck_cases.suites())
def test_the_cases_of_a_suite_pass_but_for_those_known_to_fail(suite: str) -> None:
    wrong = dict(tck_cases.failing(suite))

    assert list(wrong) == tck_cases.known().get(suite, []), wrong


def test_all_of_level_2_and_at_least_95_of_100_of_level_3_pass() -> None:
    passed, total = tck_cases.counts("2")
    assert passed == total == 127

    passed, total = tck_cases.counts("3")
    assert total == 3379
    assert passed >= 3345
    assert passed * 100 >= total * 95
