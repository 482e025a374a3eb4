"""Who may do what: one table of permissions, and who takes part in which process instance.

``reference/rulings.md`` 13. A route or a service names a permission; :data:`TABLE` says who has
it. Where that is *those who take part*, the service asks further about the object: by
:meth:`Access.sees_instance` and :meth:`Access.moves_instance` here, by the life cycle table for
human tasks. What one must not see is answered like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy import ColumnElement

from procession.errors import Denied, Unauthenticated
from procession.identity.directory import Directory
from procession.identity.model import Actor
from procession.runtime.lanes import Room
from procession.store.phrases import Phrase, clause
from procession.store.repositories.visibility import Part, visible_to
from procession.store.store import Reader

SEE_ALL: Final = "see-all"
ACT_FOR_OTHERS: Final = "act-for-others"
PROCESS_MANAGER: Final = "process-manager"
OPERATOR: Final = "operator"
WORKER: Final = "worker"
"""Names of the roles that the table knows; administrators grant them like any other."""

NOBODY: Final = Actor("")
"""Who calls without having said who they are."""


class Who(IntEnum):
    """To whom a permission is given; administrators have every one."""

    EVERYBODY = 0
    AUTHENTICATED = 1
    PARTICIPANTS = 2
    ROLES = 3
    ADMINISTRATORS = 4


class Rule(msgspec.Struct, frozen=True):
    """One row. ``roles`` have the permission whoever else has; ``rest`` are the roles of jBPM 6.3
    and later, one of which is needed besides where that check is switched on.
    """

    who: Who
    roles: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


_PROCESS = ("rest-process", "rest-all")
_READING = ("rest-process", "rest-process-read-only", "rest-all")
_TASK = ("rest-task", "rest-all")
_TASK_READING = ("rest-task", "rest-task-read-only", "rest-all")
_DEPLOYMENT = ("rest-deployment", "rest-all")

TABLE: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "public": Rule(Who.EVERYBODY),
        "authenticated": Rule(Who.AUTHENTICATED),
        "process.read": Rule(Who.PARTICIPANTS, (SEE_ALL, PROCESS_MANAGER), _READING),
        "process.start": Rule(Who.AUTHENTICATED, (), _PROCESS),
        "process.act": Rule(Who.PARTICIPANTS, (PROCESS_MANAGER,), _PROCESS),
        "work_item": Rule(Who.PARTICIPANTS, (PROCESS_MANAGER, WORKER), _PROCESS),
        "history.read": Rule(Who.PARTICIPANTS, (SEE_ALL, PROCESS_MANAGER), _READING),
        "history.clear": Rule(Who.ADMINISTRATORS, (), _PROCESS),
        "task.read": Rule(Who.PARTICIPANTS, (SEE_ALL,), _TASK_READING),
        "task.act": Rule(Who.PARTICIPANTS, (), _TASK),
        "task.query": Rule(Who.PARTICIPANTS, (SEE_ALL,), ("rest-query", "rest-all")),
        "execute": Rule(Who.AUTHENTICATED, (), ("rest-client", "rest-all")),
        "deployment.read": Rule(Who.AUTHENTICATED, (), _DEPLOYMENT),
        "deployment.write": Rule(Who.ADMINISTRATORS, (), _DEPLOYMENT),
        "decision.evaluate": Rule(Who.ROLES, (PROCESS_MANAGER, OPERATOR), _DEPLOYMENT),
        "job.read": Rule(Who.ROLES, (OPERATOR,)),
        "job.write": Rule(Who.ROLES, (OPERATOR,)),
        "worker": Rule(Who.ROLES, (WORKER,)),
        "people.write": Rule(Who.ADMINISTRATORS),
        "administer": Rule(Who.ADMINISTRATORS),
        "act_for_others": Rule(Who.ROLES, (ACT_FOR_OTHERS,)),
        "see_all": Rule(Who.ROLES, (SEE_ALL,)),
    }
)


class Access:
    """Answers who may do what.

    The setting ``access_mode`` ``guarded``: one sees what one takes part in; ``compat``: everybody
    sees every task and instance, as in jBPM 6.0. ``needs_rest_roles`` asks for jBPM's role names
    besides; it only ever takes rights away.
    """

    def __init__(self, room: Room, *, needs_rest_roles: bool = False) -> None:
        self.directory: Directory = room.directory
        self.mode = room.settings.access_mode
        self.needs_rest_roles = needs_rest_roles

    # -- permissions -------------------------------------------------------------------------

    def may(self, actor: Actor, permission: str) -> bool:
        """Whether the actor has a permission; for *those who take part*, whether they might."""
        rule = TABLE[permission]
        if rule.who is Who.EVERYBODY:
            return True
        if not actor.name:
            return False
        if actor.is_administrator:
            return True
        if self.needs_rest_roles and rule.rest and actor.roles.isdisjoint(rule.rest):
            return False
        if rule.who in (Who.AUTHENTICATED, Who.PARTICIPANTS):
            return True
        return not actor.roles.isdisjoint(rule.roles)

    def check(self, actor: Actor, permission: str) -> None:
        """Raise :class:`Unauthenticated` or :class:`Denied` if the actor may not."""
        if self.may(actor, permission):
            return
        if not actor.name:
            raise Unauthenticated
        raise Denied(f"{person(actor)} may not do that: it takes the permission {permission}")

    def acting_for(self, actor: Actor, user: str) -> Actor:
        """The actor with the rights of another user.

        For oneself nothing changes. Raises :class:`Denied` without the permission *act for
        others*, and for an unknown user in the same words.
        """
        if user in (actor.name, actor.on_behalf_of):
            return actor
        other = self.directory.actor(user) if self.may(actor, "act_for_others") else None
        # Nobody gains an administrator's rights by acting for one.
        if other is None or (other.is_administrator and not actor.is_administrator):
            raise Denied(f"{actor.name} may not act for {user}")
        is_exempt = actor.ignores_required_roles
        return Actor(actor.name, other.groups, other.roles, user, is_exempt)

    # -- process instances -------------------------------------------------------------------

    def sees_everything(self, actor: Actor) -> bool:
        """Whether no instance and no task is hidden from the actor."""
        if self.mode == "compat":
            return bool(actor.name)
        return actor.is_administrator or SEE_ALL in actor.roles

    def sees_all_instances(self, actor: Actor) -> bool:
        """The same of instances alone: who manages processes has to see them."""
        return self.sees_everything(actor) or PROCESS_MANAGER in actor.roles

    def sees_instance(
        self, reader: Reader, actor: Actor, instance_id: int, root_id: int | None = None
    ) -> bool:
        """Whether the actor may see a process instance, running or ended.

        In guarded mode: who started it or the outermost instance that called it, and who has or
        had a part in one of its tasks. ``root_id`` helps where neither row is to be found.
        """
        if self.sees_all_instances(actor):
            return True
        return self._takes_part(reader, actor, instance_id, root_id)

    def moves_instance(self, reader: Reader, actor: Actor, instance_id: int) -> bool:
        """Whether the actor may abort, signal or change an instance: the same in both modes."""
        return self.manages_processes(actor) or self._takes_part(reader, actor, instance_id)

    def manages_processes(self, actor: Actor) -> bool:
        """Whether the actor may move every instance, whoever takes part in it."""
        return actor.is_administrator or PROCESS_MANAGER in actor.roles

    def visible(self, actor: Actor, instance_id: str) -> Phrase | None:
        """The condition that keeps the rows of instances the actor may see.

        ``instance_id`` is a column with its table; ``None`` if nothing is hidden.
        """
        if self.sees_all_instances(actor):
            return None
        return visible_to(self.part_of(actor), instance_id)

    def instance_filter(self, actor: Actor) -> ColumnElement[bool] | None:
        """The same for a select of running instances, by SQLAlchemy."""
        seen = self.visible(actor, "process_instance.id")
        return None if seen is None else clause(seen)

    def part_of(self, actor: Actor) -> Part:
        """The names under which rows may belong to an actor."""
        name = person(actor)
        return Part(
            name,
            self.directory.since(name),
            tuple(sorted(actor.groups)),
            tuple(sorted(actor.roles)),
            tuple(sorted(self.directory.parties_of(name))),
        )

    def _takes_part(
        self, reader: Reader, actor: Actor, instance_id: int, root_id: int | None = None
    ) -> bool:
        if not actor.name:
            return False
        part = self.part_of(actor)
        # Most who ask have started it themselves.
        for name, at, root in reader.hot("starters", (instance_id, instance_id)):
            if name == part.name and at >= part.since:
                return True
            root_id = root
        if root_id not in (None, instance_id):
            for name, at, _ in reader.hot("starters", (root_id, root_id)):
                if name == part.name and at >= part.since:
                    return True
        bounds = (instance_id, part.since, instance_id, part.since)
        return any(part.is_named(kind, name) for kind, name in reader.hot("workers", bounds))


def person(actor: Actor) -> str:
    """Whose rights count: the actor, or whom they act for."""
    return actor.on_behalf_of or actor.name
