"""Working on tasks: what moves, what is refused, and what the process sees of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from procession.errors import ExecutionFailure, Invalid, NotFound, NotPermitted
from procession.values import Map

from .task_house import House, house


@pytest.fixture
def home() -> Iterator[House]:
    with house() as made:
        yield made


def test_a_task_is_claimed_started_and_completed_and_the_process_goes_on(home):
    ann = home.actor("ann")
    instance = home.start("review", Map(paper="P1"))
    task = home.task_of(instance)
    assert (task.name, task.form_name, task.status) == ("Review", "Form", "Reserved")

    home.tasks.start(ann, task.id)
    done = home.tasks.complete(ann, task.id, Map(verdict="fine"))

    assert (done.status, done.previous_status) == ("Completed", "InProgress")
    assert home.engine.processes.variables(home.admin, instance)["result"] == "fine"
    following = home.task_of(instance)
    assert (following.name, following.subject, following.status) == ("Sign", "Sign", "Ready")
    assert following.caused_by == "ann"
    assert following.id > done.id > instance


def test_the_output_document_is_kept_and_can_be_read(home):
    ann = home.actor("ann")
    task = home.offer("review")
    home.tasks.start(ann, task.id)

    done = home.tasks.complete(ann, task.id, Map(verdict=["a", 1]))

    document = home.tasks.content_by_id(ann, done.output_content_id)
    assert (document.kind, document.value) == ("output", Map(verdict=("a", 1)))
    assert home.tasks.content(ann, task.id).value["TaskName"] == "Form"
    assert "@node" not in home.tasks.content(ann, task.id).value


def test_the_process_learns_who_did_it(home):
    bob = home.actor("bob")
    instance = home.start("shared")
    task = home.task_of(instance)
    home.tasks.claim(bob, task.id)
    home.tasks.start(bob, task.id)
    home.tasks.complete(bob, task.id)

    following = home.task_of(instance)

    assert (following.status, following.actual_owner) == ("Reserved", "bob")
    content = home.tasks.content(bob, following.id).value
    assert content["SwimlaneActorId"] == "bob"


def test_only_one_of_two_gets_the_task(home):
    task = home.offer()
    home.tasks.claim(home.actor("ann"), task.id)

    with pytest.raises(NotPermitted, match="ann"):
        home.tasks.claim(home.actor("bob"), task.id)
    with pytest.raises(NotPermitted, match="no 'current status' match"):
        home.tasks.claim(home.actor("ann"), task.id)


@pytest.mark.parametrize("way", ["fail", "skip"])
def test_a_task_given_up_lets_the_process_go_on_without_results(home, way):
    ann = home.actor("ann")
    instance = home.start("review", Map(paper="P1", result="old"))
    task = home.task_of(instance)
    home.tasks.start(ann, task.id)

    if way == "fail":
        over = home.tasks.fail(ann, task.id, Map(faultName="late", faultType="x", why="rain"))
        assert (over.status, over.fault_name, over.fault_type) == ("Failed", "late", "x")
        assert home.tasks.content_by_id(ann, over.fault_content_id).kind == "fault"
    else:
        assert home.tasks.skip(ann, task.id).status == "Obsolete"

    assert home.task_of(instance).name == "Sign"
    assert home.engine.processes.variables(home.admin, instance)["result"] == "old"


def test_an_exited_task_leaves_the_process_waiting(home):
    instance = home.start("offer")
    task = home.task_of(instance)

    assert home.tasks.exit(home.admin, task.id).status == "Exited"
    assert home.state(instance) == 1

    home.engine.work_items.complete(home.admin, task.work_item_id)
    assert home.state(instance) == 2
    assert home.tasks.get(home.admin, task.id).status == "Exited"


def test_completing_the_work_item_past_the_task_exits_it(home):
    instance = home.start("offer")
    task = home.task_of(instance)

    home.engine.work_items.complete(home.admin, task.work_item_id)

    assert home.state(instance) == 2
    assert home.tasks.get(home.admin, task.id).status == "Exited"


def test_aborting_the_process_exits_its_tasks(home):
    instance = home.start("offer")
    task = home.task_of(instance)

    home.engine.processes.abort(home.admin, instance)

    assert home.tasks.get(home.admin, task.id).status == "Exited"
    assert home.tasks.of_instance(home.admin, instance).items == ()


def test_when_the_process_cannot_go_on_the_task_is_as_it_was(home):
    ann = home.actor("ann")
    task = home.offer("fails")
    home.tasks.start(ann, task.id)

    with pytest.raises(ExecutionFailure):
        home.tasks.complete(ann, task.id, Map(a=1))

    again = home.tasks.get(ann, task.id)
    assert (again.status, again.output_content_id) == ("InProgress", None)


def test_stop_release_suspend_and_resume(home):
    ann = home.actor("ann")
    task = home.offer()

    assert home.tasks.start(ann, task.id).status == "InProgress"
    assert home.tasks.stop(ann, task.id).status == "Reserved"
    assert home.tasks.suspend(ann, task.id).status == "Suspended"
    resumed = home.tasks.resume(ann, task.id)
    assert (resumed.status, resumed.actual_owner) == ("Reserved", "ann")
    released = home.tasks.release(ann, task.id)
    assert (released.status, released.actual_owner) == ("Ready", None)
    assert released.version == task.version + 5


def test_delegate_to_users_and_groups_that_exist(home):
    ann = home.actor("ann")
    task = home.offer()

    delegated = home.tasks.delegate(ann, task.id, "carl")
    assert (delegated.status, delegated.actual_owner) == ("Reserved", "carl")
    offered = home.tasks.delegate(home.actor("carl"), task.id, "leads")
    assert (offered.status, offered.actual_owner) == ("Ready", None)
    assert {p.name for p in offered.potential_owners} == {"sales", "carl", "leads"}
    with pytest.raises(Invalid, match="zoe"):
        home.tasks.delegate(ann, task.id, "zoe")


def test_forward_takes_oneself_off_the_list(home):
    ann = home.actor("ann")
    task = home.offer("review")

    forwarded = home.tasks.forward(ann, task.id, "leads")

    assert forwarded.status == "Ready"
    assert [(p.kind, p.name) for p in forwarded.potential_owners] == [("GROUP", "leads")]


def test_nominate_drops_unknown_names_and_may_change_nothing(home):
    task = home.offer("open")
    assert task.status == "Created"

    same = home.tasks.nominate(home.admin, task.id, ("zoe",), ("pirates",))
    assert (same.status, same.version) == ("Created", task.version)
    named = home.tasks.nominate(home.admin, task.id, ("ann", "zoe"), ())
    assert (named.status, named.actual_owner) == ("Reserved", "ann")
    with pytest.raises(Invalid):
        home.tasks.nominate(home.admin, task.id)
    with pytest.raises(NotPermitted):
        home.tasks.nominate(home.actor("ann"), task.id, ("bob",))


def test_claim_next_takes_the_newest_named_personally_then_groups(home):
    bob = home.actor("bob")
    older, newer = home.offer(), home.offer()
    personal = home.offer("open")
    home.tasks.nominate(home.admin, personal.id, ("ann", "bob"))
    home.offer("review")

    taken = [home.tasks.claim_next(bob) for _ in range(4)]

    assert [t and t.id for t in taken] == [personal.id, newer.id, older.id, None]
    assert all(t.actual_owner == "bob" for t in taken if t)


def test_what_one_may_not_see_does_not_exist(home):
    task = home.offer(by="ann")
    mary = home.actor("mary")

    for attempt in (
        home.tasks.get,
        home.tasks.claim,
        home.tasks.content,
        home.tasks.unclaim,
        home.tasks.exit,
    ):
        with pytest.raises(NotFound) as hidden:
            attempt(mary, task.id)
        with pytest.raises(NotFound) as absent:
            attempt(mary, 999_999)
        assert hidden.value.message.replace(str(task.id), "999999") == absent.value.message


def test_who_started_the_process_sees_its_tasks_but_may_not_take_them(home):
    task = home.offer(by="mary")

    assert home.tasks.get(home.actor("mary"), task.id).id == task.id
    with pytest.raises(NotPermitted):
        home.tasks.claim(home.actor("mary"), task.id)
    assert home.tasks.get(home.actor("sue"), task.id).id == task.id


def test_in_compat_mode_everybody_sees_but_the_table_still_holds():
    with house(access_mode="compat") as home:
        task = home.offer(by="ann")
        mary = home.actor("mary")

        assert home.tasks.get(mary, task.id).id == task.id
        with pytest.raises(NotPermitted):
            home.tasks.claim(mary, task.id)


def test_acting_for_somebody_is_remembered(home):
    task = home.offer()
    ann = home.actor("ann")
    robot = msgspec.structs.replace(home.actor("robot"), on_behalf_of="ann", groups=ann.groups)

    claimed = home.tasks.claim(robot, task.id)

    assert claimed.actual_owner == "ann"
