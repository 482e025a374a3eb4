"""Whom the doorman recognises by the header alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from procession.identity.credentials import Verified
from procession.identity.doorman import Doorman
from procession.identity.model import Actor
from procession.identity.throttle import Throttle

ANN = "Basic " + b64encode(b"ann:secret").decode()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class OneUser:
    """A directory of ann, which counts how often it is asked who she is."""

    def __init__(self) -> None:
        self.valid_until = 102.0
        self.groups = frozenset({"HR"})
        self.asked = 0
        self.changed: list[Callable[[], None]] = []

    def when_changed(self, action: Callable[[], None]) -> None:
        self.changed.append(action)

    def forget(self) -> None:
        for action in self.changed:
            action()

    def actor(self, name: str) -> Actor | None:
        self.asked += 1
        return Actor(name, self.groups) if name == "ann" else None

    def exists_user(self, name: str) -> bool:
        return name == "ann"

    def verify(self, name: str, password: str) -> bool:
        return (name, password) == ("ann", "secret")


def doorman(directory: OneUser, clock: Clock) -> Doorman:
    known: Any = directory
    return Doorman(known, Verified(30, now=clock), Throttle(now=clock))


def test_who_signed_in_is_recognised_without_asking_the_directory_each_time() -> None:
    directory, clock = OneUser(), Clock()
    door = doorman(directory, clock)
    assert door.recognise(ANN) is None
    door.admit("ann", "secret")
    directory.asked = 0

    assert [door.recognise(ANN), door.recognise(ANN)] == [Actor("ann", frozenset({"HR"}))] * 2
    assert directory.asked == 1


def test_the_directory_is_asked_again_when_its_word_is_old() -> None:
    directory, clock = OneUser(), Clock()
    door = doorman(directory, clock)
    door.admit("ann", "secret")
    door.recognise(ANN)
    directory.groups, clock.now = frozenset({"PM"}), 102.0

    assert door.recognise(ANN) == Actor("ann", frozenset({"PM"}))


def test_a_change_of_people_makes_everybody_sign_in_again() -> None:
    directory, clock = OneUser(), Clock()
    door = doorman(directory, clock)
    door.admit("ann", "secret")
    door.recognise(ANN)

    directory.forget()

    assert door.recognise(ANN) is None


def test_nobody_is_recognised_for_longer_than_credentials_are_remembered() -> None:
    directory, clock = OneUser(), Clock()
    directory.valid_until = 10_000.0
    door = doorman(directory, clock)
    door.admit("ann", "secret")
    door.recognise(ANN)

    clock.now += 30.0

    assert door.recognise(ANN) is None
