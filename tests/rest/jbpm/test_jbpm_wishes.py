"""What clients may ask for beyond jBPM: once only, problem details, types, pages, warnings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from procession.engine import Engine
from procession.rest.jbpm.wishes import possible, warning
from procession.server import create_app
from tests.rest.jbpm.commands import PASSWORD, REST, Door, opened
from tests.rest.jbpm.test_jbpm_exchanges import HR, MODEL, RUNTIME

START = f"{RUNTIME}/process/acme.hiring/start"


def send(
    client: TestClient,
    method: str,
    address: str,
    *,
    user: str = "ann",
    body: Any = None,
    **headers: str,
) -> Any:
    named = {"accept": "application/json", **{n.replace("_", "-"): v for n, v in headers.items()}}
    return client.request(
        method, REST + address, auth=(user, PASSWORD), headers=named,
        **({} if body is None else {"json": body}),
    )  # fmt: skip


# -- once only ----------------------------------------------------------------------------------


def test_a_start_that_is_sent_again_answers_the_first_instance(door: Door) -> None:
    first = send(door.client, "POST", START + "?map_name=Ann", idempotency_key="k1")
    again = send(door.client, "POST", START + "?map_name=Ann", idempotency_key="k1")
    other = send(door.client, "POST", START + "?map_name=Ann", idempotency_key="k2")
    without = send(door.client, "POST", START + "?map_name=Ann")

    assert again.json() == first.json()
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len({reply.json()["id"] for reply in (first, other, without)}) == 3


def test_a_key_belongs_to_one_request_of_one_person(door: Door) -> None:
    first = send(door.client, "POST", START, idempotency_key="mine")
    bobs = send(door.client, "POST", START, user="bob", idempotency_key="mine")
    changed = send(door.client, "POST", START + "?map_name=x", idempotency_key="mine")

    assert bobs.json()["id"] != first.json()["id"]
    assert changed.status_code == 400
    assert "another request" in changed.json()["message"]
    for bad in (" ", "x" * 300):
        assert send(door.client, "POST", START, idempotency_key=bad).status_code == 400


def test_a_failure_is_not_kept(door: Door) -> None:
    number = door.start()
    task = door.task_of(number)
    path = f"/task/{task}/complete"
    assert send(door.client, "POST", path, idempotency_key="c").status_code == 409

    send(door.client, "POST", f"/task/{task}/start")

    assert send(door.client, "POST", path, idempotency_key="c").status_code == 200
    assert send(door.client, "POST", path, idempotency_key="c").status_code == 200
    assert send(door.client, "POST", path).status_code == 409


def test_commands_and_uploads_are_carried_out_once(door: Door) -> None:
    body = (
        f"<command-request><deployment-id>{HR}</deployment-id><ver>6.5.0.1</ver>"
        '<start-process processId="acme.hiring"/></command-request>'
    ).encode()
    replies = [door.raw(body, idempotency_key="e") for _ in range(2)]
    more = door.raw(body)

    assert replies[0].content == replies[1].content != more.content
    assert replies[1].headers["content-type"] == "application/xml"
    for path in ("/deployment/a:once:1/deploy", "/deployment/a:once:1/undeploy"):
        found = [
            door.client.post(
                REST + path, auth=("boss", PASSWORD), headers={"idempotency-key": path},
                files=[("file", ("hiring.bpmn2", MODEL, "application/xml"))],
            )
            for _ in range(2)
        ]  # fmt: skip
        assert found[0].status_code == found[1].status_code == 202
        assert found[0].content == found[1].content
    assert door.raw(b"<no", idempotency_key="bad").status_code == 400
    assert door.raw(b"<no", idempotency_key="bad").status_code == 400


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data.db"


def test_answers_survive_a_restart(place: str) -> None:
    numbers = []
    for attempt in range(2):
        with Engine.open(place) as engine:
            if attempt == 0:
                engine.people.add_user(engine.admin, "ann", PASSWORD)
                engine.deployments.deploy(engine.admin, HR, {"hiring.bpmn2": MODEL})
            app = create_app(engine)
            client = TestClient(app, base_url="http://localhost:8080")
            numbers.append(send(client, "POST", START, idempotency_key="k").json()["id"])
            app.close()

    assert numbers[0] == numbers[1]


# -- problem details ----------------------------------------------------------------------------


def test_a_problem_names_the_state_found_and_what_can_be_done(door: Door) -> None:
    number = door.start()
    task = door.task_of(number)
    reply = send(door.client, "POST", f"/task/{task}/complete", accept="application/problem+json")

    told = reply.json()
    assert reply.status_code == told["status"] == 409
    assert reply.headers["content-type"] == "application/problem+json"
    assert told["state"] == "Ready"
    assert {"claim", "start", "delegate"} <= set(told["operations"])
    assert "complete" not in told["operations"]
    assert told["code"] == "PERMISSIONS_CONFLICT"
    assert told["instance"].endswith(f"/task/{task}/complete")


def test_a_problem_of_an_instance_that_ended(door: Door) -> None:
    number = door.start()
    path = f"{RUNTIME}/process/instance/{number}"
    send(door.client, "POST", path + "/abort")

    told = send(
        door.client, "GET", path, accept="application/problem+json, application/json"
    ).json()

    assert (told["status"], told["state"], told["operations"]) == (404, "aborted", [])


def test_a_problem_says_nothing_of_what_one_may_not_see(door: Door) -> None:
    number = door.start()
    told = send(
        door.client, "POST", f"/task/{door.task_of(number)}/claim", user="eve",
        accept="application/problem+json",
    ).json()  # fmt: skip

    assert "state" not in told
    assert send(door.client, "POST", "/task/999/claim").json()["status"] == "NOT_FOUND"


def test_a_problem_of_a_unit_that_takes_no_starts() -> None:
    with opened() as door:
        door.engine.deployments.deactivate(door.engine.admin, HR)
        told = send(door.client, "POST", START, accept="application/problem+json").json()
        unknown = send(door.client, "POST", "/deployment/a:b:c/activate", user="boss",
                       accept="application/problem+json").json()  # fmt: skip

    assert (told["status"], told["state"]) == (404, "deactivated")
    assert told["operations"] == ["activate", "undeploy"]
    assert "state" not in unknown


def test_a_problem_at_no_address(door: Door) -> None:
    told = send(door.client, "POST", "/runtime/nothing", accept="application/problem+json").json()

    assert (told["status"], "state" in told) == (404, False)


def test_what_is_possible_in_a_state() -> None:
    assert "complete" in possible("InProgress")
    assert possible("Completed") == []


# -- values with their types --------------------------------------------------------------------


def test_types_are_kept_in_both_directions(door: Door) -> None:
    given = {"name": "Ann", "age": 5, "list": [1, "two", None], "flag": True, "deep": {"x": 1.5}}
    path = f"{RUNTIME}/withvars/process/acme.hiring/start"
    reply = send(door.client, "POST", path, body=given, prefer="types=kept")
    number = reply.json()["processInstance"]["id"]
    look = f"{RUNTIME}/withvars/process/instance/{number}"

    assert reply.json()["variables"] == given
    assert reply.headers["preference-applied"] == "types=kept"
    assert send(door.client, "GET", look, prefer="types=kept").json()["variables"] == given
    assert send(door.client, "GET", look).json()["variables"]["age"] == "5"
    variables = f"{RUNTIME}/process/instance/{number}/variables"
    assert (
        send(door.client, "GET", variables, prefer="a=b, types=kept").json()["variables"] == given
    )
    assert send(door.client, "GET", variables).json()["variables"]["flag"] == "true"


def test_variables_of_a_running_instance_are_set(door: Door) -> None:
    number = door.start()
    path = f"{RUNTIME}/process/instance/{number}"

    one = send(door.client, "PUT", path + "/variable/age", body=41)
    text = send(door.client, "PUT", path + "/variable/name?value=Bob")
    some = send(door.client, "PATCH", path + "/variables", body={"note": [1, 2]})
    mapped = send(door.client, "PATCH", path + "/variables?map_more=7i")

    assert [reply.status_code for reply in (one, text, some, mapped)] == [200] * 4
    kept = send(door.client, "GET", path + "/variables", prefer="types=kept").json()["variables"]
    assert kept == {"age": 41, "name": "Bob", "note": [1, 2], "more": 7}
    assert send(door.client, "PUT", path + "/variable/age", user="eve", body=1).status_code == 404
    gone = f"{RUNTIME}/process/instance/999/variables"
    assert send(door.client, "PATCH", gone, body={"a": 1}).status_code == 404
    assert send(door.client, "PATCH", path + "/variables", body=[1]).status_code == 400


def test_values_that_would_be_passed_over_are_refused(door: Door) -> None:
    path = f"{REST}{RUNTIME}/process/instance/{door.start()}"
    auth = ("ann", PASSWORD)
    codes = [
        door.client.put(f"{path}/variable/age", auth=auth).status_code,
        door.client.patch(f"{path}/variables?age=1", auth=auth).status_code,
        door.client.put(
            f"{path}/variable/age", content=b"<age/>", auth=auth,
            headers={"content-type": "application/xml"},
        ).status_code,
        door.client.put(f"{path}/variable/age", json=None, content=b"null", auth=auth,
                        headers={"content-type": "application/json"}).status_code,
    ]  # fmt: skip

    assert codes == [400, 400, 415, 200]


# -- pages and warnings -------------------------------------------------------------------------


def test_a_page_says_how_many_there_are_and_where_the_others_are() -> None:
    with opened() as door:
        for _ in range(5):
            door.start()
        asked = {"prefer": "count=exact"}
        query = "/task/query?potentialOwner=ann"
        reply = send(door.client, "GET", query + "&page=2&pageSize=2", **asked)
        plain = send(door.client, "GET", query)
        units = send(door.client, "GET", "/deployment?p=1&s=5")
        logs = send(door.client, "GET", "/history/instances?page=1&pageSize=2", **asked)
        rich = [
            send(door.client, "GET", f"/query/runtime/{what}&page=1&pageSize=2", **asked)
            for what in ("task?po=HR", "process?pid=acme.hiring", "process?pid=none")
        ]

    assert reply.headers["x-total-count"] == "5"
    links = {
        part.partition("rel=")[2].strip('"'): part.partition(">")[0].strip("< ")
        for part in reply.headers["link"].split(", ")
    }
    base = f"{REST}/task/query?potentialOwner=ann&page="
    assert links == {
        "first": f"{base}1&pageSize=2", "prev": f"{base}1&pageSize=2",
        "last": f"{base}3&pageSize=2", "next": f"{base}3&pageSize=2",
    }  # fmt: skip
    assert "link" not in plain.headers
    assert "x-total-count" not in plain.headers
    assert units.headers["x-total-count"] == "1"
    assert 'rel="next"' not in units.headers["link"]
    assert logs.headers["x-total-count"] == "5"
    assert [reply.headers["x-total-count"] for reply in rich] == ["5", "5", "0"]
    assert 'rel="next"' in logs.headers["link"]


@pytest.mark.parametrize(
    "query",
    ["/task/query?potentialOwner=ann", "/history/instances?", "/query/runtime/task?po=HR"],
)
def test_how_many_there_are_is_told_where_it_is_known_and_to_who_asks(query: str) -> None:
    with opened() as door:
        for _ in range(12):
            door.start()
        told = {
            (page, wish): send(door.client, "GET", query + page, prefer=wish).headers.get(
                "x-total-count"
            )
            for page in ("", "&page=1&pageSize=5", "&page=3&pageSize=5", "&page=2", "&pageSize=20")
            for wish in ("", "count=exact")
        }
        applied = send(door.client, "GET", query, prefer="count=exact").headers
        lone = send(door.client, "GET", query + "&page=2").headers

    assert {wish for (_, wish), many in told.items() if many is None} == {""}
    assert [page for (page, _), many in told.items() if many is None] == ["", "&page=1&pageSize=5"]
    assert set(told.values()) == {None, "12"}
    assert applied["preference-applied"] == "count=exact"
    assert "pageSize=10" in lone["link"]


def test_a_parameter_without_map_is_warned_of(door: Door) -> None:
    forgotten = send(door.client, "POST", START + "?name=Ann&map_age=5i")
    right = send(door.client, "POST", START + "?map_name=Ann&corrProp=warned")

    assert forgotten.status_code == 200
    assert "name" in forgotten.headers["warning"]
    assert "map_" in forgotten.headers["warning"]
    assert "warning" not in right.headers
    assert warning(["a\r\nb", "ü" * 80])[0][1].isascii()
