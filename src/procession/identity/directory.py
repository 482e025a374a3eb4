"""Who there is: users, groups, roles and work parties, and the built-in directory over the store.

Every request asks, and human tasks ask often, so the built-in directory keeps everybody in memory
as one immutable picture. A change made in this process replaces the picture at once. One made by
another process is heard of on the channel :data:`CHANNEL`, and found without that within
:data:`CHECK_AFTER` seconds by a version that every change leaves in the database.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from procession.identity.credentials import Hasher
from procession.identity.model import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    Actor,
    Group,
    RoleView,
    User,
    WorkParty,
)
from procession.identity.source import Known, PeopleSource
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
    def valid_until(self) -> float:
        """Until when (monotonic) what it says now is true, unless it calls back before."""
        ...

    def when_changed(self, action: Callable[[], None]) -> None:
        """Call back whenever anything about people may have changed."""

    def forget(self) -> None:
        """Somebody was changed elsewhere: look again before the next answer."""


class Picture(msgspec.Struct, frozen=True):
    """Everybody at one moment. ``stamps`` and ``since`` have only active users with a login."""

    version: str
    users: Mapping[str, User]
    groups: Mapping[str, Group]
    roles: Mapping[str, RoleView]
    parties: Mapping[str, WorkParty]
    groups_of: Mapping[str, frozenset[str]]
    roles_of: Mapping[str, frozenset[str]]
    parties_of: Mapping[str, frozenset[str]]
    stamps: Mapping[str, str]
    since: Mapping[str, int]


class StoreDirectory:
    """The built-in directory: people kept in our own tables."""

    def __init__(
        self,
        store: Store,
        hasher: Hasher | None = None,
        now: Callable[[], float] = time.monotonic,
        source: PeopleSource | None = None,
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
            version = _one(reader.execute(people.setting_value(people.VERSION)), "")
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
        return _paint(reader, version, self._source.people() if self._source else {})

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
        """Whether the password is the user's. Blocks for the time of one hash."""
        with self._store.read() as reader:
            stored = _one(reader.execute(people.password_hash(name)), None)
        return self.hasher.verify(stored, password)

    def stamp_of(self, user: str) -> str | None:
        """A text that changes when the user is made anew or gets another password."""
        return self.picture.stamps.get(user)


def _one(rows: Iterable[Any], default: Any) -> Any:
    for row in rows:
        return row[0]
    return default


def _paint(reader: Reader, version: str, known: Mapping[str, Known]) -> Picture:
    """Read everybody, and lay over it who is known from elsewhere."""
    rows = {row.name: row for row in reader.execute(people.all_users())}
    members, memberships = defaultdict(list), defaultdict(set)
    for group, name in reader.execute(people.all_memberships()):
        members[group].append(name)
        if name in rows:
            memberships[name].add(group)
    for name, person in known.items():
        memberships[name] |= person.groups
        for group in person.groups - set(members):
            members[group] = []
        for group in person.groups:
            members[group] = sorted({*members[group], name})
    described = dict.fromkeys(members) | dict(map(tuple, reader.execute(people.all_groups())))
    groups = {
        name: Group(name, description, tuple(sorted(members[name])))
        for name, description in sorted(described.items())
    }
    roles = _roles(reader)
    roles_of = _granted(roles, memberships)
    parties = _parties(reader)
    active = {name: row for name, row in rows.items() if row.is_active}
    users = {n: _user(row, memberships, roles_of) for n, row in rows.items()}
    for name, person in known.items():
        belongs = tuple(sorted(memberships[name])), tuple(sorted(roles_of.get(name, ())))
        users.setdefault(
            name,
            User(name, person.display_name, person.email, person.language, True, *belongs),
        )
    since = dict.fromkeys(known.keys() - rows.keys(), 0)
    return Picture(
        version,
        MappingProxyType(users),
        MappingProxyType(groups),
        MappingProxyType(roles),
        MappingProxyType(parties),
        MappingProxyType({name: frozenset(of) for name, of in memberships.items()}),
        MappingProxyType({name: frozenset(of) for name, of in roles_of.items()}),
        MappingProxyType(_membership_of_parties(parties, roles_of)),
        MappingProxyType({name: _stamp(row) for name, row in active.items()}),
        MappingProxyType(since | {name: row.created_at for name, row in active.items()}),
    )


def _user(row: Any, memberships: Mapping[str, set[str]], roles_of: Mapping[str, set[str]]) -> User:
    return User(
        row.name,
        row.display_name,
        row.email,
        row.language,
        bool(row.is_active),
        tuple(sorted(memberships.get(row.name, ()))),
        tuple(sorted(roles_of.get(row.name, ()))),
    )


def _stamp(row: Any) -> str:
    text = f"{row.created_at}:{row.password_hash}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _roles(reader: Reader) -> dict[str, RoleView]:
    granted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for role, kind, name in reader.execute(people.all_grants()):
        granted[role, kind].append(name)
    return {
        name: RoleView(
            name,
            code,
            tuple(sorted(granted[name, "USER"])),
            tuple(sorted(granted[name, "GROUP"])),
        )
        for name, code in reader.execute(people.all_roles())
    }


def _granted(
    roles: Mapping[str, RoleView], memberships: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """The roles of each user, direct and by group."""
    of_group: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = defaultdict(set)
    for role in roles.values():
        for user in role.users:
            found[user].add(role.name)
        for group in role.groups:
            of_group[group].add(role.name)
    for user, groups in memberships.items():
        for group in groups & of_group.keys():
            found[user] |= of_group[group]
    return found


def _parties(reader: Reader) -> dict[str, WorkParty]:
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for party, kind, name in reader.execute(people.all_party_members()):
        members[party].append((kind, name))
    return {
        name: WorkParty(name, tuple(sorted(members[name])), lead)
        for name, lead in reader.execute(people.all_parties())
    }


def _membership_of_parties(
    parties: Mapping[str, WorkParty], roles_of: Mapping[str, set[str]]
) -> dict[str, frozenset[str]]:
    by_role: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = defaultdict(set)
    for party in parties.values():
        for kind, name in party.members:
            if kind == "ROLE":
                by_role[name].add(party.name)
            else:
                found[name].add(party.name)
    for user, roles in roles_of.items():
        for role in roles & by_role.keys():
            found[user] |= by_role[role]
    return {user: frozenset(names) for user, names in found.items()}
