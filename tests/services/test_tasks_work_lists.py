"""Work lists in the manner of ONEWEB: claim, unclaim, finish, assign."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.errors import Denied, Invalid, NotFound, NotPermitted, Rejected
from procession.services.paging import PageRequest
from procession.values import Map

from .task_house import House, house


@pytest.fixture
def home() -> Iterator[House]:
    with house() as made:
        yield made


def refusal(action, *arguments, **named) -> str:
    with pytest.raises(Rejected) as refused:
        action(*arguments, **named)
    return refused.value.reason


def names(tasks):
    return [task.name for task in tasks.items]


def test_claiming_again_changes_nothing_and_others_learn_who_has_it(home):
    ann, bob = home.actor("ann"), home.actor("bob")
    task = home.offer()
    claimed = home.tasks.claim(ann, task.id, again_ok=True, activate=True)

    again = home.tasks.claim(ann, task.id, again_ok=True, activate=True)

    assert (again.status, again.version) == ("Reserved", claimed.version)
    assert refusal(home.tasks.claim, bob, task.id, True, True) == "claimed"
    with pytest.raises(NotPermitted):
        home.tasks.claim(home.actor("mary"), home.offer().id, True, True)


def test_a_task_offered_to_nobody_is_opened_claimed_and_given_back(home):
    carl = home.actor("carl")
    task = home.offer("open")

    claimed = home.tasks.claim(carl, task.id, True, True)
    assert (claimed.status, claimed.actual_owner) == ("Reserved", "carl")
    assert claimed.version == task.version + 2
    given = home.tasks.unclaim(carl, task.id)
    assert (given.status, given.actual_owner) == ("Created", None)
    assert refusal(home.tasks.unclaim, carl, task.id) == "not_claimed"


def test_only_the_claimer_or_an_administrator_unclaims(home):
    task = home.offer()
    home.tasks.claim(home.actor("ann"), task.id, True, True)

    assert refusal(home.tasks.unclaim, home.actor("bob"), task.id) == "claimed"
    given = home.tasks.unclaim(home.admin, task.id)
    assert (given.status, given.actual_owner) == ("Ready", None)
    assert [p.name for p in given.potential_owners] == ["sales"]


def test_what_is_over_or_suspended_says_so(home):
    ann = home.actor("ann")
    task, over = home.offer(), home.offer()
    home.tasks.claim(ann, task.id)
    home.tasks.suspend(ann, task.id)
    home.tasks.exit(home.admin, over.id)

    for action in (home.tasks.finish, home.tasks.unclaim):
        assert refusal(action, ann, task.id) == "suspended"
        assert refusal(action, ann, over.id) == "inactive"
    assert refusal(home.tasks.claim, ann, task.id, True) == "suspended"
    assert refusal(home.tasks.variables, ann, over.id) == "inactive"
    assert refusal(home.tasks.assign, home.admin, over.id, ("bob",)) == "inactive"


def test_finishing_claims_starts_and_completes_in_one(home):
    ann = home.actor("ann")
    instance = home.start("booking", Map(RoomObject=Map(roomNo="A-12", nights=2)))
    task = home.task_of(instance)
    assert (task.status, task.lane) == ("Ready", "Front desk")

    done = home.tasks.finish(ann, task.id, Map(RoomObject=Map(nights=None, bed=Map(size="L"))))

    assert (done.status, done.actual_owner) == ("Completed", "ann")
    variables = home.engine.processes.variables(home.admin, instance)
    assert variables["RoomObject"] == Map(roomNo="A-12", nights=None, bed=Map(size="L"))
    assert refusal(home.tasks.finish, ann, task.id) == "inactive"


def test_with_output_mappings_only_mapped_objects_flow_and_the_others_stay(home):
    ann = home.actor("ann")
    start = Map(RoomObject=Map(roomNo="A", bed=Map(size="L")), CustomerInfo=Map(name="Mali"))
    instance = home.start("booking", start)
    home.tasks.finish(ann, home.task_of(instance).id)
    confirm = home.task_of(instance)
    assert confirm.name == "Confirm"

    home.tasks.finish(
        ann, confirm.id, Map(RoomObject=Map(bed=Map(soft=True)), CustomerInfo=Map(name="No"))
    )

    last = home.engine.history.last_variables(home.admin, instance)
    assert "Mali" in last["CustomerInfo"]
    assert "soft" in last["RoomObject"]
    assert "size" in last["RoomObject"]


def test_finishing_with_nothing_changes_no_object(home):
    ann = home.actor("ann")
    instance = home.start("booking", Map(RoomObject=Map(roomNo="A")))
    home.tasks.finish(ann, home.task_of(instance).id)
    before = home.engine.history.last_variables(home.admin, instance)

    home.tasks.finish(ann, home.task_of(instance).id)

    assert home.engine.history.last_variables(home.admin, instance) == before
    assert home.state(instance) == 2


def test_unknown_objects_are_added_where_nothing_is_mapped(home):
    instance = home.start("booking")

    home.tasks.finish(home.actor("ann"), home.task_of(instance).id, Map(Extra=Map(a=1)))

    assert home.engine.processes.variables(home.admin, instance)["Extra"] == Map(a=1)


def test_one_cannot_finish_what_another_has_claimed(home):
    task = home.offer()
    home.tasks.claim(home.actor("bob"), task.id)

    assert refusal(home.tasks.finish, home.actor("ann"), task.id) == "claimed"


def test_a_suspended_instance_cannot_go_on(home):
    instance = home.start("offer")
    task = home.task_of(instance)
    home.engine.processes.suspend(home.admin, instance)

    assert refusal(home.tasks.finish, home.actor("ann"), task.id) == "suspended"
    assert home.tasks.get(home.admin, task.id).status == "Ready"
    assert refusal(home.tasks.assign_instance, home.admin, instance, ("bob",)) == "suspended"


def test_variables_are_those_mapped_into_the_task_or_all(home):
    ann = home.actor("ann")
    start = Map(RoomObject=Map(roomNo="A"), Extra=7)
    instance = home.start("booking", start)
    first = home.task_of(instance)

    assert home.tasks.variables(ann, first.id) == Map(
        RoomObject=Map(roomNo="A"), CustomerInfo=None, Extra=7
    )
    home.tasks.finish(ann, first.id)
    assert home.tasks.variables(ann, home.task_of(instance).id) == Map(RoomObject=Map(roomNo="A"))


def test_assigning_replaces_the_candidates_without_claiming(home):
    task = home.offer("booking")

    assigned = home.tasks.assign(home.admin, task.id, ("bob", "bob"), ("R0003",), ("leads",))

    assert (assigned.status, assigned.actual_owner) == ("Ready", None)
    offered = {(p.kind, p.name) for p in assigned.potential_owners}
    assert offered == {("USER", "bob"), ("ROLE", "approver"), ("GROUP", "leads")}
    assert home.tasks.claim(home.actor("bob"), task.id, True, True).actual_owner == "bob"


def test_a_claim_stays_only_if_the_claimer_is_still_a_candidate(home):
    task = home.offer()
    home.tasks.claim(home.actor("ann"), task.id)

    kept = home.tasks.assign(home.actor("ann"), task.id, (), (), ("sales",))
    assert (kept.actual_owner, kept.owner) == ("ann", None)
    ended = home.tasks.assign(home.actor("ann"), task.id, ("bob",))
    assert (ended.status, ended.actual_owner, ended.owner) == ("Ready", None, "ann")


def test_assigning_takes_some_authority(home):
    task = home.offer("booking", by="mary")

    for somebody in ("mary", "ann"):
        with pytest.raises(NotPermitted):
            home.tasks.assign(home.actor(somebody), task.id, ("bob",))
    with pytest.raises(NotFound):
        home.tasks.assign(home.actor("bob"), task.id, ("bob",))
    lead = home.tasks.assign(home.actor("carl"), task.id, (), (), ("Front desk",))
    assert ("PARTY", "Front desk") in {(p.kind, p.name) for p in lead.potential_owners}
    assert home.tasks.assign(home.actor("robot"), task.id, ("zoe",)).status == "Ready"
    with pytest.raises(Invalid):
        home.tasks.assign(home.admin, task.id)


def test_unknown_users_are_refused_where_users_are_strict():
    with house(strict_users=True) as home:
        task = home.offer()

        with pytest.raises(Invalid, match="zoe"):
            home.tasks.assign(home.admin, task.id, ("ann", "zoe"))


def test_assigning_an_instance_reaches_the_processes_it_called(home):
    instance = home.start("caller")
    (task,) = home.tasks.of_instance(home.admin, instance).items
    assert task.process_instance_id != instance

    assert home.tasks.assign_instance(home.admin, instance, ("carl",)) == 1

    assert [p.name for p in home.task_of(instance).potential_owners] == ["carl"]
    with pytest.raises(NotFound):
        home.tasks.assign_instance(home.admin, 999_999, ("ann",))


def test_an_instance_that_has_ended_has_no_tasks(home):
    instance = home.start("offer")
    home.engine.processes.abort(home.admin, instance)

    assert home.tasks.of_instance(home.admin, instance).items == ()
    assert refusal(home.tasks.assign_instance, home.admin, instance, ("ann",)) == "suspended"


def test_who_started_the_caller_sees_the_tasks_of_what_it_called(home):
    instance = home.start("caller", by="mary")

    assert len(home.tasks.of_instance(home.actor("mary"), instance).items) == 1
    with pytest.raises(NotFound):
        home.tasks.of_instance(home.actor("carl"), instance)


def test_a_work_list_has_what_one_claimed_and_could_claim(home):
    ann = home.actor("ann")
    home.offer("booking")
    mine = home.offer("review")
    taken = home.offer()
    home.tasks.claim(home.actor("bob"), taken.id)
    home.offer("open")
    shared = home.offer()

    lists = home.tasks.work_list
    assert {t.id for t in lists(ann).items} == {mine.id, shared.id, *ids_of(home, "Choose")}
    assert {t.id for t in lists(home.actor("bob"), ("bob",)).items} == {taken.id, shared.id}
    assert [t.id for t in lists(home.admin, (), (), ("sales",)).items] == [shared.id]
    assert names(lists(home.admin, (), ("R0003",))) == ["Choose"]
    assert names(lists(home.admin, (), ("approver",))) == ["Choose"]
    assert names(lists(home.admin, (), (), ("Front desk",))) == ["Choose"]
    assert names(lists(home.admin, (), (), ("R0003",))) == ["Choose"]
    assert names(lists(home.admin, ("zoe",), ("none",), ("none",))) == []


def ids_of(home, name):
    return {t.id for t in home.tasks.query(home.admin, criteria()).items if t.name == name}


def criteria():
    from procession.services.tasks import TaskCriteria

    return TaskCriteria()


def test_lists_of_others_are_not_for_everybody(home):
    ann = home.actor("ann")

    for asked in (("bob",), (), ()), ((), ("approver",), ()), ((), (), ("leads",)):
        with pytest.raises(Denied):
            home.tasks.work_list(ann, *asked)
    home.tasks.work_list(home.actor("carl"), (), ("R0003",), ("leads", "Front desk"))
    home.tasks.work_list(home.actor("sue"), ("ann",), (), ("sales",))


def test_lists_go_by_priority_then_age_and_count_the_whole(home):
    made = [home.offer().id for _ in range(5)]

    page = home.tasks.work_list(home.actor("ann"), ("ann",), page=PageRequest(2, 2))

    assert [t.id for t in page.items] == made[2:4]
    assert page.total == 5
    assert home.tasks.work_list(home.actor("ann"), ("ann",)).total == 5
