"""How processes go on (check list 104 to 109, 117)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from procession.engine import Engine
from procession.runtime.clock import ManualClock
from serving import Served, put_people, serving

from . import models
from .conftest import Oneweb, done, refused

FILES = {
    "a.bpmn": models.timed("ends", "Ends Late", ends=True),
    "b.bpmn": models.timed("notifies", "Notifies", ends=False),
    "c.bpmn": models.INCLUSIVE,
    "d.bpmn": models.ONE_TASK,
}


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def served(clock: ManualClock) -> Iterator[Served]:
    with Engine.open("sqlite://", clock=clock) as engine:
        put_people(engine, {"ann": ("clerks",)})
        engine.deployments.deploy(engine.admin, "com.acme:Time:v1", FILES)
        with serving(engine) as running:
            yield running


def names(who: Oneweb, instance: str) -> list[str]:
    return sorted(task["name"] for task in who.tasks(instance))


def test_row_105_all_true_links_are_taken_and_the_join_waits_for_them(ann: Oneweb) -> None:
    wants = {"Wants": {"bed": True, "board": False, "boat": True}}
    instance = ann.start("Inclusive", objects=wants)
    assert names(ann, instance) == ["Bed", "Boat"]

    for name, left in (("Bed", ["Boat"]), ("Boat", ["Pay"])):
        (task,) = [task for task in ann.tasks(instance) if task["name"] == name]
        done(ann.post(f"/tasks/{task['id']}/complete"))
        assert names(ann, instance) == left


def test_row_105_if_no_link_is_true_nothing_happens(ann: Oneweb) -> None:
    body = {"processName": "Inclusive", "object": {"Wants": {}}}

    refused(ann.post("/process/start", body), 50002)


def test_row_106_a_task_whose_time_is_up_is_gone(
    ann: Oneweb, served: Served, clock: ManualClock
) -> None:
    instance = ann.start("Ends Late")
    (task,) = ann.tasks(instance)
    assert task["dueDate"] == task["createTime"] + 3_600_000

    clock.advance(timedelta(hours=2))
    served.engine.run_due_jobs()

    assert names(ann, instance) == ["Remind"]
    assert ann.tasks(instance)[0]["createBy"] == "system"
    refused(ann.post(f"/tasks/{task['id']}/complete"), 40903)


def test_row_107_a_timer_that_only_notifies_leaves_the_task(
    ann: Oneweb, served: Served, clock: ManualClock
) -> None:
    instance = ann.start("Notifies")

    for _ in range(2):
        clock.advance(timedelta(hours=2))
        served.engine.run_due_jobs()

    assert names(ann, instance) == ["Remind", "Work"]


def test_row_117_everything_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with Engine.open(url) as engine:
        put_people(engine, {"ann": ("clerks",)})
        engine.deployments.deploy(engine.admin, "com.acme:Time:v1", FILES)
        with serving(engine) as served:
            ann = Oneweb(served, "ann")
            instance = ann.start("One Task", objects={"a": {"b": 1}})
            (task,) = ann.tasks(instance)
            done(ann.post(f"/tasks/{task['id']}/claim"))
            before = ann.tasks(instance)

    with Engine.open(url) as engine, serving(engine) as served:
        ann = Oneweb(served, "ann")
        assert ann.tasks(instance) == before
        assert ann.variables(task["id"]) == {"a": {"b": 1}}
        done(ann.post(f"/tasks/{task['id']}/complete"))
