"""Snapshots: full ones, and patches that take over what they do not bring."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from procession.engine import Engine
from serving import Served, put_people, serving

from . import models
from .conftest import Oneweb, done


def asking(question: str) -> bytes:
    return models.process(
        "asking",
        "Asking",
        models.START,
        models.user_task("ask", question, groups="clerks"),
        '<callActivity id="call" calledElement="called"/>',
        models.END,
        models.sequence("start", "ask", "call", "end"),
    )


def called(name: str) -> bytes:
    return models.process(
        "called",
        "Called",
        models.START,
        models.user_task("inner", name, groups="clerks"),
        models.END,
        models.sequence("start", "inner", "end"),
    )


@pytest.fixture
def served() -> Iterator[Served]:
    """A full snapshot, then two patches: one file each."""
    with Engine.open("sqlite://") as engine:
        put_people(engine, {"ann": ("clerks",)})
        full = {"asking.bpmn": asking("Ask 1"), "called.bpmn": called("Answer 1")}
        engine.deployments.deploy(engine.admin, "com.acme:App:v.0.1.0", full)
        with serving(engine) as running:
            answers = [
                deploy(running, "v.0.2.0", "v.0.1.0", {"called.bpmn": called("Answer 2")}),
                deploy(running, "v.0.3.0", "v.0.2.0", {"asking.bpmn": asking("Ask 3")}),
            ]
            assert [answer.status_code for answer in answers] == [202, 202]
            yield running


def deploy(served: Served, version: str, base: str, files: dict[str, bytes]) -> httpx2.Response:
    parts = [("file", (name, content, "application/xml")) for name, content in files.items()]
    path = f"/rest/deployment/com.acme:App:{version}/deploy"
    params = {"base": f"com.acme:App:{base}"}
    json = {"Accept": "application/json"}
    return served.client("admin").post(path, params=params, files=parts, headers=json)


def walked(ann: Oneweb, instance: str) -> list[str]:
    """Names of the tasks of an instance as they are completed one by one."""
    found = []
    while tasks := ann.tasks(instance):
        (task,) = tasks
        found.append(task["name"])
        done(ann.post(f"/tasks/{task['id']}/complete"))
    return found


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("v.0.1.0", ["Ask 1", "Answer 1"]),
        ("v.0.2.0", ["Ask 1", "Answer 2"]),
        ("v.0.3.0", ["Ask 3", "Answer 2"]),
        ("", ["Ask 3", "Answer 2"]),
    ],
)
def test_a_patch_takes_over_what_it_does_not_bring(
    ann: Oneweb, version: str, names: list[str]
) -> None:
    assert walked(ann, ann.start("Asking", snapVersion=version)) == names


def test_what_runs_stays_on_its_snapshot(ann: Oneweb, served: Served) -> None:
    instance = ann.start("Asking")
    newer = {"asking.bpmn": asking("Ask 4"), "called.bpmn": called("Answer 4")}
    assert deploy(served, "v.0.4.0", "v.0.3.0", newer).json()["success"]

    assert walked(ann, instance) == ["Ask 3", "Answer 2"]
    assert walked(ann, ann.start("Asking")) == ["Ask 4", "Answer 4"]


def test_a_sub_process_that_a_snapshot_lacks_is_the_latest_of_its_application(
    ann: Oneweb, served: Served
) -> None:
    only = {"asking.bpmn": asking("Ask 5")}
    engine = served.engine
    engine.deployments.deploy(engine.admin, "com.acme:App:v.0.5.0", only)
    other = {"called.bpmn": called("Another application's")}
    engine.deployments.deploy(engine.admin, "com.acme:Other:v.9.0.0", other)

    assert walked(ann, ann.start("Asking")) == ["Ask 5", "Answer 2"]


def test_a_snapshot_is_not_deployed_twice(served: Served) -> None:
    again = deploy(served, "v.0.2.0", "v.0.1.0", {"called.bpmn": called("Other")}).json()

    assert not again["success"]
    assert "already deployed" in again["explanation"]


def test_a_patch_of_nothing_is_refused(served: Served) -> None:
    answer = deploy(served, "v.0.9.0", "v.0.8.0", {"called.bpmn": called("Other")})

    assert answer.status_code == 404
