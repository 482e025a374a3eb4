"""Who may do what to a task in which state: every cell of the table, asked of the service itself.

The life cycle's own test walks the same table (``tests/tasks/test_lifecycle.py``) on rows; here are
real people of a directory, real tasks of a store, and what a refusal must leave as it was.
"""

from __future__ import annotations

from itertools import product

import pytest

from procession.errors import NotFound, NotPermitted
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from tests.tasks.test_lifecycle import EXPECTED, GROUPS, LEADS_TO, OWNED, RELATIONS

from .task_house import house

OWNER = Candidate("USER", "owner")
POTENTIAL = (
    Candidate("USER", "potential"),
    Candidate("GROUP", "workers"),
    Candidate("USER", "excluded"),
)
STATES = {
    "Created": (),
    "Ready": (),
    "Reserved": ("delegate",),
    "InProgress": ("delegate", "start"),
    "Suspended from Ready": ("suspend",),
    "Suspended from Reserved": ("delegate", "suspend"),
    "Suspended from InProgress": ("delegate", "start", "suspend"),
    "Completed": ("delegate", "start", "complete"),
    "Failed": ("delegate", "start", "fail"),
    "Exited": ("exit",),
    "Obsolete": ("skip",),
}
"""How a task comes into each state. Nothing leads to Error."""
OPERATIONS = {
    "Claim": (),
    "Start": (),
    "Stop": (),
    "Release": (),
    "Suspend": (),
    "Resume": (),
    "Skip": (),
    "Delegate": ("target",),
    "Forward": ("target",),
    "Complete": (),
    "Fail": (),
    "Activate": (),
    "Nominate": (("target",),),
    "Exit": (),
}


@pytest.fixture(scope="module")
def home():
    with house() as made:
        people, admin = made.engine.people, made.admin
        for group in ("workers", "bosses"):
            people.add_group(admin, group)
        for name in (*RELATIONS, "target"):
            people.add_user(admin, name, None, GROUPS.get(name, ()))
        yield made


def task_in(home, state):
    """A task in that state with somebody in every relation, and nobody in two."""
    admin, tasks = home.admin, home.tasks
    new = NewTask(
        name="Cell",
        created_by="initiator",
        potential_owners=() if state == "Created" else POTENTIAL,
        business_administrators=(Candidate("USER", "administrator"), Candidate("GROUP", "bosses")),
        excluded_owners=(Candidate("USER", "excluded"),),
        stakeholders=(Candidate("USER", "stakeholder"),),
        recipients=(Candidate("USER", "recipient"),),
    )
    number = tasks.add(admin, new).id
    if state == "Created":
        tasks.relate(admin, number, "potential_owner", POTENTIAL)
    for step in STATES[state]:
        if step == "delegate":
            tasks.delegate(admin, number, "owner")
            tasks.relate(admin, number, "potential_owner", (), (OWNER,))
        else:
            getattr(tasks, step)(home.actor("owner") if step == "start" else admin, number)
    return number


def may(state, operation, relation):
    """What the reference says, of a state with the one it came from."""
    status, _, previous = state.partition(" from ")
    if operation == "Resume" and previous in ("Reserved", "InProgress"):
        return relation in OWNED
    if relation == "owner" and status in ("Created", "Ready"):
        return False  # nobody is the owner yet
    return relation in EXPECTED[operation].get(status, set())


def leads_to(state, operation):
    return state.partition(" from ")[2] if operation == "Resume" else LEADS_TO[operation]


@pytest.mark.parametrize("state", STATES)
def test_every_relation_may_do_in_every_state_what_the_table_says(home, state):
    tasks, number = home.tasks, task_in(home, state)
    before = tasks.get(home.admin, number)
    assert before.status == state.partition(" from ")[0]
    for operation, relation in product(OPERATIONS, RELATIONS):
        cell = (state, operation, relation)
        actor, call = home.actor(relation), getattr(tasks, operation.lower())
        if may(*cell):
            done = call(actor, number, *OPERATIONS[operation])
            assert done.status == leads_to(state, operation), cell
            *_, event = tasks.events(home.admin, number).items
            told = (event.actor, event.old_status, event.new_status)
            assert told == (relation, before.status, done.status), cell
            number = task_in(home, state)
            before = tasks.get(home.admin, number)
            continue
        # Who has no part in it learns nothing of it, not even that it is there.
        is_a_stranger = relation == "stranger" or (relation == "owner" and not before.actual_owner)
        with pytest.raises(NotFound if is_a_stranger else NotPermitted):
            call(actor, number, *OPERATIONS[operation])
        assert tasks.get(home.admin, number) == before, cell
