"""Business objects with declared fields: checked at start and completion, never rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from procession.engine import Engine
from serving import Served, put_people, serving

from . import models
from .conftest import Oneweb, done, refused

EMPLOYEE = models.process(
    "hire",
    "Hire",
    "<extensionElements>"
    '<oneweb:businessObject name="Employee"><oneweb:field name="firstname" type="String"/>'
    '<oneweb:field name="age" type="Integer"/><oneweb:field name="salary" type="Decimal"/>'
    '<oneweb:field name="born" type="Date"/><oneweb:field name="begins" type="Time"/>'
    '<oneweb:businessObject name="Address"><oneweb:field name="houseNo" type="Integer"/>'
    "</oneweb:businessObject></oneweb:businessObject></extensionElements>",
    '<property id="Employee" name="Employee"/>',
    models.START,
    models.user_task("work", "Work", groups="clerks"),
    models.user_task("after", "After", groups="clerks"),
    models.END,
    models.sequence("start", "work", "after", "end"),
)
FITTING: list[dict[str, Any]] = [
    {"firstname": "มาลี 😀", "age": 30, "salary": 12.5, "born": "2000-02-29", "begins": "08:30:00"},
    {"age": "30", "salary": "12.50", "born": 951_782_400_000, "begins": 30_600_000},
    {"age": None, "salary": 12, "born": None, "Address": None},
    {"Address": {"houseNo": 7, "street": "undeclared"}, "nickname": ["undeclared"]},
    {"age": [1, "2", None], "Address": [{"houseNo": 1}, {"houseNo": "2"}]},
]
WRONG: list[Any] = [
    {"firstname": 7},
    {"age": 1.5},
    {"age": "many"},
    {"age": True},
    {"salary": "12,50"},
    {"salary": "NaN"},
    {"born": "29.02.2000"},
    {"born": "2001-02-29"},
    {"begins": "half past eight"},
    {"Address": {"houseNo": "x"}},
    {"Address": "Sukhumvit"},
    {"age": [1, "x"]},
    {"Address": [{"houseNo": 1}, {"houseNo": "x"}]},
    "no object",
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Engine.open("sqlite://") as engine:
        put_people(engine, {"ann": ("clerks",)})
        engine.deployments.deploy(engine.admin, "com.acme:Staff:v1", {"hire.bpmn": EMPLOYEE})
        with serving(engine) as running:
            yield running


@pytest.mark.parametrize("value", FITTING)
def test_what_fits_comes_back_as_it_was_sent(ann: Oneweb, value: dict[str, Any]) -> None:
    task = ann.task("Hire", objects={"Employee": value})

    assert ann.variables(task) == {"Employee": value}


@pytest.mark.parametrize("value", WRONG)
def test_what_does_not_fit_starts_nothing(ann: Oneweb, value: Any) -> None:
    body = {"processName": "Hire", "object": {"Employee": value}}
    before = len(ann.get("/tasks", user="ann").json()["data"])

    refused(ann.post("/process/start", body), 40003)
    refused(ann.post("/process/Hire/start", body["object"]), 40003)

    assert len(ann.get("/tasks", user="ann").json()["data"]) == before


@pytest.mark.parametrize("value", WRONG)
def test_what_does_not_fit_completes_nothing(ann: Oneweb, value: Any) -> None:
    kept = {"firstname": "Kit", "Address": {"houseNo": 7}}
    task = ann.task("Hire", objects={"Employee": kept})

    refused(ann.post(f"/tasks/{task}/complete", {"Employee": value}), 40003)

    assert ann.variables(task) == {"Employee": kept}


def test_objects_inside_are_merged_and_cleared(ann: Oneweb) -> None:
    kept = {"firstname": "Kit", "age": 30, "Address": {"houseNo": 7, "street": "Rama IV"}}
    instance = ann.start("Hire", objects={"Employee": kept})
    (task,) = ann.tasks(instance)

    change = {"Employee": {"age": None, "Address": {"houseNo": "8"}}}
    done(ann.post(f"/tasks/{task['id']}/complete", change))

    (after,) = ann.tasks(instance)
    assert ann.variables(after["id"])["Employee"] == {
        "firstname": "Kit",
        "age": None,
        "Address": {"houseNo": "8", "street": "Rama IV"},
    }
    done(ann.post(f"/tasks/{after['id']}/complete", {"Employee": None}))
