"""Everybody at one moment: the people of the database, and over them who is known elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType

import msgspec

from procession.identity.model import Group, RoleView, User, WorkParty
from procession.identity.source import Known
from procession.store.repositories import identity as people
from procession.store.repositories.identity import UserRow
from procession.store.store import Reader


class Picture(msgspec.Struct, frozen=True):
    """Everybody at one moment. ``stamps`` and ``since`` have only active users."""

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


def paint(reader: Reader, version: str, known: Mapping[str, Known]) -> Picture:
    """Read everybody, and lay over it who is known from elsewhere."""
    rows = {row.name: row for row in people.all_users(reader)}
    members, memberships = defaultdict(list), defaultdict(set)
    for group, name in people.all_memberships(reader):
        members[group].append(name)
        if name in rows:
            memberships[name].add(group)
    for name, person in known.items():
        memberships[name] |= person.groups
        for group in person.groups - set(members):
            members[group] = []
        for group in person.groups:
            members[group] = sorted({*members[group], name})
    described = dict.fromkeys(members) | dict(people.all_groups(reader))
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
    stamps = {name: _sealed(f"elsewhere:{known[name].stamp}") for name in since}
    return Picture(
        version,
        MappingProxyType(users),
        MappingProxyType(groups),
        MappingProxyType(roles),
        MappingProxyType(parties),
        MappingProxyType({name: frozenset(of) for name, of in memberships.items()}),
        MappingProxyType({name: frozenset(of) for name, of in roles_of.items()}),
        MappingProxyType(_membership_of_parties(parties, roles_of)),
        MappingProxyType(stamps | {name: _stamp(row, known) for name, row in active.items()}),
        MappingProxyType(since | {name: row.created_at for name, row in active.items()}),
    )


def _user(
    row: UserRow, memberships: Mapping[str, set[str]], roles_of: Mapping[str, set[str]]
) -> User:
    return User(
        row.name,
        row.display_name,
        row.email,
        row.language,
        bool(row.is_active),
        tuple(sorted(memberships.get(row.name, ()))),
        tuple(sorted(roles_of.get(row.name, ()))),
    )


def _stamp(row: UserRow, known: Mapping[str, Known]) -> str:
    text = f"{row.created_at}:{row.password_hash}"
    person = known.get(row.name)
    return _sealed(f"{text}:{person.stamp}" if person and person.stamp else text)


def _sealed(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _roles(reader: Reader) -> dict[str, RoleView]:
    granted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for role, kind, name in people.all_grants(reader):
        granted[role, kind].append(name)
    return {
        name: RoleView(
            name,
            code,
            tuple(sorted(granted[name, "USER"])),
            tuple(sorted(granted[name, "GROUP"])),
        )
        for name, code in people.all_roles(reader)
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
    for party, kind, name in people.all_party_members(reader):
        members[party].append((kind, name))
    return {
        name: WorkParty(name, tuple(sorted(members[name])), lead)
        for name, lead in people.all_parties(reader)
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
