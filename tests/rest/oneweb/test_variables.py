"""Business objects of a task (check list 78 to 81)."""

from __future__ import annotations

from .conftest import ROOT, Oneweb, done, refused


def test_row_078_post_answers_an_object_keyed_by_name(ann: Oneweb) -> None:
    objects = {"RoomObject": {"roomNo": "A-12", "nights": 2}}
    task = ann.task("One Task", objects=objects)

    assert done(ann.post(f"/tasks/{task}/variables")) == objects


def test_row_079_values_come_back_as_they_were_written(ann: Oneweb) -> None:
    value = {
        "text": "A",
        "digits": "007",
        "whole": 3,
        "big": 9_007_199_254_740_993,
        "bigger": 123_456_789_012_345_678_901_234_567_890,
        "decimal": 2.5,
        "yes": True,
        "nothing": None,
        "date": "2024-02-29",
        "time": "10:15:00",
        "moment": 1_710_000_000_000,
        "list": [1, "two", [3.5, None], {"four": []}],
        "empty": {},
    }

    task = ann.task("One Task", objects={"Everything": value})

    assert ann.variables(task) == {"Everything": value}


def test_row_080_the_body_is_ignored_and_get_does_the_same(ann: Oneweb) -> None:
    task = ann.task("One Task", objects={"a": {"b": 1}})

    done(ann.http.post(f"{ROOT}/tasks/{task}/variables", json={"a": {"b": 2}}))

    assert done(ann.get(f"/tasks/{task}/variables")) == {"a": {"b": 1}}


def test_row_081_input_mappings_limit_what_is_seen(ann: Oneweb) -> None:
    objects = {"RoomObject": {"roomNo": "A-12"}, "CustomerInfo": {}, "Hidden": {"x": 1}}
    (task,) = ann.tasks(ann.start("Booking Room", objects=objects))

    assert set(ann.variables(task["id"])) == {"RoomObject", "CustomerInfo"}


def test_unknown_and_finished_tasks_have_no_objects(ann: Oneweb) -> None:
    task = ann.task("One Task")
    done(ann.post(f"/tasks/{task}/complete"))

    refused(ann.post(f"/tasks/{task}/variables"), 40903)
    refused(ann.post("/tasks/1/variables"), 40404)
    assert ann.post("/tasks/1/variables").json()["data"] == {}
