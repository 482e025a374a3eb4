"""Tasks of an instance, work lists, and what a task looks like (check list 60 to 77)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from procession.settings import Settings
from serving import Served, serving

from .conftest import ROOT, Oneweb, done, open_hotel, refused

MEMBERS = [
    "createBy", "createTime", "instanceId", "parentTaskId", "dueDate", "loadlinkEntityId",
    "definitionId", "assignee", "loadlinkParam", "owner", "description", "processName", "name",
    "priority", "id",
]  # fmt: skip


def listed(who: Oneweb, **query: Any) -> list[str]:
    answer = who.get("/tasks", **query)
    assert answer.status_code == 200, answer.text
    return [task["id"] for task in answer.json()["data"]]


def test_row_060_only_active_tasks_are_listed_without_objects(ann: Oneweb) -> None:
    instance = ann.start("Choice", objects={"Answer": {"kind": "secret-word"}})
    (task,) = ann.tasks(instance)
    done(ann.post(f"/tasks/{task['id']}/complete", {"Answer": {"kind": "low"}}))

    answer = ann.get(f"/instance/{instance}/tasks")

    assert [task["name"] for task in done(answer)] == ["Low"]
    assert "secret-word" not in answer.text


def test_row_061_a_task_has_exactly_fifteen_members(ann: Oneweb) -> None:
    instance = ann.start("One Task", snapVersion="v1")
    (task,) = ann.tasks(instance)

    assert list(task) == MEMBERS
    assert task | {"createTime": 0, "id": ""} == {
        "createBy": "ann",
        "createTime": 0,
        "instanceId": instance,
        "parentTaskId": None,
        "dueDate": None,
        "loadlinkEntityId": None,
        "definitionId": "one-task.Shop.One Task.v1",
        "assignee": None,
        "loadlinkParam": "=",
        "owner": None,
        "description": "",
        "processName": "One Task",
        "name": "Do the work",
        "priority": 50,
        "id": "",
    }


def test_a_setting_adds_status_and_candidates() -> None:
    with open_hotel(Settings(oneweb_task_extras=True)) as engine, serving(engine) as served:
        ann = Oneweb(served, "ann")
        (task,) = ann.tasks(ann.start("One Task"))

        assert list(task) == [*MEMBERS, "status", "candidates"]
        assert (task["status"], task["candidates"]) == ("WAITING", ["clerks"])
        named = ann.tasks(ann.start("For Two"))[0]
        assert (named["status"], named["candidates"]) == ("ASSIGNED", ["ann", "bob"])
        ann.post(f"/tasks/{named['id']}/claim")
        assert ann.tasks(named["instanceId"])[0]["status"] == "CLAIM"


def test_row_062_times_are_milliseconds(ann: Oneweb) -> None:
    (plain,) = ann.tasks(ann.start("One Task"))
    (due,) = ann.tasks(ann.start("Due Tomorrow"))

    assert isinstance(plain["createTime"], int)
    assert plain["createTime"] > 1_600_000_000_000
    assert plain["dueDate"] is None
    assert due["dueDate"] == due["createTime"] + 86_400_000


def test_row_063_priorities_go_from_1_to_99(ann: Oneweb) -> None:
    names = ("One Task", "Due Tomorrow", "Most Urgent", "Least Urgent")

    found = [ann.tasks(ann.start(name))[0]["priority"] for name in names]

    assert found == [50, 70, 99, 1]


def test_row_064_what_a_form_gets_is_never_null(ann: Oneweb) -> None:
    guest = {"Guest": {"name": "มาลี & 50% =?"}}
    (plain,) = ann.tasks(ann.start("One Task"))
    (booking,) = ann.tasks(ann.start("Booking Room"))
    (linked,) = ann.tasks(ann.start("Due Tomorrow", objects=guest))

    assert plain["loadlinkParam"] == "="
    assert booking["loadlinkParam"] == "step=room"
    assert parse_qs(linked["loadlinkParam"], strict_parsing=True) == {
        "step": ["one"],
        "who": ["มาลี & 50% =?"],
    }


def test_row_065_without_a_form_there_is_no_link(ann: Oneweb) -> None:
    (plain,) = ann.tasks(ann.start("One Task"))
    (booking,) = ann.tasks(ann.start("Booking Room"))

    assert plain["loadlinkEntityId"] is None
    assert booking["loadlinkEntityId"] == "EN_BOOKING"


def test_row_066_an_assigned_task_has_no_assignee_yet(ann: Oneweb, admin: Oneweb) -> None:
    instance = ann.start("One Task")
    (task,) = ann.tasks(instance)

    done(admin.post(f"/tasks/{task['id']}/assign", user="carol"))

    assert ann.tasks(instance)[0]["assignee"] is None


def test_row_067_definition_ids_have_four_parts(ann: Oneweb) -> None:
    (task,) = ann.tasks(ann.start("Booking Room"))

    assert task["definitionId"] == "8a61f0c2.Hotel.Booking Room.v.0.1.0"


def test_row_068_tasks_of_called_processes_are_included(ann: Oneweb) -> None:
    instance = ann.start("Calling")

    (task,) = ann.tasks(instance)

    assert task["name"] == "Inner work"
    assert task["processName"] == "Called"
    assert task["instanceId"] != instance
    assert [t["id"] for t in ann.tasks(task["instanceId"])] == [task["id"]]


def test_row_109_a_sub_process_has_its_objects_mapped_in_and_out(ann: Oneweb) -> None:
    objects = {"RoomObject": {"roomNo": "A-12"}, "Hidden": {"x": 1}}
    instance = ann.start("Head Office", objects=objects)

    (task,) = ann.tasks(instance)
    assert ann.variables(task["id"]) == {"Request": {"roomNo": "A-12"}, "Reply": None}
    done(ann.post(f"/tasks/{task['id']}/complete", {"Reply": {"yes": True}}))

    (after,) = ann.tasks(instance)
    assert after["name"] == "After"
    assert ann.variables(after["id"]) == {**objects, "Result": {"yes": True}}


def test_row_069_ended_and_unknown_instances_are_told_apart(ann: Oneweb) -> None:
    instance = ann.start("Straight Away", appName="Shop")

    assert done(ann.get(f"/instance/{instance}/tasks"), 0) == []
    unknown = "999999999-494baede-088f-46bb-8a24-77b049ef996c"
    refused(ann.get(f"/instance/{unknown}/tasks"), 40403)
    refused(ann.get("/instance/x/tasks"), 40403)


def test_row_070_both_branches_are_listed(ann: Oneweb) -> None:
    instance = ann.start("Two Desks")

    tasks = done(ann.get(f"/instance/{instance}/tasks"), 2)

    assert sorted(task["name"] for task in tasks) == ["Left", "Right"]


def test_row_071_a_users_list_has_what_is_claimed_and_claimable(ann: Oneweb) -> None:
    mine, free = ann.task("One Task"), ann.task("One Task")
    named, nobodys = ann.task("For Two"), ann.task("Open To All")
    done(ann.post(f"/tasks/{mine}/claim"))

    found = listed(ann, user="ann")

    assert {mine, free, named} <= set(found)
    assert nobodys not in found


def test_row_072_a_role_goes_by_its_name_or_its_code(
    ann: Oneweb, carol: Oneweb, admin: Oneweb
) -> None:
    task = ann.task("One Task")
    done(admin.post(f"/tasks/{task}/assign", role="R0003"))

    assert task in listed(carol, role="Booking_Clerk")
    assert task in listed(carol, role="R0003")
    assert task in listed(carol, user="carol")
    done(carol.post(f"/tasks/{task}/claim"))
    assert task not in listed(carol, role="R0003")


def test_row_073_groups_work_parties_and_codes_of_roles(
    ann: Oneweb, carol: Oneweb, admin: Oneweb
) -> None:
    task, other = ann.task("One Task"), ann.task("One Task")
    done(admin.post(f"/tasks/{task}/assign", role="R0003"))
    done(admin.post(f"/tasks/{other}/assign", group="Front Desk"))

    assert task in listed(carol, group="R0003")
    assert other in listed(admin, group="Front Desk")
    assert other in listed(admin, user="bob")
    assert other in listed(admin, user="carol")
    clerks = ann.task("One Task")
    assert clerks in listed(ann, group="clerks")
    done(ann.post(f"/tasks/{clerks}/claim"))
    assert clerks not in listed(ann, group="clerks")


def test_row_074_parameters_are_united_without_duplicates(ann: Oneweb) -> None:
    task = ann.task("One Task")

    found = listed(ann, user=["ann", "ann"], group="clerks")

    assert found.count(task) == 1
    assert len(found) == len(set(found))


def test_row_075_somebody_must_be_named(ann: Oneweb, admin: Oneweb) -> None:
    refused(ann.get("/tasks"), 40001)
    refused(ann.http.get(f"{ROOT}/tasks?user=&role="), 40001)
    assert listed(admin, user="nobody", role="none", group="no-group") == []


def test_the_lists_of_others_are_not_shown(ann: Oneweb, carol: Oneweb) -> None:
    refused(carol.get("/tasks", user="ann"), 40301)
    refused(carol.get("/tasks", group="clerks"), 40301)
    refused(ann.get("/tasks", role="R0003"), 40301)


def test_row_076_more_urgent_and_older_tasks_come_first(ann: Oneweb, admin: Oneweb) -> None:
    plain, second = ann.task("One Task"), ann.task("One Task")

    found = listed(ann, user="ann")

    assert found.index(plain) < found.index(second)
    tasks = ann.get("/tasks", user="ann").json()["data"]
    keys = [(-t["priority"], t["createTime"], int(t["id"].split("-")[0])) for t in tasks]
    assert keys == sorted(keys)


def test_row_077_pages_count_everything(ann: Oneweb) -> None:
    for _ in range(3):
        ann.task("One Task")
    everything = listed(ann, user="ann")

    first = ann.get("/tasks", user="ann", page=1, pageSize=2)
    second = ann.get("/tasks", user="ann", page=2, pageSize=2)

    ids = [t["id"] for t in done(first, len(everything)) + done(second, len(everything))]
    assert ids == everything[:4]
    refused(ann.get("/tasks", user="ann", page="x"), 40001)
    refused(ann.get("/tasks", user="ann", page=1, pageSize=0), 40001)


@pytest.mark.parametrize("who", ["carol", "dave"])
def test_strangers_see_neither_tasks_nor_objects(ann: Oneweb, served: Served, who: str) -> None:
    stranger = Oneweb(served, who)
    instance = ann.start("One Task", objects={"a": 1})
    (task,) = ann.tasks(instance)

    refused(stranger.get(f"/instance/{instance}/tasks"), 40403)
    refused(stranger.post(f"/tasks/{task['id']}/variables"), 40404)
