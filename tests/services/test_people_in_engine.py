"""People in a whole engine with its threads: what is answered holds at once."""

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest

from procession.engine import Engine
from procession.errors import Fault, Rejected, Unauthenticated
from procession.identity.credentials import Hasher


@pytest.fixture
def engine(database_url):
    with Engine.open(database_url) as engine:
        engine.directory.hasher = Hasher(memory_kib=64, passes=1)
        yield engine


def test_each_change_is_seen_by_whoever_made_it(engine):
    people = engine.people
    header = "Basic " + b64encode(b"ann:secret").decode()

    for _ in range(5):
        people.add_user(engine.admin, "ann", "secret")
        assert people.authenticate("ann", "secret").name == "ann"
        assert people.cached(header) is not None
        people.deactivate(engine.admin, "ann")
        assert people.cached(header) is None
        with pytest.raises(Unauthenticated):
            people.authenticate("ann", "secret")
        people.remove_user(engine.admin, "ann")
        assert not people.exists_user("ann")


def test_of_many_who_make_the_same_user_at_once_one_succeeds(engine):
    def make(number: int) -> str:
        try:
            engine.people.add_user(engine.admin, "ann", f"secret{number}")
        except Rejected:
            return "rejected"
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(make, range(8)))

    assert outcomes == ["made"] + ["rejected"] * 7


def test_many_changes_at_once_are_all_there_afterwards(engine):
    engine.people.add_group(engine.admin, "PM")

    def make(number: int) -> None:
        engine.people.add_user(engine.admin, f"user{number}", None, ["PM"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(24)))

    assert len(engine.directory.members_of("PM")) == 24


def test_an_engine_opened_twice_makes_one_first_administrator(engine):
    with ThreadPoolExecutor(4) as pool:
        passwords = list(pool.map(lambda _: engine.people.ensure_first_administrator(), range(4)))

    told = [password for password in passwords if password]
    assert len(told) == 1
    assert engine.people.authenticate("admin", told[0]).is_administrator


def test_a_change_within_a_larger_turn_is_seen_as_soon_as_that_is_answered(engine):
    people, executive = engine.people, engine.executive
    people.add_user(engine.admin, "ann", "secret")
    header = "Basic " + b64encode(b"ann:secret").decode()

    for _ in range(20):
        people.authenticate("ann", "secret")
        executive.run(lambda: people.deactivate(engine.admin, "ann"), actor="admin")
        assert people.cached(header) is None
        executive.run(lambda: people.reactivate(engine.admin, "ann"), actor="admin")


def test_errors_of_people_are_ours(engine):
    with pytest.raises(Fault):
        engine.people.add_user("nobody", "ann", "secret")
