"""What is learned of a route by watching its requests."""

from __future__ import annotations

from procession.web.habits import Habit


def after(habit: Habit, *asked_more: bool) -> tuple[bool, bool]:
    for more in asked_more:
        habit.saw(more)
    return habit.is_ample, habit.is_lasting


def test_at_first_what_is_foreseen_is_all() -> None:
    assert after(Habit()) == (False, False)


def test_who_asks_more_now_and_then_changes_nothing() -> None:
    assert after(Habit(), *(n % 40 == 0 for n in range(1000))) == (False, False)


def test_who_mostly_asks_more_is_foreseen_amply_then_given_a_lasting_snapshot() -> None:
    habit = Habit()

    assert after(habit, *[True] * 4) == (True, False)
    assert after(habit, *[False] * 100) == (True, False)
    assert after(habit, *[True] * 4) == (True, True)


def test_after_many_requests_it_is_tried_again() -> None:
    habit = Habit()
    assert after(habit, *[True] * 8) == (True, True)

    assert after(habit, *[False] * 4096) == (False, False)
