"""Who is offered a task: one function per policy (``reference/oneweb-rest-api.md`` 3.5).

Runs in the projector. What the work item itself names (``ActorId``, ``GroupId``) always goes
first; a policy only decides for tasks that name nobody. Policies that choose among the members of
a work party take the one that is named with them, else the one called like the lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from procession.bpmn.vendor import policy_name
from procession.errors import ExecutionFailure
from procession.identity.model import WorkParty
from procession.tasks.lifecycle import Candidate
from procession.tasks.loads import Loads
from procession.tasks.model import Modelled
from procession.tasks.people import GROUP, PARTY, ROLE, USER, People
from procession.values import EMPTY, Map, Value

Custom = Callable[["Choice"], Iterable["str | Candidate"]]
"""A policy of the operator's own: gives names of users, or candidates."""


class Choice(msgspec.Struct, frozen=True):
    """What a policy decides by. ``parameters`` are those of the task."""

    task: Modelled
    people: People
    loads: Loads
    node: str
    parameters: Map = EMPTY
    excluded: frozenset[str] = frozenset()
    own: Mapping[str, Custom] = {}

    @property
    def settings(self) -> Map:
        """What is written with the policy in the model."""
        return self.task.policy_settings

    def party(self) -> WorkParty | None:
        """The work party that is named, else the one called like the lane."""
        name = self.settings.get("workParty") or self.task.lane
        return self.people.party(str(name)) if name else None

    def members(self, name: str, kind: str) -> list[str]:
        """The active users behind a name who may have the task, sorted."""
        found = self.people.members_of(name, kind)
        return sorted(user for user in found if user not in self.excluded)


Policy = Callable[[Choice], tuple[Candidate, ...]]


def lane(choice: Choice) -> tuple[Candidate, ...]:
    """The work party: its users and roles, and the party itself.

    Roles are kept as roles, so that membership is looked up when somebody asks. An empty work
    party makes a task that anyone may take. In files of jBPM a lane is a swimlane and offers
    nothing.
    """
    party = choice.party()
    return () if party is None else members(party)


def members(party: WorkParty) -> tuple[Candidate, ...]:
    """The members of a work party, and the party itself, which alone makes nobody a candidate."""
    named = tuple(Candidate(kind, name) for kind, name in party.members)
    return (*named, Candidate(PARTY, party.name))


def round_robin(choice: Choice) -> tuple[Candidate, ...]:
    """The users of the work party in turn; each node has a pointer of its own, which is stored."""
    party = choice.party()
    users = choice.members(party.name, PARTY) if party else []
    if party is None or not users:
        return lane(choice)
    turn = choice.loads.next_turn(f"{choice.node} {party.name}")
    return (Candidate(USER, users[turn % len(users)]),)


def load_balance(choice: Choice) -> tuple[Candidate, ...]:
    """The user of the work party with the fewest open tasks, claimed or offered to them alone."""
    party = choice.party()
    users = choice.members(party.name, PARTY) if party else []
    if not users:
        return lane(choice)
    return (Candidate(USER, choice.loads.least(users)),)


def routing(choice: Choice) -> tuple[Candidate, ...]:
    """The first row whose condition holds: all it names, or the first of them (``match="any"``)."""
    for row in choice.settings.get("rows", ()):
        if not _holds(choice, row.get("condition", True)):
            continue
        found = _named(choice, row)
        if str(row.get("match", "all")).lower() != "any":
            return found
        users = sorted({user for one in found for user in _users(choice, one)})
        if not users:
            return ()
        by_load = str(row.get("sort", "name")).lower() == "load"
        return (Candidate(USER, choice.loads.least(users) if by_load else users[0]),)
    return ()


def custom(choice: Choice) -> tuple[Candidate, ...]:
    """The operator's own function, by the name in the model."""
    name = str(choice.settings.get("name") or "")
    function = choice.own.get(name)
    if function is None:
        known = ", ".join(sorted(choice.own)) or "none"
        raise ExecutionFailure(
            f"task {choice.task.name!r} wants the custom policy {name!r}; registered: {known}",
            reason="policy",
        )
    found = function(choice)
    return tuple(one if isinstance(one, Candidate) else Candidate(USER, one) for one in found)


POLICIES: Final[dict[str, Policy]] = {
    "": lane,
    "lane": lane,
    "pull": lane,
    "roundrobin": round_robin,
    "loadbalance": load_balance,
    "routing": routing,
    "multiinstance": lane,
    "custom": custom,
}
"""*Multi instance* is the task's marker: each of its rounds goes to the work party."""


def candidates(choice: Choice) -> tuple[Candidate, ...]:
    """Who is offered a task that names nobody itself."""
    policy = POLICIES.get(policy_name(choice.task.policy))
    if policy is None:
        raise ExecutionFailure(
            f"task {choice.task.name!r} wants the assignment policy {choice.task.policy!r}; "
            f"known are {', '.join(sorted(name for name in POLICIES if name))}",
            reason="policy",
        )
    return () if choice.task.semantics.assignment_policies_ignored else policy(choice)


# -- rows of a routing policy --------------------------------------------------------------------


def _holds(choice: Choice, condition: Value) -> bool:
    if isinstance(condition, str):
        text = condition.strip()
        if "#{" in text:
            raise ExecutionFailure(
                f"task {choice.task.name!r}: the condition {text!r} of its assignment policy "
                "cannot be worked out",
                reason="policy",
            )
        return text.lower() == "true" or not text
    return condition is True


def _named(choice: Choice, row: Map) -> tuple[Candidate, ...]:
    names = _names(row.get("assignee", ""))
    kind = policy_name(str(row.get("type") or "user"))
    if kind == "advance":
        found = [one for name in names for one in _whoever(choice, name)]
        return tuple(dict.fromkeys(found))
    if kind == "workparty":
        parties = [party for name in names if (party := choice.people.party(name))]
        return tuple(one for party in parties for one in members(party))
    kinds: dict[str, Any] = {"user": USER, "role": ROLE, "group": GROUP}
    return tuple(Candidate(kinds[kind], name) for name in names if name not in choice.excluded)


def _names(assignee: Value) -> list[str]:
    """The names of a list, or of a text with commas; an expression may give either."""
    several = assignee if isinstance(assignee, tuple) else str(assignee or "").split(",")
    return [name for name in (str(each).strip() for each in several) if name]


def _whoever(choice: Choice, name: str) -> tuple[Candidate, ...]:
    """Who bears a name: a user, else a work party, a group, or a role."""
    if choice.people.exists_user(name):
        return () if name in choice.excluded else (Candidate(USER, name),)
    party = choice.people.party(name)
    if party is not None:
        return members(party)
    return (Candidate(GROUP if choice.people.exists_group(name) else ROLE, name),)


def _users(choice: Choice, one: Candidate) -> list[str]:
    if one.kind == USER:
        return [one.name] if choice.people.exists_user(one.name) else []
    return [] if one.kind == PARTY else choice.members(one.name, one.kind)
