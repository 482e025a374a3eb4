"""Passwords: hashing them, making them up, and remembering for a while that one was right.

Hashes are argon2id with OWASP's minimum of 19 MiB, two passes and one lane unless told otherwise.
A check costs tens of milliseconds and is meant to, so it runs where it may block, never on the
executive; clients that send Basic with every request are spared it by :class:`Verified`.
"""

from __future__ import annotations

import secrets
import threading
import time
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from procession.errors import Busy, Invalid

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST_PASSWORD = 1024
_M_MMAP_THRESHOLD = -3
_CONSONANTS = "bdfghjkmnprstvz"
_VOWELS = "aeiou"


class Hasher:
    """Makes and checks argon2id hashes."""

    def __init__(self, memory_kib: int = 19 * 1024, passes: int = 2, lanes: int = 1) -> None:
        self._memory_kib = memory_kib
        self._passes = passes
        self._lanes = lanes
        self._nobody = ""

    @cached_property
    def _argon2(self) -> PasswordHasher:
        """Loaded with the first password: a server that is starting has none to check."""
        from argon2 import PasswordHasher

        _give_memory_back()
        return PasswordHasher(
            time_cost=self._passes,
            memory_cost=self._memory_kib,
            parallelism=self._lanes,
            hash_len=32,
            salt_len=16,
        )

    def hash(self, password: str) -> str:
        """The salted hash of a password that may be used."""
        if not password or len(password) > LONGEST_PASSWORD:
            raise Invalid(f"a password has 1 to {LONGEST_PASSWORD} characters")
        return self._argon2.hash(_bytes(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one; takes as long when there is no stored hash."""
        from argon2 import exceptions  # the package first: see tests/architecture/test_loading.py

        if len(password) > LONGEST_PASSWORD:
            return False
        try:
            known = self._argon2.verify(stored or self._hash_of_nobody(), _bytes(password))
        except (exceptions.VerificationError, exceptions.InvalidHashError):
            return False
        return known and bool(stored)

    def _hash_of_nobody(self) -> str:
        if not self._nobody:
            self._nobody = self._argon2.hash(secrets.token_bytes(16))
        return self._nobody


def _give_memory_back() -> None:
    """Have the C library return each check's memory to the system, as far as it can be told.

    Left alone, glibc keeps what a check has freed, 19 MiB for each thread that ever made one: the
    first freeing of so large a block makes it keep all blocks up to that size.
    """
    import ctypes

    with suppress(AttributeError, OSError, TypeError):  # not glibc
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def generate_password() -> str:
    """A password that can be read out and typed: four syllable pairs, 65 bits of chance."""
    pattern = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS)
    return "-".join("".join(map(secrets.choice, pattern)) for _ in range(4))


class Verified:
    """Remembers for a short while which credentials were right, without keeping them.

    What is kept is a keyed hash of the text that HTTP Basic sends, under a secret of this process,
    so that a header is recognised as it comes. It is emptied whenever a password, a group or a
    user changes.
    """

    def __init__(
        self,
        seconds: float = 300.0,
        capacity: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._capacity = capacity
        self._now = now
        self._secret = secrets.token_bytes(32)
        self._names: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._generation = 0
        self._lock = threading.Lock()

    def name_of(self, encoded: str) -> str | None:
        """Whose credentials these are (base64 of ``name:password``), if known to be right."""
        return self.name_behind(self.key_of(encoded))

    def name_behind(self, key: bytes) -> str | None:
        """The same for the key of the credentials."""
        found = self._names.get(key)
        return found[0] if found is not None and self._now() < found[1] else None

    def known_until(self, key: bytes, most: float) -> float:
        """Until when that key will be known, or ``most`` if that is sooner; 0 if it is not."""
        found = self._names.get(key)
        return 0.0 if found is None else min(found[1], most)

    def is_before(self, moment: float) -> bool:
        """Whether that moment has not come yet."""
        return self._now() < moment

    def knows(self, name: str, password: str) -> bool:
        """Whether this name and password were found right not long ago."""
        return self.name_of(_encoded(name, password)) is not None

    @property
    def generation(self) -> int:
        """How often it was emptied; to be read before a check and given to :meth:`remember`."""
        return self._generation

    def remember(self, name: str, password: str, generation: int) -> None:
        """They were right, unless something changed since the check began."""
        key = self.key_of(_encoded(name, password))
        with self._lock:
            if generation != self._generation:
                return
            self._names.pop(key, None)
            while len(self._names) >= self._capacity:
                self._names.popitem(last=False)
            self._names[key] = (name, self._now() + self._seconds)

    def forget(self) -> None:
        """Everything has to be checked anew."""
        with self._lock:
            self._generation += 1
            self._names.clear()

    def key_of(self, encoded: str) -> bytes:
        """What credentials are known by: a hash that only this process can make."""
        return blake2b(_bytes(encoded), key=self._secret, digest_size=32).digest()


def _encoded(name: str, password: str) -> str:
    return b64encode(_bytes(f"{name}:{password}")).decode("ascii")


class Turnstile:
    """Lets one check of a name through at a time; others of that name wait for it."""

    def __init__(self, patience: float = 10.0) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._doors: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def one_at_a_time(self, name: str) -> Iterator[None]:
        """Hold the name. Raises :class:`Busy` when the wait becomes too long."""
        with self._lock:
            door, waiting = self._doors.get(name, (threading.Lock(), 0))
            self._doors[name] = (door, waiting + 1)
        try:
            if not door.acquire(timeout=self._patience):
                raise Busy("too many people are signing in under this name; try again")
            try:
                yield
            finally:
                door.release()
        finally:
            with self._lock:
                door, waiting = self._doors[name]
                if waiting == 1:
                    del self._doors[name]
                else:
                    self._doors[name] = (door, waiting - 1)
