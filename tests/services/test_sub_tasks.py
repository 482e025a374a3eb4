"""Tasks that people add, and tasks within tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from procession.errors import Invalid, NotFound, NotPermitted
from procession.tasks.ad_hoc import NewTask
from procession.tasks.lifecycle import Candidate
from procession.testing import ManualClock
from procession.values import Map

from .task_house import house


@pytest.fixture
def home():
    with house() as made:
        yield made


def user(name):
    return Candidate("USER", name)


def group(name):
    return Candidate("GROUP", name)


def add(home, by="ann", *owners, **more):
    new = NewTask(**{"name": "Call", "potential_owners": owners or (user(by),), **more})
    return home.tasks.add(home.actor(by), new)


def finish(home, by, task):
    home.tasks.start(home.actor(by), task.id)
    return home.tasks.complete(home.actor(by), task.id)


def status(home, task):
    return home.tasks.get(home.admin, task.id).status


def test_a_task_without_a_process_is_worked_on_like_any_other(home):
    new = NewTask(name="Call", subject="The customer", potential_owners=(group("sales"),))

    task = home.tasks.add(home.actor("mary"), new, Map(phone="123", times=2))

    assert (task.status, task.created_by, task.process_instance_id) == ("Ready", "mary", None)
    assert home.tasks.content(home.actor("ann"), task.id).value == Map(phone="123", times=2)
    assert [t.id for t in home.tasks.work_list(home.actor("ann")).items] == [task.id]
    home.tasks.claim(home.actor("ann"), task.id)
    done = finish(home, "ann", task)
    assert (done.status, done.actual_owner) == ("Completed", "ann")
    types = [event.type for event in home.tasks.events(home.actor("ann"), task.id).items]
    assert types == ["ADDED", "CLAIMED", "STARTED", "COMPLETED"]


def test_people_there_are_not_are_left_out(home):
    alone = add(home, "ann", user("nobody"))
    assert (alone.status, alone.potential_owners) == ("Ready", ())
    reserved = add(home, "ann", user("bob"))
    assert (reserved.status, reserved.actual_owner) == ("Reserved", "bob")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"sub_task_strategy": "Whatever"},
        {"deadlines": {"NotStartedReassign": "soon"}},
        {"deadlines": {"Sometime": "[users:ann]@[1h]"}},
        {"priority": 2**31},
        {"priority": -(2**40)},
        {"expires_at": datetime(2031, 1, 1)},
        {"follow_up_at": datetime(2031, 1, 1)},
        {"expires_at": datetime.fromisoformat("9999-12-31T23:59:59-14:00")},
        {"follow_up_at": datetime.fromisoformat("0001-01-01T00:00:00+14:00")},
    ],
)
def test_what_makes_no_sense_is_refused(home, wrong):
    with pytest.raises(Invalid):
        add(home, **wrong)


def test_an_added_task_has_deadlines_too():
    clock = ManualClock()
    with house(clock) as home:
        task = add(home, deadlines={"NotStartedReassign": "[users:bob]@[1h]"})
        clock.advance(timedelta(hours=1))
        home.engine.run_due_jobs()

        assert home.tasks.get(home.admin, task.id).potential_owners[0].name == "bob"


def test_only_an_administrator_names_another_creator(home):
    assert add(home, created_by="bob").created_by == "ann"
    assert home.tasks.add(home.admin, NewTask(name="x", created_by="bob")).created_by == "bob"


def test_a_task_of_an_instance_is_added_by_who_may_move_it(home):
    instance = home.start("offer", by="mary")

    task = add(home, "mary", process_instance_id=instance)

    assert task.process_instance_id == instance
    with pytest.raises(NotFound):
        add(home, "carl", process_instance_id=instance)


def test_sub_tasks_are_added_by_who_keeps_the_parent(home):
    parent = add(home)
    child = add(home, "ann", user("bob"), parent_id=parent.id)

    assert [t.id for t in home.tasks.sub_tasks(home.actor("ann"), parent.id)] == [child.id]
    assert child.parent_id == parent.id
    with pytest.raises(NotFound):
        add(home, "bob", parent_id=parent.id)
    with pytest.raises(NotFound):
        add(home, "ann", parent_id=999_999)
    shared = add(home, "mary", group("sales"))
    with pytest.raises(NotPermitted):
        add(home, "ann", parent_id=shared.id)


def test_a_parent_of_no_strategy_does_as_it_likes(home):
    parent = add(home)
    child = add(home, parent_id=parent.id)

    assert finish(home, "ann", parent).status == "Completed"
    assert status(home, child) == "Reserved"


@pytest.mark.parametrize("way", ["complete", "fail", "skip", "exit"])
def test_a_parent_ends_with_the_last_of_its_sub_tasks(home, way):
    parent = add(home, sub_task_strategy="EndParentOnAllSubTasksEnd")
    first, last = (add(home, parent_id=parent.id) for _ in range(2))
    home.tasks.start(home.actor("ann"), parent.id)
    with pytest.raises(NotPermitted, match=f"task {first.id} is still Reserved"):
        home.tasks.complete(home.actor("ann"), parent.id)

    finish(home, "ann", first)
    assert status(home, parent) == "InProgress"
    home.tasks.start(home.actor("ann"), last.id)
    by = home.admin if way == "exit" else home.actor("ann")
    getattr(home.tasks, way)(by, last.id)

    assert status(home, parent) == "Completed"
    last_event = home.tasks.events(home.admin, parent.id).items[-1]
    assert (last_event.type, last_event.actor) == ("COMPLETED", "Administrator")


def test_the_process_goes_on_when_its_task_ends_with_its_sub_tasks(home):
    instance = home.start("review")
    parent = home.task_of(instance)
    home.tasks.set_sub_task_strategy(home.actor("ann"), parent.id, "EndParentOnAllSubTasksEnd")
    home.tasks.save_output(home.actor("ann"), parent.id, Map(verdict="good"))
    child = add(home, parent_id=parent.id)

    finish(home, "ann", child)

    assert home.engine.processes.variables(home.admin, instance)["result"] == "good"
    assert home.task_of(instance).name == "Sign"


def test_grandparents_end_too(home):
    strategy = {"sub_task_strategy": "EndParentOnAllSubTasksEnd"}
    top = add(home, **strategy)
    middle = add(home, parent_id=top.id, **strategy)
    leaf = add(home, parent_id=middle.id)

    finish(home, "ann", leaf)

    assert status(home, middle) == status(home, top) == "Completed"


def test_sub_tasks_are_skipped_with_their_parent(home):
    strategy = {"sub_task_strategy": "SkipAllSubTasksOnParentSkip"}
    top = add(home, **strategy)
    middle = add(home, parent_id=top.id, skipable=False, **strategy)
    leaf = add(home, parent_id=middle.id)
    done = add(home, parent_id=top.id)
    finish(home, "ann", done)

    home.tasks.skip(home.actor("ann"), top.id)

    assert status(home, middle) == status(home, leaf) == "Obsolete"
    assert status(home, done) == "Completed"
