"""Who there is: users, groups, roles and work parties, and the built-in directory over the store.

Every request asks, and human tasks ask often, so the built-in directory keeps everybody in memory
as one immutable picture. A change made in this process replaces the picture at once. One made by
another process is heard of on the channel :data:`CHANNEL`, and found without that within
:data:`CHECK_AFTER` seconds by a version that every change leaves in the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from procession.identity.credentials import Hasher
from procession.identity.model import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    Actor,
    User,
    WorkParty,
)
from procession.identity.picture import Picture, paint
from procession.identity.sources import Sources
from procession.store.repositories import identity as people
from procession.store.store import Reader, Store

CHANNEL = "identity"
CHECK_AFTER = 2.0
_UNSETTLED = 1.0
_NOBODY: frozenset[str] = frozenset()


class Directory(Protocol):
    """What the engine asks about people. Names are compared exactly, case included.

    A deactivated user exists no more for any of these questions, but stays a member by name.
    ``Administrator`` and the group ``Administrators`` always exist.
    """

    def exists_user(self, name: str) -> bool:
        """Whether there is such a user and they are active."""
        ...

    def exists_group(self, name: str) -> bool:
        """Whether there is such a group."""
        ...

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups a user is in."""
        ...

    def roles_of(self, user: str) -> frozenset[str]:
        """The roles granted to a user or to one of their groups."""
        ...

    def parties_of(self, user: str) -> frozenset[str]:
        """The work parties a user is in, by name or by role."""
        ...

    def members_of(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        """The active users behind a name, sorted.

        ``kind`` is ``GROUP``, ``ROLE`` or ``PARTY``; without it, whatever bears the name counts.
        """
        ...

    def party(self, name: str) -> WorkParty | None:
        """The work party of that name."""
        ...

    def person(self, user: str) -> User | None:
        """An active user with what is known of them: name, address, language."""
        ...

    def since(self, user: str) -> int:
        """When the user was made (epoch ms); what is older belongs to an earlier namesake."""
        ...

    def actor(self, name: str) -> Actor | None:
        """The user with groups and roles as somebody who acts; ``None`` if not active."""
        ...

    def verify(self, name: str, password: str) -> bool:
        """Whether the password is the user's. May block; takes as long for unknown names."""
        ...

    def stamp_of(self, user: str) -> str | None:
        """A text that changes when the user is made anew or gets another password."""
        ...

    @property
    def reads_foreign_tokens(self) -> bool:
        """Whether tokens that are not ours may be somebody's."""
        ...

    def whose(self, token: str) -> str | None:
        """Whose token that is, by who knows people elsewhere. May block."""
        ...

    @property
    def valid_until(self) -> float:
        """Until when (monotonic) what it says now is true, unless it calls back before."""
        ...

    def when_changed(self, action: Callable[[], None]) -> None:
        """Call back whenever anything about people may have changed."""

    def forget(self) -> None:
        """Somebody was changed elsewhere: look again before the next answer."""


class StoreDirectory:
    """The built-in directory: people kept in our own tables."""

    def __init__(
        self,
        store: Store,
        hasher: Hasher | None = None,
        now: Callable[[], float] = time.monotonic,
        source: Sources | None = None,
    ) -> None:
        self.hasher = hasher or Hasher()
        self._store = store
        self._now = now
        self._source = source
        self._picture: Picture | None = None
        self._check_at = 0.0
        self._forgotten_at = float("-inf")
        self._generation = 0
        self._changed: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    # -- keeping up to date ------------------------------------------------------------------

    @property
    def picture(self) -> Picture:
        """Everybody, as of now."""
        picture = self._picture
        if picture is None or self._now() >= self._check_at:
            return self._look_again()
        return picture

    @property
    def has_logins(self) -> bool:
        """Whether anybody at all is in the database, as it is now."""
        with self._store.read() as reader:
            return bool(reader.ask("select name from user_account limit 1", ()))

    @property
    def valid_until(self) -> float:
        """When it looks again by itself; past for a while after each change."""
        return self._check_at

    def when_changed(self, action: Callable[[], None]) -> None:
        """Call back whenever anything about people may have changed."""
        self._changed.append(action)

    def forget(self) -> None:
        """Something was changed, here or by another node: look again before the next answer."""
        with self._lock:
            self._generation += 1
            self._picture = None
            self._forgotten_at = self._now()
        for action in self._changed:
            action()

    def _look_again(self) -> Picture:
        generation, known = self._generation, self._picture
        with self._store.read() as reader:
            version = people.setting_value(reader, people.VERSION) or ""
            version += self._source.stamp() if self._source else ""
            stale = known is None or known.version != version
            picture = self._paint(reader, version) if known is None or stale else known
        with self._lock:
            if generation == self._generation:
                now = self._now()
                # A change may not be written yet, or be newer than the snapshot of a running
                # batch: shortly after one, every question looks at the version again.
                settled = now - self._forgotten_at > _UNSETTLED
                self._picture = picture
                self._check_at = now + CHECK_AFTER if settled else now
        if known is not None and stale:
            for action in self._changed:
                action()
        return picture

    def _paint(self, reader: Reader, version: str) -> Picture:
        return paint(reader, version, self._source.people() if self._source else {})

    # -- answers -----------------------------------------------------------------------------

    def exists_user(self, name: str) -> bool:
        """Whether there is such a user and they are active."""
        return name == ADMINISTRATOR or name in self.picture.since

    def exists_group(self, name: str) -> bool:
        """Whether there is such a group."""
        return name == ADMINISTRATORS or name in self.picture.groups

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups a user is in."""
        return self.picture.groups_of.get(user, _NOBODY)

    def roles_of(self, user: str) -> frozenset[str]:
        """The roles granted to a user or to one of their groups."""
        return self.picture.roles_of.get(user, _NOBODY)

    def parties_of(self, user: str) -> frozenset[str]:
        """The work parties a user is in, by name or by role."""
        return self.picture.parties_of.get(user, _NOBODY)

    def members_of(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        """The active users behind a name, sorted."""
        picture = self.picture
        kinds = {"GROUP": picture.groups_of, "ROLE": picture.roles_of, "PARTY": picture.parties_of}
        found = {
            user
            for each, names_of in kinds.items()
            if kind in (None, each)
            for user, names in names_of.items()
            if name in names and user in picture.since
        }
        return tuple(sorted(found))

    def party(self, name: str) -> WorkParty | None:
        """The work party of that name."""
        return self.picture.parties.get(name)

    def person(self, user: str) -> User | None:
        """An active user with what is known of them: name, address, language."""
        picture = self.picture
        return picture.users.get(user) if user in picture.since else None

    def since(self, user: str) -> int:
        """When the user was made (epoch ms); what is older belongs to an earlier namesake."""
        return self.picture.since.get(user, 0)

    def actor(self, name: str) -> Actor | None:
        """The user with groups and roles as somebody who acts; ``None`` if not active."""
        picture = self.picture
        if name not in picture.since:
            return None
        groups, roles = picture.groups_of, picture.roles_of
        return Actor(name, groups.get(name, _NOBODY), roles.get(name, _NOBODY))

    def verify(self, name: str, password: str) -> bool:
        """Whether the password is the user's. Blocks for the time of one hash.

        Who has none in the database is asked for elsewhere, if people come from elsewhere.
        """
        with self._store.read() as reader:
            stored = people.password_hash(reader, name)
        if self.hasher.verify(stored, password):
            return True
        return stored is None and self._source is not None and self._source.verify(name, password)

    @property
    def reads_foreign_tokens(self) -> bool:
        """Whether tokens that are not ours may be somebody's."""
        return self._source is not None and self._source.reads_tokens

    def whose(self, token: str) -> str | None:
        """Whose token that is, by who knows people elsewhere. May block."""
        return self._source.whose(token) if self._source is not None else None

    def stamp_of(self, user: str) -> str | None:
        """A text that changes when the user is made anew or gets another password."""
        return self.picture.stamps.get(user)
