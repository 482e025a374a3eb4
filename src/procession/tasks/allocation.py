"""Who is offered a task: one function per policy (``reference/oneweb-rest-api.md`` 3.5).

Runs in the projector. What the work item itself names (``ActorId``, ``GroupId``) always goes
first; a policy only decides for tasks that name nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from procession.errors import ExecutionFailure
from procession.identity.model import WorkParty
from procession.tasks.lifecycle import Candidate
from procession.tasks.model import Modelled
from procession.tasks.people import PARTY, People

Policy = Callable[[Modelled, People], tuple[Candidate, ...]]


def lane(task: Modelled, people: People) -> tuple[Candidate, ...]:
    """The work party that is called like the lane: its users and roles, and the party itself.

    Roles are kept as roles, so that membership is looked up when somebody asks. An empty work
    party makes a task that anyone may take. In files of jBPM a lane is a swimlane and offers
    nothing.
    """
    party = people.party(task.lane) if task.lane else None
    return () if party is None else members(party)


def members(party: WorkParty) -> tuple[Candidate, ...]:
    """The members of a work party, and the party itself, which alone makes nobody a candidate."""
    named = tuple(Candidate(kind, name) for kind, name in party.members)
    return (*named, Candidate(PARTY, party.name))


POLICIES: Final[dict[str, Policy]] = {"": lane, "lane": lane, "pull": lane}


def candidates(task: Modelled, people: People) -> tuple[Candidate, ...]:
    """Who is offered a task that names nobody itself."""
    policy = POLICIES.get(task.policy.strip().lower())
    if policy is None:
        raise ExecutionFailure(
            f"task {task.name!r} wants the assignment policy {task.policy!r}; "
            f"known are {', '.join(sorted(name for name in POLICIES if name))}",
            reason="policy",
        )
    return () if task.is_jbpm else policy(task, people)
