"""Finishing tasks (check list 50 to 59)."""

from __future__ import annotations

import pytest

from .conftest import ROOT, Oneweb, done, refused


def test_row_050_completing_moves_on(ann: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)

    assert done(ann.post(f"/tasks/{task['id']}/complete")) == ""

    assert ann.tasks(instance) == []


def test_row_058_the_submitted_data_drive_the_gateway(ann: Oneweb) -> None:
    for kind, name in (("high", "High"), ("low", "Low")):
        instance = ann.start("Choice")
        (task,) = ann.tasks(instance)

        assert done(ann.post(f"/tasks/{task['id']}/complete", {"Answer": {"kind": kind}})) == ""

        assert [task["name"] for task in ann.tasks(instance)] == [name]


def test_row_051_the_body_holds_objects_by_name(ann: Oneweb) -> None:
    instance = ann.start("Choice", objects={"Guest": {"name": "Mali"}})
    (task,) = ann.tasks(instance)

    body = {"Answer": {"kind": "low"}, "Guest": {"phone": "1"}}
    done(ann.post(f"/tasks/{task['id']}/complete", body))

    (task,) = ann.tasks(instance)
    expected = {"Answer": {"kind": "low"}, "Guest": {"name": "Mali", "phone": "1"}}
    assert ann.variables(task["id"]) == expected


def test_row_052_null_clears_and_what_is_missing_stays(ann: Oneweb) -> None:
    before = {"Answer": {"kind": "x", "keep": 1, "gone": 2, "list": [1, 2], "in": {"a": 1, "b": 2}}}
    change = {"Answer": {"kind": "low", "gone": None, "list": [3], "in": {"b": 3}}, "New": {"n": 1}}
    instance = ann.start("Choice", objects=before)
    (task,) = ann.tasks(instance)

    done(ann.post(f"/tasks/{task['id']}/complete", change))

    (task,) = ann.tasks(instance)
    assert ann.variables(task["id"]) == {
        "Answer": {
            "kind": "low",
            "keep": 1,
            "gone": None,
            "list": [3],
            "in": {"a": 1, "b": 3},
        },
        "New": {"n": 1},
    }


@pytest.mark.parametrize("body", [b"", b"{}", b"  "])
def test_row_053_an_empty_body_changes_nothing(ann: Oneweb, body: bytes) -> None:
    task = ann.task("One Task", objects={"a": 1})

    done(ann.http.post(f"{ROOT}/tasks/{task}/complete", content=body))


@pytest.mark.parametrize("body", [b"[]", b"1", b"nonsense"])
def test_a_body_that_is_no_object_is_refused(ann: Oneweb, body: bytes) -> None:
    task = ann.task("One Task")

    refused(ann.http.post(f"{ROOT}/tasks/{task}/complete", content=body), 40002)


def test_row_054_claiming_first_is_not_needed(ann: Oneweb, bob: Oneweb, admin: Oneweb) -> None:
    task = ann.task("One Task")

    done(bob.post(f"/tasks/{task}/complete", user="bob"))

    number = task.partition("-")[0]
    json = {"Accept": "application/json"}
    assert '"bob"' in admin.http.get(f"/rest/task/{number}", headers=json).text


def test_row_055_anothers_and_finished_tasks_are_refused(ann: Oneweb, bob: Oneweb) -> None:
    task = ann.task("One Task")
    done(ann.post(f"/tasks/{task}/claim"))

    refused(bob.post(f"/tasks/{task}/complete"), 40901)
    done(ann.post(f"/tasks/{task}/complete"))
    refused(ann.post(f"/tasks/{task}/complete"), 40903)


def test_row_056_wrong_types_leave_the_task_as_it_was(ann: Oneweb) -> None:
    instance = ann.start("Typed", objects={"Count": 1})
    (task,) = ann.tasks(instance)

    refused(ann.post(f"/tasks/{task['id']}/complete", {"Count": "many"}), 40003)

    assert ann.tasks(instance) == [task]
    assert ann.variables(task["id"])["Count"] == 1


def test_row_056_fields_of_business_objects_are_checked_too(ann: Oneweb, admin: Oneweb) -> None:
    instance = ann.start("Booking Room", objects={"RoomObject": {"roomNo": "A-12", "nights": 2}})
    (task,) = ann.tasks(instance)
    done(admin.post(f"/tasks/{task['id']}/assign", user="ann"))

    body = {"RoomObject": {"nights": "many"}}
    refused(ann.post(f"/tasks/{task['id']}/complete", body), 40003)

    assert [left["id"] for left in ann.tasks(instance)] == [task["id"]]
    assert ann.variables(task["id"])["RoomObject"]["nights"] == 2
    done(ann.post(f"/tasks/{task['id']}/complete", {"RoomObject": {"nights": "3"}}))


def test_row_057_a_failing_next_node_undoes_everything(ann: Oneweb) -> None:
    instance = ann.start("Choice", objects={"Answer": {"kind": "?"}})
    (task,) = ann.tasks(instance)
    done(ann.post(f"/tasks/{task['id']}/claim"))
    (task,) = ann.tasks(instance)

    refused(ann.post(f"/tasks/{task['id']}/complete", {"Answer": {"kind": "neither"}}), 50002)

    assert ann.tasks(instance) == [task]
    assert ann.variables(task["id"])["Answer"] == {"kind": "?"}


def test_row_059_output_mappings_limit_what_reaches_the_process(ann: Oneweb, admin: Oneweb) -> None:
    room, guest = {"roomNo": "A-12", "nights": 2}, {"firstname": "Mali"}
    instance = ann.start("Booking Room", objects={"RoomObject": room, "CustomerInfo": guest})
    (task,) = ann.tasks(instance)
    done(admin.post(f"/tasks/{task['id']}/assign", user="ann"))

    body = {"RoomObject": {"status": "free"}, "CustomerInfo": {"firstname": "Changed"}}
    done(ann.post(f"/tasks/{task['id']}/complete", body))

    (task,) = ann.tasks(instance)
    assert ann.variables(task["id"])["CustomerInfo"] == guest
    assert ann.variables(task["id"])["RoomObject"]["status"] == "free"
