"""Whom a human task is offered to, and what is refused until it is served (check list 108 to 115).

Round robin, load balance and multi-instance tasks come later; models that want them are refused
when they are deployed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from procession.errors import InvalidModel
from procession.settings import Settings
from serving import Served, serving

from . import models
from .conftest import Oneweb, done, open_hotel, refused

UNIT = "com.acme:Desk:v1"
CAUGHT = models.process(
    "caught",
    "Caught",
    models.START,
    '<serviceTask id="pay" name="Pay" oneweb:taskName="Failing service"/>',
    '<boundaryEvent id="failed" attachedToRef="pay"><errorEventDefinition/></boundaryEvent>',
    models.user_task("mend", "Mend", groups="clerks"),
    models.END,
    models.sequence("start", "pay", "end"),
    models.sequence("failed", "mend", "end"),
)


def in_lane(id: str, lane: str, task: str) -> bytes:
    return models.process(
        id,
        id,
        f'<laneSet id="lanes"><lane id="lane" name="{lane}"><flowNodeRef>work</flowNodeRef></lane>'
        "</laneSet>",
        models.START,
        task,
        models.END,
        models.sequence("start", "work", "end"),
    )


def policy(name: str) -> bytes:
    task = models.user_task("work", "Work", extra=f' oneweb:allocation="{name}"')
    return in_lane("policy", "Front Desk", task)


FILES = {
    "caught.bpmn": CAUGHT,
    "desk.bpmn": in_lane("At The Desk", "Front Desk", models.user_task("work", "Work")),
    "pull.bpmn": in_lane(
        "Pulled", "Front Desk", models.user_task("work", "Work", extra=' oneweb:allocation="Pull"')
    ),
    "roles.bpmn": in_lane("Approving", "Approvers", models.user_task("work", "Work")),
    "none.bpmn": in_lane("Nowhere", "No Party", models.user_task("work", "Work")),
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with open_hotel(Settings(oneweb_task_extras=True)) as engine, serving(engine) as running:

        @engine.handler("Failing service")
        def fails(item: object) -> None:
            raise RuntimeError("the bank is closed")

        engine.people.add_party(engine.admin, "Approvers", None)
        engine.people.add_party_member(engine.admin, "Approvers", "Booking_Clerk", "ROLE")
        engine.deployments.deploy(engine.admin, UNIT, FILES)
        yield running


def listed(who: Oneweb, task: str) -> bool:
    answer = who.get("/tasks", user=who.user)
    return task in [one["id"] for one in done(answer, answer.json()["totalRecordCount"])]


def test_row_108_an_error_event_catches_a_failing_service(ann: Oneweb) -> None:
    instance = ann.start("Caught")

    assert [task["name"] for task in ann.tasks(instance)] == ["Mend"]


@pytest.mark.parametrize(
    ("row", "name"), [(110, "Round Robin"), (111, "Load Balance"), (111, "Custom")]
)
def test_row_110_and_111_policies_that_are_not_served_are_refused(
    served: Served, row: int, name: str
) -> None:
    engine = served.engine
    with pytest.raises(InvalidModel) as caught:
        engine.deployments.deploy(engine.admin, f"com.acme:Later:v{row}", {"p.bpmn": policy(name)})

    (problem,) = caught.value.problems
    assert f"assignment policy '{name}'" in str(problem)
    assert "work" in str(problem)


@pytest.mark.parametrize("process", ["At The Desk", "Pulled"])
def test_row_112_a_task_goes_to_the_work_party_called_like_its_lane(
    process: str, bob: Oneweb, ann: Oneweb
) -> None:
    task = bob.task(process)

    found = bob.get("/tasks", group="Front Desk").json()["data"]
    assert task in [one["id"] for one in found]
    assert not listed(ann, task)
    refused(ann.post(f"/tasks/{task}/claim"), 40404)


def test_row_112_a_lane_without_a_work_party_makes_an_open_task(ann: Oneweb) -> None:
    task = ann.task("Nowhere")

    assert not listed(ann, task)
    done(ann.post(f"/tasks/{task}/claim"))


def test_row_113_users_and_roles_of_a_work_party_are_offered_the_task(
    bob: Oneweb, carol: Oneweb, robot: Oneweb
) -> None:
    first, second = bob.task("At The Desk"), bob.task("At The Desk")

    for task in (first, second):
        assert listed(bob, task)
        assert listed(carol, task)
    done(bob.post(f"/tasks/{first}/claim"))
    done(carol.post(f"/tasks/{second}/claim"))
    assert not listed(carol, first)
    assert not listed(bob, second)


def test_row_114_multi_instance_tasks_are_refused(served: Served) -> None:
    many = "<multiInstanceLoopCharacteristics/>"
    task = models.user_task("work", "Work").replace("</userTask>", many + "</userTask>")
    files = {"p.bpmn": in_lane("many", "Front Desk", task)}
    engine = served.engine

    with pytest.raises(InvalidModel) as caught:
        engine.deployments.deploy(engine.admin, "com.acme:Many:v1", files)

    assert "multiInstanceLoopCharacteristics is not supported" in str(caught.value.problems[0])


def status(who: Oneweb, instance: str) -> str:
    (task,) = who.tasks(instance)
    word: str = task["status"]
    return word


def test_row_115_status_words(ann: Oneweb, bob: Oneweb, carol: Oneweb, admin: Oneweb) -> None:
    assert status(ann, ann.start("One Task")) == "WAITING", "a group, nobody named"
    assert status(bob, bob.start("Approving")) == "WAITING", "roles only"
    assert status(ann, ann.start("Nowhere")) == "WAITING", "nobody at all"
    assert status(bob, bob.start("At The Desk")) == "ASSIGNED", "a user among the members"
    assert status(ann, ann.start("For Two")) == "ASSIGNED"

    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)
    done(admin.post(f"/tasks/{task['id']}/assign", user="carol"))
    assert status(ann, instance) == "ASSIGNED"
    done(carol.post(f"/tasks/{task['id']}/claim"))
    assert status(ann, instance) == "CLAIM"
    done(carol.post(f"/tasks/{task['id']}/unclaim"))
    assert status(ann, instance) == "ASSIGNED"
