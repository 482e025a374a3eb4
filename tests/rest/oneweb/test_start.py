"""Starting processes (check list 16 to 37)."""

from __future__ import annotations

import pytest

from serving import Served

from .conftest import ID, ROOT, Oneweb, done, refused


def number(public_id: str) -> int:
    return int(public_id.partition("-")[0])


def test_row_016_ids_have_the_form_and_ascend_over_both_kinds(ann: Oneweb) -> None:
    instance = ann.start("One Task")
    task = ann.tasks(instance)[0]["id"]
    later = ann.start("One Task")

    assert all(ID.fullmatch(each) for each in (instance, task, later))
    assert number(instance) < number(task) < number(later)


def test_row_017_the_prefix_is_the_id_of_the_other_dialect(ann: Oneweb) -> None:
    instance = ann.start("One Task")
    task = ann.tasks(instance)[0]["id"]

    json = {"Accept": "application/json"}
    found = ann.http.get(f"/rest/task/{number(task)}", headers=json)

    assert found.status_code == 200
    assert str(number(instance)) in found.text


def test_row_018_a_bare_number_is_no_id(ann: Oneweb) -> None:
    instance = ann.start("One Task")
    task = ann.tasks(instance)[0]["id"]

    refused(ann.post(f"/tasks/{number(task)}/claim"), 40404)
    refused(ann.get(f"/instance/{number(instance)}/tasks"), 40403)
    other = task[:-1] + ("0" if task[-1] != "0" else "1")
    refused(ann.post(f"/tasks/{other}/claim"), 40404)


def test_row_019_a_full_body_starts_and_answers_the_id(ann: Oneweb) -> None:
    body = {
        "processName": "Typed",
        "appName": "Shop",
        "uniqueId": "ty-1",
        "snapVersion": "v1",
        "object": {"Count": 2},
    }

    assert ID.fullmatch(done(ann.post("/process/start", body)))


def test_row_020_a_name_alone_is_enough(ann: Oneweb) -> None:
    done(ann.post("/process/start", {"processName": "Choice"}))


def test_row_021_a_unique_id_or_a_whole_definition_id_is_enough(ann: Oneweb) -> None:
    done(ann.post("/process/start", {"uniqueId": "ty-1"}))
    done(ann.post("/process/start", {"uniqueId": "ty-1.Shop.Typed.v1"}))
    done(ann.post("/process/start", {"uniqueId": "choice"}))


def test_row_022_empty_members_count_as_absent(ann: Oneweb) -> None:
    body = {"processName": "Typed", "appName": "", "uniqueId": "", "snapVersion": None}

    done(ann.post("/process/start", body))


def test_row_023_all_members_must_match(ann: Oneweb) -> None:
    refused(ann.post("/process/start", {"processName": "Choice", "uniqueId": "ty-1"}), 40401)
    refused(ann.post("/process/start", {"processName": "Typed", "appName": "Bakery"}), 40401)


def test_row_024_an_unknown_snapshot_is_told_apart(ann: Oneweb) -> None:
    refused(ann.post("/process/start", {"processName": "Typed", "snapVersion": "v9"}), 40402)


def test_row_025_the_latest_snapshot_is_taken(ann: Oneweb) -> None:
    newest = ann.tasks(ann.start("One Task"))[0]
    first = ann.tasks(ann.start("One Task", snapVersion="v1"))[0]

    assert newest["definitionId"] == "one-task.Shop.One Task.v2"
    assert first["definitionId"] == "one-task.Shop.One Task.v1"


def test_row_026_a_name_in_two_applications_needs_the_application(ann: Oneweb) -> None:
    refused(ann.post("/process/start", {"processName": "Straight Away"}), 40004)
    done(ann.post("/process/start", {"processName": "Straight Away", "appName": "Other"}))
    done(ann.post("/process/start", {"processName": "Straight Away", "appName": "com.acme:Shop"}))


def test_row_027_something_must_say_which_process(ann: Oneweb) -> None:
    refused(ann.post("/process/start", {}), 40001)
    refused(ann.post("/process/start", {"appName": "Shop", "object": {}}), 40001)
    refused(ann.post("/process/start", [1]), 40002)
    refused(ann.post("/process/start"), 40002)
    refused(ann.post("/process/start", {"processName": "Typed", "object": 7}), 40003)
    refused(ann.post("/process/start", {"processName": "Typed", "object": [1]}), 40003)


def test_row_028_business_objects_arrive_under_their_names(ann: Oneweb) -> None:
    objects = {"RoomObject": {"roomNo": "A-12", "nights": 2}, "CustomerInfo": {"firstname": "M"}}

    assert ann.variables(ann.task("One Task", objects=objects)) == objects


def test_row_029_a_wrong_type_is_refused_and_leaves_nothing(ann: Oneweb, served: Served) -> None:
    before = served.engine.history.instances(served.engine.admin).items

    refused(
        ann.post("/process/start", {"processName": "Typed", "object": {"Count": "many"}}), 40003
    )

    assert served.engine.history.instances(served.engine.admin).items == before


def test_row_030_undeclared_objects_are_kept(ann: Oneweb) -> None:
    task = ann.task("Typed", objects={"Count": 1, "Extra": {"a": [1, 2]}})

    assert ann.variables(task) == {"Count": 1, "Title": None, "Extra": {"a": [1, 2]}}


def test_row_031_the_task_is_there_when_start_returns(ann: Oneweb) -> None:
    assert [task["name"] for task in ann.tasks(ann.start("One Task"))] == ["Do the work"]


def test_row_032_a_process_without_waiting_answers_an_id_too(ann: Oneweb) -> None:
    instance = ann.start("Straight Away", appName="Shop")

    assert ID.fullmatch(instance)
    assert ann.tasks(instance) == []


def test_row_033_a_failing_first_node_leaves_nothing(ann: Oneweb, served: Served) -> None:
    before = served.engine.history.instances(served.engine.admin).items

    refused(ann.post("/process/start", {"processName": "Broken First"}), 50002)

    assert served.engine.history.instances(served.engine.admin).items == before


def test_row_034_the_old_form_takes_bare_objects(ann: Oneweb) -> None:
    objects = {"Answer": {"kind": "low"}, "RoomObject": {"roomNo": "A-12"}}

    instance = done(ann.post("/process/Choice/start", objects))

    assert ann.variables(ann.tasks(instance)[0]["id"]) == objects


def test_row_035_the_old_form_takes_names_with_spaces(ann: Oneweb) -> None:
    objects = {"RoomObject": {"roomNo": "A-12"}}

    instance = done(ann.http.post(f"{ROOT}/process/One%20Task/start", json=objects))

    assert ann.variables(ann.tasks(instance)[0]["id"]) == objects


def test_row_036_the_old_form_needs_no_body(ann: Oneweb) -> None:
    done(ann.post("/process/One Task/start"))


def test_the_old_form_takes_the_latest_of_a_name_whatever_its_application(ann: Oneweb) -> None:
    done(ann.post("/process/Straight Away/start"))


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"{"])
def test_the_old_form_refuses_what_is_no_object(ann: Oneweb, body: bytes) -> None:
    refused(ann.http.post(f"{ROOT}/process/One%20Task/start", content=body), 40002)


def test_row_037_a_process_called_start_has_its_own_address(ann: Oneweb) -> None:
    refused(ann.post("/process/start/start", {}), 40401)
    refused(ann.post("/process/start", {}), 40001)
