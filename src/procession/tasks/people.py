"""People and tasks: who somebody is, and what part they have in a task.

``reference/jbpm-engine.md`` 5.2 (potential owner, actual owner, business administrator, initiator,
stakeholder) and ``reference/oneweb-rest-api.md`` 3.5 (roles and work parties as candidates).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from procession.identity.model import Actor, WorkParty
from procession.store.rows import TaskPersonRow, TaskRow

USER: Final = "USER"
GROUP: Final = "GROUP"
ROLE: Final = "ROLE"
PARTY: Final = "PARTY"

POTENTIAL_OWNER: Final = "potential_owner"
BUSINESS_ADMINISTRATOR: Final = "business_administrator"
EXCLUDED_OWNER: Final = "excluded_owner"
STAKEHOLDER: Final = "stakeholder"
RECIPIENT: Final = "recipient"

_IN_HAND: Final = ("Reserved", "InProgress", "Suspended")
VIEWING_RELATIONS: Final = (POTENTIAL_OWNER, BUSINESS_ADMINISTRATOR, STAKEHOLDER, RECIPIENT)
"""Whoever is in one of these relations to a task may see it."""


class People(Protocol):
    """What human tasks ask of the directory (``identity/directory.py``)."""

    def exists_user(self, name: str) -> bool:
        """Whether there is a user of that name."""
        ...

    def exists_group(self, name: str) -> bool:
        """Whether there is a group of that name."""
        ...

    def groups_of(self, user: str) -> Iterable[str]:
        """The groups a user is in."""
        ...

    def roles_of(self, user: str) -> Iterable[str]:
        """The roles a user has, directly or through a group."""
        ...

    def parties_of(self, user: str) -> Iterable[str]:
        """The work parties a user belongs to, directly or through a role."""
        ...

    def party(self, name: str) -> WorkParty | None:
        """The work party of that name."""
        ...

    def members_of(self, name: str, kind: str | None = None) -> Iterable[str]:
        """The active users behind a group, role or work party."""
        ...

    def since(self, user: str) -> int:
        """When the user was made (epoch ms); what is older belongs to an earlier namesake."""
        ...


class Named(Protocol):
    """A user, group, role or work party by kind and name."""

    @property
    def kind(self) -> str:
        """``USER``, ``GROUP``, ``ROLE`` or ``PARTY``."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


class Part(StrEnum):
    """What somebody is to a task."""

    POTENTIAL_OWNER = "potential owner"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    INITIATOR = "initiator"
    STAKEHOLDER = "stakeholder"
    LISTED = "listed personally"
    ANYONE = "anyone"
    """The task is offered to nobody, so anyone may take it (ONEWEB)."""


class Who(msgspec.Struct, frozen=True):
    """Somebody with everything they belong to. ``actor`` is who really acts, if for another.

    ``since`` is when they were made known (epoch ms): an earlier namesake was somebody else.
    """

    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    actor: str = ""
    since: int = 0

    def is_among(self, rows: Iterable[TaskPersonRow]) -> bool:
        """Whether one of the rows names this person or something they belong to."""
        return any(self.is_meant(row.kind, row.name) for row in rows)

    def is_meant(self, kind: str, name: str) -> bool:
        """Whether that user, group, role or work party is or includes this person."""
        match kind:
            case "USER":
                return name == self.name
            case "GROUP":
                return name in self.groups
            case "ROLE":
                return name in self.roles
            case _:
                return name in self.parties


def who_is(actor: Actor, people: People) -> Who:
    """The person whose rights count: the actor, or whom the actor acts for."""
    if actor.on_behalf_of and actor.on_behalf_of != actor.name:
        return known_as(actor.on_behalf_of, people, actor=actor.name)
    name = actor.name
    parties = frozenset(people.parties_of(name))
    return Who(name, actor.groups, actor.roles, parties, name, people.since(name))


def known_as(name: str, people: People, *, actor: str = "") -> Who:
    """What the directory knows of a name."""
    return Who(
        name,
        frozenset(people.groups_of(name)),
        frozenset(people.roles_of(name)),
        frozenset(people.parties_of(name)),
        actor or name,
        people.since(name),
    )


def related(people: Sequence[TaskPersonRow], relation: str) -> list[TaskPersonRow]:
    """Everybody in one relation to the task."""
    return [row for row in people if row.relation == relation]


def is_open_to_all(people: Sequence[TaskPersonRow]) -> bool:
    """Whether nobody at all is designated; an empty work party designates nobody."""
    return all(row.relation != POTENTIAL_OWNER or row.kind == PARTY for row in people)


def parts(task: TaskRow, people: Sequence[TaskPersonRow], who: Who) -> frozenset[Part]:
    """What somebody is to the task.

    The excluded are nothing but administrators, even of a task they own
    (``reference/jbpm-engine.md`` 5.2).
    """
    found: set[Part] = set()
    if who.is_among(related(people, BUSINESS_ADMINISTRATOR)):
        found.add(Part.ADMINISTRATOR)
    if who.is_among(related(people, EXCLUDED_OWNER)):
        return frozenset(found)
    candidates = related(people, POTENTIAL_OWNER)
    if who.is_among(candidates):
        found.add(Part.POTENTIAL_OWNER)
    if any(row.kind == USER and row.name == who.name for row in candidates):
        found.add(Part.LISTED)
    if is_open_to_all(people):
        found.add(Part.ANYONE)
    if _is_owner(task, who):
        found.add(Part.OWNER)
    if _is_initiator(task, who):
        found.add(Part.INITIATOR)
    if who.is_among(related(people, STAKEHOLDER)):
        found.add(Part.STAKEHOLDER)
    return frozenset(found)


def has_part(task: TaskRow, people: Sequence[TaskPersonRow], who: Who) -> bool:
    """Whether somebody may see the task for their own sake, even if they may not act on it."""
    if _is_owner(task, who) or _is_initiator(task, who):
        return True
    return who.is_among(row for row in people if row.relation in VIEWING_RELATIONS)


def _is_owner(task: TaskRow, who: Who) -> bool:
    """Of a finished task that is older than the user, an earlier namesake may be the owner.

    Nobody is removed who has tasks in hand, so an unfinished one is theirs in any case.
    """
    if task.actual_owner != who.name:
        return False
    return task.created_at >= who.since or task.status in _IN_HAND


def _is_initiator(task: TaskRow, who: Who) -> bool:
    if task.created_by == who.name:
        return task.created_at >= who.since
    return bool(task.created_by) and task.created_by in who.groups


def with_candidates(
    people: Sequence[TaskPersonRow], task_id: int, candidates: Sequence[Named]
) -> tuple[TaskPersonRow, ...]:
    """The people of a task with new potential owners, in that order."""
    others = tuple(row for row in people if row.relation != POTENTIAL_OWNER)
    offered = [
        TaskPersonRow(task_id, POTENTIAL_OWNER, one.kind, one.name)
        for one in dict.fromkeys(candidates)
    ]
    return (*offered, *others)
