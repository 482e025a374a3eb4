"""The life of a task, checked against the table of the reference, every cell of it."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procession.errors import NotPermitted, Rejected
from procession.tasks.diagram import diagram
from procession.tasks.lifecycle import (
    FINAL,
    OPEN,
    TABLE,
    Applied,
    Candidate,
    Operation,
    Status,
    apply,
    claimed_by_another,
    may,
    require_active,
)
from procession.tasks.offers import assign

from .people_and_tasks import AT, a_task, someone, user

RELATIONS = (
    "potential",
    "group",
    "owner",
    "administrator",
    "admin group",
    "initiator",
    "stakeholder",
    "excluded",
    "recipient",
    "stranger",
)
OFFERED = {"potential", "group", "administrator", "admin group"}
OWNED = {"owner", "administrator", "admin group"}
ADMINISTRATORS = {"administrator", "admin group"}

# reference/jbpm-engine.md 5.2, written down a second time: operation -> state -> who.
EXPECTED: dict[str, dict[str, set[str]]] = {
    "Claim": {"Ready": OFFERED},
    # Created is not in the reference: see test_an_administrator_may_start_what_is_offered_to_nobody
    "Start": {"Created": ADMINISTRATORS, "Ready": OFFERED, "Reserved": {"owner"}},
    "Stop": {"InProgress": OWNED},
    "Release": {"Reserved": OWNED, "InProgress": OWNED},
    "Suspend": {"Ready": OFFERED, "Reserved": OWNED, "InProgress": OWNED},
    "Resume": {"Suspended": OFFERED},
    "Skip": {
        "Created": {"initiator", *ADMINISTRATORS},
        "Ready": OFFERED,
        "Reserved": OWNED,
        "InProgress": OWNED,
    },
    "Delegate": {"Ready": OFFERED, "Reserved": OWNED, "InProgress": OWNED},
    "Forward": {"Ready": {"potential"}},
    "Complete": {"InProgress": OWNED},
    "Fail": {"InProgress": OWNED},
    "Activate": {"Created": OWNED},
    "Nominate": {"Created": ADMINISTRATORS},
    "Exit": dict.fromkeys(map(str, OPEN), ADMINISTRATORS),
    "Open": {"Created": OFFERED},
    "Take": {"Ready": OFFERED},
    "Give back": {"Reserved": OWNED, "InProgress": OWNED},
}
LEADS_TO = {
    "Claim": "Reserved",
    "Start": "InProgress",
    "Stop": "Reserved",
    "Release": "Ready",
    "Suspend": "Suspended",
    "Resume": "Ready",
    "Skip": "Obsolete",
    "Delegate": "Reserved",
    "Forward": "Ready",
    "Complete": "Completed",
    "Fail": "Failed",
    "Activate": "Ready",
    "Nominate": "Reserved",
    "Exit": "Exited",
    "Open": "Ready",
    "Take": "Reserved",
    "Give back": "Ready",
}
PEOPLE = (
    someone("potential_owner", "potential"),
    someone("potential_owner", "workers", "GROUP"),
    someone("business_administrator", "administrator"),
    someone("business_administrator", "bosses", "GROUP"),
    someone("stakeholder", "stakeholder"),
    someone("recipient", "recipient"),
    someone("excluded_owner", "excluded"),
    someone("potential_owner", "excluded"),
)
GROUPS = {"group": ("workers",), "admin group": ("bosses",), "excluded": ("workers",)}
TARGET = (Candidate("USER", "target"),)


def in_state(status: str):
    owner = "owner" if status in ("Reserved", "InProgress", "Suspended") else None
    if status == "Created":
        owner = "owner"
    previous = "Ready" if status == "Suspended" else None
    return a_task(status, actual_owner=owner, previous_status=previous, created_by="initiator")


@pytest.mark.parametrize("operation", [o for o in Operation if o is not Operation.ASSIGN])
def test_every_cell_of_the_table_is_as_the_reference_says(operation: Operation):
    for status, relation in product(Status, RELATIONS):
        who = user(relation, *GROUPS.get(relation, ()))
        allowed = relation in EXPECTED[operation.value].get(status, set())

        task = in_state(status)
        assert may(task, PEOPLE, operation, who) is allowed, (operation, status, relation)
        if allowed:
            applied = apply(task, PEOPLE, operation, who, AT, TARGET)
            assert applied.task.status == LEADS_TO[operation.value]
            assert applied.task.version == task.version + 1
            assert applied.event.old_status == status
            assert applied.event.new_status == applied.task.status
            assert applied.event.actor == relation
        else:
            with pytest.raises(NotPermitted):
                apply(task, PEOPLE, operation, who, AT, TARGET)


def test_nothing_leads_out_of_a_final_state():
    assert all(state not in FINAL for line in TABLE for state in line.states)


def test_a_task_that_is_not_skipable_cannot_be_skipped():
    task = a_task("Ready", skipable=False)

    with pytest.raises(NotPermitted, match="does not have permissions to execute"):
        apply(task, PEOPLE, Operation.SKIP, user("administrator"), AT)


@pytest.mark.parametrize(
    ("previous", "who", "ok"),
    [
        ("Ready", user("potential"), True),
        ("Ready", user("owner"), False),
        ("Reserved", user("owner"), True),
        ("Reserved", user("potential"), False),
        ("InProgress", user("owner"), True),
        ("InProgress", user("administrator"), True),
    ],
)
def test_resume_goes_back_to_where_the_task_was(previous, who, ok):
    task = a_task("Suspended", previous_status=previous, actual_owner="owner")

    if not ok:
        assert not may(task, PEOPLE, Operation.RESUME, who)
        return
    resumed = apply(task, PEOPLE, Operation.RESUME, who, AT).task

    assert resumed.status == previous
    assert resumed.actual_owner == "owner"


def test_a_task_just_claimed_cannot_be_resumed_to_ready():
    task = a_task("Reserved", previous_status="Ready", actual_owner="owner")

    with pytest.raises(NotPermitted, match="no 'current status' match"):
        apply(task, PEOPLE, Operation.RESUME, user("administrator"), AT)


def test_an_administrator_may_start_what_is_offered_to_nobody():
    """Clients written for jBPM start such a task without activating it first."""
    started = apply(a_task("Created"), PEOPLE, Operation.START, user("administrator"), AT).task

    assert (started.status, started.actual_owner) == ("InProgress", "administrator")
    assert not may(a_task("Created"), PEOPLE, Operation.START, user("potential"))


def test_the_refusals_read_like_those_of_jbpm():
    with pytest.raises(NotPermitted) as wrong_person:
        apply(a_task("Ready"), PEOPLE, Operation.CLAIM, user("stranger"), AT)
    with pytest.raises(NotPermitted) as wrong_state:
        apply(
            a_task("Reserved", actual_owner="ann"), PEOPLE, Operation.CLAIM, user("potential"), AT
        )

    assert wrong_person.value.message == (
        "User '[UserImpl:'stranger']' does not have permissions to execute operation 'Claim' "
        "on task id 5"
    )
    assert wrong_state.value.message.startswith(
        "User '[UserImpl:'potential']' was unable to execute operation 'Claim' on task id 5 "
        "due to a no 'current status' match"
    )
    assert "ann" in wrong_state.value.message
    assert "ann" in claimed_by_another(a_task("Reserved", actual_owner="ann")).message


def test_delegating_keeps_the_old_potential_owners_and_reserves_for_the_target():
    applied = apply(a_task("Ready"), PEOPLE, Operation.DELEGATE, user("potential"), AT, TARGET)

    assert applied.task.actual_owner == "target"
    assert someone("potential_owner", "potential") in applied.people
    assert someone("potential_owner", "target") in applied.people


def test_delegating_to_a_group_offers_it_to_the_group():
    target = (Candidate("GROUP", "leads"),)
    task = a_task("InProgress", actual_owner="owner")

    applied = apply(task, PEOPLE, Operation.DELEGATE, user("owner"), AT, target)

    assert (applied.task.status, applied.task.actual_owner) == ("Ready", None)
    assert someone("potential_owner", "leads", "GROUP") in applied.people


def test_forwarding_takes_the_actor_off_the_list():
    applied = apply(a_task("Ready"), PEOPLE, Operation.FORWARD, user("potential"), AT, TARGET)

    assert someone("potential_owner", "potential") not in applied.people
    assert someone("potential_owner", "target") in applied.people
    assert applied.task.actual_owner is None


def test_only_who_is_listed_by_name_may_forward():
    task = a_task("Reserved", actual_owner="owner")

    assert not may(task, PEOPLE, Operation.FORWARD, user("owner"))
    listed = (*PEOPLE, someone("potential_owner", "owner"))
    assert may(task, listed, Operation.FORWARD, user("owner"))
    assert not may(task, listed, Operation.FORWARD, user("administrator"))


@pytest.mark.parametrize(
    ("nominees", "status", "owner"),
    [
        ((Candidate("USER", "ann"),), "Reserved", "ann"),
        ((Candidate("GROUP", "sales"),), "Ready", None),
        ((Candidate("USER", "ann"), Candidate("USER", "bob")), "Ready", None),
    ],
)
def test_nominating_replaces_the_potential_owners(nominees, status, owner):
    applied = apply(
        a_task("Created"), PEOPLE, Operation.NOMINATE, user("administrator"), AT, nominees
    )

    assert (applied.task.status, applied.task.actual_owner) == (status, owner)
    offered = [row.name for row in applied.people if row.relation == "potential_owner"]
    assert offered == [one.name for one in nominees]
    assert someone("business_administrator", "administrator") in applied.people


def test_an_excluded_administrator_still_administers():
    people = (*PEOPLE, someone("excluded_owner", "administrator"))

    assert may(a_task("Ready"), people, Operation.CLAIM, user("administrator"))


def test_roles_and_work_parties_make_potential_owners():
    people = (
        someone("potential_owner", "approver", "ROLE"),
        someone("potential_owner", "Front desk", "PARTY"),
    )
    approver = msgspec.structs.replace(user("x"), roles=frozenset({"approver"}))
    clerk = msgspec.structs.replace(user("y"), parties=frozenset({"Front desk"}))

    assert may(a_task("Ready"), people, Operation.CLAIM, approver)
    assert may(a_task("Ready"), people, Operation.CLAIM, clerk)
    assert not may(a_task("Ready"), people, Operation.CLAIM, user("z"))


def test_what_is_offered_to_nobody_anyone_may_take_and_give_back():
    people = (
        someone("business_administrator", "administrator"),
        someone("potential_owner", "Nobody", "PARTY"),
    )
    task = a_task("Created")

    opened = apply(task, people, Operation.OPEN, user("zoe"), AT)
    taken = apply(opened.task, people, Operation.TAKE, user("zoe"), AT)
    given = apply(taken.task, people, Operation.GIVE_BACK, user("zoe"), AT)

    assert [a.event.type for a in (opened, taken, given)] == ["ACTIVATED", "CLAIMED", "RELEASED"]
    assert taken.task.actual_owner == "zoe"
    assert (given.task.status, given.task.actual_owner) == ("Created", None)
    assert not may(opened.task, people, Operation.CLAIM, user("zoe"))


def test_assigning_is_not_claiming():
    new = (Candidate("USER", "ann"),)
    assigned = assign(a_task("Created"), new, PEOPLE, user("boss"), AT, keeps_owner=False)

    assert (assigned.task.status, assigned.task.actual_owner) == ("Ready", None)
    names = [row.name for row in assigned.people if row.relation == "potential_owner"]
    assert names == ["ann"]


def test_assigning_to_others_ends_a_claim_and_remembers_the_claimer():
    task = a_task("InProgress", actual_owner="bob")
    new = (Candidate("USER", "ann"),)

    kept = assign(task, new, PEOPLE, user("boss"), AT, keeps_owner=True)
    ended = assign(task, new, PEOPLE, user("boss"), AT, keeps_owner=False)

    assert (kept.task.status, kept.task.actual_owner) == ("InProgress", "bob")
    assert (ended.task.status, ended.task.actual_owner, ended.task.owner) == ("Ready", None, "bob")


def test_audit_shows_who_acted_and_for_whom():
    who = msgspec.structs.replace(user("potential"), actor="robot")

    event = apply(a_task("Ready"), PEOPLE, Operation.CLAIM, who, AT).event

    assert (event.actor, event.on_behalf_of) == ("robot", "potential")


@pytest.mark.parametrize(
    ("status", "reason"),
    [("Completed", "inactive"), ("Exited", "inactive"), ("Suspended", "suspended")],
)
def test_what_is_not_active_is_refused_with_its_reason(status, reason):
    with pytest.raises(Rejected) as refusal:
        require_active(a_task(status))

    assert refusal.value.reason == reason


def test_the_diagram_shows_every_arrow_of_the_table():
    drawn = diagram()

    for line in TABLE:
        for state, to in product(line.states, line.to):
            arrow = f"{state} --> {to}: "
            row = next(one for one in drawn.splitlines() if arrow in one)
            assert line.operation.value.lower() in row


ACTORS = [user(name, *GROUPS.get(name, ())) for name in (*RELATIONS, "target")]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([o for o in Operation if o is not Operation.ASSIGN]),
        st.sampled_from(ACTORS),
        st.sampled_from([TARGET, (Candidate("GROUP", "workers"),)]),
    ),
    max_size=30,
)


@given(STEPS, st.sampled_from([Status.CREATED, Status.READY]))
def test_however_people_act_a_task_stays_in_order(steps, first):
    """Owner and state agree, versions count changes, final states are final."""
    task, people = a_task(first, created_by="initiator"), PEOPLE
    changes = 0
    for operation, who, targets in steps:
        before = msgspec.structs.replace(task)
        try:
            applied: Applied = apply(task, people, operation, who, AT, targets)
        except NotPermitted:
            assert task == before
            continue
        changes += 1
        assert before.status in OPEN
        assert task == before, "what was given stays as it was"
        task, people = applied.task, applied.people
        assert task.version == 3 + changes
        if task.status in ("Reserved", "InProgress", "Completed", "Failed"):
            assert task.actual_owner
        if task.status in ("Created", "Ready"):
            assert task.actual_owner is None
        assert len({(r.relation, r.kind, r.name) for r in people}) == len(people)
        assert {"administrator", "bosses"} <= {
            r.name for r in people if r.relation == "business_administrator"
        }
