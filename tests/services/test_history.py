"""Questions to the audit, over hand-made rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from procession.errors import Denied, NotFound
from procession.identity.model import SYSTEM, Actor
from procession.services.paging import PageRequest
from procession.store.rows import NodeLogRow, VariableLogRow

from .small_room import SmallRoom, living_row, process_row

ANN, BOB = Actor("ann"), Actor("bob")
AT = 1_800_000_000_000


def node(instance: int, node_id: str, type: int = 0, number: int = 0) -> NodeLogRow:
    return NodeLogRow(
        None,
        instance,
        instance,
        "hiring",
        "org.acme:hr:1.0",
        AT,
        type,
        number,
        node_id,
        node_id.title(),
        "ActionNode",
        None,
        None,
    )


def variable(
    instance: int, name: str, value: str, old: str = "", scope: str = ""
) -> VariableLogRow:
    return VariableLogRow(
        None,
        instance,
        instance,
        "hiring",
        "org.acme:hr:1.0",
        AT,
        f"3:{name}" if scope else name,
        f"{scope}:{name}" if scope else name,
        value,
        old,
    )


@pytest.fixture
def room(store) -> SmallRoom:
    """1: ended, of ann; 2: running, of ann; 3: running, of bob, called by 2; 4: other process."""
    room = SmallRoom(store)
    called, running = process_row(3, identity="bob", parent_id=2), process_row(2)
    room.write(
        process_row(1, ended_at=AT + 5000, status=2, duration=5000, outcome="done"),
        called,
        running,
        living_row(called),
        living_row(running),
        process_row(4, process_id="firing", status=3, ended_at=AT),
        node(1, "start"),
        node(1, "start", 1),
        node(1, "end", 0, 1),
        node(3, "start"),
        variable(1, "name", "Ann"),
        variable(1, "age", "30"),
        variable(1, "name", "Bob", "Ann"),
        variable(1, "name", "inner", "", "sub"),
        variable(2, "name", "Ann"),
        variable(3, "name", "Ann"),
    )
    return room


def ids(page) -> list[int]:
    return [log.process_instance_id for log in page.items]


def test_all_instances_sorted_by_deployment_process_and_number(room):
    assert ids(room.history.instances(SYSTEM)) == [4, 1, 2, 3]
    assert ids(room.history.instances(SYSTEM, active=True)) == [2, 3]


def test_one_instance_with_everything_that_is_known_of_it(room):
    log = room.history.instance(SYSTEM, 1)

    assert (log.process_id, log.process_name, log.process_version) == ("hiring", "Hiring", "1.0")
    assert log.start == datetime.fromtimestamp(AT / 1000, UTC)
    assert log.end == log.start + timedelta(seconds=5)
    assert (log.status, log.duration, log.outcome, log.identity) == (2, 5000, "done", "ann")
    assert (log.uuid, log.deployment_id) == ("uuid-1", "org.acme:hr:1.0")
    assert log.parent_process_instance_id is None


def test_an_instance_that_is_unknown_and_one_that_is_hidden_are_told_alike(room):
    with pytest.raises(NotFound) as unknown:
        room.history.instance(BOB, 99)
    with pytest.raises(NotFound) as hidden:
        room.history.instance(BOB, 1)

    assert unknown.value.message.replace("99", "1") == hidden.value.message
    assert room.history.nodes(BOB, 1) == room.history.nodes(BOB, 99)
    assert room.history.variables(BOB, 1) == room.history.variables(BOB, 99)
    assert room.history.last_variables(BOB, 1) == room.history.last_variables(BOB, 99) == {}


def test_children_are_the_instances_called(room):
    assert ids(room.history.children(SYSTEM, 2)) == [3]
    assert ids(room.history.children(SYSTEM, 1)) == []
    assert ids(room.history.children(ANN, 2)) == []


@pytest.mark.parametrize(
    ("status", "expected"), [(None, [1, 2, 3]), (1, [2, 3]), (2, [1]), (3, []), (0, [])]
)
def test_instances_of_a_process_by_status(room, status, expected):
    assert ids(room.history.by_process(SYSTEM, "hiring", status)) == expected


def test_nodes_of_an_instance(room):
    logs = room.history.nodes(SYSTEM, 1).items

    assert [(log.node_id, log.type, log.node_instance_id) for log in logs] == [
        ("start", 0, "0"),
        ("start", 1, "0"),
        ("end", 0, "1"),
    ]
    assert [log.node_name for log in room.history.nodes(SYSTEM, 1, "end").items] == ["End"]
    assert room.history.nodes(SYSTEM, 1, "other").items == ()


def test_variables_of_an_instance_with_every_change(room):
    logs = room.history.variables(SYSTEM, 1).items
    named = room.history.variables(SYSTEM, 1, "name").items

    assert [log.value for log in logs] == ["Ann", "30", "Bob", "inner"]
    assert [(log.value, log.old_value) for log in named] == [("Ann", ""), ("Bob", "Ann")]


def test_a_variable_over_all_instances(room):
    assert ids(room.history.by_variable(SYSTEM, "name")) == [1, 1, 2, 3]
    assert ids(room.history.by_variable(SYSTEM, "name", "Ann")) == [1, 2, 3]
    assert ids(room.history.by_variable(SYSTEM, "name", "Ann", active=True)) == [2, 3]
    assert ids(room.history.by_variable(SYSTEM, "name", "An")) == []
    assert ids(room.history.by_variable(ANN, "name")) == [1, 1, 2]


def test_instances_by_variable_repeat_for_each_row_found(room):
    assert ids(room.history.instances_by_variable(SYSTEM, "name")) == [1, 1, 2, 3]
    assert ids(room.history.instances_by_variable(SYSTEM, "name", "Ann")) == [1, 2, 3]
    assert ids(room.history.instances_by_variable(SYSTEM, "name", active=True)) == [2, 3]
    assert ids(room.history.instances_by_variable(BOB, "name")) == [3]


def test_the_last_value_of_each_process_variable(room):
    last = room.history.last_variables(SYSTEM, 1)

    assert dict(last) == {"age": "30", "name": "Bob"}


def test_pages_are_cut_by_the_database_and_repeat_what_was_asked(room):
    def page(number: int, size: int):
        return room.history.instances(SYSTEM, page=PageRequest(number, size))

    first, second, beyond = page(1, 3), page(2, 3), page(3, 3)

    assert (ids(first), ids(second), ids(beyond)) == ([4, 1, 2], [3], [])
    assert (second.number, second.size) == (2, 3)
    assert ids(room.history.instances_by_variable(SYSTEM, "name", page=PageRequest(2, 3))) == [3]
    assert len(room.history.nodes(SYSTEM, 1, page=PageRequest(1, 2)).items) == 2
    assert len(room.history.variables(SYSTEM, 1, page=PageRequest(2, 3)).items) == 1


def test_lists_show_only_what_one_takes_part_in(room):
    assert ids(room.history.instances(ANN)) == [4, 1, 2]
    assert ids(room.history.instances(BOB)) == [3]
    assert ids(room.history.by_process(BOB, "hiring")) == [3]
    assert ids(room.history.instances(Actor("eve"))) == []


def test_in_compat_mode_everybody_sees_everything(store):
    room = SmallRoom(store, access_mode="compat")
    room.write(process_row(1), node(1, "start"))

    assert ids(room.history.instances(BOB)) == [1]
    assert len(room.history.nodes(BOB, 1).items) == 1


def test_clear_forgets_what_has_ended(room):
    room.history.clear(SYSTEM)

    assert ids(room.history.instances(SYSTEM)) == [2, 3]
    assert room.history.nodes(SYSTEM, 1).items == ()
    assert room.history.variables(SYSTEM, 1).items == ()
    assert ids(room.history.by_variable(SYSTEM, "name")) == [2, 3]
    assert len(room.history.nodes(SYSTEM, 3).items) == 1


def test_clear_may_forget_everything_as_the_first_version_did(room):
    room.history.clear(SYSTEM, everything=True)

    assert ids(room.history.instances(SYSTEM)) == []
    assert room.history.nodes(SYSTEM, 3).items == ()


@pytest.mark.parametrize("everything", [False, True])
def test_clear_goes_in_portions_and_each_is_a_turn(room, monkeypatch, everything):
    monkeypatch.setattr("procession.services.history.PORTION", 1)
    turns = []
    run = room.executive.run
    monkeypatch.setattr(
        room.executive, "run", lambda work, **given: _noted(turns, run, work, given)
    )

    room.history.clear(SYSTEM, everything=everything)

    assert len(turns) == (6 if everything else 3)
    assert ids(room.history.instances(SYSTEM)) == ([] if everything else [2, 3])


def _noted(turns, run, work, given):
    turns.append(run(work, **given))
    return turns[-1]


def test_only_administrators_clear(room):
    with pytest.raises(Denied):
        room.history.clear(ANN)

    assert len(ids(room.history.instances(SYSTEM))) == 4


def test_a_user_may_be_named_instead_of_an_actor(room):
    room.people.add_user(SYSTEM, "bob")
    room.clock.advance(1)

    assert ids(room.history.instances("bob")) == [3]
