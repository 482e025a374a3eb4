"""Every answer has the same four members; every failure one more (check list 1 to 15)."""

from __future__ import annotations

import time

import pytest

from procession.settings import Settings
from serving import Served, serving

from .conftest import ROOT, Oneweb, done, open_hotel, refused


def test_row_001_the_root_is_bpmrest(ann: Oneweb) -> None:
    assert ann.http.get("/BPMREST/service/runtime/tasks?user=ann").status_code == 200
    assert ann.http.get("/Other/service/runtime/tasks?user=ann").status_code == 404


def test_row_001_the_root_can_be_another() -> None:
    with open_hotel(Settings(oneweb_root="Other")) as engine, serving(engine) as served:
        ann = served.client("ann")

        assert ann.get("/Other/service/runtime/tasks?user=ann").json()["code"] == 0
        assert ann.get("/BPMREST/service/runtime/tasks?user=ann").status_code == 404


def test_row_002_every_answer_has_the_four_members(ann: Oneweb) -> None:
    four = ["data", "code", "timestamp", "totalRecordCount"]

    for answer in (
        ann.post("/process/start", {"processName": "One Task"}),
        ann.get("/tasks", user="ann"),
        ann.get("/nowhere"),
        ann.post("/process/start", {"processName": "No Such"}),
    ):
        assert list(answer.json())[:4] == four


def test_row_003_a_success_is_status_200_and_code_0(ann: Oneweb) -> None:
    answer = ann.post("/process/start", {"processName": "One Task"})

    assert (answer.status_code, answer.json()["code"]) == (200, 0)


def test_row_004_timestamp_is_now_in_milliseconds(ann: Oneweb) -> None:
    stamp = ann.post("/process/start", {"processName": "One Task"}).json()["timestamp"]

    assert isinstance(stamp, int)
    assert abs(stamp / 1000 - time.time()) < 60


def test_row_005_start_and_actions_count_one(ann: Oneweb) -> None:
    start = ann.post("/process/start", {"processName": "One Task"})
    task = ann.tasks(start.json()["data"])[0]["id"]
    answers = [start, *(ann.post(f"/tasks/{task}/{what}") for what in ("claim", "complete"))]

    assert [answer.json()["totalRecordCount"] for answer in answers] == [1, 1, 1]


def test_row_006_actions_give_empty_data(ann: Oneweb) -> None:
    task = ann.task("One Task")

    assert done(ann.post(f"/tasks/{task}/claim", user="ann")) == ""
    assert done(ann.post(f"/tasks/{task}/unclaim", user="ann")) == ""
    assert done(ann.post(f"/tasks/{task}/complete", user="ann")) == ""


def test_row_007_failures_have_a_code_and_a_message(ann: Oneweb) -> None:
    refused(ann.post("/process/start", {"processName": "No Such"}), 40401)


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", "/process/start", ""),
        ("POST", "/tasks/1/claim", ""),
        ("GET", "/instance/1/tasks", []),
        ("GET", "/tasks", []),
        ("POST", "/tasks/1/variables", {}),
    ],
)
def test_row_008_data_keeps_its_type_on_failure(
    ann: Oneweb, method: str, path: str, data: object
) -> None:
    assert ann.http.request(method, ROOT + path).json()["data"] == data


def test_row_009_statuses_can_all_be_200() -> None:
    settings = Settings(http_status_mode="always200")
    with open_hotel(settings) as engine, serving(engine) as served:
        ann = Oneweb(served, "ann")

        for answer in (
            ann.post("/process/start", {"processName": "No Such"}),
            ann.get("/nowhere"),
            Oneweb(served, None).get("/tasks"),
        ):
            assert answer.status_code == 200
            assert answer.json()["code"] >= 40000


def test_row_010_the_envelope_is_used_for_everything_that_goes_wrong(ann: Oneweb) -> None:
    refused(ann.get("/nowhere"), 40400)
    refused(ann.http.put(f"{ROOT}/tasks"), 40501)
    refused(ann.http.post(f"{ROOT}/process/start", content=b"{no json"), 40002)
    refused(ann.http.post(f"{ROOT}/process/start", content=b"\xff\xfe"), 40002)
    nested = b'{"object":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    refused(ann.http.post(f"{ROOT}/process/start", content=nested), 40002)
    refused(ann.http.post(f"{ROOT}/process/start", content=b"x" * 10_485_761), 41301)
    xml = {"Content-Type": "application/xml"}
    refused(ann.http.post(f"{ROOT}/process/start", content=b"<a/>", headers=xml), 41501)
    parts = {"file": ("a.txt", b"a")}
    refused(ann.http.post(f"{ROOT}/process/start", files=parts), 41501)


def test_row_011_a_wrong_method_is_told_the_right_ones(ann: Oneweb) -> None:
    answer = ann.get("/refreshCache")

    refused(answer, 40501)
    assert answer.headers["allow"] == "POST"


def test_row_012_answers_are_json_in_utf_8(ann: Oneweb) -> None:
    for answer in (ann.get("/tasks", user="ann"), ann.get("/nowhere")):
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_row_013_a_body_without_content_type_is_json(ann: Oneweb) -> None:
    done(ann.http.post(f"{ROOT}/process/start", content=b'{"processName": "One Task"}'))


def test_row_014_a_get_may_carry_a_content_type(ann: Oneweb) -> None:
    json = {"Content-Type": "application/json"}

    assert ann.http.get(f"{ROOT}/tasks?user=ann", headers=json).status_code == 200


def test_row_015_names_and_values_of_all_languages_survive(ann: Oneweb) -> None:
    objects = {"ห้อง": {"ชื่อ": "มาลี 😀"}}

    task = ann.task("One Task", objects=objects)

    assert ann.variables(task)["ห้อง"] == objects["ห้อง"]
    refused(ann.post("/process/ไม่มี/start", {}), 40401)


def test_a_trailing_slash_is_tolerated(ann: Oneweb) -> None:
    assert ann.get("/tasks/", user="ann").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/tasks;x=1", "//tasks", "/./tasks", "/x/../tasks", "/%2e/tasks", "/x/%2E%2e/tasks", "/Tasks"],
)
def test_no_other_spelling_of_an_address_is_served(served: Served, path: str) -> None:
    text = served.raw(
        f"GET {ROOT}{path}?user=ann HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Authorization: Basic YW5uOmNvcnJlY3QgaG9yc2U=\r\n\r\n"
    )

    assert text.startswith("HTTP/1.1 404 ")
    assert '"code":40400' in text
