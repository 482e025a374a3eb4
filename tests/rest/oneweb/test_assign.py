"""Offering tasks to others (check list 82 to 89)."""

from __future__ import annotations

from .conftest import ROOT, Oneweb, done, refused


def listed(who: Oneweb) -> list[str]:
    answer = who.get("/tasks", user=who.user)
    return [task["id"] for task in answer.json()["data"]]


def test_row_082_an_assigned_task_is_listed_but_not_claimed(
    ann: Oneweb, carol: Oneweb, admin: Oneweb
) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)

    done(admin.post(f"/tasks/{task['id']}/assign", user="carol"))

    assert task["id"] in listed(carol)
    assert ann.tasks(instance)[0]["assignee"] is None


def test_row_083_several_share_one_task_and_the_first_claim_wins(
    ann: Oneweb, carol: Oneweb, dave: Oneweb, admin: Oneweb
) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)

    answer = admin.http.post(f"{ROOT}/tasks/{task['id']}/assign?user=carol&user=dave&user=carol")

    done(answer)
    assert len(ann.tasks(instance)) == 1
    assert task["id"] in listed(carol)
    assert task["id"] in listed(dave)
    done(dave.post(f"/tasks/{task['id']}/claim"))
    refused(carol.post(f"/tasks/{task['id']}/claim"), 40901)


def test_row_084_former_candidates_are_replaced(ann: Oneweb, bob: Oneweb, admin: Oneweb) -> None:
    task = ann.task("One Task")
    assert task in listed(bob)

    done(admin.post(f"/tasks/{task}/assign", user="carol"))

    assert task not in listed(bob)


def test_row_085_a_claim_ends_unless_the_claimer_is_kept(ann: Oneweb, admin: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)
    done(ann.post(f"/tasks/{task['id']}/claim"))

    done(admin.http.post(f"{ROOT}/tasks/{task['id']}/assign?user=ann&user=bob"))
    assert ann.tasks(instance)[0]["assignee"] == "ann"

    done(admin.post(f"/tasks/{task['id']}/assign", user="carol"))
    (task,) = ann.tasks(instance)
    assert (task["assignee"], task["owner"]) == (None, "ann")


def test_row_086_somebody_must_be_named(ann: Oneweb, carol: Oneweb, admin: Oneweb) -> None:
    task = ann.task("One Task")

    refused(admin.post(f"/tasks/{task}/assign"), 40001)
    refused(admin.post(f"/tasks/{task}/assign", user=""), 40001)
    done(admin.post(f"/tasks/{task}/assign", role="Booking_Clerk", group="clerks"))
    assert task in listed(carol)
    assert task in listed(ann)


def test_who_may_assign(ann: Oneweb, bob: Oneweb, carol: Oneweb, robot: Oneweb) -> None:
    task = ann.task("One Task")

    refused(bob.post(f"/tasks/{task}/assign", user="carol"), 40301)
    done(robot.post(f"/tasks/{task}/assign", user="ann"))
    done(ann.post(f"/tasks/{task}/claim"))
    done(ann.post(f"/tasks/{task}/assign", user="carol"))


def test_finished_and_unknown_tasks_cannot_be_assigned(ann: Oneweb, admin: Oneweb) -> None:
    task = ann.task("One Task")
    done(ann.post(f"/tasks/{task}/complete"))

    refused(admin.post(f"/tasks/{task}/assign", user="carol"), 40903)
    refused(admin.post("/tasks/1/assign", user="carol"), 40404)


def test_row_087_all_active_tasks_of_an_instance_are_assigned(
    ann: Oneweb, carol: Oneweb, admin: Oneweb
) -> None:
    instance = ann.start("Two Desks")
    tasks = {task["id"] for task in ann.tasks(instance)}

    done(admin.post(f"/instance/{instance}/tasks/assign", user="carol"), 2)

    assert tasks <= set(listed(carol))


def test_row_087_an_instance_is_assigned_to_roles_and_groups_too(
    ann: Oneweb, carol: Oneweb, dave: Oneweb, admin: Oneweb
) -> None:
    instance = ann.start("Two Desks")
    tasks = {task["id"] for task in ann.tasks(instance)}

    path = f"/instance/{instance}/tasks/assign"
    done(admin.post(path, role="R0003", group="clerks", user="dave"), 2)

    for who in (ann, carol, dave):
        assert tasks <= set(listed(who))
    done(carol.post(f"/tasks/{min(tasks)}/claim"))
    done(dave.post(f"/tasks/{max(tasks)}/claim"))


def test_row_088_later_tasks_are_not_affected(ann: Oneweb, carol: Oneweb, admin: Oneweb) -> None:
    instance = ann.start("Choice")
    done(admin.post(f"/instance/{instance}/tasks/assign", user="carol"))
    (task,) = ann.tasks(instance)
    done(carol.post(f"/tasks/{task['id']}/complete", {"Answer": {"kind": "low"}}))

    (later,) = ann.tasks(instance)

    assert later["id"] in listed(ann)
    assert later["id"] not in listed(carol)


def test_row_089_unknown_and_ended_instances_are_told_apart(ann: Oneweb, admin: Oneweb) -> None:
    ended = ann.start("Straight Away", appName="Shop")

    refused(admin.post(f"/instance/{ended}/tasks/assign", user="carol"), 40904)
    unknown = "999999999-494baede-088f-46bb-8a24-77b049ef996c"
    refused(admin.post(f"/instance/{unknown}/tasks/assign", user="carol"), 40403)
    running = ann.start("One Task")
    refused(admin.post(f"/instance/{running}/tasks/assign"), 40001)
