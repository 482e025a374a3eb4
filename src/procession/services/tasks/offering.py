"""Whom tasks are offered to: assigning them anew, and the lists of what is offered.

``reference/oneweb-rest-api.md`` 1.6, 2.6, 2.8 and 2.9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from procession.core.state import InstanceStatus
from procession.errors import Denied, Invalid, NotFound, NotPermitted, Rejected
from procession.identity.model import Actor
from procession.runtime.handlers.given import pairs
from procession.runtime.handlers.services import imported
from procession.runtime.lanes import Room
from procession.services.tasks import criteria as lists
from procession.services.tasks.desk import Desk, Sheet, suspended
from procession.settings import Settings
from procession.store.repositories import task_search as search
from procession.store.repositories import tasks as repository
from procession.store.repositories.task_conditions import Condition, Names
from procession.store.rows import TaskPersonRow
from procession.store.store import Reader
from procession.tasks.allocation import Custom, members
from procession.tasks.lifecycle import Candidate, require_active
from procession.tasks.offers import assign as assign_task
from procession.tasks.people import (
    GROUP,
    PARTY,
    POTENTIAL_OWNER,
    ROLE,
    USER,
    Part,
    People,
    Who,
    known_as,
    parts,
    related,
)

# -- assigning -------------------------------------------------------------------------------


def candidates(
    desk: Desk, users: Sequence[str], roles: Sequence[str], groups: Sequence[str]
) -> tuple[Candidate, ...]:
    """The new candidates, each once. A group may also be a work party or a role.

    Raises :class:`Invalid` if there are none, or for unknown users where they are refused.
    """
    directory, reader = desk.room.directory, desk.turn.reader
    found = [Candidate(USER, name) for name in users if name]
    if desk.room.settings.strict_users:
        unknown = [one.name for one in found if not directory.exists_user(one.name)]
        if unknown:
            raise Invalid(f"there is no user {', '.join(unknown)}", reason="unknown_user")
    found += [Candidate(ROLE, name) for name in repository.roles_named(reader, roles, keep=True)]
    for name in filter(None, groups):
        party = directory.party(name)
        if party is not None:
            found += members(party)
        elif directory.exists_group(name):
            found.append(Candidate(GROUP, name))
        else:
            named = repository.roles_named(reader, (name,))
            found += [Candidate(ROLE, role) for role in named] or [Candidate(GROUP, name)]
    if not found:
        raise Invalid("name at least one user, role or group", reason="no_candidates")
    return tuple(dict.fromkeys(found))


def assign(desk: Desk, sheet: Sheet, new: Sequence[Candidate]) -> None:
    """Replace the candidates of the task in hand; the claim stays if its owner is among them."""
    try:
        _require_authority(desk, sheet)
        require_active(sheet.task)
    except (NotPermitted, Rejected) as refusal:
        raise desk.refusal(sheet, refusal) from None
    owner = sheet.task.actual_owner
    rows = [TaskPersonRow(sheet.task.id, POTENTIAL_OWNER, one.kind, one.name) for one in new]
    keeps = owner is not None and known_as(owner, desk.room.directory).is_among(rows)
    applied = assign_task(
        sheet.task, new, sheet.people, desk.who, desk.turn.now_ms, keeps_owner=keeps
    )
    desk.note(sheet, applied)
    desk.save(sheet)


def assign_instance(desk: Desk, instance_id: int, new: Sequence[Candidate]) -> int:
    """Assign every active task of an instance and of what it called; all or nothing."""
    reader = desk.turn.reader
    status = check_instance(desk.room, reader, desk.actor, instance_id)
    if status != InstanceStatus.ACTIVE:
        raise suspended(instance_id)
    for number in repository.family_of(reader, instance_id):
        desk.turn.touch("instance", number)
    found = repository.active_of_family(reader, instance_id)
    for row in found:
        assign(desk, desk.take(row.id), new)
    return len(found)


def check_instance(
    room: Room, reader: Reader, actor: Actor, instance_id: int, *, is_seen: bool = False
) -> int:
    """The status of an instance the actor may see. Raises :class:`NotFound`."""
    status = repository.instance_status(reader, instance_id)
    if status is None:
        raise no_instance(instance_id)
    if not is_seen and not room.access.sees_instance(reader, actor, instance_id):
        raise no_instance(instance_id)
    return status


def no_instance(instance_id: int) -> NotFound:
    """What is said of an instance that is not there, or not for the one who asks."""
    return NotFound(f"process instance '{instance_id}' not found", reason="instance")


def _require_authority(desk: Desk, sheet: Sheet) -> None:
    """Administrators, the present claimer, the lead of the work party, and who acts for others."""
    room = desk.room
    has = parts(sheet.task, sheet.people, desk.who)
    if has & {Part.ADMINISTRATOR, Part.OWNER} or desk.actor.is_administrator:
        return
    if room.settings.oneweb_auth_mode == "trusted" or room.access.may(desk.actor, "act_for_others"):
        return
    for row in related(sheet.people, POTENTIAL_OWNER):
        party = room.directory.party(row.name) if row.kind == PARTY else None
        if party is not None and party.lead == desk.who.name:
            return
    raise NotPermitted(
        f"User '{desk.who.name}' may not assign task {sheet.task.id}: that takes an administrator, "
        "its claimer, or the lead of its work party",
        reason="person",
    )


# -- work lists ------------------------------------------------------------------------------


def work_list(
    reader: Reader,
    people: People,
    users: Sequence[str],
    roles: Sequence[str],
    groups: Sequence[str],
) -> list[Condition]:
    """Active tasks that concern one of the names."""
    conditions = [lists.inbox(reader, known_as(name, people)) for name in users if name]
    names = tuple(filter(None, groups))
    roles = (*repository.roles_named(reader, roles), *repository.roles_named(reader, names))
    if names or roles:
        conditions.append(lists.offered_to(Names((), names, tuple(roles), names)))
    return [search.either(*conditions), lists.is_active()]


def check_reading(
    room: Room,
    actor: Actor,
    who: Who,
    users: Sequence[str],
    roles: Sequence[str],
    groups: Sequence[str],
) -> None:
    """Raise :class:`Denied` if the actor may not read what concerns one of the names."""
    if room.access.sees_everything(actor) or room.settings.oneweb_auth_mode == "trusted":
        return
    if room.access.may(actor, "act_for_others"):
        return
    own = {who.name}
    with room.store.read() as reader:
        mine = who.roles | who.groups | who.parties
        for name in users:
            if name not in own:
                raise _not_yours("user", name)
        for kind, some in (("role", roles), ("group", groups)):
            for name in some:
                named = {name, *repository.roles_named(reader, (name,))}
                if mine.isdisjoint(named):
                    raise _not_yours(kind, name)


def _not_yours(kind: str, name: str) -> Denied:
    return Denied(f"the work list of {kind} {name!r} is not yours to read")


# -- policies of the operator's own ----------------------------------------------------------


def own_policies(settings: Settings) -> dict[str, Custom]:
    """Functions that choose who is offered a task, by the names that models give them."""
    found: dict[str, Custom] = {}
    for name, place in pairs("policies", settings.policies).items():
        found[name] = _late(imported("policies", place))
    return found


def _late(find: Callable[[], Custom]) -> Custom:
    return lambda choice: find()(choice)
