"""Signing in: who says a name and a password, and whether to believe it."""

from __future__ import annotations

from procession.errors import Unauthenticated
from procession.identity.credentials import Turnstile, Verified
from procession.identity.directory import Directory
from procession.identity.ledger import LONGEST_NAME
from procession.identity.model import Actor
from procession.identity.throttle import Throttle

_MOST_RECENT = 1_000


class Doorman:
    """Checks credentials against a directory, sparing what was right a moment ago.

    Wrong names and wrong passwords are answered in the same words after the same time.
    """

    def __init__(self, directory: Directory, verified: Verified, throttle: Throttle) -> None:
        self._directory = directory
        self._verified = verified
        self._throttle = throttle
        self._turnstile = Turnstile()
        self._recent: dict[bytes, tuple[Actor, float]] = {}
        directory.when_changed(self._forget)

    def recognise(self, header: str) -> Actor | None:
        """The actor of a Basic ``Authorization`` header found right a moment ago; never blocks."""
        verified, recent = self._verified, self._recent
        key = verified.key_of(header[6:].strip())
        found = recent.get(key)
        if found is not None and verified.is_before(found[1]):
            return found[0]
        generation = verified.generation
        name = verified.name_behind(key)
        if name is None:
            return None
        actor = self._directory.actor(name)
        # Asking the directory may have brought news that empty the memory.
        if actor is None or generation != verified.generation:
            return None
        if len(recent) >= _MOST_RECENT:
            recent.clear()
        recent[key] = (actor, verified.known_until(key, self._directory.valid_until))
        return actor

    def _forget(self) -> None:
        self._verified.forget()
        self._recent = {}  # who is just being recognised is put down in the old one

    def admit(self, name: str, password: str, client: str = "") -> Actor:
        """Who that is. May block for the time of a hash. Raises :class:`Unauthenticated`.

        ``client`` is where the attempt comes from; failures are counted by name and client.
        """
        if not name or len(name) > LONGEST_NAME:
            raise _refused()
        if self._verified.knows(name, password):
            actor = self._directory.actor(name)
            if actor is not None and self._verified.knows(name, password):
                return actor
        self._throttle.check(name, client)
        with self._turnstile.one_at_a_time(name):
            if not self._verified.knows(name, password):
                self._check(name, password, client)
        actor = self._directory.actor(name)
        if actor is None:
            # Made a moment ago by another process, so that the picture is older than the user.
            self._directory.forget()
            actor = self._directory.actor(name)
        if actor is None:
            raise _refused()
        return actor

    def _check(self, name: str, password: str, client: str) -> None:
        self._throttle.check(name, client)
        # News that the directory learns of empties the memory: better before than after.
        self._directory.exists_user(name)
        generation = self._verified.generation
        if not self._directory.verify(name, password):
            self._throttle.failed(name, client)
            raise _refused()
        self._throttle.succeeded(name, client)
        self._verified.remember(name, password, generation)


def _refused() -> Unauthenticated:
    return Unauthenticated("the name or the password is wrong", reason="credentials")
