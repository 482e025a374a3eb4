"""People in the database: what is read of them, and the statements that change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Delete,
    Executable,
    Insert,
    Select,
    Update,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from procession.store.digests import RELATIONS, who
from procession.store.store import Reader
from procession.store.tables import (
    group,
    membership,
    role,
    role_grant,
    setting,
    task,
    task_person,
    user,
    work_party,
    work_party_member,
)

VERSION = "identity.version"
"""The setting that changes with every change of people."""
SIGNING_KEY = "identity.signing_key"
"""The setting with the key that signs tokens, where the installation was given none."""

_UNFINISHED = ("Reserved", "InProgress", "Suspended")

# -- reading ---------------------------------------------------------------------------------


class UserRow(NamedTuple):
    """A user, with the hash of the password."""

    name: str
    password_hash: str | None
    display_name: str | None
    email: str | None
    language: str | None
    is_active: bool
    created_at: int


_USERS: Final = f"select {', '.join(UserRow._fields)} from user_account"  # noqa: S608


def all_users(reader: Reader) -> list[UserRow]:
    """Every user."""
    return [UserRow(*row) for row in reader.ask(_USERS, ())]


def all_groups(reader: Reader) -> Sequence[tuple[str, str | None]]:
    """Every group with its description."""
    return reader.ask("select name, description from user_group", ())


def all_memberships(reader: Reader) -> Sequence[tuple[str, str]]:
    """Group and member."""
    return reader.ask("select group_name, user_name from membership", ())


def all_roles(reader: Reader) -> Sequence[tuple[str, str | None]]:
    """Every role with its code."""
    return reader.ask("select name, code from role", ())


def all_grants(reader: Reader) -> Sequence[tuple[str, str, str]]:
    """Role, kind (``USER`` or ``GROUP``) and name of whom it is granted to."""
    return reader.ask("select role_name, kind, name from role_grant", ())


def all_parties(reader: Reader) -> Sequence[tuple[str, str | None]]:
    """Every work party with its lead."""
    return reader.ask("select name, lead from work_party", ())


def all_party_members(reader: Reader) -> Sequence[tuple[str, str, str]]:
    """Party, kind (``USER`` or ``ROLE``) and name of the member."""
    return reader.ask("select party_name, kind, name from work_party_member", ())


def password_hash(reader: Reader, name: str) -> str | None:
    """The hash of an active user's password."""
    active = "select password_hash from user_account where name = ? and is_active"
    for (found,) in reader.ask(active, (name,)):
        return str(found) if found is not None else None
    return None


def setting_value(reader: Reader, name: str) -> str | None:
    """A setting kept in the database."""
    for (found,) in reader.hot("setting", (name,)):
        return str(found)
    return None


def user_named(name: str) -> Select[Any]:
    """One user."""
    return select(user).where(user.c.name == name)


def group_named(name: str) -> Select[Any]:
    """One group."""
    return select(group).where(group.c.name == name)


def role_named(name: str) -> Select[Any]:
    """One role."""
    return select(role).where(role.c.name == name)


def party_named(name: str) -> Select[Any]:
    """One work party."""
    return select(work_party).where(work_party.c.name == name)


def any_user() -> Select[tuple[str]]:
    """Some user, if there is one at all."""
    return select(user.c.name).limit(1)


def membership_of(group_name: str, user_name: str) -> Select[Any]:
    """The membership of a user in a group."""
    return select(membership).where(
        membership.c.group_name == group_name, membership.c.user_name == user_name
    )


def grant_of(role_name: str, kind: str, name: str) -> Select[Any]:
    """The grant of a role to a user or group."""
    return select(role_grant).where(
        role_grant.c.role_name == role_name, role_grant.c.kind == kind, role_grant.c.name == name
    )


def party_membership(party: str, kind: str, name: str) -> Select[Any]:
    """A user's or role's place in a work party."""
    return select(work_party_member).where(
        work_party_member.c.party_name == party,
        work_party_member.c.kind == kind,
        work_party_member.c.name == name,
    )


def others_who_can_sign_in(group_name: str, but: str) -> Select[tuple[str]]:
    """Another member of a group who is active and has a password."""
    return (
        select(user.c.name)
        .join(membership, membership.c.user_name == user.c.name)
        .where(
            membership.c.group_name == group_name,
            user.c.is_active,
            user.c.password_hash.is_not(None),
            user.c.name != but,
        )
        .limit(1)
    )


def tasks_held(name: str) -> Select[tuple[int]]:
    """One task that the user has in hand, if there is any."""
    held = select(task.c.id).where(task.c.actual_owner == name, task.c.status.in_(_UNFINISHED))
    return held.order_by(task.c.id).limit(1)


def tasks_for_nobody_else(name: str) -> Select[tuple[int]]:
    """One open task that is offered to this user alone, if there is any."""
    others = task_person.alias()
    mine = select(task.c.id).join(task_person, task_person.c.task_id == task.c.id)
    mine = mine.where(
        task.c.status.in_(("Created", "Ready", *_UNFINISHED)),
        task_person.c.who == who("potential_owner", "USER", name),
        ~exists().where(
            others.c.task_id == task.c.id,
            others.c.relation == "potential_owner",
            others.c.kind != "PARTY",
            or_(others.c.kind != "USER", others.c.name != name),
        ),
    )
    return mine.order_by(task.c.id).limit(1)


# -- changing --------------------------------------------------------------------------------


def add_setting(name: str, value: str) -> Insert:
    """Set a setting for the first time; a conflict if somebody else just did."""
    return insert(setting).values(name=name, value=value)


def put_setting(name: str, value: str) -> tuple[Executable, ...]:
    """Set a setting, whether or not it is there."""
    return (
        delete(setting).where(setting.c.name == name),
        insert(setting).values(name=name, value=value),
    )


def add_user(
    name: str,
    password_hash: str | None,
    display_name: str | None,
    email: str | None,
    language: str | None,
    created_at: int,
) -> Insert:
    """A new user."""
    return insert(user).values(
        name=name,
        password_hash=password_hash,
        display_name=display_name,
        email=email,
        language=language,
        is_active=True,
        created_at=created_at,
    )


def change_user(name: str, **values: object) -> Update:
    """Other particulars of a user."""
    return update(user).where(user.c.name == name).values(**values)


def remove_user(name: str) -> tuple[Delete | Update, ...]:
    """A user goes, with every membership, grant and candidacy, so that none is inherited."""
    return (
        delete(membership).where(membership.c.user_name == name),
        delete(role_grant).where(role_grant.c.kind == "USER", role_grant.c.name == name),
        delete(work_party_member).where(
            work_party_member.c.kind == "USER", work_party_member.c.name == name
        ),
        update(work_party).where(work_party.c.lead == name).values(lead=None),
        delete(task_person).where(task_person.c.who.in_(who(r, "USER", name) for r in RELATIONS)),
        delete(user).where(user.c.name == name),
    )


def add_group(name: str, description: str | None) -> Insert:
    """A new group."""
    return insert(group).values(name=name, description=description)


def remove_group(name: str) -> tuple[Delete, ...]:
    """A group goes, with its memberships and grants."""
    return (
        delete(membership).where(membership.c.group_name == name),
        delete(role_grant).where(role_grant.c.kind == "GROUP", role_grant.c.name == name),
        delete(group).where(group.c.name == name),
    )


def add_member(group_name: str, user_name: str) -> Insert:
    """A user joins a group."""
    return insert(membership).values(group_name=group_name, user_name=user_name)


def remove_member(group_name: str, user_name: str) -> Delete:
    """A user leaves a group."""
    return delete(membership).where(
        membership.c.group_name == group_name, membership.c.user_name == user_name
    )


def add_role(name: str, code: str | None, description: str | None) -> Insert:
    """A new role."""
    return insert(role).values(name=name, code=code, description=description)


def remove_role(name: str) -> tuple[Delete, ...]:
    """A role goes, with its grants and its places in work parties."""
    return (
        delete(role_grant).where(role_grant.c.role_name == name),
        delete(work_party_member).where(
            work_party_member.c.kind == "ROLE", work_party_member.c.name == name
        ),
        delete(role).where(role.c.name == name),
    )


def grant(role_name: str, kind: str, name: str) -> Insert:
    """A user or a group gets a role."""
    return insert(role_grant).values(role_name=role_name, kind=kind, name=name)


def revoke(role_name: str, kind: str, name: str) -> Delete:
    """A user or a group loses a role."""
    return delete(role_grant).where(
        role_grant.c.role_name == role_name, role_grant.c.kind == kind, role_grant.c.name == name
    )


def add_party(name: str, lead: str | None) -> Insert:
    """A new work party."""
    return insert(work_party).values(name=name, lead=lead)


def change_lead(name: str, lead: str | None) -> Update:
    """Another lead, or none."""
    return update(work_party).where(work_party.c.name == name).values(lead=lead)


def remove_party(name: str) -> tuple[Delete, ...]:
    """A work party goes, with its members."""
    return (
        delete(work_party_member).where(work_party_member.c.party_name == name),
        delete(work_party).where(work_party.c.name == name),
    )


def add_party_member(party: str, kind: str, name: str) -> Insert:
    """A user or a role joins a work party."""
    return insert(work_party_member).values(party_name=party, kind=kind, name=name)


def remove_party_member(party: str, kind: str, name: str) -> Delete:
    """A user or a role leaves a work party."""
    return delete(work_party_member).where(
        work_party_member.c.party_name == party,
        work_party_member.c.kind == kind,
        work_party_member.c.name == name,
    )
