"""Guessing passwords becomes slow."""

from __future__ import annotations

from procession.errors import Unauthenticated
from procession.identity.throttle import Throttle


class Setting:
    def __init__(self, **more: float) -> None:
        self.now = 0.0
        self.throttle = Throttle(free=3, now=lambda: self.now, **more)

    def fail(self, times: int = 1, name: str = "ann", client: str = "c") -> None:
        for _ in range(times):
            self.throttle.failed(name, client)

    def pause(self, name: str = "ann", client: str = "c") -> str | None:
        try:
            self.throttle.check(name, client)
        except Unauthenticated as error:
            return error.message if error.reason == "throttled" else "another reason"
        return None


def test_a_few_failures_cost_nothing():
    setting = Setting()

    setting.fail(3)

    assert setting.pause() is None


def test_every_further_failure_doubles_the_pause_up_to_a_bound():
    setting = Setting(longest=5)
    pauses = []

    setting.fail(3)
    for _ in range(5):
        setting.fail()
        pauses.append(setting.pause())
        setting.now += 5

    seconds = [1, 2, 4, 5, 5]
    assert pauses == [f"too many failed attempts; try again in {s} s" for s in seconds]


def test_the_door_opens_when_the_pause_is_over():
    setting = Setting()
    setting.fail(4)

    setting.now += 0.999
    assert setting.pause() is not None
    setting.now += 0.001
    assert setting.pause() is None


def test_other_names_and_other_clients_are_not_held_up():
    setting = Setting()

    setting.fail(10)

    assert setting.pause(name="bob") is None
    assert setting.pause(client="elsewhere") is None


def test_success_and_time_forgive():
    setting = Setting(forget=60)
    setting.fail(4)
    setting.throttle.succeeded("ann", "c")
    setting.fail(3)
    assert setting.pause() is None

    setting.now += 61
    setting.fail(3)

    assert setting.pause() is None


def test_memory_is_bounded_whatever_is_tried():
    setting = Setting(capacity=10)

    for number in range(1000):
        setting.fail(name=f"user{number}")

    assert len(setting.throttle) <= 10


def test_what_is_forgotten_makes_room():
    setting = Setting(capacity=10, forget=1)
    for number in range(5):
        setting.fail(name=f"user{number}")

    setting.now += 10
    setting.fail(name="ann")

    assert len(setting.throttle) == 1


def test_failures_without_end_do_not_overflow():
    setting = Setting()

    setting.fail(5000)

    assert setting.pause() == "too many failed attempts; try again in 300 s"
