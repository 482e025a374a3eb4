"""Passwords: hashes, made-up ones, and what is remembered of right ones."""

from __future__ import annotations

import subprocess
import sys
import threading
from base64 import b64encode

import pytest

from procession.errors import Busy, Invalid
from procession.identity.credentials import Hasher, Turnstile, Verified, generate_password


@pytest.fixture
def hasher() -> Hasher:
    return Hasher(memory_kib=64, passes=1)


def header(name: str, password: str) -> str:
    return b64encode(f"{name}:{password}".encode()).decode()


def test_the_default_cost_is_owasps_minimum_of_argon2id():
    stored = Hasher().hash("secret")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_fits_its_own_hash_only(hasher):
    stored = hasher.hash("secret")

    assert hasher.verify(stored, "secret")
    assert not hasher.verify(stored, "Secret")
    assert not hasher.verify(stored, "")
    assert hasher.hash("secret") != stored


@pytest.mark.parametrize("stored", [None, "", "plain", "$argon2id$broken"])
def test_nothing_fits_a_missing_or_broken_hash(hasher, stored):
    assert not hasher.verify(stored, "")
    assert not hasher.verify(stored, "plain")


def test_an_unknown_name_costs_a_hash_like_a_known_one(hasher, monkeypatch):
    checked = []
    real = hasher._argon2.verify

    class Watching:
        hash = staticmethod(hasher._argon2.hash)

        def verify(self, stored: str, password: bytes) -> bool:
            checked.append(stored)
            return real(stored, password)

    monkeypatch.setattr(hasher, "_argon2", Watching())

    hasher.verify(None, "secret")

    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_empty_and_endless_passwords_are_refused(hasher, password):
    with pytest.raises(Invalid):
        hasher.hash(password)
    assert not hasher.verify(hasher.hash("x"), password)


def test_made_up_passwords_can_be_read_out_and_differ():
    made = {generate_password() for _ in range(200)}

    assert len(made) == 200
    assert all(len(word) == 23 and word.replace("-", "").isalpha() for word in made)


def test_right_credentials_are_remembered_for_a_while():
    now = [100.0]
    verified = Verified(seconds=60, now=lambda: now[0])

    verified.remember("ann", "secret", verified.generation)

    assert verified.knows("ann", "secret")
    assert verified.name_of(header("ann", "secret")) == "ann"
    assert not verified.knows("ann", "other")
    assert not verified.knows("bob", "secret")
    now[0] += 60
    assert not verified.knows("ann", "secret")


def test_nothing_that_is_remembered_holds_the_password():
    verified = Verified()

    verified.remember("ann", "Pa55-word", verified.generation)

    assert "Pa55-word" not in repr(vars(verified))
    assert header("ann", "Pa55-word") not in repr(vars(verified))


def test_names_and_passwords_are_not_mixed_up():
    verified = Verified()

    verified.remember("a", "b:c", verified.generation)

    assert verified.name_of(header("a", "b:c")) == "a"
    assert not verified.knows("ab", ":c")


def test_a_check_that_began_before_a_change_is_not_remembered():
    verified = Verified()
    before = verified.generation

    verified.forget()
    verified.remember("ann", "secret", before)

    assert not verified.knows("ann", "secret")


def test_memory_is_bounded_and_the_oldest_goes_first():
    verified = Verified(capacity=3)

    for name in "abcd":
        verified.remember(name, "x", verified.generation)

    assert [name for name in "abcd" if verified.knows(name, "x")] == ["b", "c", "d"]


def test_one_check_of_a_name_runs_at_a_time():
    turnstile = Turnstile()
    inside, most = [0], [0]
    lock = threading.Lock()

    def check() -> None:
        with turnstile.one_at_a_time("ann"):
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            threading.Event().wait(0.002)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] == 1
    assert not turnstile._doors


def test_waiting_too_long_for_a_check_is_an_error_and_other_names_do_not_wait():
    turnstile = Turnstile(patience=0.01)

    with turnstile.one_at_a_time("ann"):
        with turnstile.one_at_a_time("bob"):
            pass
        with pytest.raises(Busy), turnstile.one_at_a_time("ann"):
            pass
    with turnstile.one_at_a_time("ann"):
        pass
    assert not turnstile._doors


WHILE_ANOTHER_LOADS = """
import sys
import threading
from importlib.machinery import PathFinder

from procession.identity.credentials import Hasher


class Slow:
    def find_spec(self, name, path=None, target=None):
        found = PathFinder.find_spec(name, path, target)
        if name == "argon2":
            found.loader.create_module = create
        return found


def create(spec):
    begun.set()
    threading.Event().wait(0.3)


begun = threading.Event()
sys.meta_path.insert(0, Slow())
threading.Thread(target=__import__, args=("argon2",)).start()
begun.wait(10)
print(Hasher().verify(None, "anything"))
"""


def test_a_password_can_be_checked_while_another_thread_loads_what_that_needs() -> None:
    """A server that has just started does so in the background; it answered 500 once."""
    done = subprocess.run(
        [sys.executable, "-c", WHILE_ANOTHER_LOADS], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("False\n", "")
