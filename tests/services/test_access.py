"""Who may do what, and who sees which process instance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from procession.errors import Denied, Unauthenticated
from procession.identity.model import SYSTEM, Actor
from procession.services.access import NOBODY, TABLE, Access, Who
from procession.store.rows import ProcessInstanceRow, TaskPersonRow, TaskRow
from procession.store.tables import process_instance

from .small_room import SmallRoom, process_row

ANN, BOB = Actor("ann"), Actor("bob")
ADMIN = Actor("boss", frozenset({"Administrators"}))


@pytest.fixture
def room(store) -> SmallRoom:
    return SmallRoom(store)


def running_row(id: int, started_by: str = "ann", root: int = 0) -> ProcessInstanceRow:
    return ProcessInstanceRow(
        id,
        f"uuid-{id}",
        root or id,
        1,
        "org.acme:hr:1.0",
        "hiring",
        1,
        1,
        None,
        None,
        started_by,
        1_800_000_000_000,
        b"",
    )


def task_row(id: int, instance: int, owner: str | None = None) -> TaskRow:
    values: dict[str, Any] = dict.fromkeys(TaskRow.__struct_fields__)
    values |= {
        "deadlines": 0,
        "id": id,
        "uuid": f"task-{id}",
        "version": 1,
        "name": "Look",
        "subject": "",
        "description": "",
        "status": "Ready",
        "priority": 0,
        "skipable": False,
        "actual_owner": owner,
        "created_at": 1_800_000_000_000,
        "instance_id": instance,
        "root_id": instance,
    }
    return TaskRow(**values)


def sees(room: SmallRoom, actor: Actor, instance: int) -> bool:
    """By the question about one instance; every way to ask must answer alike."""
    with room.store.read() as reader:
        one = room.access.sees_instance(reader, actor, instance)
    many = instance in {log.process_instance_id for log in room.history.instances(actor).items}
    assert one == many
    return one


# -- the table


EVERYBODY = {"public"}
SIGNED_IN = {
    "authenticated",
    "process.read",
    "process.start",
    "process.act",
    "work_item",
    "history.read",
    "task.read",
    "task.act",
    "task.query",
    "deployment.read",
    "execute",
}
ADMINISTRATORS_ONLY = {"history.clear", "deployment.write", "people.write", "administer"}
BY_ROLE = {
    "job.read": "operator",
    "job.write": "operator",
    "worker": "worker",
    "act_for_others": "act-for-others",
    "see_all": "see-all",
    "decision.evaluate": "process-manager",
}


def test_every_permission_of_the_table_is_spoken_for():
    assert set(TABLE) == EVERYBODY | SIGNED_IN | ADMINISTRATORS_ONLY | set(BY_ROLE)


@pytest.mark.parametrize("permission", sorted(TABLE))
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=False)
def test_who_has_a_permission(store, permission):
    access = SmallRoom(store).access
    holder = Actor("ann", roles=frozenset({BY_ROLE.get(permission, "none")}))

    assert access.may(NOBODY, permission) == (permission in EVERYBODY)
    assert access.may(ANN, permission) == (permission in EVERYBODY | SIGNED_IN)
    assert access.may(holder, permission) == (permission not in ADMINISTRATORS_ONLY)
    assert access.may(ADMIN, permission)
    assert access.may(SYSTEM, permission)


def test_who_may_not_is_told_and_who_is_nobody_is_asked_who_they_are(room):
    room.access.check(ANN, "process.start")
    with pytest.raises(Denied, match="ann may not"):
        room.access.check(ANN, "deployment.write")
    with pytest.raises(Unauthenticated):
        room.access.check(NOBODY, "process.start")


def test_a_permission_that_does_not_exist_is_a_mistake(room):
    with pytest.raises(KeyError):
        room.access.may(ANN, "process.eat")


def test_jbpms_roles_are_not_asked_for_unless_switched_on_and_only_take_away(room):
    strict = Access(room, needs_rest_roles=True)
    clerk = Actor("ann", roles=frozenset({"rest-task"}))
    everything = Actor("ann", roles=frozenset({"rest-all"}))

    assert room.access.may(ANN, "task.act")
    assert not strict.may(ANN, "task.act")
    assert strict.may(clerk, "task.act")
    assert not strict.may(clerk, "process.start")
    assert strict.may(everything, "process.start")
    assert not strict.may(everything, "deployment.write")
    assert strict.may(ADMIN, "deployment.write")
    assert strict.may(ANN, "authenticated")


def test_rows_without_roles_are_for_administrators():
    for permission, rule in TABLE.items():
        assert bool(rule.roles) or rule.who is not Who.ROLES, permission


# -- acting for others


def test_acting_for_another_takes_a_permission_and_gives_their_rights(room):
    room.people.add_group(SYSTEM, "PM")
    room.people.add_user(SYSTEM, "ann", None, ["PM"])
    agent = Actor("agent", roles=frozenset({"act-for-others"}))

    acting = room.access.acting_for(agent, "ann")

    assert acting == Actor("agent", frozenset({"PM"}), on_behalf_of="ann")
    with pytest.raises(Denied):
        room.access.acting_for(BOB, "ann")


def test_acting_for_oneself_is_nothing_special(room):
    assert room.access.acting_for(ANN, "ann") is ANN


def test_nobody_becomes_an_administrator_by_acting_for_one(room):
    room.people.ensure_first_administrator("given")
    agent = Actor("agent", roles=frozenset({"act-for-others"}))

    with pytest.raises(Denied):
        room.access.acting_for(agent, "admin")
    assert room.access.acting_for(ADMIN, "admin").is_administrator


def test_users_that_do_not_exist_are_refused_in_the_same_words(room):
    room.people.add_user(SYSTEM, "ann")
    agent = Actor("agent", roles=frozenset({"act-for-others"}))

    with pytest.raises(Denied) as unknown:
        room.access.acting_for(agent, "nobody")
    with pytest.raises(Denied) as forbidden:
        room.access.acting_for(BOB, "ann")
    assert unknown.value.message == "agent may not act for nobody"
    assert forbidden.value.message == "bob may not act for ann"


# -- instances


def test_one_sees_what_one_started_and_administrators_see_everything(room):
    room.write(process_row(1, identity="ann"))

    assert sees(room, ANN, 1)
    assert not sees(room, BOB, 1)
    assert sees(room, ADMIN, 1)
    assert sees(room, Actor("eve", roles=frozenset({"see-all"})), 1)
    assert sees(room, Actor("eve", roles=frozenset({"process-manager"})), 1)


def test_who_started_the_outermost_instance_sees_what_it_called(room):
    room.write(
        process_row(1, identity="ann"),
        process_row(2, identity="timer", root_id=1, parent_id=1),
        process_row(3, identity="timer", root_id=1, parent_id=2),
    )

    assert sees(room, ANN, 3)
    assert not sees(room, BOB, 3)


def test_who_started_a_called_instance_does_not_see_its_caller(room):
    room.write(process_row(1, identity="ann"), process_row(2, identity="bob", root_id=1))

    assert sees(room, BOB, 2)
    assert not sees(room, BOB, 1)


def test_who_works_in_an_instance_sees_it(room):
    room.write(process_row(1, identity="ann"), task_row(5, 1, "bob"))

    assert sees(room, BOB, 1)
    assert not sees(room, Actor("eve"), 1)


@pytest.mark.parametrize(
    ("relation", "kind", "name", "seen"),
    [
        ("potential_owner", "USER", "bob", True),
        ("potential_owner", "USER", "BOB", False),
        ("potential_owner", "GROUP", "PM", True),
        ("potential_owner", "GROUP", "bob", False),
        ("potential_owner", "ROLE", "approver", True),
        ("potential_owner", "ROLE", "PM", False),
        ("potential_owner", "PARTY", "night", True),
        ("business_administrator", "GROUP", "PM", True),
        ("stakeholder", "USER", "bob", True),
        ("excluded_owner", "USER", "bob", False),
    ],
)
def test_candidates_see_the_instance_of_their_task(room, relation, kind, name, seen):
    room.people.add_user(SYSTEM, "bob")
    room.people.add_party(SYSTEM, "night")
    room.people.add_party_member(SYSTEM, "night", "bob")
    bob = Actor("bob", frozenset({"PM"}), frozenset({"approver"}))
    room.write(
        process_row(1, started_at=2_000_000_000_000),
        task_row(5, 1),
        TaskPersonRow(5, relation, kind, name),
    )

    assert sees(room, bob, 1) == seen


def test_a_new_user_does_not_see_what_an_earlier_namesake_did(room):
    room.clock.advance(timedelta(days=2000))
    room.write(
        process_row(1, identity="bob", started_at=1),
        process_row(2, identity="ann", started_at=1),
        task_row(5, 2, "bob"),
    )
    assert sees(room, BOB, 1)

    room.people.add_user(SYSTEM, "bob")

    assert room.directory.since("bob") > 1_800_000_000_000
    assert not sees(room, BOB, 1)
    assert not sees(room, BOB, 2)


def test_acting_for_another_one_sees_what_they_see(room):
    room.write(process_row(1, identity="ann"), process_row(2, identity="agent"))
    acting = Actor("agent", on_behalf_of="ann")

    assert sees(room, acting, 1)
    assert not sees(room, acting, 2)


def test_nobody_sees_nothing_and_neither_does_a_missing_instance_exist(room):
    room.write(process_row(1, identity=""))

    with room.store.read() as reader:
        assert not room.access.sees_instance(reader, NOBODY, 1)
        assert not room.access.sees_instance(reader, ANN, 99)


def test_running_instances_are_seen_without_audit(room):
    uow = room.store.unit_of_work()
    uow.save_instance(running_row(1, "ann"), None)
    uow.save_instance(running_row(2, "bob", root=1), None)
    assert room.store.commit([uow]) == [None]

    with room.store.read() as reader:
        assert room.access.sees_instance(reader, ANN, 1)
        assert room.access.sees_instance(reader, ANN, 2)
        assert room.access.sees_instance(reader, BOB, 2)
        assert not room.access.sees_instance(reader, BOB, 1)
        for actor, numbers in ((ANN, [1, 2]), (BOB, [2])):
            condition = room.access.instance_filter(actor)
            assert condition is not None
            rows = reader.execute(select(process_instance.c.id).where(condition))
            assert sorted(row.id for row in rows) == numbers
    assert room.access.instance_filter(ADMIN) is None


def test_in_compat_mode_everybody_signed_in_sees_everything_but_moves_only_their_own(store):
    room = SmallRoom(store, access_mode="compat")
    room.write(process_row(1, identity="ann"))

    assert sees(room, BOB, 1)
    with room.store.read() as reader:
        assert not room.access.sees_instance(reader, NOBODY, 1)
        assert room.access.moves_instance(reader, ANN, 1)
        assert not room.access.moves_instance(reader, BOB, 1)
        assert room.access.moves_instance(reader, ADMIN, 1)
        assert room.access.moves_instance(
            reader, Actor("eve", roles=frozenset({"process-manager"})), 1
        )
        assert not room.access.moves_instance(reader, Actor("eve", roles=frozenset({"see-all"})), 1)


def test_who_manages_processes_sees_all_instances_but_not_all_tasks(room):
    manager = Actor("eve", roles=frozenset({"process-manager"}))

    assert room.access.sees_all_instances(manager)
    assert not room.access.sees_everything(manager)
    assert room.access.sees_everything(Actor("eve", roles=frozenset({"see-all"})))
    assert not room.access.sees_all_instances(ANN)
