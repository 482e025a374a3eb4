"""Which tasks are looked for, as one condition of a select.

``reference/jbpm-rest-api.md`` section 4: values of one criterion are alternatives, different ones
are intersected or, with ``union``, united.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from procession.errors import Invalid
from procession.identity.model import Actor
from procession.runtime.lanes import Room
from procession.store.phrases import Phrase, any_of
from procession.store.repositories import task_search as found
from procession.store.repositories.task_conditions import Condition, Names
from procession.store.repositories.task_sizes import length
from procession.store.store import Reader
from procession.tasks.lifecycle import OPEN, Status
from procession.tasks.people import (
    BUSINESS_ADMINISTRATOR,
    EXCLUDED_OWNER,
    POTENTIAL_OWNER,
    VIEWING_RELATIONS,
    People,
    Who,
)

UNPAGED_LIMIT: Final = 1000
"""A list without paging is cut here (``reference/jbpm-rest-api.md`` 4.3)."""
OPEN_STATUSES: Final = frozenset(map(str, OPEN))
_CLAIMED: Final = frozenset({"Reserved", "InProgress"})
_UNCLAIMED: Final = frozenset({"Created", "Ready"})
_STATUSES: Final = {str(status).lower(): str(status) for status in Status}


class TaskCriteria(msgspec.Struct, frozen=True):
    """What to look for; an empty criterion does not count.

    ``restricted`` cuts the result down to tasks the caller has a part in, unless a criterion names
    the caller; it matters where everybody may see everything. ``status_in_union`` unites statuses
    like any other criterion. Both are profile M's way, and ``None`` means: as the profile has it
    (``reference/rulings.md`` 17, 18). ``with_texts_in``: only tasks whose texts are in that
    language, as jBPM 6.0 had it; ``languages`` leave out none.
    """

    work_item_ids: tuple[int, ...] = ()
    task_ids: tuple[int, ...] = ()
    process_instance_ids: tuple[int, ...] = ()
    business_administrators: tuple[str, ...] = ()
    potential_owners: tuple[str, ...] = ()
    task_owners: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    union: bool = False
    descending: bool = False
    restricted: bool | None = None
    status_in_union: bool | None = None
    with_texts_in: str = ""


def status_names(statuses: Iterable[str]) -> tuple[str, ...]:
    """Names of statuses as they are stored. Raises :class:`Invalid` for one there is not."""
    known_names = []
    for name in statuses:
        known = _STATUSES.get(name.lower())
        if known is None:
            raise Invalid(f"status {name!r} is unknown; known are {', '.join(_STATUSES.values())}")
        known_names.append(known)
    return tuple(known_names)


def asked(room: Room, actor: Actor, who: Who, criteria: TaskCriteria) -> list[Condition]:
    """Everything a task must fulfil to be in the answer.

    What somebody asks for under a name that they or their group has is seen by them; who asks looks
    at the rows once more (:func:`procession.services.tasks.picking.seen`), since a user and a group
    may be called alike.
    """
    is_modern = room.settings.jbpm_dialect == "M"
    is_compat = room.settings.access_mode == "compat"
    united, restricted = criteria.status_in_union, criteria.restricted
    united = is_modern if united is None else united
    wanted = matching(criteria, room.directory, status_in_union=united)
    return wanted + visible(
        criteria,
        who,
        sees_everything=room.access.sees_everything(actor) or _is_own(criteria, who, united),
        restricted=is_compat and (is_modern if restricted is None else restricted),
    )


def matching(criteria: TaskCriteria, people: People, *, status_in_union: bool) -> list[Condition]:
    """What the criteria ask of a task, all of it."""
    wanted: list[Condition] = []
    status = status_names(criteria.statuses)
    is_one_of_many = criteria.union and status_in_union
    of_open = bool(status) and OPEN_STATUSES.issuperset(status) and not is_one_of_many
    for column, values in (
        ("work_item_id", criteria.work_item_ids),
        ("id", criteria.task_ids),
        ("instance_id", criteria.process_instance_ids),
        ("actual_owner", criteria.task_owners),
    ):
        if values:
            wanted.append(found.is_one_of(column, values))
    for relation, users in (
        (BUSINESS_ADMINISTRATOR, criteria.business_administrators),
        (POTENTIAL_OWNER, criteria.potential_owners),
    ):
        if users:
            some = names(users, people)
            wanted.append(found.is_related_to((relation,), some, is_open=of_open))
    if status and criteria.union and status_in_union:
        wanted.append(found.is_one_of("status", status))
        status = ()
    if wanted and criteria.union:
        wanted = [found.either(*wanted)]
    if status:
        wanted.append(found.is_one_of("status", status))
    if criteria.with_texts_in:
        wanted.append(_has_texts_in(criteria.with_texts_in))
    return wanted


def _has_texts_in(language: str) -> Condition:
    """Most tasks have their texts in one language, so there is no index, and all are a list."""
    check = Phrase("task.language = ?", (language,))
    listed = (check.within("select task.id from task where ", ""),)
    return Condition(check, listed, listed, sizes=(Phrase("select 1 as id from task"),))


def visible(
    criteria: TaskCriteria, who: Who, *, sees_everything: bool, restricted: bool
) -> list[Condition]:
    """What somebody must be to a task to see it."""
    own = own_names(who)
    if not sees_everything:
        return [found.is_seen_by(VIEWING_RELATIONS, own)]
    if restricted and not _names_caller(criteria, who):
        return [found.is_of(VIEWING_RELATIONS, own)]
    return []


def _is_own(criteria: TaskCriteria, who: Who, united: bool) -> bool:
    """Whether whatever fits belongs to who asks, or is offered to them."""
    own = {who.name, *who.groups}
    people = (criteria.business_administrators, criteria.potential_owners, criteria.task_owners)
    of_own = [own.issuperset(names) for names in people if names]
    if not criteria.union:
        return any(of_own)
    others = (criteria.work_item_ids, criteria.task_ids, criteria.process_instance_ids)
    is_more = any(others) or (united and bool(criteria.statuses))
    return bool(of_own) and all(of_own) and not is_more


def _names_caller(criteria: TaskCriteria, who: Who) -> bool:
    named = {*criteria.business_administrators, *criteria.potential_owners, *criteria.task_owners}
    return who.name in named or not who.groups.isdisjoint(named)


def names(users: Iterable[str], people: People) -> Names:
    """Names of users or groups, with all that the users belong to."""
    named = tuple(dict.fromkeys(users))
    groups, roles, parties = dict.fromkeys(named), dict[str, None](), dict[str, None]()
    for user in named:
        groups.update(dict.fromkeys(sorted(people.groups_of(user))))
        roles.update(dict.fromkeys(sorted(people.roles_of(user))))
        parties.update(dict.fromkeys(sorted(people.parties_of(user))))
    return Names(named, tuple(groups), tuple(roles), tuple(parties))


def own_names(who: Who) -> Names:
    """Somebody and all that they belong to."""
    return Names(
        (who.name,), tuple(sorted(who.groups)), tuple(sorted(who.roles)), tuple(sorted(who.parties))
    )


# -- work lists ------------------------------------------------------------------------------


def is_active() -> Condition:
    """Tasks that somebody still has to do, suspended ones included."""
    return found.is_one_of("status", [str(status) for status in OPEN])


def inbox(reader: Reader, who: Who, statuses: Iterable[str] = ()) -> Condition:
    """What somebody has claimed, and what is offered to them and unclaimed.

    ``reference/oneweb-rest-api.md`` 2.6; tasks offered to nobody are in nobody's list.
    """
    own = own_names(who)
    claimed = found.is_one_of("actual_owner", (who.name,))
    related = found.is_related_to((POTENTIAL_OWNER,), own, is_open=True)
    offered = found.both(related, found.is_unclaimed(), *_may_take(reader, own))
    # A state that only claimed tasks can have, or only unclaimed ones, needs one list alone.
    if statuses and _CLAIMED.issuperset(statuses):
        return claimed
    if statuses and _UNCLAIMED.issuperset(statuses):
        return offered
    return found.either(claimed, offered)


def offered_to(some: Names) -> Condition:
    """What is still to be done, unclaimed and offered to one of the names."""
    offered = found.is_related_to((POTENTIAL_OWNER,), some, is_open=True)
    return found.both(offered, found.is_unclaimed())


def next_for(reader: Reader, who: Who, *, personally: bool) -> list[Condition]:
    """Ready tasks that *claim next available* may take (``reference/jbpm-engine.md`` 5.5)."""
    own = own_names(who)
    some = Names((who.name,)) if personally else Names((), own.groups, own.roles, own.parties)
    is_free = any_of(found.is_unclaimed(), found.is_one_of("actual_owner", (who.name,)).check)
    offered = found.is_related_to((POTENTIAL_OWNER,), some, is_open=True)
    return [
        found.is_one_of("status", (str(Status.READY),)),
        found.both(offered, is_free, *_may_take(reader, own)),
    ]


def _may_take(reader: Reader, own: Names) -> list[Phrase]:
    """Open tasks that nobody of the names is excluded from: mostly all, which is asked before."""
    excluded = found.is_related_to((EXCLUDED_OWNER,), own, is_open=True)
    return [found.neither(excluded)] if length(reader, excluded, 1) else []
