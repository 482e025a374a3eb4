"""Reloading definitions (check list 90 to 96)."""

from __future__ import annotations

from base64 import b64decode

import pytest

from .conftest import Oneweb, done, refused


def test_row_090_refreshing_says_so(admin: Oneweb) -> None:
    answer = admin.post("/refreshCache")

    assert answer.json()["data"] == "RefreshCache Success"
    assert answer.json()["totalRecordCount"] >= 10
    refused(admin.get("/refreshCache"), 40501)


def test_row_091_running_instances_stay_on_their_snapshot(ann: Oneweb, admin: Oneweb) -> None:
    instance = ann.start("One Task", snapVersion="v1")

    admin.post("/refreshCache")

    (task,) = ann.tasks(instance)
    assert task["definitionId"].endswith(".v1")
    done(ann.post(f"/tasks/{task['id']}/complete"))
    assert ann.tasks(instance) == []


@pytest.mark.parametrize("ending", [".jar", ""])
@pytest.mark.parametrize("event", ["refresh", "generate"])
def test_row_092_093_and_095_named_definitions_are_treated(
    admin: Oneweb, event: str, ending: str
) -> None:
    name = "8a61f0c2.Hotel.Booking Room.v.0.1.0"

    data = done(admin.post("/classAction", {"fileNames": [name + ending], "event": event}))

    assert data["responseStatus"] == "SUCCESS"
    assert data["exception"] == ""
    assert data["process"] == [name]
    assert data["definitionSize"] == 1
    assert data["files"] == []


def test_row_094_the_source_can_be_fetched(admin: Oneweb) -> None:
    body = {"fileNames": ["ty-1.Shop.Typed.v1.jar"], "event": "file"}

    (file,) = done(admin.post("/classAction", body))["files"]

    assert file["fileName"] == "ty-1.Shop.Typed.v1.jar"
    assert file["contentType"] == "application/xml"
    assert b'id="typed"' in b64decode(file["content"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"fileNames": ["ty-1.Shop.Typed.v1", "x.y.z.v1"], "event": "refresh"}, 40401),
        ({"fileNames": ["ty-1.Shop.Typed.v1"], "event": "explode"}, 40001),
        ({"fileNames": [], "event": "refresh"}, 40001),
        ({"event": "refresh"}, 40001),
        ({"fileNames": "text", "event": "refresh"}, 40002),
    ],
)
def test_row_095_all_or_nothing(admin: Oneweb, body: object, code: int) -> None:
    answer = admin.post("/classAction", body)

    refused(answer, code)
    assert answer.json()["data"]["responseStatus"] == "FAIL"
    assert answer.json()["data"]["exception"] == answer.json()["message"]


def test_row_096_only_administrators_may(ann: Oneweb) -> None:
    refused(ann.post("/refreshCache"), 40301)
    refused(ann.post("/classAction", {"fileNames": ["x"], "event": "refresh"}), 40301)
