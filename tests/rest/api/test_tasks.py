"""Tasks over the plain interface: added, changed, written about, looked back upon."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime

import pytest

from procession.values import Map
from serving import Served

from .test_service import problem


def add(served: Served, by: str = "ann", **more: object) -> int:
    body = {"name": "Call", "potential_owners": [{"name": by}], **more}
    answer = served.client(by).post("/api/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_a_task_is_added_and_read(served: Served) -> None:
    number = add(served, input={"phone": "123"}, priority=3)

    found = served.client("ann").get(f"/api/tasks/{number}").json()

    assert (found["status"], found["actual_owner"], found["priority"]) == ("Reserved", "ann", 3)
    document = served.client("ann").get(f"/api/tasks/{number}/input").json()
    assert document["value"] == {"phone": "123"}
    problem(served.client("ann").get(f"/api/tasks/{number}/output"), 404)
    problem(served.client("packer").get(f"/api/tasks/{number}"), 404)
    problem(served.client("ann").post("/api/tasks", json={"name": ""}), 400)


def test_a_task_is_changed_in_one_go(served: Served) -> None:
    number, ann = add(served), served.client("ann")

    body = {"priority": 9, "subject": "Now", "expires_at": "2031-01-01T00:00:00Z"}
    assert ann.patch(f"/api/tasks/{number}", json=body).status_code == 200

    found = ann.get(f"/api/tasks/{number}").json()
    assert (found["priority"], found["subject"]) == (9, "Now")
    assert found["expires_at"].startswith("2031-01-01T00:00:00")
    refused = ann.patch(f"/api/tasks/{number}", json={"priority": 1, "skipable": False})
    problem(refused, 403)
    assert ann.get(f"/api/tasks/{number}").json()["priority"] == 9
    assert ann.patch(f"/api/tasks/{number}", json={"expires_at": None}).status_code == 200
    assert ann.get(f"/api/tasks/{number}").json()["expires_at"] is None


def test_comments_come_and_go(served: Served) -> None:
    number, ann = add(served), served.client("ann")

    said = ann.post(f"/api/tasks/{number}/comments", json={"text": "Hello"}).json()

    assert ann.get(f"/api/tasks/{number}/comments").json()["items"] == [said]
    problem(ann.post(f"/api/tasks/{number}/comments", json={"text": ""}), 400)
    place = f"/api/tasks/{number}/comments/{said['id']}"
    problem(served.client("packer").delete(place), 404)
    problem(ann.delete(f"/api/tasks/{number + 1}/comments/{said['id']}"), 404)
    assert ann.delete(place).status_code == 204
    assert ann.get(f"/api/tasks/{number}/comments").json()["total"] == 0


def test_attachments_are_saved_and_never_shown(served: Served) -> None:
    number, ann = add(served), served.client("ann")
    body = {
        "name": 'ü "x".html',
        "content": b64encode(b"<script>").decode(),
        "content_type": "text/html",
    }

    made = ann.post(f"/api/tasks/{number}/attachments", json=body).json()
    place = f"/api/tasks/{number}/attachments/{made['id']}"
    got = ann.get(place)

    assert got.content == b"<script>"
    assert got.headers["content-type"] == "text/html"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%C3%BC%20")
    assert "sandbox" in got.headers["content-security-policy"]
    problem(served.client("packer").get(place), 404)
    assert ann.delete(place).status_code == 204
    problem(ann.post(f"/api/tasks/{number}/attachments", json={"name": "Nothing"}), 400)
    link = {"name": "Page", "url": "https://example.com"}
    problem(ann.post(f"/api/tasks/{number}/attachments", json={**link, "content": "aGk="}), 400)
    made = ann.post(f"/api/tasks/{number}/attachments", json=link).json()
    assert made["access_type"] == "Url"
    assert ann.get(f"/api/tasks/{number}/attachments/{made['id']}").text == "https://example.com"


def test_sub_tasks_people_and_story(served: Served) -> None:
    number, ann, admin = add(served), served.client("ann"), served.client("admin")
    child = add(served, parent_id=number)

    found = ann.get(f"/api/tasks/{number}/sub-tasks").json()
    assert [one["id"] for one in found["items"]] == [child]

    more = {"relation": "potential_owner", "add": [{"name": "packer"}]}
    problem(ann.post(f"/api/tasks/{number}/people", json=more), 403)
    assert admin.post(f"/api/tasks/{number}/people", json=more).status_code == 204
    assert served.client("packer").get(f"/api/tasks/{number}").status_code == 200
    story = ann.get(f"/api/tasks/{number}/events?page=1&size=10").json()["items"]
    assert [(e["type"], e["actor"]) for e in story] == [("ADDED", "ann"), ("UPDATED", "admin")]
    assert ann.post(f"/api/tasks/{number}/remind", json={}).status_code == 204


def test_the_summary_counts_and_measures(served: Served) -> None:
    engine = served.engine
    number = add(served, name="Measured")
    engine.tasks.start(engine.people.actor("ann"), number)
    engine.tasks.complete(engine.people.actor("ann"), number)
    admin = served.client("admin")

    found = admin.get("/api/tasks/summary?since=2020-01-01T00:00:00Z").json()["items"]

    (mine,) = [one for one in found if one["name"] == "Measured"]
    assert (mine["status"], mine["count"]) == ("Completed", 1)
    assert mine["waited"] >= 0
    assert mine["worked"] >= 0
    assert admin.get("/api/tasks/summary?process=none").json()["items"] == []
    problem(admin.get("/api/tasks/summary?since=soon"), 400)
    problem(served.client("ann").get("/api/tasks/summary"), 403)


def test_the_story_of_all_tasks_of_an_instance(served: Served) -> None:
    engine, ann, admin = served.engine, served.client("ann"), served.client("admin")
    instance = engine.processes.start(engine.people.actor("ann"), "BookingRoom", {}).id
    (task,) = engine.tasks.of_instance(engine.admin, instance).items
    more = add(served, process_instance_id=instance)
    engine.tasks.finish(engine.admin, task.id)
    place = f"/api/tasks/events?process_instance={instance}"

    whole = ann.get(place).json()

    story = [(event["type"], event["task_id"]) for event in whole["items"]]
    assert story[:2] == [("ADDED", task.id), ("ADDED", more)]
    assert ("COMPLETED", task.id) in story
    assert all(event["process_instance_id"] == instance for event in whole["items"])
    part = admin.get(f"{place}&page=2&size=1").json()
    assert (part["items"], part["total"]) == (whole["items"][1:2], whole["total"])
    for hidden in (place, "/api/tasks/events?process_instance=999999"):
        assert served.client("packer").get(hidden).json()["items"] == []
    problem(admin.get("/api/tasks/events?process_instance=x"), 400)


@pytest.mark.parametrize("what", ["comments", "attachments", "events", "sub-tasks", "input"])
def test_what_is_not_yours_is_not_there(served: Served, what: str) -> None:
    number = add(served)

    mine = problem(served.client("packer").get(f"/api/tasks/{number}/{what}"), 404)
    none = problem(served.client("packer").get(f"/api/tasks/999999/{what}"), 404)

    assert mine["detail"].replace(str(number), "N") == none["detail"].replace("999999", "N")


def test_each_task_has_a_row_with_its_times(served: Served) -> None:
    """jBPM's BAMTaskSummary: task, state, when it was made, begun and ended, whose, how long."""
    engine, admin, ann = served.engine, served.client("admin"), served.engine.people.actor("ann")
    done, begun, skipped = (add(served, name="Timed") for _ in range(3))
    for number in (done, begun):
        engine.tasks.start(ann, number)
    engine.tasks.complete(ann, done)
    engine.tasks.skip(ann, skipped)

    def times(**query: object) -> list[dict[str, object]]:
        answer = admin.get("/api/tasks/times", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["items"]
        return found

    (row,) = times(task=done)
    assert (row["task_name"], row["status"], row["user_id"]) == ("Timed", "Completed", "ann")
    created, started, ended = (
        datetime.fromisoformat(str(row[f"{what}_at"])) for what in ("created", "started", "ended")
    )
    assert created <= started <= ended
    assert isinstance(row["duration"], int)
    (row,) = times(task=begun)
    assert (row["ended_at"], row["duration"], row["status"]) == (None, None, "InProgress")
    (row,) = times(task=skipped)
    assert (row["started_at"], row["duration"], row["status"]) == (None, None, "Obsolete")
    assert row["ended_at"] is not None

    mine: list[object] = [done, begun, skipped]
    assert [row["task_id"] for row in times(task=mine)] == mine
    assert [row["task_id"] for row in times(task=mine, page=2, size=2)] == [skipped]
    assert [row["task_id"] for row in times(task=mine, status=["Completed", "Obsolete"])] == [
        done,
        skipped,
    ]
    assert times(task=mine, user="nobody") == times(task=mine, until="2020-01-01T00:00:00Z") == []
    assert len(times(task=mine, since="2020-01-01T00:00:00Z")) == 3
    assert times(process="none") == times(process_instance=999_999) == []
    for wrong in ("task=x", "since=soon", "since=2030-01-01T00:00:00", "who=ann", "until="):
        problem(admin.get(f"/api/tasks/times?{wrong}"), 400)
    problem(served.client("ann").get("/api/tasks/times"), 403)


def test_events_are_found_by_who_did_what_and_when(served: Served) -> None:
    admin, ann = served.client("admin"), served.client("ann")
    one, other = add(served), add(served)
    served.engine.tasks.start(served.engine.people.actor("ann"), one)

    def found(client: object, query: str) -> list[tuple[int, str]]:
        answer = client.get(f"/api/tasks/events?{query}")  # type: ignore[attr-defined]
        assert answer.status_code == 200, answer.text
        return [(event["task_id"], event["type"]) for event in answer.json()["items"]]

    mine = f"task={one}&task={other}"
    assert found(admin, mine) == [(one, "ADDED"), (other, "ADDED"), (one, "STARTED")]
    assert found(admin, f"{mine}&type=STARTED&type=STOPPED&actor=ann") == [(one, "STARTED")]
    assert found(admin, f"{mine}&until=2020-01-01T00:00:00Z") == []
    assert found(ann, f"task={one}&size=1&page=2") == [(one, "STARTED")]
    assert found(served.client("packer"), f"task={one}") == []
    assert found(served.client("packer"), "task=999999") == []
    problem(ann.get(f"/api/tasks/events?{mine}"), 403)
    problem(ann.get("/api/tasks/events"), 403)


def test_what_a_task_was_given_and_gave_is_listed(served: Served) -> None:
    number, ann = add(served, input={"phone": "123", "times": 2}), served.client("ann")
    actor = served.engine.people.actor("ann")
    served.engine.tasks.start(actor, number)
    served.engine.tasks.complete(actor, number, Map(answer="yes"))

    told = ann.get(f"/api/tasks/{number}/variables").json()["items"]

    assert [(one["type"], one["name"], one["value"]) for one in told] == [
        ("INPUT", "phone", "123"),
        ("INPUT", "times", "2"),
        ("OUTPUT", "answer", "yes"),
    ]
    problem(served.client("packer").get(f"/api/tasks/{number}/variables"), 404)


def test_results_are_kept_before_the_end(served: Served) -> None:
    number, ann = add(served), served.client("ann")
    place = f"/api/tasks/{number}/output"

    assert ann.put(place, json={"values": {"n": 1, "note": "so so"}}).status_code == 204
    assert ann.put(place, json={"values": {"n": 2}}).status_code == 204
    assert ann.put(f"/api/tasks/{number}/fault", json={"values": {"why": "?"}}).status_code == 204

    assert ann.get(place).json()["value"] == {"n": 2, "note": "so so"}
    assert ann.get(f"/api/tasks/{number}/fault").json()["value"] == {"why": "?"}
    problem(served.client("packer").put(place, json={"values": {"n": 3}}), 404)
    problem(ann.put(place, json={"n": 3}), 400)


def test_a_recipient_may_want_to_hear_no_more(served: Served) -> None:
    number = add(served, recipients=[{"name": "packer"}])
    packer = served.client("packer")
    place = f"/api/tasks/{number}/remove"
    problem(served.client("ann").post(place), 403)

    assert packer.post(place).status_code == 204

    problem(packer.post(place), 404)
    problem(packer.get(f"/api/tasks/{number}"), 404)
