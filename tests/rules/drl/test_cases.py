"""Every rule case fires what the published Drools 6.5 fired, in the same order."""

from __future__ import annotations

import pytest

from tests.rules.drl.case_files import Case, Play, all_cases, in_order

CASES = all_cases()


def outcome(lines: list[str]) -> list[str]:
    """A failing consequence ends a case; what fired before it is told by Drools alone."""
    kept = in_order(lines)
    if "failed" in kept:
        kept = [one for one in kept if not one.startswith(("fired: ", "print: "))]
    return kept


def test_there_are_more_than_three_hundred_cases():
    assert len(CASES) >= 470


@pytest.mark.parametrize("keep", [False, True], ids=["kept in memory", "stored before every step"])
@pytest.mark.parametrize("file", sorted({case.file for case in CASES}))
def test_rules_fire_as_in_drools(file: str, keep: bool):
    wrong = []
    for case in CASES:
        if case.file == file:
            got = outcome(Play(case, keep).run())
            if got != outcome(list(case.expect)):
                wrong.append((case.id, got))

    assert not wrong


@pytest.mark.parametrize("case", [c for c in CASES if c.file == "refused"], ids=lambda c: c.name)
def test_what_is_refused_is_refused_with_its_line(case: Case):
    play = Play(case)

    assert play.run() == ["refused"]
    assert all(problem.line > 1 and problem.text for problem in play.problems)
