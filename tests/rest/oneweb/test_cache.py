"""Reloading definitions (check list 90 to 96)."""

from __future__ import annotations

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from procession.testing import model
from serving import Served

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


BOOKING = "8a61f0c2.Hotel.Booking Room.v.0.1.0"
TYPED = "ty-1.Shop.Typed.v1"


def act(admin: Oneweb, event: str, *names: str) -> dict[str, Any]:
    body = {"fileNames": list(names), "event": event}
    found: dict[str, Any] = done(admin.post("/classAction", body), len(names))
    return found


def loaded(served: Served) -> set[str]:
    """Names of the processes whose parsed models this node holds."""
    held = served.engine.room.definitions.loaded()
    return {definition.name for definition in held}


def test_row_092_only_the_named_process_is_refreshed(
    admin: Oneweb, ann: Oneweb, served: Served
) -> None:
    ann.start("Booking Room")
    ann.start("Typed")
    assert {"Booking Room", "Typed"} <= loaded(served)

    data = act(admin, "refresh", BOOKING)

    assert (data["responseStatus"], data["exception"]) == ("SUCCESS", "")
    assert (data["process"], data["definitionSize"]) == ([BOOKING], 1)
    assert data["files"] == []
    assert "Typed" in loaded(served)
    assert "Booking Room" not in loaded(served)
    ann.start("Booking Room")


def test_row_092_other_processes_of_the_same_unit_stay_loaded(
    admin: Oneweb, served: Served
) -> None:
    engine = served.engine
    both = {f"{id}.bpmn": model(id).start().user("u").end().xml() for id in ("one", "two")}
    engine.deployments.deploy(engine.admin, "com.oneweb:Pair:v1", both)
    for name in ("one", "two"):
        engine.processes.start(engine.admin, name)

    act(admin, "refresh", "one.Pair.one.v1")

    assert "two" in loaded(served)
    assert "one" not in loaded(served)


def test_row_093_generating_loads_what_was_never_loaded(admin: Oneweb, served: Served) -> None:
    admin.post("/refreshCache")
    assert "Booking Room" not in loaded(served)

    data = act(admin, "generate", BOOKING)

    assert (data["responseStatus"], data["process"]) == ("SUCCESS", [BOOKING])
    assert (data["businessObjectSize"], data["fieldDescripterSize"]) == (2, 10)
    assert "Booking Room" in loaded(served)


@pytest.mark.parametrize("ending", [".jar", ""])
def test_row_095_names_with_dots_and_spaces_are_found(admin: Oneweb, ending: str) -> None:
    data = act(admin, "refresh", BOOKING + ending, TYPED + ending)

    assert data["process"] == [BOOKING, TYPED]


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


def test_refreshing_spoils_nothing_that_is_going_on(admin: Oneweb, ann: Oneweb) -> None:
    def refresh() -> None:
        for _ in range(20):
            assert admin.post("/refreshCache").status_code == 200

    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(refresh)
        for _ in range(20):
            done(ann.post(f"/tasks/{ann.task('One Task')}/complete"))
        refreshing.result()


def test_row_096_only_administrators_may(ann: Oneweb) -> None:
    refused(ann.post("/refreshCache"), 40301)
    refused(ann.post("/classAction", {"fileNames": ["x"], "event": "refresh"}), 40301)
