"""Whole stories (check list 104, 116, 118)."""

from __future__ import annotations

from .conftest import Oneweb, done, refused


def test_row_104_the_first_true_link_else_otherwise(ann: Oneweb) -> None:
    found = []
    for rooms in (9, 5, 1, 0):
        (task,) = ann.tasks(ann.start("Sizes", objects={"Order": {"rooms": rooms}}))
        found.append(task["name"])

    assert found == ["Large", "Middle", "Otherwise", "Otherwise"]


def test_row_104_no_valid_link_is_a_failure(ann: Oneweb) -> None:
    task = ann.task("Choice")

    refused(ann.post(f"/tasks/{task}/complete", {"Answer": {"kind": "none"}}), 50002)


def test_row_116_a_claim_is_seen_through_both_dialects(ann: Oneweb) -> None:
    json = {"Accept": "application/json"}
    instance = ann.start("One Task")
    task = ann.tasks(instance)[0]["id"]
    number = task.partition("-")[0]

    done(ann.post(f"/tasks/{task}/claim"))
    assert "Reserved" in ann.http.get(f"/rest/task/{number}", headers=json).text
    done(ann.post(f"/tasks/{task}/unclaim"))
    assert ann.http.post(f"/rest/task/{number}/claim", headers=json).status_code == 200
    assert ann.tasks(instance)[0]["assignee"] == "ann"
    assert ann.http.post(f"/rest/task/{number}/start", headers=json).status_code == 200
    done(ann.post(f"/tasks/{task}/complete"))
    assert "Completed" in ann.http.get(f"/rest/task/{number}", headers=json).text


def test_row_118_a_room_is_booked_with_a_loop(robot: Oneweb, admin: Oneweb, ann: Oneweb) -> None:
    objects = {
        "RoomObject": {"roomNo": "A-12", "nights": 2},
        "CustomerInfo": {"firstname": "Mali", "lastname": "S."},
    }
    instance = robot.start("Booking Room", objects=objects)

    for number, status in enumerate(("BOOKED", "BOOKED", "FREE")):
        (task,) = robot.tasks(instance)
        assert task["name"] == "Choose room"
        done(robot.post(f"/tasks/{task['id']}/assign", user="ann"))
        assert task["id"] in [t["id"] for t in ann.get("/tasks", user="ann").json()["data"]]
        done(robot.post(f"/tasks/{task['id']}/claim", user="ann"))
        if number == 0:
            done(robot.post(f"/tasks/{task['id']}/unclaim", user="ann"))
        room = {"RoomObject": {"status": status, "roomNo": f"A-{number}"}}
        done(robot.post(f"/tasks/{task['id']}/complete", room, user="ann"))

    (task,) = robot.tasks(instance)
    assert task["name"] == "Enter customer"
    done(robot.post(f"/instance/{instance}/tasks/assign", user="bob"))
    done(robot.post(f"/tasks/{task['id']}/complete", {"CustomerInfo": {"phone": "1"}}, user="bob"))
    assert robot.tasks(instance) == []
