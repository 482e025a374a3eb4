"""People as their administrator and they themselves meet them."""

from __future__ import annotations

import threading
from base64 import b64encode
from typing import Any

import pytest

from procession.errors import Denied, Invalid, NotFound, Rejected, Unauthenticated
from procession.identity.directory import StoreDirectory
from procession.identity.model import SYSTEM, Actor
from procession.store.rows import TaskPersonRow, TaskRow

from .small_room import SmallRoom

ANN = Actor("ann")


@pytest.fixture
def room(store) -> SmallRoom:
    room = SmallRoom(store)
    room.people.add_group(SYSTEM, "PM")
    room.people.add_user(SYSTEM, "ann", "secret", ["PM"], email="ann@example.org")
    return room


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def task_row(id: int, owner: str | None, status: str) -> TaskRow:
    values: dict[str, Any] = dict.fromkeys(TaskRow.__struct_fields__)
    values |= {
        "id": id,
        "uuid": f"task-{id}",
        "version": 1,
        "name": "Look",
        "subject": "",
        "description": "",
        "status": status,
        "priority": 0,
        "skipable": False,
        "deadlines": 0,
        "actual_owner": owner,
        "created_at": 1,
        "instance_id": 1,
        "root_id": 1,
    }
    return TaskRow(**values)


# -- signing in


def test_name_and_password_give_an_actor_with_groups_and_roles(room):
    room.people.add_role(SYSTEM, "approver", "R0003")
    room.people.grant_role(SYSTEM, "approver", "PM", "GROUP")

    actor = room.people.authenticate("ann", "secret")

    assert actor == Actor("ann", frozenset({"PM"}), frozenset({"approver"}))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ann", "wrong"),
        ("ann", ""),
        ("nobody", "secret"),
        ("", "secret"),
        ("x" * 300, "secret"),
        ("Ann", "secret"),
        ("Administrator", "secret"),
        ("PM", "secret"),
    ],
)
def test_wrong_names_and_wrong_passwords_are_told_in_the_same_words(room, name, password):
    with pytest.raises(Unauthenticated, match="the name or the password is wrong"):
        room.people.authenticate(name, password)


def test_a_header_is_recognised_after_it_was_right_once(room):
    header = basic("ann", "secret")

    assert room.people.cached(header) is None
    actor = room.people.authenticate("ann", "secret")

    assert room.people.cached(header) == actor
    assert room.people.cached(basic("ann", "wrong")) is None
    assert room.people.cached("Basic") is None


def test_a_hash_is_paid_once(room, monkeypatch):
    checks = []
    real = room.directory.verify
    monkeypatch.setattr(
        room.directory, "verify", lambda name, word: checks.append(name) or real(name, word)
    )

    for _ in range(5):
        room.people.authenticate("ann", "secret")

    assert checks == ["ann"]


def test_many_at_once_pay_one_hash(room, monkeypatch):
    checks = []
    real = room.directory.verify
    monkeypatch.setattr(
        room.directory, "verify", lambda name, word: checks.append(name) or real(name, word)
    )
    threads = [
        threading.Thread(target=room.people.authenticate, args=("ann", "secret")) for _ in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert checks == ["ann"]


def test_guessing_is_slowed_down_but_who_is_known_goes_on_working(store):
    room = SmallRoom(store, login_failures=3)
    room.people.add_user(SYSTEM, "ann", "secret")
    room.people.authenticate("ann", "secret", client="here")

    for _ in range(4):
        with pytest.raises(Unauthenticated, match="is wrong"):
            room.people.authenticate("ann", "guess", client="here")

    with pytest.raises(Unauthenticated, match="try again in") as refused:
        room.people.authenticate("ann", "guess", client="here")
    assert refused.value.reason == "throttled"
    assert room.people.authenticate("ann", "secret", client="here").name == "ann"
    with pytest.raises(Unauthenticated, match="is wrong"):
        room.people.authenticate("ann", "guess", client="there")


def test_guesses_at_unknown_names_are_slowed_down_alike(store):
    room = SmallRoom(store, login_failures=1)

    for _ in range(2):
        with pytest.raises(Unauthenticated, match="is wrong"):
            room.people.authenticate("nobody", "guess")

    with pytest.raises(Unauthenticated, match="try again in"):
        room.people.authenticate("nobody", "guess")


def test_with_no_time_to_remember_every_request_pays(store):
    room = SmallRoom(store, credentials_seconds=0)
    room.people.add_user(SYSTEM, "ann", "secret")

    room.people.authenticate("ann", "secret")

    assert room.people.cached(basic("ann", "secret")) is None


# -- what changes hold at once


def test_a_new_password_ends_the_old_one_and_all_tokens(room):
    token = room.people.issue_token(room.people.authenticate("ann", "secret"), "app")

    room.people.set_password(SYSTEM, "ann", "better")

    assert room.people.cached(basic("ann", "secret")) is None
    with pytest.raises(Unauthenticated):
        room.people.authenticate("ann", "secret")
    with pytest.raises(Unauthenticated):
        room.people.verify_token(token, "app")
    assert room.people.authenticate("ann", "better").name == "ann"


def test_one_changes_ones_own_password_with_the_old_one(room):
    with pytest.raises(Unauthenticated):
        room.people.change_password(ANN, "wrong", "better")

    room.people.change_password(ANN, "secret", "better")

    assert room.people.authenticate("ann", "better").name == "ann"


def test_a_deactivated_user_is_out_at_once_and_may_come_back(room):
    token = room.people.issue_token(room.people.authenticate("ann", "secret"), "app")

    room.people.deactivate(SYSTEM, "ann")

    assert room.people.cached(basic("ann", "secret")) is None
    with pytest.raises(Unauthenticated):
        room.people.authenticate("ann", "secret")
    with pytest.raises(Unauthenticated):
        room.people.verify_token(token)
    with pytest.raises(NotFound):
        room.people.actor("ann")
    assert not room.people.exists_user("ann")
    assert room.directory.members_of("PM") == ()

    room.people.reactivate(SYSTEM, "ann")

    assert room.people.authenticate("ann", "secret").groups == {"PM"}


def test_a_user_made_anew_inherits_nothing(room):
    people = room.people
    people.add_role(SYSTEM, "approver")
    people.grant_role(SYSTEM, "approver", "ann")
    people.add_party(SYSTEM, "night", lead="ann")
    people.add_party_member(SYSTEM, "night", "ann")
    room.write(
        task_row(1, None, "Ready"),
        TaskPersonRow(1, "potential_owner", "USER", "ann"),
        TaskPersonRow(1, "potential_owner", "USER", "ben"),
    )
    token = people.issue_token(people.authenticate("ann", "secret"), "app")

    people.remove_user(SYSTEM, "ann")
    room.clock.advance(60)
    people.add_user(SYSTEM, "ann", "secret")

    assert people.authenticate("ann", "secret") == Actor("ann")
    assert room.directory.parties_of("ann") == frozenset()
    assert room.directory.party("night").lead is None
    with room.store.read() as reader:
        assert [row[3] for row in reader.hot("people", ((1,),))] == ["ben"]
    with pytest.raises(Unauthenticated):
        people.verify_token(token)


def test_whom_alone_a_task_is_offered_to_cannot_be_removed(room):
    """Offered to nobody, it could be taken by anybody."""
    room.write(task_row(1, None, "Ready"), TaskPersonRow(1, "potential_owner", "USER", "ann"))

    with pytest.raises(Rejected, match="task 1 is offered to ann alone"):
        room.people.remove_user(SYSTEM, "ann")

    assert room.people.exists_user("ann")


def test_who_has_tasks_in_hand_cannot_be_removed(room):
    room.write(task_row(7, "ann", "Reserved"))

    with pytest.raises(Rejected, match="task 7"):
        room.people.remove_user(SYSTEM, "ann")

    assert room.people.exists_user("ann")


def test_a_change_by_another_process_is_found_without_being_told(store):
    here, there = SmallRoom(store), SmallRoom(store)
    now = [0.0]
    here.directory._now = lambda: now[0]
    assert not here.people.exists_user("ann")

    there.people.add_user(SYSTEM, "ann", "secret")
    now[0] += 10
    assert here.people.authenticate("ann", "secret").name == "ann"
    header = basic("ann", "secret")
    assert here.people.cached(header) is not None

    there.people.deactivate(SYSTEM, "ann")
    now[0] += 10
    assert here.people.cached(header) is None


def test_a_change_by_another_node_is_heard(store):
    here, there = SmallRoom(store), SmallRoom(store)
    assert not here.people.exists_user("ann")

    there.people.add_user(SYSTEM, "ann")
    here.directory.forget()

    assert here.people.exists_user("ann")


def test_the_picture_is_read_once_for_many_questions(store, monkeypatch):
    room = SmallRoom(store)
    directory = StoreDirectory(store)
    reads = []
    real = store.read
    monkeypatch.setattr(store, "read", lambda: reads.append(1) or real())

    for _ in range(50):
        directory.groups_of("ann")

    assert len(reads) == 1
    assert not room.people.exists_user("ann")


# -- tokens


def test_a_token_stands_for_its_user_and_client(room):
    token = room.people.issue_token(ANN, "app")

    assert room.people.verify_token(token, "app") == Actor("ann", frozenset({"PM"}))
    assert room.people.verify_token(token, None).name == "ann"
    assert room.people.verify_token(token, "").name == "ann"
    with pytest.raises(Unauthenticated):
        room.people.verify_token(token, "other")


def test_a_token_expires_by_the_engines_clock(room):
    token = room.people.issue_token(ANN, "app")

    room.clock.advance(86_399)
    assert room.people.verify_token(token).name == "ann"
    room.clock.advance(1)
    with pytest.raises(Unauthenticated, match="expired"):
        room.people.verify_token(token)


def test_the_key_is_made_once_and_holds_on_every_node(store):
    one, other = SmallRoom(store), SmallRoom(store)
    one.people.add_user(SYSTEM, "ann", "secret")

    with pytest.raises(Unauthenticated):
        other.people.verify_token("a.b.c")
    token = one.people.issue_token(ANN, "app")
    second = other.people.issue_token(ANN, "app")

    assert other.people.verify_token(token).name == "ann"
    assert one.people.verify_token(second).name == "ann"
    assert SmallRoom(store).people.verify_token(token).name == "ann"


def test_a_key_from_the_settings_is_not_kept(store):
    room = SmallRoom(store, token_key="k" * 64)
    room.people.add_user(SYSTEM, "ann", "secret")

    token = room.people.issue_token(ANN, "app")

    assert room.people.verify_token(token).name == "ann"
    with pytest.raises(Unauthenticated):
        SmallRoom(store, token_key="x" * 64).people.verify_token(token)
    with pytest.raises(Unauthenticated):
        SmallRoom(store).people.verify_token(token)


def test_nobody_gets_a_token_for_a_name_that_is_not_there(room):
    with pytest.raises(Unauthenticated):
        room.people.issue_token(Actor("nobody"), "app")


# -- administration


def test_everybody_is_listed_by_name(room):
    room.people.add_user(SYSTEM, "Bob", display_name="Bob B.")
    room.people.add_role(SYSTEM, "approver", "R0003")
    room.people.grant_role(SYSTEM, "approver", "PM", "GROUP")
    room.people.add_party(SYSTEM, "night", "ann")
    room.people.add_party_member(SYSTEM, "night", "approver", "ROLE")

    users = room.people.list_users(SYSTEM)
    groups = room.people.list_groups(SYSTEM)
    (role,) = room.people.list_roles(SYSTEM)
    (party,) = room.people.list_parties(SYSTEM)

    assert [(user.name, user.groups, user.roles) for user in users] == [
        ("Bob", (), ()),
        ("ann", ("PM",), ("approver",)),
    ]
    assert [(group.name, group.members) for group in groups] == [("PM", ("ann",))]
    assert (role.name, role.code, role.groups) == ("approver", "R0003", ("PM",))
    assert (party.members, party.lead) == ((("ROLE", "approver"),), "ann")
    assert room.directory.parties_of("ann") == {"night"}
    assert room.directory.members_of("night", "PARTY") == ("ann",)
    assert room.directory.members_of("approver") == ("ann",)
    assert room.directory.members_of("night", "GROUP") == ()


def test_what_was_given_can_be_taken_away(room):
    people = room.people
    people.add_role(SYSTEM, "approver")
    people.grant_role(SYSTEM, "approver", "ann")
    people.add_party(SYSTEM, "night")
    people.add_party_member(SYSTEM, "night", "ann")

    people.revoke_role(SYSTEM, "approver", "ann")
    people.remove_party_member(SYSTEM, "night", "ann")
    people.set_lead(SYSTEM, "night", "ann")
    people.remove_member(SYSTEM, "PM", "ann")
    people.change_user(SYSTEM, "ann", display_name="Ann A.")

    (user,) = people.list_users(SYSTEM)
    assert (user.groups, user.roles, user.display_name) == ((), (), "Ann A.")
    assert room.directory.party("night").lead == "ann"
    people.remove_party(SYSTEM, "night")
    people.remove_role(SYSTEM, "approver")
    people.remove_group(SYSTEM, "PM")
    assert (people.list_groups(SYSTEM), people.list_roles(SYSTEM)) == ((), ())
    assert people.list_parties(SYSTEM) == ()


def test_giving_twice_changes_nothing(room):
    room.people.add_member(SYSTEM, "PM", "ann")

    assert room.directory.members_of("PM") == ("ann",)


def test_what_is_there_already_or_not_there_is_told(room):
    with pytest.raises(Rejected, match="user ann exists already"):
        room.people.add_user(SYSTEM, "ann", "x")
    with pytest.raises(Rejected, match="group PM exists already"):
        room.people.add_group(SYSTEM, "PM")
    with pytest.raises(NotFound, match="there is no group HR"):
        room.people.add_member(SYSTEM, "HR", "ann")
    with pytest.raises(NotFound, match="there is no group HR"):
        room.people.add_user(SYSTEM, "bob", "x", ["HR"])
    with pytest.raises(NotFound, match="there is no user bob"):
        room.people.set_password(SYSTEM, "bob", "x")


@pytest.mark.parametrize("name", ["", " ann", "a,b", "a:b", "a\nb", "a\0b", "x" * 256])
def test_names_that_no_client_could_send_are_refused(room, name):
    with pytest.raises(Invalid):
        room.people.add_user(SYSTEM, name, "x")


def test_nobody_can_be_made_who_signs_in_as_the_system(room):
    with pytest.raises(Rejected):
        room.people.add_user(SYSTEM, "Administrator", "x")
    assert room.people.exists_user("Administrator")
    assert room.people.exists_group("Administrators")


def test_only_administrators_look_at_and_change_people(room):
    for attempt in (
        lambda: room.people.list_users(ANN),
        lambda: room.people.add_user(ANN, "bob", "x"),
        lambda: room.people.set_password(ANN, "ann", "x"),
        lambda: room.people.add_member("ann", "PM", "ann"),
        lambda: room.people.ensure_people(ANN, {"bob": "x"}, {}),
    ):
        with pytest.raises(Denied):
            attempt()


def test_a_refused_change_leaves_nothing(room):
    with pytest.raises(NotFound):
        room.people.add_user(SYSTEM, "bob", "x", ["PM", "HR"])

    assert not room.people.exists_user("bob")
    assert room.directory.members_of("PM") == ("ann",)


def test_passwords_are_not_hashed_in_a_turn(room):
    with pytest.raises(RuntimeError):
        room.executive.run(lambda: room.people.add_user(SYSTEM, "bob", "x"), actor="x")


# -- the first start


def test_the_first_start_makes_an_administrator_with_a_password_told_once(store):
    room = SmallRoom(store)

    password = room.people.ensure_first_administrator()

    assert password is not None
    assert room.people.authenticate("admin", password).is_administrator
    assert room.people.ensure_first_administrator() is None
    assert SmallRoom(store).people.ensure_first_administrator() is None


def test_a_given_first_password_is_used_and_not_told(store):
    room = SmallRoom(store)

    assert room.people.ensure_first_administrator("given") is None

    assert room.people.authenticate("admin", "given").is_administrator


def test_once_anybody_exists_there_is_no_first_start(room):
    assert room.people.ensure_first_administrator("given") is None

    assert not room.people.exists_user("admin")


def test_the_last_administrator_stays(store):
    room = SmallRoom(store)
    room.people.ensure_first_administrator("given")

    for attempt in (
        lambda: room.people.deactivate(SYSTEM, "admin"),
        lambda: room.people.remove_user(SYSTEM, "admin"),
        lambda: room.people.remove_member(SYSTEM, "Administrators", "admin"),
        lambda: room.people.remove_group(SYSTEM, "Administrators"),
    ):
        with pytest.raises(Rejected):
            attempt()

    room.people.add_user(SYSTEM, "ann", "secret", ["Administrators"])
    room.people.remove_user(SYSTEM, "admin")
    assert not room.people.exists_user("admin")


def test_demo_people_are_made_once_and_left_alone_later(store):
    room = SmallRoom(store)
    groups = {"PM": ["john"], "HR": ["mary", "john"]}

    made = room.people.ensure_people(SYSTEM, {"john": "one", "mary": "two"}, groups)
    again = room.people.ensure_people(SYSTEM, {"john": "x", "mary": "y"}, groups)

    assert made == ("john", "mary")
    assert again == ()
    assert room.people.authenticate("john", "one").groups == {"PM", "HR"}


def test_particulars_change_one_by_one(room):
    room.people.change_user(SYSTEM, "ann", language="de-DE", display_name="Ann")
    room.people.change_user(SYSTEM, "ann", display_name="")

    found = room.people.directory.person("ann")
    assert (found.email, found.language, found.display_name) == ("ann@example.org", "de-DE", None)
