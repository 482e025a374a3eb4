"""Who is offered a task by the policies of work lists."""

from __future__ import annotations

import pytest

from procession.errors import ExecutionFailure, InvalidModel
from procession.services.processes import ProcessRef
from procession.store.repositories.tasks import loads_of
from procession.values import EMPTY, Map

from .task_house import HOTEL, house, human_task, process

UNIT = "acme:policies:1.0"


def chosen_last(choice):
    """A policy of our own."""
    return choice.members("sales", "GROUP")[-1:]


@pytest.fixture
def home():
    with house(policies=(f"last={__name__}:chosen_last",)) as made:
        people = made.engine.people
        people.add_party(made.admin, "Team")
        for name in ("ann", "bob", "carl"):
            people.add_party_member(made.admin, "Team", name)
        yield made


def deploy(home, policy, rows="", lane="Team", inputs=EMPTY, nodes=1):
    extension = f"<oneweb:allocation {policy}>{rows}</oneweb:allocation>"
    tasks = [human_task(f"t{n}", inputs, extension=extension) for n in range(nodes)]
    file = process("policies", *tasks, variables=("amount",), lane=lane, extra=HOTEL)
    done = home.engine.deployments.deploy(home.admin, UNIT, {"p.bpmn2": file})
    assert done.success, done.explanation


def begin(home, **variables):
    ref = ProcessRef(UNIT, "policies")
    made = home.engine.processes.start(home.actor("mary"), ref, Map(variables))
    return home.task_of(made.id)


def offered(task):
    return [one.name for one in task.potential_owners if one.kind != "PARTY"]


def test_users_take_turns_and_the_turn_outlives_the_instance(home):
    deploy(home, 'policy="Round Robin"')

    found = [offered(begin(home)) for _ in range(4)]

    assert found == [["ann"], ["bob"], ["carl"], ["ann"]]
    assert begin(home).status == "Ready"


def test_each_node_has_a_turn_of_its_own(home):
    deploy(home, 'policy="roundRobin"', nodes=2)
    task = begin(home)
    home.tasks.finish(home.actor("ann"), task.id)

    assert offered(home.task_of(task.process_instance_id)) == ["ann"]


def test_the_excluded_lose_their_turn(home):
    deploy(home, 'policy="roundRobin"', inputs=Map(ExcludedOwnerId="ann"))

    assert [offered(begin(home)) for _ in range(3)] == [["bob"], ["carl"], ["bob"]]


def test_a_party_may_be_named_beside_the_lane(home):
    deploy(home, 'policy="roundRobin" workParty="Team"', lane="Front desk")

    assert offered(begin(home)) == ["ann"]


def test_nobody_to_choose_from_makes_an_open_task(home):
    deploy(home, 'policy="loadBalance" workParty="Nobody"')

    assert begin(home).status == "Created"


def test_who_has_the_least_to_do_is_next(home):
    deploy(home, 'policy="Load Balance"')
    busy = home.offer()
    home.tasks.claim(home.actor("ann"), busy.id)
    home.offer()

    first, second, third = (begin(home) for _ in range(3))
    assert [offered(t) for t in (first, second, third)] == [["bob"], ["carl"], ["ann"]]

    home.tasks.finish(home.actor("carl"), second.id)
    assert offered(begin(home)) == ["carl"]


ROWS = (
    '<oneweb:row condition="#{amount &gt; 100}" type="workParty" assignee="Front desk"/>'
    '<oneweb:row condition="#{amount &gt; 10}" type="role" assignee="approver" match="any"/>'
    '<oneweb:row condition="#{amount &gt; 5}" type="group" assignee="sales" match="any"'
    ' sort="load"/><oneweb:row assignee="mary, sue"/>'
)


@pytest.mark.parametrize(
    ("amount", "who"),
    [(500, ["ann", "approver"]), (50, ["carl"]), (7, ["ann"]), (1, ["mary", "sue"])],
)
def test_the_first_row_that_holds_decides(home, amount, who):
    deploy(home, 'policy="routing"', ROWS)

    assert sorted(offered(begin(home, amount=amount))) == who


def test_a_condition_that_cannot_be_worked_out_stops_the_turn(home):
    deploy(home, 'policy="routing"', ROWS.replace("amount &gt; 100", "nothing &gt; 100"))

    with pytest.raises(ExecutionFailure, match="cannot be worked out"):
        begin(home, amount=1)


def test_an_own_function_decides(home):
    deploy(home, 'policy="custom" name="last"')

    assert offered(begin(home)) == ["bob"]


def test_an_own_function_nobody_has_registered_stops_the_turn(home):
    deploy(home, 'policy="custom" name="other"')

    with pytest.raises(ExecutionFailure, match="registered: last"):
        begin(home)


def test_an_advanced_row_works_out_who_it_names(home):
    rows = '<oneweb:row type="advance" assignee="#{amount}"/>'
    deploy(home, 'policy="routing"', rows)

    assert sorted(offered(begin(home, amount="carl, sales"))) == ["carl", "sales"]
    assert sorted(offered(begin(home, amount=("Team",)))) == ["ann", "bob", "carl"]
    assert [one.kind for one in begin(home, amount="approver").potential_owners] == ["ROLE"]


def test_the_policy_multi_instance_offers_every_round_to_the_party(home):
    marker = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    task = human_task("t", extension='<oneweb:allocation policy="Multi Instance"/>')
    drawn = task.replace("</userTask>", marker + "</userTask>")
    file = process("policies", drawn, lane="Team", extra=HOTEL)
    home.engine.deployments.deploy(home.admin, UNIT, {"p.bpmn2": file})
    made = home.engine.processes.start(home.actor("mary"), ProcessRef(UNIT, "policies"))
    tasks = home.tasks.of_instance(home.admin, made.id).items
    assert [sorted(offered(one)) for one in tasks] == [["ann", "bob", "carl"]] * 3

    plain = process("policies", task, lane="Team", extra=HOTEL)
    with pytest.raises(InvalidModel, match="multi instance without that marker"):
        home.engine.deployments.deploy(home.admin, "acme:plain:1.0", {"p.bpmn2": plain})


def test_tasks_that_are_over_are_no_longer_counted_nor_looked_at(home):
    task, ann = home.offer("review"), home.actor("ann")
    with home.engine.room.store.read() as reader:
        assert all(row[-1] for row in reader.hot("people", ((task.id,),)))
        assert loads_of(reader, ["ann", "bob"]) == {"ann": 1}
    home.tasks.start(ann, task.id)
    home.tasks.complete(ann, task.id)

    with home.engine.room.store.read() as reader:
        assert {row[-1] for row in reader.hot("people", ((task.id,),))} == {0}
        assert loads_of(reader, ["ann", "bob"]) == {}
