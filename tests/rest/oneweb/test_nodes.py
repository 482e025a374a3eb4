"""Two servers on one PostgreSQL: what is deployed on one, refreshed on one, claimed on both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from procession.engine import Engine
from procession.settings import Settings
from serving import Served, put_people, serving
from tests.runtime.rooms import until

from . import models
from .conftest import ROOT, Oneweb, done

pytestmark = pytest.mark.parametrize(
    "database_kind",
    [pytest.param("postgresql", marks=pytest.mark.postgresql)],
    indirect=True,
)
KEY = "work.Desk.One Task.v1"


def desk(task: str) -> dict[str, bytes]:
    """A process whose one task has a name of its snapshot's."""
    model = models.process(
        "work",
        "One Task",
        models.START,
        models.user_task("do", task, groups="clerks"),
        models.END,
        models.sequence("start", "do", "end"),
    )
    return {"work.bpmn": model}


@pytest.fixture
def nodes(database_url: str) -> Iterator[tuple[Served, Served]]:
    with ExitStack() as stack:
        settings = Settings(database=database_url)
        engines = [stack.enter_context(Engine.open(database_url, settings=settings)) for _ in "12"]
        put_people(engines[0], {"ann": ("clerks",), "bob": ("clerks",)})
        first, second = (stack.enter_context(serving(engine)) for engine in engines)
        yield first, second


def deploy(node: Served, unit: str, task: str) -> None:
    assert node.engine.deployments.deploy(node.engine.admin, unit, desk(task)).success


def started(node: Served) -> str:
    """Start it there; the name of the task says which snapshot runs."""
    ann = Oneweb(node, "ann")
    (task,) = ann.tasks(ann.start("One Task"))
    return str(task["name"])


def loaded(node: Served) -> set[str]:
    return {definition.name for definition in node.engine.room.definitions.loaded()}


def test_what_one_node_deploys_the_other_starts_after_a_refresh(
    nodes: tuple[Served, Served],
) -> None:
    first, second = nodes
    deploy(first, "com.acme:Desk:v1", "Old")
    assert started(second) == "Old"

    deploy(first, "com.acme:Desk:v2", "New")
    assert Oneweb(second, "admin").post("/refreshCache").json()["data"] == "RefreshCache Success"

    assert started(second) == "New"


def test_what_one_node_deploys_the_other_starts_without_being_told(
    nodes: tuple[Served, Served],
) -> None:
    first, second = nodes
    deploy(first, "com.acme:Desk:v1", "Old")
    assert started(second) == "Old"

    deploy(first, "com.acme:Desk:v2", "New")

    until(lambda: started(second) == "New", 5)
    ann = Oneweb(second, "ann")
    old = ann.tasks(ann.start("One Task", snapVersion="v1"))
    assert [task["name"] for task in old] == ["Old"]


def test_running_instances_stay_on_their_snapshot_on_every_node(
    nodes: tuple[Served, Served],
) -> None:
    first, second = nodes
    deploy(first, "com.acme:Desk:v1", "Old")
    ann, there = Oneweb(first, "ann"), Oneweb(second, "ann")
    instance = ann.start("One Task")
    deploy(second, "com.acme:Desk:v2", "New")
    Oneweb(first, "admin").post("/refreshCache")

    (task,) = there.tasks(instance)
    assert (task["name"], task["definitionId"]) == ("Old", KEY)
    done(there.post(f"/tasks/{task['id']}/complete"))
    assert ann.tasks(instance) == []


def test_refreshing_on_one_node_reaches_the_other(nodes: tuple[Served, Served]) -> None:
    first, second = nodes
    deploy(first, "com.acme:Desk:v1", "Old")
    other = {"straight.bpmn": models.STRAIGHT}
    assert first.engine.deployments.deploy(first.engine.admin, "com.acme:More:v1", other).success

    def loads() -> bool:
        for name in ("One Task", "Straight Away"):
            Oneweb(second, "ann").start(name)
        return loaded(second) == {"One Task", "Straight Away"}

    until(loads, 5)
    admin = Oneweb(first, "admin")
    done(admin.post("/classAction", {"fileNames": [KEY], "event": "refresh"}))
    until(lambda: loaded(second) == {"Straight Away"}, 5)

    assert admin.post("/refreshCache").json()["totalRecordCount"] == 2
    until(lambda: not loaded(second), 5)
    assert started(second) == "Old"


def test_of_two_claims_on_two_nodes_one_wins(nodes: tuple[Served, Served]) -> None:
    first, second = nodes
    deploy(first, "com.acme:Desk:v1", "Old")
    ann, bob = Oneweb(first, "ann"), Oneweb(second, "bob")
    for _ in range(10):
        instance = ann.start("One Task")
        (task,) = ann.tasks(instance)

        def claim(who: Oneweb, id: str = task["id"]) -> int:
            code: int = who.http.post(f"{ROOT}/tasks/{id}/claim").json()["code"]
            return code

        with ThreadPoolExecutor(2) as both:
            codes = list(both.map(claim, (ann, bob)))

        assert sorted(codes) == [0, 40901]
        (task,) = bob.tasks(instance)
        assert task["assignee"] == ("ann", "bob")[codes.index(0)]
        assert [ann.tasks(instance)] == [[task]]
