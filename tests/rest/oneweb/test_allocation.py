"""Whom a human task is offered to, and what becomes of loops (check list 108 to 115)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from procession.engine import Engine
from procession.errors import InvalidModel
from procession.settings import Settings
from serving import Served, put_people, serving

from . import models
from .conftest import ID, Oneweb, done, open_hotel, refused

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


def greeting(name: str, sequential: str) -> bytes:
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        '<loopDataInputRef>work_guests</loopDataInputRef><inputDataItem id="guest" name="guest"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    greet = (
        '<userTask id="work" name="Greet"><ioSpecification><dataInput id="work_guests"/>'
        '<dataInput id="GroupId" name="GroupId"/><dataInput id="one" name="one"/>'
        "<inputSet><dataInputRefs>work_guests</dataInputRefs><dataInputRefs>GroupId</dataInputRefs>"
        "<dataInputRefs>one</dataInputRefs></inputSet><outputSet/></ioSpecification>"
        "<dataInputAssociation><sourceRef>Guests</sourceRef><targetRef>work_guests</targetRef>"
        "</dataInputAssociation><dataInputAssociation><targetRef>GroupId</targetRef><assignment>"
        "<from>clerks</from><to>GroupId</to></assignment></dataInputAssociation>"
        "<dataInputAssociation><sourceRef>guest</sourceRef><targetRef>one</targetRef>"
        f"</dataInputAssociation>{loop}</userTask>"
    )
    return models.process(
        name.lower().replace(" ", "-"),
        name,
        '<property id="Guests" name="Guests"/>',
        models.START,
        greet,
        models.user_task("after", "After", groups="clerks"),
        models.END,
        models.sequence("start", "work", "after", "end"),
    )


FILES = {
    "all.bpmn": greeting("All At Once", "false"),
    "one.bpmn": greeting("One By One", "true"),
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


def candidates(who: Oneweb, process: str) -> list[str]:
    """Start it; to whom its task is offered."""
    (task,) = who.tasks(who.start(process))
    found: list[str] = task["candidates"]
    return found


@contextmanager
def opened(url: str) -> Iterator[Served]:
    settings = Settings(oneweb_task_extras=True)
    with Engine.open(url, settings=settings) as engine, serving(engine) as running:
        yield running


def test_row_110_round_robin_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with opened(url) as served:
        engine = served.engine
        put_people(engine, dict.fromkeys(("ann", "bob", "kit"), ("clerks",)))
        engine.people.add_party(engine.admin, "Front Desk", None)
        for name in ("kit", "ann", "bob"):
            engine.people.add_party_member(engine.admin, "Front Desk", name)
        engine.deployments.deploy(engine.admin, UNIT, {"p.bpmn": policy("Round Robin")})
        admin = Oneweb(served, "admin")
        assert [candidates(admin, "policy") for _ in range(4)] == [
            ["ann"],
            ["bob"],
            ["kit"],
            ["ann"],
        ]

    with opened(url) as served:
        admin = Oneweb(served, "admin")
        assert [candidates(admin, "policy") for _ in range(2)] == [["bob"], ["kit"]]


def test_row_111_load_balance_picks_who_has_the_fewest_tasks() -> None:
    with opened("sqlite://") as served:
        engine = served.engine
        put_people(engine, dict.fromkeys(("ann", "bob"), ("clerks",)))
        engine.people.add_party(engine.admin, "Front Desk", None)
        for name in ("ann", "bob"):
            engine.people.add_party_member(engine.admin, "Front Desk", name)
        files = {"p.bpmn": policy("Load Balance"), "o.bpmn": models.ONE_TASK}
        engine.deployments.deploy(engine.admin, UNIT, files)
        admin, ann = Oneweb(served, "admin"), Oneweb(served, "ann")
        for _ in range(2):
            done(ann.post(f"/tasks/{ann.task('One Task')}/claim"))

        assert [candidates(admin, "policy") for _ in range(2)] == [["bob"], ["bob"]]
        assert candidates(admin, "policy") == ["ann"], "two each: by name"
        mine = ann.get("/tasks", user="ann").json()["data"]
        for task in mine:
            done(ann.post(f"/tasks/{task['id']}/complete"))
        assert candidates(admin, "policy") == ["ann"]


def test_an_unknown_policy_is_refused(served: Served) -> None:
    engine = served.engine
    with pytest.raises(InvalidModel) as caught:
        engine.deployments.deploy(engine.admin, "com.acme:Later:v1", {"p.bpmn": policy("Oracle")})

    (problem,) = caught.value.problems
    assert "assignment policy 'Oracle'" in str(problem)
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


@pytest.mark.parametrize("process", ["All At Once", "One By One"])
def test_row_114_every_element_of_a_list_has_a_task_with_the_same_parent(
    process: str, ann: Oneweb
) -> None:
    def doing(instance: str, found: set[str]) -> None:
        for task in ann.tasks(instance):
            parents.add(task["parentTaskId"])
            found.add(ann.variables(task["id"])["guest"])
            done(ann.post(f"/tasks/{task['id']}/complete", {"Seen": {"by": "ann"}}))

    loops: list[set[str]] = []
    for guests in (["มาลี", "Sam"], ["Kit"]):
        parents, seen = set[str](), set[str]()
        instance = ann.start(process, objects={"Guests": guests})
        if process == "All At Once":
            assert [task["name"] for task in ann.tasks(instance)] == ["Greet"] * len(guests)
        while ann.tasks(instance)[0]["name"] == "Greet":
            doing(instance, seen)
        assert seen == set(guests)
        loops.append(parents)
        (after,) = ann.tasks(instance)
        assert (after["name"], after["parentTaskId"]) == ("After", None)

    (first,), (second,) = loops
    assert ID.fullmatch(first)
    assert first != second, "each loop is a parent of its own"


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
